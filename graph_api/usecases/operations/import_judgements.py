"""Import what `graph-api export judgements` wrote: judgements with authors, notes and revocations. Safe to run again.

Each keeps its id and its times, so levels are replayed to the digits of the service that exported them.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from graph_api.domain.failures import InvalidInput
from graph_api.domain.learners.judgements import Judgement, JudgementKind, NewJudgement, NewRevocation, Revocation
from graph_api.domain.targets import concept, joined, skill
from graph_api.domain.text import identifier
from graph_api.store import judgements, students
from graph_api.store.gateway import Gateway, Transaction
from graph_api.usecases.learners.record_judgements import check_targets, pairs_of, put_events
from graph_api.usecases.learners.replay_levels import follow_sets
from graph_api.usecases.operations.import_records import Cells, RecordsReport, parse_cell, parse_time, read_records

BATCH = 500


async def import_judgements(gateway: Gateway, path: Path, clock: Callable[[], datetime]) -> RecordsReport:
    """Store judgements, and replay the levels that they count towards; students who are not stored are created.

    A judgement that is stored without its revocation is revoked.

    Raises:
        BadRecords: rows cannot be read; nothing was written.
        ConceptNotFound, SkillNotFound, StudentErased: not found; the batches before are stored.
    """
    rows, report = read_records(path, _judgement, _key), RecordsReport()
    for start in range(0, len(rows), BATCH):
        batch = rows[start : start + BATCH]
        new = [each for _, _, each in batch]
        stored = await gateway.write(lambda tx, new=new: _write(tx, new, clock()))  # type: ignore[misc]
        await follow_sets(gateway, pairs_of(new), clock)
        for (line, _, judgement), before in zip(batch, stored, strict=True):
            if before is None or _is_revoked_by(before, judgement):
                report.recorded += 1
            elif before == judgement:
                report.present += 1
            else:
                report.conflicts.append(f"line {line}: {judgement.id!r} is stored with other content")
    return report


async def _write(tx: Transaction, new: Sequence[Judgement], now: datetime) -> list[Judgement | None]:
    """Store what is missing; returns what was stored before, in the order of the rows."""
    ids = {each.student_id for each in new}
    await students.touch(tx, ids, now)
    of_students = await judgements.read_of_students(tx, ids)
    stored = {(key, each.id): each for key, of_one in of_students.items() for each in of_one}
    before = [stored.get((each.student_id, each.id)) for each in new]
    added = [each for each, known in zip(new, before, strict=True) if known is None]
    revoked = [each for each, known in zip(new, before, strict=True) if known and _is_revoked_by(known, each)]
    await check_targets(tx, added, may_be_archived=True)
    await put_events(tx, added, revoked, now)
    return before


def _is_revoked_by(stored: Judgement, row: Judgement) -> bool:
    """Whether a row has nothing but a revocation that is not stored."""
    return stored.revocation is None and row.revocation is not None and replace(row, revocation=None) == stored


def _key(cells: Cells) -> str:
    return joined(cells.get("student_id", ""), cells.get("id", ""))


def _judgement(cells: Cells) -> Judgement:
    """The judgement of a row.

    Raises:
        InvalidInput: naming the column, the rule and the value.
    """
    kind, concept_id, skill_code = parse_cell(cells, "kind"), cells.get("concept_id"), cells.get("skill_code")
    if kind not in JudgementKind.__members__:
        raise InvalidInput("kind", f"must be one of {', '.join(JudgementKind)}", kind)
    if bool(concept_id) == bool(skill_code):
        raise InvalidInput("concept_id, skill_code", "give exactly one of them")
    target = concept(concept_id) if concept_id else skill(skill_code or "")
    student_id, level = parse_cell(cells, "student_id"), float(parse_cell(cells, "level"))
    key, at = parse_cell(cells, "id"), parse_time(parse_cell(cells, "at"), "at")
    new = NewJudgement(student_id, target, JudgementKind(kind), level, cells.get("note", ""), key, at)
    return Judgement(
        key,
        new.student_id,
        new.target,
        new.kind,
        new.level,
        at,
        parse_time(parse_cell(cells, "recorded_at"), "recorded_at"),
        int(parse_cell(cells, "sequence")),
        cells.get("author") or None,
        new.note,
        _revocation(cells, new),
    )


def _revocation(cells: Cells, new: NewJudgement) -> Revocation | None:
    if not cells.get("revocation_id"):
        return None
    note = NewRevocation(new.student_id, new.id or "", cells.get("revocation_note", "")).note
    revoked_at = parse_time(parse_cell(cells, "revoked_at"), "revoked_at")
    return Revocation(
        identifier(cells["revocation_id"], "revocation_id"), revoked_at, cells.get("revoked_by") or None, note
    )
