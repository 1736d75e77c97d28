"""Export one course as a CASE package."""

from datetime import datetime

from graph_api.domain.failures import CourseNotFound, InvalidInput
from graph_api.store import concepts, courses, source_documents
from graph_api.store.gateway import Gateway, Transaction
from graph_api.usecases.course.case_export import case_text
from graph_api.usecases.course.case_meaning import key_of
from graph_api.usecases.course.case_package import read_package
from graph_api.usecases.course.course_slice import CourseSlice, read_course_slice
from graph_api.usecases.course.json_document import parse_json

SHOWN = 20
"""Courses that an error lists."""


async def export_framework(gateway: Gateway, course_id: str | None, now: datetime) -> str:
    """The CASE package of a course; None chooses the only one.

    Raises:
        InvalidInput: no course was chosen, and there is not exactly one.
        CourseNotFound: the course does not exist.
    """

    async def work(tx: Transaction) -> tuple[CourseSlice, str | None]:
        key = await _only_course(tx) if course_id is None else course_id
        text = await source_documents.read(tx, key)
        ids = set() if text is None else _keys(text) & set(await concepts.read_ids(tx))
        course = await read_course_slice(tx, key, ids)
        if course is None:
            raise CourseNotFound("course", "must name a course that exists", key, [key])
        return course, text

    course, text = await gateway.read(work)
    return case_text(course, text, now)


async def _only_course(tx: Transaction) -> str:
    ids = await courses.read_ids(tx)
    if len(ids) != 1:
        listed = ", ".join(ids[:SHOWN]) + (", …" if len(ids) > SHOWN else "")
        raise InvalidInput("course", f"must name one of the {len(ids)} courses", listed)
    return ids[0]


def _keys(text: str) -> set[str]:
    return {key_of(item) for item in read_package(parse_json("framework", text.encode())).items.values()}
