"""First answers of students, each with the answers to other targets before it: what a fit learns from."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from graph_api.domain.parameters.inference.model import GRID, Matrix, effective
from graph_api.domain.parameters.predictors.responses import Responses

Places = NDArray[np.int64]


@dataclass(frozen=True)
class AnswersInOrder:
    """Answers in order of student and moment, with the counts of each student's answers to the target by then.

    Attributes:
        student: shape (answers,), int from 0.
        target: shape (answers,), int from 0.
        correct: shape (answers,), 0 or 1.
        moment: shape (answers,); answers of one moment do not know each other.
        before: shape (answers,), answers to the same target before.
        correct_before: shape (answers,), how many of them are correct.
        students: how many students there are.
        targets: how many targets there are.
    """

    student: Places
    target: Places
    correct: Matrix
    moment: Places
    before: Matrix
    correct_before: Matrix
    students: int
    targets: int

    @classmethod
    def of(cls, responses: Responses) -> Self:
        """Answers from rows in any order.

        >>> one = np.zeros(3, np.int32)
        >>> rows = Responses(one, np.array([0, 1, 0], np.int32), np.array([True, False, True]), np.arange(3), one - 1)
        >>> AnswersInOrder.of(rows).before.tolist()
        [0.0, 0.0, 1.0]
        """
        order = np.lexsort((responses.target, responses.moment, responses.student))
        student, target, moment = (
            each[order].astype(np.int64) for each in (responses.student, responses.target, responses.moment)
        )
        correct = responses.correct[order].astype(np.float64)
        pairs = np.lexsort((moment, target, student))
        is_new = _starts(student[pairs], target[pairs])
        before, correct_before = np.empty(len(order)), np.empty(len(order))
        before[pairs] = _sums_before(np.ones(len(order)), is_new)
        correct_before[pairs] = _sums_before(correct[pairs], is_new)
        students = int(student.max(initial=-1)) + 1
        return cls(student, target, correct, moment, before, correct_before, students, responses.targets)

    @cached_property
    def first(self) -> Places:
        """The places of first answers."""
        return np.flatnonzero(self.before == 0)

    @cached_property
    def counts(self) -> tuple[csr_array, csr_array]:
        """Answers, and correct ones, by student and target; both of shape (students, targets)."""
        shape, cells = (self.students, self.targets), (self.student, self.target)
        return csr_array((np.ones(len(self.student)), cells), shape), csr_array((self.correct, cells), shape)

    def log_likelihoods(self, right: Matrix, wrong: Matrix) -> Matrix:
        """For each first answer, the log-likelihood of the student's answers before it; shape (firsts, grid).

        Args:
            right: log P(correct) by target and ability, shape (targets, grid).
            wrong: log P(incorrect), likewise.
        """
        total = self.before + 1
        added = np.zeros((len(self.student), len(GRID)))
        for count, correct, sign in (
            (total, self.correct_before + self.correct, 1.0),
            (self.before, self.correct_before, -1.0),
        ):
            weight = sign * effective(count)
            added += (weight * correct)[:, None] * right[self.target]
            added += (weight * (count - correct))[:, None] * wrong[self.target]
        sums = np.vstack([np.zeros(len(GRID)), np.cumsum(added, axis=0)])
        return np.asarray(sums[self._moment_starts[self.first]] - sums[self._student_starts[self.first]])

    def beyond(self, links: Sequence[Sequence[int]], share: Matrix) -> Matrix:
        """For each first answer, what the student showed of some other targets before it; shape (firsts,).

        Args:
            links: of each target, the other targets.
            share: of correct answers, shape (targets,).
        """
        width = np.array([len(each) for each in links], np.int64)[self.target[self.first]]
        event = np.repeat(np.arange(len(self.first)), width)
        if not len(event):
            return np.zeros(len(self.first))
        other = np.concatenate([np.array(links[k], np.int64) for k in self.target[self.first].tolist()])
        at = self.first[event]
        pairs = np.lexsort((self.moment, self.target, self.student))
        _, rank = np.unique(self.moment, return_inverse=True)
        span = int(rank.max()) + 1
        key = ((self.student * self.targets + self.target) * span + rank)[pairs]
        base = (self.student[at] * self.targets + other) * span
        start, end = np.searchsorted(key, base), np.searchsorted(key, base + rank[at])
        sums = np.r_[0.0, np.cumsum(self.correct[pairs])]
        count, correct = (end - start).astype(np.float64), sums[end] - sums[start]
        shown = effective(count) * (correct - count * share[other])
        return np.asarray(np.bincount(event, shown, minlength=len(self.first)), np.float64)

    @cached_property
    def _student_starts(self) -> Places:
        return _start_of_each(_starts(self.student))

    @cached_property
    def _moment_starts(self) -> Places:
        return _start_of_each(_starts(self.student, self.moment))


def _starts(*columns: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether each row differs from the one before it."""
    is_new = np.ones(len(columns[0]), np.bool_)
    if len(is_new):
        is_new[1:] = np.logical_or.reduce([column[1:] != column[:-1] for column in columns])
    return is_new


def _start_of_each(is_new: NDArray[np.bool_]) -> Places:
    """The place where the run of each row starts."""
    return np.maximum.accumulate(np.where(is_new, np.arange(len(is_new)), 0))


def _sums_before(values: Matrix, is_new: NDArray[np.bool_]) -> Matrix:
    """The sum of the values before each row, within its run."""
    sums = np.r_[0.0, np.cumsum(values)][: len(values)]
    return np.asarray(sums - sums[_start_of_each(is_new)])
