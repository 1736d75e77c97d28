"""Days and weeks in a time zone, with days of 23 and 25 hours."""

from bisect import bisect_right
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_api.domain.failures import InvalidInput
from graph_api.domain.learners.timeline import MICROSECOND, MOST_POINTS, Period, Window, divide, microseconds

ZONES = [ZoneInfo(name) for name in ("UTC", "Europe/Berlin", "America/Sao_Paulo", "Asia/Beirut", "Asia/Kathmandu")]
"""In Sao Paulo and Beirut clocks have skipped midnight."""
MOMENTS = st.integers(0, 12 * 366 * 24 * 60).map(
    lambda minutes: datetime(2015, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@given(
    until=MOMENTS,
    span=st.timedeltas(timedelta(microseconds=1), timedelta(days=90)),
    by=st.sampled_from(Period),
    zone=st.sampled_from(ZONES),
    share=st.floats(0, 1),
)
def test_each_moment_lies_in_the_period_of_its_local_day(
    until: datetime, span: timedelta, by: Period, zone: ZoneInfo, share: float
) -> None:
    timeline = divide(Window(by, until - span, until, zone))

    assert list(timeline.starts) == sorted(set(timeline.starts))
    assert all(start <= end for start, end in zip(timeline.starts, timeline.moments, strict=True))
    # Without gaps: each period ends just before the next one starts, and the last one is cut.
    ends = [start - MICROSECOND for start in timeline.starts[1:]]
    assert timeline.moments[:-1] == ends
    assert until - MICROSECOND <= timeline.moments[-1] <= until
    assert timeline.starts[0] <= until - span
    at = until - span * share - MICROSECOND
    (place,) = timeline.places(np.array([microseconds(at)])).tolist()
    if place >= 0:
        assert timeline.days[place] == by.first_day(at.astimezone(zone).date())
        assert bisect_right(timeline.moments, at - MICROSECOND) == place
    else:
        assert at < timeline.starts[0]


def test_clocks_that_change_make_days_of_23_and_25_hours() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    for day, hours in (("2026-03-29", 23), ("2026-10-25", 25), ("2026-10-26", 24)):
        noon = datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=berlin).astimezone(UTC)
        timeline = divide(Window(Period.DAY, noon, noon + timedelta(days=2), berlin))
        assert timeline.moments[0] + MICROSECOND - timeline.starts[0] == timedelta(hours=hours)


def test_a_period_that_would_start_at_the_end_is_left_out() -> None:
    first, last = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)
    assert len(divide(Window(Period.DAY, first, last, UTC)).days) == 31


def test_twelve_weeks_by_default() -> None:
    timeline = divide(Window(Period.WEEK, None, datetime(2026, 3, 1, 12, tzinfo=UTC), UTC))
    assert len(timeline.days) == 13
    assert timeline.days[-1].isoformat() == "2026-02-23"


@pytest.mark.parametrize(
    ("since", "until", "field"),
    [
        ("2026-01-01T00:00:00+00:00", "2026-01-01T00:00:00+00:00", "since"),
        ("2020-01-01T00:00:00+00:00", "2026-01-01T00:00:00+00:00", "since"),
        ("9999-12-30T00:00:00+00:00", "9999-12-31T23:00:00+00:00", "since, until"),
        (None, "0001-01-02T00:00:00+00:00", "until"),
    ],
)
def test_what_is_no_timeline(since: str | None, until: str, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        divide(Window(Period.DAY, since and datetime.fromisoformat(since), datetime.fromisoformat(until), UTC))  # type: ignore[arg-type]
    assert refused.value.field == field


def test_the_largest_number_of_periods() -> None:
    end = datetime(2026, 1, 1, tzinfo=UTC)
    assert len(divide(Window(Period.DAY, end - timedelta(days=MOST_POINTS), end, UTC)).days) == MOST_POINTS
    with pytest.raises(InvalidInput):
        divide(Window(Period.DAY, end - timedelta(days=MOST_POINTS, seconds=1), end, UTC))
