"""Whole histories out of the graph, for fitting and for comparing models."""

import asyncio
from array import array
from collections.abc import Sequence
from functools import partial
from itertools import groupby
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from graph_api.domain.answers.answers import Difficulty
from graph_api.domain.learners.recency import DIFFICULTIES
from graph_api.domain.parameters.fitting.histories import Histories
from graph_api.domain.parameters.predictors.responses import NO_QUESTION, Responses
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
    """The same answers in three forms, row by row.

    Attributes:
        timed: with their times.
        by_question: with a guess and slip for every question.
        responses: with the order of each student's answers to all targets.
        questions: the ids of the questions, in the order of their numbers in `responses`.
    """

    timed: Histories
    by_question: Histories
    responses: Responses
    questions: Sequence[str]


async def read_histories(tx: Transaction, kind: TargetKind, keys: Sequence[str]) -> Histories:
    """The histories of some targets; target n of the result is `keys[n]`, students are numbered in order of id."""
    columns = _Columns(keys)
    async for row in tx.stream(LIST[kind], targets=list(keys)):
        columns.add(row)
    order, student = await asyncio.to_thread(columns.in_order)
    return Histories.of_answers(student[order], columns.target[order], columns.correct[order], targets=len(keys))


async def read_timed_histories(
    tx: Transaction, kind: TargetKind, keys: Sequence[str], group_id: str | None, share: float = 1.0
) -> TimedHistories:
    """The histories of some targets, of all students or a group, with times and questions; numbered as above.

    With a `share` below 1, those of about this share of the students are read: the same students each time.
    """
    return (await read_histories_with_difficulties(tx, kind, keys, group_id, share=share))[0]


async def read_histories_with_difficulties(  # noqa: PLR0913, PLR0917 - whose answers, to what
    tx: Transaction,
    kind: TargetKind,
    keys: Sequence[str],
    group_id: str | None,
    difficulties: QuestionDifficulties | None = None,
    share: float = 1.0,
) -> tuple[TimedHistories, NDArray[np.int64]]:
    """The same, and the difficulty of each answer, shape (answers,): an index of `DIFFICULTIES`, or -1 without one.

    Of skills, questions that have a difficulty in `difficulties` have that; else it is as the answer states.
    """
    by_skill = difficulties.by_skill if difficulties is not None and kind is TargetKind.SKILL else {}
    columns = _Columns(keys)
    numbers: dict[str | None, int] = {}
    questions, difficulty = array("i"), array("b")
    async for row in tx.stream(LIST_WITH_QUESTIONS[kind], targets=list(keys), group_id=group_id):
        if share < 1 and crc32(row["student_id"].encode()) >= share * 2**32:
            continue
        columns.add(row)
        questions.append(numbers.setdefault(row["question_id"], len(numbers)))
        own = by_skill.get(row["target"], {}).get(row["question_id"], row["difficulty"])
        difficulty.append(DIFFICULTIES.index(Difficulty(own)) if own else -1)
    order, student = await asyncio.to_thread(columns.in_order)
    shared = student[order], columns.target[order], columns.correct[order]
    question = np.array(questions, np.int32)[order]
    by_question = partial(Histories.of_answers, question=question)
    names = [each for each in numbers if each is not None]
    number_of = {numbers[name]: place for place, name in enumerate(names)} | {numbers.get(None, -1): NO_QUESTION}
    renumbered = np.array([number_of[each] for each in range(len(numbers))], np.int32)[question]
    moment = (await asyncio.to_thread(columns.moments))[order]
    at = columns.at[order]
    timed = TimedHistories(
        await asyncio.to_thread(partial(Histories.of_answers, *shared, targets=len(keys), at=at)),
        await asyncio.to_thread(partial(by_question, *shared, targets=len(keys))),
        Responses(*shared, moment, renumbered, at, len(keys), len(names)),
        names,
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

    def moments(self) -> NDArray[np.int64]:
        """Shape (rows,): the place of each row's answer among all answers (B6); rows of one answer share it."""
        columns = (np.array(self._sequence, np.int64), np.array(self._recorded_at, np.float64), self.at)
        order, is_tied = _sorted(columns, self._ids)
        is_same = np.zeros(len(order), np.bool_)
        for place in np.flatnonzero(is_tied).tolist():
            is_same[place + 1] = self._ids[order[place]] == self._ids[order[place + 1]]
        moment = np.empty(len(order), np.int64)
        moment[order] = np.cumsum(~is_same) - 1
        return moment

    def in_order(self) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """The order of target, student and answers (B6), and the number of each row's student in order of id."""
        names = sorted(self._student_numbers)
        number = np.empty(len(names), np.int32)
        number[[self._student_numbers[name] for name in names]] = np.arange(len(names))
        student = number[np.array(self._student, np.int32)]
        at, recorded_at = self.at, np.array(self._recorded_at, np.float64)
        columns = (np.array(self._sequence, np.int64), recorded_at, at, student, self.target)
        return _sorted(columns, self._ids)[0], student


def _sorted(columns: Sequence[NDArray[Any]], ids: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """The order of rows by columns, the last one first, then by id; and whether each row equals the one before it.

    Returns:
        Shape (rows,), and shape (rows - 1,).
    """
    order = np.lexsort(columns)
    key = np.stack([column[order] for column in columns])
    is_tied = (key[:, 1:] == key[:, :-1]).all(axis=0)
    for _, run in groupby(enumerate(np.flatnonzero(is_tied).tolist()), key=lambda place: place[1] - place[0]):
        places = [place for _, place in run]
        own = slice(places[0], places[-1] + 2)
        order[own] = sorted(order[own].tolist(), key=ids.__getitem__)
    return order, is_tied
