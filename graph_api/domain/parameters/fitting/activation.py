"""What a fit would mean if it came into effect, and whether it may (B8)."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, stdtr

from graph_api.domain.failures import InvalidInput, shown
from graph_api.domain.parameters.fitting.guard_rails import Reason
from graph_api.domain.parameters.fitting.layout import Bounds, Kind, Layout, Vector
from graph_api.domain.parameters.fitting.standard_errors import NEAR_BOUND, NEAR_CERTAIN, at_bound
from graph_api.domain.parameters.knowledge_tracing import Parameters, p_correct
from graph_api.domain.parameters.prediction_metrics import Metrics, calibration_error, losses_of_answers, measure

LARGEST_SUM = 0.6
"""By default a fit that may come into effect has guess + slip at most this."""
RANKING_KEPT, RANKING_TOLERANCE = 2 / 3, 0.01
"""The AUC must keep this share of its distance to one half, less the tolerance: small classes vary that much."""
NEAR_SUM = 0.02
"""A fit whose guess + slip is nearer to the bound is flagged."""
CALIBRATION_TOLERANCE = 0.02
"""The calibration error may rise by this."""
SHARE_CONFIDENCE = 0.95
SHARE_SIGNIFICANCE = 0.02
"""The one-sided level at which a fit must predict better than the plain share of correct answers."""


class Flag(StrEnum):
    """What to know about a fit before relying on its numbers."""

    PRIOR_AT_BOUND = "PRIOR_AT_BOUND"
    LEARN_AT_BOUND = "LEARN_AT_BOUND"
    FORGET_AT_BOUND = "FORGET_AT_BOUND"
    GUESS_AT_BOUND = "GUESS_AT_BOUND"
    SLIP_AT_BOUND = "SLIP_AT_BOUND"
    GUESS_PLUS_SLIP_LARGE = "GUESS_PLUS_SLIP_LARGE"
    """Guess + slip is above 0.6, or within 0.02 of that or its bound: answers inform little about the state."""
    NOT_CONVERGED = "NOT_CONVERGED"


@dataclass(frozen=True, slots=True)
class ActivationRules:
    """What a fit must mean, and by how much it must win, before it may come into effect.

    Attributes:
        mastered: the level from which a target is MASTERED.
        min_mastered_correct: the least P(next answer correct) at that level.
        significance: the one-sided level of the paired test over held-out students.

    >>> ActivationRules(min_mastered_correct=1)
    Traceback (most recent call last):
    graph_api.domain.failures.InvalidInput: minMasteredCorrect: must be >= 0 and < 1, got '1'
    """

    mastered: float = 0.95
    min_mastered_correct: float = 0.7
    significance: float = 0.05

    def __post_init__(self) -> None:
        if not 0 <= self.min_mastered_correct < 1:
            raise InvalidInput("minMasteredCorrect", "must be >= 0 and < 1", shown(self.min_mastered_correct))
        if not 0 < self.significance <= 0.5:  # noqa: PLR2004 - no margin at all
            raise InvalidInput("significance", "must be > 0 and <= 0.5", shown(self.significance))


class Trial(NamedTuple):
    """The held-out predictions of one fit beside those of the set in effect.

    Attributes:
        correct: shape (answers,).
        sequence: shape (answers,), int; which student each answer is of, 0..students - 1.
        fold: shape (answers,), int; which fit predicts each answer: predictions are ranked within a fold only.
        before: shape (answers,); P(correct) under the set in effect.
        held_out: shape (answers,); P(correct) by fits that have not seen the student.
        level: shape (answers,); the level before the answer under these fits.
        share: shape (answers,); the share of correct answers among the other students.
        metrics_before: of `before`.
        metrics: of `held_out`.
    """

    correct: NDArray[np.bool_]
    sequence: NDArray[np.int64]
    fold: NDArray[np.int64]
    before: Vector
    held_out: Vector
    level: Vector
    share: Vector
    metrics_before: Metrics
    metrics: Metrics


def refusal(parameters: Parameters, bounds: Bounds, trial: Trial, rules: ActivationRules) -> Reason | None:
    """Why a fit must not come into effect; None if it may. The first rule that is broken, in the order of `Reason`."""
    before, after = (calibration_error(predicted, trial.correct) for predicted in (trial.before, trial.held_out))
    rank_before, rank = (_ranking(predicted, trial) for predicted in (trial.before, trial.held_out))
    broken = (
        (not _masters(parameters, trial, rules), Reason.MASTERED_TOO_UNCERTAIN),
        (has_meaningless_states(parameters, bounds), Reason.STATES_AT_BOUND),
        (trial.metrics.log_loss >= trial.metrics_before.log_loss, Reason.WORSE_ON_HELD_OUT),
        (chance_of_gain(trial.share, trial) > SHARE_SIGNIFICANCE, Reason.NO_BETTER_THAN_SHARE),
        (rank - 0.5 < (rank_before - 0.5) * RANKING_KEPT - RANKING_TOLERANCE, Reason.WORSE_RANKING),
        (after > before + CALIBRATION_TOLERANCE, Reason.WORSE_CALIBRATION),
        (chance_of_gain(trial.before, trial) > rules.significance, Reason.WITHIN_CHANCE),
    )
    return next((reason for is_broken, reason in broken if is_broken), None)


def refusal_by_values(parameters: Parameters, bounds: Bounds, rules: ActivationRules) -> Reason | None:
    """Why the values alone forbid that a fit comes into effect, without held-out students; None if they do not.

    >>> refusal_by_values(Parameters(0.4, 0.1, 0.2, 0.1), Bounds(), ActivationRules())
    >>> refusal_by_values(Parameters(0.4, 0.1, 0.2, 0.45), Bounds(), ActivationRules())
    <Reason.MASTERED_TOO_UNCERTAIN: 'MASTERED_TOO_UNCERTAIN'>
    """
    if p_correct(rules.mastered, parameters) < rules.min_mastered_correct:
        return Reason.MASTERED_TOO_UNCERTAIN
    return Reason.STATES_AT_BOUND if has_meaningless_states(parameters, bounds) else None


def chance_of_gain(rival: Vector, trial: Trial) -> float:
    """How likely chance alone makes the log-loss of a rival's predictions exceed that of the fit by this much.

    It is the p-value of a one-sided, paired t-test over students.

    Each student is one observation, because the answers of a student depend on each other.

    Reference: T. G. Dietterich (1998), "Approximate statistical tests for comparing supervised classification learning
    algorithms", Neural Computation 10, 1895-1923.
    """
    return chance_of_sums(_losses(rival, trial) - _losses(trial.held_out, trial))


def chance_of_sums(gains: Vector) -> float:
    """How likely chance alone makes the mean of gains as large: the p-value of a one-sided t-test.

    Args:
        gains: shape (students,); by how much the log-loss of each student's answers, summed, is lower.

    >>> chance_of_sums(np.array([1.0, 1.0])), chance_of_sums(np.array([0.5])), chance_of_sums(np.array([-1.0, 1.0]))
    (0.0, 1.0, 0.5)
    """
    students = len(gains)
    if students < 2:  # noqa: PLR2004 - no spread
        return 1.0
    spread = gains.std(ddof=1) / np.sqrt(students)
    if spread == 0:
        return float(gains.mean() <= 0)
    return float(stdtr(students - 1, -gains.mean() / spread))


def has_meaningless_states(parameters: Parameters, bounds: Bounds) -> bool:
    """Whether bounds leave one state without students, or make both answer alike.

    >>> has_meaningless_states(Parameters(0.99999, 0.1, 0.2, 0.1), Bounds())
    True
    >>> has_meaningless_states(Parameters(0.4, 0.1, 0.2, 0.1), Bounds())
    False
    """
    none_unknown = max(parameters.prior, parameters.learn) >= 1 - NEAR_BOUND
    none_known = max(parameters.prior, parameters.learn) <= NEAR_CERTAIN
    alike = parameters.guess + parameters.slip >= 1 - 2 * NEAR_BOUND
    both = parameters.guess >= bounds.guess - NEAR_BOUND and parameters.slip >= bounds.slip - NEAR_BOUND
    return none_unknown or none_known or alike or both


def flags(layout: Layout, parameters: Vector, *, converged: bool) -> Sequence[Flag]:
    """What to know about a fit of one target.

    Args:
        layout: of one target.
        parameters: shape (parameters,).
        converged: whether the climb ended.
    """
    near = at_bound(layout, parameters)
    names = {Kind.PRIOR: Flag.PRIOR_AT_BOUND, Kind.LEARN: Flag.LEARN_AT_BOUND, Kind.FORGET: Flag.FORGET_AT_BOUND}
    raised = [flag for kind, flag in names.items() if near[layout.blocks[kind]].any()]
    total = 0.0
    for kind, flag in ((Kind.GUESS, Flag.GUESS_AT_BOUND), (Kind.SLIP, Flag.SLIP_AT_BOUND)):
        value = float(parameters[layout.blocks[kind]][0])
        total += value
        if value >= layout.high[layout.blocks[kind]][0] - NEAR_BOUND or value <= NEAR_CERTAIN:
            raised.append(flag)
    if total >= min(layout.bounds.largest_sum, LARGEST_SUM) - NEAR_SUM:
        raised.append(Flag.GUESS_PLUS_SLIP_LARGE)
    return raised if converged else [*raised, Flag.NOT_CONVERGED]


def _masters(parameters: Parameters, trial: Trial, rules: ActivationRules) -> bool:
    """Whether MASTERED means what it should: by the model, and by the answers that followed, as far as these allow."""
    if p_correct(rules.mastered, parameters) < rules.min_mastered_correct:
        return False
    answers = trial.correct[trial.level >= rules.mastered]
    correct = int(answers.sum())
    if correct == len(answers):
        return True
    highest = float(betaincinv(correct + 1, len(answers) - correct, SHARE_CONFIDENCE))  # Clopper-Pearson
    return highest >= rules.min_mastered_correct


def _ranking(predicted: Vector, trial: Trial) -> float:
    """The AUC within folds, weighted by their pairs of a correct and an incorrect answer; one half without pairs.

    Across folds it would compare predictions of different fits, and a fold whose students answered correctly more often
    is predicted by a fit to others, who did so less often: pooled, a worthless fit has an AUC well below one half.
    """
    auc, weight = [0.5], [0.0]
    for each in np.unique(trial.fold):
        own = trial.fold == each
        of_fold = measure(predicted[own], trial.correct[own]).auc
        if of_fold is not None:
            correct = int(trial.correct[own].sum())
            auc.append(of_fold)
            weight.append(float(correct * (np.count_nonzero(own) - correct)))
    return float(np.dot(auc, weight) / sum(weight)) if sum(weight) else 0.5


def _losses(predicted: Vector, trial: Trial) -> Vector:
    """The log-loss of each student's answers, summed: shape (students,)."""
    return np.asarray(np.bincount(trial.sequence, losses_of_answers(predicted, trial.correct)), np.float64)
