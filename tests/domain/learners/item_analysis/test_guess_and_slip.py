"""Guess and slip: symmetries, repetition, and an independent optimiser (Q13)."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize

from graph_api.domain.learners.item_analysis.cells import Cells, Vector
from graph_api.domain.learners.item_analysis.guess_and_slip import DROP, EDGE, GuessAndSlip, guess_and_slip, information

TOLERANCE = 1e-3
"""Levels are gathered in cells of 1/512."""


def estimates(level: Vector, correct: Vector) -> GuessAndSlip:
    return guess_and_slip(Cells.of(np.zeros(len(level), np.int64), level, correct, 1))


def ends(both: GuessAndSlip) -> list[float]:
    return [float(column[0]) for figure in both for column in figure]


@st.composite
def answers(draw: st.DrawFn) -> tuple[Vector, Vector]:
    """Levels that differ, and outcomes."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    number = draw(st.integers(20, 200))
    level = np.clip(rng.beta(0.8, 0.8, number), 0.01, 0.99)
    guess, known = draw(st.floats(0, 1)), draw(st.floats(0, 1))
    return level, (rng.random(number) < level * known + (1 - level) * guess).astype(float)


@settings(max_examples=30)
@given(answers())
def test_turning_outcomes_round_turns_guess_and_slip_round(of: tuple[Vector, Vector]) -> None:
    level, correct = of
    guess, guess_low, guess_high, slip, slip_low, slip_high = ends(estimates(level, correct))

    assert ends(estimates(level, 1 - correct)) == pytest.approx(
        [1 - guess, 1 - guess_high, 1 - guess_low, 1 - slip, 1 - slip_high, 1 - slip_low], abs=TOLERANCE
    )


@settings(max_examples=30)
@given(answers())
def test_swapping_the_states_swaps_guess_and_one_minus_slip(of: tuple[Vector, Vector]) -> None:
    level, correct = of
    guess, guess_low, guess_high, slip, slip_low, slip_high = ends(estimates(level, correct))

    assert ends(estimates(1 - level, correct)) == pytest.approx(
        [1 - slip, 1 - slip_high, 1 - slip_low, 1 - guess, 1 - guess_high, 1 - guess_low], abs=TOLERANCE
    )


@settings(max_examples=30)
@given(answers(), st.integers(2, 4))
def test_repeating_all_answers_keeps_the_values_and_narrows_the_intervals(
    of: tuple[Vector, Vector], times: int
) -> None:
    level, correct = of
    once, often = estimates(level, correct), estimates(np.tile(level, times), np.tile(correct, times))

    for one, many in zip(once, often, strict=True):
        assert many.value == pytest.approx(one.value, abs=TOLERANCE)
        assert many.low[0] >= one.low[0] - TOLERANCE
        assert many.high[0] <= one.high[0] + TOLERANCE


@pytest.mark.parametrize("seed", range(6))
def test_values_and_intervals_are_those_of_an_independent_optimiser(seed: int) -> None:
    rng = np.random.default_rng(seed)
    level = np.clip(rng.beta(0.7, 0.7, 120), 0.01, 0.99)
    guess, slip = rng.uniform(0.02, 0.5, 2)
    correct = (rng.random(120) < level * (1 - slip) + (1 - level) * guess).astype(float)
    inside = (1e-6, 1 - 1e-6)

    def loss(pair: Vector) -> float:
        p = level * (1 - pair[1]) + (1 - level) * pair[0]
        return -float(np.sum(correct * np.log(p) + (1 - correct) * np.log(1 - p)))

    def profile(value: float, place: int) -> float:
        def other(at: float) -> float:
            return loss(np.array([value, at] if place == 0 else [at, value]))

        return float(optimize.minimize_scalar(other, bounds=inside, method="bounded", options={"xatol": 1e-9}).fun)

    best = optimize.minimize(loss, [0.3, 0.3], bounds=[inside, inside], method="L-BFGS-B", options={"ftol": 1e-14})
    for place, figure in enumerate(estimates(level, correct)):
        assert figure.value[0] == pytest.approx(best.x[place], abs=2e-3)
        for end, outwards in ((figure.low[0], -TOLERANCE), (figure.high[0], TOLERANCE)):
            assert profile(float(np.clip(end - outwards, *inside)), place) - best.fun <= DROP
            assert profile(float(np.clip(end + outwards, *inside)), place) - best.fun >= DROP or end in (EDGE, 1 - EDGE)


def test_information_is_that_of_a_channel() -> None:
    assert information(np.array([0.0, 1.0, 0.3]), np.array([0.0, 1.0, 0.7])) == pytest.approx([1, 1, 0])
