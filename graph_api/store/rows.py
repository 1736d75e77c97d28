"""Rows of statements: the driver's records as Python's own values."""

from datetime import UTC, datetime
from typing import Any, Protocol, TypeAlias

Row: TypeAlias = dict[str, Any]
"""The columns of one row, by name."""

PLAIN = frozenset({str, int, float, bool, type(None)})
"""Types that need no conversion: nearly everything that statements return."""


class Record(Protocol):
    """What the driver returns for a row."""

    def keys(self) -> list[str]:
        """The names of the columns."""

    def values(self) -> list[Any]:
        """The values, in the same order."""


def as_row(record: Record) -> Row:
    """The row of a record."""
    return dict(zip(record.keys(), map(_native, record.values()), strict=True))


def _native(value: Any) -> Any:  # noqa: ANN401 - whatever the database holds
    """A value as Python's own. Times are always aware: those without a zone are UTC (embedded engine)."""
    kind = type(value)
    if kind in PLAIN or (kind is list and PLAIN.issuperset(map(type, value))):
        return value
    if isinstance(value, dict):
        return {key: _native(item) for key, item in value.items()}
    if isinstance(value, list):
        return [item if type(item) in PLAIN else _native(item) for item in value]
    native = value.to_native() if hasattr(value, "to_native") else value
    if isinstance(native, datetime):
        return native.replace(tzinfo=UTC) if native.tzinfo is None else native.astimezone(UTC)
    return value
