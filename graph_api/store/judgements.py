"""Judgements in the graph: append-only relationships of students and targets (G10).

A revocation is a relationship of the same type, with `revokes` instead of a level.
"""

from collections import defaultdict
from collections.abc import Iterable
from itertools import chain

from graph_api.domain.learners.judgements import Judgement, JudgementKind, Revocation
from graph_api.domain.targets import TargetKind, concept, joined, skill
from graph_api.store.gateway import Interfered, Row, Transaction
from graph_api.store.rows_by_kind import by_kind
from graph_api.store.times import as_text, as_time

CREATE = {
    TargetKind.CONCEPT: "judgement/create_on_concepts",
    TargetKind.SKILL: "judgement/create_on_skills",
}


async def read_of_students(tx: Transaction, student_ids: Iterable[str]) -> dict[str, list[Judgement]]:
    """Every judgement of each student, revoked ones included, in order (B6)."""
    rows: dict[str, list[Row]] = defaultdict(list)
    for row in await tx.many("judgement/list_of_students", student_ids=sorted(set(student_ids))):
        rows[row["student_id"]].append(row)
    return {student_id: _judgements(of_one) for student_id, of_one in rows.items()}


async def create(tx: Transaction, judgements: Iterable[Judgement]) -> None:
    """Append judgements, each with its revocation, if it has one.

    Raises:
        ConstraintViolated: the student has one with that id already.
        Interfered: a student or target was deleted meanwhile; the transaction is run again and finds out which.
    """
    await _create(tx, chain.from_iterable(_rows(each) for each in judgements))


async def revoke(tx: Transaction, judgements: Iterable[Judgement]) -> None:
    """Append the revocations of judgements that are stored without one.

    Raises:
        ConstraintViolated, Interfered: as for `create`.
    """
    await _create(tx, (_rows(each)[1] for each in judgements))


async def _create(tx: Transaction, rows: Iterable[tuple[TargetKind, Row]]) -> None:
    for kind, of_kind in by_kind(rows).items():
        written: int = await tx.value(CREATE[kind], rows=of_kind)
        if written != len(of_kind):
            raise Interfered("a student or target was deleted while judgements were being recorded")


def _judgements(rows: Iterable[Row]) -> list[Judgement]:
    """The judgements of a student, from their rows and those of their revocations."""
    events = list(rows)
    revocations = {
        row["revokes"]: Revocation(row["id"], as_time(row["recorded_at"]), row["author"], row["note"])
        for row in sorted(events, key=lambda row: row["recorded_at"], reverse=True)
        if row["revokes"] is not None
    }
    judgements = [
        Judgement(
            id=row["id"],
            student_id=row["student_id"],
            target=skill(row["skill_code"]) if row["concept_id"] is None else concept(row["concept_id"]),
            kind=JudgementKind(row["kind"]),
            level=row["level"],
            at=as_time(row["at"]),
            recorded_at=as_time(row["recorded_at"]),
            sequence=row["sequence"],
            author=row["author"],
            note=row["note"],
            revocation=revocations.get(row["id"]),
        )
        for row in events
        if row["revokes"] is None
    ]
    return sorted(judgements, key=lambda each: each.order)


def _rows(judgement: Judgement) -> list[tuple[TargetKind, Row]]:
    """The row of a judgement, and that of its revocation."""
    rows = [
        _row(judgement, judgement.id, kind=judgement.kind.value, level=judgement.level, at=as_text(judgement.at))
        | {"recorded_at": as_text(judgement.recorded_at), "author": judgement.author, "note": judgement.note}
    ]
    if revocation := judgement.revocation:
        at = as_text(revocation.recorded_at)
        rows.append(
            _row(judgement, revocation.id, at=at, revokes=judgement.id)
            | {"recorded_at": at, "author": revocation.author, "note": revocation.note}
        )
    return [(judgement.target.kind, row) for row in rows]


def _row(  # noqa: PLR0913 - the columns in which the two differ
    judgement: Judgement,
    event_id: str,
    *,
    at: str,
    kind: str | None = None,
    level: float | None = None,
    revokes: str | None = None,
) -> Row:
    return {
        "student_id": judgement.student_id,
        "target": judgement.target.key,
        "key": joined(judgement.student_id, event_id),
        "id": event_id,
        "kind": kind,
        "level": level,
        "at": at,
        "sequence": judgement.sequence,
        "revokes": revokes,
    }
