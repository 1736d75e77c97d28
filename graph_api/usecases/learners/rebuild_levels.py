"""Write again every level that differs from a replay of its answers and judgements under the set in effect.

What an operator does about levels that `graph-api doctor` names. Answers are the truth, so no level is lost: each is
computed anew, and those that are already right stay untouched.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

import structlog

from graph_api.domain.failures import InvalidInput, StudentNotFound
from graph_api.domain.learners.mastery import replay
from graph_api.domain.operations.runs import Run
from graph_api.store import answers, judgements, masteries, students
from graph_api.store.gateway import Gateway, Transaction
from graph_api.usecases.learners.replay_levels import read_sets_in_effect
from graph_api.usecases.locked_students import write_students
from graph_api.usecases.run_ledger import OnProgress, recorded_run, unwatched

STUDENTS_AT_A_TIME = 100

log = structlog.get_logger(__name__)


class Rebuilt(NamedTuple):
    """The counts of students and levels examined, levels written, and students skipped.

    A student is skipped whose answers cannot be read.
    """

    students: int
    levels: int
    replayed_levels: int
    skipped_students: int


async def rebuild_levels(
    gateway: Gateway,
    run: Run,
    clock: Callable[[], datetime],
    student_id: str | None = None,
    on_progress: OnProgress = unwatched,
) -> Rebuilt:
    """Replay every level of all students, or of one, in a run; write those that differ.

    Raises:
        StudentNotFound: the student does not exist.
        ParameterSetNotFound: the set in effect for a target does not exist.
    """
    async with recorded_run(gateway, run, clock, on_progress) as recorded:
        total = await gateway.read(lambda tx: students.count(tx, group_id=None, search=None))
        done = Rebuilt(0, 0, 0, 0)
        ids = await _first(gateway, student_id)
        while ids:
            recorded.report("replaying levels", done.students, total if student_id is None else 1)
            done = Rebuilt(*map(sum, zip(done, await _rebuild(gateway, ids, clock), strict=True)))
            ids = [] if student_id is not None else await _page(gateway, ids[-1])
        recorded.output.update(
            students=done.students,
            levels=done.levels,
            replayedLevels=done.replayed_levels,
            skippedStudents=done.skipped_students,
        )
    return done


async def _first(gateway: Gateway, student_id: str | None) -> list[str]:
    if student_id is None:
        return await _page(gateway, "")
    if not await gateway.read(lambda tx: students.read_by_ids(tx, [student_id])):
        raise StudentNotFound("studentId", "must exist", student_id, [student_id])
    return [student_id]


async def _page(gateway: Gateway, after: str) -> list[str]:
    page = await gateway.read(lambda tx: students.read_page(tx, after_id=after, limit=STUDENTS_AT_A_TIME))
    return [student.id for student in page]


async def _rebuild(gateway: Gateway, ids: Sequence[str], clock: Callable[[], datetime]) -> Rebuilt:
    try:
        return _sum(await write_students(gateway, ids, lambda tx, some: _work(tx, some, clock())))
    except (InvalidInput, KeyError, TypeError, ValueError) as fault:
        if len(ids) == 1:
            log.error("levels cannot be replayed: run graph-api doctor", fault=type(fault).__name__)  # noqa: TRY400 - a trace would show whose
            return Rebuilt(1, 0, 0, 1)
    half = len(ids) // 2
    return _sum([await _rebuild(gateway, ids[:half], clock), await _rebuild(gateway, ids[half:], clock)])


def _sum(parts: Sequence[Rebuilt]) -> Rebuilt:
    return Rebuilt(*map(sum, zip(*parts, strict=True)))


async def _work(tx: Transaction, ids: Sequence[str], now: datetime) -> Rebuilt:
    await students.lock(tx, ids)
    history = answers.stream_of_students(tx, ids)
    pairs = {(answer.student_id, target) async for answer in history for target in answer.targets}
    judged = (await judgements.read_of_students(tx, ids)).values()
    pairs |= {(each.student_id, each.target) for of_one in judged for each in of_one if each.revocation is None}
    stored = await masteries.read_states(tx, pairs)
    evidence = await answers.read_evidence(tx, pairs)
    used = await read_sets_in_effect(tx, {target for _, target in evidence})
    replayed = [replay(evidence[pair], *pair, used[pair[1]]) for pair in sorted(evidence)]
    incorrect = [
        level
        for level in replayed
        if level is not None
        and (
            (before := stored.get((level.student_id, level.target))) is None
            or replace(before, updated_at=None) != level
        )
    ]
    await masteries.put(tx, incorrect, now)
    await masteries.delete(tx, sorted(stored.keys() - evidence.keys()))  # none of their answers counts any more
    return Rebuilt(len(ids), len(replayed), len(incorrect), 0)
