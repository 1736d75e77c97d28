"""The texts of the frameworks that courses were imported from (D3)."""

from collections.abc import Mapping

from graph_api.store.gateway import Transaction


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
        await tx.nothing("source_document/put", course_id=course_id, content=text)


async def delete(tx: Transaction, course_id: str) -> None:
    """Delete the text of the framework of a course."""
    await tx.nothing("source_document/delete", course_id=course_id)
