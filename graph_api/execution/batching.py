"""A data loader for large lists: strawberry's, with batches that wait for all their keys, and hand out in slices.

A large list is completed in slices (`execution.bounded_execution`). Its fields are read in one batch all the same: the
batch is sent when no part of the operation waits for its turn any more.
"""

import asyncio
from collections.abc import Awaitable, Hashable
from typing import Any, TypeVar

from strawberry import dataloader
from strawberry.exceptions import WrongNumberOfResultsReturned

from graph_api.execution.budget import BUDGET, Budget
from graph_api.store.pace import pace

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

QUIET_ROUNDS = 3


class DataLoader(dataloader.DataLoader[K, V]):
    """A loader of one request."""

    def __init__(self, load_fn: Any) -> None:  # noqa: ANN401 - as strawberry's
        super().__init__(load_fn)
        self._values: dict[K, asyncio.Future[V]] = {}
        self._waiting: dict[K, list[asyncio.Future[V]]] = {}
        self._keys: list[K] | None = None
        """The keys of the batch that is still to be sent."""
        self._sent: set[asyncio.Task[None]] = set()

    def load(self, key: K) -> Awaitable[V]:
        """The value of a key, read together with others.

        Each caller has a future of its own: thousands that wait for one key are woken in slices.
        """
        if key in self._values:
            return self._values[key]
        future = self.loop.create_future()
        if key in self._waiting:
            self._waiting[key].append(future)
            return future
        self._waiting[key] = [future]
        if self._keys is None:
            self._keys = []
            self.loop.call_soon(self._send, BUDGET.get())
        self._keys.append(key)
        return future

    def _send(self, budget: Budget | None, quiet: int = 0) -> None:
        """Send the batch, once no part of a sliced operation has waited for some rounds of the event loop.

        A part that has had its turn loads a round or two later, when the tasks of its fields have begun.
        """
        if budget is not None and budget.has_waited and quiet < QUIET_ROUNDS:
            self.loop.call_soon(self._send, budget, 0 if budget.waiting else quiet + 1)
            return
        keys, self._keys = self._keys or [], None
        task = self.loop.create_task(self._read(keys, budget))
        self._sent.add(task)
        task.add_done_callback(self._sent.discard)

    async def _read(self, keys: list[K], budget: Budget | None) -> None:
        """Read a batch, unless all who wait for it have given up."""
        if all(future.cancelled() for key in keys for future in self._waiting[key]):
            for key in keys:
                del self._waiting[key]
            return
        try:
            values: list[Any] = list(await self.load_fn(keys))
            if len(values) != len(keys):
                raise WrongNumberOfResultsReturned(expected=len(keys), received=len(values))  # noqa: TRY301
        except Exception as fault:  # noqa: BLE001 - handed to those who wait
            values = [fault] * len(keys)
        turns = pace()
        for key, value in zip(keys, values, strict=True):
            self._values[key] = self._done(value)
            for future in self._waiting.pop(key):
                _give(future, value)
                if budget is not None and turns.is_spent():
                    await budget.turn()

    def _done(self, value: Any) -> "asyncio.Future[V]":  # noqa: ANN401 - a value, or what went wrong
        future = self.loop.create_future()
        _give(future, value)
        if isinstance(value, BaseException):
            future.exception()  # it has been seen
        return future


def _give(future: "asyncio.Future[Any]", value: Any) -> None:  # noqa: ANN401 - a value, or what went wrong
    if future.done():
        return
    if isinstance(value, BaseException):
        future.set_exception(value)
    else:
        future.set_result(value)
