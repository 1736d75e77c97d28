"""Where climbs end: against exhaustive enumeration, a general optimiser, and many random starts on real answers."""

import csv
import gzip
import itertools
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from graph_api.domain.parameters.fitting.fit import FitOptions, Method, fit
from graph_api.domain.parameters.fitting.histories import Histories
from graph_api.domain.parameters.fitting.layout import Bounds, Kind, Layout
from graph_api.domain.parameters.fitting.objective import Objective
from graph_api.domain.parameters.fitting.prefix_tree import PrefixTree
from graph_api.domain.parameters.fitting.quasi_newton import climb
from graph_api.domain.parameters.fitting.standard_errors import at_bound
from graph_api.domain.parameters.knowledge_tracing import Parameters
from tests.domain.parameters.fitting.simulated_histories import PARAMETERS, histories, simulated

LIKELIHOOD = FitOptions(method=Method.MAXIMUM_LIKELIHOOD)
SWAPPING = Parameters(prior=0.5, learn=0.15, guess=0.65, slip=0.04)
"""More correct answers by guessing than half: outside the default box, inside the triangle."""


def read(path: Path) -> Histories:
    """Real answers from a file."""
    with gzip.open(path, "rt") as file:
        rows = [(row["user_id"], row["skill_name"], float(row["correct"])) for row in csv.DictReader(file)]
    students, skills, correct = zip(*rows, strict=True)
    student, skill = (np.unique(names, return_inverse=True)[1] for names in (students, skills))
    return Histories.of_answers(student, skill, np.array(correct))


def enumerated(correct: list[list[bool]], p: np.ndarray) -> float:
    """The log-likelihood by summing every path of hidden states: shares no code with the product."""
    prior, learn, guess, slip = p
    answers, students = np.unique(np.array(correct), axis=0, return_counts=True)
    paths = np.array(list(itertools.product((0, 1), repeat=answers.shape[1])))
    first = np.where(paths[:, 0], prior, 1 - prior)
    known, after = paths[:, :-1], paths[:, 1:]
    steps = np.where(known, np.where(after, 1.0, 0.0), np.where(after, learn, 1 - learn)).prod(axis=1)
    right = np.where(paths, 1 - slip, guess)
    given_path = np.where(answers[:, None, :], right, 1 - right).prod(axis=2)
    return float(students @ np.log(given_path @ (first * steps)))


@pytest.mark.parametrize("method", [Method.MAXIMUM_LIKELIHOOD, Method.EM])
@pytest.mark.parametrize(
    ("truth", "bounds"),
    [
        (SWAPPING, Bounds(guess=0.95, slip=0.95)),
        (Parameters(0.6, 0.1, 0.05, 0.6), Bounds(guess=0.95, slip=0.95)),
        (Parameters(0.4, 0.1, 0.45, 0.4), Bounds(total=0.6)),
        (SWAPPING, Bounds(guess=0.8, slip=0.5, total=0.6)),
        (Parameters(0.3, 0.2, 0.2, 0.1), Bounds()),
    ],
)
def test_a_bounded_sum_of_guess_and_slip_is_a_triangle(truth: Parameters, bounds: Bounds, method: Method) -> None:
    sent = simulated(np.random.default_rng(11), truth, students=60, answers=5)
    rows = sent.correct.reshape(-1, 5).tolist()

    fitted = fit(sent, FitOptions(method=method, bounds=bounds, iterations=5_000, tolerance=1e-12))

    actual = fitted.by_target()[0]
    assert actual.guess + actual.slip < bounds.total
    rng = np.random.default_rng(0)
    ends = []
    for _ in range(6):
        guess = rng.uniform(0.05, min(bounds.guess, bounds.total) - 0.05)
        start = [*rng.uniform(0.05, 0.95, 2), guess, rng.uniform(0.01, min(bounds.slip, bounds.total - guess) - 0.005)]
        ends.append(
            minimize(  # type: ignore[call-overload]
                lambda p: -enumerated(rows, p),
                start,
                method="SLSQP",
                bounds=[(1e-5, 1 - 1e-5)] * 2 + [(1e-5, bounds.guess - 1e-5), (1e-5, bounds.slip - 1e-5)],
                constraints={"type": "ineq", "fun": lambda p: bounds.largest_sum - p[2] - p[3]},
            )
        )
    best = -min(end.fun for end in ends if end.success)
    assert fitted.log_likelihood[0] >= best - 1e-3
    at = np.array([actual.prior, actual.learn, actual.guess, actual.slip])
    assert enumerated(rows, at) == pytest.approx(fitted.log_likelihood[0], abs=1e-8)


@given(
    histories(),
    PARAMETERS,
    st.sampled_from([Bounds(), Bounds(0.9, 0.9), Bounds(total=0.6), Bounds(0.7, 0.2, total=0.75)]),
)
@settings(max_examples=60)
def test_the_gradient_of_the_objective_is_its_slope(sent: Histories, start: Parameters, bounds: Bounds) -> None:
    layout = Layout.of(sent, bounds, forgetting=True)
    objective, tree = Objective(layout), PrefixTree.grow(sent)
    free = layout.to_free(layout.inside(layout.spread(start)))
    gradient = objective(tree, free).gradient

    for place in range(len(free)):
        step = np.zeros_like(free)
        step[place] = 1e-5
        ends = [objective(tree, free + sign * step).value.sum() for sign in (1, -1)]
        assert gradient[place] == pytest.approx((ends[0] - ends[1]) / 2e-5, rel=1e-3, abs=1e-3)
    np.testing.assert_allclose(layout.from_free(layout.to_free(layout.from_free(free))), layout.from_free(free))


@given(histories(targets=3), PARAMETERS, st.lists(st.integers(0, 2), min_size=1, max_size=6), st.integers(0, 3))
@settings(max_examples=40)
def test_copies_of_targets_have_the_values_of_their_targets(
    sent: Histories, start: Parameters, copied: list[int], seed: int
) -> None:
    question = np.random.default_rng(seed).integers(0, 3, len(sent.correct))
    sent = Histories.of_answers(
        sent.student[sent.sequence], sent.target[sent.sequence], sent.correct, targets=3, question=question
    )
    objective, tree = Objective(Layout.of(sent, Bounds())), PrefixTree.grow(sent)
    free = objective.layout.to_free(objective.layout.inside(objective.layout.spread(start)))
    whole = objective(tree, free)

    copies, source = objective.replicate(np.array(copied))
    actual = copies(tree.replicate(np.array(copied)), free[source])

    np.testing.assert_allclose(actual.value, whole.value[copied], atol=1e-9)
    np.testing.assert_allclose(actual.gradient, whole.gradient[source], atol=1e-9)


def shortfall(sent: Histories, starts: int, seed: int) -> np.ndarray:
    """How far each fit ends below the best of climbs from random starts, in nats."""
    fitted = fit(sent, LIKELIHOOD)
    tree, layout = PrefixTree.grow(sent), fitted.layout
    rng = np.random.default_rng(seed)
    best = fitted.log_likelihood.copy()
    for _ in range(starts):
        start = layout.low + rng.random(len(layout.owner)) * (layout.high - layout.low)
        best = np.maximum(best, climb(tree, Objective(layout), start, tolerance=1e-10, passes=300).value)
    return np.asarray(best - fitted.log_likelihood)


def test_no_fit_of_real_answers_ends_below_the_best_of_random_starts(data_file: Callable[[str], Path]) -> None:
    sent = read(data_file("responses/assistments09.csv.gz"))
    answers = np.bincount(sent.target[sent.sequence], minlength=sent.targets)
    chosen = np.isin(sent.target, np.flatnonzero((answers > 50) & (answers < 3_000)))

    assert shortfall(sent.choose(chosen), 15, seed=1).max() <= 0.01


def test_no_fit_of_simulated_answers_ends_below_the_best_of_random_starts() -> None:
    rng = np.random.default_rng(3)
    for _ in range(3):
        truth = Parameters(*rng.uniform([0.05, 0.01, 0.05, 0.02], [0.95, 0.5, 0.45, 0.45]))
        sent = simulated(rng, truth, students=40, answers=6, targets=12)

        assert shortfall(sent, 12, seed=4).max() <= 0.01


@pytest.mark.parametrize(("name", "least"), [("assistments09", -156_868.5), ("glops", -42_722.5)])
def test_real_answers_have_the_known_likelihood(data_file: Callable[[str], Path], name: str, least: float) -> None:
    fitted = fit(read(data_file(f"responses/{name}.csv.gz")), LIKELIHOOD)

    assert fitted.log_likelihood.sum() >= least
    assert fitted.converged.all()


@pytest.mark.parametrize("bounds", [Bounds(), Bounds(total=0.5)])
def test_a_parameter_at_a_bound_has_no_standard_error(bounds: Bounds) -> None:
    sent = simulated(np.random.default_rng(5), Parameters(0.5, 0.1, 0.6, 0.3), students=300, answers=8)

    fitted = fit(sent, FitOptions(method=Method.MAXIMUM_LIKELIHOOD, bounds=bounds))

    errors, blocks = fitted.standard_errors(sent), fitted.layout.blocks
    near = at_bound(fitted.layout, fitted.parameters)
    assert near[blocks[Kind.GUESS]].all()
    assert np.isnan(errors[near]).all()


def test_a_climb_that_stops_at_the_limit_has_not_converged() -> None:
    sent = simulated(np.random.default_rng(6), Parameters(0.35, 0.12, 0.2, 0.1), students=100, targets=3)

    for method in Method:
        assert not fit(sent, FitOptions(method=method, iterations=2)).converged.any()
    assert fit(sent, LIKELIHOOD).converged.all()
