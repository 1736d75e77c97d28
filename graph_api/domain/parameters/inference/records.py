"""Versions of the model of inferred levels, and the record of the fit that made each."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from graph_api.domain.parameters.inference.fit import FirstAnswerFigures, InferenceFit, InferenceResult
from graph_api.domain.parameters.inference.model import InferenceModel
from graph_api.domain.targets import TargetKind

NAMES: Mapping[TargetKind, str] = {kind: f"inference-{kind.value.lower()}" for kind in TargetKind}
"""The name of the versions for each kind of targets."""


@dataclass(frozen=True, slots=True)
class InferenceModelSet:
    """One version of the model. `id` is `name-vN` and never means anything else again."""

    id: str
    name: str
    version: int
    parameters: InferenceModel
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class InferenceFitRecord:
    """A fit, without the answers.

    Attributes:
        run_id: the run that fitted.
        author: the principal of the request; None for a command.
        result: whether the model beats the prior.
        students: who answered a target of the model.
        first_answers: how many of their answers are first ones.
        prior: the figures of the share of correct first answers; None if nothing was fitted.
        fitted: the figures of the model.
    """

    run_id: str
    author: str | None
    result: InferenceResult
    students: int
    first_answers: int
    prior: FirstAnswerFigures | None
    fitted: FirstAnswerFigures | None

    @classmethod
    def of(cls, fit: InferenceFit, *, run_id: str, author: str | None) -> Self:
        """The record of a fit."""
        return cls(run_id, author, fit.result, fit.students, fit.first_answers, fit.prior, fit.fitted)

    def as_json(self) -> dict[str, Any]:
        """As stored."""
        return {
            "runId": self.run_id,
            "author": self.author,
            "result": self.result.value,
            "students": self.students,
            "firstAnswers": self.first_answers,
            "prior": self.prior and self.prior._asdict(),
            "fitted": self.fitted and self.fitted._asdict(),
        }

    @classmethod
    def of_json(cls, stored: Mapping[str, Any]) -> Self:
        """The inverse of `as_json`."""
        prior, fitted = (stored[name] and FirstAnswerFigures(**stored[name]) for name in ("prior", "fitted"))
        result = InferenceResult(stored["result"])
        return cls(stored["runId"], stored["author"], result, stored["students"], stored["firstAnswers"], prior, fitted)
