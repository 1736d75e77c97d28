"""The outcome of fits to files: as JSON, and as parameter sets to import."""

import json
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from graph_api.domain.parameters.fitting.activation import Flag
from graph_api.domain.parameters.fitting.fit import FitOptions
from graph_api.domain.parameters.fitting.guard_rails import GuardRails, Reason
from graph_api.domain.parameters.knowledge_tracing import Parameters
from graph_api.domain.parameters.parameter_sets import Origin, ParameterSet
from graph_api.domain.targets import Target
from graph_api.usecases.parameters.count_histories import CountReport

REPORT_VERSION = 1


class FittedTarget(NamedTuple):
    """The fit of one target.

    Attributes:
        parameters: what was fitted.
        log_likelihood: of its answers.
        iterations: passes over its histories.
        converged: whether the last pass gained less than the tolerance.
        flags: what to know before relying on the numbers.
    """

    parameters: Parameters
    log_likelihood: float
    iterations: int
    converged: bool
    flags: Sequence[Flag]


class TargetOutcome(NamedTuple):
    """The outcome for one target.

    Attributes:
        target: the concept or skill.
        answers: how many it has.
        students: how many have answered it.
        reason: why there is no fit, or why it must not come into effect; None for a fit that may.
        fitted: the fit.
    """

    target: Target
    answers: int
    students: int
    reason: Reason | None
    fitted: FittedTarget | None


class FileFitReport(NamedTuple):
    """The outcome for every target, in order of kind and key."""

    counted: CountReport
    outcomes: Sequence[TargetOutcome]

    def as_json(self, options: FitOptions, rails: GuardRails) -> str:
        """The report, and how the fits were made, as a JSON document."""
        document = {
            "version": REPORT_VERSION,
            "method": options.method.value,
            "forgetting": options.forgetting,
            "maxGuess": options.bounds.guess,
            "maxSlip": options.bounds.slip,
            "maxGuessPlusSlip": options.bounds.total,
            "tolerance": options.tolerance,
            "minAnswers": rails.answers,
            "minStudents": rails.students,
            "answers": self.counted.answers,
            "distinctHistories": self.counted.rows,
            "targets": [_as_dictionary(outcome) for outcome in self.outcomes],
        }
        return json.dumps(document, indent=1, ensure_ascii=False) + "\n"

    def as_sets(self, version: int) -> Iterator[str]:
        """Lines for `graph-api import parameters`: the fits as parameter sets, and the targets that use them.

        A target has a line only if its fit may come into effect.

        Args:
            version: of the sets; their name is `bkt-file-` with the kind and key of the target.
        """
        for target, _, _, reason, fitted in self.outcomes:
            if fitted is None:
                continue
            name = f"bkt-file-{target.kind.lower()}/{target.key}"
            stored = ParameterSet.of(name, version, fitted.parameters, Origin.FITTED)
            values = {"id": stored.id, "name": name, "version": version, "origin": stored.origin.value}
            yield json.dumps(values | _values(fitted.parameters), ensure_ascii=False) + "\n"
            if reason is None:
                chosen = {"target_kind": target.kind.value, "target": target.key, "active_set_id": stored.id}
                yield json.dumps(chosen, ensure_ascii=False) + "\n"


def _values(parameters: Parameters) -> dict[str, float]:
    return {name: getattr(parameters, name) for name in ("prior", "learn", "guess", "slip", "forget")}


def _as_dictionary(outcome: TargetOutcome) -> dict[str, Any]:
    fitted = outcome.fitted
    return {
        "kind": outcome.target.kind.value,
        "target": outcome.target.key,
        "answers": outcome.answers,
        "students": outcome.students,
        "reason": outcome.reason,
        "parameters": fitted and _values(fitted.parameters),
        "logLikelihood": fitted and fitted.log_likelihood,
        "iterations": fitted and fitted.iterations,
        "converged": fitted and fitted.converged,
        "flags": list(fitted.flags) if fitted else [],
    }
