"""A simulated class: students with hidden knowledge who practise for some months (for the demo, tests and benchmarks).

Each student knows or does not know each concept. An answer about a known concept is right but for a slip, about an
unknown one only by a guess. Practice turns unknown into known with the student's own learning rate, and hardly ever
while a prerequisite is unknown: that is what makes root causes visible.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum
from graphlib import TopologicalSorter

import numpy as np

from graph_api.domain.answers.answers import AnswerInput, Difficulty
from graph_api.domain.learners.sessions import Session, SessionStatus

SLIP, GUESS, BLOCKED = 0.08, 0.22, 0.03
FALL_DAYS, ABSENT_DAYS = 21, 40
SECONDS_AN_ANSWER = 40
DIFFICULTIES = tuple(Difficulty)
HARDNESS = (0.2, 0.4, 0.55, 0.75)
"""For each question of a concept, how much more often it is the question of a wrong answer than of a right one."""


class Story(Enum):
    """What a simulated student is like, with the chance to learn at an opportunity."""

    FAST = 0.55
    STEADY = 0.35
    SLOW = 0.12
    GAP = 0.36
    """Never learns one concept, and so hardly anything behind it."""
    FALLING = 0.34
    """Slips often in the last three weeks."""
    ABSENT = 0.33
    """Stopped practising weeks ago."""


@dataclass(slots=True)
class SimulatedStudent:
    """A student, what they know, and how far they are."""

    id: str
    story: Story
    missing: str | None = None
    known: set[str] = field(default_factory=set)


def simulate(
    rng: np.random.Generator,
    students: Sequence[SimulatedStudent],
    prerequisites: Mapping[str, Sequence[str]],
    now: datetime,
    days: int = 120,
) -> Iterator[tuple[Session | None, list[AnswerInput]]]:
    """Practice, day by day until `now`: runs of answers of one student, most of them in a submitted session.

    Args:
        rng: where chance comes from; the same state gives the same class.
        students: who practises; what they know changes on the way.
        prerequisites: for every concept, its direct prerequisites; acyclic.
        now: nothing happens after it.
        days: how long the class practises.
    """
    course = list(TopologicalSorter(prerequisites).static_order())
    for day in range(days, 0, -1):
        for student in students:
            absent = student.story is Story.ABSENT and day < ABSENT_DAYS
            if absent or rng.random() > 0.22:  # noqa: PLR2004 - about one day in five
                continue
            start = now - timedelta(days=day) + timedelta(minutes=int(rng.integers(1, 600)))
            yield _practise(rng, student, course, prerequisites, start, day)


def name_questions(rng: np.random.Generator, answers: Sequence[AnswerInput]) -> list[AnswerInput]:
    """The answers, each with a question of its concept: wrong answers more often with a hard one.

    What was answered stays as it was simulated, and with it every level. The odds of a right answer to a question are
    those of the answer times `(1 - hardness) / hardness`, by Bayes' rule.
    """
    hardness = np.array(HARDNESS)
    shares = {True: np.cumsum(1 - hardness) / np.sum(1 - hardness), False: np.cumsum(hardness) / np.sum(hardness)}
    drawn = zip(answers, rng.random(len(answers)), strict=True)
    numbered = ((answer, 1 + int(np.searchsorted(shares[answer.correct], draw))) for answer, draw in drawn)
    return [replace(answer, question_id=f"{answer.concept_ids[0]}-q{number}") for answer, number in numbered]


def _practise(  # noqa: PLR0913, PLR0917 - what a session depends on
    rng: np.random.Generator,
    student: SimulatedStudent,
    course: Sequence[str],
    prerequisites: Mapping[str, Sequence[str]],
    start: datetime,
    day: int,
) -> tuple[Session | None, list[AnswerInput]]:
    ahead = [key for key in course if key not in student.known][:4]
    behind = [key for key in course if key in student.known][-6:]
    session_id = f"{student.id}-{start:%Y%m%dT%H%M}" if rng.random() < 0.7 else None  # noqa: PLR2004 - most of them
    answers, at = [], start
    for n in range(int(rng.integers(6, 13))):
        pool = ahead if ahead and (not behind or rng.random() < 0.7) else behind  # noqa: PLR2004 - mostly new things
        key = pool[int(rng.integers(len(pool)))]
        correct = bool(rng.random() < _p_correct(student, key, day))
        _learn(rng, student, key, prerequisites)
        seconds = float(np.round(rng.lognormal(2.6, 0.5), 1))
        at += timedelta(seconds=seconds + SECONDS_AN_ANSWER)
        answers.append(
            AnswerInput(
                id=f"{student.id}-{start:%Y%m%dT%H%M}-{n:02}",
                student_id=student.id,
                concept_ids=[key],
                correct=correct,
                at=at,
                session_id=session_id,
                difficulty=DIFFICULTIES[int(rng.integers(len(DIFFICULTIES)))],
                response_time=seconds,
            )
        )
    if session_id is None:
        return None, answers
    ended = at + timedelta(seconds=SECONDS_AN_ANSWER)
    return Session(session_id, student.id, SessionStatus.SUBMITTED, start, ended), answers


def _p_correct(student: SimulatedStudent, key: str, day: int) -> float:
    if student.story is Story.FALLING and day < FALL_DAYS:
        return 0.4
    return 1 - SLIP if key in student.known else GUESS


def _learn(
    rng: np.random.Generator, student: SimulatedStudent, key: str, prerequisites: Mapping[str, Sequence[str]]
) -> None:
    if key == student.missing:
        return
    ready = all(needed in student.known for needed in prerequisites[key])
    if rng.random() < (student.story.value if ready else BLOCKED):
        student.known.add(key)
