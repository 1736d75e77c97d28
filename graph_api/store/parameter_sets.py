"""Parameter sets in the graph, and which of them are active."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import NamedTuple

from graph_api.domain.parameters.knowledge_tracing import Parameters
from graph_api.domain.parameters.parameter_sets import FitRecord, Origin, ParameterSet, id_in_effect
from graph_api.domain.parameters.prediction_metrics import Metrics
from graph_api.domain.targets import Target, TargetKind
from graph_api.store.gateway import Row, Transaction
from graph_api.store.rows_by_kind import by_kind

ACTIVATE = {TargetKind.CONCEPT: "active_set/put_on_concepts", TargetKind.SKILL: "active_set/put_on_skills"}
LIST_TARGETS = {TargetKind.CONCEPT: "active_set/list_on_concepts", TargetKind.SKILL: "active_set/list_on_skills"}


async def create(tx: Transaction, sets: Iterable[ParameterSet], now: datetime) -> None:
    """Store versions; a stored version stays as it is."""
    rows = [
        {"id": stored.id, "name": stored.name, "version": stored.version, "origin": stored.origin.value}
        | asdict(stored.parameters)
        for stored in sets
    ]
    await tx.nothing("parameter_set/create", rows=rows, now=now)


async def put_fits(tx: Transaction, fits: Mapping[str, FitRecord]) -> None:
    """Write the fit records of sets, by id."""
    await tx.nothing("parameter_set/put_fits", rows=[_fit_row(set_id, record) for set_id, record in fits.items()])


async def read_by_ids(tx: Transaction, ids: Iterable[str]) -> list[ParameterSet]:
    """The sets with these ids; unknown ids are left out."""
    return [_decode(row) for row in await tx.many("parameter_set/list_by_ids", ids=sorted(set(ids)))]


async def read_fits(tx: Transaction, ids: Iterable[str]) -> dict[str, FitRecord]:
    """The fit records of sets, by id."""
    rows = await tx.many("parameter_set/list_fits", ids=sorted(set(ids)))
    return {row["id"]: _decode_fit(row["fit"]) for row in rows}


async def read_newest(tx: Transaction, names: Iterable[str]) -> dict[str, ParameterSet]:
    """The newest version of each name; names without one are left out."""
    rows = await tx.many("parameter_set/list_newest", names=sorted(set(names)))
    return {row["name"]: _decode(row) for row in rows}


@dataclass(frozen=True, slots=True)
class ParameterSetFilter:
    """A filter of parameter sets. None: no restriction."""

    name: str | None = None
    origin: Origin | None = None
    target: Target | None = None
    run_id: str | None = None

    def params(self) -> Row:
        """The parameters of statements that filter sets."""
        return {
            "name": self.name,
            "origin": self.origin and self.origin.value,
            "target_kind": self.target and self.target.kind.value,
            "target": self.target and self.target.key,
            "run_id": self.run_id,
        }


async def read_page(
    tx: Transaction, filters: ParameterSetFilter, *, after: tuple[str, int], limit: int
) -> list[ParameterSet]:
    """At most `limit` sets by name, newest version first, after a name and version."""
    rows = await tx.many(
        "parameter_set/list_page", after_name=after[0], after_version=after[1], limit=limit, **filters.params()
    )
    return [_decode(row) for row in rows]


async def count(tx: Transaction, filters: ParameterSetFilter) -> int:
    """Number of sets that fit."""
    total: int = await tx.value("parameter_set/count", **filters.params())
    return total


@dataclass(frozen=True, slots=True)
class TargetInEffect:
    """A target, the parameter set in effect for it, and the number of answers that count towards it."""

    target: Target
    set_id: str
    answers: int


async def read_targets(tx: Transaction, kind: TargetKind, keys: Iterable[str] | None) -> list[TargetInEffect]:
    """Targets of a kind in order of key, all or those with these keys; unknown keys are left out."""
    rows = await tx.many(LIST_TARGETS[kind], keys=None if keys is None else sorted(set(keys)))
    return [
        TargetInEffect(
            Target(kind, row["target"]),
            id_in_effect(kind, active=row["active_set_id"], named=row["named_set_id"]),
            row["answers"],
        )
        for row in rows
    ]


class Chosen(NamedTuple):
    """A target that a set was chosen for: named on it, or active; None for neither."""

    key: str
    named: str | None
    active: str | None


async def read_chosen(tx: Transaction, kind: TargetKind) -> list[Chosen]:
    """The targets of a kind that a set was chosen for, in order of key."""
    rows = await tx.many(LIST_TARGETS[kind], keys=None)
    targets = [Chosen(row["target"], row["named_set_id"], row["active_set_id"]) for row in rows]
    return [each for each in targets if each.named is not None or each.active is not None]


async def activate(tx: Transaction, set_ids: Mapping[Target, str | None]) -> None:
    """Make a set the active one of each target; None goes back to the set that is named on it, or its default."""
    rows = ((target.kind, {"target": target.key, "set_id": set_id}) for target, set_id in set_ids.items())
    for kind, of_kind in by_kind(rows).items():
        await tx.nothing(ACTIVATE[kind], rows=of_kind)


def _decode(row: Row) -> ParameterSet:
    parameters = Parameters(row["prior"], row["learn"], row["guess"], row["slip"], row["forget"])
    return ParameterSet(row["id"], row["name"], row["version"], parameters, Origin(row["origin"]), row["created_at"])


def _fit_row(set_id: str, record: FitRecord) -> Row:
    return {
        "id": set_id,
        "target_kind": record.target.kind.value,
        "target": record.target.key,
        "run_id": record.run_id,
        "method": record.method,
        "replaced_set_id": record.replaced_set_id,
        "answers": record.answers,
        "students": record.students,
        "log_likelihood_before": record.log_likelihood_before,
        "log_likelihood": record.log_likelihood,
        "iterations": record.iterations,
        "converged": record.converged,
        "reason": record.reason,
        "standard_errors": [UNSETTLED if error is None else error for error in record.standard_errors],
        **{f"{name}_before": value for name, value in _metrics_row(record.before).items()},
        **_metrics_row(record.held_out),
        **{name: getattr(record, name) for name in MEANING},
        "flags": " ".join(record.flags),
    }


MEANING = ("mastered_correct", "calibration_before", "calibration", "chance")
UNSETTLED = -1.0
"""A standard error that the answers do not determine; lists in a graph hold no nulls."""


def _metrics_row(metrics: Metrics) -> Row:
    return {"auc": metrics.auc, "rmse": metrics.rmse, "log_loss": metrics.log_loss, "accuracy": metrics.accuracy}


def _decode_fit(stored: Row) -> FitRecord:
    def metrics(suffix: str) -> Metrics:
        return Metrics(
            stored["answers"],
            stored.get(f"auc{suffix}"),
            *(stored[f"{name}{suffix}"] for name in ("rmse", "log_loss", "accuracy")),
        )

    return FitRecord(
        target=Target(TargetKind(stored["target_kind"]), stored["target"]),
        run_id=stored["run_id"],
        method=stored["method"],
        replaced_set_id=stored["replaced_set_id"],
        answers=stored["answers"],
        students=stored["students"],
        log_likelihood_before=stored["log_likelihood_before"],
        log_likelihood=stored["log_likelihood"],
        iterations=stored["iterations"],
        converged=stored["converged"],
        reason=stored["reason"],
        standard_errors=[None if error == UNSETTLED else error for error in stored["standard_errors"]],
        before=metrics("_before"),
        held_out=metrics(""),
        **{name: stored.get(name) for name in MEANING},
        flags=(stored.get("flags") or "").split(),
    )
