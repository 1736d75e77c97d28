"""Record and revoke judgements, and replay the levels that they count towards (G10).

A call is one transaction: all of its judgements are recorded, or none. Safe to run again with the same ids.
"""

import uuid
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

import structlog

from graph_api.domain.answers.answers import not_in_future
from graph_api.domain.failures import (
    ConceptNotFound,
    JudgementIdConflict,
    JudgementNotFound,
    SkillNotFound,
    StudentNotFound,
    TargetArchived,
)
from graph_api.domain.learners.judgements import Judgement, NewJudgement, NewRevocation, Revocation
from graph_api.domain.targets import Target, TargetKind
from graph_api.store import erasures, judgements, students
from graph_api.store.answers import Pair
from graph_api.store.gateway import Gateway, Transaction
from graph_api.store.tags import ConceptTags, SkillTags, read_concept_tags, read_skill_tags
from graph_api.usecases.learners.replay_levels import follow_sets, replay_pairs

MOST = 500
"""The largest number of judgements of one call."""

log = structlog.get_logger(__name__)


class Judging(NamedTuple):
    """Who judges, through which gateway, and when.

    Attributes:
        seen: the database as the author may see it: students who are hidden do not exist.
        gateway: the service's own, which writes.
        author: the id of the principal; None if authentication is off.
        clock: the time.
    """

    seen: Gateway
    gateway: Gateway
    author: str | None
    clock: Callable[[], datetime]


async def record_judgements(judging: Judging, new: Sequence[NewJudgement]) -> list[Judgement]:
    """Record judgements, and return what is stored, in the order of the input.

    Raises:
        InvalidInput: a time in the future.
        StudentNotFound, StudentErased, ConceptNotFound, SkillNotFound: not found.
        TargetArchived: a target was archived by the time from which a judgement counts.
        JudgementIdConflict: an id was used for a judgement with other content.
    """
    now = judging.clock()
    ids = [each.id or uuid.uuid4().hex for each in new]
    of_call = [_received(each, key, n, judging.author, now) for n, (each, key) in enumerate(zip(new, ids, strict=True))]
    await _check_seen(judging, new)

    async def work(tx: Transaction) -> list[Judgement]:
        stored = await _lock_and_read(tx, {each.student_id for each in new})
        recorded: dict[tuple[str, str], Judgement] = {}
        for sent, judgement in zip(new, of_call, strict=True):
            key = judgement.student_id, judgement.id
            before = stored.get(key) or recorded.get(key)
            if before is not None and not before.states(sent, judging.author):
                raise JudgementIdConflict("id", "was used before for a judgement with other content", judgement.id)
            if before is None:
                recorded[key] = judgement
        await check_targets(tx, recorded.values())
        await put_events(tx, recorded.values(), (), now)
        return [(recorded | stored)[each.student_id, each.id] for each in of_call]

    written = await judging.gateway.write(work)
    await follow_sets(judging.gateway, pairs_of(written), judging.clock)
    return written


async def revoke_judgements(judging: Judging, new: Sequence[NewRevocation]) -> list[Judgement]:
    """Revoke judgements, and return them in the order of the input. One that is revoked already stays as it is.

    Raises:
        StudentNotFound, StudentErased: not found.
        JudgementNotFound: a student has no judgement with an id.
    """
    now = judging.clock()
    ids = [uuid.uuid4().hex for _ in new]
    await _check_seen(judging, new)

    async def work(tx: Transaction) -> list[Judgement]:
        stored = await _lock_and_read(tx, {each.student_id for each in new})
        if missing := [each.judgement_id for each in new if (each.student_id, each.judgement_id) not in stored]:
            rule = "must name judgements of the student"
            raise JudgementNotFound("judgementId", rule, ", ".join(missing), missing)
        revoked: dict[tuple[str, str], Judgement] = {}
        for sent, event_id in zip(new, ids, strict=True):
            key = sent.student_id, sent.judgement_id
            if stored[key].revocation is None and key not in revoked:
                revocation = Revocation(event_id, now, judging.author, sent.note)
                revoked[key] = replace(stored[key], revocation=revocation)
        await put_events(tx, (), revoked.values(), now)
        return [(stored | revoked)[each.student_id, each.judgement_id] for each in new]

    written = await judging.gateway.write(work)
    await follow_sets(judging.gateway, pairs_of(written), judging.clock)
    return written


async def put_events(
    tx: Transaction, new: Collection[Judgement], revoked: Collection[Judgement], now: datetime
) -> None:
    """Append judgements of locked students, and revocations of others, and replay the levels that they concern."""
    await judgements.create(tx, new)
    await judgements.revoke(tx, revoked)
    await replay_pairs(tx, pairs_of([*new, *revoked]), now)


def _received(new: NewJudgement, key: str, place: int, author: str | None, now: datetime) -> Judgement:
    """The judgement as it came in at `now`; `place` is its place in the call.

    Raises:
        InvalidInput: its time is in the future.
    """
    at = now if new.at is None else not_in_future(new.at, now)
    return Judgement(key, new.student_id, new.target, new.kind, new.level, at, now, place, author, new.note)


async def _check_seen(judging: Judging, new: Sequence[NewJudgement] | Sequence[NewRevocation]) -> None:
    """Refuse students whom the author may not see: these look as if they did not exist."""
    ids = {each.student_id for each in new}

    async def work(tx: Transaction) -> None:
        if missing := sorted(ids - (await students.read_by_ids(tx, ids)).keys()):
            if tx.sees_all_students and (erased := await erasures.read_erased(tx, missing)):
                raise erasures.erased_failure("studentId", erased)
            raise _not_found(missing)

    await judging.seen.read(work)


def _not_found(missing: Sequence[str]) -> StudentNotFound:
    return StudentNotFound("studentId", "must name students that exist", ", ".join(missing), missing)


async def _lock_and_read(tx: Transaction, student_ids: Collection[str]) -> dict[tuple[str, str], Judgement]:
    """The judgements of students, by student and id. Students are locked, so that no answer comes in between."""
    await students.lock(tx, student_ids)
    if erased := await erasures.read_erased(tx, student_ids):
        raise erasures.erased_failure("studentId", erased)
    if missing := sorted(set(student_ids) - (await students.read_by_ids(tx, student_ids)).keys()):
        raise _not_found(missing)
    stored = await judgements.read_of_students(tx, student_ids)
    return {(student_id, each.id): each for student_id, of_one in stored.items() for each in of_one}


async def check_targets(tx: Transaction, new: Collection[Judgement], *, may_be_archived: bool = False) -> None:
    """Refuse judgements on targets that do not exist, or that were archived by the time from which they count.

    Raises:
        ConceptNotFound, SkillNotFound, TargetArchived: naming the targets.
    """
    concepts = [each for each in new if each.target.kind is TargetKind.CONCEPT]
    skills = [each for each in new if each.target.kind is TargetKind.SKILL]
    of_concepts = await read_concept_tags(tx, {each.target.key for each in concepts}) if concepts else {}
    of_skills = await read_skill_tags(tx, {each.target.key for each in skills}) if skills else {}
    if missing := sorted({each.target.key for each in concepts} - of_concepts.keys()):
        raise ConceptNotFound("conceptId", "must name concepts that exist", ", ".join(missing), missing)
    if missing := sorted({each.target.key for each in skills} - of_skills.keys()):
        raise SkillNotFound("skillCode", "must name skills that exist", ", ".join(missing), missing)
    if may_be_archived:
        return
    tags: dict[Target, ConceptTags | SkillTags] = {each.target: of_concepts[each.target.key] for each in concepts}
    tags |= {each.target: of_skills[each.target.key] for each in skills}
    if archived := sorted({each.target.key for each in new if not tags[each.target].takes_answer(each.at)}):
        rule = "must be before the concept or skill was archived"
        raise TargetArchived("at", rule, ", ".join(archived), archived)


def pairs_of(of: Iterable[Judgement]) -> list[Pair]:
    """The students and targets that judgements concern, each pair once."""
    return list(dict.fromkeys((each.student_id, each.target) for each in of))
