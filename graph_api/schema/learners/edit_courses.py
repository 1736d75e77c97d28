"""Mutations of courses: create, change, archive, delete, and the courses of a group."""

from typing import Annotated

import strawberry

from graph_api.domain.course import course as domain
from graph_api.domain.patch import Patch
from graph_api.schema.context import Info
from graph_api.schema.course.course import Course
from graph_api.schema.failures import CourseNotFound, GroupNotFound, InvalidInput, SkillNotFound, Unavailable
from graph_api.schema.learners.group import Group
from graph_api.schema.mutations import mutation
from graph_api.schema.patch import stated
from graph_api.store.pace import in_slices
from graph_api.usecases.course import change_courses

CourseId = Annotated[strawberry.ID, strawberry.argument(description="The id of the course.")]
GroupId = Annotated[strawberry.ID, strawberry.argument(description="The id of the group.")]
SkillCodes = Annotated[list[strawberry.ID], strawberry.argument(description="The codes of skills, at most 5,000.")]
CourseIds = Annotated[list[strawberry.ID], strawberry.argument(description="The ids of courses, at most 200.")]


@strawberry.input(description="A course to create or to change. Absent fields stay as stored.")
class CourseInput:
    id: strawberry.ID = strawberry.field(description="At most 50 characters.")
    name: str | None = strawberry.field(
        default=strawberry.UNSET, description="At most 100 characters; required to create a course."
    )
    description: str | None = strawberry.field(
        default=strawberry.UNSET, description="At most 2,000 characters; null removes the description."
    )
    skill_codes: list[strawberry.ID] | None = strawberry.field(
        default=None,
        description="The codes of all skills of the course, at most 5,000; they must exist. Null leaves the stored "
        "skills unchanged, [] removes all.",
    )

    def parse(self) -> Patch[domain.Course]:
        """What is stated of the course, checked."""
        return stated(
            domain.Course, self.id, name=self.name, description=self.description, skill_codes=self.skill_codes
        )


@strawberry.type(description="The stored courses, in the order of the input.")
class UpsertCoursesPayload:
    courses: list[Course] = strawberry.field(description="The courses.")


@strawberry.type(description="The stored course.")
class CoursePayload:
    course: Course = strawberry.field(description="The course after the change.")


@strawberry.type(description="The group whose courses were changed.")
class GroupCoursesPayload:
    group: Group = strawberry.field(description="The group; `courses` are those after the change.")


@strawberry.type(description="What referred to a course that was deleted, or would be in a dry run.")
class DeleteCoursePayload:
    id: strawberry.ID = strawberry.field(description="The id of the course.")
    skills: int = strawberry.field(description="The number of skills that were in the course. They stay.")
    groups: int = strawberry.field(description="The number of groups that took the course. They stay.")
    deleted: bool = strawberry.field(description="Whether the course was deleted: false for a dry run.")


UpsertCoursesResult = Annotated[
    UpsertCoursesPayload | InvalidInput | SkillNotFound | Unavailable,
    strawberry.union("UpsertCoursesResult", description="The stored courses, or the reason why none was stored."),
]
CourseSkillsResult = Annotated[
    CoursePayload | InvalidInput | CourseNotFound | SkillNotFound | Unavailable,
    strawberry.union("CourseSkillsResult", description="The course, or the reason why nothing was changed."),
]
GroupCoursesResult = Annotated[
    GroupCoursesPayload | InvalidInput | GroupNotFound | CourseNotFound | Unavailable,
    strawberry.union("GroupCoursesResult", description="The group, or the reason why nothing was changed."),
]
ArchiveCourseResult = Annotated[
    CoursePayload | CourseNotFound | Unavailable,
    strawberry.union("ArchiveCourseResult", description="The course, or the reason why nothing was changed."),
]
DeleteCourseResult = Annotated[
    DeleteCoursePayload | CourseNotFound | Unavailable,
    strawberry.union("DeleteCourseResult", description="The deleted course, or the reason why it was not deleted."),
]


@strawberry.type
class CourseMutation:
    """Mutations of courses."""

    @mutation(description="Create courses or change them: all or none. Absent fields stay as stored.")
    async def upsert_courses(
        self, info: Info, input: Annotated[list[CourseInput], strawberry.argument(description="At most 5,000 courses.")]
    ) -> UpsertCoursesResult:
        courses = await in_slices(CourseInput.parse, input)
        stored = await change_courses.upsert_courses(info.context.gateway, courses, info.context.services.clock())
        return UpsertCoursesPayload(courses=await in_slices(Course.of, stored))

    @mutation(description="Put skills into a course. Skills that are in it already are no failure.")
    async def add_course_skills(self, info: Info, course_id: CourseId, skill_codes: SkillCodes) -> CourseSkillsResult:
        course = await change_courses.change_skills(info.context.gateway, course_id, skill_codes, add=True)
        return CoursePayload(course=Course.of(course))

    @mutation(description="Take skills out of a course. Skills that are not in it are no failure; they stay stored.")
    async def remove_course_skills(
        self, info: Info, course_id: CourseId, skill_codes: SkillCodes
    ) -> CourseSkillsResult:
        course = await change_courses.change_skills(info.context.gateway, course_id, skill_codes, add=False)
        return CoursePayload(course=Course.of(course))

    @mutation(description="Make a group take courses. Courses that it takes already are no failure.")
    async def add_group_courses(self, info: Info, group_id: GroupId, course_ids: CourseIds) -> GroupCoursesResult:
        group = await change_courses.change_courses_of_group(info.context.gateway, group_id, course_ids, add=True)
        return GroupCoursesPayload(group=Group.of(group))

    @mutation(description="Make a group no longer take courses. Courses that it does not take are no failure.")
    async def remove_group_courses(self, info: Info, group_id: GroupId, course_ids: CourseIds) -> GroupCoursesResult:
        group = await change_courses.change_courses_of_group(info.context.gateway, group_id, course_ids, add=False)
        return GroupCoursesPayload(group=Group.of(group))

    @mutation(
        description="Archive a course, or take it out of the archive. Lists leave archived courses out, and no "
        "further group can take one. Groups that take it keep it."
    )
    async def archive_course(
        self,
        info: Info,
        id: CourseId,
        archived: Annotated[bool, strawberry.argument(description="False takes the course out of the archive.")] = True,
    ) -> ArchiveCourseResult:
        at = info.context.services.clock() if archived else None
        return CoursePayload(course=Course.of(await change_courses.archive_course(info.context.gateway, id, at)))

    @mutation(
        description="Delete a course and its links to skills and groups. Skills, groups, answers and levels stay. A "
        "group without courses covers all skills."
    )
    async def delete_course(
        self,
        info: Info,
        id: CourseId,
        dry_run: Annotated[
            bool, strawberry.argument(description="True only counts what refers to the course.")
        ] = False,
    ) -> DeleteCourseResult:
        links = await change_courses.delete_course(info.context.gateway, id, dry_run=dry_run)
        return DeleteCoursePayload(id=id, skills=links.skills, groups=links.groups, deleted=not dry_run)
