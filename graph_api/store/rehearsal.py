"""Work that runs as it always does, and leaves nothing: all of it is one transaction, which is rolled back."""

import contextlib
from collections.abc import Awaitable, Callable
from copy import copy
from typing import TypeVar

from graph_api.store.gateway import ATTEMPTS, Gateway, Transaction, Work

T = TypeVar("T")


class Rehearsal(Gateway):
    """A gateway whose transactions are all part of one."""

    def __init__(self, gateway: Gateway, tx: Transaction) -> None:
        vars(self).update(vars(gateway))
        self._tx = tx

    async def read(self, work: Work[T]) -> T:
        """Run `work` in the transaction."""
        return await work(self._tx)

    async def write(self, work: Work[T], attempts: int = ATTEMPTS, most_runs: int | None = None) -> T:  # noqa: ARG002
        """Run `work` in the transaction. What breaks a constraint ends all of it."""
        return await work(self._tx)


async def rehearse(gateway: Gateway, work: Callable[[Gateway], Awaitable[None]]) -> None:
    """Run work in a transaction that is rolled back. Its statements are not observed.

    Raises:
        DatabaseUnavailable: the database did not answer.
    """
    quiet = copy(gateway)
    quiet.observe = lambda _name, _seconds, _rows: None

    async def unit(tx: Transaction) -> None:
        await work(Rehearsal(quiet, tx))
        raise _RolledBack

    with contextlib.suppress(_RolledBack):
        await quiet.write(unit, attempts=1)


class _RolledBack(Exception):
    """The rehearsal is over."""
