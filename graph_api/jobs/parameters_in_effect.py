"""Bring topics, sampling records and recency to the parameters in effect, after a setting or the service has changed.

It runs after the start, in parallel with answers and queries. Until a state is replayed, it is read under the set that
it was computed with. One of the instances does the work; if it dies, another continues. Stale states are searched for
again every hour, because an instance with the old settings may have recorded answers meanwhile.
"""

import asyncio
import uuid
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

import structlog

from graph_api.domain.parameters.topic_parameters import TopicParameterSet
from graph_api.store.gateway import DatabaseUnavailable
from graph_api.usecases.learners.recompute_recency import RecomputeRequest, has_stale_scores, recompute_recency
from graph_api.usecases.learners.replay_topics import has_stale_topics, replay_topics, topic_replay_run
from graph_api.usecases.operations.history_pages import build_missing, has_students_without_pages
from graph_api.usecases.operations.hold_job import Claim, JobHolder
from graph_api.usecases.parameters.activate_evidence import is_unfinished, resume_evidence

log = structlog.get_logger(__name__)

T = TypeVar("T")

SETTLE = timedelta(seconds=1)
"""After the start, answers and queries come first."""
PAUSE = timedelta(hours=1)
TOPICS, RECENCY, EVIDENCE, PAGES = "topics", "recency", "evidence", "history pages"
TRIGGER = "setting"


@dataclass(frozen=True, slots=True)
class InEffect:
    """The configured parameter sets.

    Attributes:
        topic_set: for topics and sampling.
        recency_set_id: for recency.
    """

    topic_set: TopicParameterSet
    recency_set_id: str


async def keep_in_effect(holder: JobHolder, parameters: InEffect, pause: timedelta = PAUSE) -> None:
    """Replay what is stale, and look again after each pause, until cancelled.

    Recency scores are checked once. Later scores under another set were requested, and the schedule replaces them.
    History pages are checked once, because recording keeps them.
    """
    with_recency = with_pages = True
    await asyncio.sleep(SETTLE.total_seconds())
    while True:
        wait = pause
        try:
            finished = [
                await resume_weighing(holder, parameters.topic_set),
                await replay_stale_topics(holder, parameters.topic_set),
            ]
            if with_recency:
                finished.append(await recompute_stale_scores(holder, parameters.recency_set_id))
                with_recency = not finished[-1]
            if with_pages:
                finished.append(await build_missing_pages(holder))
                with_pages = not finished[-1]
            if not all(finished):
                wait = min(pause, holder.lease)
        except DatabaseUnavailable as error:
            log.warning("the database does not answer", reason=str(error).splitlines()[0])
            wait = min(pause, holder.lease)
        await asyncio.sleep(wait.total_seconds())


async def resume_weighing(holder: JobHolder, topic_set: TopicParameterSet) -> bool:
    """Weigh answers that a dead run left, unless another instance does; returns whether nothing is left to do."""

    async def resume(run_id: str) -> None:
        weighed = await resume_evidence(holder.gateway, topic_set, run_id, TRIGGER, holder.clock)
        if weighed is not None:
            log.warning("an unfinished change of evidence parameters was resumed", **weighed._asdict())

    return await _once(holder, EVIDENCE, lambda: is_unfinished(holder.gateway), resume)


async def replay_stale_topics(holder: JobHolder, used: TopicParameterSet) -> bool:
    """Replay stale topics, unless another instance does; returns whether nothing is left to do."""

    async def replay(run_id: str) -> None:
        run = topic_replay_run(run_id, used, TRIGGER, holder.clock())
        replayed = await replay_topics(holder.gateway, used, run, holder.clock)
        log.info("replayed topics under the parameters in effect", parameter_set=used.id, **replayed._asdict())

    return await _once(holder, TOPICS, lambda: has_stale_topics(holder.gateway, used), replay)


async def recompute_stale_scores(holder: JobHolder, set_id: str) -> bool:
    """Recompute recency, if a score is stale, unless another instance does; returns whether nothing is left to do."""

    async def recompute(run_id: str) -> None:
        request = RecomputeRequest(parameter_set_id=set_id)
        run = request.run(run_id, TRIGGER, holder.clock())
        output = await recompute_recency(holder.gateway, request, run, holder.clock)
        log.info("recomputed recency under the parameters in effect", parameter_set=set_id, written=output["written"])

    return await _once(holder, RECENCY, lambda: has_stale_scores(holder.gateway, set_id), recompute)


async def build_missing_pages(holder: JobHolder) -> bool:
    """Build history pages of students without them, unless another instance does; returns whether nothing is left."""

    async def build(_: str) -> None:
        log.info("built history pages", students=await build_missing(holder.gateway))

    return await _once(holder, PAGES, lambda: has_students_without_pages(holder.gateway), build)


async def _once(
    holder: JobHolder,
    job: str,
    is_stale: Callable[[], Coroutine[Any, Any, bool]],
    work: Callable[[str], Coroutine[Any, Any, None]],
) -> bool:
    """Do the work if it is due and no other instance does it; returns whether nothing is left to do.

    Staleness is read again once the job is held: another instance may have finished it since the first look.
    """
    if not await _to_its_end(is_stale()):
        return True
    run_id = uuid.uuid4().hex
    if await holder.claim(job, holder.clock(), run_id) is not Claim.CLAIMED:
        return False
    async with holder.holding(job):
        if await _to_its_end(is_stale()):
            await work(run_id)
    return True


async def _to_its_end(reading: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine. A service that stops meanwhile waits for it, so that no connection is left open."""
    task = asyncio.create_task(reading)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task})
        raise
