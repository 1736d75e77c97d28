"""Rows for statements that exist once for concepts and once for skills."""

from collections import defaultdict
from collections.abc import Iterable
from typing import TypeVar

from graph_api.domain.targets import TargetKind

T = TypeVar("T")


def by_kind(items: Iterable[tuple[TargetKind, T]]) -> dict[TargetKind, list[T]]:
    """Items by the kind of their target, in order. Kinds without items are left out.

    >>> by_kind([(TargetKind.SKILL, "a"), (TargetKind.SKILL, "b")])
    {<TargetKind.SKILL: 'SKILL'>: ['a', 'b']}
    """
    groups: dict[TargetKind, list[T]] = defaultdict(list)
    for kind, item in items:
        groups[kind].append(item)
    return dict(groups)
