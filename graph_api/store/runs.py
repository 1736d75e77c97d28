"""The run ledger in the graph."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import orjson

from graph_api.domain.failures import InvalidInput
from graph_api.domain.operations.runs import Algorithm, Progress, Run, RunStatus
from graph_api.store.gateway import Row, Transaction


async def put(tx: Transaction, run: Run) -> None:
    """Write a run as it stands."""
    await tx.nothing(
        "run/put",
        id=run.id,
        algorithm=run.algorithm.value,
        version=run.version,
        parameters=orjson.dumps(run.parameters).decode(),
        trigger=run.trigger,
        status=run.status.value,
        started_at=run.started_at,
        beat_at=run.finished_at or run.started_at,
        finished_at=run.finished_at,
        input=orjson.dumps(run.input).decode(),
        output=orjson.dumps(run.output).decode(),
        error=run.error,
        **run.progress._asdict(),
    )


async def forget_student(tx: Transaction, student_id: str) -> int:
    """Remove a student's id from the input and errors of runs; returns the number of runs that had it."""
    replacement = '"studentId":"(erased)"'
    changed: int = await tx.value("run/forget_student", replacement=replacement, **_quotations(student_id))
    return changed


async def read_naming(tx: Transaction, student_id: str) -> list[Run]:
    """The runs whose input or error names a student, oldest first."""
    return [_decode(row["run"]) for row in await tx.many("run/list_naming", **_quotations(student_id))]


def _quotations(student_id: str) -> dict[str, str]:
    """The text that names a student in the input and in the errors of runs."""
    return {"input_text": f'"studentId":{orjson.dumps(student_id).decode()}', "error_text": f"'{student_id}'"}


async def beat(tx: Transaction, run_id: str, progress: Progress, now: datetime) -> bool:
    """Store a sign of life of a run; returns whether it was cancelled."""
    row = await tx.optional("run/beat", id=run_id, now=now, **progress._asdict())
    return row is not None and row["cancelled"]


async def cancel(tx: Transaction, run_id: str) -> bool:
    """Cancel a run; returns False if it does not run."""
    cancelled: int = await tx.value("run/cancel", id=run_id)
    return cancelled > 0


async def fail_dead(tx: Transaction, before: datetime, now: datetime) -> int:
    """Mark runs as failed that have shown no sign of life since `before`; returns how many."""
    failed: int = await tx.value("run/fail_dead", before=before, now=now, error="its process died")
    return failed


async def read_by_ids(tx: Transaction, ids: Iterable[str]) -> dict[str, Run]:
    """Runs by id; unknown ids are left out."""
    rows = await tx.many("run/list_by_ids", ids=sorted(set(ids)))
    return {run.id: run for run in (_decode(row["run"]) for row in rows)}


@dataclass(frozen=True, slots=True)
class RunFilter:
    """A filter of runs; what is None does not restrict.

    Attributes:
        algorithm: only this one.
        status: only this one.
        student_id: runs that were started for this student alone.
        group_id: runs that were started for this group.
        parameter_set_id: runs that used or activated this set.
        excluded: not these algorithms.
    """

    algorithm: Algorithm | None = None
    status: RunStatus | None = None
    student_id: str | None = None
    group_id: str | None = None
    parameter_set_id: str | None = None
    excluded: frozenset[Algorithm] = frozenset()

    def params(self) -> Row:
        """The parameters of statements that filter runs.

        Raises:
            InvalidInput: both a student and a group.
        """
        if self.student_id is not None and self.group_id is not None:
            raise InvalidInput("studentId, groupId", "give at most one of them")
        named = "studentId" if self.student_id is not None else "groupId"
        key = self.student_id if self.student_id is not None else self.group_id
        return {
            "algorithm": self.algorithm and self.algorithm.value,
            "status": self.status and self.status.value,
            "input_text": None if key is None else _member(named, key),
            "parameters_text": self.parameter_set_id and _member("parameterSet", self.parameter_set_id),
            "excluded": sorted(each.value for each in self.excluded),
        }


def _member(name: str, value: str) -> str:
    """A member of an object as it stands in stored JSON; quotes in other texts are escaped there."""
    return f'"{name}":{orjson.dumps(value).decode()}'


async def read_page(
    tx: Transaction, filters: RunFilter, *, after: tuple[datetime, str] | None, limit: int
) -> list[Run]:
    """At most `limit` runs, newest first, after a time and id."""
    after_at, after_id = after or (None, None)
    rows = await tx.many("run/list_page", after_at=after_at, after_id=after_id, limit=limit, **filters.params())
    return [_decode(row["run"]) for row in rows]


async def count(tx: Transaction, filters: RunFilter) -> int:
    """Number of runs that fit."""
    total: int = await tx.value("run/count", **filters.params())
    return total


def _decode(stored: Row) -> Run:
    return Run(
        id=stored["id"],
        algorithm=Algorithm(stored["algorithm"]),
        version=stored["version"],
        parameters=orjson.loads(stored["parameters"]),
        trigger=stored["trigger"],
        started_at=stored["started_at"],
        input=orjson.loads(stored["input"]),
        status=RunStatus(stored["status"]),
        finished_at=stored.get("finished_at"),
        output=orjson.loads(stored["output"]),
        error=stored.get("error"),
        progress=Progress(stored.get("step") or "", stored.get("done") or 0, stored.get("total") or 0),
    )
