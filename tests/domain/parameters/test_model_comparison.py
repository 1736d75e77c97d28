"""Comparison of models: simulated answers are predicted best by the model that made them."""

import numpy as np
import pytest
from hypothesis import given

from graph_api.domain.parameters.fitting.histories import Histories
from graph_api.domain.parameters.knowledge_tracing import Parameters
from graph_api.domain.parameters.model_comparison import Model, compare, ratio
from tests.domain.parameters.fitting.simulated_histories import histories, simulated

TRUTH = Parameters(prior=0.35, learn=0.12, guess=0.2, slip=0.1)


DAY = 86_400.0


@given(histories(students=3, answers=12))
def test_ratio_is_the_share_so_far(sent: Histories) -> None:
    actual = ratio(sent)

    for start, stop in zip(sent.starts, sent.starts[1:], strict=False):
        for place in range(start, stop):
            right = sent.correct[start:place].sum()
            assert actual[place] == pytest.approx((right + 1) / (place - start + 2))


@pytest.fixture(scope="module")
def forgetful() -> Histories:
    truth = Parameters(0.4, 0.25, 0.15, 0.08, forget=0.12)
    rng = np.random.default_rng(3)
    sent = simulated(rng, truth, students=300, answers=15)
    at = np.tile(np.arange(15), 300) * DAY
    return Histories.of_answers(sent.student[sent.sequence], np.zeros(len(at)), sent.correct, at=at)


def test_the_model_that_made_the_answers_predicts_them_best(forgetful: Histories) -> None:
    question = np.arange(len(forgetful.correct)) % 3
    student = forgetful.student[forgetful.sequence]
    by_question = Histories.of_answers(student, np.zeros(len(student)), forgetful.correct, question=question)

    compared = compare(forgetful, by_question, [Parameters(0.3, 0.09, 0.2, 0.1)], folds=5, rng=np.random.default_rng(4))

    actual = {each.model: each.metrics for each in compared}
    assert set(actual) == set(Model)
    assert compared[0].model is Model.BKT_FITTED_FORGETTING
    assert actual[Model.BKT_FITTED].log_loss < actual[Model.BKT_SKILL_DEFAULT].log_loss
    assert actual[Model.BKT_IN_EFFECT] == actual[Model.BKT_SKILL_DEFAULT]
    assert [each.metrics.log_loss for each in compared] == sorted(each.metrics.log_loss for each in compared)


def test_nothing_to_compare() -> None:
    nothing = Histories.of_answers([], [], [], targets=1)

    assert compare(nothing, nothing, [TRUTH], folds=5, rng=np.random.default_rng(0)) == []
