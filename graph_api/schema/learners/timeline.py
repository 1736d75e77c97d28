"""The arguments and the points of a series by day or week (Q12)."""

from datetime import date, datetime
from typing import Annotated, Any, TypeAlias

import strawberry

from graph_api.domain.answers.answers import in_utc
from graph_api.domain.learners.timeline import MOST_POINTS, Period, Timeline, Window, divide
from graph_api.schema.context import Info
from graph_api.schema.enums import describe_values
from graph_api.usecases.learners.time_zones import zone_of

strawberry.enum(Period, name="Period", description="The length of the periods of a series.")
describe_values(
    Period,
    DAY="A calendar day in the time zone. A day on which clocks change has 23 or 25 hours.",
    WEEK="A week in the time zone, from Monday.",
)

By: TypeAlias = Annotated[Period, strawberry.argument(description="The length of the periods.")]
Since: TypeAlias = Annotated[
    datetime | None,
    strawberry.argument(
        description="A moment of the first period, with an offset. The first period counts from its start. Null: "
        f"12 weeks before `until`. A series has at most {MOST_POINTS} periods."
    ),
]
Until: TypeAlias = Annotated[
    datetime | None,
    strawberry.argument(
        description="The moment at which the last period is cut, with an offset. A period that would start at this "
        "moment is left out. Null: now."
    ),
]
TimeZone: TypeAlias = Annotated[
    str | None,
    strawberry.argument(
        description="The time zone of days and weeks, as in Europe/Berlin. Null: the time zone of the service "
        "(GRAPH_API_SCHEDULE_TIME_ZONE, UTC by default)."
    ),
]


class Asked:
    """A timeline with the name of its time zone."""

    def __init__(self, timeline: Timeline, time_zone: str) -> None:
        self.timeline = timeline
        self.time_zone = time_zone

    def fields(self) -> dict[str, Any]:
        """The values of the fields of `Periods`."""
        timeline = self.timeline
        return {
            "by": timeline.by,
            "time_zone": self.time_zone,
            "days": list(timeline.days),
            "moments": list(timeline.moments),
        }


def timeline_of(info: Info, by: Period, since: datetime | None, until: datetime | None, time_zone: str | None) -> Asked:
    """The periods that the arguments choose.

    Raises:
        InvalidInput: an argument breaks a rule, or there are too many periods.
    """
    services = info.context.services
    end = info.context.now() if until is None else in_utc(until, "until")
    zone = services.time_zone if time_zone is None else zone_of(time_zone)
    window = Window(by, None if since is None else in_utc(since, "since"), end, zone)
    return Asked(divide(window), str(zone))


@strawberry.type
class Periods:
    """The fields of every series: periods without gaps, from the earliest to the latest."""

    by: Period = strawberry.field(description="The length of the periods.")
    time_zone: str = strawberry.field(description="The time zone of days and weeks.")
    days: list[date] = strawberry.field(description="The first day of each period, in the time zone.")
    moments: list[datetime] = strawberry.field(
        description="The last moment of each period: just before the next one starts, or `until`. Values are as of "
        "these moments, as fields with `asOf` or `at` return them."
    )
