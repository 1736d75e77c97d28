"""Skills in the graph."""

from collections.abc import Iterable
from datetime import datetime

from graph_api.domain.course.course import CefrLevel, Skill
from graph_api.domain.course.course_content import StoredSkill
from graph_api.store.gateway import Row, Transaction
from graph_api.store.sources import columns_of, source_of


async def put(tx: Transaction, skills: Iterable[Skill], now: datetime) -> None:
    """Create skills or replace all their properties."""
    await tx.nothing("skill/put", rows=[_row(skill) for skill in skills], now=now)


async def read_by_codes(tx: Transaction, codes: Iterable[str]) -> dict[str, Skill]:
    """Skills by code; unknown codes are left out."""
    rows = await tx.many("skill/list_by_codes", codes=sorted(set(codes)))
    return {row["code"]: _decode(row) for row in rows}


async def read_codes(tx: Transaction) -> list[str]:
    """The code of every skill, in order."""
    return [row["code"] for row in await tx.many("skill/list_codes")]


async def read_active_codes(tx: Transaction) -> list[str]:
    """The code of every skill that is not archived, in order."""
    return [row["code"] for row in await tx.many("skill/list_active_codes")]


async def archive(tx: Transaction, keys: Iterable[str], at: datetime | None) -> None:
    """Archive skills at a moment, or restore them (None); each counts as a change."""
    await tx.nothing("skill/archive", keys=list(keys), at=at)


async def touch(tx: Transaction, codes: Iterable[str]) -> None:
    """Count up the revisions of skills, which locks them."""
    await tx.nothing("skill/touch", codes=sorted(set(codes)))


async def delete(tx: Transaction, codes: Iterable[str]) -> None:
    """Delete skills and their links to concepts. Answers and masteries must not refer to them."""
    keys = sorted(set(codes))
    await tx.nothing("skill/unlink_concepts", keys=keys)
    await tx.nothing("skill/delete", keys=keys)


async def read_all(tx: Transaction) -> list[StoredSkill]:
    """Every skill, in order of code. One that breaks a rule holds the exception, and does not hide the others."""
    return [_stored(row) async for row in tx.each("skill/list_all")]


async def count_by_category(tx: Transaction, *, course_id: str | None) -> list[tuple[str, int]]:
    """Every category with the number of its skills, in order; with a course, of the skills of this course."""
    rows = await tx.many("skill/list_categories", course_id=course_id)
    return [(row["category"], row["skills"]) for row in rows]


def _stored(row: Row) -> StoredSkill:
    try:
        value: Skill | Exception = _decode(row)
    except Exception as error:  # noqa: BLE001 - whatever is invalid in a row is an error of its own skill only
        value = error
    is_archived = row["archived_at"] is not None
    return StoredSkill(row["code"], row["search"] or "", is_archived, row["category"], row["level"], value)


def _decode(row: Row) -> Skill:
    return Skill(
        code=row["code"],
        name=row["name"],
        category=row["category"],
        level=CefrLevel(row["level"]) if row["level"] else None,
        description=row["description"] or "",
        block=row["block"],
        year=row["year"],
        parameter_set_id=row["named_set_id"],
        source=source_of(row),
        revision=row["revision"],
        archived_at=row["archived_at"],
    )


def _row(skill: Skill) -> Row:
    return {
        "code": skill.code,
        "name": skill.name,
        "category": skill.category,
        "level": skill.level.value if skill.level else None,
        "description": skill.description,
        "block": skill.block,
        "year": skill.year,
        "named_set_id": skill.parameter_set_id,
        "revision": skill.revision,
        **columns_of(skill.source),
    }
