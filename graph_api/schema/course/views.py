"""The schema's views of concepts and skills, one for each object of the course in memory."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar
from weakref import ref

T = TypeVar("T")
V = TypeVar("V")


class Views(Generic[T, V]):
    """What was made of objects, by their identity and as long as they exist.

    >>> class Stored: ...
    >>> views, stored = Views[Stored, str](), Stored()
    >>> views.of(stored, lambda _: "made"), views.of(stored, lambda _: "made again")
    ('made', 'made')
    """

    def __init__(self) -> None:
        self._made: dict[int, tuple[ref[Any], V]] = {}

    def of(self, value: T, make: Callable[[T], V]) -> V:
        """The view of an object, made when it is first requested."""
        known = self._made.get(id(value))
        if known is None:
            key, view = id(value), make(value)
            known = self._made[key] = ref(value, lambda _: self._made.pop(key, None)), view
        return known[1]
