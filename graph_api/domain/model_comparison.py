"""Which model predicts best the answers of students it has not seen (Q10)."""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

import numpy as np

from graph_api.domain.knowledge_tracing import HIGHEST_LEVEL, LOWEST_LEVEL, Parameters
from graph_api.domain.parameter_fitting.fit import FitOptions, Method
from graph_api.domain.parameter_fitting.held_out import check_folds, deal, predict_held_out
from graph_api.domain.parameter_fitting.histories import Histories
from graph_api.domain.parameter_fitting.layout import Bounds, Layout, Vector
from graph_api.domain.parameter_fitting.prediction import predict
from graph_api.domain.parameter_sets import DEFAULTS
from graph_api.domain.prediction_metrics import Bin, Metrics, calibrate, measure
from graph_api.domain.recency import SECONDS_A_DAY
from graph_api.domain.recency_parameters import DEFAULT_BUCKETS
from graph_api.domain.targets import TargetKind


class Model(StrEnum):
    """What predicts an answer from the student's earlier answers to the same target."""

    RATIO = "RATIO"
    """The share of right answers so far, (right + 1) / (answers + 2)."""
    RECENCY = "RECENCY"
    """The recency-weighted score at the time of the answer, in 0.01..0.99; one half before the first answer."""
    BKT_CONCEPT_DEFAULT = "BKT_CONCEPT_DEFAULT"
    """Knowledge tracing under bkt-concept-v1."""
    BKT_SKILL_DEFAULT = "BKT_SKILL_DEFAULT"
    """Knowledge tracing under bkt-skill-v1."""
    BKT_IN_FORCE = "BKT_IN_FORCE"
    """Knowledge tracing as levels are computed now. A fitted set in force may have seen these students."""
    BKT_FITTED = "BKT_FITTED"
    """Knowledge tracing, fitted to the students of the other folds."""
    BKT_FITTED_FORGETTING = "BKT_FITTED_FORGETTING"
    """As BKT_FITTED, with a chance to forget."""
    BKT_FITTED_BY_QUESTION = "BKT_FITTED_BY_QUESTION"
    """As BKT_FITTED, with a guess and a slip for every question."""


class Compared(NamedTuple):
    """How well one model predicts."""

    model: Model
    metrics: Metrics
    calibration: Sequence[Bin]


def compare(  # noqa: PLR0913 - the answers, how they are dealt, and what may be shown
    histories: Histories,
    by_question: Histories,
    in_force: Sequence[Parameters],
    *,
    folds: int,
    rng: np.random.Generator,
    least: int = 1,
) -> list[Compared]:
    """Every model on the same answers, best log-loss first; fitted ones are fitted to the other folds' students.

    Args:
        histories: the answers, with their times.
        by_question: the same answers, where questions differ.
        in_force: the parameters of each target now.
        folds: how many parts the students are dealt into.
        rng: deals the students.
        least: bins of a calibration with answers of fewer students are left out.

    Raises:
        InvalidInput: there are not 2 to 20 folds.
    """
    check_folds(folds)
    if not len(histories.correct):
        return []
    fold = deal(histories, folds, rng)
    layout = Layout.of(histories, Bounds())
    concept, skill = (DEFAULTS[kind].parameters for kind in (TargetKind.CONCEPT, TargetKind.SKILL))
    fitted = FitOptions(method=Method.EMPIRICAL_BAYES)
    forgetting = FitOptions(method=Method.EMPIRICAL_BAYES, forgetting=True)
    with_forgetting = Layout.of(histories, Bounds(), forgetting=True)
    predictions = {
        Model.RATIO: ratio(histories),
        Model.RECENCY: recency(histories),
        Model.BKT_CONCEPT_DEFAULT: predict(histories, layout, layout.spread(concept)),
        Model.BKT_SKILL_DEFAULT: predict(histories, layout, layout.spread(skill)),
        Model.BKT_IN_FORCE: predict(histories, with_forgetting, with_forgetting.spread(in_force)),
        Model.BKT_FITTED: predict_held_out(histories, fitted, fold),
        Model.BKT_FITTED_FORGETTING: predict_held_out(histories, forgetting, fold),
        Model.BKT_FITTED_BY_QUESTION: predict_held_out(by_question, fitted, fold),
    }
    compared = [
        Compared(
            model,
            measure(predicted, histories.correct),
            calibrate(predicted, histories.correct, histories.student[histories.sequence], least),
        )
        for model, predicted in predictions.items()
    ]
    return sorted(compared, key=lambda each: each.metrics.log_loss)


def ratio(histories: Histories) -> Vector:
    """(right + 1) / (answers + 2) before each answer, shape (answers,).

    >>> ratio(Histories.of_answers(student=[1, 1, 1], target=[0, 0, 0], correct=[1, 1, 0])).round(3).tolist()
    [0.5, 0.667, 0.75]
    """
    first = histories.starts[:-1][histories.sequence]
    right = np.append(0, np.cumsum(histories.correct))
    answers = np.arange(len(histories.correct)) - first
    return np.asarray((right[:-1] - right[first] + 1) / (answers + 2))


def recency(histories: Histories) -> Vector:
    """The recency-weighted score (R1) before each answer, as of its time, shape (answers,).

    Raises:
        ValueError: the histories have no times.
    """
    if histories.at is None:
        raise ValueError("recency needs the times of the answers")
    place = np.arange(len(histories.correct))
    first = histories.starts[:-1][histories.sequence]
    right = np.append(0, np.cumsum(histories.correct))
    score = np.zeros(len(place))
    seen = np.zeros(len(place), np.bool_)
    span = float(np.ptp(histories.at)) + 1 + DEFAULT_BUCKETS[-1].days * SECONDS_A_DAY
    clock = (
        histories.at - histories.at.min(initial=np.inf) + histories.sequence * 2 * span
    )  # one line, sequence by sequence
    for days, weight in DEFAULT_BUCKETS:
        begin = np.maximum(np.searchsorted(clock, clock - days * SECONDS_A_DAY, side="left"), first)
        answers = place - begin
        share = (right[:-1] - right[begin]) / np.maximum(answers, 1)
        score += weight * np.where(answers > 0, share, 0)
        seen |= answers > 0
    return np.where(seen, np.clip(score, LOWEST_LEVEL, HIGHEST_LEVEL), 0.5)
