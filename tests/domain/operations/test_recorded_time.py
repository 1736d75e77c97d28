"""Exports by recorded time: windows that meet hold every row exactly once."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_api.domain.failures import InvalidInput
from graph_api.domain.operations.recorded_time import RecordedTime, recorded_between

START = datetime(2026, 3, 1, tzinfo=UTC)
MOMENTS = st.integers(0, 20).map(lambda microseconds: START + timedelta(microseconds=microseconds))


@given(st.lists(MOMENTS), st.lists(MOMENTS, min_size=1, max_size=6, unique=True).map(sorted))
def test_exports_that_follow_each_other_hold_every_row_once(rows: list[datetime], ends: list[datetime]) -> None:
    """Each export begins where the one before ended; what was recorded after the last end is in a later one."""
    begin = START - timedelta(days=1)
    windows = [recorded_between(since, None, end) for since, end in zip([begin, *ends], ends, strict=False)]

    for at in rows:
        assert sum(window.covers(at) for window in windows) == (at < ends[-1])


def test_a_row_that_changed_is_covered_by_the_time_of_its_change() -> None:
    window = RecordedTime(START, START + timedelta(hours=1))

    assert window.covers(START - timedelta(days=1), START)
    assert not window.covers(START - timedelta(days=1), None)
    assert RecordedTime().covers(None), "a whole export has rows without a recorded time"


@pytest.mark.parametrize(
    ("since", "until", "message"),
    [
        (None, START + timedelta(seconds=1), "until: must not be after 2026-03-01T00:00:00"),
        (START, None, "since: must be before until, 2026-03-01T00:00:00"),
        (START, START - timedelta(days=1), "since: must be before until, 2026-02-28T00:00:00"),
    ],
)
def test_windows_that_would_lose_rows_are_refused(since: datetime | None, until: datetime | None, message: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        recorded_between(since, until, START)

    assert str(caught.value).startswith(message)
