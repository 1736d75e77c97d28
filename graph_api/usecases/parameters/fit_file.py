"""Fit parameters to files of answers or of counted histories, without a database and with flat memory."""

import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from graph_api.domain.parameters.fitting.activation import LARGEST_SUM, Flag, flags
from graph_api.domain.parameters.fitting.fit import Fit, FitOptions, Part, fit_in_parts
from graph_api.domain.parameters.fitting.guard_rails import GuardRails, Reason
from graph_api.domain.parameters.fitting.layout import Bounds, Layout
from graph_api.domain.parameters.fitting.prefix_tree import PrefixTree
from graph_api.domain.parameters.knowledge_tracing import Parameters
from graph_api.domain.parameters.parameter_sets import Origin, ParameterSet
from graph_api.domain.targets import Target, TargetKind
from graph_api.usecases.parameters.arrow_tables import open_table
from graph_api.usecases.parameters.count_histories import CountOptions, CountReport, count_histories
from graph_api.usecases.parameters.counted_files import read_group
from graph_api.usecases.run_ledger import OnProgress, unwatched

REPORT_VERSION = 1


@dataclass(frozen=True, slots=True)
class FileFitRequest:
    """What to fit, and how.

    Attributes:
        paths: files of answers, or files of counted histories.
        count: how to read answers.
        options: how to fit.
        rails: what a target needs to be fitted.
    """

    paths: Sequence[Path]
    count: CountOptions = field(default_factory=CountOptions)
    options: FitOptions = field(default_factory=lambda: FitOptions(bounds=Bounds(total=LARGEST_SUM)))
    rails: GuardRails = field(default_factory=GuardRails)


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
    """The outcome for one target: a fit, or why there is no fit."""

    target: Target
    answers: int
    students: int
    obstacle: Reason | None
    fitted: FittedTarget | None


class FileFitReport(NamedTuple):
    """The outcome for every target, in order of kind and key."""

    counted: CountReport
    outcomes: Sequence[TargetOutcome]

    def as_json(self, request: FileFitRequest) -> str:
        """The report as a JSON document."""
        options = request.options
        document = {
            "version": REPORT_VERSION,
            "method": options.method.value,
            "forgetting": options.forgetting,
            "maxGuess": options.bounds.guess,
            "maxSlip": options.bounds.slip,
            "maxGuessPlusSlip": options.bounds.total,
            "tolerance": options.tolerance,
            "minAnswers": request.rails.answers,
            "minStudents": request.rails.students,
            "answers": self.counted.answers,
            "leftOut": self.counted.left_out,
            "distinctHistories": self.counted.rows,
            "targets": [_as_dictionary(outcome) for outcome in self.outcomes],
        }
        return json.dumps(document, indent=1, ensure_ascii=False) + "\n"

    def as_sets(self, version: int) -> Iterator[str]:
        """Lines for `graph-api import parameters`: each fit as a parameter set, then the target that uses it.

        Args:
            version: of the sets; their name is `bkt-file-` with the kind and key of the target.
        """
        for target, *_, fitted in self.outcomes:
            if fitted is None:
                continue
            name = f"bkt-file-{target.kind.lower()}/{target.key}"
            stored = ParameterSet.of(name, version, fitted.parameters, Origin.FITTED)
            values = {"id": stored.id, "name": name, "version": version, "origin": stored.origin.value}
            yield json.dumps(values | _values(fitted.parameters), ensure_ascii=False)
            chosen = {"target_kind": target.kind.value, "target": target.key, "active_set_id": stored.id}
            yield json.dumps(chosen, ensure_ascii=False)


def fit_file(request: FileFitRequest, on_progress: OnProgress = unwatched) -> FileFitReport:
    """Fit all targets of some files. Priors are learnt from all targets of a kind.

    The same answers give the same parameters, to the last digit, whole or in shards, and in any order of files of
    counted histories.

    Args:
        request: what, and how.
        on_progress: is called with the step, how much of it is done, and the total.

    Raises:
        InvalidInput: naming the column, the rule and the value; or shards that are incomplete;
            a file is damaged, or the extra `parquet` is not installed.
    """
    with tempfile.TemporaryDirectory(prefix="graph-api-", dir=request.count.folder) as folder:
        path = Path(folder) / "histories.parquet"
        counted = count_histories(request.paths, path, request.count, on_progress, complete=True)
        with open_table(path) as file:
            groups = range(file.num_row_groups)
        examined = [_examine(path, place, request.rails) for place in groups]
        outcomes: list[TargetOutcome] = []
        for _, of_kind in groupby(examined, key=lambda group: group.kind):
            outcomes += _fit_kind(path, list(of_kind), request.options, on_progress)
    return FileFitReport(counted, outcomes)


class _Examined(NamedTuple):
    """What is known of a row group before it is fitted; one value per target."""

    place: int
    targets: Sequence[Target]
    answers: NDArray[np.int64]
    students: NDArray[np.int64]
    obstacles: Sequence[Reason | None]

    @property
    def kind(self) -> TargetKind:
        return self.targets[0].kind

    @property
    def fits(self) -> NDArray[np.bool_]:
        return np.array([each is None for each in self.obstacles], np.bool_)


def _examine(path: Path, place: int, rails: GuardRails) -> _Examined:
    targets, counted = read_group(path, place)
    obstacles = rails.obstacles(counted.histories, counted.count)
    return _Examined(place, targets, counted.answers, counted.students, obstacles)


def _fit_kind(
    path: Path, groups: Sequence[_Examined], options: FitOptions, on_progress: OnProgress
) -> list[TargetOutcome]:
    sizes = [len(group.targets) for group in groups]
    total, first = sum(sizes), np.cumsum(sizes) - sizes
    steps = {"done": 0}

    def grow(group: _Examined) -> Callable[[], PrefixTree]:
        def tree() -> PrefixTree:
            steps["done"] += 1
            on_progress(f"fitting {group.kind.lower()}s, part {group.place + 1}", steps["done"], 0)
            return read_group(path, group.place).counted.choose(group.fits).tree()

        return tree

    parts = [
        Part(np.arange(start, start + size), grow(group))
        for start, size, group in zip(first.tolist(), sizes, groups, strict=True)
    ]
    layout = Layout(total, np.arange(total), options.forgetting, options.bounds)
    answered = np.concatenate([group.fits for group in groups])
    fits = fit_in_parts(parts, layout, answered, options)
    parameters = fits.by_target()
    outcomes = []
    for start, group in zip(first.tolist(), groups, strict=True):
        for own, target in enumerate(group.targets):
            place, obstacle = start + own, group.obstacles[own]
            fitted = None if obstacle is not None else _fitted(fits, place, parameters[place])
            outcomes.append(TargetOutcome(target, int(group.answers[own]), int(group.students[own]), obstacle, fitted))
    return outcomes


def _fitted(fits: Fit, place: int, parameters: Parameters) -> FittedTarget:
    layout, source = fits.layout.replicate(np.array([place]))
    converged = bool(fits.converged[place])
    raised = flags(layout, fits.parameters[source], converged=converged)
    return FittedTarget(parameters, float(fits.log_likelihood[place]), int(fits.iterations[place]), converged, raised)


def _values(parameters: Parameters) -> dict[str, float]:
    return {name: getattr(parameters, name) for name in ("prior", "learn", "guess", "slip", "forget")}


def _as_dictionary(outcome: TargetOutcome) -> dict[str, Any]:
    fitted = outcome.fitted
    return {
        "kind": outcome.target.kind.value,
        "target": outcome.target.key,
        "answers": outcome.answers,
        "students": outcome.students,
        "obstacle": outcome.obstacle,
        "parameters": fitted and _values(fitted.parameters),
        "logLikelihood": fitted and fitted.log_likelihood,
        "iterations": fitted and fitted.iterations,
        "converged": fitted and fitted.converged,
        "flags": list(fitted.flags) if fitted else [],
    }
