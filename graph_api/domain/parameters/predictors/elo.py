"""Elo ratings of students and questions, on line: every answer moves both a little."""

import math
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import logit

from graph_api.domain.parameters.predictors.responses import NO_QUESTION, Responses

Vector = NDArray[np.float64]

STUDENT_STEP, TARGET_STEP, DIFFICULTY_STEP, SLOWING = 0.3, 0.6, 0.5, 0.05
"""How far the first answer moves a rating, in logits, and how fast steps get smaller: step / (1 + 0.05 · answers)."""


class Rating(NamedTuple):
    """A rating in logits, and the number of answers behind it."""

    value: float = 0.0
    answers: int = 0

    def moved(self, step: float, surprise: float) -> "Rating":
        """The rating after one more answer."""
        return Rating(self.value + step / (1 + SLOWING * self.answers) * surprise, self.answers + 1)


UNRATED = Rating()


@dataclass
class EloState:
    """The ratings of one student: one for all targets, and one more for each target.

    The log-odds of a correct answer are base + student + target - difficulty.

    Reference: R. Pelánek (2016), "Applications of the Elo rating system in adaptive educational systems",
    Computers & Education 98.

    >>> state = EloState()
    >>> before = state.p_correct("fractions", 0.0)
    >>> state.record({"fractions": 0.0}, correct=True)
    [0.5]
    >>> before, round(state.p_correct("fractions", 0.0), 3)
    (0.5, 0.611)
    """

    student: Rating = UNRATED
    targets: dict[Hashable, Rating] = field(default_factory=dict)

    def p_correct(self, target: Hashable, ease: float) -> float:
        """P(the next answer is correct). `ease` is base - difficulty."""
        own = self.targets.get(target, UNRATED)
        return 1 / (1 + math.exp(-(self.student.value + own.value + ease)))

    def record(self, eases: Mapping[Any, float], *, correct: bool) -> list[float]:
        """Move the ratings by one answer to some targets; each has its ease.

        Returns:
            By how much the answer was better than expected for each target, from -1 to 1.
        """
        surprises = [correct - self.p_correct(target, ease) for target, ease in eases.items()]
        for target, surprise in zip(eases, surprises, strict=True):
            self.targets[target] = self.targets.get(target, UNRATED).moved(TARGET_STEP, surprise)
        self.student = self.student.moved(STUDENT_STEP, sum(surprises) / len(surprises))
        return surprises


class Difficulties(NamedTuple):
    """How hard the questions are, learnt from some students.

    Attributes:
        base: the log-odds of a correct answer of all students.
        ratings: the difficulty of each question in logits; of each target, for answers without a question.
    """

    base: float
    ratings: Mapping[int, Rating]

    def of(self, place: int) -> float:
        """The difficulty of a question or a target; 0 without answers."""
        return self.ratings.get(place, UNRATED).value


def rate(responses: Responses) -> Difficulties:
    """Learn difficulties from answers, in order of student and moment. Without answers, all is even."""
    base = float(logit((responses.correct.sum() + 1) / (len(responses) + 2)))
    ratings: dict[int, Rating] = {}
    _follow(responses, Difficulties(base, ratings), ratings)
    return Difficulties(base, ratings)


def predict_by_elo(responses: Responses, difficulties: Difficulties) -> Vector:
    """P(correct) of each answer before it is seen, shape (rows,); difficulties stay as they are."""
    return _follow(responses, difficulties, None)


def _follow(responses: Responses, difficulties: Difficulties, learning: dict[int, Rating] | None) -> Vector:
    """Follow all students; `learning` is moved by each answer."""
    predicted = np.empty(len(responses))
    order = np.lexsort((responses.target, responses.moment, responses.student))
    place = np.where(responses.question != NO_QUESTION, responses.question, -2 - responses.target)
    answers = list(zip(responses.student[order].tolist(), responses.moment[order].tolist(), strict=True))
    target, what, correct = (each[order].tolist() for each in (responses.target, place, responses.correct))
    rows = order.tolist()
    student, state, start = None, EloState(), 0
    while start < len(answers):
        stop = start + 1
        while stop < len(answers) and answers[stop] == answers[start]:
            stop += 1
        if answers[start][0] != student:
            student, state = answers[start][0], EloState()
        own = range(start, stop)
        eases = {target[n]: difficulties.base - difficulties.of(what[n]) for n in own}
        for n, surprise in zip(own, state.record(eases, correct=correct[start]), strict=True):
            predicted[rows[n]] = correct[start] - surprise
            if learning is not None:
                learning[what[n]] = learning.get(what[n], UNRATED).moved(DIFFICULTY_STEP, -surprise)
        start = stop
    return predicted
