"""Parameter sets: immutable, named versions of the four parameters, and which one is in effect (B1, B2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Self

from graph_api.domain.parameters.knowledge_tracing import Parameters, clamp
from graph_api.domain.parameters.prediction_metrics import Metrics
from graph_api.domain.targets import Target, TargetKind


class Origin(StrEnum):
    """Where a parameter set came from."""

    DEFAULT = "DEFAULT"
    WRITTEN = "WRITTEN"
    FITTED = "FITTED"


@dataclass(frozen=True, slots=True)
class ParameterSet:
    """One version of the parameters. `id` is `name-vN` and never means anything else again.

    `created_at` is when it was stored; None until it is.
    """

    id: str
    name: str
    version: int
    parameters: Parameters
    origin: Origin
    created_at: datetime | None = None

    @classmethod
    def of(cls, name: str, version: int, parameters: Parameters, origin: Origin) -> Self:
        """A version, named as all are.

        >>> ParameterSet.of("strict", 2, Parameters(0.1, 0.2, 0.1, 0.1), Origin.WRITTEN).id
        'strict-v2'
        """
        return cls(f"{name}-v{version}", name, version, parameters, origin)

    @property
    def start(self) -> float:
        """The level before the first answer: the prior, clamped as every level is (B3).

        >>> ParameterSet.of("easy", 1, Parameters(0.999, 0.1, 0.1, 0.1), Origin.WRITTEN).start
        0.99
        """
        return clamp(self.parameters.prior)


@dataclass(frozen=True, slots=True)
class FitRecord:
    """How a fitted set came about, and how it did on students that it had not seen (B7).

    Attributes:
        target: whose answers it was fitted to.
        run_id: the run that fitted it.
        method: how.
        replaced_set_id: the set in effect at that time, to which "before" refers.
        answers: how many answers there were.
        students: of how many students.
        log_likelihood_before: of all answers, under the set in effect.
        log_likelihood: of all answers, under this set.
        iterations: passes over the answers.
        converged: whether the last pass gained less than the tolerance.
        reason: why it was activated, or not.
        standard_errors: of prior, learn, guess and slip; None where the answers do not settle it.
        before: predictions under the set in effect.
        held_out: predictions by fits to the other folds' students.
        mastered_correct: P(next answer correct) under this set at the MASTERED level; this and what follows is None or
            empty for fits of earlier releases.
        calibration_before: the calibration error under the set that was in effect.
        calibration: the calibration error of the held-out predictions.
        chance: the p-value of the held-out gain.
        flags: what to know before relying on the numbers.
    """

    target: Target
    run_id: str
    method: str
    replaced_set_id: str
    answers: int
    students: int
    log_likelihood_before: float
    log_likelihood: float
    iterations: int
    converged: bool
    reason: str
    standard_errors: Sequence[float | None]
    before: Metrics
    held_out: Metrics
    mastered_correct: float | None = None
    calibration_before: float | None = None
    calibration: float | None = None
    chance: float | None = None
    flags: Sequence[str] = ()


def name_of_fits(target: Target) -> str:
    """What the fitted sets of a target are called.

    >>> name_of_fits(Target(TargetKind.SKILL, "vocab_b1"))
    'bkt-skill/vocab_b1'
    """
    return f"bkt-{target.kind.lower()}/{target.key}"


DEFAULTS = {
    TargetKind.CONCEPT: ParameterSet.of("bkt-concept", 1, Parameters(0.1, 0.2, 0.25, 0.1), Origin.DEFAULT),
    TargetKind.SKILL: ParameterSet.of("bkt-skill", 1, Parameters(0.3, 0.09, 0.2, 0.1), Origin.DEFAULT),
}
"""The default set of each kind of target (B1)."""


class Source(StrEnum):
    """Why a set is in effect for a target, in order of precedence (B1)."""

    FITTED = "FITTED"
    ACTIVATED = "ACTIVATED"
    NAMED = "NAMED"
    DEFAULT = "DEFAULT"


def source_in_effect(origin: Origin, *, active: str | None, named: str | None) -> Source:
    """Why the set that `id_in_effect` chooses is in effect; `origin` is where that set came from.

    >>> source_in_effect(Origin.WRITTEN, active=None, named="strict-v2").value
    'NAMED'
    """
    if active:
        return Source.FITTED if origin is Origin.FITTED else Source.ACTIVATED
    return Source.NAMED if named else Source.DEFAULT


def id_in_effect(
    kind: TargetKind, *, explicit: str | None = None, active: str | None = None, named: str | None = None
) -> str:
    """The id of the set that applies (B2): explicit argument, active fitted set, set named on the target, default.

    >>> id_in_effect(TargetKind.SKILL, named="strict-v2")
    'strict-v2'
    >>> id_in_effect(TargetKind.SKILL, named="strict-v2", active="bkt-skill/vocab_b1-v3")
    'bkt-skill/vocab_b1-v3'
    """
    return explicit or active or named or DEFAULTS[kind].id
