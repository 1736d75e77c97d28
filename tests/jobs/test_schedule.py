"""Cron expressions: the latest tick, and clocks that change."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from graph_api.jobs.schedule import Schedule, cron, latest_tick
from tests.conftest import NOW

BERLIN = ZoneInfo("Europe/Berlin")


@given(
    st.datetimes(NOW.replace(tzinfo=None), NOW.replace(year=2028, tzinfo=None)),
    st.sampled_from(["0 3 * * *", "*/10 * * * *", "* * * * * *", "15 2 31 * *"]),
)
def test_the_latest_tick_is_the_last_before_now(naive: datetime, expression: str) -> None:
    now, trigger = naive.replace(tzinfo=BERLIN), cron(expression, BERLIN)

    tick = latest_tick(trigger, now)

    assert tick is not None
    assert tick <= now
    after = trigger.get_next_fire_time(tick, tick)
    assert after is not None
    assert after > now


def test_a_time_zone_is_kept_over_the_change_of_clocks() -> None:
    upcoming = Schedule({"a": "0 4 * * *", "off": ""}, BERLIN).upcoming(datetime(2026, 10, 25, 1, tzinfo=UTC))

    assert upcoming["a"].next_at == datetime(2026, 10, 25, 3, tzinfo=UTC)
    assert upcoming["off"].next_at is None
