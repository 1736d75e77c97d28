"""Answers to many questions, in cells of nearly equal levels, so that estimation costs the same for any number."""

from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Index = NDArray[np.int64]

BINS = 512
"""Cells of one question. P(correct) is linear in the level, so the mean level of so narrow a cell loses nothing."""


class Cells(NamedTuple):
    """Answers in cells, ordered by question, then by level.

    Attributes:
        question: shape (cells,), int from 0, ascending.
        level: shape (cells,); the mean of P(known) before the answers.
        correct: shape (cells,); how many answers are correct.
        incorrect: shape (cells,); how many are not.
        questions: how many questions there are, with or without cells.
    """

    question: Index
    level: Vector
    correct: Vector
    incorrect: Vector
    questions: int

    @classmethod
    def of(cls, question: Index, level: Vector, correct: Vector, questions: int) -> Self:
        """Gather answers; their order cannot change a digit.

        Args:
            question: shape (answers,), int from 0.
            level: shape (answers,), 0..1.
            correct: shape (answers,), 0 or 1, or the probability of a correct answer.
            questions: how many questions there are.

        >>> cells = Cells.of(np.array([0, 0, 0]), np.array([0.5, 0.9, 0.5]), np.array([1.0, 1.0, 0.0]), 1)
        >>> cells.correct.tolist(), cells.incorrect.tolist()
        ([1.0, 1.0], [1.0, 0.0])
        """
        order = np.lexsort((correct, level, question))
        question, level, correct = question[order], level[order], correct[order]
        key = question * BINS + np.minimum(level * BINS, BINS - 1).astype(np.int64)
        first = np.flatnonzero(np.diff(key, prepend=-1))
        if not len(first):
            return cls(question, level, correct, correct, questions)
        counts = np.diff(np.append(first, len(key)))
        right = np.add.reduceat(correct, first)
        return cls(question[first], np.add.reduceat(level, first) / counts, right, counts - right, questions)

    @property
    def answers(self) -> Vector:
        """Shape (questions,): how many answers each question has."""
        return self.sums(self.correct + self.incorrect)

    def sums(self, values: Vector) -> Vector:
        """Values of cells, shape (cells,), added up by question."""
        return np.bincount(self.question, values, self.questions).astype(np.float64)

    def choose(self, chosen: NDArray[np.bool_]) -> Self:
        """The cells of some questions, which are numbered anew; `chosen` has shape (questions,)."""
        mine = chosen[self.question]
        numbers = np.cumsum(chosen) - 1
        columns = (self.level[mine], self.correct[mine], self.incorrect[mine])
        return type(self)(numbers[self.question[mine]], *columns, int(chosen.sum()))
