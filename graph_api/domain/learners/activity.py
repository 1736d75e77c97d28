"""Activity: answers, students, and time on task by day or week (Q12)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from graph_api.domain.learners.sessions import Session, SessionStatus
from graph_api.domain.learners.timeline import Timeline


class GivenAnswer(NamedTuple):
    """An answer, as activity counts it; `seconds` is its response time, if it has one."""

    student_id: str
    at: datetime
    correct: bool
    seconds: float | None


@dataclass(slots=True)
class PeriodActivity:
    """What students did in one period.

    Attributes:
        answers: the number of answers; one to several targets counts once.
        correct: how many of them are correct.
        timed: how many have a response time.
        response_time: the sum of the response times.
        sessions: how many sessions started in the period.
        session_time: the time from the start to the end of those that were submitted.
        students: the ids of those with at least one answer.
        timed_students: the ids of those with a response time.
        session_students: the ids of those who started a session.
        submitted_students: the ids of those who submitted one of these sessions.
    """

    answers: int = 0
    correct: int = 0
    timed: int = 0
    response_time: float = 0.0
    sessions: int = 0
    session_time: timedelta = timedelta()
    students: set[str] = field(default_factory=set)
    timed_students: set[str] = field(default_factory=set)
    session_students: set[str] = field(default_factory=set)
    submitted_students: set[str] = field(default_factory=set)

    def add_answer(self, answer: GivenAnswer) -> None:
        """Count an answer."""
        self.answers += 1
        self.correct += answer.correct
        self.students.add(answer.student_id)
        if answer.seconds is not None:
            self.timed += 1
            self.timed_students.add(answer.student_id)
            self.response_time += answer.seconds

    def add_session(self, session: Session) -> None:
        """Count a session. The end of one that was not submitted shows nothing about how long the student worked."""
        self.sessions += 1
        self.session_students.add(session.student_id)
        if session.status is SessionStatus.SUBMITTED and session.ended_at is not None:
            self.submitted_students.add(session.student_id)
            self.session_time += max(session.ended_at - session.started_at, timedelta())


def sum_activity(
    timeline: Timeline, answers: Iterable[GivenAnswer], sessions: Iterable[Session]
) -> Sequence[PeriodActivity]:
    """The activity of each period. Answers and sessions outside of all periods are left out.

    Args:
        timeline: the periods.
        answers: in any order; sums of response times do not depend on it.
        sessions: by when they started.
    """
    periods = [PeriodActivity() for _ in timeline.moments]
    for answer in sorted(answers, key=lambda each: (each.at, each.student_id, each.seconds or 0.0)):
        if (place := timeline.place(answer.at)) is not None:
            periods[place].add_answer(answer)
    for session in sessions:
        if (place := timeline.place(session.started_at)) is not None:
            periods[place].add_session(session)
    return periods
