"""Activity: answers, students, and time on task by day or week (Q12)."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from graph_api.domain.learners.scope import Scope
from graph_api.domain.learners.sessions import Session, SessionStatus
from graph_api.domain.learners.timeline import MICROSECOND, Timeline, microseconds
from graph_api.domain.targets import Target, TargetKind


class GivenAnswer(NamedTuple):
    """An answer, as activity counts it; `seconds` is its response time, if it has one."""

    student_id: str
    at: datetime
    correct: bool
    seconds: float | None


class AnswerColumns(NamedTuple):
    """Answers of several students, in any order.

    Attributes:
        student: shape (answers,), 0..students - 1, in order of student id.
        at: shape (answers,); microseconds since 1970.
        correct: shape (answers,).
        seconds: shape (answers,), the response time; NaN without it.
    """

    student: NDArray[np.int64]
    at: NDArray[np.int64]
    correct: NDArray[np.bool_]
    seconds: NDArray[np.float64]

    @classmethod
    def of(cls, answers: Collection[GivenAnswer]) -> Self:
        """The columns of answers."""
        places = places_of(answer.student_id for answer in answers)
        return cls(
            np.array([places[answer.student_id] for answer in answers], np.int64),
            np.array([microseconds(answer.at) for answer in answers], np.int64),
            np.array([answer.correct for answer in answers], np.bool_),
            np.array([np.nan if answer.seconds is None else answer.seconds for answer in answers], np.float64),
        )


class SessionColumns(NamedTuple):
    """Sessions of several students, in any order.

    Attributes:
        student: shape (sessions,), 0..students - 1.
        at: shape (sessions,), when they started; microseconds since 1970.
        time: shape (sessions,), microseconds from start to end; -1 unless submitted, since the end of another session
            shows nothing about how long the student worked.
    """

    student: NDArray[np.int64]
    at: NDArray[np.int64]
    time: NDArray[np.int64]

    @classmethod
    def of(cls, sessions: Collection[Session]) -> Self:
        """The columns of sessions."""
        places = places_of(session.student_id for session in sessions)
        return cls(
            np.array([places[session.student_id] for session in sessions], np.int64),
            np.array([microseconds(session.started_at) for session in sessions], np.int64),
            np.array([_time_in(session) for session in sessions], np.int64),
        )


def places_of(student_ids: Iterable[str]) -> dict[str, int]:
    """The places of students in order of id.

    >>> places_of(["ben", "anna", "ben"])
    {'anna': 0, 'ben': 1}
    """
    return {student_id: place for place, student_id in enumerate(sorted(set(student_ids)))}


def _time_in(session: Session) -> int:
    """Microseconds from start to end of a submitted session; -1 of others."""
    if session.status is not SessionStatus.SUBMITTED or session.ended_at is None:
        return -1
    return max(microseconds(session.ended_at) - microseconds(session.started_at), 0)


class StudentActions(NamedTuple):
    """What one student has done so far.

    Attributes:
        answers: in any order.
        targets: the concepts and skills that answers count towards.
        answer_of: shape (pairs,), the place of an answer in `answers`.
        target_of: shape (pairs,), the place of a target that it counts towards.
        sessions: in any order.
    """

    answers: AnswerColumns
    targets: Sequence[Target]
    answer_of: NDArray[np.int32]
    target_of: NDArray[np.int32]
    sessions: SessionColumns

    @property
    def bytes(self) -> int:
        """The memory that they take, without the targets themselves, which students share."""
        columns = *self.answers, self.answer_of, self.target_of, *self.sessions
        return 8 * len(self.targets) + sum(column.nbytes for column in columns)

    def answers_in(self, scope: Scope) -> AnswerColumns:
        """The answers that count towards at least one target of a scope."""
        if scope.skill_codes is None or scope.concept_ids is None:
            return self.answers
        covered = {TargetKind.CONCEPT: scope.concept_ids, TargetKind.SKILL: scope.skill_codes}
        is_covered = np.array([target.key in covered[target.kind] for target in self.targets], np.bool_)
        chosen = np.zeros(len(self.answers.at), np.bool_)
        chosen[self.answer_of[is_covered[self.target_of]]] = True
        student, at, correct, seconds = self.answers
        return AnswerColumns(student[chosen], at[chosen], correct[chosen], seconds[chosen])


@dataclass(frozen=True, slots=True)
class PeriodActivity:
    """What students did in one period.

    Attributes:
        answers: the number of answers; one to several targets counts once.
        correct: how many of them are correct.
        timed: how many have a response time.
        response_time: the sum of the response times.
        sessions: how many sessions started in the period.
        students: the number of students with at least one answer.
        timed_students: of those with a response time.
        session_students: of those who started a session.
        submitted_students: of those who submitted one of these sessions.
        session_time: the time from the start to the end of these.
    """

    answers: int
    correct: int
    timed: int
    response_time: float
    sessions: int
    students: int
    timed_students: int
    session_students: int
    submitted_students: int
    session_time: timedelta


def sum_activity(timeline: Timeline, answers: AnswerColumns, sessions: SessionColumns) -> list[PeriodActivity]:
    """The activity of each period. Answers and sessions outside of all periods are left out.

    Args:
        timeline: the periods.
        answers: in any order; sums of response times do not depend on it.
        sessions: by when they started.
    """
    length = len(timeline.moments)
    period, started = timeline.places(answers.at), timeline.places(sessions.at)
    inside, timed = period >= 0, (period >= 0) & ~np.isnan(answers.seconds)
    begun, submitted = started >= 0, (started >= 0) & (sessions.time >= 0)
    ordered = np.flatnonzero(timed)
    ordered = ordered[np.lexsort((answers.seconds[ordered], answers.student[ordered], answers.at[ordered]))]
    session_time = np.zeros(length, np.int64)
    np.add.at(session_time, started[submitted], sessions.time[submitted])
    columns = (
        np.bincount(period[inside], minlength=length),
        np.bincount(period[inside & answers.correct], minlength=length),
        np.bincount(period[timed], minlength=length),
        np.bincount(period[ordered], answers.seconds[ordered], length),
        np.bincount(started[begun], minlength=length),
        _count_students(period[inside], answers.student[inside], length),
        _count_students(period[timed], answers.student[timed], length),
        _count_students(started[begun], sessions.student[begun], length),
        _count_students(started[submitted], sessions.student[submitted], length),
    )
    times = [time * MICROSECOND for time in session_time.tolist()]
    return [PeriodActivity(*row) for row in zip(*(column.tolist() for column in columns), times, strict=True)]


def sum_class(timeline: Timeline, actions: Iterable[StudentActions], scope: Scope) -> list[PeriodActivity]:
    """The activity of a class in each period, from what each student has done: in order of student id."""
    answers = [AnswerColumns.of([])]
    sessions = [SessionColumns.of([])]
    for place, each in enumerate(actions):
        own = each.answers_in(scope)
        answers.append(own._replace(student=np.full(len(own.at), place)))
        sessions.append(each.sessions._replace(student=np.full(len(each.sessions.at), place)))
    return sum_activity(
        timeline,
        AnswerColumns(*map(np.concatenate, zip(*answers, strict=True))),
        SessionColumns(*map(np.concatenate, zip(*sessions, strict=True))),
    )


def _count_students(period: NDArray[np.int64], student: NDArray[np.int64], length: int) -> NDArray[np.int64]:
    """The number of different students of each period."""
    most = int(student.max(initial=0)) + 1
    return np.bincount(np.unique(period * most + student) // most, minlength=length)
