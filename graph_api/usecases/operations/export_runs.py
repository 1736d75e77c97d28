"""Export the run ledger."""

import json
from collections.abc import AsyncIterator
from functools import partial

from graph_api.domain.operations.export_extent import WHOLE, Extent
from graph_api.domain.operations.runs import Run
from graph_api.store import runs
from graph_api.store.gateway import Gateway, Row, Transaction
from graph_api.store.runs import RunFilter

RUNS_AT_A_TIME = 500


async def export_runs(gateway: Gateway, extent: Extent = WHOLE) -> AsyncIterator[Row]:
    """Every run of an extent, newest first. A run was recorded when it ended: it does not change any more."""
    last: Run | None = None
    while page := await gateway.read(partial(_read_page, last=last)):
        for run in page:
            if extent.recorded.covers(run.finished_at):
                yield _row(run)
        last = page[-1]


async def _read_page(tx: Transaction, last: Run | None) -> list[Run]:
    after = None if last is None else (last.started_at, last.id)
    return await runs.read_page(tx, RunFilter(), after=after, limit=RUNS_AT_A_TIME)


def _row(run: Run) -> Row:
    return {
        "id": run.id,
        "algorithm": run.algorithm.value,
        "version": run.version,
        "trigger": run.trigger,
        "status": run.status.value,
        "started_at": run.started_at.isoformat(),
        "finished_at": run.finished_at and run.finished_at.isoformat(),
        "parameters": _json(run.parameters),
        "input": _json(run.input),
        "output": _json(run.output),
        "error": run.error,
    }


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
