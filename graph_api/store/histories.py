"""Whole histories out of the graph, for fitting and for comparing models."""

import asyncio
from array import array
from collections.abc import Sequence
from functools import partial
from itertools import groupby
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from graph_api.domain.answers.answers import Difficulty
from graph_api.domain.learners.recency import DIFFICULTIES
from graph_api.domain.parameters.fitting.histories import Histories
from graph_api.domain.parameters.question_difficulties import QuestionDifficulties
from graph_api.domain.targets import TargetKind
from graph_api.store.gateway import Row, Transaction
from graph_api.store.orders import decode_order

LIST = {TargetKind.CONCEPT: "history/list_on_concepts", TargetKind.SKILL: "history/list_on_skills"}
LIST_WITH_QUESTIONS = {
    TargetKind.CONCEPT: "history/list_with_questions_on_concepts",
    TargetKind.SKILL: "history/list_with_questions_on_skills",
}


class TimedHistories(NamedTuple):
    """The same answers twice: with their times, and with a guess and slip for every question."""

    timed: Histories
    by_question: Histories


async def read_histories(tx: Transaction, kind: TargetKind, keys: Sequence[str]) -> Histories:
    """The histories of some targets; target n of the result is `keys[n]`, students are numbered in order of id."""
    columns = _Columns(keys)
    async for row in tx.stream(LIST[kind], targets=list(keys)):
        columns.add(row)
    order, student = await asyncio.to_thread(columns.in_order)
    return Histories.of_answers(student[order], columns.target[order], columns.correct[order], targets=len(keys))


async def read_timed_histories(
    tx: Transaction, kind: TargetKind, keys: Sequence[str], group_id: str | None
) -> TimedHistories:
    """The histories of some targets, of all students or a group, with times and questions; numbered as above."""
    return (await read_histories_with_difficulties(tx, kind, keys, group_id))[0]


async def read_histories_with_difficulties(
    tx: Transaction,
    kind: TargetKind,
    keys: Sequence[str],
    group_id: str | None,
    difficulties: QuestionDifficulties | None = None,
) -> tuple[TimedHistories, NDArray[np.int64]]:
    """The same, and the difficulty of each answer, shape (answers,): an index of `DIFFICULTIES`, or -1 without one.

    Of skills, questions that have a difficulty in `difficulties` have that; else it is as the answer states.
    """
    by_skill = difficulties.by_skill if difficulties is not None and kind is TargetKind.SKILL else {}
    columns = _Columns(keys)
    numbers: dict[str | None, int] = {}
    questions, difficulty = array("i"), array("b")
    async for row in tx.stream(LIST_WITH_QUESTIONS[kind], targets=list(keys), group_id=group_id):
        columns.add(row)
        questions.append(numbers.setdefault(row["question_id"], len(numbers)))
        own = by_skill.get(row["target"], {}).get(row["question_id"], row["difficulty"])
        difficulty.append(DIFFICULTIES.index(Difficulty(own)) if own else -1)
    order, student = await asyncio.to_thread(columns.in_order)
    shared = student[order], columns.target[order], columns.correct[order]
    by_question = partial(Histories.of_answers, question=np.array(questions, np.int32)[order])
    timed = TimedHistories(
        await asyncio.to_thread(partial(Histories.of_answers, *shared, targets=len(keys), at=columns.at[order])),
        await asyncio.to_thread(partial(by_question, *shared, targets=len(keys))),
    )
    return timed, np.array(difficulty, np.int64)[order]


class _Columns:
    """Rows as columns, with some dozens of bytes per row."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._target_numbers = {key: number for number, key in enumerate(keys)}
        self._student_numbers: dict[str, int] = {}
        self._target, self._student, self._at, self._correct = array("i"), array("i"), array("d"), array("b")
        self._recorded_at, self._sequence = array("d"), array("q")
        self._ids: list[str] = []

    def add(self, row: Row) -> None:
        """An answer."""
        self._target.append(self._target_numbers[row["target"]])
        self._student.append(self._student_numbers.setdefault(row["student_id"], len(self._student_numbers)))
        order = decode_order(row)
        self._at.append(order.at.timestamp())
        self._recorded_at.append(order.recorded_at.timestamp())
        self._sequence.append(order.sequence)
        self._correct.append(row["correct"])
        self._ids.append(row["id"])

    @property
    def target(self) -> NDArray[np.int32]:
        """Shape (rows,)."""
        return np.array(self._target, np.int32)

    @property
    def at(self) -> NDArray[np.float64]:
        """Shape (rows,), seconds."""
        return np.array(self._at, np.float64)

    @property
    def correct(self) -> NDArray[np.bool_]:
        """Shape (rows,)."""
        return np.array(self._correct, np.bool_)

    def in_order(self) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """The order of target, student and answers (B6), and the number of each row's student in order of id."""
        names = sorted(self._student_numbers)
        number = np.empty(len(names), np.int32)
        number[[self._student_numbers[name] for name in names]] = np.arange(len(names))
        student = number[np.array(self._student, np.int32)]
        target, at = self.target, self.at
        columns = (np.array(self._sequence, np.int64), np.array(self._recorded_at, np.float64), at, student, target)
        order = np.lexsort(columns)
        key = np.stack([column[order] for column in columns])
        tied = np.flatnonzero((key[:, 1:] == key[:, :-1]).all(axis=0))
        for _, run in groupby(enumerate(tied.tolist()), key=lambda place: place[1] - place[0]):
            places = [place for _, place in run]
            own = slice(places[0], places[-1] + 2)
            order[own] = sorted(order[own].tolist(), key=self._ids.__getitem__)
        return order, student
