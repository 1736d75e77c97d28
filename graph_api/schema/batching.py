"""strawberry's data loader, whose batches wait for the rows that are still to come.

A large list is completed in slices (`schema.bounded_execution`). Its fields are read in one batch all the same: the
batch is sent when no part of the operation waits for its turn any more.
"""

from collections.abc import Awaitable, Hashable
from typing import TypeVar

from strawberry import dataloader

from graph_api.schema.pace import BUDGET, Budget

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class DataLoader(dataloader.DataLoader[K, V]):
    """A loader of one request."""

    def load(self, key: K) -> Awaitable[V]:
        """The value of a key, read together with others."""
        known = self.cache_map.get(key)
        if known and not known.cancelled():
            return known
        future = self.loop.create_future()
        self.cache_map.set(key, future)
        batch = self.batch
        if batch is None or batch.dispatched or not batch.tasks:
            batch = self.batch = dataloader.Batch()
            self.loop.call_soon(self._send, batch, BUDGET.get())
        batch.add_task(key, future)
        return future

    def _send(self, batch: "dataloader.Batch[K, V]", budget: Budget | None) -> None:
        if budget is not None and budget.waiting:
            self.loop.call_soon(self._send, batch, budget)
            return
        batch._dispatch_task = task = self.loop.create_task(dataloader.dispatch_batch(self, batch))  # noqa: SLF001 - as its own
        task.add_done_callback(lambda _: setattr(batch, "_dispatch_task", None))
