"""Export answers and mastery, some students at a time, whatever the size of the graph; or everything about one."""

from collections.abc import AsyncIterator
from dataclasses import asdict

from graph_api.domain.answers.answers import plain_content
from graph_api.domain.answers.evidence_rules import DEFAULT_SET
from graph_api.domain.failures import StudentNotFound
from graph_api.domain.operations.export_extent import WHOLE, Extent
from graph_api.domain.operations.export_kinds import target_cells
from graph_api.store import answers, backups, judgements, masteries, runs, sessions, students
from graph_api.store.answers import NO_TAG
from graph_api.store.gateway import Gateway, Row, Transaction
from graph_api.usecases.operations.student_pages import student_pages


async def export_answers(gateway: Gateway, extent: Extent = WHOLE) -> AsyncIterator[Row]:
    """Every answer of an extent, in order of student, then of answers (B6).

    With what was frozen with each: all skills that it counts towards, their blocks and years, the digest of what the
    client sent, and the evidence parameters that weighed it. An import of the rows in this order records the same
    answers in the same order.
    """
    async for ids in student_pages(gateway, extent):

        async def work(tx: Transaction, ids: list[str] = ids) -> list[Row]:
            tags = await answers.read_tags_of_students(tx, ids)
            return [
                {
                    "id": answer.id,
                    "student_id": answer.student_id,
                    "at": answer.at.isoformat(),
                    "recorded_at": answer.recorded_at.isoformat(),
                    **plain_content(answer),
                    "blocks": [tags[answer.id].get(code, NO_TAG).block for code in answer.skill_codes],
                    "years": [tags[answer.id].get(code, NO_TAG).year for code in answer.skill_codes],
                    "digest": answer.digest,
                    "evidence_id": answer.evidence_id or DEFAULT_SET.id,
                }
                async for answer in answers.stream_of_students(tx, ids, extent.recorded)
            ]

        place = {student_id: number for number, student_id in enumerate(ids)}
        for row in sorted(await gateway.read(work), key=lambda row: place[row["student_id"]]):
            yield row


async def export_mastery(gateway: Gateway, extent: Extent = WHOLE) -> AsyncIterator[Row]:
    """Every mastery of an extent, in order of student, kind and target."""
    async for ids in student_pages(gateway, extent):
        of_students = await gateway.read(lambda tx, ids=ids: masteries.read_of_students(tx, ids))  # type: ignore[misc]
        for each in ids:
            for mastery in sorted(of_students.get(each, []), key=lambda mastery: mastery.target):
                if not extent.recorded.covers(mastery.updated_at):
                    continue
                yield {
                    "student_id": each,
                    **target_cells(mastery.target),
                    "level": mastery.level,
                    "attempts": mastery.attempts,
                    "correct": mastery.correct,
                    "judgements": mastery.judgements,
                    "last_practiced_at": mastery.last_practiced_at and mastery.last_practiced_at.isoformat(),
                    "parameter_set_id": mastery.parameter_set_id,
                }


async def export_sessions(gateway: Gateway, extent: Extent = WHOLE) -> AsyncIterator[Row]:
    """Every session of an extent, in order of student, start and id."""
    async for ids in student_pages(gateway, extent):
        for session in await gateway.read(lambda tx, ids=ids: sessions.read_of_students(tx, ids)):  # type: ignore[misc]
            yield {
                "id": session.id,
                "student_id": session.student_id,
                "status": session.status.value,
                "started_at": session.started_at.isoformat(),
                "ended_at": session.ended_at and session.ended_at.isoformat(),
            }


async def export_judgements(gateway: Gateway, extent: Extent = WHOLE) -> AsyncIterator[Row]:
    """Every judgement of an extent, with its revocation, in order of student, then of judgements."""
    async for ids in student_pages(gateway, extent):
        of_students = await gateway.read(lambda tx, ids=ids: judgements.read_of_students(tx, ids))  # type: ignore[misc]
        for judgement in (each for key in ids for each in of_students.get(key, [])):
            revocation = judgement.revocation
            if not extent.recorded.covers(judgement.recorded_at, *([revocation.recorded_at] if revocation else [])):
                continue
            yield {
                "id": judgement.id,
                "student_id": judgement.student_id,
                **target_cells(judgement.target),
                "kind": judgement.kind.value,
                "level": judgement.level,
                "at": judgement.at.isoformat(),
                "recorded_at": judgement.recorded_at.isoformat(),
                "sequence": judgement.sequence,
                "author": judgement.author,
                "note": judgement.note,
                "revocation_id": revocation and revocation.id,
                "revoked_at": revocation and revocation.recorded_at.isoformat(),
                "revoked_by": revocation and revocation.author,
                "revocation_note": revocation and revocation.note,
            }


async def export_students(gateway: Gateway, extent: Extent = WHOLE) -> AsyncIterator[Row]:
    """All students of an extent, with name and choice, in order of id."""
    async for ids in student_pages(gateway, extent):
        stored = await gateway.read(lambda tx, ids=ids: students.read_by_ids(tx, ids))  # type: ignore[misc]
        for each in ids:
            if each in stored:
                yield {
                    "id": each,
                    "name": stored[each].name,
                    "recency_at_session_end": stored[each].recency_at_session_end,
                }


async def export_student(gateway: Gateway, student_id: str) -> Row:
    """All stored data of one student: what an erasure would erase.

    Their own properties; then each of their relationships, by type, with what it holds and leads to; then the runs that
    name them. It is read in one transaction.

    Raises:
        StudentNotFound: the student does not exist.
    """

    async def work(tx: Transaction) -> Row:
        stored = (await backups.read_students(tx, [student_id])).get(student_id)
        if stored is None:
            raise StudentNotFound("id", "must name a student that exists", student_id, [student_id])
        exported: Row = {"student": stored.properties}
        for link in stored.links:
            row = {link.to_label.lower(): link.to_key} | link.properties | (link.target or {})
            exported.setdefault(link.type.lower(), []).append(row)
        return exported | {"runs": [asdict(run) for run in await runs.read_naming(tx, student_id)]}

    return await gateway.read(work)
