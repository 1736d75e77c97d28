"""When jobs run: cron expressions in a time zone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger

from graph_api.domain.operations.runs import Upcoming

LOOK_BACK = [timedelta(minutes=1), timedelta(hours=1), timedelta(days=1), timedelta(days=31), timedelta(days=1462)]
FIELDS = ("second", "minute", "hour", "day", "month", "day_of_week")


def cron(expression: str, zone: ZoneInfo) -> CronTrigger:
    """The trigger of a cron expression: minute, hour, day, month, weekday; or six fields, with seconds before them.

    Raises:
        ValueError: the expression is invalid.

    >>> cron("30 2 * * *", ZoneInfo("UTC")).get_next_fire_time(None, datetime(2026, 1, 1, tzinfo=ZoneInfo("UTC"))).hour
    2
    """
    values = expression.split()
    if len(values) == len(FIELDS) - 1:
        return CronTrigger.from_crontab(expression, zone)
    if len(values) != len(FIELDS):
        raise ValueError(f"a cron expression has 5 or 6 fields, {expression!r} has {len(values)}")
    return CronTrigger(**dict(zip(FIELDS, values, strict=True)), timezone=zone)


@dataclass(frozen=True, slots=True)
class Schedule:
    """The expressions by job. An empty one disables the job."""

    expressions: Mapping[str, str]
    zone: ZoneInfo

    @property
    def triggers(self) -> dict[str, CronTrigger]:
        """The triggers of the enabled jobs."""
        return {name: cron(expression, self.zone) for name, expression in self.expressions.items() if expression}

    def next_at(self, name: str, now: datetime) -> datetime | None:
        """When a job runs next; None if it is disabled.

        >>> zone = ZoneInfo("UTC")
        >>> Schedule({"refit": "30 2 * * *"}, zone).next_at("refit", datetime(2026, 1, 1, tzinfo=zone)).hour
        2
        """
        expression = self.expressions[name]
        return cron(expression, self.zone).get_next_fire_time(None, now) if expression else None

    def upcoming(self, now: datetime) -> dict[str, Upcoming]:
        """When each job runs next."""
        return {name: Upcoming(expression, self.next_at(name, now)) for name, expression in self.expressions.items()}


def latest_tick(trigger: CronTrigger, now: datetime) -> datetime | None:
    """The last time at or before `now` at which a trigger fires; None if it has not fired in four years."""
    for back in LOOK_BACK:
        tick: datetime | None = trigger.get_next_fire_time(None, now - back)
        if tick is not None and tick <= now:
            while (after := trigger.get_next_fire_time(tick, tick)) is not None and after <= now:
                tick = after
            return tick
    return None
