"""Activity by day: every answer and session of the periods counts once, in the period of its local day."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from graph_api.domain.learners.activity import AnswerColumns, GivenAnswer, SessionColumns, sum_activity
from graph_api.domain.learners.sessions import Session, SessionStatus
from graph_api.domain.learners.timeline import Period, Window, divide

BERLIN = ZoneInfo("Europe/Berlin")
UNTIL = datetime(2026, 3, 31, 12, tzinfo=UTC)
"""Clocks change on 29 March."""


@given(
    rows=st.lists(
        st.tuples(st.sampled_from("abc"), st.integers(-48, 24 * 12), st.booleans(), st.none() | st.integers(1, 90))
    ),
    by=st.sampled_from(Period),
)
def test_each_answer_counts_once(rows: list[tuple[str, int, bool, int | None]], by: Period) -> None:
    answers = [
        GivenAnswer(student, UNTIL - timedelta(hours=hours), correct, seconds)
        for student, hours, correct, seconds in rows
    ]
    timeline = divide(Window(by, UNTIL - timedelta(days=8), UNTIL, BERLIN))
    periods = sum_activity(timeline, AnswerColumns.of(answers), SessionColumns.of([]))
    for day, period in zip(timeline.days, periods, strict=True):
        own = [each for each in answers if by.first_day(each.at.astimezone(BERLIN).date()) == day and each.at <= UNTIL]
        assert period.answers == len(own)
        assert period.correct == sum(each.correct for each in own)
        assert period.students == len({each.student_id for each in own})
        assert period.timed_students == len({each.student_id for each in own if each.seconds is not None})
        assert period.timed == sum(each.seconds is not None for each in own)
        assert period.response_time == sum(each.seconds or 0 for each in own)


def test_only_submitted_sessions_add_time() -> None:
    started = datetime(2026, 3, 29, 22, 30, tzinfo=UTC)  # 30 March in Berlin
    ended = started + timedelta(minutes=20)
    sessions = [
        Session("one", "anna", SessionStatus.SUBMITTED, started, ended),
        Session("two", "anna", SessionStatus.EXPIRED, started, started + timedelta(hours=24)),
        Session("three", "ben", SessionStatus.IN_PROGRESS, started),
        Session("four", "cleo", SessionStatus.SUBMITTED, started - timedelta(days=30), ended),
    ]
    timeline = divide(Window(Period.DAY, UNTIL - timedelta(days=2), UNTIL, BERLIN))
    periods = dict(
        zip(timeline.days, sum_activity(timeline, AnswerColumns.of([]), SessionColumns.of(sessions)), strict=True)
    )
    assert {day.isoformat(): period.sessions for day, period in periods.items()} == {
        "2026-03-29": 0,
        "2026-03-30": 3,
        "2026-03-31": 0,
    }
    monday = periods[started.astimezone(BERLIN).date()]
    assert monday.session_time == timedelta(minutes=20)
    assert monday.session_students == 2
    assert monday.submitted_students == 1
