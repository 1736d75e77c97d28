"""Put evidence parameters into effect: weigh the answers again that others weighed, and replay what follows (B3a).

The transaction that puts them into effect also notes the run. Each batch of students is one transaction, so all fields
of a student change together. A run that died is resumed: answers name what weighed them, so it goes on where it ended.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial, reduce

import structlog

from graph_api.domain.answers.evidence_rules import EvidenceParameterSet
from graph_api.domain.failures import InvalidInput, ParameterSetNotFound
from graph_api.domain.operations.runs import Algorithm, Run, RunStatus
from graph_api.domain.parameters.topic_parameters import TopicParameterSet
from graph_api.store import concepts, runs, students
from graph_api.store.answers import read_students_weighed_by
from graph_api.store.gateway import Gateway, Transaction
from graph_api.store.policy_sets import (
    EvidenceInEffect,
    clear_evidence_run,
    evidence_sets,
    put_evidence_in_effect,
    read_evidence_in_effect,
)
from graph_api.usecases.learners.choose_students import student_pages
from graph_api.usecases.learners.weigh_again import Weighed, Weighing, weigh_students
from graph_api.usecases.locked_students import write_students
from graph_api.usecases.run_ledger import KeptRun, OnProgress, fail_dead_runs, recorded_run, unwatched

log = structlog.get_logger(__name__)

VERSION = "1"
LOCKED_AT_A_TIME = 20
"""Students in one transaction: their answers wait until it ends."""


def evidence_run(run_id: str, set_id: str, trigger: str, now: datetime) -> Run:
    """The run that an activation starts."""
    return Run(run_id, Algorithm.ACTIVATE_EVIDENCE, VERSION, {"evidence": set_id}, trigger, now)


async def activate_evidence(  # noqa: PLR0913, PLR0917 - what, instead of what, under which run
    gateway: Gateway,
    set_id: str,
    from_id: str | None,
    topic_set: TopicParameterSet,
    run: Run,
    clock: Callable[[], datetime],
    on_progress: OnProgress = unwatched,
) -> Weighed:
    """Put evidence parameters into effect, and weigh the answers again that `from_id` weighed; None: those in effect.

    Answers that a caller had weighed by other parameters keep their weight.

    Raises:
        ParameterSetNotFound: one of the two does not exist.
    """

    async def work(tx: Transaction) -> tuple[EvidenceParameterSet, Sequence[str]]:
        await concepts.lock_course(tx)
        now = await read_evidence_in_effect(tx)
        replaced = from_id or now.set_id
        sets = await evidence_sets.read_by_ids(tx, [set_id, replaced])
        for field, each in (("id", set_id), ("from", replaced)):
            if each not in sets:
                raise ParameterSetNotFound(field, "must be stored evidence parameters", each, [each])
        ids = sorted({replaced, *now.replaced_ids} - {set_id})
        await put_evidence_in_effect(tx, EvidenceInEffect(set_id, run.id, ids))
        return sets[set_id], ids

    async with recorded_run(gateway, run, clock, on_progress) as entry:
        used, replaced_ids = await gateway.write(work)
        return await _weigh_all(gateway, Weighing(replaced_ids, used, topic_set, run.id), entry, clock)


async def is_unfinished(gateway: Gateway) -> bool:
    """Whether a run that has ended left answers to be weighed again."""
    noted = await gateway.read(read_evidence_in_effect)
    if noted.run_id is None:
        return False
    run = (await gateway.read(lambda tx: runs.read_by_ids(tx, [noted.run_id or ""]))).get(noted.run_id)
    return run is None or run.status is not RunStatus.RUNNING


async def resume_evidence(
    gateway: Gateway, topic_set: TopicParameterSet, run_id: str, trigger: str, clock: Callable[[], datetime]
) -> Weighed | None:
    """Weigh what a run that has ended left over, as when its process died; None if nothing is left over."""
    await fail_dead_runs(gateway, clock())
    if not await is_unfinished(gateway):
        return None
    noted = await gateway.read(read_evidence_in_effect)
    run = evidence_run(run_id, noted.set_id, trigger, clock())
    return await activate_evidence(gateway, noted.set_id, noted.set_id, topic_set, run, clock)


async def _weigh_all(gateway: Gateway, weighing: Weighing, entry: KeptRun, clock: Callable[[], datetime]) -> Weighed:
    weighed, unreadable = await _weigh_once(gateway, weighing, entry, clock)
    latest = weighed
    while latest.answers:  # answers may have come meanwhile, of new students as well
        latest, unreadable = await _weigh_once(gateway, weighing, entry, clock)
        weighed = weighed.plus(latest)
    await gateway.write(lambda tx: clear_evidence_run(tx, weighing.run_id))
    entry.output.update(
        answers=weighed.answers,
        changedAnswers=weighed.changed,
        replayedLevels=weighed.levels,
        replayedTopics=weighed.topics,
        recomputedScores=weighed.scores,
        unreadableStudents=unreadable,
        replaced=list(weighing.replaced_ids),
    )
    return weighed


async def _weigh_once(
    gateway: Gateway, weighing: Weighing, entry: KeptRun, clock: Callable[[], datetime]
) -> tuple[Weighed, int]:
    """Weigh for every student who has answers to weigh; returns also how many students were skipped."""
    total = await gateway.read(lambda tx: students.count(tx, group_id=None, search=None))
    done, unreadable, weighed = 0, 0, Weighed()
    async for ids in student_pages(gateway, None):
        entry.report("weighing answers", done, total)
        due = await gateway.read(partial(read_students_weighed_by, student_ids=ids, evidence_ids=weighing.replaced_ids))
        for start in range(0, len(due), LOCKED_AT_A_TIME):
            some, skipped = await _weigh_readable(gateway, due[start : start + LOCKED_AT_A_TIME], weighing, clock)
            weighed, unreadable = weighed.plus(some), unreadable + skipped
        done += len(ids)
    entry.report("weighing answers", done, total)
    return weighed, unreadable


async def _weigh_readable(
    gateway: Gateway, ids: Sequence[str], weighing: Weighing, clock: Callable[[], datetime]
) -> tuple[Weighed, int]:
    """Weigh for some students; rows that cannot be read stop their own student only. Returns how many were skipped."""
    try:
        parts = await write_students(gateway, ids, partial(weigh_students, weighing=weighing, now=clock()))
        return reduce(Weighed.plus, parts), 0
    except (InvalidInput, KeyError, TypeError, ValueError) as fault:
        if len(ids) == 1:
            log.error("answers cannot be weighed: run graph-api doctor", fault=type(fault).__name__)  # noqa: TRY400 - a trace would show whose
            return Weighed(), 1
    weighed, skipped = Weighed(), 0
    for each in ids:
        some, more = await _weigh_readable(gateway, [each], weighing, clock)
        weighed, skipped = weighed.plus(some), skipped + more
    return weighed, skipped
