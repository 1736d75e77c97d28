"""Parts of replies that are kept for the next one: what a selection shows of objects that never change.

Concepts and skills come from the course in memory. Another state of the course has other objects, so what was shown of
an object once, with the objects below it, is good as long as the object exists.
"""

from collections.abc import Collection, Iterable
from typing import Any, NamedTuple
from weakref import WeakSet

MOST_PARTS = 20_000
"""Parts in memory, of all documents together: about 20 MB."""


class Weight(NamedTuple):
    """What a finished part of a reply counts towards the budget: objects, or items of lists of values, and cost."""

    objects: int
    cost: int


class Part(NamedTuple):
    """What a selection shows of an object.

    Attributes:
        of: the object. It is kept, so no other has its identity.
        shown: the fields, as they stand in the reply.
        objects: the objects below it, and items of lists of values.
        cost: the cost of its fields, and of those below.
    """

    of: object
    shown: dict[str, Any]
    objects: int
    cost: int


class PartsOfSelection:
    """The parts of one selection, by the identity of the object."""

    def __init__(self, parts: "Parts") -> None:
        self._parts = parts
        self.known: dict[int, Part] = {}

    def add(self, made: Collection[Part]) -> None:
        """Keep parts for the next reply."""
        self._parts.make_room(len(made))
        self.known.update((id(part.of), part) for part in made)


class Parts:
    """The parts of all selections on some types, at most `most` together: then all are forgotten."""

    def __init__(self, kinds: Iterable[str] = (), most: int = MOST_PARTS) -> None:
        self.kinds = frozenset(kinds)
        """The names of the types whose objects never change."""
        self._most = most
        self._selections: WeakSet[PartsOfSelection] = WeakSet()

    def of_selection(self) -> PartsOfSelection:
        """The parts of a new selection."""
        made = PartsOfSelection(self)
        self._selections.add(made)
        return made

    def make_room(self, more: int) -> None:
        """Forget all parts, if there would be too many."""
        if more + sum(len(each.known) for each in self._selections) > self._most:
            for each in self._selections:
                each.known.clear()
