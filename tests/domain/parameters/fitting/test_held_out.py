"""Predictions for held-out students: each is predicted by a fit without their answers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_api.domain.failures import InvalidInput
from graph_api.domain.parameters.fitting.fit import FitOptions, Method
from graph_api.domain.parameters.fitting.held_out import deal, foresee_held_out
from graph_api.domain.parameters.fitting.histories import Histories
from graph_api.domain.parameters.knowledge_tracing import Parameters
from graph_api.domain.parameters.prediction_metrics import measure
from tests.domain.parameters.fitting.simulated_histories import histories, simulated

TRUTH = Parameters(prior=0.35, learn=0.12, guess=0.2, slip=0.1)


@given(histories(students=12), st.integers(2, 5), st.integers(0, 9))
def test_students_are_dealt_whole_evenly_and_reproducibly(sent: Histories, folds: int, seed: int) -> None:
    dealt = deal(sent, folds, np.random.default_rng(seed))

    of_student = {student: set(dealt[sent.student == student].tolist()) for student in sent.student}
    assert all(len(actual) == 1 for actual in of_student.values())
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

    one, other = (foresee_held_out(each, FitOptions(), fold)[0] for each in (sent, turned))

    np.testing.assert_array_equal(one[first], other[first])
    assert not np.array_equal(one[~held], other[~held])


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 100))
def test_empirical_bayes_predicts_sparse_targets_better_than_likelihood(seed: int) -> None:
    sent = simulated(np.random.default_rng(seed), TRUTH, students=12, answers=6, targets=30)
    fold = deal(sent, 3, np.random.default_rng(seed))

    losses = {}
    for method in (Method.MAXIMUM_LIKELIHOOD, Method.EMPIRICAL_BAYES):
        actual = measure(foresee_held_out(sent, FitOptions(method=method), fold)[0], sent.correct)
        losses[method] = actual.log_loss

    assert losses[Method.EMPIRICAL_BAYES] < losses[Method.MAXIMUM_LIKELIHOOD]
