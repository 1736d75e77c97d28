"""The only way to the database: named statements, in transactions that are tried again. The only `import neo4j`."""

import asyncio
import contextlib
import itertools
import logging
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from copy import copy
from typing import Any, LiteralString, Self, TypeAlias, TypeVar

import neo4j
from neo4j.exceptions import AuthError, ClientError, ConstraintError, DriverError, Neo4jError, TransientError

from graph_api.domain.failures import InvalidInput
from graph_api.store.bookmarks import followed
from graph_api.store.changes import Changed
from graph_api.store.cypher_files import Statement
from graph_api.store.database_failures import ConstraintViolated, Contended, DatabaseUnavailable
from graph_api.store.rows import Row
from graph_api.store.sent_statements import Form, as_written, form_for
from graph_api.store.tracing import NO_TRACING, Tracer
from graph_api.store.transaction import Observe, Running, SecondStatement, Transaction
from graph_api.store.viewers import Viewer

T = TypeVar("T")

Work: TypeAlias = Callable[[Transaction], Awaitable[T]]

FIRST_RETRY_DELAY = 0.02
DELAY_MULTIPLIER = 1.2
"""The driver has no bound of the delay, only this. A delay is about 20 % of the time that has passed since the first
failure, so a new leader is used soon after its election. With the driver's 2.0 that takes as long again."""
CONNECT_TIME = 2.5
"""Seconds to open a connection: enough to send a lost packet again. Routers are tried one after the other, and a leader
that vanished with its machine may be the first."""
UNCHECKED = 10.0
"""Seconds for which a connection may be idle and is used unchecked. One that a firewall dropped, or whose server
vanished, would only be noticed by its silence; a failed check removes the server from the routing table."""
RETRY_TIME = 15.0
SILENCE = 30.0
ATTEMPTS = 5
"""Attempts at a write that conflicts with others which create the same: each time one of them succeeds."""
WAIT_STEPS = (0.1, 0.2, 0.5, 1.0, 2.0)
INVALID_BOOKMARK = "Neo.ClientError.Transaction.InvalidBookmark"
VANISHED = "Neo.ClientError.Statement.EntityNotFound"
"""Another transaction deleted a node or relationship, or had not completed it: a retry decides."""
LOST = "Neo.ClientError.Transaction.TransactionNotFound"
"""A transaction is gone. The embedded engine returns this when it cannot write, as on a full disk."""

logging.getLogger("neo4j").setLevel(logging.ERROR)  # the driver warns of names that no data has used yet


class Interfered(TransientError):
    """Another transaction interfered: the driver runs the work again."""

    def is_retryable(self) -> bool:
        """Yes."""
        return True


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
        retry_time: float = RETRY_TIME,
    ) -> None:
        self._retry_time = retry_time
        self._driver = driver
        self._database = database
        self._silence = silence
        self._form: Form = as_written  # until the database has introduced itself
        self._viewer: Viewer | None = None
        self._cache: dict[str, str] = {}
        self.statements = statements
        self.observe = observe
        self.tracer = tracer
        self.on_change: Callable[[Changed], None] = lambda _changed: None
        """Called after each commit with what it changed."""

    @property
    def least_students(self) -> int:
        """The smallest number of students that a figure may be about: more than 1 for analysts."""
        return 1 if self._viewer is None else self._viewer.least

    @property
    def sees_all(self) -> bool:
        """Whether there is no viewer whose sight is limited."""
        return self._viewer is None

    @property
    def has_pseudonyms(self) -> bool:
        """Whether the viewer sees students under pseudonyms."""
        return self._viewer is not None and self._viewer.has_pseudonyms

    @property
    def only_student(self) -> str | None:
        """The id of the only student whom the viewer may see; None if there may be others."""
        return None if self._viewer is None else self._viewer.only_student

    def question_id(self, question_id: str) -> str:
        """The id or pseudonym under which the viewer sees a question."""
        return question_id if self._viewer is None else self._viewer.question_id(question_id)

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
            retry_delay_multiplier=DELAY_MULTIPLIER,
            max_transaction_retry_time=retry_time,
            connection_acquisition_timeout=retry_time,
            connection_timeout=min(retry_time, CONNECT_TIME),
            liveness_check_timeout=UNCHECKED,
            notifications_min_severity="OFF",
            user_agent="graph-api",
        )
        return cls(driver, database, statements, observe, silence, tracer, retry_time)

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

    async def write(self, work: Work[T], attempts: int = ATTEMPTS, most_runs: int | None = None) -> T:
        """Run `work` in one write transaction, all or nothing. It must be safe to run again.

        Where others write the same, the database requests a retry, for the retry time or for at most `most_runs` runs.
        The embedded engine does not lock nodes that do not exist yet: of two writers that create the same, the second
        breaks a constraint. When it runs again, it finds what the first created.

        Raises:
            ConstraintViolated: nothing was written.
            Contended: the work lost to other writers `most_runs` times.
            DatabaseUnavailable: the outcome is unknown.
        """
        for _ in range(attempts - 1):
            with contextlib.suppress(ConstraintViolated):
                return await self._run(work, neo4j.WRITE_ACCESS, most_runs)
        return await self._run(work, neo4j.WRITE_ACCESS, most_runs)

    async def read_one(self, work: Work[T]) -> T:
        """Run `work`, which reads with one statement, as a transaction of that statement: one round trip, not two.

        Look-ups of what the viewer may see come before it, each likewise. Retries, deadline, bookmarks and failures are
        those of `read`. A work that runs a second statement is run again by `read`.
        """
        sent = followed().values
        try:
            async with self._guarded(sent) as heard:
                return await self._read_alone(work, sent, heard)
        except SecondStatement:
            return await self.read(work)

    async def _read_alone(self, work: Work[T], sent: frozenset[str], heard: Callable[[], None]) -> T:
        deadline: float | None = None
        for delay in _delays():
            try:
                async with self._session(neo4j.READ_ACCESS, sent) as session:
                    running, is_first = _Alone(session, _metadata(work)), deadline is None
                    value = await work(self._transaction(running, heard, is_alone=True, is_first_run=is_first))
                    followed().follow(sent, (await session.last_bookmarks()).raw_values)
                    return value
            except (DriverError, Neo4jError) as error:
                if not (error.is_retryable() or (isinstance(error, ClientError) and error.code == VANISHED)):
                    raise
                deadline = time.monotonic() + self._retry_time if deadline is None else deadline
                if time.monotonic() > deadline:
                    raise
            await asyncio.sleep(delay)
        raise AssertionError  # the delays have no end

    async def _run(self, work: Work[T], access: str, most_runs: int | None = None) -> T:
        sent = followed().values
        async with self._guarded(sent) as heard, self._session(access, sent) as session:
            execute = session.execute_read if access == neo4j.READ_ACCESS else session.execute_write
            with _begin_with_first_statement(session):
                value, changed = await execute(self._unit(work, heard, most_runs))
            followed().follow(sent, (await session.last_bookmarks()).raw_values)
            self.on_change(changed)
            return value

    def _session(self, access: str, sent: frozenset[str]) -> neo4j.AsyncSession:
        bookmarks = neo4j.Bookmarks.from_raw_values(sent) if sent else None
        return self._driver.session(database=self._database, default_access_mode=access, bookmarks=bookmarks)

    @contextlib.asynccontextmanager
    async def _guarded(self, sent: frozenset[str]) -> AsyncIterator[Callable[[], None]]:
        """A block that ends when the database is silent for too long, with failures named for callers.

        The block calls what it is given with each sign of life of the database.
        """
        patience = asyncio.timeout(self._silence)
        now = asyncio.get_running_loop().time
        try:
            async with patience:
                yield lambda: patience.reschedule(now() + self._silence)
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

    def _transaction(
        self, running: Running, heard: Callable[[], None], *, is_alone: bool = False, is_first_run: bool
    ) -> Transaction:
        arguments = (running, self.statements, self.observe, heard, self._viewer, self._cache, self.tracer)
        return Transaction(*arguments, self._form, is_alone=is_alone, is_first_run=is_first_run)

    def _unit(
        self, work: Work[T], heard: Callable[[], None], most_runs: int | None
    ) -> Callable[[neo4j.AsyncManagedTransaction], Awaitable[tuple[T, Changed]]]:
        """The work as the driver runs it, once or again; all data from the database renews the patience."""
        runs = itertools.count(1)

        @neo4j.unit_of_work(metadata=_metadata(work))
        async def unit(running: neo4j.AsyncManagedTransaction) -> tuple[T, Changed]:
            run = next(runs)
            if most_runs is not None and run > most_runs:
                raise Contended(f"other writers changed the same {most_runs} times")
            try:
                tx = self._transaction(running, heard, is_first_run=run == 1)
                value = await work(tx)
                await tx.raise_revisions()
            except ClientError as error:
                if error.code == VANISHED:
                    raise Interfered(error.message) from error
                raise
            return value, tx.changed

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
                self._form = form_for((await result.consume()).server.agent)
        except TimeoutError:
            return TimeoutError(f"it sent nothing for {self._silence:g} s")
        except (DriverError, Neo4jError, OSError) as error:
            return error
        return None


class _Alone:
    """Runs each statement as a transaction of its own."""

    def __init__(self, session: neo4j.AsyncSession, metadata: dict[str, Any]) -> None:
        self._session = session
        self._metadata = metadata

    async def run(self, text: LiteralString, params: dict[str, Any], /) -> neo4j.AsyncResult:
        """Send a statement, and the request for its rows with it."""
        return await self._session.run(neo4j.Query(text, self._metadata), params)


def _begin_with_first_statement(session: neo4j.AsyncSession) -> contextlib.AbstractContextManager[None]:
    """A block in which transactions send BEGIN with their first statement: one round trip less.

    The driver has this for its own `execute_query`. A version without it sends BEGIN alone.
    """
    block: contextlib.AbstractContextManager[None] = getattr(session, "_pipelined_begin", contextlib.nullcontext())
    return block


def _metadata(work: Work[Any]) -> dict[str, Any]:
    """What the database shows of a running transaction."""
    return {"app": "graph-api", "work": getattr(work, "__qualname__", "work")}


def _delays() -> Iterator[float]:
    """Seconds to wait between attempts, as the driver does between those of a transaction."""
    for attempt in itertools.count():
        yield FIRST_RETRY_DELAY * DELAY_MULTIPLIER**attempt * random.uniform(0.8, 1.2)  # noqa: S311 - spreads those who wait


__all__: Sequence[str] = (
    "ConstraintViolated",
    "Contended",
    "DatabaseUnavailable",
    "Gateway",
    "Interfered",
    "Row",
    "Transaction",
)
