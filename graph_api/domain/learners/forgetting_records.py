"""The record of a fit of forgetting: what it was fitted to, and what it predicts on held-out students (Q9)."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from heapq import nsmallest
from typing import Any, NamedTuple, Self

from graph_api.domain.learners.forgetting_fit import (
    FitResult,
    ForgettingFit,
    Prediction,
    TargetFit,
    TargetReason,
)
from graph_api.domain.targets import Target, TargetKind


class HeldOutFigures(NamedTuple):
    """How well held-out answers after a pause are predicted; 0 is best.

    Attributes:
        log_loss: the mean negative log-likelihood.
        calibration_error: the expected calibration error.
    """

    log_loss: float
    calibration_error: float

    @classmethod
    def of(cls, prediction: Prediction | None) -> Self | None:
        """The figures of a prediction, if there is one."""
        return cls(prediction.log_loss, prediction.calibration_error) if prediction else None

    def as_json(self) -> dict[str, float]:
        """The figures under the names that the API gives them."""
        return {"logLoss": self.log_loss, "calibrationError": self.calibration_error}


@dataclass(frozen=True, slots=True)
class ForgettingFitRecord:
    """A fit of forgetting, without the answers.

    Attributes:
        run_id: the run that fitted.
        author: the principal of the request; None for a command.
        result: whether it predicts better than what was in effect.
        compared_with: the id of what was in effect.
        students: how many students had an answer after a pause.
        pauses: answers after a pause.
        held_out: how many of them were held out.
        before: the figures of what was in effect; None without enough answers.
        after: the figures of the fit.
        targets: why each target has the values that it has.
    """

    run_id: str
    author: str | None
    result: FitResult
    compared_with: str
    students: int
    pauses: int
    held_out: int
    before: HeldOutFigures | None
    after: HeldOutFigures | None
    targets: Mapping[Target, TargetFit]

    @classmethod
    def of(cls, fit: ForgettingFit, *, run_id: str, author: str | None, compared_with: str, students: int) -> Self:
        """The record of a fit."""
        before, after = HeldOutFigures.of(fit.before), HeldOutFigures.of(fit.after)
        return cls(
            run_id,
            author,
            fit.result,
            compared_with,
            students,
            fit.pauses,
            fit.held_out,
            before,
            after,
            fit.targets,
        )

    def reasons(self) -> dict[str, int]:
        """How many targets have each reason."""
        return dict(sorted(Counter(each.reason.value for each in self.targets.values()).items()))

    def most_paused(self, limit: int) -> list[tuple[Target, TargetFit]]:
        """At most `limit` targets, those with the most answers after a pause first."""
        return nsmallest(limit, self.targets.items(), key=lambda each: (-each[1].pauses, each[0]))

    def as_json(self) -> dict[str, Any]:
        """As stored."""
        return {
            "runId": self.run_id,
            "author": self.author,
            "result": self.result.value,
            "comparedWith": self.compared_with,
            "students": self.students,
            "pauses": self.pauses,
            "heldOut": self.held_out,
            "before": self.before and list(self.before),
            "after": self.after and list(self.after),
            "targets": [
                [target.kind.value, target.key, fit.reason.value, fit.pauses] for target, fit in self.targets.items()
            ],
        }

    @classmethod
    def of_json(cls, stored: Mapping[str, Any]) -> Self:
        """The inverse of `as_json`."""
        before, after = (stored[name] and HeldOutFigures(*stored[name]) for name in ("before", "after"))
        return cls(
            stored["runId"],
            stored["author"],
            FitResult(stored["result"]),
            stored["comparedWith"],
            stored["students"],
            stored["pauses"],
            stored["heldOut"],
            before,
            after,
            {
                Target(TargetKind(kind), key): TargetFit(TargetReason(reason), pauses)
                for kind, key, reason, pauses in stored["targets"]
            },
        )
