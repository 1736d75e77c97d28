"""Relay connections with keyset cursors: a cursor holds the sort key of its row and the question it belongs to."""

import base64
import binascii
import hashlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Annotated, Any, Generic, TypeVar

import orjson
import strawberry

from graph_api.domain.answers.answers import in_utc
from graph_api.domain.failures import InvalidInput, shown
from graph_api.store.gateway import Gateway, Transaction

DEFAULT_FIRST = 50
MAX_FIRST = 500

T = TypeVar("T")
R = TypeVar("R")

IncludeArchived = Annotated[bool, strawberry.argument(description="Whether to include what is archived.")]
First = Annotated[
    int,
    strawberry.argument(description=f"The maximum number of items, 1 to {MAX_FIRST}. Default: {DEFAULT_FIRST}."),
]
After = Annotated[
    str | None,
    strawberry.argument(description="The cursor of the last item that the client has. Null: from the beginning."),
]


@strawberry.type(description="Where a page lies in its list.")
class PageInfo:
    has_next_page: bool = strawberry.field(description="Whether more comes after this page.")
    has_previous_page: bool = strawberry.field(description="Whether something comes before this page.")
    start_cursor: str | None = strawberry.field(description="The cursor of the first edge.")
    end_cursor: str | None = strawberry.field(description="The cursor of the last edge: the next page's `after`.")


@strawberry.type(description="An item of a page, with its cursor.")
class Edge(Generic[T]):
    node: T = strawberry.field(description="The item.")
    make_cursor: strawberry.Private[Callable[[], str]]

    @strawberry.field(description="The position of the item, for the argument `after`.")
    def cursor(self) -> str:
        return self.make_cursor()


def _edges(self: "Connection[T]") -> list[Edge[T]]:
    return [Edge(node=self.node(row), make_cursor=partial(self.cursor, row)) for row in self.rows]


@strawberry.type(description="A page of a list.")
class Connection(Generic[T]):
    edges: list[Edge[T]] = strawberry.field(resolver=_edges, description="The items, each with its cursor.")
    rows: strawberry.Private[Sequence[Any]]
    node: strawberry.Private[Callable[[Any], T]]
    cursor: strawberry.Private[Callable[[Any], str]]
    page_info: PageInfo = strawberry.field(description="The cursors of the page, and whether more follows.")
    count: strawberry.Private[Callable[[], Awaitable[int]]]

    @strawberry.field(description="The items without their cursors.")
    def nodes(self) -> list[T]:
        return list(map(self.node, self.rows))

    @strawberry.field(description="The length of the whole list. Counted only if selected.")
    async def total_count(self) -> int:
        return await self.count()


@dataclass(frozen=True, slots=True)
class Page:
    """The requested page. `after` is the sort key of the row before it; `scope` identifies the list."""

    first: int
    after: Sequence[Any] | None
    scope: str

    @property
    def limit(self) -> int:
        """How many rows to read: one more than requested shows whether a next page exists."""
        return self.first + 1

    def connection(
        self,
        rows: Sequence[R],
        node: Callable[[R], T],
        key: Callable[[R], Sequence[Any]],
        count: Callable[[], Awaitable[int]],
    ) -> Connection[T]:
        """The connection of at most `limit` rows that were read after `after`; a list on one page is not counted."""
        shown = rows[: self.first]
        is_whole = self.after is None and len(rows) <= self.first

        def cursor(row: R) -> str:
            return encode(self.scope, key(row))

        info = PageInfo(
            has_next_page=len(rows) > self.first,
            has_previous_page=self.after is not None,
            start_cursor=cursor(shown[0]) if shown else None,
            end_cursor=cursor(shown[-1]) if shown else None,
        )
        return Connection(
            rows=shown, node=node, cursor=cursor, page_info=info, count=length_of(rows) if is_whole else count
        )

    def slice(self, rows: Sequence[R], key: Callable[[R], Sequence[Any]]) -> Sequence[R]:
        """The rows of this page, from a list that is bounded and in memory, in ascending order of `key`."""
        after = self.after
        if after is None:
            return rows[: self.limit]
        return [row for row in rows if list(key(row)) > list(after)][: self.limit]


def bounded(first: int) -> int:
    """How many to give.

    Raises:
        InvalidInput: none, or too many.
    """
    if not 1 <= first <= MAX_FIRST:
        raise InvalidInput("first", f"must be from 1 to {MAX_FIRST}", str(first))
    return first


def page(first: int, after: str | None, *scope: object, key: Sequence[type] = (str,)) -> Page:
    """Check the arguments of a page. `scope` is all that decides the list and its order, `key` what its sort key holds.

    Raises:
        InvalidInput: `first` is out of bounds, or the cursor belongs to another list.
    """
    bounded(first)
    mark = hashlib.sha256(repr(scope).encode()).hexdigest()[:8]
    return Page(first, None if after is None else decode(mark, after, key), mark)


async def listing(
    gateway: Gateway,
    wanted: Page,
    read: Callable[[Transaction], Awaitable[Sequence[R]]],
    count: Callable[[Transaction], Awaitable[int]],
    node: Callable[[R], T],
    key: Callable[[R], Sequence[Any]],
) -> Connection[T]:
    """The connection of a page that the database reads; it counts the whole list only if `totalCount` is selected."""
    return wanted.connection(await gateway.read_one(read), node, key, partial(gateway.read_one, count))


def length_of(rows: Sequence[object]) -> Callable[[], Awaitable[int]]:
    """The count of a list that is in memory."""

    async def count() -> int:
        return len(rows)

    return count


def constant(number: int) -> Callable[[], Awaitable[int]]:
    """The count of a list whose length is known."""

    async def count() -> int:
        return number

    return count


def encode(mark: str, key: Sequence[Any]) -> str:
    """A cursor: opaque text that holds a sort key.

    >>> decode("m", encode("m", [0.25, "anna"]), (float, str))
    [0.25, 'anna']
    """
    return base64.urlsafe_b64encode(orjson.dumps([mark, *key])).decode().rstrip("=")


def decode(mark: str, cursor: str, kinds: Sequence[type]) -> list[Any]:
    """The sort key in a cursor. Clients can forge one, so its content is checked as all input is.

    Raises:
        InvalidInput: it is no cursor, or one of a list with another filter or order.
    """
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        scope, *values = orjson.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        key = [_part(value, kind) for value, kind in zip(values, kinds, strict=True)] if scope == mark else None
    except (binascii.Error, ValueError, TypeError) as error:
        raise InvalidInput("after", "must be a cursor of this list", shown(cursor)) from error
    if key is None:
        raise InvalidInput("after", "must be a cursor of this list with the same filter and order", shown(cursor))
    return key


def _part(value: object, kind: type) -> object:
    """A part of a sort key. Times are text in a cursor, and databases count in 64 bits."""
    if kind is datetime:
        return in_utc(datetime.fromisoformat(str(value)), "after")
    fitting = isinstance(value, int | float if kind is float else kind) and not isinstance(value, bool)
    if not fitting or (kind is int and not -(2**63) <= int(str(value)) < 2**63):
        raise TypeError(f"{kind.__name__} expected")
    return value
