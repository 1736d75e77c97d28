"""Whole histories out of the graph, for fitting and for comparing models: one row a student-target pair."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import numpy as np

from graph_api.domain.parameter_fitting.histories import Histories
from graph_api.domain.targets import TargetKind
from graph_api.store.gateway import Transaction

LIST = {
    TargetKind.CONCEPT: "answer/list_histories_on_concepts",
    TargetKind.SKILL: "answer/list_histories_on_skills",
}
LIST_TIMED = {
    TargetKind.CONCEPT: "answer/list_timed_histories_on_concepts",
    TargetKind.SKILL: "answer/list_timed_histories_on_skills",
}


class TimedHistories(NamedTuple):
    """The same answers twice: with their times, and with a guess and slip for every question."""

    timed: Histories
    by_question: Histories


async def read_histories(tx: Transaction, kind: TargetKind, keys: Sequence[str]) -> Histories:
    """The histories of some targets; target n of the result is `keys[n]`, students are numbered in order of id."""
    columns = _Columns(keys)
    async for row in tx.stream(LIST[kind], targets=list(keys)):
        columns.add(row["target"], row["student_id"], row["correct"])
    return columns.histories()


async def read_timed_histories(
    tx: Transaction, kind: TargetKind, keys: Sequence[str], group_id: str | None
) -> TimedHistories:
    """The histories of some targets, of everyone or of a group, with times and questions; numbered as above."""
    columns = _Columns(keys)
    at: list[float] = []
    questions: dict[str, int] = {}
    asked: list[int] = []
    async for row in tx.stream(LIST_TIMED[kind], targets=list(keys), group_id=group_id):
        columns.add(row["target"], row["student_id"], row["correct"])
        at.extend(datetime.fromisoformat(text).timestamp() for text in row["at"])
        asked.extend(questions.setdefault(question, len(questions)) for question in row["questions"])
    return TimedHistories(columns.histories(at=at), columns.histories(question=asked))


class _Columns:
    """Rows gathered into columns."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._place = {key: place for place, key in enumerate(keys)}
        self._target: list[int] = []
        self._student: list[str] = []
        self._lengths: list[int] = []
        self._correct: list[bytes] = []

    def add(self, target: str, student_id: str, correct: Sequence[bool]) -> None:
        """A student's history of a target."""
        self._target.append(self._place[target])
        self._student.append(student_id)
        self._lengths.append(len(correct))
        self._correct.append(bytes(correct))

    def histories(self, *, at: Sequence[float] | None = None, question: Sequence[int] | None = None) -> Histories:
        """The histories, in order of target and student."""
        numbers = {student_id: number for number, student_id in enumerate(sorted(set(self._student)))}
        student = np.array([numbers[student_id] for student_id in self._student], np.int32)
        return Histories.of_answers(
            np.repeat(student, self._lengths),
            np.repeat(np.array(self._target, np.int32), self._lengths),
            np.frombuffer(b"".join(self._correct), np.bool_),
            targets=len(self._place),
            question=question,
            at=at,
        )
