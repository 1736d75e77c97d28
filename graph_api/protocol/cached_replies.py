"""Stored replies: a query whose data has not changed is answered with the bytes of its last reply.

An entry is of one principal, document, operation name, variables and media type. It stands for a reply that passed the
limits, the costs and the access check under the same settings, which are those of this process. What comes before an
operation is not skipped: authentication, rate limits, limits of the request.

A token must be older than what it stands for. What a reply depends on is known when it has run once; the second request
reads the token first and then runs, and stores the reply under this token. If something changes in between, the next
request finds another token. So a stored reply is never older than its token.

A database may show the parts of one commit one after another, so a reply is stored only under a token that was first
read `SETTLED_SECONDS` before.
"""

import asyncio
import hashlib
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Literal, TypeAlias

import orjson
from starlette.responses import Response
from starlette.types import Scope
from strawberry.http import GraphQLRequestData
from strawberry.types import ExecutionResult

from graph_api.domain.failures import Failure
from graph_api.execution.operation_outcomes import OK, Operation
from graph_api.protocol.compression import compressed, is_worth_gzip
from graph_api.protocol.http_errors import GRAPHQL_JSON, media_type_of
from graph_api.protocol.plain_requests import Reply
from graph_api.protocol.reply_store import Entry, ReplyStore, StoredReply
from graph_api.protocol.request_headers import header_of
from graph_api.schema.context import Context
from graph_api.store.changes import Changed
from graph_api.store.database_failures import DatabaseUnavailable
from graph_api.store.dependencies import Dependencies, collected
from graph_api.store.reply_tokens import ReplyToken, ReplyTokens

ReplyOutcome: TypeAlias = Literal["hit", "miss", "not_stored"]
Observe: TypeAlias = Callable[[ReplyOutcome], None]

TOKEN_SECONDS = 2.0
"""Seconds to wait for a token. After that, the operation runs, with the waits and errors of every other one."""
SETTLED_SECONDS = 0.5
"""Seconds after which everything that was committed with a token is visible."""
KEPT_SECONDS = 900.0
"""Seconds after which a reply that was not requested is dropped."""
SWEEP_SECONDS = 60.0
VARY = "Authorization, Accept, Accept-Encoding"


class ReplayedResult(ExecutionResult):
    """The result of an operation that was not run, because its last reply is still good."""

    def __init__(self, key: bytes, reply: StoredReply) -> None:
        super().__init__(None, None)
        self.key = key
        self.reply = reply


@dataclass(frozen=True, slots=True)
class Pending:
    """An operation that has run and may be stored once its reply is encoded."""

    key: bytes
    needs: Dependencies
    token: ReplyToken | None
    before: Entry | None
    operation: Operation
    erasures: int


class CachedReplies:
    """The stored replies of one process.

    Args:
        limit: bytes that they may take; 0 stores nothing.
        observe: called with the outcome of each operation.
        compresses: whether stored replies may be sent compressed.
    """

    def __init__(self, limit: int, observe: Observe = lambda _outcome: None, *, compresses: bool = True) -> None:
        self.observe = observe
        self.compresses = compresses
        self.store = ReplyStore(limit)
        self._erasures = 0
        self._tokens: ReplyTokens | None = None
        self._sweeping: asyncio.TimerHandle | None = None

    async def answer(
        self,
        scope: Scope,
        context: Context,
        data: GraphQLRequestData,
        execute: Callable[[], Awaitable[ExecutionResult]],
    ) -> ExecutionResult:
        """The result of an operation: of its stored reply, or by executing it."""
        key = key_of(scope, context, data) if self.store.limit else None
        if key is None:
            return await execute()
        entry, started = self.store.get(key, time.monotonic()), time.perf_counter()
        token = None if entry is None else await self._token(context, entry.needs)
        if entry is not None and entry.reply is not None and token is not None and entry.reply.token == token:
            self.observe("hit")
            report(context, entry.reply.operation, time.perf_counter() - started)
            return ReplayedResult(key, entry.reply)
        if entry is not None and token is not None and entry.age_of(token, time.monotonic()) < SETTLED_SECONDS:
            token = None
        erasures = self._erasures
        operations = watched(context)
        with collected() as needs:
            result = await execute()
        operation = operations[-1] if operations else None
        may_be_stored = needs.are_known and operation is not None
        if operation is None or not may_be_stored or (operation.type, operation.code) != ("query", OK):
            self.observe("not_stored")
            return result
        self.observe("miss")
        scope["pending_reply"] = Pending(key, needs, token, entry, operation, erasures)
        return result

    def keep(self, scope: Scope, body: bytes) -> str | None:
        """Store what an operation depends on, and its reply if that is known to be good; returns the ETag, if any."""
        pending: Pending | None = scope.get("pending_reply")
        if pending is None:
            return None
        etag = etag_of(body)
        if pending.erasures != self._erasures:
            return etag
        token, before = pending.token, pending.before or Entry(pending.needs)
        entry = Entry(pending.needs, None, before.token, before.token_at)
        if token is not None and before.needs.include(pending.needs):
            entry.needs, entry.reply = before.needs, StoredReply(body, etag, token, pending.operation)
        self.store.put(pending.key, entry, time.monotonic())
        self._sweep_later()
        return etag

    async def reply_of(self, scope: Scope, result: ReplayedResult) -> Reply:
        """The stored reply, compressed if the client accepts that."""
        stored = result.reply
        usual = Reply(stored.body, media_type=media_type_of(scope), etag=stored.etag)
        if not (self.compresses and is_worth_gzip(scope, stored.body)):
            return usual
        if stored.compressed is None:
            self.store.add_compressed(result.key, stored, await compressed(stored.body))
        if stored.compressed is None:  # it was dropped meanwhile
            return usual
        return usual._replace(body=stored.compressed, encoding="gzip")

    def forget(self, changed: Changed) -> None:
        """Drop the replies that show what a transaction of this process has changed; erased students at once."""
        if changed.erased:
            self._erasures += 1
            self.store.drop_all_of(changed.erased)
        if changed.students:
            self.store.drop_replies_of(changed.students)

    async def _token(self, context: Context, needs: Dependencies) -> ReplyToken | None:
        """The token of what an operation depends on; None if it cannot be read."""
        try:
            if self._tokens is None:
                self._tokens = ReplyTokens(context.services.gateway, TOKEN_SECONDS)
            return await self._tokens.read(needs)
        except (DatabaseUnavailable, Failure, TimeoutError):
            return None  # the operation meets the same and reports it

    def _sweep_later(self) -> None:
        if self._sweeping is None:
            self._sweeping = asyncio.get_running_loop().call_later(SWEEP_SECONDS, self._sweep)

    def _sweep(self) -> None:
        self._sweeping = None
        self.store.drop_unused_since(time.monotonic() - KEPT_SECONDS)
        if len(self.store):
            self._sweep_later()


def key_of(scope: Scope, context: Context, data: GraphQLRequestData) -> bytes | None:
    """The key of a request; None if its reply is never stored."""
    if context.shows_cost or data.protocol != "http":
        return None
    principal = context.principal
    accepts = media_type_of(scope) == GRAPHQL_JSON
    parts = [principal.role, principal.id, accepts, data.query, data.operation_name, data.variables, data.extensions]
    try:
        return hashlib.blake2b(orjson.dumps(parts), digest_size=32).digest()
    except TypeError:
        return None


def etag_of(body: bytes) -> str:
    """The ETag of a reply: of its content, so that it is good under any settings and in any version."""
    return f'W/"{hashlib.blake2b(body, digest_size=16).hexdigest()}"'


def is_known(scope: Scope, etag: str) -> bool:
    """Whether the client has the reply: `If-None-Match` lists the ETag, or is `*`."""
    sent = header_of(scope, "if-none-match")
    return any(each.strip().removeprefix("W/") in {"*", etag.removeprefix("W/")} for each in sent.split(","))


def describe(scope: Scope, response: Response, etag: str) -> bool:
    """Set the headers of a reply to GET that clients may store and have to check; returns whether it is 304."""
    if scope["method"] != "GET":
        return False
    response.headers["etag"] = etag
    response.headers["cache-control"] = "private, no-cache"
    response.headers["vary"] = VARY
    if is_known(scope, etag):
        response.status_code = HTTPStatus.NOT_MODIFIED
        return True
    return False


def watched(context: Context) -> list[Operation]:
    """A list that gets each operation that is reported from here on."""
    operations: list[Operation] = []
    report_before = context.on_operation

    def on_operation(operation: Operation) -> None:
        operations.append(operation)
        if report_before is not None:
            report_before(operation)

    context.on_operation = on_operation
    return operations


def report(context: Context, operation: Operation, seconds: float) -> None:
    """Report an operation whose stored reply is sent, with the seconds that this took."""
    replayed = replace(operation, seconds=seconds)
    with context.services.tracer.span("graphql") as span:
        attributes: dict[str, str | bool] = {
            "graphql.operation.name": replayed.name,
            "graphql.operation.type": replayed.type,
            "graph_api.outcome": OK,
            "graph_api.stored": True,
        }
        span.describe(attributes, f"{replayed.type} {replayed.name}")
    if context.on_operation is not None:
        context.on_operation(replayed)
