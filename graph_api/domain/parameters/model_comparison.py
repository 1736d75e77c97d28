"""Which model predicts best the answers of students it has not seen (Q10)."""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from graph_api.domain.parameters.fitting.fit import FitOptions, Method
from graph_api.domain.parameters.fitting.held_out import check_folds, deal, predict_held_out
from graph_api.domain.parameters.fitting.histories import Histories
from graph_api.domain.parameters.fitting.layout import Bounds, Layout, Vector
from graph_api.domain.parameters.fitting.prediction import predict
from graph_api.domain.parameters.knowledge_tracing import Parameters
from graph_api.domain.parameters.parameter_sets import DEFAULTS
from graph_api.domain.parameters.prediction_metrics import Bin, Metrics, calibrate, measure
from graph_api.domain.parameters.recency_parameters import DEFAULT_SET, RecencyParameters
from graph_api.domain.parameters.recency_prediction import predict_by_recency
from graph_api.domain.targets import TargetKind

DEFAULT_RECENCY = DEFAULT_SET.parameters


class Model(StrEnum):
    """What predicts an answer from the student's earlier answers to the same target."""

    RATIO = "RATIO"
    """The share of right answers so far, (right + 1) / (answers + 2)."""
    RECENCY = "RECENCY"
    """The recency-weighted score at the time of the answer, under the parameters in effect, with every window shrunk
    towards the share of correct answers of the students of the other folds."""
    BKT_CONCEPT_DEFAULT = "BKT_CONCEPT_DEFAULT"
    """Knowledge tracing under bkt-concept-v1."""
    BKT_SKILL_DEFAULT = "BKT_SKILL_DEFAULT"
    """Knowledge tracing under bkt-skill-v1."""
    BKT_IN_EFFECT = "BKT_IN_EFFECT"
    """Knowledge tracing as levels are computed now. A fitted set in effect may have been fitted to these students."""
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


def compare(  # noqa: PLR0913 - what is predicted, by what, and how students are dealt
    histories: Histories,
    by_question: Histories,
    in_effect: Sequence[Parameters],
    *,
    folds: int,
    rng: np.random.Generator,
    recency: RecencyParameters = DEFAULT_RECENCY,
    difficulty: NDArray[np.int64] | None = None,
    least: int = 1,
) -> list[Compared]:
    """Every model on the same answers, best log-loss first; fitted ones are fitted to the other folds' students.

    Args:
        histories: the answers, with their times.
        by_question: the same answers, where questions differ.
        in_effect: the parameters of each target now.
        folds: how many parts the students are dealt into.
        rng: deals the students.
        recency: the parameters of recency.
        difficulty: shape (answers,), for recency: an index of `DIFFICULTIES` or -1; None if no answer has one.
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
        Model.RECENCY: predict_by_recency(histories, fold, recency, difficulty),
        Model.BKT_CONCEPT_DEFAULT: predict(histories, layout, layout.spread(concept)),
        Model.BKT_SKILL_DEFAULT: predict(histories, layout, layout.spread(skill)),
        Model.BKT_IN_EFFECT: predict(histories, with_forgetting, with_forgetting.spread(in_effect)),
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


def find_caveats(compared: Sequence[Compared]) -> list[str]:
    """What a reader of a comparison should know before relying on levels, as sentences.

    >>> find_caveats([])
    []
    """
    losses = {each.model: each.metrics.log_loss for each in compared}
    if not losses or losses[Model.BKT_IN_EFFECT] <= losses[Model.RATIO]:
        return []
    worse, share = losses[Model.BKT_IN_EFFECT], losses[Model.RATIO]
    caveat = (
        f"The parameter sets in effect predict worse (log-loss {worse:.4f}) than the plain share of correct answers "
        f"(RATIO, {share:.4f}). This is usual with the default sets, before a fit: fit the parameters with "
        "fitParameters or graph-api fit."
    )
    return [caveat]
