"""The points of a series: the ends of days or weeks in a time zone (Q12)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from graph_api.domain.answers.answers import earlier
from graph_api.domain.failures import InvalidInput

MOST_POINTS = 400
"""The largest number of points of a series: more than a year by day, or seven years by week."""
DEFAULT_SPAN = timedelta(weeks=12)
"""The time that a series covers by default."""
MICROSECOND = timedelta(microseconds=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def microseconds(moment: datetime) -> int:
    """The microseconds from 1970 to a moment, exactly: times as columns of numbers.

    >>> microseconds(datetime(1970, 1, 1, 0, 0, 1, 5, tzinfo=UTC))
    1000005
    """
    return (moment - EPOCH) // MICROSECOND


class Period(StrEnum):
    """The length of a period: a calendar day, or a week from Monday."""

    DAY = "DAY"
    WEEK = "WEEK"

    @property
    def days(self) -> int:
        """The number of days.

        >>> Period.WEEK.days
        7
        """
        return 7 if self is Period.WEEK else 1

    def first_day(self, day: date) -> date:
        """The first day of the period that contains a day.

        >>> Period.WEEK.first_day(date(2026, 1, 31)).isoformat()
        '2026-01-26'
        """
        return day - timedelta(days=day.weekday()) if self is Period.WEEK else day


class Window(NamedTuple):
    """The time that a series covers, its period, and its time zone.

    Attributes:
        since: a moment of the first period; None is twelve weeks before `until`.
        until: the moment at which the last period is cut.
    """

    by: Period
    since: datetime | None
    until: datetime
    zone: tzinfo


@dataclass(frozen=True, slots=True)
class Timeline:
    """Periods without gaps. A point is the state at the last moment of a period.

    Attributes:
        by: the length of the periods.
        days: the first day of each period, in the time zone.
        starts: the moment at which each period starts, in UTC.
        moments: the last moment of each period, in UTC. The last period may be cut.
    """

    by: Period
    days: Sequence[date]
    starts: Sequence[datetime]
    moments: Sequence[datetime]

    def places(self, at: NDArray[np.int64]) -> NDArray[np.int64]:
        """The periods that contain some moments, in microseconds since 1970; -1 outside of all.

        >>> noon = datetime(2026, 1, 31, 12, tzinfo=UTC)
        >>> days = divide(Window(Period.DAY, noon - timedelta(days=2), noon, UTC))
        >>> days.places(np.array([microseconds(noon), microseconds(noon) + 1])).tolist()
        [2, -1]
        """
        starts = np.array([microseconds(start) for start in self.starts], np.int64)
        place = np.searchsorted(starts, at, side="right") - 1
        return np.where(at <= microseconds(self.moments[-1]), place, -1)


def divide(window: Window) -> Timeline:
    """The periods from the one that contains `since`, from its start, to the one that `until` cuts.

    A period that would start at `until` is left out. Days are as long as the clocks of the time zone make them.

    Raises:
        InvalidInput: `since` is not before `until`, or there are too many periods, or years before 1 or after 9999.

    >>> noon = datetime(2026, 1, 31, 12, tzinfo=UTC)
    >>> weeks = divide(Window(Period.WEEK, noon - timedelta(days=7), noon, UTC))
    >>> [day.isoformat() for day in weeks.days], [moment.isoformat() for moment in weeks.moments]
    (['2026-01-19', '2026-01-26'], ['2026-01-25T23:59:59.999999+00:00', '2026-01-31T12:00:00+00:00'])
    """
    since = earlier(window.until, DEFAULT_SPAN, "until") if window.since is None else window.since
    if since >= window.until:
        raise InvalidInput("since", f"must be before until, {window.until.isoformat()}", since.isoformat())
    if (window.until - since).days > MOST_POINTS * window.by.days:
        raise too_many(since)
    try:
        days, edges = zip(*_edges(window, since), strict=True)
    except OverflowError:
        raise InvalidInput("since, until", "must lie in the years 1 to 9999", since.isoformat()) from None
    if len(days) - 1 > MOST_POINTS:
        raise too_many(since)
    ends = [min(end - MICROSECOND, window.until) for end in edges[1:]]
    return Timeline(window.by, days[:-1], edges[:-1], ends)


def too_many(since: datetime) -> InvalidInput:
    """The error of a series with too many points."""
    rule = f"must give at most {MOST_POINTS} periods; choose a later time, or by: WEEK"
    return InvalidInput("since", rule, since.isoformat())


def _edges(window: Window, since: datetime) -> Iterator[tuple[date, datetime]]:
    """The first day and the start of each period, and of the one after the last."""
    day = window.by.first_day(since.astimezone(window.zone).date())
    start = _start_of(day, window.zone)
    while start < window.until:
        yield day, start
        day += timedelta(days=window.by.days)
        start = _start_of(day, window.zone)
    yield day, start


def _start_of(day: date, zone: tzinfo) -> datetime:
    """The first moment of a day in a time zone. Where clocks skip midnight, it is the moment at which they do."""
    return datetime.combine(day, time.min, zone).astimezone(UTC)


class DatedPeriod(NamedTuple):
    """A period: its first day in a time zone, and its last moment in UTC."""

    first_day: date
    end: datetime


def periods_of(moments: Iterable[datetime], by: Period, zone: tzinfo) -> list[DatedPeriod]:
    """The periods that contain some moments, each once, in order; those without any are left out.

    Raises:
        InvalidInput: a period lies outside the years 1 to 9999 in the time zone.

    >>> noon = datetime(2026, 1, 31, 12, tzinfo=UTC)
    >>> moments = noon, noon - timedelta(1), noon - timedelta(30)
    >>> [str(each.first_day) for each in periods_of(moments, Period.WEEK, UTC)]
    ['2025-12-29', '2026-01-26']
    """
    try:
        days = sorted({by.first_day(moment.astimezone(zone).date()) for moment in moments})
        return [DatedPeriod(day, _start_of(day + timedelta(days=by.days), zone) - MICROSECOND) for day in days]
    except OverflowError:
        raise InvalidInput("at", f"must lie in the years 1 to 9999 in the time zone {zone}") from None
