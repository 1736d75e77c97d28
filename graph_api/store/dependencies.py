"""What a reply depends on: the rows that its statements read, by the `about:` line of each, and nothing else.

A reply is a function of its document, its variables, its principal, the settings and what was read. While an operation
runs, each statement notes whose data it read. What cannot be named by the ids of students and groups, such as lists of
all students, runs, the clock or a random draw, makes the dependencies unknown: such a reply is never stored.

`graph_api.store.reply_tokens` reads the revisions of what is named here. They change with every write
(`graph_api.store.changes`).
"""

import re
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from functools import lru_cache
from typing import Any, ParamSpec, TypeVar

from graph_api.store.context_values import Holding
from graph_api.store.cypher_files import OF_PEOPLE, VIEWER, Statement

P = ParamSpec("P")
T = TypeVar("T")

MOST_IDS = 2_000
"""Students and groups that a reply may depend on by their ids."""
OF_COURSE = frozenset(
    {
        "Concept",
        "Skill",
        "Course",
        "CourseVersion",
        "SourceDocument",
        "ThresholdSet",
        "PART_OF",
        "PREREQUISITE_OF",
        "IN_COURSE",
    }
)
"""What the mark of the course covers: labels and types of relationships."""
NAMES = re.compile(r"[:|]\s*([A-Z]\w*)")
OF_MEMBERSHIPS = re.compile(r":Group\b|\b(MEMBER_OF|TEACHES)\b")
IMMUTABLE = frozenset({"parameter_set", "policy_set"})
"""Nouns of versions that never change once they are stored; one that is missing may still be stored."""
BY_ID = "list_by_ids"
UNMARKED = frozenset({"due_replay"})
"""Nouns whose changes do not replace the mark, although only the course is touched."""


class Dependencies:
    """The students and groups that one operation has read of.

    Attributes:
        students: ids whose own data was read.
        memberships: ids of students whose groups, or the teachers of these, were read.
        seen: ids of students whom the principal could see for their groups.
        groups: ids of groups whose data, or whose members' data, was read.
        unknown: why the dependencies are unknown; None if they are known.
    """

    def __init__(self) -> None:
        self.students: set[str] = set()
        self.memberships: set[str] = set()
        self.seen: set[str] = set()
        self.groups: set[str] = set()
        self.statements = 0
        self.unknown: str | None = None

    @property
    def are_known(self) -> bool:
        """Whether something was read, and all of it can be checked by its ids."""
        ids = len(self.students | self.memberships | self.seen) + len(self.groups)
        return self.unknown is None and self.statements > 0 and ids <= MOST_IDS

    def forget(self, reason: str) -> None:
        """Make the dependencies unknown; the first reason stays."""
        self.unknown = self.unknown or reason

    def include(self, other: "Dependencies") -> bool:
        """Whether everything that others name is named here."""
        return (
            other.students <= self.students
            and other.memberships <= self.memberships
            and other.seen <= self.seen
            and other.groups <= self.groups
        )

    def note(self, statement: Statement, params: dict[str, Any], narrowed: dict[str, Any], rows: int) -> None:
        """Note that a statement was run, with the parameters of its caller and those that the viewer left."""
        self.statements += 1
        about = statement.about
        if statement.mode != "read":
            self.forget(f"{statement.name} writes")
        elif about.whose == "no student":
            if not (is_of_course(statement) or is_whole(statement, params, rows)):
                self.forget(f"{statement.name} has no revision")
        elif about.param is None or about.param == VIEWER or about.whose == "all students":
            self.forget(f"{statement.name} names no ids")
        else:
            ids = ids_in(narrowed[about.param])
            if len(ids) < len(ids_in(params[about.param])):
                self.forget("something is hidden or does not exist")
            self._note_ids(statement, ids, is_viewed=narrowed is not params)

    def _note_ids(self, statement: Statement, ids: set[str], *, is_viewed: bool) -> None:
        if statement.about.whose == "groups":
            self.groups |= ids
            return
        self.students |= ids
        if OF_MEMBERSHIPS.search(statement.text):
            self.memberships |= ids
        if is_viewed:
            self.seen |= ids


def ids_in(value: Any) -> set[str]:  # noqa: ANN401 - one id, ids, or rows with a student_id or an id
    """The ids in a parameter.

    >>> sorted(ids_in([{"student_id": "anna", "target": "dative"}, {"id": "ben"}, "cleo"]))
    ['anna', 'ben', 'cleo']
    """
    if value is None or isinstance(value, str):
        return {value} if value else set()
    return {item if isinstance(item, str) else item.get("student_id") or item["id"] for item in value}


@lru_cache(maxsize=1_000)
def _is_of_course(name: str, text: str) -> bool:
    named = set(NAMES.findall(text))
    of_course = bool(named) and named <= OF_COURSE and OF_PEOPLE.search(text) is None
    return of_course and name.partition("/")[0] not in UNMARKED


def is_of_course(statement: Statement) -> bool:
    """Whether a statement reads only what the mark of the course covers."""
    return _is_of_course(statement.name, statement.text)


def is_whole(statement: Statement, params: dict[str, Any], rows: int) -> bool:
    """Whether a statement read versions that never change, and found all of them."""
    noun, _, verb = statement.name.partition("/")
    return noun in IMMUTABLE and verb == BY_ID and rows == len(ids_in(params["ids"]))


_current: ContextVar[Dependencies | None] = ContextVar("dependencies", default=None)


def current() -> Dependencies | None:
    """What the running operation has read so far; None outside of operations that are watched."""
    return _current.get()


def note_unknown(reason: str) -> None:
    """Note that the running operation depends on something without a revision, such as the clock."""
    if (noted := _current.get()) is not None:
        noted.forget(reason)


def note_groups(ids: Iterable[str]) -> None:
    """Note that the running operation has read of some groups by a statement about their members."""
    if (noted := _current.get()) is not None:
        noted.groups.update(ids)


def collected() -> Holding[Dependencies]:
    """A block, with the tasks that it starts, whose dependencies are collected."""
    return Holding(_current, Dependencies())


def beside_the_reply() -> Holding[None]:
    """A block whose reads decide nothing that the reply shows."""
    return Holding(_current, None)


class NotedClock:
    """A clock that notes each reading: the reply depends on now."""

    def __init__(self, clock: Callable[[], T]) -> None:
        self._clock: Callable[[], Any] = clock

    def __call__(self) -> Any:  # noqa: ANN401 - what the clock returns
        """The present, which is noted."""
        note_unknown("the present")
        return self._clock()
