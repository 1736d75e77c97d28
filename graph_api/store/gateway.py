"""The only way to the database: managed transactions over named statements. The only `import neo4j`."""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from copy import copy
from typing import Any, LiteralString, Self, TypeAlias, TypeVar

import neo4j
from neo4j.exceptions import AuthError, ClientError, ConstraintError, DriverError, Neo4jError, TransientError

from graph_api.domain.failures import InvalidInput
from graph_api.store.bookmarks import followed
from graph_api.store.cypher_files import VIEWER, Returns, Statement
from graph_api.store.pace import pace
from graph_api.store.rows import Row, as_row
from graph_api.store.tracing import NO_TRACING, Tracer
from graph_api.store.viewers import MIN_SIZE, Viewer

T = TypeVar("T")

Work: TypeAlias = Callable[["Transaction"], Awaitable[T]]
Observe: TypeAlias = Callable[[str, float, int], None]
"""Called after each statement with its name, the seconds until its rows arrived, and their number."""

STATEMENT = {"db.system.name": "neo4j"}
ROWS = "db.response.returned_rows"
"""The attributes of a statement's span. Text and parameters are left out."""

FIRST_RETRY_DELAY = 0.02
RETRY_TIME = 15.0
SILENCE = 30.0
FETCH = 50
"""Rows to decode at once, in about 10 ms for rows of answers. Each batch is also a sign of life of the database."""
ATTEMPTS = 5
"""Attempts at a write that conflicts with others which create the same: each time one of them succeeds."""
WAIT_STEPS = (0.1, 0.2, 0.5, 1.0, 2.0)
INVALID_BOOKMARK = "Neo.ClientError.Transaction.InvalidBookmark"
VANISHED = "Neo.ClientError.Statement.EntityNotFound"
"""Another transaction deleted a node or relationship, or had not completed it: a retry decides."""
LOST = "Neo.ClientError.Transaction.TransactionNotFound"
"""A transaction is gone. The embedded engine returns this when it cannot write, as on a full disk."""

logging.getLogger("neo4j").setLevel(logging.ERROR)  # the driver warns of names that no data has used yet


class ConstraintViolated(Exception):
    """A write would have broken a uniqueness constraint; its transaction was rolled back."""


class DatabaseUnavailable(Exception):
    """The database did not answer, or not in time. A write may or may not have happened."""


class Interfered(TransientError):
    """Another transaction interfered: the driver runs the work again."""

    def is_retryable(self) -> bool:
        """Yes."""
        return True


class Transaction:
    """A running transaction. Each method takes a statement's name and exactly its parameters.

    With a viewer, statements only reach what the viewer may see.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - what it runs on, and for which viewer
        self,
        running: neo4j.AsyncManagedTransaction,
        statements: Mapping[str, Statement],
        observe: Observe,
        heard: Callable[[], None],
        viewer: Viewer | None = None,
        cache: dict[str, str] | None = None,
        tracer: Tracer = NO_TRACING,
    ) -> None:
        self._tracer = tracer
        self.cache = {} if cache is None else cache
        """Values that the process caches between transactions; readers check that the database still agrees."""
        self._running = running
        self._statements = statements
        self._observe = observe
        self._heard = heard
        self._viewer = viewer

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
        narrowed = params
        if self._viewer is not None:
            narrowed = await self._viewer.narrow(statement, params, self._fetch)
        returned = 0
        with self._tracer.span(name, STATEMENT, kind="client", is_current=False) as span:
            result = await self._running.run(statement.text, narrowed)
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
        if self._viewer is None:
            return await self._fetch(name, **params)
        narrowed = await self._viewer.narrow(statement, params, self._fetch)
        return await self._viewer.show(statement, await self._fetch(name, **narrowed), self._fetch, params)

    async def _fetch(self, name: str, /, **params: object) -> list[Row]:
        """The rows of a statement, without regard to the viewer."""
        started = time.perf_counter()
        rows: list[Row] = []
        with self._tracer.span(name, STATEMENT, kind="client") as span:
            result = await self._running.run(self._statements[name].text, params)
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


class Gateway:
    """One pool of connections to one database."""

    def __init__(  # noqa: PLR0913, PLR0917 - as `connect`
        self,
        driver: neo4j.AsyncDriver,
        database: str | None,
        statements: Mapping[str, Statement],
        observe: Observe = lambda _name, _seconds, _rows: None,
        silence: float = SILENCE,
        tracer: Tracer = NO_TRACING,
    ) -> None:
        self._driver = driver
        self._database = database
        self._silence = silence
        self._viewer: Viewer | None = None
        self._cache: dict[str, str] = {}
        self.statements = statements
        self.observe = observe
        self.tracer = tracer

    @property
    def least_students(self) -> int:
        """The smallest number of students that a figure may be about: more than 1 for analysts."""
        return 1 if self._viewer is None else self._viewer.least

    def seen_by(self, viewer: Viewer | None) -> "Gateway":
        """The same connections, limited to what a viewer may see; unlimited if None."""
        seen = copy(self)
        seen._viewer = viewer  # noqa: SLF001 - its own
        return seen

    @classmethod
    def connect(  # noqa: PLR0913 - what it takes to reach a database
        cls,
        uri: str,
        *,
        user: str,
        password: str,
        database: str | None,
        statements: Mapping[str, Statement],
        observe: Observe = lambda _name, _seconds, _rows: None,
        retry_time: float = RETRY_TIME,
        silence: float = SILENCE,
        tracer: Tracer = NO_TRACING,
    ) -> Self:
        """A gateway to `uri`; nothing is sent yet.

        Args:
            uri: where the database is.
            user: the database user.
            password: the user's password.
            database: its name; None leaves it to the server.
            statements: what may be sent.
            observe: called after each statement.
            retry_time: seconds for which one transaction is tried again, and waits for a free connection.
            silence: seconds without data from the database after which a transaction is abandoned. Otherwise a
                network that drops packets would block it permanently.
            tracer: makes a span for each statement.
        """
        driver = neo4j.AsyncGraphDatabase.driver(
            uri,
            auth=(user, password),
            initial_retry_delay=FIRST_RETRY_DELAY,
            max_transaction_retry_time=retry_time,
            connection_acquisition_timeout=retry_time,
            connection_timeout=retry_time,
            notifications_min_severity="OFF",
            user_agent="graph-api",
        )
        return cls(driver, database, statements, observe, silence, tracer)

    async def close(self) -> None:
        """Close all connections."""
        await self._driver.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def read(self, work: Work[T]) -> T:
        """Run `work` in one read transaction; it may run again when the database requests a retry.

        Raises:
            DatabaseUnavailable: the database did not answer within the retry time.
            InvalidInput: the client's bookmarks are not of this database.
        """
        return await self._run(work, neo4j.READ_ACCESS)

    async def write(self, work: Work[T], attempts: int = ATTEMPTS) -> T:
        """Run `work` in one write transaction, all or nothing. It must be safe to run again.

        The embedded engine does not lock nodes that do not exist yet: of two writers that create the same, the second
        breaks a constraint. When it runs again, it finds what the first created.

        Raises:
            ConstraintViolated: nothing was written.
            DatabaseUnavailable: the outcome is unknown.
        """
        for _ in range(attempts - 1):
            with contextlib.suppress(ConstraintViolated):
                return await self._run(work, neo4j.WRITE_ACCESS)
        return await self._run(work, neo4j.WRITE_ACCESS)

    async def _run(self, work: Work[T], access: str) -> T:
        seen = followed()
        sent = seen.values
        patience = asyncio.timeout(self._silence)
        try:
            async with (
                patience,
                self._driver.session(
                    database=self._database,
                    default_access_mode=access,
                    bookmarks=neo4j.Bookmarks.from_raw_values(sent) if sent else None,
                ) as session,
            ):
                execute = session.execute_read if access == neo4j.READ_ACCESS else session.execute_write
                value = await execute(self._unit(work, patience))
                seen.follow(sent, (await session.last_bookmarks()).raw_values)
                return value
        except TimeoutError as error:
            if not patience.expired():
                raise
            raise DatabaseUnavailable(f"it sent nothing for {self._silence:g} s") from error
        except ConstraintError as error:
            raise ConstraintViolated(error.message) from error
        except (DriverError, Neo4jError) as error:
            if isinstance(error, ClientError) and error.code == INVALID_BOOKMARK:
                raise InvalidInput(
                    "bookmarks", "must be as a reply of this service gave them", ",".join(sent)
                ) from error
            if isinstance(error, ClientError) and not error.is_retryable() and error.code != LOST:
                raise
            raise DatabaseUnavailable(str(error)) from error

    def _unit(
        self, work: Work[T], patience: asyncio.Timeout
    ) -> Callable[[neo4j.AsyncManagedTransaction], Awaitable[T]]:
        """The work as the driver runs it, once or again; all data from the database renews the patience."""
        now = asyncio.get_running_loop().time

        def heard() -> None:
            patience.reschedule(now() + self._silence)

        @neo4j.unit_of_work(metadata={"app": "graph-api", "work": getattr(work, "__qualname__", "work")})
        async def unit(running: neo4j.AsyncManagedTransaction) -> T:
            try:
                arguments = (running, self.statements, self.observe, heard, self._viewer, self._cache, self.tracer)
                return await work(Transaction(*arguments))
            except ClientError as error:
                if error.code == VANISHED:
                    raise Interfered(error.message) from error
                raise

        return unit

    async def run_schema_command(self, command: LiteralString) -> None:
        """Run one command of a migration, in a transaction of its own as schema commands must be."""
        async with self._driver.session(database=self._database) as session:
            result = await session.run(command)
            await result.consume()

    async def wait_until_ready(self, patience: float, on_wait: Callable[[str], None]) -> None:
        """Wait, with a bounded back-off, until the database answers; `on_wait` is called with the reason.

        Raises:
            DatabaseUnavailable: it did not answer within `patience` seconds, or refused the credentials.
        """
        deadline = time.monotonic() + patience
        steps = iter(WAIT_STEPS)
        while (fault := await self._fault()) is not None:
            if isinstance(fault, AuthError) or time.monotonic() > deadline:
                raise DatabaseUnavailable(f"the database did not become ready: {fault}") from fault
            on_wait(f"waiting for the database: {fault}")
            await asyncio.sleep(next(steps, WAIT_STEPS[-1]))

    async def _fault(self) -> Exception | None:
        try:
            async with asyncio.timeout(self._silence), self._driver.session(database=self._database) as session:
                result = await session.run(self.statements["service/ping"].text)
                await result.consume()
        except TimeoutError:
            return TimeoutError(f"it sent nothing for {self._silence:g} s")
        except (DriverError, Neo4jError, OSError) as error:
            return error
        return None


__all__: Sequence[str] = (
    "ConstraintViolated",
    "DatabaseUnavailable",
    "Gateway",
    "Interfered",
    "Row",
    "Transaction",
)
