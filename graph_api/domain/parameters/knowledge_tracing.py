"""Bayesian Knowledge Tracing (B1-B3): one student, one target, one answer at a time.

Notation: L level, the probability that the student knows the target; prior P(L0), learn P(T), guess P(G),
slip P(S). See docs/models.md for the derivation.

Reference: A. T. Corbett, J. R. Anderson (1995), "Knowledge tracing: Modeling the acquisition of procedural
knowledge", User Modeling and User-Adapted Interaction 4, 253-278.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import repeat
from typing import NamedTuple

from graph_api.domain.failures import InvalidInput, shown

LOWEST_LEVEL = 0.01
HIGHEST_LEVEL = 0.99


@dataclass(frozen=True, slots=True)
class Parameters:
    """The four parameters of a target, each a probability strictly between 0 and 1, with guess + slip < 1.

    `forget` is the chance to forget at an opportunity: 0 in the standard model, which never forgets.

    Raises:
        InvalidInput: naming the parameter, the rule and the value.

    >>> Parameters(prior=0.1, learn=0.2, guess=0.25, slip=0.1).guess
    0.25
    >>> Parameters(prior=0.1, learn=0.2, guess=0.6, slip=0.5)
    Traceback (most recent call last):
    graph_api.domain.failures.InvalidInput: guess + slip: must be < 1, got '1.1'
    """

    prior: float
    learn: float
    guess: float
    slip: float
    forget: float = 0.0

    def __post_init__(self) -> None:
        for name in ("prior", "learn", "guess", "slip"):
            value = getattr(self, name)
            if not (math.isfinite(value) and 0 < value < 1):
                raise InvalidInput(name, "must be > 0 and < 1", shown(value))
        if not 0 <= self.forget < 1:
            raise InvalidInput("forget", "must be >= 0 and < 1", shown(self.forget))
        if self.guess + self.slip >= 1:
            raise InvalidInput("guess + slip", "must be < 1", shown(self.guess + self.slip))


class Step(NamedTuple):
    """What one answer did: level before, P(correct) before, posterior given the answer, level after learning."""

    before: float
    p_correct: float
    posterior: float
    after: float


def clamp(level: float) -> float:
    """Keep a level in [0.01, 0.99] (B3), so that no number of answers makes it immovable."""
    return min(max(level, LOWEST_LEVEL), HIGHEST_LEVEL)


def p_correct(level: float, parameters: Parameters) -> float:
    """P(next answer correct) = L(1-S) + (1-L)G.

    >>> round(p_correct(0.1, Parameters(0.1, 0.2, 0.25, 0.1)), 3)
    0.315
    """
    return level * (1 - parameters.slip) + (1 - level) * parameters.guess


def posterior(level: float, *, correct: bool, parameters: Parameters, weight: float = 1.0) -> float:
    """P(known | answer) by Bayes' rule (B2); an answer that was impossible leaves the level unchanged.

    Correct: L(1-S) / (L(1-S) + (1-L)G). Incorrect: L·S / (L·S + (1-L)(1-G)). The likelihoods are raised to the power of
    the weight: two answers of weight 0.5 say as much as one of weight 1.

    >>> round(posterior(0.3, correct=True, parameters=Parameters(0.3, 0.09, 0.2, 0.1)), 6)
    0.658537
    >>> round(posterior(0.3, correct=True, parameters=Parameters(0.3, 0.09, 0.2, 0.1), weight=0.5), 6)
    0.476203
    """
    known, unknown = 1 - parameters.slip, parameters.guess
    if not correct:
        known, unknown = parameters.slip, 1 - parameters.guess
    if weight != 1:
        known, unknown = known**weight, unknown**weight
    known, unknown = level * known, (1 - level) * unknown
    evidence = known + unknown
    return known / evidence if evidence > 0 else level


def update(level: float, *, correct: bool, parameters: Parameters, weight: float = 1.0) -> Step:
    """One answer: posterior, then learning L' = posterior·(1 - F) + (1 - posterior)·T, then the clamp.

    An answer of weight 0 is no opportunity: it leaves the level unchanged. Any other weight, up to 1, is one.

    >>> step = update(0.1, correct=True, parameters=Parameters(0.1, 0.2, 0.25, 0.1))
    >>> round(step.after, 6)
    0.428571
    """
    if weight == 0:
        return Step(level, p_correct(level, parameters), level, level)
    given_answer = posterior(level, correct=correct, parameters=parameters, weight=weight)
    after = given_answer * (1 - parameters.forget) + (1 - given_answer) * parameters.learn
    return Step(level, p_correct(level, parameters), given_answer, clamp(after))


def trace(
    answers: Iterable[bool],
    parameters: Parameters,
    level: float | None = None,
    weights: Iterable[float] = repeat(1.0),
) -> list[Step]:
    """A sequence of answers in time order, from `level` (default: the prior, clamped), each with a weight (default: 1).

    A sequence equals the same answers one by one, because the clamp follows every answer (B3).

    >>> [round(step.after, 4) for step in trace([True, True, False], Parameters(0.3, 0.09, 0.2, 0.1))]
    [0.6893, 0.9171, 0.6182]
    """
    current = clamp(parameters.prior) if level is None else level
    steps: list[Step] = []
    for correct, weight in zip(answers, weights, strict=False):
        step = update(current, correct=correct, parameters=parameters, weight=weight)
        steps.append(step)
        current = step.after
    return steps


def last_level(level: float, outcomes: Iterable[float], parameters: Parameters) -> float:
    """The level after a sequence of answers, with the digits of `trace`, for histories of many thousand answers.

    Args:
        level: the level before them.
        outcomes: the weight of each answer, above 0 if it counts as correct and below 0 if not.
        parameters: of the target.

    >>> round(last_level(0.3, [1, 1, -1], Parameters(0.3, 0.09, 0.2, 0.1)), 4)
    0.6182
    """
    learn, retained = parameters.learn, 1 - parameters.forget
    likelihoods = {
        True: (1 - parameters.slip, parameters.guess),
        False: (parameters.slip, 1 - parameters.guess),
    }
    of_weights = {1.0: likelihoods[True], -1.0: likelihoods[False]}
    for outcome in outcomes:
        likelihood = of_weights.get(outcome)
        if likelihood is None:
            known, unknown = likelihoods[outcome > 0]
            likelihood = of_weights[outcome] = known ** abs(outcome), unknown ** abs(outcome)
        known, unknown = level * likelihood[0], (1 - level) * likelihood[1]
        evidence = known + unknown
        given_answer = known / evidence if evidence > 0 else level
        level = given_answer * retained + (1 - given_answer) * learn
        if level < LOWEST_LEVEL:  # `clamp` would take half of the time
            level = LOWEST_LEVEL
        elif level > HIGHEST_LEVEL:
            level = HIGHEST_LEVEL
    return level
