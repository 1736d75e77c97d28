"""What came before each answer: counts, shares that fade, and counts in windows of time."""

from typing import Generic, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from graph_api.domain.parameters.predictors.responses import Responses

Vector = NDArray[np.float64]

TARGET_DECAY, STUDENT_DECAY = 0.7, 0.95
"""What an earlier answer still counts after one more, in the share of a target and in the share of the student."""
START_CORRECT, START_ANSWERS = 1.0, 2.0
"""A share starts as if there had been two answers, one of them correct."""
WINDOWS_DAYS = (1 / 24, 1.0, 7.0, 30.0)
"""The windows of DAS3H, in days; a fifth has no end."""
SECONDS_A_DAY = 86_400


T = TypeVar("T")


class Practice(NamedTuple, Generic[T]):
    """What came before each row of `Responses`, every field of shape (rows,); or before one answer, as numbers.

    `right` and `wrong` count the student's answers to the target, `student_right` and `student_wrong` those to all
    targets. `share` and `student_share` are shares of correct answers in which older answers count less.
    """

    right: T
    wrong: T
    share: T
    student_right: T
    student_wrong: T
    student_share: T


def practice_of(responses: Responses) -> Practice[Vector]:
    """Count what came before each row.

    The fading share is `propdec` of Logistic Knowledge Tracing.

    Reference: P. I. Pavlik, L. G. Eglington, L. M. Harrell-Williams (2021), "Logistic Knowledge Tracing: a constrained
    framework for learner modeling", IEEE Transactions on Learning Technologies 14.

    >>> rows = np.zeros(3, np.int32)
    >>> practice = practice_of(Responses(rows, rows, np.array([True, True, False]), np.arange(3), rows))
    >>> practice.right.tolist(), practice.wrong.tolist(), practice.share.round(3).tolist()
    ([0.0, 1.0, 2.0], [0.0, 0.0, 0.0], [0.5, 0.708, 0.817])
    """
    pair = responses.student.astype(np.int64) * max(responses.targets, 1) + responses.target
    right, wrong, share = _before(pair, responses.moment, responses.correct, TARGET_DECAY)
    student = responses.student.astype(np.int64)
    order = np.lexsort((responses.moment, student))
    new = np.ones(len(order), np.bool_)
    new[1:] = (np.diff(student[order]) != 0) | (np.diff(responses.moment[order]) != 0)
    answer = np.empty(len(order), np.int64)
    answer[order] = np.cumsum(new) - 1
    first = order[new]
    of_student = _before(student[first], responses.moment[first], responses.correct[first], STUDENT_DECAY)
    return Practice(right, wrong, share, *(each[answer] for each in of_student))


def _before(
    group: NDArray[np.int64], moment: NDArray[np.int64], correct: NDArray[np.bool_], decay: float
) -> tuple[Vector, Vector, Vector]:
    """Correct and incorrect answers, and the fading share, before each row of the same group."""
    order = np.lexsort((moment, group))
    grouped, outcome = group[order], correct[order].astype(np.float64)
    begins = np.flatnonzero(np.r_[True, grouped[1:] != grouped[:-1]]) if len(order) else np.empty(0, np.int64)
    lengths = np.diff(np.append(begins, len(order)))
    first = np.repeat(begins, lengths)
    total = np.cumsum(outcome) - outcome
    right = total - total[first]
    wrong = np.arange(len(order)) - first - right
    share = _fading_share(outcome, begins, lengths, decay)
    columns = np.empty((3, len(order)))
    columns[:, order] = right, wrong, share
    return columns[0], columns[1], columns[2]


def _fading_share(outcome: Vector, begins: NDArray[np.int64], lengths: NDArray[np.int64], decay: float) -> Vector:
    """The share before each answer of groups that lie end to end; all groups move on together, longest first."""
    longest_first = np.argsort(-lengths, kind="stable")
    begins, lengths = begins[longest_first], lengths[longest_first]
    share = np.empty(len(outcome))
    correct, answers = np.full(len(begins), START_CORRECT), np.full(len(begins), START_ANSWERS)
    for place in range(int(lengths.max(initial=0))):
        going = int(np.searchsorted(-lengths, -place, side="left"))
        row = begins[:going] + place
        share[row] = correct[:going] / answers[:going]
        correct[:going] = correct[:going] * decay + outcome[row]
        answers[:going] = answers[:going] * decay + 1
    return share


def windows_of(responses: Responses) -> tuple[Vector, Vector]:
    """Answers, and correct ones, to the target in each window before each row: both of shape (windows, rows).

    An answer that is exactly as old as a window counts in it.

    Raises:
        ValueError: the responses have no times.
    """
    if responses.at is None:
        raise ValueError("windows need the times of the answers")
    pair = responses.student.astype(np.int64) * max(responses.targets, 1) + responses.target
    order = np.lexsort((responses.moment, responses.at, pair))
    grouped, at = pair[order], responses.at[order]
    outcome = np.append(0.0, np.cumsum(responses.correct[order]))
    begins = np.flatnonzero(np.r_[True, grouped[1:] != grouped[:-1]]) if len(order) else np.empty(0, np.int64)
    place = np.arange(len(order))
    answers, right = np.empty((len(WINDOWS_DAYS), len(order))), np.empty((len(WINDOWS_DAYS), len(order)))
    for row, days in enumerate(WINDOWS_DAYS):
        start = np.empty(len(order), np.int64)
        for low, high in zip(begins, np.append(begins[1:], len(order)), strict=True):
            own = at[low:high]
            start[low:high] = low + np.searchsorted(own, own - days * SECONDS_A_DAY, side="left")
        start = np.minimum(start, place)
        answers[row, order] = place - start
        right[row, order] = outcome[place] - outcome[start]
    return answers, right
