"""Placements in the graph: sessions that cover concepts, and their answers."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from graph_api.domain.answers.order import Order
from graph_api.domain.learners.placement.placements import Placement
from graph_api.domain.learners.placement.questions import PlacementRule
from graph_api.domain.learners.sessions import Session, SessionStatus
from graph_api.store.gateway import Row, Transaction
from graph_api.store.orders import decode_order


class PlacementAnswer(NamedTuple):
    """An answer of a placement to one concept: what it counts as, and how much. The natural order is of answers."""

    order: Order
    concept_id: str
    correct: bool
    weight: float


async def create(tx: Transaction, placement: Placement) -> None:
    """Start a placement of a stored student; a stored session with this id stays as it is."""
    await tx.nothing(
        "placement/create",
        id=placement.id,
        student_id=placement.student_id,
        started_at=placement.session.started_at,
        concept_ids=list(placement.concept_ids),
        certainty=placement.rule.certainty,
        max_questions=placement.rule.max_questions,
        max_answers=placement.rule.max_answers,
    )


async def read_by_ids(tx: Transaction, ids: Iterable[str]) -> dict[str, Placement]:
    """The placements with these ids; unknown ids, and those of other sessions, are left out."""
    rows = await tx.many("placement/list_by_ids", ids=sorted(set(ids)))
    return {row["id"]: _decode(row) for row in rows}


async def read_page(
    tx: Transaction, student_ids: Iterable[str], *, after: tuple[datetime, str] | None, limit: int
) -> dict[str, list[Placement]]:
    """For each student, at most `limit` placements after a start and id: the newest first, then by id."""
    after_at, after_id = after or (None, None)
    rows = await tx.many(
        "placement/list_page",
        student_ids=sorted(set(student_ids)),
        after_at=after_at,
        after_id=after_id,
        limit=limit,
    )
    pages: dict[str, list[Placement]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: str(row["id"])):
        pages[row["student_id"]].append(_decode(row))
    return {key: sorted(page, key=lambda each: each.session.started_at, reverse=True) for key, page in pages.items()}


async def count_of_students(tx: Transaction, student_ids: Iterable[str]) -> dict[str, int]:
    """The number of placements of each student."""
    rows = await tx.many("placement/count_of_students", student_ids=sorted(set(student_ids)))
    return {row["student_id"]: row["total"] for row in rows}


async def read_answers(tx: Transaction, placements: Sequence[Placement]) -> dict[str, list[PlacementAnswer]]:
    """The answers of placements, by id of the placement, oldest first; placements without answers are left out."""
    rows = [{"student_id": placement.student_id, "id": placement.id} for placement in placements]
    answers: dict[str, list[PlacementAnswer]] = defaultdict(list)
    for row in await tx.many("placement/list_answers", placements=rows):
        correct = row["correct"] if row["counts_as"] is None else row["counts_as"]
        weight = 1.0 if row["weight"] is None else row["weight"]
        answers[row["placement_id"]].append(PlacementAnswer(decode_order(row), row["concept_id"], correct, weight))
    return {key: sorted(of_one) for key, of_one in answers.items()}


def _decode(row: Row) -> Placement:
    session = Session(row["id"], row["student_id"], SessionStatus(row["status"]), row["started_at"], row["ended_at"])
    rule = PlacementRule(row["certainty"], row["max_questions"], row["max_answers"])
    return Placement(session, tuple(row["concept_ids"]), rule)
