"""Pages of a student, or of a group's first members, with the levels that lists show: one statement for each page."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Any, NamedTuple

from graph_api.domain.answers.answers import Answer
from graph_api.domain.learners.mastery import Mastery
from graph_api.domain.learners.people import Student
from graph_api.domain.targets import SEPARATOR, TargetKind
from graph_api.store.dependencies import note_groups
from graph_api.store.gateway import Row, Transaction
from graph_api.store.groups import GroupSummary
from graph_api.store.history_pages import newest_of, pages_for
from graph_api.store.masteries import ShownLevels, decode_all, is_valid, reread
from graph_api.store.students import decode_student

STUDENTS: Mapping[TargetKind, str] = {
    TargetKind.CONCEPT: "class_page/list_students_on_concepts",
    TargetKind.SKILL: "class_page/list_students_on_skills",
}
GROUP: Mapping[TargetKind, str] = {
    TargetKind.CONCEPT: "class_page/read_group_on_concepts",
    TargetKind.SKILL: "class_page/read_group_on_skills",
}
VERSIONS = "class_page/list_versions_of_students"
GROUP_HEAD = {False: "class_page/read_group", True: "class_page/read_group_with_revisions"}


class Member(NamedTuple):
    """A student with the levels of one kind.

    Attributes:
        version: of the student. Each change of a student's data gives another version.
        levels: None without any.
        is_valid: whether all levels are valid.
    """

    student: Student
    version: str
    levels: ShownLevels | None = None
    is_valid: bool = True


class StudentPage(NamedTuple):
    """A student, and the mark of the course."""

    mark: str
    member: Member


class GroupPage(NamedTuple):
    """A group with its first members, in order of name, then id, and the mark of the course."""

    mark: str
    group: GroupSummary
    members: list[Member]


class Shown(NamedTuple):
    """What is shown of a student, beside the courses that the student's groups take."""

    answers: bool = False
    groups: bool = False
    masteries: bool = False


class StudentHead(NamedTuple):
    """A student with the courses that the student's groups take, and the mark of the course.

    Attributes:
        answers: the number of answers; None if it was not read.
        groups: the groups in order of id, without archived ones; None likewise.
        masteries: all masteries in no particular order; None likewise, and if one of them is invalid.
    """

    mark: str
    student: Student
    course_ids: list[str]
    answers: int | None = None
    groups: list[GroupSummary] | None = None
    masteries: list[Mastery] | None = None


class StudentWithAnswers(NamedTuple):
    """A student with the newest answers; None if the student's pages do not hold them."""

    student: Student
    answers: list[Answer] | None


class GroupHead(NamedTuple):
    """A group with the courses that it takes, and the mark of the course.

    Attributes:
        versions: of the members by id. Each change of a student's data gives another version. None: not read.
    """

    mark: str
    group: GroupSummary
    course_ids: list[str]
    versions: Mapping[str, str] | None


async def read_student_pages(tx: Transaction, ids: Iterable[str], kind: TargetKind) -> list[StudentPage]:
    """Students by id, in no particular order, with their levels of a kind."""
    rows = await tx.many(STUDENTS[kind], ids=list(ids))
    pages = [StudentPage(row["mark"] or "", _member(row)) for row in rows]
    reread(tx, is_invalid=not all(page.member.is_valid for page in pages))
    return pages


async def read_student_versions(tx: Transaction, ids: Iterable[str]) -> dict[str, StudentPage]:
    """Students by id, with no levels; those who do not exist are left out."""
    rows = await tx.many(VERSIONS, ids=sorted(set(ids)))
    return {row["id"]: StudentPage(row["mark"] or "", Member(decode_student(row), row["version"])) for row in rows}


async def read_group_page(tx: Transaction, group_id: str, kind: TargetKind, limit: int) -> GroupPage | None:
    """A group with its first members and their levels of a kind; None if it has no members, or does not exist."""
    row = await tx.optional(GROUP[kind], id=group_id, limit=limit)
    if row is None:
        return None
    page = _group_page(row, _member)
    reread(tx, is_invalid=not all(member.is_valid for member in page.members))
    return page


async def read_group_versions(tx: Transaction, group_id: str, limit: int) -> GroupPage | None:
    """A group with its first members and no levels; None if it has no members, or does not exist."""
    row = await tx.optional("class_page/read_group_with_versions", id=group_id, limit=limit)
    return None if row is None else _group_page(row, lambda each: Member(decode_student(each), each["version"]))


def _group_page(row: Row, decode: Callable[[Row], Member]) -> GroupPage:
    mark, members = row.pop("mark") or "", row.pop("members")
    students = sorted((decode(dict(zip(COLUMNS, each, strict=False))) for each in members), key=_by_name)
    return GroupPage(mark, GroupSummary(**row), students)


async def read_student_head(tx: Transaction, student_id: str, shown: Shown) -> StudentHead | None:
    """A student with what is shown; None if the student does not exist.

    Groups are read only for callers who may see all of them.
    """
    row = await tx.optional(
        "class_page/read_student",
        id=student_id,
        with_answers=shown.answers,
        with_groups=shown.groups and not tx.has_viewer,
        with_masteries=shown.masteries,
    )
    if row is None:
        return None
    return StudentHead(
        row["mark"] or "",
        decode_student(row),
        row["course_ids"],
        row["answers"],
        None if row["groups"] is None else _groups(row["groups"]),
        None if row["masteries"] is None else _masteries(tx, student_id, row["masteries"]),
    )


def _groups(rows: Iterable[Sequence[Any]]) -> list[GroupSummary]:
    groups = sorted((GroupSummary(*row) for row in rows), key=attrgetter("id"))
    note_groups(group.id for group in groups)
    return groups


def _masteries(tx: Transaction, student_id: str, rows: Iterable[Sequence[Any]]) -> list[Mastery] | None:
    """Invalid ones are left to their loader, which reads them again and raises."""
    try:
        return decode_all(tx, student_id, rows)
    except (TypeError, ValueError):
        return None


async def read_student_with_answers(tx: Transaction, student_id: str, limit: int) -> StudentWithAnswers | None:
    """A student with at most `limit` answers, newest first; None if the student does not exist."""
    row = await tx.optional(
        "class_page/read_student_with_answers", id=student_id, pages=pages_for(limit), separator=SEPARATOR
    )
    if row is None:
        return None
    return StudentWithAnswers(decode_student(row), newest_of(student_id, row["pages"], limit))


async def read_group_head(tx: Transaction, group_id: str, *, with_versions: bool) -> GroupHead | None:
    """A group, on request with the versions of its members; None if it does not exist."""
    row = await tx.optional(GROUP_HEAD[with_versions], id=group_id)
    if row is None:
        return None
    mark, course_ids, members = row.pop("mark") or "", row.pop("course_ids"), row.pop("members", None)
    versions = None if members is None else {each.rsplit(" ", 2)[0]: each for each in members}
    return GroupHead(mark, GroupSummary(**row), course_ids, versions)


COLUMNS = ("id", "name", "recency_at_session_end", "version", "keys", "levels", "attempts", "judgements")
"""What is known of a member, in the order of its list."""


def _member(row: Row) -> Member:
    levels = ShownLevels(row["keys"], row["levels"], row["attempts"], row["judgements"])
    return Member(decode_student(row), row["version"], levels if levels.keys else None, is_valid(levels))


def _by_name(member: Member) -> tuple[str, str]:
    return member.student.name or "", member.student.id
