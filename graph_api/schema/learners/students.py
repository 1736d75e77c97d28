"""Lists of students: by group, text, ids, and by their levels (Q14)."""

from datetime import datetime
from enum import Enum
from functools import partial
from typing import Annotated

import strawberry

from graph_api.domain.failures import InvalidInput, shown
from graph_api.domain.learners.level_lists import LevelFilter, StudentOrderBy
from graph_api.domain.targets import Target, TargetKind
from graph_api.domain.text import identifiers
from graph_api.schema.context import Info
from graph_api.schema.course.skill import Search
from graph_api.schema.learners.student import Student
from graph_api.schema.learners.target_students import Above, Below, GroupId, Statuses
from graph_api.schema.node import parse_node_id
from graph_api.schema.paging import DEFAULT_FIRST, MAX_FIRST, After, Connection, First, Page, listing, page
from graph_api.store.rosters import StudentFilter
from graph_api.usecases.learners import list_students

TARGETS = {"Concept": TargetKind.CONCEPT, "Skill": TargetKind.SKILL}

TargetId = Annotated[
    strawberry.ID | None,
    strawberry.argument(
        description="The nodeId of a concept or skill, as in Skill:grammar. Only students with answers to the target; "
        "with a status, those whose level has the status. `status`, `below` and `above` require a targetId."
    ),
]
StudentIds = Annotated[
    list[strawberry.ID] | None,
    strawberry.argument(description=f"Only students with these ids, at most {MAX_FIRST}."),
]


@strawberry.enum(description="The order of students. Ties are ordered by id.")
class StudentOrder(Enum):
    ID = strawberry.enum_value("ID", description="By id.")
    NAME = strawberry.enum_value("NAME", description="By name.")
    LAST_PRACTICED = strawberry.enum_value(
        "LAST_PRACTICED", description="Least recently practised first. Students without answers come first."
    )
    MEAN_LEVEL = strawberry.enum_value(
        "MEAN_LEVEL", description="Lowest mean level on skills first. Students without answers to skills come last."
    )
    NEEDS_FOCUS = strawberry.enum_value("NEEDS_FOCUS", description="Most skills that need focus first.")

    def parse(self) -> StudentOrderBy:
        """The order."""
        return StudentOrderBy[self.name]

    def key(self) -> tuple[type, type]:
        """The types of a sort key."""
        kinds = {StudentOrder.LAST_PRACTICED: datetime, StudentOrder.MEAN_LEVEL: int, StudentOrder.NEEDS_FOCUS: int}
        return kinds.get(self, str), str


@strawberry.type
class StudentListQuery:
    """Queries about many students."""

    @strawberry.field(
        description="All students, or those that fit the filters. Teachers see the students of their groups. A student "
        "whose place does not change between two pages is neither lost nor repeated."
    )
    async def students(
        self,
        info: Info,
        group_id: GroupId = None,
        search: Search = None,
        ids: StudentIds = None,
        target_id: TargetId = None,
        status: Statuses = None,
        below: Below = None,
        above: Above = None,
        order_by: Annotated[
            StudentOrder, strawberry.argument(description="The order of the students.")
        ] = StudentOrder.ID,
        *,
        reverse: Annotated[bool, strawberry.argument(description="True reverses the order.")] = False,
        first: First = DEFAULT_FIRST,
        after: After = None,
    ) -> Connection[Student]:
        levels = LevelFilter(None if status is None else frozenset(status), below, above)
        known = None if ids is None else identifiers(ids, "ids", most=MAX_FIRST)
        target = parse_target(target_id, levels)
        matching = StudentFilter(group_id, known, search and search.lower(), target, levels)
        wanted = page(first, after, "students", matching, order_by.value, reverse, key=order_by.key())
        return await read_students(info, matching, order_by, wanted, reverse=reverse)


def parse_target(target_id: str | None, levels: LevelFilter) -> Target | None:
    """The target of a node id.

    Raises:
        InvalidInput: it is not the id of a concept or skill, or is missing where levels are filtered.
    """
    if target_id is None:
        if not levels.is_empty:
            raise InvalidInput("targetId", "must be given with status, below or above")
        return None
    type_name, key = parse_node_id(target_id, "targetId")
    if type_name not in TARGETS:
        raise InvalidInput(
            "targetId", "must be the nodeId of a concept or skill, as in Skill:grammar", shown(target_id)
        )
    return Target(TARGETS[type_name], key)


async def read_students(
    info: Info, matching: StudentFilter, order_by: StudentOrder, wanted: Page, *, reverse: bool
) -> Connection[Student]:
    """The page of a list of students."""
    by, thresholds = order_by.parse(), await info.context.thresholds()
    after = (wanted.after[0], wanted.after[1]) if wanted.after else None
    read = partial(list_students.read_page, matching=matching, thresholds=thresholds, order_by=by, reverse=reverse)
    read = partial(read, after=after, limit=wanted.limit)
    count = partial(list_students.count, matching=matching, thresholds=thresholds)
    return await listing(info.context.gateway, wanted, read, count, Student.listed, lambda each: each.key)
