"""Fit, and judge each fit against the parameters in effect (B7, B8)."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from graph_api.domain.parameters.fitting.activation import ActivationRules, Flag, Trial, chance_of_gain, flags, refusal
from graph_api.domain.parameters.fitting.expectation import log_likelihood
from graph_api.domain.parameters.fitting.fit import Fit, FitOptions, fit
from graph_api.domain.parameters.fitting.guard_rails import GuardRails, Reason
from graph_api.domain.parameters.fitting.held_out import deal, foresee_held_out, share_held_out
from graph_api.domain.parameters.fitting.histories import Histories
from graph_api.domain.parameters.fitting.layout import Kind, Layout, Vector
from graph_api.domain.parameters.fitting.prediction import predict
from graph_api.domain.parameters.fitting.prefix_tree import PrefixTree
from graph_api.domain.parameters.knowledge_tracing import Parameters, p_correct
from graph_api.domain.parameters.prediction_metrics import Metrics, calibration_error, measure

DEFAULT_RULES = ActivationRules()
SAME = 1e-6
"""A log-likelihood that is higher by less than this share is not an improvement: fitting again changes nothing."""


class Fitted(NamedTuple):
    """The fit of one target; the fields are those of `FitRecord`."""

    parameters: Parameters
    log_likelihood_before: float
    log_likelihood: float
    iterations: int
    converged: bool
    standard_errors: Sequence[float | None]
    before: Metrics
    held_out: Metrics
    mastered_correct: float
    calibration_before: float
    calibration: float
    chance: float
    flags: Sequence[Flag]


class Verdict(NamedTuple):
    """The outcome for one target; `fitted` is None if a guard rail excluded it."""

    reason: Reason
    answers: int
    students: int
    fitted: Fitted | None


class Attempt(NamedTuple):
    """A way to fit all targets, and its predictions of students that it has not seen.

    Attributes:
        fits: to all students.
        errors: the standard errors of the parameters.
        parameters: of each target.
        held_out: shape (answers,), P(correct) by fits to the other folds' students.
        levels: shape (answers,), the level before each answer under these fits.
    """

    fits: Fit
    errors: Vector
    parameters: Sequence[Parameters]
    held_out: Vector
    levels: Vector

    @classmethod
    def of(cls, fitting: Histories, options: FitOptions, fold: NDArray[np.int64]) -> "Attempt":
        """Fit once for each fold, and once to all."""
        held_out, levels = foresee_held_out(fitting, options, fold)
        fits = fit(fitting, options)
        return cls(fits, fits.standard_errors(fitting), fits.by_target(), held_out, levels)


class Judgement(NamedTuple):
    """The verdict on each target, and the predictions behind them.

    Attributes:
        verdicts: one per target.
        correct: shape (answers of fitted targets,).
        before: P(correct) of these answers under the parameters in effect.
        held_out: P(correct) of these answers by fits to the other folds' students.
    """

    verdicts: Sequence[Verdict]
    correct: NDArray[np.bool_]
    before: Vector
    held_out: Vector


def judge(  # noqa: PLR0913 - evidence, rival, and how
    histories: Histories,
    in_effect: Sequence[Parameters],
    options: FitOptions,
    rails: GuardRails,
    *,
    folds: int,
    rng: np.random.Generator,
    rules: ActivationRules = DEFAULT_RULES,
    alternatives: Sequence[FitOptions] = (),
) -> Judgement:
    """Fit every target that the guard rails let through, and compare it with the set in effect.

    Predictions are those that the service would make, level clamped. Those of the new parameters come from fits that
    have not seen the student; those in effect may have, which favours them. See
    `refusal` for the rules that a fit must meet.

    Args:
        histories: the answers of all targets.
        in_effect: the parameters of each target now.
        options: how to fit.
        rails: what a target needs to be fitted.
        folds: how many parts the students are dealt into.
        rng: deals the students.
        rules: what a fit must mean, and by how much it must win.
        alternatives: other ways to fit. Each target keeps the way that predicts its held-out answers best; of equal
            ones, the first.

    Raises:
        InvalidInput: there are not 2 to 20 folds.
    """
    obstacles = rails.obstacles(histories)
    fitting = histories.choose(np.array([reason is None for reason in obstacles], np.bool_)[histories.target])
    fold = deal(fitting, folds, rng)
    now = Layout.of(fitting, options.bounds, forgetting=True)
    before = predict(fitting, now, now.spread(in_effect))
    likelihood_before = log_likelihood(PrefixTree.grow(fitting), now, now.spread(in_effect))
    attempts = [Attempt.of(fitting, each, fold) for each in (options, *alternatives)]
    held_out = attempts[0].held_out.copy()
    share = share_held_out(fitting, fold)
    edges = np.searchsorted(fitting.target, np.arange(histories.targets + 1))
    answers, students = (
        np.bincount(histories.target, weights, minlength=histories.targets).astype(int).tolist()
        for weights in (histories.lengths, np.ones(len(histories.target)))
    )
    verdicts: list[Verdict] = []
    for target, obstacle in enumerate(obstacles):
        if obstacle is not None:
            verdicts.append(Verdict(obstacle, answers[target], students[target], None))
            continue
        own = slice(*fitting.starts[edges[target : target + 2]].tolist())
        sequences = fitting.sequence[own]
        tried = [measure(each.held_out[own], fitting.correct[own]) for each in attempts]
        place = min(range(len(tried)), key=[each.log_loss for each in tried].__getitem__)
        best = attempts[place]
        fits, parameters = best.fits, best.parameters
        held_out[own] = best.held_out[own]
        trial = Trial(
            fitting.correct[own],
            sequences - sequences[0],
            fold[sequences],
            before[own],
            held_out[own],
            best.levels[own],
            share[own],
            measure(before[own], fitting.correct[own]),
            tried[place],
        )
        layout, source = fits.layout.replicate(np.array([target]))
        fitted = Fitted(
            parameters=parameters[target],
            log_likelihood_before=float(likelihood_before[target]),
            log_likelihood=float(fits.log_likelihood[target]),
            iterations=int(fits.iterations[target]),
            converged=bool(fits.converged[target]),
            standard_errors=_errors(fits.layout, best.errors, target),
            before=trial.metrics_before,
            held_out=trial.metrics,
            mastered_correct=p_correct(rules.mastered, parameters[target]),
            calibration_before=calibration_error(trial.before, trial.correct),
            calibration=calibration_error(trial.held_out, trial.correct),
            chance=chance_of_gain(trial.before, trial),
            flags=flags(layout, fits.parameters[source], converged=bool(fits.converged[target])),
        )
        no_higher = fitted.log_likelihood <= fitted.log_likelihood_before + SAME * abs(fitted.log_likelihood_before)
        refused = Reason.NO_IMPROVEMENT if no_higher else refusal(fitted.parameters, options.bounds, trial, rules)
        verdicts.append(Verdict(refused or Reason.IMPROVED, answers[target], students[target], fitted))
    return Judgement(verdicts, fitting.correct, before, held_out)


def _errors(layout: Layout, errors: Vector, target: int) -> list[float | None]:
    values = (float(errors[layout.blocks[k]][target]) for k in (Kind.PRIOR, Kind.LEARN, Kind.GUESS, Kind.SLIP))
    return [None if np.isnan(error) else error for error in values]
