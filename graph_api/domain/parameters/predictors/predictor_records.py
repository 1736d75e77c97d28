"""The record of a fit of the predictor: what it was fitted to, and what it predicts on held-out students."""

from collections.abc import Mapping
from typing import Any, NamedTuple, Self

from graph_api.domain.parameters.fitting.guard_rails import Reason
from graph_api.domain.parameters.prediction_metrics import Metrics


class PredictorFigures(NamedTuple):
    """The figures of a fit.

    Attributes:
        reason: IMPROVED: it predicts held-out students better than knowledge tracing in effect. Else why it must not
            come into effect.
        answers: how many it was fitted to; an answer counts once for each target.
        students: who gave them.
        before: the quality of knowledge tracing in effect, on the same answers; None where nothing was fitted.
        after: the quality of the predictor on held-out students.
        calibration_before: the calibration error of knowledge tracing.
        calibration: the calibration error of the predictor.
        chance: how likely chance alone makes it look this much better.
    """

    reason: Reason
    answers: int
    students: int
    before: Metrics | None = None
    after: Metrics | None = None
    calibration_before: float | None = None
    calibration: float | None = None
    chance: float | None = None


class PredictorRecord(NamedTuple):
    """A fit of the predictor, without the answers.

    Attributes:
        run_id: the run that fitted.
        author: the principal of the request; None for a command or a job.
        figures: of the fit.
    """

    run_id: str
    author: str | None
    figures: PredictorFigures

    def as_json(self) -> dict[str, Any]:
        """As stored."""
        figures = [list(each) if isinstance(each, Metrics) else each for each in self.figures]
        return {"runId": self.run_id, "author": self.author, "figures": figures}

    @classmethod
    def of_json(cls, stored: Mapping[str, Any]) -> Self:
        """The inverse of `as_json`."""
        reason, answers, students, before, after, *rest = stored["figures"]
        before, after = (each and Metrics(*each) for each in (before, after))
        figures = PredictorFigures(Reason(reason), answers, students, before, after, *rest)
        return cls(stored["runId"], stored["author"], figures)
