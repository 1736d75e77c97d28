"""Courses: type and queries. Mutations are in `edit_courses`."""

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from graph_api.domain.course import course as domain
from graph_api.schema.context import Info
from graph_api.schema.learners.threshold_history import CourseThresholdFields
from graph_api.schema.node import Node, node_id
from graph_api.schema.paging import DEFAULT_FIRST, After, Connection, First, length_of, listing, page
from graph_api.store import courses as store
from graph_api.store import skills as skill_store

if TYPE_CHECKING:
    from graph_api.schema.course.skill import Skill

Search = Annotated[str | None, strawberry.argument(description="A text that the id or name contains, in any case.")]


@strawberry.type(
    description="A course: skills that are taught together, with their concepts. Groups take courses, and queries on "
    "a group or its members cover these courses by default."
)
class Course(Node, CourseThresholdFields):
    id: strawberry.ID = strawberry.field(description="The id (code) of the course, at most 50 characters.")
    name: str = strawberry.field(description="The name of the course.")
    description: str = strawberry.field(description="What the course is about; may be empty.")
    archived_at: datetime | None = strawberry.field(
        description="The time when the course was archived. Null: not archived."
    )
    skill_codes: strawberry.Private[list[str]]

    @strawberry.field(description="The skills of the course, in order of code.")
    async def skills(
        self, info: Info, first: First = DEFAULT_FIRST, after: After = None
    ) -> Connection[Annotated["Skill", strawberry.lazy("graph_api.schema.course.skill")]]:
        from graph_api.schema.course.skill import Skill  # noqa: PLC0415 - the two nouns know each other

        wanted = page(first, after, "course.skills", self.id)
        rows = await info.context.loaders.skills.load_many(wanted.slice(self.skill_codes, lambda code: [code]))
        skills = [row for row in rows if row is not None]
        return wanted.connection(skills, Skill.of, lambda skill: [skill.code], length_of(self.skill_codes))

    @classmethod
    async def load(cls, info: Info, id: str) -> Self | None:
        """The course with an id, or None."""
        course = await info.context.loaders.courses.load(id)
        return cls.of(course) if course else None

    @classmethod
    def of(cls, course: domain.Course) -> Self:
        """The schema's view of a course."""
        return cls(
            node_id=node_id("Course", course.id),
            id=strawberry.ID(course.id),
            name=course.name,
            description=course.description,
            archived_at=course.archived_at,
            skill_codes=sorted(course.skill_codes or ()),
        )


async def load_courses(info: Info, ids: list[str]) -> list[Course]:
    """Courses by id, in the order given."""
    rows = await info.context.loaders.courses.load_many(ids)
    return [Course.of(row) for row in rows if row is not None]


@strawberry.type(description="A category of skills, and the number of skills in it.")
class CategoryCount:
    category: str = strawberry.field(description="The category, such as vocabulary.")
    skills: int = strawberry.field(description="The number of skills with this category.")


@strawberry.type
class CourseQuery:
    """Queries about courses and categories."""

    @strawberry.field(description="The course with this id. Null if it does not exist.")
    async def course(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="The id of the course.")]
    ) -> Course | None:
        courses = await load_courses(info, [id])
        return courses[0] if courses else None

    @strawberry.field(description="Courses, in order of id.")
    async def courses(
        self,
        info: Info,
        search: Search = None,
        include_archived: Annotated[
            bool, strawberry.argument(description="Whether archived courses are listed, too.")
        ] = False,
        first: First = DEFAULT_FIRST,
        after: After = None,
    ) -> Connection[Course]:
        gateway, text = info.context.gateway, search and search.lower()
        wanted = page(first, after, "courses", text, include_archived)
        (start,) = wanted.after or ("",)
        read = partial(store.read_page, after=start, search=text, archived=include_archived, limit=wanted.limit)
        count = partial(store.count, search=text, archived=include_archived)
        return await listing(gateway, wanted, read, count, Course.of, lambda course: [course.id])

    @strawberry.field(description="Every category of skills with the number of its skills, in order of category.")
    async def categories(
        self,
        info: Info,
        course_id: Annotated[
            strawberry.ID | None, strawberry.argument(description="Only skills of this course. Null: all skills.")
        ] = None,
    ) -> list[CategoryCount]:
        counts = await info.context.gateway.read_one(partial(skill_store.count_by_category, course_id=course_id))
        return [CategoryCount(category=category, skills=skills) for category, skills in counts]
