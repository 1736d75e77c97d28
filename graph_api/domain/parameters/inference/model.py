"""The model of inferred levels: one ability per student, and the evidence of neighbours in the prerequisite graph.

P(first answer correct) = E[logistic(easiness + slope · ability + neighbours)], where ability is standard normal
among students. The answers to other targets make it a posterior. n answers to a target weigh as
much as √n, because answers to one target depend on each other. `neighbours` is what the direct prerequisites and the
concepts right after show beyond their usual share of correct answers, each with one weight for the whole course.

Slopes and weights are not negative: a student who answers more correctly elsewhere never gets a lower value.

References: A. Birnbaum (1968) in F. M. Lord, M. R. Novick, "Statistical theories of mental test scores" (the
two-parameter model); R. D. Bock, M. Aitkin (1981), Psychometrika 46, 443-459 (abilities on a grid).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.special import expit, log_expit

from graph_api.domain.failures import InvalidInput
from graph_api.domain.targets import TargetKind

Matrix = NDArray[np.float64]

GRID = np.linspace(-4.0, 4.0, 17)
"""Abilities, in standard deviations of students."""
LOG_PRIOR = -(GRID**2) / 2 - np.log(np.exp(-(GRID**2) / 2).sum())
WIDTH = 1.645
"""Standard deviations on either side of a 90 % interval."""
DIGITS = 6


class TargetWeights(NamedTuple):
    """What the model knows of a target; all in logits except `share`.

    Attributes:
        easiness: of the first answer, of a student of ability 0.
        slope: of the first answer, per standard deviation of ability; at least 0.
        answers_easiness: of all answers, as evidence of ability.
        answers_slope: likewise; at least 0.
        share: of correct answers, 0 to 1.
    """

    easiness: float
    slope: float
    answers_easiness: float
    answers_slope: float
    share: float


class Columns(NamedTuple):
    """The weights of many targets, as in `TargetWeights`; each of shape (targets,)."""

    easiness: Matrix
    slope: Matrix
    answers_easiness: Matrix
    answers_slope: Matrix
    share: Matrix


class Inferred(NamedTuple):
    """P(first answer correct) with a 90 % interval; each of shape (students, targets)."""

    value: Matrix
    low: Matrix
    high: Matrix


def effective(attempts: Matrix) -> Matrix:
    """What one of n answers to a target weighs: 1/√n, 0 without answers.

    >>> effective(np.array([0.0, 1.0, 4.0])).tolist()
    [0.0, 1.0, 0.5]
    """
    return np.where(attempts > 0, 1 / np.sqrt(np.maximum(attempts, 1)), 0.0)


@dataclass(frozen=True)
class InferenceModel:
    """A fitted model for concepts or for skills.

    Attributes:
        kind: of the targets.
        targets: by concept id or skill code.
        before: of each target, its direct prerequisites that are targets of the model.
        weight_before: of the evidence of prerequisites, in logits; at least 0.
        weight_after: of the evidence of what comes right after, in logits; at least 0.

    Raises:
        InvalidInput: a slope or weight is negative, or a number is not finite.

    >>> InferenceModel(TargetKind.SKILL, {"a": TargetWeights(0.0, -1.0, 0.0, 1.0, 0.5)})
    Traceback (most recent call last):
    graph_api.domain.failures.InvalidInput: targets.a: must be finite, with slopes >= 0, got '-1.0'
    """

    kind: TargetKind
    targets: Mapping[str, TargetWeights]
    before: Mapping[str, Sequence[str]] | None = None
    weight_before: float = 0.0
    weight_after: float = 0.0

    def __post_init__(self) -> None:
        for key, own in self.targets.items():
            least = min(own.slope, own.answers_slope)
            if not np.isfinite(own).all() or least < 0:
                raise InvalidInput(f"targets.{key}", "must be finite, with slopes >= 0", str(least))
        for name in ("weight_before", "weight_after"):
            if not 0 <= getattr(self, name) < np.inf:
                raise InvalidInput(name, "must be finite and >= 0", str(getattr(self, name)))

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The targets, in order of key."""
        return tuple(sorted(self.targets))

    @cached_property
    def columns(self) -> Columns:
        """The weights of all targets, in the order of `keys`."""
        rows = np.array([self.targets[key] for key in self.keys], np.float64).reshape(-1, len(TargetWeights._fields))
        return Columns(*rows.T)

    @cached_property
    def neighbours(self) -> csr_array:
        """Shape (targets, targets): the weight of the evidence of row for column."""
        place = {key: n for n, key in enumerate(self.keys)}
        links = [(place[b], place[k]) for k, needed in (self.before or {}).items() for b in needed]
        early, late = (np.array([link[end] for link in links], np.int64) for end in (0, 1))
        values = np.repeat([self.weight_before, self.weight_after], len(links))
        cells = (np.r_[early, late], np.r_[late, early])
        return csr_array((values, cells), shape=(len(place), len(place)))

    def as_json(self) -> dict[str, Any]:
        """As stored."""
        return {
            "kind": self.kind.value,
            "targets": {key: [round(float(each), DIGITS) for each in self.targets[key]] for key in self.keys},
            "before": {key: list(needed) for key, needed in (self.before or {}).items() if needed},
            "weightBefore": round(self.weight_before, DIGITS),
            "weightAfter": round(self.weight_after, DIGITS),
        }

    @classmethod
    def of_json(cls, stored: Mapping[str, Any]) -> Self:
        """The inverse of `as_json`, up to its digits."""
        targets = {key: TargetWeights(*values) for key, values in stored["targets"].items()}
        return cls(TargetKind(stored["kind"]), targets, stored["before"], stored["weightBefore"], stored["weightAfter"])


def infer(model: InferenceModel, attempts: Matrix, correct: Matrix) -> Inferred:
    """P(first answer correct) of each student on each target of the model, from the answers to other targets.

    A value for a target that the student has answered is meaningless: it would use the answers to that target.

    Args:
        model: the fitted model.
        attempts: shape (students, targets), answers that count, in the order of `model.keys`.
        correct: shape (students, targets), how many of them are correct.

    Raises:
        InvalidInput: there are more correct answers than answers, or fewer than 0.

    >>> own = TargetWeights(0.0, 1.0, 0.0, 1.0, 0.5)
    >>> model = InferenceModel(TargetKind.SKILL, {"a": own, "b": own})
    >>> none, good = infer(model, np.array([[0.0, 0.0], [4.0, 0.0]]), np.array([[0.0, 0.0], [4.0, 0.0]])).value
    >>> round(float(none[1]), 3), round(float(good[1]), 3)
    (0.5, 0.648)
    """
    attempts, correct = np.asarray(attempts, np.float64), np.asarray(correct, np.float64)
    if (correct < 0).any() or (correct > attempts).any():
        raise InvalidInput("correct", "must be from 0 to the number of attempts", str(float(correct.max())))
    columns, weight = model.columns, effective(attempts)
    logits = columns.answers_easiness[:, None] + columns.answers_slope[:, None] * GRID
    evidence = (weight * correct) @ log_expit(logits) + (weight * (attempts - correct)) @ log_expit(-logits)
    beyond = weight * (correct - attempts * columns.share)
    return first_answers(columns, posterior(evidence), columns.easiness + beyond @ model.neighbours)


def posterior(evidence: Matrix) -> Matrix:
    """Posteriors of ability on the grid, from log-likelihoods; shape (rows, grid)."""
    return posterior_of(evidence + LOG_PRIOR)


def posterior_of(logs: Matrix) -> Matrix:
    """Probabilities from their logarithms up to a constant; shape (rows, grid)."""
    chance = np.exp(logs - logs.max(axis=1, keepdims=True))
    return np.asarray(chance / chance.sum(axis=1, keepdims=True))


def first_answers(columns: Columns, ability: Matrix, easiness: Matrix) -> Inferred:
    """P(first answer correct) from posteriors of ability.

    Args:
        columns: of the targets.
        ability: shape (students, grid).
        easiness: shape (students, targets), with the evidence of neighbours.
    """
    slope, value = columns.slope, np.zeros(easiness.shape)
    for place, point in enumerate(GRID):
        value += ability[:, place, None] * expit(easiness + slope * point)
    mean = ability @ GRID
    spread = WIDTH * np.sqrt(np.maximum(ability @ GRID**2 - mean**2, 0))
    low, high = (expit(easiness + slope * (mean + side * spread)[:, None]) for side in (-1, 1))
    value = np.clip(value, 0.0, 1.0)
    return Inferred(value, np.minimum(low, value), np.maximum(high, value))
