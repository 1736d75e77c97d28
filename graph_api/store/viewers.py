"""What somebody may see of the graph, held to at every statement that is sent in their name.

Each statement says whose data it touches (`about:`, see `graph_api.store.cypher_files`). A viewer leaves out of its
parameters the students and groups that are out of reach, in the same transaction, so that what may not be seen looks
just like what is not there; a statement about everybody is refused. Those who may see everybody have no viewer at all.
"""

import hashlib
import hmac
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Any, TypeAlias

from graph_api.domain.failures import Forbidden
from graph_api.domain.principals import Principal, Role
from graph_api.store.cypher_files import VIEWER, Statement

Row: TypeAlias = dict[str, Any]
Fetch: TypeAlias = Callable[..., Awaitable[list[Row]]]
"""Runs a statement by name with its parameters, whoever looks."""

PSEUDONYM_LENGTH = 16


class Viewer(ABC):
    """Somebody who may not see everything."""

    def __init__(self, principal_id: str) -> None:
        self.id = principal_id

    async def narrow(self, statement: Statement, params: Row, fetch: Fetch) -> Row:
        """The parameters, without what is out of reach.

        Raises:
            Forbidden: the statement is not for this viewer.
        """
        about = statement.about
        if about.whose == "nobody" and statement.mode == "read":
            return params
        if about.whose in {"nobody", "everybody"} or (about.param == VIEWER and not self.has_pages):
            raise Forbidden(statement.name, "is not for you")
        if about.param is None:
            return params
        if about.param == VIEWER:
            return params | {VIEWER: self.id}
        given = params[about.param]
        reach = self.students if about.whose == "students" else self.groups
        return params | {about.param: _only(given, await reach(_ids(given), fetch))}

    async def show(self, statement: Statement, rows: list[Row], fetch: Fetch) -> list[Row]:
        """The rows, without those that are out of reach."""
        if statement.about.whose != "students" or statement.about.param is not None:
            return rows
        within = await self.students({row["student_id"] for row in rows}, fetch)
        return [row for row in rows if row["student_id"] in within]

    has_pages = False
    """Whether there are lists of whom they may see."""

    @abstractmethod
    async def students(self, ids: Collection[str], fetch: Fetch) -> Mapping[str, str]:
        """Those of some students that are within reach, by what this viewer calls them."""

    @abstractmethod
    async def groups(self, ids: Collection[str], fetch: Fetch) -> Mapping[str, str]:
        """Those of some groups that are within reach, likewise."""


class OneStudent(Viewer):
    """A student: their own data, and the groups that they are a member of."""

    async def students(self, ids: Collection[str], fetch: Fetch) -> Mapping[str, str]:  # noqa: ARG002 - as the others
        """Themselves."""
        return {self.id: self.id} if self.id in ids else {}

    async def groups(self, ids: Collection[str], fetch: Fetch) -> Mapping[str, str]:
        """Their own."""
        return _same(await fetch("reach/list_groups_of_student", student_id=self.id, ids=sorted(ids)))


class OneTeacher(Viewer):
    """A teacher: the groups that they teach, and the members of these (G8)."""

    has_pages = True

    async def students(self, ids: Collection[str], fetch: Fetch) -> Mapping[str, str]:
        """Members of their groups."""
        return _same(await fetch("reach/list_students_taught", teacher_id=self.id, ids=sorted(ids)))

    async def groups(self, ids: Collection[str], fetch: Fetch) -> Mapping[str, str]:
        """Their groups."""
        return _same(await fetch("reach/list_groups_taught", teacher_id=self.id, ids=sorted(ids)))


class OneAnalyst(Viewer):
    """An analyst: everybody, under pseudonyms that mean nothing without the key.

    In rows, students stand under their pseudonyms, and in order of these; in parameters only pseudonyms that this
    viewer was shown are known. What people are called is not told.
    """

    def __init__(self, principal_id: str, key: bytes) -> None:
        super().__init__(principal_id)
        self._key = key
        self._shown: dict[str, str] = {}

    async def narrow(self, statement: Statement, params: Row, fetch: Fetch) -> Row:
        """The parameters, with the ids behind pseudonyms."""
        about = statement.about
        if statement.mode != "read" or about.named:
            raise Forbidden(statement.name, "is not for you")
        if about.whose == "everybody":
            return params
        if about.param == VIEWER:
            return params | {VIEWER: None}
        return await super().narrow(statement, params, fetch)

    async def show(self, statement: Statement, rows: list[Row], fetch: Fetch) -> list[Row]:  # noqa: ARG002 - as the others
        """The rows, with pseudonyms for students."""
        if "student_id" not in statement.columns:
            return rows
        hidden = [row | {"student_id": self._pseudonym(row["student_id"])} for row in rows]
        return sorted(hidden, key=lambda row: row["student_id"])

    async def students(self, ids: Collection[str], fetch: Fetch) -> Mapping[str, str]:  # noqa: ARG002 - as the others
        """Those who were shown."""
        return {key: self._shown[key] for key in ids if key in self._shown}

    async def groups(self, ids: Collection[str], fetch: Fetch) -> Mapping[str, str]:  # noqa: ARG002 - as the others
        """All."""
        return {key: key for key in ids}

    def _pseudonym(self, student_id: str) -> str:
        found = hmac.new(self._key, student_id.encode(), hashlib.sha256).hexdigest()[:PSEUDONYM_LENGTH]
        self._shown[found] = student_id
        return found


def viewer_of(principal: Principal, pseudonym_key: bytes | None) -> Viewer | None:
    """How a principal is held to what they may see; None for those who may see everybody.

    Raises:
        Forbidden: an analyst, where there is no key for pseudonyms.
    """
    match principal.role:
        case Role.STUDENT:
            return OneStudent(principal.id)
        case Role.TEACHER:
            return OneTeacher(principal.id)
        case Role.ANALYST if pseudonym_key:
            return OneAnalyst(principal.id, pseudonym_key)
        case Role.SERVICE | Role.ADMIN:
            return None
    raise Forbidden("role", "is not served here: no key for pseudonyms is set", principal.role.value)


def _same(rows: list[Row]) -> dict[str, str]:
    return {row["id"]: row["id"] for row in rows}


def _ids(given: Any) -> set[str]:  # noqa: ANN401 - one id, ids, or rows with a student_id
    if given is None or isinstance(given, str):
        return {given} if given else set()
    return {item if isinstance(item, str) else item["student_id"] for item in given}


def _only(given: Any, within: Mapping[str, str]) -> Any:  # noqa: ANN401 - as given
    """The same, without what is out of reach: null for one id."""
    if given is None or isinstance(given, str):
        return within.get(given or "")
    known = [item for item in given if (item if isinstance(item, str) else item["student_id"]) in within]
    return [
        within[item] if isinstance(item, str) else item | {"student_id": within[item["student_id"]]} for item in known
    ]
