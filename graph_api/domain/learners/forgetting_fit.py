"""Fit the parameters of forgetting to the answers that came after a pause, and judge them on other students (Q9).

Maximum likelihood with shrinkage: values are fitted to all targets together, near the defaults of the formula, and then
to each target with enough answers after a pause, near the pooled values. Both are normal priors on the logarithm.
P(correct) after a pause is that of `p_correct_after`, so that guesses and slips are not taken for memory.
"""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import scipy
from numpy.typing import NDArray

from graph_api.domain.learners.forgetting import (
    PAUSE_DAYS,
    Learner,
    Practice,
    counted_sorted,
    follow,
    levels_before,
    paces,
    practice_of,
)
from graph_api.domain.learners.recall_formulas import FORMULAS, Vector, p_correct_after
from graph_api.domain.parameters.forgetting_parameters import (
    MOST_TARGETS,
    VALUES,
    ForgettingParameters,
    Formula,
    defaults_of,
)
from graph_api.domain.parameters.prediction_metrics import expected_calibration_error, measure
from graph_api.domain.targets import Target

ENOUGH_TO_FIT, ENOUGH_TO_JUDGE, ENOUGH_OF_TARGET = 100, 30, 30
"""Answers after a pause: to fit at all, to judge a fit, and for values of a target's own."""
HELD_OUT = 4
"""Every fourth student is held out."""
POOLED_SD, TARGET_SD = 1.5, 0.5
"""Standard deviations of the logarithms of pooled values around the defaults, and of a target's around the pooled."""
SPREADS = (0.1, 0.25, 0.5, 0.75, 1.0, 1.5)
STEP = 1e-5


class FitResult(StrEnum):
    """The result of a fit of forgetting."""

    BETTER = "BETTER"
    FEW_PAUSES = "FEW_PAUSES"
    NOT_BETTER = "NOT_BETTER"


class TargetReason(StrEnum):
    """Why a target has values of its own, or has those of all targets."""

    FITTED = "FITTED"
    FEW_PAUSES = "FEW_PAUSES"
    NOT_BETTER = "NOT_BETTER"


class TargetFit(NamedTuple):
    """A target in a fit: the reason, and the answers after a pause that its values were fitted to."""

    reason: TargetReason
    pauses: int


class Gaps(NamedTuple):
    """The histories of students on targets, with their levels, as arrays with a row for each.

    Attributes:
        practice: the answers.
        levels: the level before each answer, shape (rows, longest).
        guess: shape (rows, 1).
        slip: shape (rows, 1).
        target: the place of the row's target in `targets`, shape (rows,).
        student: a number for each student, shape (rows,).
        targets: the targets.
    """

    practice: Practice
    levels: Vector
    guess: Vector
    slip: Vector
    target: NDArray[np.int64]
    student: NDArray[np.int64]
    targets: Sequence[Target]

    def where(self, rows: NDArray[np.bool_]) -> "Gaps":
        """The same with some rows only."""
        pauses, correct, lengths = self.practice
        longest = int(lengths[rows].max(initial=1))
        return Gaps(
            Practice(pauses[rows][:, :longest], correct[rows][:, :longest], lengths[rows]),
            self.levels[rows][:, :longest],
            self.guess[rows],
            self.slip[rows],
            self.target[rows],
            self.student[rows],
            self.targets,
        )

    @property
    def ends_pause(self) -> NDArray[np.bool_]:
        """Which answers came after a pause, shape (rows, longest)."""
        places = np.arange(self.practice.pauses.shape[1])
        return (self.practice.pauses >= PAUSE_DAYS) & (places < self.practice.lengths[:, None])


class Prediction(NamedTuple):
    """Answers after a pause: P(correct), and whether they were correct."""

    p_correct: Vector
    correct: NDArray[np.bool_]

    @property
    def log_loss(self) -> float:
        """The mean negative log-likelihood; 0 is best."""
        return measure(self.p_correct, self.correct).log_loss

    @property
    def calibration_error(self) -> float:
        """The expected calibration error; 0 is best."""
        return expected_calibration_error(self.p_correct, self.correct)


class ForgettingFit(NamedTuple):
    """Fitted parameters, and what they predict on held-out students beside those in effect.

    Attributes:
        result: whether the parameters predict better.
        parameters: the fitted ones; None without enough answers after a pause.
        pauses: answers after a pause in all, and held out.
        held_out: how many of them were held out.
        before: the prediction in effect; None if nothing was held out.
        after: the fitted prediction.
        targets: each target of the histories; empty without enough answers after a pause.
    """

    result: FitResult
    parameters: ForgettingParameters | None
    pauses: int
    held_out: int
    before: Prediction | None = None
    after: Prediction | None = None
    targets: Mapping[Target, TargetFit] = MappingProxyType({})


def gaps_of(learners: Sequence[Learner], students: Sequence[int]) -> Gaps:
    """The histories of learners, each with the number of its student."""
    histories = [counted_sorted(each.evidence) for each in learners]
    practice, targets = practice_of(histories), sorted({each.target for each in learners})
    levels, places = np.full(practice.pauses.shape, 0.5), {target: place for place, target in enumerate(targets)}
    for row, history in enumerate(histories):
        levels[row, : len(history)] = levels_before(history, learners[row].tracing)
    guess, slip = (np.array([[getattr(each.tracing, name)] for each in learners]) for name in ("guess", "slip"))
    target = np.array([places[each.target] for each in learners], np.int64)
    return Gaps(practice, levels, guess, slip, target, np.array(students, np.int64), targets)


def predict(gaps: Gaps, parameters: ForgettingParameters) -> Prediction:
    """P(correct) of every answer after a pause, from the answers before it."""
    values = np.array([parameters.for_target(target) for target in gaps.targets])[gaps.target].T[:, :, None]
    chosen, chances = gaps.ends_pause, []
    for place, chance in _chances(gaps, parameters.formula, values):
        chances.append((chance[:, 0][chosen[:, place]], gaps.practice.correct[chosen[:, place], place]))
    if not chances:
        return Prediction(np.zeros(0), np.zeros(0, np.bool_))
    return Prediction(*(np.concatenate(column) for column in zip(*chances, strict=True)))


def fit_forgetting(gaps: Gaps, formula: Formula, in_effect: ForgettingParameters) -> ForgettingFit:
    """Fit a formula to three quarters of the students, and compare it with what is in effect on the others.

    Args:
        gaps: the histories.
        formula: the formula to fit.
        in_effect: what the fit must beat: it has to predict the held-out answers after a pause better.
    """
    held = gaps.student % HELD_OUT == 0
    train, test = gaps.where(~held), gaps.where(held)
    to_fit, to_judge = int(train.ends_pause.sum()), int(test.ends_pause.sum())
    if to_fit < ENOUGH_TO_FIT or to_judge < ENOUGH_TO_JUDGE:
        return ForgettingFit(FitResult.FEW_PAUSES, None, to_fit + to_judge, to_judge)
    pooled = _fit(train, formula, defaults_of(formula), POOLED_SD)
    own = {}
    counts = np.bincount(train.target, train.ends_pause.sum(axis=1), len(train.targets))
    for place in np.argsort(-counts, kind="stable")[:MOST_TARGETS]:
        if counts[place] >= ENOUGH_OF_TARGET:
            own[train.targets[place]] = _fit(train.where(train.target == place), formula, pooled, TARGET_SD)
    spread = _fit_spread(train, formula, pooled)
    candidates = [ForgettingParameters(formula, pooled, spread, targets) for targets in ({}, own)]
    predicted = [predict(test, each) for each in candidates]
    best = int(predicted[1].log_loss < predicted[0].log_loss)
    before, after = predict(test, in_effect), predicted[best]
    result = FitResult.BETTER if after.log_loss < before.log_loss else FitResult.NOT_BETTER
    reasons = {
        target: TargetFit(_reason(fitted=target in own, better=best == 1), int(count))
        for target, count in zip(train.targets, counts, strict=True)
    }
    return ForgettingFit(result, candidates[best], to_fit + to_judge, to_judge, before, after, reasons)


def _reason(*, fitted: bool, better: bool) -> TargetReason:
    if not fitted:
        return TargetReason.FEW_PAUSES
    return TargetReason.FITTED if better else TargetReason.NOT_BETTER


def _fit(gaps: Gaps, formula: Formula, near: Sequence[float], deviation: float) -> tuple[float, ...]:
    """The most probable values of the answers after a pause, near some values."""
    specs, start = VALUES[formula], np.array(near)
    places = [place for place, spec in enumerate(specs) if spec.fitted]
    centre = np.log(start[places])
    bounds = [(np.log(max(specs[place].low, 1e-3)), np.log(specs[place].high)) for place in places]

    def loss(logs: Vector) -> tuple[float, Vector]:
        shifted = np.repeat(logs[:, None], len(places) + 1, axis=1)  # the point itself, and a step along each value
        shifted[:, 1:] += STEP * np.eye(len(places))
        values = np.repeat(start[:, None], len(places) + 1, axis=1)
        values[places] = np.exp(shifted)
        losses = -_log_likelihoods(gaps, formula, values[:, None, :]).sum(axis=0)
        losses += (((shifted - centre[:, None]) / deviation) ** 2).sum(axis=0) / 2
        return float(losses[0]), (losses[1:] - losses[0]) / STEP

    solved = scipy.optimize.minimize(loss, centre, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 60})
    values = start.copy()
    values[places] = np.exp(solved.x)
    return tuple(float(np.clip(value, spec.low, spec.high)) for value, spec in zip(values, specs, strict=True))


def _fit_spread(gaps: Gaps, formula: Formula, values: Sequence[float]) -> float:
    """The spread under which the histories are most probable, of a few."""
    best = []
    for spread in SPREADS:
        rows = _log_likelihoods(gaps, formula, np.array(values)[:, None, None], paces(spread)[:, 1:])
        top = rows.max(axis=1, keepdims=True)
        best.append(float((np.log(np.exp(rows - top).mean(axis=1)) + top[:, 0]).sum()))
    return SPREADS[int(np.argmax(best))]


def _log_likelihoods(gaps: Gaps, formula: Formula, values: Vector, pace: Vector | float = 1.0) -> Vector:
    """The log-likelihood of each row's answers after a pause, shape (rows, points)."""
    chosen, total = gaps.ends_pause, np.zeros((len(gaps.student), 1))
    for place, chance in _chances(gaps, formula, values, pace):
        right = gaps.practice.correct[:, place, None]
        total = total + np.where(chosen[:, place, None], np.log(np.where(right, chance, 1 - chance)), 0.0)
    return np.asarray(total)


def _chances(gaps: Gaps, formula: Formula, values: Vector, pace: Vector | float = 1.0) -> Iterator[tuple[int, Vector]]:
    """P(correct) at each place but the first, with the place."""
    for place, recall, _ in follow(gaps.practice, FORMULAS[formula], values, pace):
        if recall is not None:
            yield place, p_correct_after(gaps.levels[:, place, None], recall, gaps.guess, gaps.slip)
