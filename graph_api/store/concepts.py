"""Concepts in the graph, with their links to skills and prerequisites."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from graph_api.domain.course.course import Concept
from graph_api.domain.course.course_content import StoredConcept
from graph_api.store.gateway import Row, Transaction
from graph_api.store.sources import columns_of, source_of


async def lock_course(tx: Transaction) -> int:
    """Lock the course until the transaction ends; returns the number of the change."""
    version: int = await tx.value("course_version/lock", mark=uuid.uuid4().hex)
    return version


COURSE_VERSION = "course_version/read"


async def read_course_version(tx: Transaction) -> str:
    """The mark of the course, which every change replaces; empty before the first change."""
    row = await tx.optional(COURSE_VERSION)
    return (row and row["version"]) or ""


async def read_ids(tx: Transaction) -> list[str]:
    """The id of every concept."""
    return [row["id"] for row in await tx.many("concept/list_ids")]


async def put(tx: Transaction, concepts: Sequence[Concept], now: datetime) -> None:
    """Create concepts or replace all their properties; links that are None stay as they are."""
    await tx.nothing(
        "concept/put",
        rows=[
            {"id": c.id, "name": c.name, "named_set_id": c.parameter_set_id, "revision": c.revision}
            | columns_of(c.source)
            for c in concepts
        ],
        now=now,
    )
    with_skills = [c for c in concepts if c.skill_codes is not None]
    with_prerequisites = [c for c in concepts if c.prerequisite_ids is not None]
    await _unlink_skills(tx, [c.id for c in with_skills])
    await _unlink_prerequisites(tx, [c.id for c in with_prerequisites])
    await tx.nothing(
        "concept/link_skills",
        rows=[{"concept_id": c.id, "skill_code": code} for c in with_skills for code in c.skill_codes or ()],
    )
    await link_prerequisites(
        tx, [(prerequisite, c.id) for c in with_prerequisites for prerequisite in c.prerequisite_ids or ()]
    )


async def touch(tx: Transaction, ids: Iterable[str]) -> None:
    """Count up the revisions of concepts whose links change by themselves, not through `put`."""
    await tx.nothing("concept/touch", ids=sorted(set(ids)))


async def link_prerequisites(tx: Transaction, links: Iterable[tuple[str, str]]) -> None:
    """Link concepts to direct prerequisites: pairs of prerequisite id and concept id."""
    rows = [{"prerequisite_id": prerequisite, "concept_id": concept} for prerequisite, concept in links]
    await tx.nothing("prerequisite/link", rows=rows)


async def unlink_prerequisite(tx: Transaction, prerequisite_id: str, concept_id: str) -> None:
    """Remove one prerequisite link, if it exists."""
    await tx.nothing("prerequisite/unlink", prerequisite_id=prerequisite_id, concept_id=concept_id)


async def read_prerequisites(tx: Transaction) -> dict[str, set[str]]:
    """The whole prerequisite graph: for each concept that has any, its direct prerequisites."""
    rows = await tx.many("prerequisite/list")
    return defaultdict(set, {row["concept_id"]: set(row["prerequisite_ids"]) for row in rows})


async def read_by_ids(tx: Transaction, ids: Iterable[str]) -> dict[str, Concept]:
    """Concepts by id; unknown ids are left out."""
    rows = await _rows(tx, ids)
    prerequisites = await read_prerequisites(tx) if rows else {}
    return {row["id"]: _decode(row, prerequisites) for row in rows}


async def read_known_ids(tx: Transaction, ids: Iterable[str]) -> set[str]:
    """Those of some ids that are ids of concepts."""
    return {row["id"] for row in await _rows(tx, ids)}


async def _rows(tx: Transaction, ids: Iterable[str]) -> list[Row]:
    return await tx.many("concept/list_by_ids", ids=sorted(set(ids)))


async def read_all(tx: Transaction) -> list[StoredConcept]:
    """Every concept, in order of id. One that breaks a rule holds the exception, and does not hide the others."""
    prerequisites = await read_prerequisites(tx)
    return [_stored(row, prerequisites) async for row in tx.each("concept/list_all")]


async def read_active_ids(tx: Transaction) -> list[str]:
    """The id of every concept that is not archived, in order."""
    return [row["id"] for row in await tx.many("concept/list_active_ids")]


async def archive(tx: Transaction, keys: Iterable[str], at: datetime | None) -> None:
    """Archive concepts at a moment, or restore them (None); each counts as a change."""
    await tx.nothing("concept/archive", keys=list(keys), at=at)


async def delete(tx: Transaction, ids: Iterable[str]) -> None:
    """Delete concepts and their links to skills and other concepts. Students' data must not refer to them."""
    keys = sorted(set(ids))
    await _unlink_skills(tx, keys)
    await _unlink_prerequisites(tx, keys)
    await tx.nothing("concept/unlink_dependents", keys=keys)
    await tx.nothing("concept/delete", keys=keys)


async def read_all_ids_of_skills(tx: Transaction, codes: Iterable[str]) -> dict[str, list[str]]:
    """The concepts that are part of each skill, in order of id; with what is archived."""
    return _by_skill(await tx.many("concept/list_all_ids_of_skills", codes=sorted(set(codes))))


def _by_skill(rows: Iterable[Row]) -> dict[str, list[str]]:
    ids: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        ids[row["skill_code"]].append(row["concept_id"])
    return ids


def _stored(row: Row, prerequisites: Mapping[str, Iterable[str]]) -> StoredConcept:
    try:
        value: Concept | Exception = _decode(row, prerequisites)
    except Exception as error:  # noqa: BLE001 - whatever is invalid in a row is an error of its own concept only
        value = error
    is_archived, needed = row["archived_at"] is not None, sorted(prerequisites.get(row["id"], ()))
    return StoredConcept(row["id"], row["search"] or "", is_archived, row["skill_codes"], needed, value)


def _decode(row: Row, prerequisites: Mapping[str, Iterable[str]]) -> Concept:
    return Concept(
        row["id"],
        row["name"],
        row["skill_codes"],
        sorted(prerequisites.get(row["id"], ())),
        row["named_set_id"],
        source_of(row),
        row["revision"],
        row["archived_at"],
    )


async def _unlink_skills(tx: Transaction, ids: list[str]) -> None:
    await tx.nothing("concept/unlink_skills", ids=ids)


async def _unlink_prerequisites(tx: Transaction, ids: list[str]) -> None:
    await tx.nothing("prerequisite/unlink_all", ids=ids)
