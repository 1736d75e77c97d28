import csv
import gzip
import itertools
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_api.domain.failures import InvalidInput
from graph_api.domain.parameters.fitting.expectation import expect, log_likelihood
from graph_api.domain.parameters.fitting.expectation_maximisation import climb_by_em
from graph_api.domain.parameters.fitting.fit import FitOptions, Method, fit
from graph_api.domain.parameters.fitting.histories import Histories
from graph_api.domain.parameters.fitting.layout import Bounds, Kind, Layout
from graph_api.domain.parameters.fitting.prediction import predict
from graph_api.domain.parameters.fitting.prefix_tree import PrefixTree
from graph_api.domain.parameters.knowledge_tracing import Parameters, trace
from tests.domain.parameters.fitting.simulated_histories import PARAMETERS, histories, simulated

TRUTH = Parameters(prior=0.35, learn=0.12, guess=0.2, slip=0.1)
LIKELIHOOD = FitOptions(method=Method.MAXIMUM_LIKELIHOOD, tolerance=1e-10)


@pytest.mark.parametrize("method", Method)
def test_known_parameters_are_recovered(method: Method) -> None:
    seeds = 100
    sent = simulated(np.random.default_rng(1), TRUTH, targets=seeds)

    actual = np.array([(p.prior, p.learn, p.guess, p.slip) for p in fit(sent, FitOptions(method=method)).by_target()])

    near = np.abs(actual - [TRUTH.prior, TRUTH.learn, TRUTH.guess, TRUTH.slip]) <= 0.05
    assert (near.mean(axis=0) >= 0.95).all()


def test_standard_errors_are_the_spread_of_estimates() -> None:
    sent = simulated(np.random.default_rng(2), TRUTH, targets=200)

    fitted = fit(sent, LIKELIHOOD)

    claimed = fitted.standard_errors(sent).reshape(4, -1)
    spread = fitted.parameters.reshape(4, -1).std(axis=1)
    np.testing.assert_allclose(np.median(claimed, axis=1), spread, rtol=0.2)


def test_what_answers_do_not_settle_has_no_standard_error() -> None:
    sent = Histories.of_answers(student=[0, 1, 2], target=[0, 0, 0], correct=[1, 0, 1])

    fitted = fit(sent, LIKELIHOOD)

    assert np.isnan(fitted.standard_errors(sent)).all()


@given(histories(), PARAMETERS, st.booleans())
@settings(max_examples=50)
def test_likelihood_never_falls_under_em(sent: Histories, start: Parameters, forgetting: bool) -> None:
    layout = Layout.of(sent, Bounds(), forgetting=forgetting)
    seen: list[np.ndarray] = []

    climb_by_em(PrefixTree.grow(sent), layout, layout.spread(start), tolerance=1e-9, passes=40, watch=seen.append)

    for before, after in itertools.pairwise(seen):
        assert (after >= before - 1e-9).all()


@pytest.mark.parametrize("forgetting", [False, True])
def test_quasi_newton_and_em_end_at_the_same_optimum(forgetting: bool) -> None:
    truth = Parameters(0.35, 0.15, 0.2, 0.1, forget=0.08 if forgetting else 0)
    sent = simulated(np.random.default_rng(3), truth, students=200, answers=12, targets=4)
    tree, layout = PrefixTree.grow(sent), Layout.of(sent, Bounds(), forgetting=forgetting)

    fast = fit(
        sent, FitOptions(method=Method.MAXIMUM_LIKELIHOOD, tolerance=1e-13, iterations=1_000, forgetting=forgetting)
    )
    slow = climb_by_em(tree, layout, fast.parameters * 0.9, tolerance=1e-14, passes=20_000)

    np.testing.assert_allclose(fast.log_likelihood, slow.value, rtol=0, atol=1e-6)


@given(histories(), st.sampled_from(Method), st.booleans())
@settings(max_examples=40)
def test_a_fit_is_no_worse_than_its_first_start_and_keeps_its_bounds(
    sent: Histories, method: Method, forgetting: bool
) -> None:
    options = FitOptions(method=method, forgetting=forgetting, bounds=Bounds(guess=0.3, slip=0.2))

    fitted = fit(sent, options)

    layout = fitted.layout
    assert (fitted.parameters >= layout.low).all()
    assert (fitted.parameters <= layout.high).all()
    if method is not Method.EMPIRICAL_BAYES:
        first = log_likelihood(PrefixTree.grow(sent), layout, layout.clip(layout.spread(options.starts[0])))
        assert (fitted.log_likelihood >= first - 1e-9).all()


def test_a_label_swapped_start_ends_unswapped() -> None:
    sent = simulated(np.random.default_rng(4), TRUTH)
    swapped = Parameters(prior=1 - TRUTH.prior, learn=0.01, guess=1 - TRUTH.slip - 0.01, slip=0.1)

    (actual,) = fit(sent, FitOptions(method=Method.MAXIMUM_LIKELIHOOD, starts=[swapped])).by_target()

    assert actual.guess + actual.slip < 1
    assert actual.guess == pytest.approx(TRUTH.guess, abs=0.05)


def test_the_same_histories_give_the_same_fit() -> None:
    sent = simulated(np.random.default_rng(5), TRUTH, students=80, targets=6)

    np.testing.assert_array_equal(fit(sent).parameters, fit(sent).parameters)


def test_it_reports_that_it_did_not_converge() -> None:
    sent = simulated(np.random.default_rng(6), TRUTH, students=100)

    fitted = fit(sent, FitOptions(method=Method.EM, iterations=2, tolerance=1e-12))

    assert not fitted.converged.any()


def test_a_target_with_few_answers_leans_on_the_others() -> None:
    many = simulated(np.random.default_rng(7), TRUTH, students=300, answers=10, targets=20)
    few = Histories.of_answers([0, 0, 0, 1, 1, 1], [20] * 6, [1, 1, 1, 0, 0, 0])
    sent = Histories.of_answers(
        np.append(many.student[many.sequence], few.student[few.sequence]),
        np.append(many.target[many.sequence], few.target[few.sequence]),
        np.append(many.correct, few.correct),
    )

    alone, together = fit(sent, LIKELIHOOD).by_target()[20], fit(sent).by_target()[20]

    assert alone.slip < 0.01  # at the bound: degenerate
    assert together.slip == pytest.approx(TRUTH.slip, abs=0.05)


@given(histories(), PARAMETERS)
def test_predictions_are_those_of_the_service(sent: Histories, parameters: Parameters) -> None:
    layout = Layout.of(sent, Bounds(), forgetting=True)

    predicted = predict(sent, layout, layout.spread(parameters))

    for start, stop in zip(sent.starts, sent.starts[1:], strict=False):
        steps = trace(sent.correct[start:stop].tolist(), parameters)
        np.testing.assert_allclose(predicted[start:stop], [step.p_correct for step in steps], atol=1e-12)


@given(histories(), PARAMETERS)
def test_unclamped_predictions_make_up_the_likelihood(sent: Histories, parameters: Parameters) -> None:
    layout = Layout.of(sent, Bounds(), forgetting=True)
    at = layout.spread(parameters)

    predicted = predict(sent, layout, at, clamped=False)

    of_answers = np.log(np.where(sent.correct, predicted, 1 - predicted)).sum()
    assert of_answers == pytest.approx(log_likelihood(PrefixTree.grow(sent), layout, at).sum(), rel=1e-9)


def test_forgetting_is_found_where_there_is_some() -> None:
    truth = Parameters(0.4, 0.2, 0.15, 0.08, forget=0.1)
    sent = simulated(np.random.default_rng(8), truth, students=1_000)

    without = fit(sent, LIKELIHOOD)
    with_it = fit(sent, FitOptions(method=Method.MAXIMUM_LIKELIHOOD, forgetting=True))

    assert with_it.by_target()[0].forget == pytest.approx(0.1, abs=0.03)
    assert with_it.log_likelihood[0] > without.log_likelihood[0] + 10


@given(histories(students=30), st.integers(0, 3))
@settings(max_examples=25, deadline=None)
def test_more_freedom_never_fits_worse(sent: Histories, seed: int) -> None:
    question = np.random.default_rng(seed).integers(0, 3, len(sent.correct))
    by_question = Histories.of_answers(
        sent.student[sent.sequence], sent.target[sent.sequence], sent.correct, targets=sent.targets, question=question
    )
    plain = fit(sent, LIKELIHOOD)
    (blocks, at) = plain.layout.blocks, plain.parameters
    layout = Layout.of(by_question, Bounds(), forgetting=True)
    nested = np.empty(len(layout.owner))
    for kind, block in layout.blocks.items():
        nested[block] = layout.bounds.margin if kind is Kind.FORGET else at[blocks[kind]][layout.owner[block]]

    freed = climb_by_em(PrefixTree.grow(by_question), layout, nested, tolerance=1e-9, passes=50)

    assert (freed.value >= expect(PrefixTree.grow(by_question), layout, nested).log_likelihood - 1e-9).all()
    assert freed.value.sum() >= plain.log_likelihood.sum() - 1e-2 * len(sent.correct)


def test_a_hard_question_has_the_larger_slip() -> None:
    rng = np.random.default_rng(9)
    question = rng.integers(0, 2, 400 * 15)
    easy, hard = Parameters(0.9, 0.3, 0.2, 0.05), Parameters(0.9, 0.3, 0.2, 0.4)
    known = np.repeat(rng.random(400) < 0.9, 15) | (np.tile(np.arange(15), 400) > 3)
    right = np.where(known, 1 - np.where(question == 1, hard.slip, easy.slip), 0.2)
    sent = Histories.of_answers(
        np.repeat(np.arange(400), 15), [0] * 6_000, rng.random(6_000) < right, question=question
    )

    fitted = fit(sent, LIKELIHOOD)

    slips = fitted.parameters[fitted.layout.blocks[Kind.SLIP]]
    np.testing.assert_allclose(slips, [0.05, 0.4], atol=0.04)


def test_a_target_without_answers_keeps_the_first_start() -> None:
    sent = Histories.of_answers([0, 0, 1, 1], [1, 1, 1, 1], [1, 0, 0, 1], targets=3)

    fitted = fit(sent, LIKELIHOOD)

    stored = fitted.by_target()[0]
    assert (stored.prior, stored.learn, stored.guess, stored.slip) == pytest.approx((0.3, 0.09, 0.2, 0.1))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (lambda: FitOptions(tolerance=0), "tolerance: must be > 0 and < 1, got '0'"),
        (lambda: FitOptions(iterations=0), "iterations: must be >= 1, got '0'"),
        (lambda: FitOptions(starts=[]), "starts: must not be empty"),
        (lambda: Bounds(total=1.1), "guess + slip: bound must be > 0.00004 and <= 1"),
        (lambda: Bounds(guess=1.0), "guess: bound must be above"),
        (lambda: Bounds(margin=0.2), "margin: must be between 0.00001 and 0.01"),
        (lambda: Histories.of_answers([1], [0, 0], [1, 1]), "answers: columns must be of one length"),
    ],
)
def test_bad_options_are_named(options: object, message: str) -> None:
    with pytest.raises(InvalidInput, match=message.replace("+", r"\+")):
        options()  # type: ignore[operator]


def test_two_real_skills_have_the_optimum_that_two_other_methods_found(data_file: Callable[[str], Path]) -> None:
    columns: dict[str, list[str]] = {"user_id": [], "skill_name": [], "correct": []}
    with gzip.open(data_file("responses/glops.csv.gz"), "rt") as file:
        for row in csv.DictReader(file):
            for name, values in columns.items():
                values.append(row[name])
    students, skills = (np.unique(columns[name], return_inverse=True) for name in ("user_id", "skill_name"))
    sent = Histories.of_answers(students[1], skills[1], np.array(columns["correct"], np.float64))

    fitted = fit(sent, LIKELIHOOD)

    actual = dict(zip(skills[0].tolist(), fitted.by_target(), strict=True))
    likelihood = dict(zip(skills[0].tolist(), fitted.log_likelihood, strict=True))
    for skill, (prior, learn, guess, slip), value in (
        ("G6.207", (0.45077, 0.06572, 0.27343, 0.15429), -2833.4143),
        ("G5.198", (0.88470, 0.03700, 0.15215, 0.31830), -1884.2696),
    ):
        at = actual[skill]
        assert (at.prior, at.learn, at.guess, at.slip) == pytest.approx((prior, learn, guess, slip), abs=2e-4)
        assert likelihood[skill] == pytest.approx(value, abs=1e-4)


@pytest.mark.parametrize("method", Method)
def test_a_fit_without_answers_succeeds(method: Method) -> None:
    fitted = fit(Histories.of_answers([], [], [], targets=2), FitOptions(method=method))

    assert len(fitted.by_target()) == 2
    assert fitted.log_likelihood.tolist() == [0, 0]
