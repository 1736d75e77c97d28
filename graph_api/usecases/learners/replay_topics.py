"""Replay topics and sampling records under the parameter set in effect, for every student, in bounded batches.

A state is stale if it was computed under another set, or by another version of the fold. Each batch is one transaction
that locks its students, so an answer that comes meanwhile is either in the replay or folded after it. Every state names
its set throughout, and is read by that set. A replay that was interrupted is continued by running it again: what it
has replayed is not stale.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial, reduce
from typing import NamedTuple

import structlog

from graph_api.domain.failures import InvalidInput
from graph_api.domain.learners import topic
from graph_api.domain.operations.runs import Algorithm, Run
from graph_api.domain.parameters.topic_parameters import TopicParameterSet
from graph_api.store import samplings, students, topics
from graph_api.store.gateway import Gateway, Transaction
from graph_api.usecases.learners.choose_students import student_pages
from graph_api.usecases.learners.fold_topics import replay_sampling_pairs, replay_topic_pairs
from graph_api.usecases.locked_students import write_students
from graph_api.usecases.run_ledger import OnProgress, recorded_run, unwatched

log = structlog.get_logger(__name__)

LOCKED_AT_A_TIME = 20
"""Students in one transaction: their answers wait until it ends."""


class Replayed(NamedTuple):
    """The counts of topics and sampling records replayed, and of students whose rows cannot be read."""

    topics: int = 0
    samplings: int = 0
    unreadable: int = 0

    def plus(self, other: "Replayed") -> "Replayed":
        """Both together."""
        return Replayed(*(one + another for one, another in zip(self, other, strict=True)))


def topic_replay_run(run_id: str, used: TopicParameterSet, trigger: str, now: datetime) -> Run:
    """The run that a replay starts."""
    return Run(run_id, Algorithm.REPLAY_TOPICS, topic.VERSION, {"parameterSet": used.id}, trigger, now)


async def has_stale_topics(gateway: Gateway, used: TopicParameterSet) -> bool:
    """Whether a state of any student is stale."""
    async for ids in student_pages(gateway, None):
        if await gateway.read(partial(_read_stale, student_ids=ids, used=used)):
            return True
    return False


async def replay_topics(
    gateway: Gateway,
    used: TopicParameterSet,
    run: Run,
    clock: Callable[[], datetime],
    on_progress: OnProgress = unwatched,
) -> Replayed:
    """Bring every stale topic and sampling record to a parameter set; returns how many there were."""
    async with recorded_run(gateway, run, clock, on_progress) as recorded:
        total = await gateway.read(lambda tx: students.count(tx, group_id=None, search=None))
        done, replayed = 0, Replayed()
        async for ids in student_pages(gateway, None):
            recorded.report("replaying topics", done, total)
            stale = await gateway.read(partial(_read_stale, student_ids=ids, used=used))
            for start in range(0, len(stale), LOCKED_AT_A_TIME):
                some = stale[start : start + LOCKED_AT_A_TIME]
                replayed = replayed.plus(await _replay_readable(gateway, some, used))
            done += len(ids)
        recorded.report("replaying topics", done, total)
        recorded.output.update(
            students=done,
            replayedTopics=replayed.topics,
            replayedSamplings=replayed.samplings,
            unreadableStudents=replayed.unreadable,
        )
    return replayed


async def _read_stale(tx: Transaction, student_ids: Sequence[str], used: TopicParameterSet) -> list[str]:
    pairs = await topics.read_stale(tx, student_ids, used.id) | await samplings.read_stale(tx, student_ids, used.id)
    return sorted({student_id for student_id, _ in pairs})


async def _replay_readable(gateway: Gateway, student_ids: Sequence[str], used: TopicParameterSet) -> Replayed:
    """Replay some students. Rows that another program has corrupted stop their own student only."""
    try:
        parts = await write_students(gateway, student_ids, partial(_replay, used=used))
        return reduce(Replayed.plus, parts)
    except (InvalidInput, KeyError, TypeError, ValueError) as fault:
        if len(student_ids) == 1:
            log.warning("topics cannot be replayed; run graph-api doctor", fault=type(fault).__name__)
            return Replayed(unreadable=1)
    replayed = Replayed()
    for student_id in student_ids:
        replayed = replayed.plus(await _replay_readable(gateway, [student_id], used))
    return replayed


async def _replay(tx: Transaction, student_ids: Sequence[str], used: TopicParameterSet) -> Replayed:
    await students.lock(tx, student_ids)
    return Replayed(
        await replay_topic_pairs(tx, await topics.read_stale(tx, student_ids, used.id), used),
        await replay_sampling_pairs(tx, await samplings.read_stale(tx, student_ids, used.id), used),
    )
