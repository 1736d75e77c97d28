"""Times for answers of files that hold no times, only an order or nothing at all."""

import math
from datetime import UTC, datetime, timedelta

FIRST_TIME = datetime(2000, 1, 1, tzinfo=UTC)
"""When the answers of a file without times begin, unless the caller chooses another time."""

STEP = timedelta(microseconds=1)
"""Between an answer without a time and the one that it follows, where the file's own pace would put it earlier."""

_PIECES = [(5e8, 5e8), (1e13, 6e8), (1e16, 7e8), (1e19, 7.3e8)]
"""Up to the order number, the seconds: orders count seconds, then what fits of milli-, micro- and nanoseconds."""

_LOGARITHMS_END = 7.4e8


def time_of_order(order: float, start: datetime) -> datetime:
    """The time of an answer that only has an order number: larger numbers are later, whatever they count.

    Numbers up to 500 million are seconds after `start`. Larger ones, such as clocks in milliseconds, microseconds or
    nanoseconds, are compressed into the eight years after that: only their order has a meaning. Numbers that are
    closer than the compression resolves (0.1 ms for microseconds) get equal times, and the file's order decides.

    Raises:
        OverflowError: the time lies outside the years 1 to 9999.

    >>> time_of_order(70, FIRST_TIME).isoformat()
    '2000-01-01T00:01:10+00:00'
    >>> time_of_order(1565096190868, FIRST_TIME) < time_of_order(1565096190869, FIRST_TIME)
    True
    """
    return start + timedelta(seconds=math.copysign(_seconds(abs(order)), order))


def _seconds(size: float) -> float:
    begin_order = begin_seconds = 0.0
    for end_order, end_seconds in _PIECES:
        if size <= end_order:
            share = (size - begin_order) / (end_order - begin_order)
            return begin_seconds + share * (end_seconds - begin_seconds) if begin_order else size
        begin_order, begin_seconds = end_order, end_seconds
    share = math.log10(size / begin_order) / math.log10(1.8e308 / begin_order)
    return begin_seconds + share * (_LOGARITHMS_END - begin_seconds)


def time_after(latest: datetime | None, earliest: datetime) -> datetime:
    """The time of an answer without time or order: after what is recorded, and not before its place in the file.

    >>> time_after(None, FIRST_TIME).isoformat(), time_after(FIRST_TIME, FIRST_TIME).isoformat()
    ('2000-01-01T00:00:00+00:00', '2000-01-01T00:00:00.000001+00:00')
    """
    return earliest if latest is None else max(earliest, latest + STEP)
