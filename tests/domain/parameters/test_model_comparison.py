"""Comparison of models: simulated answers are predicted best by the model that made them, and nothing unseen is seen."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_api.domain.parameters.fitting.histories import Histories
from graph_api.domain.parameters.knowledge_tracing import Parameters
from graph_api.domain.parameters.metric_intervals import metric_intervals
from graph_api.domain.parameters.model_comparison import Evidence, Model, compare, ratio
from graph_api.domain.parameters.prediction_metrics import measure
from graph_api.domain.parameters.predictors.responses import Responses
from graph_api.domain.parameters.splits import HeldOut, split_by_time
from tests.domain.parameters.fitting.simulated_histories import histories, simulated
from tests.domain.parameters.predictors.simulated_responses import a_class, evidence_of, responses

LOGISTIC = {Model.AFM, Model.PFA, Model.PFA_RECENCY, Model.LKT, Model.BEST_LR, Model.DAS3H, Model.PREDICTOR}


def rng(seed: int = 4) -> np.random.Generator:
    return np.random.default_rng(seed)


@given(histories(students=3, answers=12))
def test_ratio_is_the_share_so_far(sent: Histories) -> None:
    actual = ratio(sent)

    for start, stop in zip(sent.starts, sent.starts[1:], strict=False):
        for place in range(start, stop):
            right = sent.correct[start:place].sum()
            assert actual[place] == pytest.approx((right + 1) / (place - start + 2))


@pytest.fixture(scope="module")
def forgetful() -> Evidence:
    truth = Parameters(0.4, 0.25, 0.15, 0.08, forget=0.12)
    sent = simulated(rng(3), truth, students=300, answers=15)
    student = sent.student[sent.sequence]
    place = np.tile(np.arange(15), 300)
    zeros = np.zeros(len(place), np.int32)
    question = (np.arange(len(place)) % 3).astype(np.int32)
    return evidence_of(
        Responses(student, zeros, sent.correct, place * 300 + student, question, place.astype(np.float64) * 86_400)
    )


def test_the_model_that_made_the_answers_predicts_them_best(forgetful: Evidence) -> None:
    compared = compare(forgetful, folds=5, rng=rng())

    actual = {each.model: each.metrics for each in compared}
    assert set(actual) == set(Model)
    assert compared[0].model in {Model.BKT_FITTED_FORGETTING, Model.PREDICTOR}  # which has the former's prediction
    assert actual[Model.PREDICTOR].log_loss < actual[Model.BKT_FITTED_FORGETTING].log_loss + 0.002
    assert actual[Model.BKT_FITTED].log_loss < actual[Model.BKT_SKILL_DEFAULT].log_loss
    assert actual[Model.BKT_IN_EFFECT] == actual[Model.BKT_SKILL_DEFAULT]
    assert [each.metrics.log_loss for each in compared] == sorted(each.metrics.log_loss for each in compared)


@pytest.mark.parametrize("held_out", HeldOut)
def test_where_students_and_questions_differ_models_that_know_of_both_win(held_out: HeldOut) -> None:
    sent = evidence_of(a_class(rng(1), students=150, answers=60, difficulty=1.5))

    compared = {each.model: each for each in compare(sent, folds=3, rng=rng(), held_out=held_out)}

    loss = {model: each.metrics.log_loss for model, each in compared.items()}
    assert max(loss[model] for model in (Model.PREDICTOR, Model.BEST_LR, Model.ELO)) < loss[Model.LKT]
    assert loss[Model.LKT] < loss[Model.PFA] < loss[Model.AFM]
    predictor, tracing = compared[Model.PREDICTOR].intervals, compared[Model.BKT_FITTED].intervals
    assert predictor.auc is not None
    assert tracing.auc is not None
    assert predictor.auc[0] > tracing.auc[1]
    assert compared[Model.PREDICTOR].ece < 0.05
    by_target = compared[Model.PREDICTOR].by_target
    assert {each.target for each in by_target} == {0, 1, 2, 3}
    assert by_target[0].metrics.answers >= by_target[-1].metrics.answers


def test_the_future_is_predicted_from_the_past_only() -> None:
    sent = a_class(rng(2), students=40)
    is_future = split_by_time(sent.moment)[0].held_out
    last = sent.moment == sent.moment.max()
    changed = Responses(sent.student, sent.target, sent.correct ^ last, sent.moment, sent.question, sent.at)

    before, after = (
        {each.model: each.metrics for each in compare(evidence_of(each), folds=2, rng=rng(), held_out=HeldOut.FUTURE)}
        for each in (sent, changed)
    )

    assert {each.answers for each in before.values()} == {int(is_future.sum())}
    assert 0.15 < is_future.mean() < 0.25
    for model, metrics in before.items():
        # One answer, which is the last, moves the log-loss by at most what it costs itself.
        assert abs(after[model].log_loss - metrics.log_loss) * metrics.answers < 12


@settings(max_examples=10, deadline=None)
@given(responses(students=4), st.sampled_from(HeldOut))
def test_short_histories_of_any_kind_are_compared(sent: Responses, held_out: HeldOut) -> None:
    compared = compare(evidence_of(sent), folds=2, rng=rng(), held_out=held_out)

    for each in compared:
        assert np.isfinite([each.metrics.log_loss, each.metrics.rmse, each.ece, *each.intervals.log_loss]).all()
        assert sum(part.metrics.answers for part in each.by_target) == each.metrics.answers


def test_only_the_chosen_models_are_compared(forgetful: Evidence) -> None:
    compared = compare(forgetful, folds=2, rng=rng(), models=[Model.PFA, Model.RATIO])

    assert {each.model for each in compared} == {Model.PFA, Model.RATIO}


def test_nothing_to_compare() -> None:
    nothing = evidence_of(a_class(rng(), students=1).choose(np.zeros(40, np.bool_)))

    assert compare(nothing, folds=5, rng=rng()) == []


def test_intervals_hold_the_metrics_and_cover_what_other_students_would_give() -> None:
    """The metric of ten thousand students lies in about 90 % of the intervals of a hundred."""
    truth = measure(*_answers(rng(0), 10_000)[:2])
    inside = []
    for seed in range(60):
        predicted, correct, student = _answers(rng(seed + 1), 100)
        auc, rmse, loss = metric_intervals(predicted, correct, student, rng(seed))
        own = measure(predicted, correct)
        assert auc is not None
        assert own.auc == pytest.approx(sum(auc) / 2)
        assert rmse[0] <= own.rmse <= rmse[1]
        assert truth.auc is not None
        inside.append((auc[0] < truth.auc < auc[1], loss[0] < truth.log_loss < loss[1]))

    assert (np.mean(inside, axis=0) > 0.78).all()


def _answers(source: np.random.Generator, students: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    strength = np.repeat(source.beta(3, 2, students), 12)
    predicted = np.round(np.clip(strength + source.normal(0, 0.2, len(strength)), 0.02, 0.98), 2)
    return predicted, source.random(len(strength)) < strength, np.repeat(np.arange(students), 12)
