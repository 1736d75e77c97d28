"""Fit the predictor of the next answer, and judge it on held-out students beside knowledge tracing in effect."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from graph_api.domain.parameters.fitting.activation import CALIBRATION_TOLERANCE, chance_of_sums
from graph_api.domain.parameters.fitting.guard_rails import GuardRails, Reason
from graph_api.domain.parameters.prediction_metrics import calibration_error, losses_of_answers, measure
from graph_api.domain.parameters.predictors.design import Vector
from graph_api.domain.parameters.predictors.family import PREDICTOR, fit_terms
from graph_api.domain.parameters.predictors.logistic import predict_logistic
from graph_api.domain.parameters.predictors.predictor_records import PredictorFigures
from graph_api.domain.parameters.predictors.predictor_sets import PredictorParameters, TargetChoice
from graph_api.domain.parameters.predictors.responses import Responses
from graph_api.domain.parameters.predictors.terms import design_of
from graph_api.domain.parameters.predictors.weights import LogisticWeights
from graph_api.domain.parameters.splits import join_held_out, split_by_fold
from graph_api.domain.targets import TargetKind

FOLDS = 5
SIGNIFICANCE = 0.05
"""The one-sided level of the paired test over held-out students."""
RAILS = GuardRails(answers=50, students=FOLDS)


class PredictorFit(NamedTuple):
    """A fit of the predictor: its figures, and its parameters; None where nothing was fitted."""

    figures: PredictorFigures
    parameters: PredictorParameters | None = None


def fit_predictor(  # noqa: PLR0913, PLR0917 - the answers, their names, and what they are judged beside
    kind: TargetKind,
    responses: Responses,
    bkt: Vector,
    targets: Sequence[str],
    questions: Sequence[str],
    rng: np.random.Generator,
    rails: GuardRails = RAILS,
) -> PredictorFit:
    """Fit, and predict each student by a fit to the others.

    A target keeps knowledge tracing where that predicted its answers better. A target with few answers follows the
    verdict of all answers: its own figures say little.

    Args:
        kind: what the answers are to.
        responses: the answers.
        bkt: shape (rows,); P(correct) by knowledge tracing in effect.
        targets: the id or code of each target.
        questions: the id of each question.
        rng: deals the students into folds.
        rails: what a target needs for a verdict of its own, and what all answers need.
    """
    names, student = np.unique(responses.student, return_inverse=True)
    rows, students = len(responses), len(names)
    if rows < rails.answers or students < max(rails.students, FOLDS):
        few = Reason.TOO_FEW_ANSWERS if rows < rails.answers else Reason.TOO_FEW_STUDENTS
        return PredictorFit(PredictorFigures(few, rows, students))
    design = design_of(responses, PREDICTOR, bkt)
    splits = split_by_fold(rng.permutation(students)[student] % FOLDS)
    fits = [fit_terms(responses, design, split.training) for split in splits]
    held_out = join_held_out([predict_logistic(design, fit) for fit in fits], splits)
    correct = responses.correct
    weights = LogisticWeights.of(fit_terms(responses, design, np.ones(rows, np.bool_)), PREDICTOR, targets, questions)
    choices = _choose(responses, bkt, held_out, targets, rails)
    losses = losses_of_answers(bkt, correct) - losses_of_answers(held_out, correct)
    gains = np.asarray(np.bincount(student, losses), np.float64)
    before, after, chance = measure(bkt, correct), measure(held_out, correct), chance_of_sums(gains)
    errors = calibration_error(bkt, correct), calibration_error(held_out, correct)
    broken = (
        (after.log_loss >= before.log_loss, Reason.WORSE_ON_HELD_OUT),
        (errors[1] > errors[0] + CALIBRATION_TOLERANCE, Reason.WORSE_CALIBRATION),
        (chance > SIGNIFICANCE, Reason.WITHIN_CHANCE),
    )
    reason = next((reason for is_broken, reason in broken if is_broken), Reason.IMPROVED)
    figures = PredictorFigures(reason, rows, students, before, after, *errors, chance)
    return PredictorFit(figures, PredictorParameters(kind, weights, choices))


def _choose(
    responses: Responses, bkt: Vector, held_out: Vector, targets: Sequence[str], rails: GuardRails
) -> dict[str, TargetChoice]:
    """The choice of each target with answers."""
    count = len(targets)
    answers = np.bincount(responses.target, minlength=count)
    before, after = (_mean_loss(each, responses, answers) for each in (bkt, held_out))
    pairs = np.unique(np.stack([responses.target.astype(np.int64), responses.student.astype(np.int64)]), axis=1)
    students = np.bincount(pairs[0], minlength=count)
    return {
        key: TargetChoice(
            _reason(answers[place], students[place], before[place], after[place], rails),
            int(answers[place]),
            int(students[place]),
            float(before[place]),
            float(after[place]),
        )
        for place, key in enumerate(targets)
        if answers[place]
    }


def _reason(answers: int, students: int, before: float, after: float, rails: GuardRails) -> Reason:
    if answers < rails.answers:
        return Reason.TOO_FEW_ANSWERS
    if students < rails.students:
        return Reason.TOO_FEW_STUDENTS
    return Reason.IMPROVED if after < before else Reason.WORSE_ON_HELD_OUT


def _mean_loss(predicted: Vector, responses: Responses, answers: NDArray[np.int64]) -> Vector:
    """The log-loss of each target: shape (targets,)."""
    losses = losses_of_answers(predicted, responses.correct)
    return np.asarray(np.bincount(responses.target, losses, minlength=len(answers)) / np.maximum(answers, 1))
