"""Blocks in which a context variable has a value. Each request enters several, so this costs no generator."""

from contextvars import ContextVar, Token
from types import TracebackType
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Holding(Generic[T]):
    """A block, with the tasks that it starts, in which a context variable has a value.

    >>> colour = ContextVar("colour", default="white")
    >>> with Holding(colour, "red") as held:
    ...     held, colour.get()
    ('red', 'red')
    >>> colour.get()
    'white'
    """

    __slots__ = ("_token", "_value", "_variable")

    def __init__(self, variable: ContextVar[Any], value: T) -> None:
        self._variable = variable
        self._value = value
        self._token: Token[Any] | None = None

    def __enter__(self) -> T:
        self._token = self._variable.set(self._value)
        return self._value

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._token is not None:
            try:
                self._variable.reset(self._token)
            except ValueError:
                return  # a stream that another task ends has this variable in another context
