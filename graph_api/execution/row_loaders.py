"""Loaders of rows by key; a row that cannot be read is an error of its own key only."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Mapping
from functools import partial
from typing import Any, Generic, Protocol, TypeAlias, TypeVar

from graph_api.domain.failures import Failure, GroupTooSmall
from graph_api.execution.batching import DataLoader
from graph_api.store.gateway import DatabaseUnavailable, Gateway, Transaction

K = TypeVar("K")
V = TypeVar("V")


Ahead: TypeAlias = dict[str, dict[Any, Any]]
"""Values that were read together with others, by the name of their loader and their key, which takes them from here."""


class HasGateway(Protocol):
    """The owner of loaders."""

    gateway: Gateway
    ahead: Ahead


def always(_keys: list[K]) -> bool:
    """One statement reads the rows of any keys."""
    return True


def never(_keys: list[K]) -> bool:
    """It takes several statements to read rows."""
    return False


def if_alike(trait: Callable[[K], Hashable]) -> Callable[[list[K]], bool]:
    """One statement reads the rows of keys with the same trait."""
    return lambda keys: len(set(map(trait, keys))) == 1


async def isolated(
    gateway: Gateway,
    read: Callable[[Transaction, list[K]], Awaitable[Mapping[K, V]]],
    keys: list[K],
    is_one_statement: Callable[[list[K]], bool] = always,
) -> list[V | Exception | None]:
    """The row of each key. A row that cannot be read is an error of its own key only."""
    try:
        reading = gateway.read_one if is_one_statement(keys) else gateway.read
        rows = await reading(lambda tx: read(tx, keys))
    except Exception as fault:
        if isinstance(fault, DatabaseUnavailable | Failure) and not isinstance(fault, GroupTooSmall):
            raise
        if len(keys) == 1:
            return [fault]
        half = len(keys) // 2
        halves = [await isolated(gateway, read, some, is_one_statement) for some in (keys[:half], keys[half:])]
        return halves[0] + halves[1]
    return [rows.get(key) for key in keys]


async def each_alone(read: Callable[[K], Awaitable[V]], keys: list[K]) -> list[V | BaseException]:
    """The value of each key, one after the other; one that cannot be read is an error of its own key only."""
    values: list[V | BaseException] = []
    for key in keys:
        values += await asyncio.gather(read(key), return_exceptions=True)
    return values


async def with_those_ahead(
    known: Mapping[K, V | None] | None,
    keys: list[K],
    read: Callable[[list[K]], Awaitable[list[V | Exception | None]]],
) -> list[V | Exception | None]:
    """The row of each key: of those that are known already, and what is read of the others."""
    if known is None:
        return await read(keys)
    others = [key for key in keys if key not in known]
    rows = dict(zip(others, await read(others), strict=True)) if others else {}
    return [known[key] if key in known else rows[key] for key in keys]


class LoadOne(Generic[K, V]):
    """A loader of the row of a key, None if it does not exist; made when a request first uses it."""

    def __init__(
        self,
        read: Callable[[Transaction, list[K]], Awaitable[Mapping[K, V]]],
        is_one_statement: Callable[[list[K]], bool] = always,
    ) -> None:
        self._read = read
        self._is_one_statement = is_one_statement

    def __set_name__(self, _owner: type, name: str) -> None:
        self._name = name

    def __get__(self, loaders: HasGateway, _owner: type) -> DataLoader[K, V | None]:
        """The request's loader, kept where the next look-up finds it first."""
        loader = loaders.__dict__[self._name] = DataLoader(partial(self._load, loaders.gateway, loaders.ahead))
        return loader

    async def _load(self, gateway: Gateway, ahead: Ahead, keys: list[K]) -> list[V | BaseException | None]:
        read = partial(isolated, gateway, self._read, is_one_statement=self._is_one_statement)
        return [*await with_those_ahead(ahead.get(self._name), keys, read)]


class LoadMany(Generic[K, V]):
    """A loader of the rows of a key, as a list; made when a request first uses it."""

    def __init__(
        self,
        read: Callable[[Transaction, list[K]], Awaitable[Mapping[K, list[V]]]],
        is_one_statement: Callable[[list[K]], bool] = always,
    ) -> None:
        self._read = read
        self._is_one_statement = is_one_statement

    def __set_name__(self, _owner: type, name: str) -> None:
        self._name = name

    def __get__(self, loaders: HasGateway, _owner: type) -> DataLoader[K, list[V]]:
        """The request's loader, kept where the next look-up finds it first."""
        loader = loaders.__dict__[self._name] = DataLoader(partial(self._load, loaders.gateway, loaders.ahead))
        return loader

    async def _load(self, gateway: Gateway, ahead: Ahead, keys: list[K]) -> list[list[V] | BaseException]:
        read = partial(isolated, gateway, self._read, is_one_statement=self._is_one_statement)
        of_keys = await with_those_ahead(ahead.get(self._name), keys, read)
        return [[] if rows is None else rows for rows in of_keys]
