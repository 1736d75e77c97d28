"""A running transaction over named statements, limited to what its viewer may see."""

import time
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any, LiteralString, Protocol, TypeAlias

from graph_api.store import dependencies
from graph_api.store.changes import Changed, raise_missing
from graph_api.store.cypher_files import VIEWER, Returns, Statement
from graph_api.store.pace import pace
from graph_api.store.rows import Row, as_row
from graph_api.store.sent_statements import Form, as_written
from graph_api.store.tracing import NO_TRACING, Tracer
from graph_api.store.viewers import MIN_SIZE, Viewer

Observe: TypeAlias = Callable[[str, float, int], None]
"""Called after each statement with its name, the seconds until its rows arrived, and their number."""

STATEMENT = {"db.system.name": "neo4j"}
ROWS = "db.response.returned_rows"
"""The attributes of a statement's span. Text and parameters are left out."""

FETCH = 50
"""Rows to decode at once, in about 10 ms for rows of answers. Each batch is also a sign of life of the database."""


class SecondStatement(Exception):
    """A work of one statement runs a second one: it is run again in one transaction."""


class Result(Protocol):
    """The rows of a statement, as the driver hands them out."""

    async def fetch(self, n: int, /) -> list[Any]:
        """At most `n` further records; none at the end."""


class Running(Protocol):
    """What runs statements: a transaction, or a session whose statements are transactions of their own."""

    async def run(self, text: LiteralString, params: dict[str, Any], /) -> Result:
        """Send a statement."""


class Transaction:
    """A running transaction. Each method takes a statement's name and exactly its parameters.

    With a viewer, statements only reach what the viewer may see. One that `is_alone` is of one statement: the work that
    requests a second one, or a stream, is run again in a transaction of several.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - what it runs on, and for which viewer
        self,
        running: Running,
        statements: Mapping[str, Statement],
        observe: Observe,
        heard: Callable[[], None],
        viewer: Viewer | None = None,
        cache: dict[str, str] | None = None,
        tracer: Tracer = NO_TRACING,
        form: Form = as_written,
        *,
        is_alone: bool = False,
        is_first_run: bool = True,
    ) -> None:
        self._is_alone = is_alone
        self.is_first_run = is_first_run
        """Whether the work has not run before in another transaction."""
        self._count = 0
        self._tracer = tracer
        self.cache = {} if cache is None else cache
        """Values that the process caches between transactions; readers check that the database still agrees."""
        self._running = running
        self._form = form
        self._statements = statements
        self._observe = observe
        self._heard = heard
        self._viewer = viewer
        self.changed = Changed()
        """What the transaction has changed so far of what replies show."""

    @property
    def has_viewer(self) -> bool:
        """Whether statements are limited to what a viewer may see."""
        return self._viewer is not None

    @property
    def sees_all_students(self) -> bool:
        """Whether lists are of all students, or only of those whom the viewer may see."""
        return self._viewer is None or not self._viewer.has_pages

    @property
    def least_students(self) -> int:
        """The smallest number of students that a figure may be about: more than 1 for analysts."""
        return 1 if self._viewer is None else self._viewer.least

    @property
    def only_student(self) -> str | None:
        """The id of the only student whom the viewer may see; None if there may be others."""
        return None if self._viewer is None else self._viewer.only_student

    @property
    def has_pseudonyms(self) -> bool:
        """Whether students stand under pseudonyms, so that the database cannot order them as the viewer sees them."""
        return self._viewer is not None and self._viewer.has_pseudonyms

    async def many(self, name: str, /, **params: object) -> list[Row]:
        """All rows."""
        return await self._rows(name, "many", params)

    async def each(self, name: str, /, **params: object) -> AsyncIterator[Row]:
        """All rows, one by one, for results that take long to decode: others have the event loop in between."""
        turns = pace()
        for row in await self._rows(name, "many", params):
            yield row
            if turns.is_spent():
                await turns.turn(ahead=True)

    async def one(self, name: str, /, **params: object) -> Row:
        """The only row of a statement that always has one."""
        (row,) = await self._rows(name, "one", params)
        return row

    async def optional(self, name: str, /, **params: object) -> Row | None:
        """The only row, or None."""
        rows = await self._rows(name, "optional", params)
        return rows[0] if rows else None

    async def value(self, name: str, /, **params: object) -> Any:  # noqa: ANN401 - the caller knows the column
        """The only column of the only row."""
        (row,) = await self._rows(name, "value", params)
        (value,) = row.values()
        return value

    async def nothing(self, name: str, /, **params: object) -> None:
        """Run a statement that returns no rows."""
        await self._rows(name, "nothing", params)

    async def stream(self, name: str, /, **params: object) -> AsyncIterator[Row]:
        """Rows one by one, for results that do not fit in memory."""
        statement = self._statement(name, "many", params)
        self._count_statement(most=0)
        narrowed = params
        if self._viewer is not None:
            narrowed = await self._viewer.narrow(statement, params, self._fetch)
        dependencies.note_unknown(f"{name} streams")
        returned = 0
        with self._tracer.span(name, STATEMENT, kind="client", is_current=False) as span:
            result = await self._running.run(*self._form(statement.text, narrowed))
            while records := await result.fetch(FETCH):
                self._heard()
                returned += len(records)
                span.describe({ROWS: returned})
                rows = list(map(as_row, records))
                await pace().turn(ahead=True)
                if self._viewer is not None:
                    rows = await self._viewer.show(statement, rows, self._fetch, params)
                for row in rows:
                    yield row

    async def _rows(self, name: str, returns: Returns, params: dict[str, object]) -> list[Row]:
        statement = self._statement(name, returns, params)
        self._count_statement()
        if self._viewer is None:
            rows = await self._fetch(name, **params)
            self._note(statement, params, params, len(rows))
            return rows
        narrowed = await self._viewer.narrow(statement, params, self._fetch)
        rows = await self._fetch(name, **narrowed)
        self._note(statement, params, narrowed, len(rows))
        return await self._viewer.show(statement, rows, self._fetch, params)

    def _note(self, statement: Statement, params: Row, narrowed: Row, rows: int) -> None:
        """Note what the statement changed, and whose data the running operation has read."""
        if statement.mode == "write":
            self.changed.note(statement, narrowed)
        if (noted := dependencies.current()) is not None:
            noted.note(statement, params, narrowed, rows)

    async def raise_revisions(self) -> None:
        """Raise the revisions of all that the transaction changed, where its statements have not done so."""
        await raise_missing(self.changed, self._fetch)

    async def _fetch(self, name: str, /, **params: object) -> list[Row]:
        """The rows of a statement, without regard to the viewer."""
        started = time.perf_counter()
        rows: list[Row] = []
        with self._tracer.span(name, STATEMENT, kind="client") as span:
            result = await self._running.run(*self._form(self._statements[name].text, params))
            while records := await result.fetch(FETCH):
                self._heard()
                rows += map(as_row, records)
                if len(records) == FETCH:  # more may follow; a small result is decoded at once
                    await pace().turn(ahead=True)
            self._heard()
            span.describe({ROWS: len(rows)})
        self._observe(name, time.perf_counter() - started, len(rows))
        return rows

    def _statement(self, name: str, returns: Returns, params: dict[str, object]) -> Statement:
        statement = self._statements[name]
        if statement.returns != returns:
            raise TypeError(f"{name} returns {statement.returns}, called for {returns}")
        if statement.about.param == VIEWER:
            params[VIEWER] = None
            if MIN_SIZE in statement.params:
                params[MIN_SIZE] = 0
        if statement.params != params.keys():
            raise TypeError(f"{name} takes {sorted(statement.params)}, got {sorted(params)}")
        return statement

    def _count_statement(self, most: int = 1) -> None:
        self._count += 1
        if self._is_alone and self._count > most:
            raise SecondStatement
