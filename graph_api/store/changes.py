"""What a transaction changes of what replies show: every change raises a revision, or replaces the mark of the course.

Each statement that writes states in its `changes:` or `raises:` line whose data it changes. Before a transaction
commits, the revisions that its statements have not raised themselves are raised here. So no use case can forget one.
"""

import uuid
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

from graph_api.store.cypher_files import Statement
from graph_api.store.dependencies import ids_in

Fetch: TypeAlias = Callable[..., Awaitable[object]]
"""Runs a statement by name with its parameters, without regard to the viewer."""
ERASING = ("student", "delete")
"""The noun and verb of the statement that erases students."""


class Changed:
    """What the statements of one transaction have changed, and which revisions they have raised."""

    def __init__(self) -> None:
        self.students: set[str] = set()
        self.erased: set[str] = set()
        self.groups: set[str] = set()
        self.course = False
        self._raised_students: set[str] = set()
        self._raised_groups: set[str] = set()
        self._raised_course = False

    def note(self, statement: Statement, params: dict[str, Any]) -> None:
        """Note a statement that was run with parameters."""
        change = statement.changes
        if change.whose == "course":
            self.course = True
            self._raised_course |= change.is_raised
        elif change.param is not None:
            ids = ids_in(params[change.param])
            changed, raised = (
                (self.students, self._raised_students)
                if change.whose == "students"
                else (self.groups, self._raised_groups)
            )
            changed |= ids
            if tuple(statement.name.split("/")) == ERASING:
                self.erased |= ids
            if change.is_raised:
                raised |= ids

    @property
    def missing_students(self) -> list[str]:
        """The students whose revisions are still to be raised, in the order in which transactions lock students."""
        return sorted(self.students - self._raised_students)

    @property
    def missing_groups(self) -> list[str]:
        """The groups whose revisions are still to be raised."""
        return sorted(self.groups - self._raised_groups)

    @property
    def misses_course(self) -> bool:
        """Whether the mark of the course is still to be replaced."""
        return self.course and not self._raised_course


async def raise_missing(changed: Changed, fetch: Fetch) -> None:
    """Raise the revisions that the statements of a transaction have not raised: its last statements."""
    if students := changed.missing_students:
        await fetch("revision/raise_students", ids=students)
    if groups := changed.missing_groups:
        await fetch("revision/raise_groups", ids=groups)
    if changed.misses_course:
        await fetch("revision/renew_mark", mark=uuid.uuid4().hex)
