"""Recompute recency-weighted scores, student by student, as of a moment (R6)."""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

from graph_api.domain.answers.answers import earlier
from graph_api.domain.failures import (
    GroupNotFound,
    InvalidInput,
    ParameterSetNotFound,
    SkillNotFound,
    StudentNotFound,
)
from graph_api.domain.learners.mastery import Mastery
from graph_api.domain.learners.recency import VERSION, Recency, RecencyStatus, score
from graph_api.domain.operations.runs import Algorithm, Run
from graph_api.domain.parameters.question_difficulties import QuestionDifficulties
from graph_api.domain.parameters.recency_parameters import RecencyParameterSet
from graph_api.domain.targets import TargetKind
from graph_api.store import groups, recencies, skills, students
from graph_api.store.gateway import Gateway, Transaction
from graph_api.store.policy_sets import read_difficulties, recency_sets
from graph_api.usecases.learners.choose_students import student_pages
from graph_api.usecases.learners.reads import LearnerReads
from graph_api.usecases.locked_students import write_students
from graph_api.usecases.run_ledger import OnProgress, recorded_run, unwatched

STUDENTS_AT_A_TIME = 50


@dataclass(frozen=True, slots=True)
class RecomputeRequest:
    """The scores to recompute, and their parameters.

    Attributes:
        student_id: only this student.
        group_id: only the members of this group; with neither, all students.
        skill_codes: only these skills.
        as_of: the moment at which the windows end; None is now.
        parameter_set_id: under which version of the parameters.
        student_ids: only these students; the run names them only if it is one, because the ledger outlives students.

    Raises:
        InvalidInput: both a student and a group.
    """

    student_id: str | None = None
    group_id: str | None = None
    skill_codes: Sequence[str] | None = None
    as_of: datetime | None = None
    parameter_set_id: str = field(kw_only=True)
    student_ids: Sequence[str] | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        if self.student_id is not None and self.group_id is not None:
            raise InvalidInput("studentId, groupId", "give at most one of them")

    @property
    def is_about_all(self) -> bool:
        """Whether it is about all students."""
        return self.student_id is None and self.group_id is None and self.student_ids is None

    def run(self, run_id: str, trigger: str, now: datetime) -> Run:
        """The run that this starts."""
        only = self.student_ids[0] if self.student_ids and len(self.student_ids) == 1 else self.student_id
        summary = {
            "studentId": only,
            "groupId": self.group_id,
            "skillCodes": None if self.skill_codes is None else list(self.skill_codes),
            "asOf": (self.as_of or now).isoformat(),
        }
        how = {"parameterSet": self.parameter_set_id}
        return Run(run_id, Algorithm.RECOMPUTE_RECENCY, VERSION, how, trigger, now, input=summary)


async def recompute_recency(
    gateway: Gateway, request: RecomputeRequest, run: Run, clock: Callable[[], datetime], watch: OnProgress = unwatched
) -> dict[str, Any]:
    """Recompute, and return the run's output: students, scores written, scored and insufficient, warnings.

    All scores of a student are written in one transaction. The same answers and moment give the same digits, and
    recomputing writes them in place.

    Raises:
        StudentNotFound, GroupNotFound, SkillNotFound, ParameterSetNotFound: not scores.
        InvalidInput: the moment is so early that nothing can be looked back at.
    """
    as_of = request.as_of or run.started_at
    async with recorded_run(gateway, run, clock, watch) as recorded:
        used, difficulties, total = await gateway.read(lambda tx: _check(tx, request))
        how = _How(used, difficulties, as_of)
        done = 0
        counts: Counter[str] = Counter()
        async for ids in _students(gateway, request):
            recorded.report("recomputing recency", done, total)
            work = partial(_recompute, request=request, how=how, run_id=run.id)
            counts += sum(await write_students(gateway, ids, work), Counter())
            done += len(ids)
        recorded.report("recomputing recency", done, total)
        recorded.output.update(
            students=done,
            written=counts.total(),
            scored=counts[RecencyStatus.SCORED],
            insufficientData=counts[RecencyStatus.INSUFFICIENT_DATA],
            warnings=used.parameters.warnings,
        )
    return recorded.output


async def read_recomputed(reads: LearnerReads, request: RecomputeRequest, run_id: str, limit: int) -> list[Mastery]:
    """The masteries of skills whose scores a run wrote, by student, then by code; of a student or a group."""
    recomputed: list[Mastery] = []
    async for ids in _students(reads.gateway, request):
        rows = await reads.masteries_of_student.load_many(ids)
        scores = await reads.recency_of_student.load_many(ids)
        for of_one, of_run in zip(rows, scores, strict=True):
            codes = {code for code, score in (of_run or {}).items() if score.run_id == run_id}
            of_skills = [row for row in of_one if row.target.kind is TargetKind.SKILL and row.target.key in codes]
            recomputed += sorted(of_skills, key=lambda row: row.target.key)
        if len(recomputed) >= limit:
            break
    return recomputed[:limit]


async def has_stale_scores(gateway: Gateway, set_id: str) -> bool:
    """Whether a score of any student was computed under another parameter set."""
    async for ids in student_pages(gateway, None):
        if await gateway.read(lambda tx, ids=ids: recencies.read_stale_students(tx, ids, set_id)):  # type: ignore[misc]
            return True
    return False


async def _check(
    tx: Transaction, request: RecomputeRequest
) -> tuple[RecencyParameterSet, QuestionDifficulties | None, int]:
    """The parameters, the difficulties from data that they name, and how many students there are."""
    set_id = request.parameter_set_id
    used = (await recency_sets.read_by_ids(tx, [set_id])).get(set_id)
    if used is None:
        raise ParameterSetNotFound("parameterSetId", "must exist", set_id, [set_id])
    if request.as_of is not None:
        earlier(request.as_of, timedelta(days=used.parameters.lookback_days), "asOf")
    codes = set(request.skill_codes or ())
    if missing := sorted(codes - (await skills.read_by_codes(tx, codes)).keys()):
        raise SkillNotFound("skillCodes", "must name skills that exist", ", ".join(missing), missing)
    difficulties = await read_difficulties(tx, used.parameters)
    if request.student_id is not None:
        if not await students.read_by_ids(tx, [request.student_id]):
            raise StudentNotFound("studentId", "must exist", request.student_id, [request.student_id])
        return used, difficulties, 1
    if request.student_ids is not None:
        return used, difficulties, len(request.student_ids)
    if request.group_id is not None and not await groups.read_by_ids(tx, [request.group_id]):
        raise GroupNotFound("groupId", "must exist", request.group_id, [request.group_id])
    return used, difficulties, await students.count(tx, group_id=request.group_id, search=None)


async def _students(gateway: Gateway, request: RecomputeRequest) -> AsyncIterator[list[str]]:
    if request.student_id is not None:
        yield [request.student_id]
        return
    if request.student_ids is not None:
        for start in range(0, len(request.student_ids), STUDENTS_AT_A_TIME):
            yield list(request.student_ids[start : start + STUDENTS_AT_A_TIME])
        return
    async for ids in student_pages(gateway, request.group_id, STUDENTS_AT_A_TIME):
        yield ids


class _How(NamedTuple):
    """The parameters, the difficulties from data that they name, and the moment of the scores."""

    used: RecencyParameterSet
    difficulties: QuestionDifficulties | None
    as_of: datetime


async def _recompute(
    tx: Transaction, student_ids: Sequence[str], *, request: RecomputeRequest, how: _How, run_id: str
) -> Counter[str]:
    await students.lock(tx, student_ids)
    used, difficulties, as_of = how
    since = as_of - timedelta(days=used.parameters.lookback_days)
    recent = await recencies.read_recent_answers(
        tx, student_ids, request.skill_codes, since, as_of, difficulties=difficulties
    )
    columns = recent.pair, recent.age, recent.correct, recent.difficulty
    scores = score(*columns, len(recent.pairs), used.parameters, recent.weight)
    stored = {
        pair: Recency(breakdown, as_of, run_id, used.id, VERSION)
        for pair, breakdown in zip(recent.pairs, scores.breakdowns(used.parameters), strict=True)
    }
    await recencies.put(tx, stored)
    return Counter(recency.breakdown.status for recency in stored.values())
