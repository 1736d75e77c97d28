"""The run ledger in the graph."""

from collections.abc import Iterable
from datetime import datetime

import orjson

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
    """Take a student's id out of what runs were asked and out of their errors; returns how many runs had it."""
    forgotten: int = await tx.value("run/forget_student", instead='"studentId":"(erased)"', **_as_told(student_id))
    return forgotten


async def read_naming(tx: Transaction, student_id: str) -> list[Run]:
    """The runs that were asked to work on a student, or failed of them, oldest first."""
    return [_decode(row["run"]) for row in await tx.many("run/list_naming", **_as_told(student_id))]


def _as_told(student_id: str) -> dict[str, str]:
    """How a student stands in what runs were asked, and in their errors."""
    return {"told": f'"studentId":{orjson.dumps(student_id).decode()}', "quoted": f"'{student_id}'"}


async def beat(tx: Transaction, run_id: str, progress: Progress, now: datetime) -> bool:
    """Say that a run is alive; returns whether somebody wants it to stop."""
    row = await tx.optional("run/beat", id=run_id, now=now, **progress._asdict())
    return row is not None and row["cancelled"]


async def cancel(tx: Transaction, run_id: str) -> bool:
    """Ask a run to stop; returns whether it runs at all."""
    asked: int = await tx.value("run/cancel", id=run_id)
    return asked > 0


async def fail_dead(tx: Transaction, before: datetime, now: datetime) -> int:
    """Mark runs as failed that have not been heard of since `before`; returns how many."""
    failed: int = await tx.value("run/fail_dead", before=before, now=now, error="its process died")
    return failed


async def read_by_ids(tx: Transaction, ids: Iterable[str]) -> dict[str, Run]:
    """Runs by id; unknown ids are left out."""
    rows = await tx.many("run/list_by_ids", ids=sorted(set(ids)))
    return {run.id: run for run in (_decode(row["run"]) for row in rows)}


async def read_page(
    tx: Transaction,
    *,
    algorithm: Algorithm | None,
    status: RunStatus | None,
    after: tuple[datetime, str] | None,
    limit: int,
) -> list[Run]:
    """At most `limit` runs, newest first, after a time and id."""
    after_at, after_id = after or (None, None)
    rows = await tx.many(
        "run/list_page",
        after_at=after_at,
        after_id=after_id,
        algorithm=algorithm and algorithm.value,
        status=status and status.value,
        limit=limit,
    )
    return [_decode(row["run"]) for row in rows]


async def count(tx: Transaction, *, algorithm: Algorithm | None, status: RunStatus | None) -> int:
    """How many runs fit."""
    total: int = await tx.value("run/count", algorithm=algorithm and algorithm.value, status=status and status.value)
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
        progress=Progress(stored.get("doing") or "", stored.get("done") or 0, stored.get("total") or 0),
    )
