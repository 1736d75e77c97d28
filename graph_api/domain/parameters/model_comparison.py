"""Which model predicts best the answers that it has not seen (Q10)."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache, cached_property, partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from graph_api.domain.parameters.fitting.fit import FitOptions, Method
from graph_api.domain.parameters.fitting.held_out import check_folds, deal, predict_by_splits
from graph_api.domain.parameters.fitting.histories import Histories
from graph_api.domain.parameters.fitting.layout import Bounds, Layout, Vector
from graph_api.domain.parameters.fitting.prediction import predict
from graph_api.domain.parameters.knowledge_tracing import Parameters
from graph_api.domain.parameters.metric_intervals import MetricIntervals, metric_intervals
from graph_api.domain.parameters.parameter_sets import DEFAULTS
from graph_api.domain.parameters.prediction_metrics import (
    Bin,
    Metrics,
    calibrate,
    expected_calibration_error,
    measure,
)
from graph_api.domain.parameters.predictors.elo import predict_by_elo, rate
from graph_api.domain.parameters.predictors.family import LOGISTIC, fit_terms
from graph_api.domain.parameters.predictors.logistic import predict_logistic
from graph_api.domain.parameters.predictors.practice import Practice, practice_of
from graph_api.domain.parameters.predictors.responses import Responses
from graph_api.domain.parameters.predictors.terms import Term, design_of
from graph_api.domain.parameters.recall_prediction import predict_by_recall
from graph_api.domain.parameters.recency_parameters import DEFAULT_SET, RecencyParameters
from graph_api.domain.parameters.recency_prediction import predict_by_recency
from graph_api.domain.parameters.splits import HeldOut, Split, covered, join_held_out, split_by_fold, split_by_time
from graph_api.domain.targets import TargetKind

DEFAULT_RECENCY = DEFAULT_SET.parameters
SURE = 1e-6
"""Predictions are kept this far from 0 and 1, where log-loss has no end."""


class Model(StrEnum):
    """What predicts an answer from the student's earlier answers."""

    RATIO = "RATIO"
    """The share of right answers so far, (right + 1) / (answers + 2)."""
    RECENCY = "RECENCY"
    """The recency-weighted score at the time of the answer, under the parameters in effect, with every window shrunk
    towards the share of correct answers that the model was fitted to."""
    BKT_CONCEPT_DEFAULT = "BKT_CONCEPT_DEFAULT"
    """Knowledge tracing under bkt-concept-v1."""
    BKT_SKILL_DEFAULT = "BKT_SKILL_DEFAULT"
    """Knowledge tracing under bkt-skill-v1."""
    BKT_IN_EFFECT = "BKT_IN_EFFECT"
    """Knowledge tracing as levels are computed now. A fitted set in effect may have been fitted to these answers."""
    BKT_FITTED = "BKT_FITTED"
    """Knowledge tracing, fitted to the answers of the training part."""
    BKT_FITTED_FORGETTING = "BKT_FITTED_FORGETTING"
    """As BKT_FITTED, with a chance to forget."""
    BKT_FITTED_BY_QUESTION = "BKT_FITTED_BY_QUESTION"
    """As BKT_FITTED, with a guess and a slip for every question."""
    FSRS_6 = "FSRS_6"
    """As BKT_IN_EFFECT, where what was known must also be recalled: by FSRS-6 with its published weights."""
    AFM = "AFM"
    """Additive Factors Model: the target, and how often it was answered."""
    PFA = "PFA"
    """Performance Factors Analysis: the target, and correct and incorrect answers to it."""
    PFA_RECENCY = "PFA_RECENCY"
    """As PFA, with the fading share of correct answers."""
    LKT = "LKT"
    """As PFA_RECENCY, with the student's answers to all targets."""
    BEST_LR = "BEST_LR"
    """As LKT, with the question."""
    DAS3H = "DAS3H"
    """The target, the question, the student, and answers within windows of time."""
    ELO = "ELO"
    """Ratings of students, targets and questions that every answer moves."""
    PREDICTOR = "PREDICTOR"
    """The predictor of the next answer: BEST_LR, with knowledge tracing and with what other answers say of a target."""


class TargetMetrics(NamedTuple):
    """How well a model predicts the answers to one target, by its number."""

    target: int
    metrics: Metrics


class Compared(NamedTuple):
    """How well one model predicts.

    Attributes:
        model: the model.
        metrics: over all predicted answers.
        calibration: in ten bins.
        ece: the expected calibration error.
        intervals: of the metrics.
        by_target: for each target with answers of enough students.
    """

    model: Model
    metrics: Metrics
    calibration: Sequence[Bin]
    ece: float
    intervals: MetricIntervals
    by_target: Sequence[TargetMetrics]


@dataclass(frozen=True)
class Evidence:
    """The answers that models are compared on. Row n is the same answer everywhere.

    Attributes:
        histories: the answers, with their times.
        by_question: the same answers, where questions differ.
        responses: the same answers, in the order of each student.
        in_effect: the parameters of each target now.
        recency: the parameters of recency.
        difficulty: shape (answers,), for recency: an index of `DIFFICULTIES` or -1; None if no answer has one.
    """

    histories: Histories
    by_question: Histories
    responses: Responses
    in_effect: Sequence[Parameters]
    recency: RecencyParameters = DEFAULT_RECENCY
    difficulty: NDArray[np.int64] | None = field(default=None)

    @cached_property
    def practice(self) -> Practice[Vector]:
        """What came before each answer."""
        return practice_of(self.responses)

    def split(self, held_out: HeldOut, folds: int, rng: np.random.Generator) -> list[Split]:
        """What is predicted from what."""
        if held_out is HeldOut.FUTURE:
            return split_by_time(self.responses.moment)
        return split_by_fold(deal(self.histories, folds, rng)[self.histories.sequence])


def compare(  # noqa: PLR0913 - what is predicted, by what, and how answers are held out
    evidence: Evidence,
    *,
    folds: int,
    rng: np.random.Generator,
    held_out: HeldOut = HeldOut.STUDENTS,
    models: Collection[Model] = tuple(Model),
    least: int = 1,
) -> list[Compared]:
    """Models on the same answers, best log-loss first. Fitted ones have not seen the answers that they predict.

    Args:
        evidence: the answers.
        folds: how many parts the students are dealt into.
        rng: deals the students, and draws them for the intervals.
        held_out: whether students or the latest answers are predicted unseen.
        models: which of them.
        least: bins and targets with answers of fewer students are left out.

    Raises:
        InvalidInput: there are not 2 to 20 folds.
    """
    check_folds(folds)
    rows = len(evidence.histories.correct)
    splits = evidence.split(held_out, folds, rng) if rows else []
    judged = covered(splits, rows)
    if not judged.any():
        return []
    predictions = predictions_by_model(evidence, splits)
    seed = int(rng.integers(2**32))
    chosen = [model for model in Model if model in models]
    compared = [_judge(model, predictions[model](), evidence, judged, least, seed) for model in chosen]
    return sorted(compared, key=lambda each: each.metrics.log_loss)


def predictions_by_model(evidence: Evidence, splits: Sequence[Split]) -> Mapping[Model, Callable[[], Vector]]:
    """How each model predicts: functions that give P(correct) of the rows that the splits hold out, shape (answers,).

    Models that are not fitted predict every row; for the others, rows that no split holds out are NaN.
    """
    histories = evidence.histories
    layout = Layout.of(histories, Bounds())
    with_forgetting = Layout.of(histories, Bounds(), forgetting=True)
    concept, skill = (DEFAULTS[kind].parameters for kind in (TargetKind.CONCEPT, TargetKind.SKILL))
    plain = FitOptions(method=Method.EMPIRICAL_BAYES)
    forgetting = FitOptions(method=Method.EMPIRICAL_BAYES, forgetting=True)
    traced = cache(partial(predict_by_splits, histories, forgetting, splits))
    return {
        Model.RATIO: partial(ratio, histories),
        Model.RECENCY: partial(predict_by_recency, histories, splits, evidence.recency, evidence.difficulty),
        Model.BKT_CONCEPT_DEFAULT: lambda: predict(histories, layout, layout.spread(concept)),
        Model.BKT_SKILL_DEFAULT: lambda: predict(histories, layout, layout.spread(skill)),
        Model.BKT_IN_EFFECT: lambda: predict(histories, with_forgetting, with_forgetting.spread(evidence.in_effect)),
        Model.BKT_FITTED: lambda: join_held_out(predict_by_splits(histories, plain, splits), splits),
        Model.BKT_FITTED_FORGETTING: lambda: join_held_out(traced(), splits),
        Model.BKT_FITTED_BY_QUESTION: lambda: join_held_out(
            predict_by_splits(evidence.by_question, plain, splits), splits
        ),
        Model.FSRS_6: partial(_recall, evidence, with_forgetting),
        Model.ELO: partial(_follow_ratings, evidence.responses, splits),
        **{Model(name): partial(_add_up, evidence, terms, splits, traced) for name, terms in LOGISTIC.items()},
    }


def _add_up(
    evidence: Evidence, terms: tuple[Term, ...], splits: Sequence[Split], traced: Callable[[], list[Vector]]
) -> Vector:
    """Predict by a logistic model. Its term of knowledge tracing is fitted to the same answers as its weights."""
    design, predicted = None, []
    for place, split in enumerate(splits):
        if design is None or Term.BKT in terms:
            bkt = traced()[place] if Term.BKT in terms else None
            design = design_of(evidence.responses, terms, bkt, evidence.practice)
        predicted.append(predict_logistic(design, fit_terms(evidence.responses, design, split.training)))
    return join_held_out(predicted, splits)


def _recall(evidence: Evidence, layout: Layout) -> Vector:
    """Predict by the parameters in effect and by recall after each pause."""
    histories = evidence.histories
    target = histories.target[histories.sequence]
    traced = predict(histories, layout, layout.spread(evidence.in_effect))
    guess, slip = (np.array([getattr(each, name) for each in evidence.in_effect])[target] for name in ("guess", "slip"))
    return predict_by_recall(histories, traced, guess, slip)


def _follow_ratings(responses: Responses, splits: Sequence[Split]) -> Vector:
    """Predict by ratings of the students who are judged; difficulties are learnt from the training answers."""
    predicted = np.full((len(splits), len(responses)), np.nan)
    for own, split in zip(predicted, splits, strict=True):
        followed = np.isin(responses.student, np.unique(responses.student[split.held_out]))
        own[followed] = predict_by_elo(responses.choose(followed), rate(responses.choose(split.training)))
    return join_held_out(list(predicted), splits)


def _judge(  # noqa: PLR0913, PLR0917 - predictions, and what they are held against
    model: Model, predicted: Vector, evidence: Evidence, judged: NDArray[np.bool_], least: int, seed: int
) -> Compared:
    """The quality of predictions of the judged answers."""
    chance, correct = np.clip(predicted[judged], SURE, 1 - SURE), evidence.histories.correct[judged]
    student, target = evidence.responses.student[judged], evidence.responses.target[judged]
    return Compared(
        model,
        measure(chance, correct),
        calibrate(chance, correct, student, least),
        expected_calibration_error(chance, correct),
        metric_intervals(chance, correct, student, np.random.default_rng(seed)),
        _by_target(chance, correct, student, target, least),
    )


def _by_target(
    chance: Vector, correct: NDArray[np.bool_], student: NDArray[np.int32], target: NDArray[np.int32], least: int
) -> list[TargetMetrics]:
    """The metrics of each target with answers of enough students, most answers first."""
    order = np.argsort(target, kind="stable")
    parts = np.split(order, np.flatnonzero(np.diff(target[order])) + 1)
    measured = [
        TargetMetrics(int(target[own[0]]), measure(chance[own], correct[own]))
        for own in parts
        if len(np.unique(student[own])) >= least
    ]
    return sorted(measured, key=lambda each: -each.metrics.answers)


def ratio(histories: Histories) -> Vector:
    """(right + 1) / (answers + 2) before each answer, shape (answers,).

    >>> ratio(Histories.of_answers(student=[1, 1, 1], target=[0, 0, 0], correct=[1, 1, 0])).round(3).tolist()
    [0.5, 0.667, 0.75]
    """
    first = histories.starts[:-1][histories.sequence]
    right = np.append(0, np.cumsum(histories.correct))
    answers = np.arange(len(histories.correct)) - first
    return np.asarray((right[:-1] - right[first] + 1) / (answers + 2))


class PredictorInEffect(NamedTuple):
    """The version of the predictor that is in effect, and its log-loss on held-out students when it was fitted."""

    set_id: str
    log_loss: float | None


def find_caveats(compared: Sequence[Compared], in_effect: PredictorInEffect | None = None) -> list[str]:
    """What a reader of a comparison should know before relying on levels and predictions, as sentences.

    A version in effect has seen the students that it would be compared on. So a comparison names it, and fits anew.

    Args:
        compared: the models.
        in_effect: the predictor that is in effect for the same kind of targets.

    >>> find_caveats([])
    []
    """
    losses = {each.model: each.metrics.log_loss for each in compared}
    caveats = []
    worse, share = losses.get(Model.BKT_IN_EFFECT), losses.get(Model.RATIO)
    if worse is not None and share is not None and worse > share:
        caveats.append(
            f"The parameter sets in effect predict worse (log-loss {worse:.4f}) than the plain share of correct "
            f"answers (RATIO, {share:.4f}). This is usual with the default sets, before a fit: fit the parameters with "
            "fitParameters or graph-api fit."
        )
    if in_effect is not None and Model.PREDICTOR in losses:
        figure = "" if in_effect.log_loss is None else f" (log-loss {in_effect.log_loss:.4f} when it was fitted)"
        caveats.append(
            f"Forecasts come from {in_effect.set_id}{figure}. PREDICTOR in this comparison is a new fit, because the "
            "version in effect has seen these students."
        )
    return caveats
