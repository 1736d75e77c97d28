"""Row-level access: what a viewer may see of the graph, enforced at every statement.

Each statement states whose data it touches (`about:`, see `graph_api.store.cypher_files`). A viewer removes the
students and groups that it may not see from the parameters, in the same transaction, so that hidden objects and missing
objects look the same. A statement about all students is refused. Callers who may see all students have no viewer.
"""

import hashlib
import hmac
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from graph_api.domain.failures import Forbidden, GroupTooSmall
from graph_api.domain.principals import Principal, Role
from graph_api.store.cypher_files import VIEWER, Statement

Row: TypeAlias = dict[str, Any]
Fetch: TypeAlias = Callable[..., Awaitable[list[Row]]]
"""Runs a statement by name with its parameters, without regard to the viewer."""

PSEUDONYM_LENGTH = 16
LEAST_STUDENTS = 10
"""The smallest group that an analyst may read about, unless GRAPH_API_ANALYST_MIN_GROUP states another."""
MIN_SIZE = "min_size"
"""The parameter of lists of groups that excludes smaller groups."""

Scope: TypeAlias = Literal["group", "global"]
"""Where a pseudonym stays the same: within one group, or everywhere."""


@dataclass(frozen=True, slots=True)
class AnalystRules:
    """The rules for analysts: the key of pseudonyms, the smallest group, and where a pseudonym stays the same."""

    key: bytes
    least: int = LEAST_STUDENTS
    scope: Scope = "group"

    def pseudonym(self, group_id: str | None, student_id: str) -> str:
        """The pseudonym of a student in a group; without a group, among all students.

        >>> rules = AnalystRules(b"key of the example")
        >>> rules.pseudonym("class-a", "anna") == rules.pseudonym("class-b", "anna")
        False
        >>> everywhere = AnalystRules(b"key of the example", scope="global")
        >>> everywhere.pseudonym("class-a", "anna") == everywhere.pseudonym(None, "anna")
        True
        """
        text = student_id
        if self.scope == "group":
            place = "all" if group_id is None else f"group {len(group_id)} {group_id}"
            text = f"{place} {student_id}"
        return self._keyed(text)

    def pseudonym_of_question(self, question_id: str) -> str:
        """The pseudonym of a question, whose id clients choose; the same everywhere.

        >>> rules = AnalystRules(b"key of the example")
        >>> rules.pseudonym_of_question("q1") == rules.pseudonym(None, "q1")
        False
        """
        return self._keyed_other("question", question_id)

    def pseudonym_of_answer(self, answer_id: str) -> str:
        """The pseudonym of an answer in exports, the same everywhere; its id is chosen by clients."""
        return self._keyed_other("answer", answer_id)

    def pseudonym_of_session(self, session_id: str) -> str:
        """The pseudonym of a session in exports, likewise."""
        return self._keyed_other("session", session_id)

    def _keyed_other(self, kind: str, key: str) -> str:
        return self._keyed(f"\0{kind} {key}")  # no id of a student has a zero character

    def _keyed(self, text: str) -> str:
        return hmac.new(self.key, text.encode(), hashlib.sha256).hexdigest()[:PSEUDONYM_LENGTH]


class Viewer(ABC):
    """A caller who may see only a part of the data."""

    def __init__(self, principal_id: str) -> None:
        self.id = principal_id

    async def narrow(self, statement: Statement, params: Row, fetch: Fetch) -> Row:
        """The parameters, without what the viewer may not see.

        Raises:
            Forbidden: the statement is not for this viewer.
        """
        about = statement.about
        if about.whose == "no student" and statement.mode == "read":
            return params
        if about.whose in {"no student", "all students"} or (about.param == VIEWER and not self.has_pages):
            raise Forbidden(statement.name, "is not for you")
        if about.param is None:
            return params
        if about.param == VIEWER:
            return params | {VIEWER: self.id}
        value = params[about.param]
        visible = self.students if about.whose == "students" else self.groups
        return params | {about.param: _only(value, await visible(_ids(value), fetch))}

    only_student: str | None = None
    """The id of the only student whom the viewer may see; None if there may be others."""
    has_pseudonyms = False
    """Whether rows reach the viewer with pseudonyms, so that the database cannot order them as the viewer sees them."""

    @property
    def least(self) -> int:
        """The smallest number of students that a figure may be about."""
        return 1

    def question_id(self, question_id: str) -> str:
        """The id or pseudonym under which the viewer sees a question."""
        return question_id

    async def show(
        self,
        statement: Statement,
        rows: list[Row],
        fetch: Fetch,
        params: Row | None = None,  # noqa: ARG002 - for those who are shown pseudonyms
    ) -> list[Row]:
        """The rows, without those that the viewer may not see; `params` as the caller passed them."""
        if statement.about.whose != "students" or statement.about.param is not None:
            return rows
        within = await self.students({row["student_id"] for row in rows}, fetch)
        return [row for row in rows if row["student_id"] in within]

    has_pages = False
    """Whether the viewer can list students and groups."""

    @abstractmethod
    async def students(self, ids: Collection[str], fetch: Fetch) -> Mapping[str, str]:
        """The students among some ids that the viewer may see, by the id or pseudonym that the viewer uses."""

    @abstractmethod
    async def groups(self, ids: Collection[str], fetch: Fetch) -> Mapping[str, str]:
        """The groups among some ids that the viewer may see, likewise."""


class OneStudent(Viewer):
    """A student: sees their own data, and the groups that they are a member of."""

    def __init__(self, principal_id: str) -> None:
        super().__init__(principal_id)
        self.only_student = principal_id

    async def show(self, statement: Statement, rows: list[Row], fetch: Fetch, params: Row | None = None) -> list[Row]:
        """The rows, without those of other members of the student's groups."""
        if "student_id" in statement.columns:
            rows = [row for row in rows if row["student_id"] == self.id]
        return await super().show(statement, rows, fetch, params)

    async def students(self, ids: Collection[str], fetch: Fetch) -> Mapping[str, str]:  # noqa: ARG002 - as the others
        """Themselves."""
        return {self.id: self.id} if self.id in ids else {}

    async def groups(self, ids: Collection[str], fetch: Fetch) -> Mapping[str, str]:
        """Their own."""
        return _same(await fetch("access/list_groups_of_student", student_id=self.id, ids=sorted(ids)))


class OneTeacher(Viewer):
    """A teacher: sees the groups that they teach, and the members of these (G8)."""

    has_pages = True

    async def students(self, ids: Collection[str], fetch: Fetch) -> Mapping[str, str]:
        """Members of their groups."""
        return _same(await fetch("access/list_students_taught", teacher_id=self.id, ids=sorted(ids)))

    async def groups(self, ids: Collection[str], fetch: Fetch) -> Mapping[str, str]:
        """Their groups."""
        return _same(await fetch("access/list_groups_taught", teacher_id=self.id, ids=sorted(ids)))


class OneAnalyst(Viewer):
    """An analyst: sees all students under pseudonyms, in groups that are large enough.

    Rows have pseudonyms instead of student ids, and are sorted by them. Parameters accept only pseudonyms that this
    viewer was shown. Names are removed: a group has its id instead. Statements about a smaller group, or about all
    students if they are few, are refused; lists exclude small groups.
    """

    has_pseudonyms = True

    def __init__(self, principal_id: str, rules: AnalystRules) -> None:
        super().__init__(principal_id)
        self._rules = rules
        self._shown: dict[str, str] = {}

    @property
    def least(self) -> int:
        """The smallest number of students that a figure may be about."""
        return self._rules.least

    def question_id(self, question_id: str) -> str:
        """A pseudonym: clients choose the ids of questions, which may name people."""
        return self._rules.pseudonym_of_question(question_id)

    async def narrow(self, statement: Statement, params: Row, fetch: Fetch) -> Row:
        """The parameters, with the ids behind pseudonyms.

        Raises:
            GroupTooSmall: the statement is about too few students.
        """
        about = statement.about
        if statement.mode != "read" or about.named:
            raise Forbidden(statement.name, "is not for you")
        if about.whose == "all students":
            if statement.is_about_students and (await fetch("access/count_students"))[0]["total"] < self.least:
                raise GroupTooSmall.of("students", self.least)
            return params
        if about.param == VIEWER:
            return params | {VIEWER: None, MIN_SIZE: self.least}
        if about.whose == "groups" and about.param is not None:
            await self._check_sizes(_ids(params[about.param]), fetch)
        return await super().narrow(statement, params, fetch)

    async def show(
        self,
        statement: Statement,
        rows: list[Row],
        fetch: Fetch,  # noqa: ARG002 - as the others
        params: Row | None = None,
    ) -> list[Row]:
        """The rows, with pseudonyms for students, and ids for names."""
        if "teacher_ids" in statement.columns:
            rows = [row | {"name": row["id"], "teacher_ids": []} for row in rows]
        if "student_id" not in statement.columns:
            return rows
        about, passed = statement.about, params or {}
        if about.whose == "students" and about.param is not None:
            hidden = self._hide_again(rows, _ids(passed.get(about.param)))
        else:
            group_id = passed.get(about.param or "") if about.whose == "groups" else None
            hidden = [row | {"student_id": self._pseudonym(group_id, row["student_id"])} for row in rows]
        return sorted(hidden, key=lambda row: row["student_id"])

    async def students(self, ids: Collection[str], fetch: Fetch) -> Mapping[str, str]:  # noqa: ARG002 - as the others
        """The students who were shown."""
        return {key: self._shown[key] for key in ids if key in self._shown}

    async def groups(self, ids: Collection[str], fetch: Fetch) -> Mapping[str, str]:  # noqa: ARG002 - as the others
        """All."""
        return {key: key for key in ids}

    async def _check_sizes(self, group_ids: Collection[str], fetch: Fetch) -> None:
        for row in await fetch("access/count_members", ids=sorted(group_ids)):
            if row["size"] < self.least:
                raise GroupTooSmall.of("group", self.least)

    def _pseudonym(self, group_id: str | None, student_id: str) -> str:
        pseudonym = self._rules.pseudonym(group_id, student_id)
        self._shown[pseudonym] = student_id
        return pseudonym

    def _hide_again(self, rows: Iterable[Row], pseudonyms: Iterable[str]) -> list[Row]:
        """Rows of students who were named by pseudonyms, under these: one row for each pseudonym of a student."""
        of_student: defaultdict[str, list[str]] = defaultdict(list)
        for pseudonym in pseudonyms:
            if pseudonym in self._shown:
                of_student[self._shown[pseudonym]].append(pseudonym)
        return [row | {"student_id": pseudonym} for row in rows for pseudonym in of_student[row["student_id"]]]


def viewer_of(principal: Principal, analysts: AnalystRules | None) -> Viewer | None:
    """The viewer of a principal; None for those who may see all students.

    Raises:
        Forbidden: an analyst, where no key for pseudonyms is configured.
    """
    match principal.role:
        case Role.STUDENT:
            return OneStudent(principal.id)
        case Role.TEACHER:
            return OneTeacher(principal.id)
        case Role.ANALYST if analysts:
            return OneAnalyst(principal.id, analysts)
        case Role.SERVICE | Role.ADMIN:
            return None
    raise Forbidden("role", "is not served here: no key for pseudonyms is set", principal.role.value)


def _same(rows: list[Row]) -> dict[str, str]:
    return {row["id"]: row["id"] for row in rows}


def _ids(value: Any) -> set[str]:  # noqa: ANN401 - one id, ids, or rows with a student_id
    if value is None or isinstance(value, str):
        return {value} if value else set()
    return {item if isinstance(item, str) else item["student_id"] for item in value}


def _only(value: Any, within: Mapping[str, str]) -> Any:  # noqa: ANN401 - the type of the value
    """The same, without ids that are not in `within`: null for one id."""
    if value is None or isinstance(value, str):
        return within.get(value or "")
    known = [item for item in value if (item if isinstance(item, str) else item["student_id"]) in within]
    return [
        within[item] if isinstance(item, str) else item | {"student_id": within[item["student_id"]]} for item in known
    ]
