"""The arguments that choose the scope of a field, and the scope that they give."""

from typing import Annotated

import strawberry

from graph_api.domain.failures import InvalidInput
from graph_api.domain.learners.scope import ALL, Scope
from graph_api.schema.context import Info
from graph_api.usecases.learners.resolve_scope import ScopeChoice, resolve_scope

SkillCodes = Annotated[
    list[strawberry.ID] | None,
    strawberry.argument(
        description="Only these skills and their concepts, at most 5,000. Null: the courses of the group or student, "
        "or all skills if none is assigned. Give at most one of skillCodes, courseId and allCourses."
    ),
]
CourseId = Annotated[
    strawberry.ID | None,
    strawberry.argument(
        description="Only the skills of this course and their concepts. Null: the courses of the group or student, "
        "or all skills if none is assigned."
    ),
]
AllCourses = Annotated[
    bool, strawberry.argument(description="True covers all skills, whatever courses the group or student takes.")
]


async def scope_of_student(
    info: Info,
    student_id: str,
    skill_codes: SkillCodes,
    course_id: CourseId,
    all_courses: AllCourses,
    *keys: str | None,
) -> Scope:
    """The scope of a field of a student. Everything, if an argument names one concept or skill.

    Raises:
        InvalidInput: more than one argument gives a scope.
    """
    choice = ScopeChoice(skill_codes, course_id, all_courses)
    if is_narrower(choice, keys):
        return ALL
    return await resolve_scope(info.context.loaders, choice, student_id=student_id)


async def scope_of_group(
    info: Info,
    group_id: str | None,
    skill_codes: SkillCodes,
    course_id: CourseId,
    all_courses: AllCourses = False,
    *keys: str | None,
) -> Scope:
    """The scope of a field of a group, or with None of all students; keys as in `scope_of_student`.

    Raises:
        InvalidInput: more than one argument gives a scope.
    """
    choice = ScopeChoice(skill_codes, course_id, all_courses)
    if is_narrower(choice, keys):
        return ALL
    return await resolve_scope(info.context.loaders, choice, group_id=group_id)


def is_narrower(choice: ScopeChoice, keys: tuple[str | None, ...]) -> bool:
    """Whether an argument names one concept or skill, which needs no scope.

    Raises:
        InvalidInput: the caller gives a scope as well.
    """
    is_named = any(key is not None for key in keys)
    if is_named and choice.is_given:
        rule = "give either one concept or skill, or one of skillCodes, courseId and allCourses"
        raise InvalidInput("skillCodes, courseId, allCourses", rule)
    return is_named
