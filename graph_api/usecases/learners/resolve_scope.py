"""The one rule of scopes: what a query names, else the courses of its group or student, else everything (G8)."""

from collections.abc import Sequence
from dataclasses import dataclass

from graph_api.domain.course.course import MAX_SKILLS
from graph_api.domain.failures import CourseNotFound, InvalidInput, SkillNotFound
from graph_api.domain.learners.scope import ALL, Scope
from graph_api.domain.text import CODE_LENGTH, identifiers
from graph_api.usecases.learners.reads import LearnerReads


@dataclass(frozen=True, slots=True)
class ScopeChoice:
    """The scope that a caller gives: some skills, or a course, or everything; none of them for the default.

    Raises:
        InvalidInput: more than one is given, or there are too many skills.

    >>> ScopeChoice(skill_codes=["cases"], course_id="german")
    Traceback (most recent call last):
    graph_api.domain.failures.InvalidInput: skillCodes, courseId, allCourses: give at most one of them
    """

    skill_codes: Sequence[str] | None = None
    course_id: str | None = None
    all_courses: bool = False

    def __post_init__(self) -> None:
        if (self.skill_codes is not None) + (self.course_id is not None) + self.all_courses > 1:
            raise InvalidInput("skillCodes, courseId, allCourses", "give at most one of them")
        if self.skill_codes is not None:
            identifiers(self.skill_codes, "skillCodes", most=MAX_SKILLS, length=CODE_LENGTH)

    @property
    def is_given(self) -> bool:
        """Whether the caller gives a scope."""
        return self.skill_codes is not None or self.course_id is not None or self.all_courses


DEFAULT = ScopeChoice()


async def resolve_scope(
    reads: LearnerReads, choice: ScopeChoice = DEFAULT, *, student_id: str | None = None, group_id: str | None = None
) -> Scope:
    """The scope of a query: what the caller gives, else the courses of the group or student, else everything.

    The courses of a student are those of all their groups. A concept is covered if one of its skills is.

    Raises:
        SkillNotFound, CourseNotFound: a skill or the course that the caller gives does not exist.
    """
    if choice.all_courses:
        return ALL
    if choice.skill_codes is not None:
        codes = list(dict.fromkeys(choice.skill_codes))
        rows = await reads.skills.load_many(codes)
        if missing := sorted(code for code, row in zip(codes, rows, strict=True) if row is None):
            raise SkillNotFound("skillCodes", "must name skills that exist", ", ".join(missing), missing)
        return await _of_skills(reads, codes)
    ids = [choice.course_id] if choice.course_id is not None else await _read_default(reads, student_id, group_id)
    courses = await reads.courses.load_many(ids)
    if choice.course_id is not None and None in courses:
        raise CourseNotFound("courseId", "must name a course that exists", choice.course_id, ids)
    if not ids:
        return ALL
    return await _of_skills(reads, sorted({code for each in courses if each for code in each.skill_codes or ()}))


async def _read_default(reads: LearnerReads, student_id: str | None, group_id: str | None) -> Sequence[str]:
    if student_id is not None:
        return await reads.course_ids_of_student.load(student_id)
    return [] if group_id is None else await reads.course_ids_of_group.load(group_id)


async def _of_skills(reads: LearnerReads, codes: Sequence[str]) -> Scope:
    of_skills = await reads.concept_ids_of_skill.load_many(codes)
    return Scope.of(codes, {key for ids in of_skills for key in ids})
