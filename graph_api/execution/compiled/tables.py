"""Objects as columns: what a batch form gives instead of one object for each row."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from graph_api.execution.compiled.leaves import Column


class Table:
    """Objects of one type, as columns by the Python names of its fields. A column is made when it is first used."""

    def __init__(self, kind: str, size: int, columns: Mapping[str, Callable[[], Any]]) -> None:
        self.kind = kind
        self._size = size
        self._columns = columns
        self._made: dict[str, Any] = {}

    def __len__(self) -> int:
        return self._size

    def __contains__(self, name: object) -> bool:
        return name in self._columns

    def column(self, name: str) -> Any:  # noqa: ANN401 - a list, or lists as `Nested`
        """The values of a field, one for each row."""
        if name not in self._made:
            self._made[name] = self._columns[name]()
        return self._made[name]


class Nested:
    """Lists of objects, one list for each row: their lengths, and the items of all of them."""

    def __init__(self, lengths: Sequence[int], items: Table) -> None:
        self.lengths = lengths
        self.items = items

    def __len__(self) -> int:
        return len(self.lengths)


Parents: TypeAlias = Column | Table
"""The objects of a batch."""


def column_of(parents: Parents, name: str) -> Column:
    """The values of an attribute of all parents.

    >>> table = Table("Skill", 2, {"code": lambda: ["cases", "talk"]})
    >>> column_of(table, "code")
    ['cases', 'talk']
    """
    if isinstance(parents, Table):
        values: Column = parents.column(name)
        return values
    return [getattr(parent, name) for parent in parents]
