"""Runs: background computations of levels and parameters, and their trigger."""

import asyncio
from collections.abc import AsyncGenerator, Coroutine
from datetime import datetime
from functools import partial
from typing import Annotated, Any, Self

import strawberry
from strawberry.scalars import JSON

from graph_api.domain import failures
from graph_api.domain.operations import runs as domain
from graph_api.schema.context import Info
from graph_api.schema.enums import describe_values
from graph_api.schema.failures import RunNotFound, Unavailable
from graph_api.schema.mutations import mutation
from graph_api.schema.node import Node, node_id
from graph_api.schema.paging import DEFAULT_FIRST, After, Connection, First, listing, page
from graph_api.store import runs as store
from graph_api.usecases.run_ledger import cancel_run

POLL_SECONDS = 0.5

strawberry.enum(domain.RunStatus, description="Where a run stands.")
describe_values(
    domain.RunStatus,
    RUNNING="It has not ended.",
    SUCCESS="It did what it was to do.",
    FAILED="It ended before that; `error` has the reason.",
)
strawberry.enum(domain.Trigger, name="RunTrigger", description="What started a run.")
describe_values(
    domain.Trigger,
    MUTATION="A mutation.",
    COMMAND="A command of an operator.",
    SCHEDULE="The schedule of a job.",
    SETTING="A changed setting, which took effect when the service started.",
    START="The start of the service, which resumes what was cut short.",
    SESSION="The end of a session.",
    UPLOAD="The upload of a file.",
)
strawberry.enum(domain.Algorithm, description="What a run does.")
describe_values(
    domain.Algorithm,
    FIT_PARAMETERS="Fit parameters to answers.",
    FIT_FORGETTING="Fit forgetting to answers after a pause.",
    FIT_PREDICTOR="Fit the predictor of the next answer.",
    FIT_INFERENCE="Fit the model of inferred levels to first answers.",
    ACTIVATE_PARAMETERS="Activate parameters and replay the levels that change.",
    REPLAY_LEVELS="Replay levels from the answers, because another parameter set was named or a replay was cut short.",
    RECOMPUTE_RECENCY="Recompute recency-weighted scores.",
    ACTIVATE_EVIDENCE="Put evidence parameters into effect, weigh answers again and replay what follows.",
    REPLAY_TOPICS="Replay topics and sampling records under the parameters in effect.",
    EXPIRE_SESSIONS="Expire sessions that were in progress for too long.",
    ERASE_INACTIVE="Erase students who have practised nothing for long.",
    IMPORT_ANSWERS="Record the answers of an uploaded file.",
)


@strawberry.type(description="How far a run is.")
class RunProgress:
    step: str = strawberry.field(description="Its current step; empty before the first report.")
    done: int = strawberry.field(description="How much of it is done.")
    total: int = strawberry.field(description="Of how much; 0 if that is not known.")


@strawberry.type(description="One run of something that computes levels or parameters, from its start to its end.")
class Run(Node):
    id: strawberry.ID = strawberry.field(description="Its id.")
    algorithm: domain.Algorithm = strawberry.field(description="What it does.")
    version: str = strawberry.field(description="The version of the algorithm.")
    parameters: JSON = strawberry.field(description="How it does it.")
    trigger: str = strawberry.field(
        description="What started it: mutation, command, schedule, setting, session, upload, or start for the start "
        "of the service.",
        deprecation_reason="Select `startedBy`, whose values are listed.",
    )
    started_by: domain.Trigger | None = strawberry.field(
        description="What started the run. Null for runs of other releases with triggers of their own."
    )
    status: domain.RunStatus = strawberry.field(description="Where it stands.")
    started_at: datetime = strawberry.field(description="When it started.")
    finished_at: datetime | None = strawberry.field(description="When it ended; null while it runs.")
    input: JSON = strawberry.field(
        description="The requested students and targets, or the file; null means all of a kind."
    )
    output: JSON = strawberry.field(description="What it did, in numbers.")
    error: str | None = strawberry.field(description="Why it failed.")
    progress: RunProgress = strawberry.field(description="How far it is.")

    @classmethod
    async def load(cls, info: Info, id: str) -> Self | None:
        """The run with an id, or None."""
        stored = await info.context.loaders.runs.load(id)
        return cls.of(stored) if stored else None

    @classmethod
    def of(cls, run: domain.Run) -> Self:
        """The schema's view of a run."""
        return cls(
            node_id=node_id("Run", run.id),
            id=strawberry.ID(run.id),
            algorithm=run.algorithm,
            version=run.version,
            parameters=JSON(run.parameters),
            trigger=run.trigger,
            started_by=domain.TRIGGERS.get(run.trigger),
            status=run.status,
            started_at=run.started_at,
            finished_at=run.finished_at,
            input=JSON(run.input),
            output=JSON(run.output),
            error=run.error,
            progress=RunProgress(**run.progress._asdict()),
        )


async def read_run(info: Info, run: domain.Run) -> Run:
    """The run as it stands in the ledger."""
    stored = await info.context.loaders.runs.load(run.id)
    return Run.of(stored or run)


async def start_run(info: Info, run: domain.Run, work: Coroutine[Any, Any, object], *, wait: bool) -> Run:
    """The run when its work is done; or at once, while the work goes on."""
    services = info.context.services
    if wait:
        await work
    else:
        await info.context.gateway.write(lambda tx: store.put(tx, run))
        services.background.start(work, f"run {run.id}")
    return await read_run(info, run)


@strawberry.type(description="The run that was cancelled.")
class CancelRunPayload:
    run: Run = strawberry.field(description="The run as it stands.")


CancelRunResult = Annotated[
    CancelRunPayload | RunNotFound | Unavailable,
    strawberry.union("CancelRunResult", description="The run that was cancelled, or a failure."),
]


@strawberry.type
class RunQuery:
    """Queries about runs."""

    @strawberry.field(description="The run with this id, or null.")
    async def run(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="Its id.")]
    ) -> Run | None:
        return await Run.load(info, id)

    @strawberry.field(description="Runs, newest first.")
    async def runs(
        self,
        info: Info,
        algorithm: Annotated[domain.Algorithm | None, strawberry.argument(description="Only this algorithm.")] = None,
        status: Annotated[domain.RunStatus | None, strawberry.argument(description="Only with this status.")] = None,
        first: First = DEFAULT_FIRST,
        after: After = None,
        student_id: Annotated[
            strawberry.ID | None, strawberry.argument(description="Only runs for this student alone.")
        ] = None,
        group_id: Annotated[
            strawberry.ID | None, strawberry.argument(description="Only runs for the members of this group.")
        ] = None,
        parameter_set_id: Annotated[
            strawberry.ID | None,
            strawberry.argument(description="Only runs that used or activated this parameter set."),
        ] = None,
        exclude_algorithms: Annotated[
            list[domain.Algorithm] | None, strawberry.argument(description="Exclude runs of these algorithms.")
        ] = None,
    ) -> Connection[Run]:
        excluded = frozenset(exclude_algorithms or ())
        filters = store.RunFilter(algorithm, status, student_id, group_id, parameter_set_id, excluded)
        wanted = page(first, after, "runs", sorted(filters.params().items(), key=str), key=(datetime, str))
        start = (wanted.after[0], wanted.after[1]) if wanted.after else None
        read = partial(store.read_page, filters=filters, after=start, limit=wanted.limit)
        gateway, count = info.context.gateway, partial(store.count, filters=filters)
        return await listing(gateway, wanted, read, count, Run.of, lambda run: [run.started_at.isoformat(), run.id])


@strawberry.type
class RunMutation:
    """Mutations of runs."""

    @mutation(description="Cancel a run, in any process. What it has finished stays.")
    async def cancel_run(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="Its id.")]
    ) -> CancelRunResult:
        await cancel_run(info.context.gateway, id)
        stored = await info.context.loaders.runs.load(id)
        if stored is None:
            raise LookupError(f"run {id} is gone")
        return CancelRunPayload(run=Run.of(stored))


@strawberry.type
class RunSubscription:
    """Subscriptions to runs."""

    @strawberry.subscription(description="A run whenever it is further, in whichever process, until it has ended.")
    async def run_progress(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="Its id.")]
    ) -> AsyncGenerator[Run, None]:
        gateway, last = info.context.gateway, None
        while True:
            info.context.check_token()
            stored = (await gateway.read_one(lambda tx: store.read_by_ids(tx, [id]))).get(id)
            if stored is None:
                raise failures.RunNotFound("id", "must exist", id, [id])
            if stored != last:
                last = stored
                yield Run.of(stored)
            if stored.status is not domain.RunStatus.RUNNING:
                return
            await asyncio.sleep(POLL_SECONDS)
