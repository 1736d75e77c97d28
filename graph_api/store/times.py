"""Times as text, where there are many: the driver takes fifty times as long for a temporal value as for a string.

Statements turn them into temporal values with `datetime(…)`, and back with `toString(…)`.
"""

from datetime import UTC, datetime


def as_text(moment: datetime) -> str:
    """An aware time, for `datetime(…)`.

    >>> as_text(datetime(2026, 1, 31, 9, 30, tzinfo=UTC))
    '2026-01-31T09:30:00+00:00'
    """
    return moment.isoformat()


def as_time(text: str) -> datetime:
    """The time that `toString(…)` wrote, in UTC; without a zone it is UTC already (embedded engine).

    >>> as_time("2026-01-31T09:30Z") == as_time("2026-01-31T09:30:00.000")
    True
    """
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
