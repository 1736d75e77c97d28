"""Versions of the predictor of the next answer: fitted weights, and the model that each target is predicted by."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from heapq import nsmallest
from typing import Any, NamedTuple, Self

from graph_api.domain.failures import InvalidInput
from graph_api.domain.parameters.fitting.guard_rails import Reason
from graph_api.domain.parameters.predictors.family import PREDICTOR
from graph_api.domain.parameters.predictors.terms import PER_TARGET, Term
from graph_api.domain.parameters.predictors.weights import LogisticWeights
from graph_api.domain.targets import TargetKind


class NextAnswerModel(StrEnum):
    """What predicts the next answer of a student to a target."""

    BKT = "BKT"
    """Knowledge tracing: the level, with guess and slip."""
    PREDICTOR = "PREDICTOR"
    """The predictor of the next answer."""


class TargetChoice(NamedTuple):
    """Which model predicts a target, and why.

    Attributes:
        reason: IMPROVED: the predictor was better on held-out students. TOO_FEW_ANSWERS and TOO_FEW_STUDENTS: the
            target follows the verdict of all targets. WORSE_ON_HELD_OUT: it is predicted by knowledge tracing.
        answers: to the target.
        students: who answered it.
        log_loss_before: of knowledge tracing on the target's answers; None without any.
        log_loss: of the predictor, on the same answers of held-out students.
    """

    reason: Reason
    answers: int = 0
    students: int = 0
    log_loss_before: float | None = None
    log_loss: float | None = None

    @property
    def model(self) -> NextAnswerModel:
        """The model that predicts the target while its version is in effect."""
        return NextAnswerModel.BKT if self.reason is Reason.WORSE_ON_HELD_OUT else NextAnswerModel.PREDICTOR


UNSEEN = TargetChoice(Reason.TOO_FEW_ANSWERS)
"""The choice for a target that had no answers when the predictor was fitted."""


@dataclass(frozen=True)
class PredictorParameters:
    """The weights of a predictor of one kind of targets, and the choice of each target.

    Raises:
        InvalidInput: the weights are not those of the predictor's terms.
    """

    kind: TargetKind
    weights: LogisticWeights
    choices: Mapping[str, TargetChoice] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.weights.terms != PREDICTOR:
            raise InvalidInput("terms", "must be those of the predictor", ", ".join(self.weights.terms))
        own = sum(term in PER_TARGET for term in PREDICTOR)
        if uneven := [key for key, values in self.weights.targets.items() if len(values) != own]:
            raise InvalidInput("targets", f"must have {own} weights each", uneven[0])

    def choice(self, key: str) -> TargetChoice:
        """The choice of a target, by its id or code."""
        return self.choices.get(key, UNSEEN)

    def most_answered(self, limit: int) -> list[tuple[str, TargetChoice]]:
        """At most `limit` targets with their choices, those with the most answers first."""
        return nsmallest(limit, self.choices.items(), key=lambda each: (-each[1].answers, each[0]))

    def as_json(self) -> dict[str, Any]:
        """As stored."""
        weights = self.weights
        return {
            "kind": self.kind.value,
            "terms": [term.value for term in weights.terms],
            "intercept": weights.intercept,
            "shared": {term.value: weight for term, weight in weights.shared.items()},
            "targets": {key: list(values) for key, values in weights.targets.items()},
            "questions": dict(weights.questions),
            "choices": {key: [choice.reason.value, *choice[1:]] for key, choice in self.choices.items()},
        }

    @classmethod
    def of_json(cls, stored: Mapping[str, Any]) -> Self:
        """The inverse of `as_json`."""
        weights = LogisticWeights(
            tuple(map(Term, stored["terms"])),
            stored["intercept"],
            {Term(term): weight for term, weight in stored["shared"].items()},
            {key: tuple(values) for key, values in stored["targets"].items()},
            stored["questions"],
        )
        choices = {key: TargetChoice(Reason(reason), *rest) for key, (reason, *rest) in stored["choices"].items()}
        return cls(TargetKind(stored["kind"]), weights, choices)


@dataclass(frozen=True, slots=True)
class PredictorSet:
    """One version of a predictor. `id` is `name-vN` and never means anything else again."""

    id: str
    name: str
    version: int
    parameters: PredictorParameters
    created_at: datetime | None = None


def name_of(kind: TargetKind) -> str:
    """The name that the versions of a kind share.

    >>> name_of(TargetKind.SKILL)
    'predictor-skill'
    """
    return f"predictor-{kind.lower()}"
