"""The figures of each question of a concept or skill, from its answers (Q13)."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from graph_api.domain.learners.item_analysis.cells import Cells, Index, Vector
from graph_api.domain.learners.item_analysis.difficulty import MOST, Fit, difficulty
from graph_api.domain.learners.item_analysis.discrimination import discrimination
from graph_api.domain.learners.item_analysis.estimates import (
    MIN_ANSWERS,
    Estimate,
    EstimateReason,
    Estimates,
    shares,
)
from graph_api.domain.learners.item_analysis.guess_and_slip import guess_and_slip, information
from graph_api.domain.learners.item_analysis.rapid import Times, times
from graph_api.domain.parameters.knowledge_tracing import Parameters

WIDEST = {"difficulty": 3.0, "discrimination": 1.0, "guess": 0.5, "slip": 0.5}
"""The widest interval with which each figure is given."""


class Responses(NamedTuple):
    """Answers to the questions of one concept or skill, in any order, as columns of shape (answers,).

    Attributes:
        question: int from 0.
        student: int from 0.
        level: P(known) before the answer, under the parameters in effect.
        correct: whether it is correct.
        seconds: the response time; NaN without one.
    """

    question: Index
    student: Index
    level: Vector
    correct: NDArray[np.bool_]
    seconds: Vector

    def choose(self, chosen: NDArray[np.bool_]) -> "Responses":
        """Some of the answers."""
        return Responses(
            self.question[chosen], self.student[chosen], self.level[chosen], self.correct[chosen], self.seconds[chosen]
        )


class QuestionFigures(NamedTuple):
    """What the answers say about one question.

    Attributes:
        answers: how many there are.
        students: how many students gave them.
        analysed: how many of them were not rapid or ignored: the figures below, except those about time, are of these.
        analysed_students: how many students gave those.
        correct: how many of the analysed answers are correct.
        share: the share of correct answers.
        expected: the share that the parameters in effect expect; None without answers.
        difficulty: in logits; 0 is as hard as expected, above 0 is harder.
        discrimination: the correlation of correctness and level, -1..1.
        guess: P(correct | not known).
        slip: P(incorrect | known).
        information: bits, 0..1; None without guess and slip.
        infit, outfit: mean squared residuals; None with too few answers.
        infit_z: infit as a standard normal deviate.
        median_seconds: None without times.
        rapid_seconds: faster answers are rapid; None with too few times.
        rapid_answers: how many answers are rapid.
        rapid_guesses: how many of those are incorrect.
        rapid_share: the share of rapid answers among those with a time.
    """

    answers: int
    students: int
    analysed: int
    analysed_students: int
    correct: int
    share: Estimate
    expected: float | None
    difficulty: Estimate
    discrimination: Estimate
    guess: Estimate
    slip: Estimate
    information: float | None
    infit: float | None
    outfit: float | None
    infit_z: float | None
    median_seconds: float | None
    rapid_seconds: float | None
    rapid_answers: int
    rapid_guesses: int
    rapid_share: Estimate


def analyse(
    responses: Responses, parameters: Parameters, questions: int, ignored: NDArray[np.bool_] | None = None
) -> list[QuestionFigures]:
    """The figures of each question. Neither the order of answers nor other questions change a digit of them.

    Rapid answers are left out of everything but the figures about time, whether they are correct or not: they say
    nothing about what the student knows.

    Args:
        responses: the answers; for independent ones, the first of each student to each question.
        parameters: of the concept or skill.
        questions: how many questions there are, with or without answers.
        ignored: shape (answers,); answers that count only in the figures about time, as rapid ones; None for none.

    >>> empty = Responses(*(np.array([], kind) for kind in (np.int64, np.int64, float, bool, float)))
    >>> analyse(empty, Parameters(0.3, 0.1, 0.2, 0.1), 1)[0].difficulty.reason.value
    'TOO_FEW_ANSWERS'
    """
    spent = times(responses.question, responses.seconds, questions)
    rapid = spent.rapid(responses.question, responses.seconds)
    sample = responses.choose(~rapid if ignored is None else ~(rapid | ignored))
    right = sample.correct.astype(np.float64)
    cells = Cells.of(sample.question, sample.level, right, questions)
    hard, states = difficulty(cells, parameters), guess_and_slip(cells)
    correct = np.bincount(sample.question, right, questions).astype(np.float64)
    figures = _Columns(
        answers=np.bincount(responses.question, minlength=questions),
        students=count_students(responses, questions),
        analysed=np.bincount(sample.question, minlength=questions),
        analysed_students=count_students(sample, questions),
        correct=correct,
        share=shares(correct, cells.answers),
        expected=hard.expected,
        estimates={
            "difficulty": hard.figures,
            "discrimination": discrimination(sample.question, sample.level, right, questions),
            "guess": states.guess,
            "slip": states.slip,
        },
        information=information(states.guess.value, states.slip.value),
        fit=hard.fit,
        spent=spent,
        rapid_answers=np.bincount(responses.question[rapid], minlength=questions),
        rapid_guesses=np.bincount(responses.question[rapid & ~responses.correct], minlength=questions),
    )
    return [figures.one(place) for place in range(questions)]


def count_students(responses: Responses, questions: int) -> Index:
    """How many students answered each question, shape (questions,)."""
    pairs = np.unique(np.stack([responses.question, responses.student]), axis=1)
    return np.bincount(pairs[0].astype(np.int64), minlength=questions)


class _Columns(NamedTuple):
    """The figures of all questions."""

    answers: Index
    students: Index
    analysed: Index
    analysed_students: Index
    correct: Vector
    share: Estimates
    expected: Vector
    estimates: Mapping[str, Estimates]
    information: Vector
    fit: Fit
    spent: Times
    rapid_answers: Index
    rapid_guesses: Index

    def one(self, place: int) -> QuestionFigures:
        """The figures of one question, without those that rest on too little."""
        analysed = int(self.analysed[place])
        enough = analysed >= MIN_ANSWERS
        estimates = {name: self._estimate(place, name) for name in self.estimates}
        known = estimates["guess"].value is not None and estimates["slip"].value is not None
        return QuestionFigures(
            answers=int(self.answers[place]),
            students=int(self.students[place]),
            analysed=analysed,
            analysed_students=int(self.analysed_students[place]),
            correct=int(self.correct[place]),
            share=self.share.one(place, 1.0, EstimateReason.TOO_FEW_ANSWERS),
            expected=_number(self.expected[place]),
            **estimates,
            information=_number(self.information[place]) if known else None,
            infit=_number(self.fit.infit[place]) if enough else None,
            outfit=_number(self.fit.outfit[place]) if enough else None,
            infit_z=_number(self.fit.z[place]) if enough else None,
            median_seconds=_number(self.spent.median[place]),
            rapid_seconds=_number(self.spent.threshold[place]),
            rapid_answers=int(self.rapid_answers[place]),
            rapid_guesses=int(self.rapid_guesses[place]),
            rapid_share=self._rapid_share(place),
        )

    def _estimate(self, place: int, name: str) -> Estimate:
        if self.analysed[place] < MIN_ANSWERS:
            return Estimate(None, None, None, EstimateReason.TOO_FEW_ANSWERS)
        figures = self.estimates[name]
        if name == "difficulty" and abs(figures.value[place]) >= MOST:
            return Estimate(None, float(figures.low[place]), float(figures.high[place]), EstimateReason.TOO_UNCERTAIN)
        return figures.one(place, WIDEST[name], EstimateReason.LEVELS_ALIKE)

    def _rapid_share(self, place: int) -> Estimate:
        if np.isnan(self.spent.threshold[place]):
            return Estimate(None, None, None, EstimateReason.NO_TIMES)
        own = slice(place, place + 1)
        figures = shares(self.rapid_answers[own].astype(np.float64), self.spent.timed[own].astype(np.float64))
        return figures.one(0, 1.0, EstimateReason.NO_TIMES)


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
