"""Whether two replies are equal: by value, but for what a peer cannot know."""

import math
from datetime import UTC, datetime
from typing import Any

CURSOR = "cursor"
TOLERANCE = 1e-6
"""Sums of floating-point numbers depend on their order, which a reply does not define."""


def comparable(value: Any, field: str = "") -> Any:  # noqa: ANN401 - JSON
    """A reply's data with cursors as one word, since they are opaque, and times in one spelling.

    >>> comparable({"endCursor": "eyJ", "at": "2026-01-31T12:00:00.000000Z", "levels": [0.5, None]})
    {'endCursor': 'cursor', 'at': '2026-01-31T12:00:00+00:00', 'levels': [0.5, None]}
    """
    if isinstance(value, dict):
        return {key: comparable(each, key) for key, each in value.items()}
    if isinstance(value, list):
        return [comparable(each, field) for each in value]
    if field == "endCursor" and isinstance(value, str):
        return CURSOR
    if field in {"at", "lastPracticedAt"} and isinstance(value, str):
        return datetime.fromisoformat(value).astimezone(UTC).isoformat()
    return value


def find_difference(ours: Any, theirs: Any, path: str = "data") -> str | None:  # noqa: ANN401 - JSON
    """The first place where two comparable replies differ; None if they are equal.

    >>> find_difference({"a": [1, 2.0]}, {"a": [1, 2.0000001]}), find_difference({"a": [1]}, {"a": [2]})
    (None, 'data.a[0]: 1 and 2')
    """
    if isinstance(ours, dict) and isinstance(theirs, dict):
        if ours.keys() != theirs.keys():
            return f"{path}: fields {sorted(ours)} and {sorted(theirs)}"
        pairs = [(f"{path}.{key}", value, theirs[key]) for key, value in ours.items()]
    elif isinstance(ours, list) and isinstance(theirs, list):
        if len(ours) != len(theirs):
            return f"{path}: {len(ours)} and {len(theirs)} items"
        pairs = [(f"{path}[{n}]", one, other) for n, (one, other) in enumerate(zip(ours, theirs, strict=True))]
    elif isinstance(ours, float) or isinstance(theirs, float):
        numbers = isinstance(ours, int | float) and isinstance(theirs, int | float)
        return None if numbers and math.isclose(ours, theirs, abs_tol=TOLERANCE) else f"{path}: {ours} and {theirs}"
    else:
        return None if ours == theirs else f"{path}: {ours} and {theirs}"
    return next((difference for pair in pairs if (difference := find_difference(pair[1], pair[2], pair[0]))), None)
