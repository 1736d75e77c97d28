"""Small reads that requests share: those that wait at the same time are one statement, which costs more than its rows.

While a read runs, what is requested meanwhile waits, and is then read together. So no result is older than its request.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextvars import Context
from typing import Generic, TypeAlias, TypeVar

from graph_api.store import dependencies
from graph_api.store.bookmarks import Bookmarks, followed
from graph_api.store.gateway import Gateway

K = TypeVar("K")
V = TypeVar("V")
Place: TypeAlias = asyncio.Future[tuple[V, frozenset[str]]]
"""Where a request waits for its result, which comes with the bookmarks of what was read."""


class SharedReads(Generic[K, V]):
    """Reads the values of keys.

    A client with bookmarks waits for no other client. What a read depends on is noted by its caller (see `note`): the
    statement is run beside all requests.

    Args:
        read_all: reads the values of some keys, in their order.
    """

    def __init__(self, read_all: Callable[[Sequence[K]], Awaitable[Sequence[V]]]) -> None:
        self._read_all = read_all
        self._waiting: list[tuple[K, Place[V]]] = []
        self._reader: asyncio.Task[None] | None = None

    async def read(self, key: K) -> V:
        """The value of a key.

        Raises:
            Exception: what `read_all` raises, to all who wait.
        """
        if followed().values:
            with dependencies.beside_the_reply():
                return (await self._read_all([key]))[0]
        loop = asyncio.get_running_loop()
        place: Place[V] = loop.create_future()
        self._waiting.append((key, place))
        if self._reader is None:
            self._reader = loop.create_task(self._read_waiting(), context=Context())
        value, seen = await place
        followed().follow(frozenset(), seen)
        return value

    async def _read_waiting(self) -> None:
        """Read for those who wait, and then for those who came meanwhile, until there are none."""
        try:
            while self._waiting:
                waiting, self._waiting = self._waiting, []
                await self._read_some(waiting)
        finally:  # also when the task is cancelled: the next request starts another one
            self._reader = None

    async def _read_some(self, waiting: Sequence[tuple[K, Place[V]]]) -> None:
        """Give each place its value, or all what went wrong; those who gave up need neither."""
        try:
            with Bookmarks().followed() as seen:
                values = await self._read_all([key for key, _ in waiting])
        except Exception as fault:  # noqa: BLE001 - handed to those who wait
            for _, place in waiting:
                if not place.done():
                    place.set_exception(fault)
        else:
            for (_, place), value in zip(waiting, values, strict=True):
                if not place.done():
                    place.set_result((value, seen.values))


def note(gateway: Gateway, name: str, params: dict[str, object], rows: int) -> None:
    """Note that the running operation depends on what a shared statement has read for it."""
    if (noted := dependencies.current()) is not None:
        noted.note(gateway.statements[name], params, params, rows)
