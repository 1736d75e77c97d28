"""Whether a fit may be used: guard rails, predictions for unseen students, metrics, and other models beside it."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from graph_api.domain.failures import InvalidInput
from graph_api.domain.parameters.fitting.fit import FitOptions, Method
from graph_api.domain.parameters.fitting.guard_rails import GuardRails, Reason
from graph_api.domain.parameters.fitting.held_out import deal, predict_held_out
from graph_api.domain.parameters.fitting.histories import Histories
from graph_api.domain.parameters.knowledge_tracing import Parameters
from graph_api.domain.parameters.model_comparison import Model, compare, ratio
from graph_api.domain.parameters.prediction_metrics import calibrate, measure
from tests.domain.parameters.fitting.simulated_histories import histories, simulated

TRUTH = Parameters(prior=0.35, learn=0.12, guess=0.2, slip=0.1)
DAY = 86_400.0


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ([[1, 0], [0, 1]], None),
        ([[1], [0], [1]], Reason.TOO_FEW_ANSWERS),
        ([[1, 0, 1, 1]], Reason.TOO_FEW_STUDENTS),
        ([[1, 1], [1, 1]], Reason.ALL_CORRECT),
        ([[0, 0], [0, 0]], Reason.ALL_WRONG),
        ([[1, 1], [0, 0]], Reason.CONSTANT_SEQUENCES),
        ([[1], [0], [1], [0]], Reason.CONSTANT_SEQUENCES),
        ([], Reason.TOO_FEW_ANSWERS),
    ],
)
def test_guard_rails(answers: list[list[int]], reason: Reason | None) -> None:
    students = [student for student, of_one in enumerate(answers) for _ in of_one]
    sent = Histories.of_answers(students, [0] * len(students), [one for of_one in answers for one in of_one], targets=1)

    assert GuardRails(answers=4, students=2).obstacles(sent) == [reason]


@pytest.mark.parametrize("rails", [{"answers": 0}, {"students": 1}])
def test_guard_rails_that_guard_nothing_are_refused(rails: dict[str, int]) -> None:
    with pytest.raises(InvalidInput):
        GuardRails(**rails)


@given(histories(students=12), st.integers(2, 5), st.integers(0, 9))
def test_students_are_dealt_whole_evenly_and_reproducibly(sent: Histories, folds: int, seed: int) -> None:
    dealt = deal(sent, folds, np.random.default_rng(seed))

    of_student = {student: set(dealt[sent.student == student].tolist()) for student in sent.student}
    assert all(len(found) == 1 for found in of_student.values())
    sizes = np.bincount([fold for (fold,) in of_student.values()], minlength=folds)
    assert sizes.max() - sizes.min() <= 1
    np.testing.assert_array_equal(dealt, deal(sent, folds, np.random.default_rng(seed)))


@pytest.mark.parametrize("folds", [1, 21])
def test_folds_out_of_bounds_are_refused(folds: int) -> None:
    with pytest.raises(InvalidInput, match="folds: must be from 2 to 20"):
        deal(simulated(np.random.default_rng(0), TRUTH, students=4), folds, np.random.default_rng(0))


def test_a_student_is_judged_by_a_fit_that_has_not_seen_them() -> None:
    sent = simulated(np.random.default_rng(1), TRUTH, students=40, answers=8)
    fold = deal(sent, 4, np.random.default_rng(2))
    held = np.repeat(fold == 0, sent.lengths)
    turned = Histories.of_answers(sent.student[sent.sequence], np.zeros(len(held)), sent.correct ^ held)
    first = sent.starts[:-1][fold == 0]

    one, other = (predict_held_out(each, FitOptions(), fold) for each in (sent, turned))

    np.testing.assert_array_equal(one[first], other[first])
    assert not np.array_equal(one[~held], other[~held])


@given(
    st.integers(1, 40).flatmap(
        lambda n: st.tuples(
            hnp.arrays(np.float64, n, elements=st.sampled_from([0.0, 0.1, 0.3, 0.5, 0.5, 0.9, 1.0])),
            hnp.arrays(np.bool_, n),
        )
    )
)
def test_metrics_are_their_definitions(drawn: tuple[np.ndarray, np.ndarray]) -> None:
    predicted, correct = drawn

    found = measure(predicted, correct)

    right, wrong = predicted[correct], predicted[~correct]
    pairs = [(a > b) + (a == b) / 2 for a, b in itertools.product(right, wrong)]
    assert found.auc == (pytest.approx(np.mean(pairs)) if pairs else None)
    assert found.rmse == pytest.approx(np.sqrt(((predicted - correct) ** 2).mean()))
    of_answer = [max(p if c else 1 - p, 1e-15) for p, c in zip(predicted, correct, strict=True)]
    assert found.log_loss == pytest.approx(-np.log(of_answer).mean())
    assert found.accuracy == np.mean((predicted >= 0.5) == correct)
    bins = calibrate(predicted, correct)
    assert sum(each.answers for each in bins) == len(correct)
    assert sum(each.answers * each.correct for each in bins) == pytest.approx(correct.sum())


def test_nothing_cannot_be_measured() -> None:
    with pytest.raises(ValueError, match="nothing"):
        measure(np.empty(0), np.empty(0, np.bool_))


@given(histories(students=3, answers=12))
def test_ratio_is_the_share_so_far(sent: Histories) -> None:
    found = ratio(sent)

    for start, stop in zip(sent.starts, sent.starts[1:], strict=False):
        for place in range(start, stop):
            right = sent.correct[start:place].sum()
            assert found[place] == pytest.approx((right + 1) / (place - start + 2))


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

    found = {each.model: each.metrics for each in compared}
    assert set(found) == set(Model)
    assert compared[0].model is Model.BKT_FITTED_FORGETTING
    assert found[Model.BKT_FITTED].log_loss < found[Model.BKT_SKILL_DEFAULT].log_loss
    assert found[Model.BKT_IN_FORCE] == found[Model.BKT_SKILL_DEFAULT]
    assert [each.metrics.log_loss for each in compared] == sorted(each.metrics.log_loss for each in compared)


def test_nothing_to_compare() -> None:
    nothing = Histories.of_answers([], [], [], targets=1)

    assert compare(nothing, nothing, [TRUTH], folds=5, rng=np.random.default_rng(0)) == []


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 100))
def test_empirical_bayes_predicts_sparse_targets_better_than_likelihood(seed: int) -> None:
    sent = simulated(np.random.default_rng(seed), TRUTH, students=12, answers=6, targets=30)
    fold = deal(sent, 3, np.random.default_rng(seed))

    losses = {}
    for method in (Method.MAXIMUM_LIKELIHOOD, Method.EMPIRICAL_BAYES):
        found = measure(predict_held_out(sent, FitOptions(method=method), fold), sent.correct)
        losses[method] = found.log_loss

    assert losses[Method.EMPIRICAL_BAYES] < losses[Method.MAXIMUM_LIKELIHOOD]
