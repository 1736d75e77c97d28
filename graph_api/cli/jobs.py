"""`graph-api recompute`, `replay`, `expire-sessions` and `scheduler`: the jobs, once or on their schedule."""

import asyncio
import signal
import uuid
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer
import uvloop

from graph_api.app.metrics import Metrics
from graph_api.app.running import running, session_scoring, utc_now
from graph_api.app.scheduling import scheduler_of
from graph_api.cli.console import FAILED, USAGE, out, report_errors, run_with_progress, settings_for_command, stop
from graph_api.config import Settings
from graph_api.store.gateway import Gateway
from graph_api.usecases.learners.expire_sessions import expire_sessions, expiry_run
from graph_api.usecases.learners.rebuild_levels import rebuild_levels
from graph_api.usecases.learners.recompute_recency import RecomputeRequest, recompute_recency
from graph_api.usecases.learners.replay_topics import replay_topics, topic_replay_run
from graph_api.usecases.operations.erase_students import erase_inactive, erasure_run
from graph_api.usecases.parameters.activate_evidence import activate_evidence, evidence_run
from graph_api.usecases.parameters.change_sets import replay_run
from graph_api.usecases.parameters.edit_policy_sets import read_topic_set
from graph_api.usecases.run_ledger import OnProgress


def recompute(
    *,
    student: Annotated[str | None, typer.Option(help="Only this student.")] = None,
    group: Annotated[str | None, typer.Option(help="Only the members of this group.")] = None,
    skill: Annotated[list[str] | None, typer.Option(help="Only this skill; may be given several times.")] = None,
    parameters: Annotated[str | None, typer.Option(help="The recency parameter set, as in recency-v0.")] = None,
    as_of: Annotated[datetime | None, typer.Option(help="When the windows end, UTC. Default: now.")] = None,
) -> None:
    """Recompute the recency-weighted scores of all students, or of some."""
    settings = settings_for_command(log_level="warning")

    async def work(gateway: Gateway, show: OnProgress) -> dict[str, Any]:
        moment = None if as_of is None else as_of.replace(tzinfo=UTC)
        set_id = parameters or settings.recency_parameters
        request = RecomputeRequest(student, group, skill, moment, parameter_set_id=set_id)
        run = request.run(uuid.uuid4().hex, "command", utc_now())
        return await recompute_recency(gateway, request, run, utc_now, show)

    done = _with_progress(work)
    out.print(
        f"{done['students']:,} students: {done['scored']:,} scores, {done['insufficientData']:,} with too few answers",
        highlight=False,
    )
    for warning in done["warnings"]:
        out.print(warning, style="yellow")


def replay_stale_topics() -> None:
    """Replay topics and sampling records that were computed under other parameters than those in effect."""
    settings = settings_for_command(log_level="warning")

    async def work(gateway: Gateway, show: OnProgress) -> dict[str, Any]:
        used = await read_topic_set(gateway, settings.topic_parameters)
        run = topic_replay_run(uuid.uuid4().hex, used, "command", utc_now())
        return (await replay_topics(gateway, used, run, utc_now, show))._asdict()

    done = _with_progress(work)
    out.print(f"{done['topics']:,} topics and {done['samplings']:,} sampling records replayed", highlight=False)


def activate_evidence_parameters(
    evidence: Annotated[str, typer.Argument(help="The evidence parameters, as in first-attempt-v1.")],
    *,
    from_: Annotated[
        str | None, typer.Option("--from", help="Weigh the answers again that these weighed. Default: those in effect.")
    ] = None,
) -> None:
    """Put evidence parameters into effect, and replay everything that follows from the answers."""
    settings = settings_for_command(log_level="warning")

    async def work(gateway: Gateway, show: OnProgress) -> dict[str, Any]:
        topic_set = await read_topic_set(gateway, settings.topic_parameters)
        run = evidence_run(uuid.uuid4().hex, evidence, "command", utc_now())
        return (await activate_evidence(gateway, evidence, from_, topic_set, run, utc_now, show))._asdict()

    done = _with_progress(work)
    out.print(
        f"{done['answers']:,} answers weighed, {done['changed']:,} count otherwise: {done['levels']:,} levels, "
        f"{done['topics']:,} topics and sampling records, {done['scores']:,} recency scores replayed",
        highlight=False,
        soft_wrap=True,
    )


def expire(
    hours: Annotated[float | None, typer.Option(min=0, help="Older sessions expire. Default: as configured.")] = None,
) -> None:
    """End sessions that have been in progress for too long."""
    settings = settings_for_command(log_level="warning")

    async def work(gateway: Gateway, show: OnProgress) -> dict[str, Any]:
        age = timedelta(hours=settings.session_hours if hours is None else hours)
        run = expiry_run(uuid.uuid4().hex, age, "command", utc_now())
        return await expire_sessions(gateway, age, run, utc_now, show, scoring=session_scoring(settings))

    out.print(f"{_with_progress(work)['expired']:,} sessions expired", highlight=False)


def replay(
    student: Annotated[str | None, typer.Option(help="Only the levels of this student.")] = None,
) -> None:
    """Recompute every level from the answers, and write those that differ. This repairs levels that doctor reports."""

    async def work(gateway: Gateway, show: OnProgress) -> dict[str, Any]:
        run = replay_run(uuid.uuid4().hex, "rebuilt", "command", utc_now())
        return (await rebuild_levels(gateway, run, utc_now, student, show))._asdict()

    done = _with_progress(work)
    out.print(
        f"{done['students']:,} students: {done['levels']:,} levels checked, {done['replayed_levels']:,} written",
        highlight=False,
    )
    if skipped := done["skipped_students"]:
        stop(f"{skipped:,} students were skipped, because their answers cannot be read: run graph-api doctor", FAILED)


def erase_inactive_students(
    days: Annotated[
        float | None, typer.Option(min=1, help="Inactive for more days than this. Default: as configured.")
    ] = None,
) -> None:
    """Erase students who have been inactive for a number of days."""
    settings = settings_for_command(log_level="warning")
    if days is None and settings.retention_days is None:
        stop("--days: is required unless GRAPH_API_RETENTION_DAYS is set", USAGE)

    async def work(gateway: Gateway, show: OnProgress) -> dict[str, Any]:
        age = timedelta(days=days or settings.retention_days or 0)
        return await erase_inactive(
            gateway, age, erasure_run(uuid.uuid4().hex, age, "command", utc_now()), utc_now, show
        )

    out.print(f"{_with_progress(work)['erased']:,} students erased", highlight=False)


def scheduler() -> None:
    """Run the background jobs on their schedule. Several schedulers may run at the same time."""
    settings = settings_for_command()
    with report_errors():
        uvloop.run(_schedule(settings))


async def _schedule(settings: Settings) -> None:
    ended = asyncio.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(each, ended.set)
    metrics = Metrics("", settings.engine)
    async with running(settings, metrics) as services, scheduler_of(settings, services.gateway, metrics):
        out.print("scheduling", highlight=False)
        await ended.wait()


def _with_progress(work: Callable[[Gateway, OnProgress], Awaitable[dict[str, Any]]]) -> dict[str, Any]:
    return run_with_progress(lambda services, show: work(services.gateway, show))
