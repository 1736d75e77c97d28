"""The part of an export by recorded time, so that repeated exports together hold every row once."""

from datetime import datetime
from typing import NamedTuple

from graph_api.domain.failures import InvalidInput


class RecordedTime(NamedTuple):
    """Rows that were recorded from `since` on and before `until`; None does not restrict.

    Windows that meet, such as [a, b) and [b, c), hold each row once, whatever the time when its answer was given.
    """

    since: datetime | None = None
    until: datetime | None = None

    @property
    def is_whole(self) -> bool:
        """Whether it restricts nothing, so that rows without a recorded time are covered too."""
        return self.since is None and self.until is None

    def covers(self, *recorded: datetime | None) -> bool:
        """Whether one of the times at which a row was recorded or changed lies in it.

        >>> from datetime import UTC
        >>> noon = datetime(2026, 1, 31, 12, tzinfo=UTC)
        >>> RecordedTime(noon).covers(noon), RecordedTime(until=noon).covers(noon), RecordedTime(noon).covers(None)
        (True, False, False)
        """
        if self.is_whole:
            return True
        return any(
            at is not None and (self.since is None or at >= self.since) and (self.until is None or at < self.until)
            for at in recorded
        )


ALL_TIMES = RecordedTime()


def recorded_between(since: datetime | None, until: datetime | None, settled: datetime) -> RecordedTime:
    """The window of an export. With `since` and without `until` it ends where everything before is surely recorded.

    Args:
        since: rows recorded from then on.
        until: rows recorded before then.
        settled: the moment before which no row can be added any more.

    Raises:
        InvalidInput: `until` is after `settled`, or `since` is not before `until`.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 1, 31, 12, tzinfo=UTC)
    >>> recorded_between(noon.replace(hour=9), None, noon).until == noon, recorded_between(None, None, noon).is_whole
    (True, True)
    """
    if since is None and until is None:
        return ALL_TIMES
    if until is not None and until > settled:
        rule = f"must not be after {settled.isoformat()}: answers recorded since may still be being written"
        raise InvalidInput("until", rule, until.isoformat())
    end = settled if until is None else until
    if since is not None and since >= end:
        raise InvalidInput("since", f"must be before until, {end.isoformat()}", since.isoformat())
    return RecordedTime(since, end)
