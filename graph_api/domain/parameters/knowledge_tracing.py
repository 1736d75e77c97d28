"""Bayesian Knowledge Tracing (B1-B3): one student, one target, one answer at a time.

Notation: L level, the probability that the student knows the target; prior P(L0), learn P(T), guess P(G),
slip P(S). See docs/models.md for the derivation.

Reference: A. T. Corbett, J. R. Anderson (1995), "Knowledge tracing: Modeling the acquisition of procedural
knowledge", User Modeling and User-Adapted Interaction 4, 253-278.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
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


def posterior(level: float, *, correct: bool, parameters: Parameters) -> float:
    """P(known | answer) by Bayes' rule (B2); an answer that was impossible leaves the level unchanged.

    Correct: L(1-S) / (L(1-S) + (1-L)G). Incorrect: L·S / (L·S + (1-L)(1-G)).

    >>> round(posterior(0.3, correct=True, parameters=Parameters(0.3, 0.09, 0.2, 0.1)), 6)
    0.658537
    """
    if correct:
        known, unknown = level * (1 - parameters.slip), (1 - level) * parameters.guess
    else:
        known, unknown = level * parameters.slip, (1 - level) * (1 - parameters.guess)
    evidence = known + unknown
    return known / evidence if evidence > 0 else level


def update(level: float, *, correct: bool, parameters: Parameters) -> Step:
    """One answer: posterior, then learning L' = posterior·(1 - F) + (1 - posterior)·T, then the clamp.

    >>> step = update(0.1, correct=True, parameters=Parameters(0.1, 0.2, 0.25, 0.1))
    >>> round(step.after, 6)
    0.428571
    """
    given_answer = posterior(level, correct=correct, parameters=parameters)
    after = given_answer * (1 - parameters.forget) + (1 - given_answer) * parameters.learn
    return Step(level, p_correct(level, parameters), given_answer, clamp(after))


def trace(answers: Iterable[bool], parameters: Parameters, level: float | None = None) -> list[Step]:
    """A sequence of answers in time order, from `level` (default: the prior, clamped).

    A sequence equals the same answers one by one, because the clamp follows every answer (B3).

    >>> [round(step.after, 4) for step in trace([True, True, False], Parameters(0.3, 0.09, 0.2, 0.1))]
    [0.6893, 0.9171, 0.6182]
    """
    current = clamp(parameters.prior) if level is None else level
    steps: list[Step] = []
    for correct in answers:
        step = update(current, correct=correct, parameters=parameters)
        steps.append(step)
        current = step.after
    return steps
