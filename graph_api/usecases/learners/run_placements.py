"""Start placements, and take their answers: ordinary answers of an ordinary session (Q15)."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from graph_api.domain.answers.answers import AnswerInput, Recorded
from graph_api.domain.course.course_graph import CourseGraph
from graph_api.domain.failures import Failure, InvalidInput, SessionClosed, SessionNotFound
from graph_api.domain.learners.placement.placements import Placement
from graph_api.domain.learners.placement.questions import PlacementRule
from graph_api.domain.learners.placement.structure import MOST_CONCEPTS
from graph_api.domain.learners.scope import Scope
from graph_api.domain.learners.sessions import Session, SessionStatus
from graph_api.domain.text import identifier
from graph_api.store import placements, sessions, students
from graph_api.store.gateway import ConstraintViolated, Gateway, Transaction
from graph_api.usecases.learners.find_placements import PlacementResult
from graph_api.usecases.learners.run_sessions import end_session
from graph_api.usecases.learners.score_sessions import SessionScoring, score_sessions
from graph_api.usecases.read_back import read_back

Record = Callable[[Sequence[AnswerInput]], Awaitable[Sequence[Recorded | Failure]]]
"""Records answers, with an outcome for each."""
Find = Callable[[Placement], Awaitable[PlacementResult]]
"""Reads what a placement shows."""
Submit = Callable[[PlacementResult], Awaitable[PlacementResult]]
"""Ends the session of a placement without a next question."""


class AnsweredPlacement(NamedTuple):
    """A recorded answer, and what its placement shows with it."""

    recorded: Recorded
    result: PlacementResult


def covered_concepts(graph: CourseGraph, scope: Scope) -> tuple[str, ...]:
    """The concepts of a scope that are not archived, in order of id.

    Raises:
        InvalidInput: there are no concepts, or too many for a placement.
    """
    covered = scope.mask(graph.ids)
    ids = tuple(key for place, key in enumerate(graph.ids) if covered[place])
    if not 1 <= len(ids) <= MOST_CONCEPTS:
        raise InvalidInput("skillCodes, courseId", f"must cover 1 to {MOST_CONCEPTS} concepts", str(len(ids)))
    return ids


async def start_placement(  # noqa: PLR0913, PLR0917 - who, what, and by which rule
    gateway: Gateway,
    placement_id: str,
    student_id: str,
    concept_ids: tuple[str, ...],
    rule: PlacementRule,
    now: datetime,
) -> Placement:
    """Start a placement; if the student has one with this id, it is returned unchanged.

    A student not seen before is created, as by a first answer.

    Raises:
        InvalidInput: an id breaks a rule, or is that of another session.
        StudentErased: the student was erased.
    """
    identifier(placement_id, "id")
    identifier(student_id, "studentId")
    started = Placement(Session(placement_id, student_id, SessionStatus.IN_PROGRESS, now), concept_ids, rule)
    taken = InvalidInput("id", "is the id of another session", placement_id)

    async def work(tx: Transaction) -> Placement:
        stored = await placements.read_by_ids(tx, [placement_id])
        if not stored:
            if await sessions.read_by_ids(tx, [placement_id]):
                raise taken
            await students.touch(tx, [student_id], now)
            await placements.create(tx, started)
            created = await placements.read_by_ids(tx, [placement_id])
            # Without its student if another transaction erases the student: this one fails and runs again.
            stored = {key: each for key, each in created.items() if each.student_id == student_id}
        (placement,) = read_back(stored, [placement_id])
        if placement.student_id != student_id:
            raise taken
        return placement

    try:
        return await gateway.write(work)
    except ConstraintViolated as error:  # the session exists, but the caller may not see it
        raise taken from error


def check_concept(placement: Placement | None, placement_id: str, concept_id: str) -> Placement:
    """The placement, if it exists and covers a concept.

    Raises:
        SessionNotFound: it does not exist, or is hidden from the caller.
        InvalidInput: it does not cover the concept.
    """
    if placement is None:
        raise SessionNotFound("placementId", "must name a placement that exists", placement_id, [placement_id])
    if concept_id not in placement.concept_ids:
        raise InvalidInput("conceptId", "must be a concept of the placement", concept_id)
    return placement


async def answer_placement(
    record: Record, find: Find, submit: Submit, placement: Placement, answer: AnswerInput
) -> AnsweredPlacement:
    """Record an answer of a placement, and submit the placement's session if there is no next question.

    Raises:
        Failure: the answer was not recorded, as by `recordAnswer`.
    """
    (outcome,) = await record([answer])
    if isinstance(outcome, Failure):
        raise outcome
    return AnsweredPlacement(outcome, await submit(await find(placement)))


async def submit_placement(
    gateway: Gateway, result: PlacementResult, scoring: SessionScoring, clock: Callable[[], datetime]
) -> PlacementResult:
    """End the session of a placement without a next question, as `endSession` does; others stay as they are.

    If the session has ended meanwhile, it stays as it is.
    """
    placement = result.placement
    if result.stop is None or placement.session.status is not SessionStatus.IN_PROGRESS:
        return result
    try:
        ended = await end_session(gateway, placement.id, SessionStatus.SUBMITTED, clock())
    except SessionClosed:
        return result
    await score_sessions(gateway, [ended.student_id], scoring, clock)
    return replace(result, placement=replace(placement, session=ended))
