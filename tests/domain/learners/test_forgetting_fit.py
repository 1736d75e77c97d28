"""Fits of forgetting: known half-lives are found, and recall is calibrated on held-out students (Q9)."""

from collections.abc import Callable

import numpy as np
import pytest

from graph_api.domain.learners.forgetting_fit import HELD_OUT, FitResult, Gaps, fit_forgetting, predict
from graph_api.domain.parameters.forgetting_parameters import (
    DEFAULT_PARAMETERS,
    ForgettingParameters,
    Formula,
    defaults_of,
)
from graph_api.domain.targets import concept
from tests.domain.learners.memory_simulation import simulate

Figures = Callable[[str, object], None]
STUDENTS = 2_400
HALF_LIVES = {"a": (4.0, 1.0, 2.0, 2.0), "b": (20.0, 5.0, 2.0, 2.0)}
WEIGHTS = defaults_of(Formula.FSRS_6)
FAST = (0.5, WEIGHTS[1], 0.8, *WEIGHTS[3:20], 0.4)


@pytest.fixture(scope="module")
def half_lives() -> Gaps:
    """Answers of students whose half-lives are known."""
    return simulate(np.random.default_rng(7), STUDENTS, Formula.HALF_LIFE, HALF_LIVES)


def test_known_half_lives_are_recovered_and_calibrated_on_held_out_students(
    half_lives: Gaps, record_property: Figures
) -> None:
    fit = fit_forgetting(half_lives, Formula.HALF_LIFE, DEFAULT_PARAMETERS)

    assert fit.result is FitResult.BETTER
    assert fit.parameters is not None
    assert fit.before is not None
    assert fit.after is not None
    record_property(
        "figure",
        f"expected calibration error on {fit.held_out} held-out answers after a pause: "
        f"{fit.before.calibration_error:.4f} before, {fit.after.calibration_error:.4f} after the fit",
    )
    assert fit.after.calibration_error < 0.03 < fit.before.calibration_error
    assert fit.after.log_loss < fit.before.log_loss
    for key, truth in HALF_LIVES.items():
        values = [round(value, 2) for value in fit.parameters.for_target(concept(key))]
        record_property("figure", f"fitted half-lives of {key}: {values} of {truth}")
        assert fit.parameters.for_target(concept(key)) == pytest.approx(truth, rel=0.35)


def test_students_who_differ_are_calibrated_too(record_property: Figures) -> None:
    gaps = simulate(np.random.default_rng(8), STUDENTS, Formula.HALF_LIFE, HALF_LIVES, spread=0.5)

    fit = fit_forgetting(gaps, Formula.HALF_LIFE, DEFAULT_PARAMETERS)

    assert fit.after is not None
    record_property("figure", f"half-lives that differ between students: {fit.after.calibration_error:.4f}")
    assert fit.after.calibration_error < 0.03


def test_fsrs_6_is_calibrated_on_students_who_forget_like_that(record_property: Figures) -> None:
    gaps = simulate(np.random.default_rng(9), STUDENTS, Formula.FSRS_6, {"a": FAST})

    fit = fit_forgetting(gaps, Formula.FSRS_6, DEFAULT_PARAMETERS)

    assert fit.after is not None
    assert fit.before is not None
    record_property(
        "figure", f"FSRS-6: {fit.before.calibration_error:.4f} before, {fit.after.calibration_error:.4f} after the fit"
    )
    assert fit.result is FitResult.BETTER
    assert fit.after.calibration_error < 0.03


def test_few_answers_after_a_pause_fit_nothing(half_lives: Gaps) -> None:
    fit = fit_forgetting(half_lives.where(half_lives.student < 8), Formula.HALF_LIFE, DEFAULT_PARAMETERS)

    assert (fit.result, fit.parameters, fit.after) == (FitResult.FEW_PAUSES, None, None)
    assert fit.pauses > 0


def test_a_fit_that_predicts_no_better_is_not_better(half_lives: Gaps) -> None:
    truth = ForgettingParameters(
        Formula.HALF_LIFE, targets={concept(key): values for key, values in HALF_LIVES.items()}
    )

    fit = fit_forgetting(half_lives.where(half_lives.student < 400), Formula.FSRS_6, truth)

    assert fit.result is FitResult.NOT_BETTER


def test_a_prediction_uses_no_later_answer(half_lives: Gaps) -> None:
    some = half_lives.where(half_lives.student % HELD_OUT == 0)
    last = some.practice.lengths - 1
    correct = some.practice.correct.copy()
    correct[np.arange(len(last)), last] ^= True
    changed = some._replace(practice=some.practice._replace(correct=correct))

    before, after = (predict(gaps, DEFAULT_PARAMETERS) for gaps in (some, changed))

    assert (before.p_correct == after.p_correct).all()
