"""Fit parameters to files of answers or of counted histories, without a database and with flat memory."""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from graph_api.domain.parameters.fitting.activation import LARGEST_SUM, ActivationRules, flags, refusal_by_values
from graph_api.domain.parameters.fitting.fit import Fit, FitOptions, Part, fit_in_parts
from graph_api.domain.parameters.fitting.guard_rails import GuardRails, Reason
from graph_api.domain.parameters.fitting.layout import Bounds, Layout
from graph_api.domain.parameters.fitting.prefix_tree import PrefixTree
from graph_api.domain.targets import Target, TargetKind
from graph_api.usecases.parameters.arrow_tables import open_table
from graph_api.usecases.parameters.count_histories import CountOptions, count_histories
from graph_api.usecases.parameters.counted_files import read_group
from graph_api.usecases.parameters.file_fit_report import FileFitReport, FittedTarget, TargetOutcome
from graph_api.usecases.run_ledger import OnProgress, unwatched


@dataclass(frozen=True, slots=True)
class FileFitRequest:
    """What to fit, and how.

    Attributes:
        paths: files of answers, or files of counted histories.
        count: how to read answers.
        options: how to fit.
        rails: what a target needs to be fitted.
        rules: what a fit must mean; only the rules about its values apply.
    """

    paths: Sequence[Path]
    count: CountOptions = field(default_factory=CountOptions)
    options: FitOptions = field(default_factory=lambda: FitOptions(bounds=Bounds(total=LARGEST_SUM)))
    rails: GuardRails = field(default_factory=GuardRails)
    rules: ActivationRules = field(default_factory=ActivationRules)


class _Group(NamedTuple):
    """The targets of a row group, before they are fitted; one value per target."""

    place: int
    targets: Sequence[Target]
    answers: Sequence[int]
    students: Sequence[int]
    obstacles: Sequence[Reason | None]

    @property
    def kind(self) -> TargetKind:
        return self.targets[0].kind

    @property
    def is_fitted(self) -> NDArray[np.bool_]:
        return np.array([each is None for each in self.obstacles], np.bool_)


def fit_files(request: FileFitRequest, on_progress: OnProgress = unwatched) -> FileFitReport:
    """Fit all targets of some files. Priors are learnt from all targets of a kind.

    The same answers give the same parameters, to the last digit, whole or in shards, and in any order of files of
    counted histories.

    Args:
        request: what, and how.
        on_progress: is called with the step, how much of it is done, and the total.

    Raises:
        InvalidInput: naming the column, the rule and the value; or shards that are incomplete;
            a file is damaged, or the extra `parquet` is not installed.
        OSError: there is no room for temporary files.
    """
    with tempfile.TemporaryDirectory(prefix="graph-api-", dir=request.count.folder) as folder:
        path = Path(folder) / "histories.parquet"
        counted = count_histories(request.paths, path, request.count, on_progress, complete=True)
        with open_table(path) as file:
            places = range(file.num_row_groups)
        groups = [_examine(path, place, request.rails) for place in places]
        outcomes: list[TargetOutcome] = []
        for _, of_kind in groupby(groups, key=lambda group: group.kind):
            outcomes += _fit_kind(path, list(of_kind), request, on_progress)
    return FileFitReport(counted, outcomes)


def _examine(path: Path, place: int, rails: GuardRails) -> _Group:
    targets, counted = read_group(path, place)
    obstacles = rails.obstacles(counted.histories, counted.count)
    return _Group(place, targets, counted.answers.tolist(), counted.students.tolist(), obstacles)


def _fit_kind(
    path: Path, groups: Sequence[_Group], request: FileFitRequest, on_progress: OnProgress
) -> list[TargetOutcome]:
    sizes = [len(group.targets) for group in groups]
    total, first = sum(sizes), np.cumsum(sizes) - sizes
    steps = 0

    def grow(group: _Group) -> Callable[[], PrefixTree]:
        def tree() -> PrefixTree:
            nonlocal steps
            steps += 1
            on_progress(f"fitting {group.kind.lower()}s, part {group.place + 1}", steps, 0)
            return read_group(path, group.place).counted.choose(group.is_fitted).tree()

        return tree

    parts = [
        Part(np.arange(start, start + size), grow(group))
        for start, size, group in zip(first.tolist(), sizes, groups, strict=True)
    ]
    layout = Layout(total, np.arange(total), request.options.forgetting, request.options.bounds)
    fits = fit_in_parts(parts, layout, np.concatenate([group.is_fitted for group in groups]), request.options)
    parameters = fits.by_target()
    rows = (
        row for each in groups for row in zip(each.targets, each.answers, each.students, each.obstacles, strict=True)
    )
    outcomes = []
    for place, (target, answers, students, obstacle) in enumerate(rows):
        fitted = None if obstacle else _fitted(fits, place)
        reason = obstacle or refusal_by_values(parameters[place], request.options.bounds, request.rules)
        outcomes.append(TargetOutcome(target, answers, students, reason, fitted))
    return outcomes


def _fitted(fits: Fit, place: int) -> FittedTarget:
    layout, source = fits.layout.replicate(np.array([place]))
    own = fits.parameters[source]
    converged = bool(fits.converged[place])
    return FittedTarget(
        layout.parameters(own)[0],
        float(fits.log_likelihood[place]),
        int(fits.iterations[place]),
        converged,
        flags(layout, own, converged=converged),
    )
