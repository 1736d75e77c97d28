"""Versions of the predictor: stored and read back, chosen per target, judged beside knowledge tracing."""

import numpy as np
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit

from graph_api.domain.failures import InvalidInput
from graph_api.domain.parameters.fitting.guard_rails import GuardRails, Reason
from graph_api.domain.parameters.predictors.family import BEST_LR, PREDICTOR
from graph_api.domain.parameters.predictors.predictor_fit import PredictorFit, fit_predictor
from graph_api.domain.parameters.predictors.predictor_records import PredictorRecord
from graph_api.domain.parameters.predictors.predictor_sets import (
    NextAnswerModel,
    PredictorParameters,
    TargetChoice,
)
from graph_api.domain.parameters.predictors.responses import Responses
from graph_api.domain.parameters.predictors.weights import LogisticWeights
from graph_api.domain.targets import TargetKind
from tests.domain.parameters.predictors.simulated_responses import responses

RAILS = GuardRails(answers=20, students=5)


def fit(sent: Responses, bkt: np.ndarray, rails: GuardRails = RAILS) -> PredictorFit:
    targets = [f"t{n}" for n in range(sent.targets)]
    questions = [f"q{n}" for n in range(sent.questions)]
    return fit_predictor(TargetKind.SKILL, sent, bkt, targets, questions, np.random.default_rng(0), rails)


def a_class(students: int = 60, answers: int = 12) -> tuple[Responses, np.ndarray]:
    """Answers to two targets, and P(correct) by a tracing that knows the second exactly and the first not at all."""
    rng = np.random.default_rng(1)
    ability = np.repeat(rng.normal(0, 1.5, students), 2 * answers)
    student = np.repeat(np.arange(students, dtype=np.int32), 2 * answers)
    target = np.tile(np.array([0, 1], np.int32), students * answers)
    truth = np.where(target == 0, expit(ability), rng.choice([0.02, 0.98], len(ability)))
    correct = rng.random(len(truth)) < truth
    question = np.full(len(truth), -1, np.int32)
    sent = Responses(student, target, correct, np.arange(len(truth)), question)
    return sent, np.where(target == 0, 0.5, truth)


def test_each_target_has_the_model_that_predicts_it_better() -> None:
    sent, bkt = a_class()

    made = fit(sent, bkt)

    assert made.figures.reason is Reason.IMPROVED
    assert made.parameters is not None
    first, second = (made.parameters.choice(key) for key in ("t0", "t1"))
    assert (first.reason, first.model) == (Reason.IMPROVED, NextAnswerModel.PREDICTOR)
    assert (second.reason, second.model) == (Reason.WORSE_ON_HELD_OUT, NextAnswerModel.BKT)
    assert first.log_loss is not None
    assert first.log_loss_before == pytest.approx(np.log(2))
    assert first.log_loss < np.log(2) - 0.05
    assert (second.answers, second.students) == (720, 60)
    assert made.parameters.choice("never seen").model is NextAnswerModel.PREDICTOR
    few = fit(sent, bkt, GuardRails(answers=721, students=5)).parameters
    assert few is not None
    assert {few.choice(key).reason for key in ("t0", "t1")} == {Reason.TOO_FEW_ANSWERS}


def test_a_tracing_that_knows_the_truth_is_kept() -> None:
    sent, _ = a_class()
    rng = np.random.default_rng(2)
    truth = rng.uniform(0.05, 0.95, len(sent))
    known = Responses(sent.student, sent.target, rng.random(len(truth)) < truth, sent.moment, sent.question)

    figures = fit(known, truth).figures

    assert figures.reason is Reason.WORSE_ON_HELD_OUT
    assert figures.chance is not None
    assert figures.chance > 0.05


@settings(max_examples=15, deadline=None)
@given(sent=responses(), level=st.floats(0.1, 0.9))
def test_whatever_was_fitted_is_finite_and_is_read_back_as_it_was_stored(sent: Responses, level: float) -> None:
    made = fit(sent, np.full(len(sent), level), GuardRails(answers=1, students=2))
    record = PredictorRecord("run-1", None, made.figures)

    assert PredictorRecord.of_json(orjson.loads(orjson.dumps(record.as_json()))) == record
    if made.parameters is None:
        assert made.figures.reason in {Reason.TOO_FEW_ANSWERS, Reason.TOO_FEW_STUDENTS}
        return
    stored = orjson.loads(orjson.dumps(made.parameters.as_json()))
    assert PredictorParameters.of_json(stored) == made.parameters
    weights = made.parameters.weights
    assert np.isfinite([weights.intercept, *weights.shared.values(), *weights.questions.values()]).all()
    assert sum(choice.answers for choice in made.parameters.choices.values()) == len(sent)


def test_weights_of_another_model_are_rejected() -> None:
    with pytest.raises(InvalidInput, match="terms: must be those of the predictor"):
        PredictorParameters(TargetKind.SKILL, LogisticWeights(BEST_LR, 0.0))
    with pytest.raises(InvalidInput, match="targets: must have 7 weights each, got 'cases'"):
        PredictorParameters(TargetKind.SKILL, LogisticWeights(PREDICTOR, 0.0, targets={"cases": (1.0,)}))


def test_the_targets_with_the_most_answers_come_first() -> None:
    choices = {key: TargetChoice(Reason.IMPROVED, answers) for key, answers in (("a", 3), ("b", 9), ("c", 9))}
    parameters = PredictorParameters(TargetKind.SKILL, LogisticWeights(PREDICTOR, 0.0), choices)

    assert [key for key, _ in parameters.most_answered(2)] == ["b", "c"]
