"""Exports for analysts: rows under the pseudonyms that the API shows them, without what identifies a student."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace

from graph_api.domain.failures import Forbidden, GroupTooSmall
from graph_api.domain.operations.export_columns import ExportKind, Privacy
from graph_api.domain.operations.export_extent import Extent
from graph_api.store import students
from graph_api.store.gateway import Gateway, Row
from graph_api.store.viewers import AnalystRules


async def extent_for_analysts(gateway: Gateway, kind: ExportKind, extent: Extent, rules: AnalystRules) -> Extent:
    """The extent of an export for analysts: all students, in order of pseudonym.

    Raises:
        Forbidden: the kind is not for analysts, or the extent is one student.
        GroupTooSmall: there are fewer students than analysts may read about.
    """
    if not kind.is_for_analysts:
        raise Forbidden("role", f"must not be analyst for {kind.name}, which names people", "analyst")
    if extent.student_id is not None:
        raise Forbidden("student", "must not be given with the role analyst", extent.student_id)
    if await gateway.read(lambda tx: students.count(tx, group_id=None, search=None)) < rules.least:
        raise GroupTooSmall.of("students", rules.least)
    return replace(extent, order=lambda student_id: rules.pseudonym(None, student_id))


async def pseudonymous(rows: AsyncIterator[Row], kind: ExportKind, rules: AnalystRules) -> AsyncIterator[Row]:
    """The rows as an analyst sees them; a pseudonym of a student is that of queries on all students."""
    hide: dict[Privacy, Callable[[str], str | None]] = {
        Privacy.STUDENT: lambda key: rules.pseudonym(None, key),
        Privacy.QUESTION: rules.pseudonym_of_question,
        Privacy.ANSWER: rules.pseudonym_of_answer,
        Privacy.SESSION: rules.pseudonym_of_session,
        Privacy.HIDDEN: lambda _value: None,
    }
    changes = [(column.name, hide[column.privacy]) for column in kind.columns if column.privacy in hide]
    async for row in rows:
        yield row | {name: change(row[name]) for name, change in changes if row[name] is not None}
