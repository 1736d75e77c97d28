"""The source of a skill or concept in its row (D3)."""

from graph_api.domain.course.source import Source
from graph_api.store.gateway import Row


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
