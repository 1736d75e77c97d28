"""Fits of inferred levels: what they find in drawn answers, and when they may take effect."""

import numpy as np
import pytest

from graph_api.domain.parameters.inference.first_answers import AnswersInOrder
from graph_api.domain.parameters.inference.fit import (
    InferenceFit,
    InferenceResult,
    first_shares,
    fit_inference,
    fit_model,
    link_places,
)
from graph_api.domain.parameters.inference.model import GRID, effective, infer
from graph_api.domain.parameters.predictors.responses import Responses
from graph_api.domain.targets import TargetKind
from tests.domain.parameters.inference.simulated_answers import KEYS, draw

CHAIN = {f"t{n}": [f"t{n - 1}"] for n in range(1, len(KEYS), 2)}


def fit(responses: Responses, **links: list[str]) -> InferenceFit:
    return fit_inference(responses, TargetKind.CONCEPT, KEYS, links, np.random.default_rng(0))


def test_abilities_beat_the_prior_on_held_out_students() -> None:
    report = fit(draw(400))

    assert report.result is InferenceResult.BETTER
    assert report.students == 400
    assert report.prior is not None
    assert report.fitted is not None
    assert report.fitted.log_loss < report.prior.log_loss - 0.015
    assert (report.fitted.auc or 0) > (report.prior.auc or 0)
    assert report.model is not None
    assert report.model.keys == tuple(KEYS)


def test_independent_answers_give_no_model_that_takes_effect() -> None:
    report = fit(draw(400, ability=0.0))

    assert report.result is InferenceResult.NOT_BETTER
    assert report.model is not None
    assert report.prior is not None


def test_few_students_give_no_model() -> None:
    report = fit(draw(20))

    assert (report.result, report.model, report.prior) == (InferenceResult.FEW_STUDENTS, None, None)


def test_no_answers_give_no_model() -> None:
    assert fit(draw(20).choose(np.zeros(0, np.int64))).result is InferenceResult.FEW_STUDENTS


def test_prerequisites_add_what_abilities_do_not_explain() -> None:
    responses = draw(400, ability=0.3, linked=True)

    without, linked = fit(responses), fit(responses, **CHAIN)

    assert linked.model is not None
    assert linked.model.weight_before > 0.5
    assert linked.fitted is not None
    assert without.fitted is not None
    assert linked.fitted.log_loss < without.fitted.log_loss - 0.05


def test_targets_that_few_students_began_are_left_out() -> None:
    responses = draw(60)
    few = (responses.target != 2) | (responses.student < 5)

    report = fit(responses.choose(few))

    assert report.model is not None
    assert "t2" not in report.model.targets


def test_the_order_of_rows_changes_nothing() -> None:
    responses = draw(80)
    shuffled = responses.choose(np.random.default_rng(1).permutation(len(responses)))

    assert fit(shuffled) == fit(responses)


def test_evidence_is_what_was_answered_before_and_only_that() -> None:
    """Each first answer, predicted from the sequence, as `infer` predicts it from the counts before it."""
    responses = draw(12)
    answers = AnswersInOrder.of(responses)
    links = link_places(KEYS, CHAIN)
    fitted = fit_model(answers, links, np.ones(answers.students, np.bool_))._replace(
        weight_before=0.7, weight_after=0.4
    )
    model, predicted = fitted.model(TargetKind.CONCEPT, KEYS, links), fitted.predict(answers, links)

    for place, first in enumerate(answers.first.tolist()):
        earlier = (answers.student == answers.student[first]) & (answers.moment < answers.moment[first])
        attempts = np.bincount(answers.target[earlier], minlength=len(KEYS)).astype(np.float64)[None]
        correct = np.bincount(answers.target[earlier], answers.correct[earlier], minlength=len(KEYS))[None]
        expected = infer(model, attempts, correct.astype(np.float64)).value[0, answers.target[first]]
        assert predicted[place] == pytest.approx(expected), place


def test_answers_of_one_moment_do_not_know_each_other() -> None:
    responses = draw(12)
    at_once = Responses(
        responses.student, responses.target, responses.correct, np.zeros(len(responses), np.int64), responses.question
    )
    answers = AnswersInOrder.of(at_once)
    ones = np.ones((len(KEYS), len(GRID)))

    assert not answers.log_likelihoods(-ones, -2 * ones).any()
    assert not answers.beyond([[0]] * len(KEYS), np.full(len(KEYS), 0.5)).any()


def test_the_prior_is_the_share_of_correct_first_answers_of_the_training_students() -> None:
    answers = AnswersInOrder.of(draw(200))
    training = np.arange(200) < 100
    own = answers.first[training[answers.student[answers.first]]]
    share = [answers.correct[own][answers.target[own] == n].mean() for n in range(len(KEYS))]

    assert first_shares(answers, training) == pytest.approx(np.array(share), abs=0.02)


def test_answers_to_one_target_weigh_as_their_root() -> None:
    assert (effective(np.array([9.0])) * 9).tolist() == [3.0]
