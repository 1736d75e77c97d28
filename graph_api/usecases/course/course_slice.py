"""A course with its skills and concepts, as an export of one course reads it."""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from graph_api.domain.course.course import Concept, Course, Skill
from graph_api.store import concepts, courses, skills
from graph_api.store.gateway import Transaction


class CourseSlice(NamedTuple):
    """A course: its skills by code, and the concepts of these by id, with further concepts."""

    course: Course
    skills: Mapping[str, Skill]
    concepts: Mapping[str, Concept]


async def read_course_slice(tx: Transaction, course_id: str, further_ids: Collection[str]) -> CourseSlice | None:
    """Read a course with the concepts of its skills and further concepts; None if it does not exist."""
    course = (await courses.read_by_ids(tx, [course_id])).get(course_id)
    if course is None:
        return None
    codes = course.skill_codes or ()
    of_skills = await concepts.read_all_ids_of_skills(tx, codes)
    ids = {key for of_skill in of_skills.values() for key in of_skill} | set(further_ids)
    return CourseSlice(course, await skills.read_by_codes(tx, codes), await concepts.read_by_ids(tx, ids))
