"""The texts of the frameworks that courses were imported from, and the source of each skill and concept (D3)."""

from collections.abc import Mapping

from graph_api.domain.course.source import Source
from graph_api.store.gateway import Row, Transaction


async def read(tx: Transaction, course_id: str) -> str | None:
    """The text of the framework of a course, as the file had it; None if the course was made here."""
    row = await tx.optional("source_document/read", course_id=course_id)
    return None if row is None else str(row["text"])


async def read_course_ids(tx: Transaction) -> list[str]:
    """The courses that were imported from a framework, in order of id."""
    return [row["id"] for row in await tx.many("source_document/list_ids")]


async def put(tx: Transaction, texts: Mapping[str, str]) -> None:
    """Keep the texts of frameworks by the ids of their courses, in place of earlier ones."""
    for course_id, text in texts.items():
        await tx.nothing("source_document/put", course_id=course_id, text=text)


async def delete(tx: Transaction, course_id: str) -> None:
    """Delete the text of the framework of a course."""
    await tx.nothing("source_document/delete", course_id=course_id)


def source_of(row: Row) -> Source | None:
    """The source in a row of a skill or concept; None if it was made here."""
    if row["source_framework"] is None:
        return None
    return Source(
        row["source_framework"], row["source_course_id"], row["source_uri"], row["source_code"], row["source_licence"]
    )


def columns_of(source: Source | None) -> Row:
    """The properties of a skill or concept that hold its source."""
    names = ("framework", "course_id", "uri", "code", "licence")
    return {f"source_{name}": None if source is None else getattr(source, name) for name in names}
