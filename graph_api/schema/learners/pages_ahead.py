"""What a page of a student or of a class is about to load, read in one statement before its resolvers run.

A page with the usual lists of masteries needs the student, or the group and its members, the mark of the course, and
the levels. The loaders find them where they are put here. Nothing else changes: what is missing is read as usual.
"""

from collections.abc import Mapping
from typing import Any

from graph_api.domain.targets import TargetKind
from graph_api.execution.compiled.forms import Call, Calls, Form, Forms
from graph_api.execution.read_ahead import AnswersPage, MembersPage
from graph_api.schema.context import Info
from graph_api.schema.learners.mastery import MasteryOrder
from graph_api.schema.learners.mastery_columns import is_usual
from graph_api.schema.learners.student import AnswerOrder
from graph_api.schema.paging import DEFAULT_FIRST, MAX_FIRST
from graph_api.store.answers import AnswerFilter
from graph_api.store.class_pages import (
    Shown,
    read_group_head,
    read_student_head,
    read_student_with_answers,
)
from graph_api.usecases.learners.pages_now import Place

MOST_MEMBERS = 100
"""Members that one row may have: decoding a row holds the event loop."""

SCOPED = "all_courses"
"""The argument of fields whose scope is by default that of the group's courses."""
OF_LEVELS = frozenset(f"Group.{name}" for name in ("heatmap", "distribution", "rootCauses", "weakClusters", "atRisk"))
"""The fields of a group that take the levels of all its members."""
OF_MASTERIES = frozenset(
    f"Student.{name}"
    for name in (
        "lastPracticedAt",
        "masteries",
        "meanLevel",
        "nextSteps",
        "rootCauses",
        "statusCounts",
        "strongSkills",
        "weakSkills",
    )
)
"""The fields of a student that take all masteries."""
OF_PAST = frozenset(
    f"Group.{name}" for name in ("heatmap", "distribution", "series", "studentSeries", "movement", "activity")
)
"""The fields of a group that take what all its members have answered, or the levels as of a moment."""


async def read_student_ahead(info: Info, arguments: Mapping[str, Any], below: Calls) -> None:
    """Read a student with what is shown below: the levels of a list, what other fields take, or the newest answers."""
    student_id, kind = str(arguments["id"]), kind_of(below)
    if info.context.gateway.has_pseudonyms:
        return
    if kind is not None:
        await _read_masteries(info, student_id, kind)
    elif any(shown := shown_of(below)) or _has_scope(below):
        await _read_student(info, student_id, shown)
    elif (wanted := newest_answers_of(student_id, below)) is not None:
        await _read_answers(info, wanted)


async def _read_masteries(info: Info, student_id: str, kind: TargetKind) -> None:
    page = await info.context.services.pages.read_student(info.context.gateway, student_id, kind)
    info.context.loaders.note_student_page(student_id, kind, page)


async def _read_student(info: Info, student_id: str, shown: Shown) -> None:
    head = await info.context.gateway.read_one(lambda tx: read_student_head(tx, student_id, shown))
    info.context.loaders.note_student(student_id, head)


async def _read_answers(info: Info, wanted: AnswersPage) -> None:
    page = await info.context.gateway.read_one(
        lambda tx: read_student_with_answers(tx, wanted.student_id, wanted.limit)
    )
    info.context.loaders.note_answers(wanted, page)


async def read_group_ahead(info: Info, arguments: Mapping[str, Any], below: Calls) -> None:
    """Read a group with what is shown below: its first members and their masteries, or what a scope takes."""
    group_id = str(arguments["id"])
    if info.context.gateway.has_pseudonyms or info.context.gateway.only_student:
        return
    if (page_below := members_of(group_id, below)) is not None:
        await _read_members(info, *page_below)
    elif _has_scope(below):
        await _read_versions(info, group_id, below)


async def _read_members(info: Info, wanted: MembersPage, kind: TargetKind) -> None:
    place = Place(wanted.group_id, kind, wanted.limit)
    page = await info.context.services.pages.read_group(info.context.gateway, place)
    if page is not None:
        info.context.loaders.note_group_page(wanted, kind, page)


async def _read_versions(info: Info, group_id: str, below: Calls) -> None:
    """Read a group with the courses that it takes, and the versions of its members if what they did is shown."""
    shows_members = any(
        call.field in OF_PAST or (call.field in OF_LEVELS and call.arguments.get("as_of") is None) for call in below
    )
    head = await info.context.gateway.read_one(lambda tx: read_group_head(tx, group_id, with_versions=shows_members))
    info.context.loaders.note_group(group_id, head)


def _has_scope(below: Calls) -> bool:
    return any(SCOPED in call.arguments for call in below)


def shown_of(below: Calls) -> Shown:
    """What some fields of a student show that can be read with the student."""
    present = {call.field for call in below if call.arguments.get("as_of") is None}
    return Shown("Student.attempts" in present, "Student.groups" in present, not OF_MASTERIES.isdisjoint(present))


def newest_answers_of(student_id: str, calls: Calls) -> AnswersPage | None:
    """The only page of answers among some fields of a student, if it is of the newest ones and has no filter."""
    answers = _only(calls, "Student.answers")
    if answers is None:
        return None
    given = {name for name, value in answers.arguments.items() if value is not None} - {"info", "first", "order_by"}
    first, order = answers.arguments.get("first", DEFAULT_FIRST), answers.arguments.get("order_by")
    is_usual_page = not given and order in {None, AnswerOrder.NEWEST_FIRST} and 1 <= first <= MAX_FIRST
    return (
        AnswersPage(student_id, AnswerFilter(), newest_first=True, after=None, limit=first + 1)
        if is_usual_page
        else None
    )


def members_of(group_id: str, calls: Calls) -> tuple[MembersPage, TargetKind] | None:
    """The only page of members among some fields of a group, and the kind of their masteries, if both are usual."""
    members = _only(calls, "Group.members")
    nodes = None if members is None else _only(members.below(), "StudentConnection.nodes")
    kind = None if nodes is None else kind_of(nodes.below())
    if members is None or kind is None:
        return None
    first = members.arguments.get("first", DEFAULT_FIRST)
    is_usual_page = 1 <= first <= MOST_MEMBERS and members.arguments.get("after") is None
    return (MembersPage(group_id, "", "", first + 1), kind) if is_usual_page else None


def kind_of(calls: Calls) -> TargetKind | None:
    """The kind of the only list of masteries among some fields of a student, if the list is a usual one."""
    masteries = _only(calls, "Student.masteries")
    if masteries is None or not masteries.has_form:
        return None
    rest = {name: value for name, value in masteries.arguments.items() if name not in {"info", "first"}}
    kind: TargetKind | None = rest.pop("kind", None)
    return kind if is_usual(rest.pop("order_by", MasteryOrder.TARGET), rest) else None


def _only(calls: Calls, field: str) -> Call | None:
    """The call of a field, if there is exactly one."""
    of_field = [call for call in calls if call.field == field]
    return of_field[0] if len(of_field) == 1 else None


AHEAD_FORMS: Forms = {
    "Query.student": Form(ahead=read_student_ahead),
    "Query.group": Form(ahead=read_group_ahead),
}
