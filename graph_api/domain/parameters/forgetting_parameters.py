"""Parameters of forgetting: a formula, its values for all targets, and values of their own for some (Q9)."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple, Self

from graph_api.domain.failures import InvalidInput, shown
from graph_api.domain.targets import Target, TargetKind

MOST_TARGETS = 20_000
LOWEST_SPREAD, HIGHEST_SPREAD = 0.01, 3.0


class Formula(StrEnum):
    """How the probability of recall falls, and what practice does to it."""

    HALF_LIFE = "HALF_LIFE"
    FSRS_6 = "FSRS_6"


class Value(NamedTuple):
    """A value of a formula: its name, its default, its bounds, and whether a fit changes it."""

    name: str
    default: float
    low: float
    high: float
    fitted: bool = True


SCALE_OF_HALF_LIFE = math.log(0.5) / math.log(0.9)
"""Half-lives per interval in which recall falls to 0.9, if recall falls exponentially: 6.58."""

HALF_LIFE_VALUES = (
    Value("startCorrect", round(2.3065 * SCALE_OF_HALF_LIFE, 4), 1 / 96, 274.0),
    Value("startIncorrect", round(0.212 * SCALE_OF_HALF_LIFE, 4), 1 / 96, 274.0),
    Value("gain", 2.0, 1.0, 8.0),
    Value("loss", 2.0, 1.0, 16.0),
)
"""Half-lives after a correct and an incorrect first answer, in days; what a correct answer multiplies the half-life by
if recall was one half; what an incorrect one divides it by.

The starts are those of FSRS-6, which stand on some hundred million reviews: they give the same recall of 0.9. Doubling
and halving are Leitner's.
"""

FSRS_6_VALUES = tuple(
    Value(f"w{place}", default, low, high, fitted=place in {0, 2, 8, 11, 20})
    for place, (default, low, high) in enumerate(
        (
            (0.212, 0.001, 100.0),
            (1.2931, 0.001, 100.0),
            (2.3065, 0.001, 100.0),
            (8.2956, 0.001, 100.0),
            (6.4133, 1.0, 10.0),
            (0.8334, 0.001, 4.0),
            (3.0194, 0.001, 4.0),
            (0.001, 0.001, 0.75),
            (1.8722, 0.0, 4.5),
            (0.1666, 0.0, 0.8),
            (0.796, 0.001, 3.5),
            (1.4835, 0.001, 5.0),
            (0.0614, 0.001, 0.25),
            (0.2629, 0.001, 0.9),
            (1.6483, 0.0, 4.0),
            (0.6014, 0.0, 1.0),
            (1.8729, 1.0, 6.0),
            (0.5425, 0.0, 2.0),
            (0.0912, 0.0, 2.0),
            (0.0658, 0.0, 0.8),
            (0.1542, 0.1, 0.8),
        )
    )
)
"""The 21 weights of FSRS-6 with their published defaults and bounds. A fit changes those that two grades identify."""

VALUES: Mapping[Formula, tuple[Value, ...]] = {Formula.HALF_LIFE: HALF_LIFE_VALUES, Formula.FSRS_6: FSRS_6_VALUES}


def defaults_of(formula: Formula) -> tuple[float, ...]:
    """The default values of a formula.

    >>> defaults_of(Formula.HALF_LIFE)
    (15.174, 1.3947, 2.0, 2.0)
    """
    return tuple(value.default for value in VALUES[formula])


def checked(formula: Formula, values: Iterable[float], name: str) -> tuple[float, ...]:
    """The values, within their bounds.

    Raises:
        InvalidInput: a value is missing, surplus or out of bounds.
    """
    given, specs = tuple(float(value) for value in values), VALUES[formula]
    if len(given) != len(specs):
        raise InvalidInput(name, f"must have {len(specs)} values for {formula}", str(len(given)))
    for value, spec in zip(given, specs, strict=True):
        if not spec.low <= value <= spec.high:
            raise InvalidInput(f"{name}.{spec.name}", f"must be from {spec.low:g} to {spec.high:g}", shown(value))
    return given


@dataclass(frozen=True)
class ForgettingParameters:
    """A formula and its values. What is not given takes its default.

    Attributes:
        formula: how recall falls, and what practice does to it.
        values: of all targets without values of their own; empty: the defaults of the formula.
        spread: how much the half-lives of students differ, as the standard deviation of their natural logarithm.
        targets: the values of some targets.

    Raises:
        InvalidInput: naming the value, its bounds and what was given.

    >>> ForgettingParameters(Formula.HALF_LIFE, (1.0, 1.0, 0.5, 2.0))
    Traceback (most recent call last):
    graph_api.domain.failures.InvalidInput: values.gain: must be from 1 to 8, got '0.5'
    """

    formula: Formula = Formula.FSRS_6
    values: tuple[float, ...] = ()
    spread: float = 1.0
    targets: Mapping[Target, tuple[float, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", checked(self.formula, self.values or defaults_of(self.formula), "values"))
        if not LOWEST_SPREAD <= self.spread <= HIGHEST_SPREAD:
            raise InvalidInput("spread", f"must be from {LOWEST_SPREAD:g} to {HIGHEST_SPREAD:g}", shown(self.spread))
        if len(self.targets) > MOST_TARGETS:
            raise InvalidInput("targets", f"must be at most {MOST_TARGETS}", str(len(self.targets)))
        own = {
            target: checked(self.formula, values, f"targets.{target.key}") for target, values in self.targets.items()
        }
        object.__setattr__(self, "targets", own)

    def for_target(self, target: Target) -> tuple[float, ...]:
        """The values of a target: its own, or those of all.

        >>> cases = Target(TargetKind.SKILL, "cases")
        >>> own = ForgettingParameters(Formula.HALF_LIFE, targets={cases: (9.0, 1.0, 2.0, 2.0)})
        >>> own.for_target(cases)[0], own.for_target(Target(TargetKind.SKILL, "verbs"))[0]
        (9.0, 15.174)
        """
        return self.targets.get(target, self.values)

    def as_json(self) -> dict[str, Any]:
        """As stored."""
        own: dict[str, dict[str, list[float]]] = {kind.value: {} for kind in TargetKind}
        for target, values in self.targets.items():
            own[target.kind.value][target.key] = list(values)
        return {"formula": self.formula.value, "values": list(self.values), "spread": self.spread, "targets": own}

    @classmethod
    def of_json(cls, stored: Mapping[str, Any]) -> Self:
        """The inverse of `as_json`."""
        own = {
            Target(TargetKind(kind), key): tuple(values)
            for kind, of_kind in stored["targets"].items()
            for key, values in of_kind.items()
        }
        return cls(Formula(stored["formula"]), tuple(stored["values"]), stored["spread"], own)


@dataclass(frozen=True, slots=True)
class ForgettingParameterSet:
    """One version of the parameters. `id` is `name-vN` and never means anything else again."""

    id: str
    name: str
    version: int
    parameters: ForgettingParameters
    created_at: datetime | None = None


DEFAULT_PARAMETERS = ForgettingParameters()
DEFAULT_SET = ForgettingParameterSet("fsrs-v0", "fsrs", 0, DEFAULT_PARAMETERS)
HALF_LIFE_SET = ForgettingParameterSet("half-life-v0", "half-life", 0, ForgettingParameters(Formula.HALF_LIFE))
SUPPLIED_SETS = (DEFAULT_SET, HALF_LIFE_SET)
"""The versions that the service stores at its start, one for each formula."""
