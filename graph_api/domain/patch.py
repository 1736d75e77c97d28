"""Partial statements: what is absent stays as it is stored (G9). One rule for GraphQL, JSON and CSV."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from graph_api.domain.failures import InvalidInput


class Patchable(Protocol):
    """A dataclass whose first field is its key, and which checks its values when it is made."""

    __dataclass_fields__: ClassVar[dict[str, Any]]
    REQUIRED: ClassVar[Sequence[str]]
    """Fields that must be stated to create one."""
    EMPTY: ClassVar[Mapping[str, Any]]
    """Fields that an explicit null removes, and what they hold then."""
    KEPT: ClassVar[frozenset[str]]
    """Fields whose None means "as stored" in a whole object."""


T = TypeVar("T", bound=Patchable)


@dataclass(frozen=True, slots=True)
class Patch(Generic[T]):
    """What a caller states of one skill, concept or group.

    A field that is not stated keeps its stored value. A null removes a value that may be absent (level, block, year,
    description, parameter set); for other fields a null states nothing. A list replaces the stored list, so an empty
    one removes all its links; links that are `added` remove none.

    Args:
        kind: the dataclass.
        key: its id or code.
        stated: values by the names of fields.
        added: links to add to lists, by the names of fields.
        on_create: values of fields that are not stated, if it does not exist yet.
        if_revision: the revision that the stored object must have, 0 if it must not exist; None: any.

    Raises:
        InvalidInput: a value breaks a rule, whatever is stored.
    """

    kind: type[T]
    key: str
    stated: Mapping[str, Any] = field(default_factory=dict)
    added: Mapping[str, Sequence[str]] = field(default_factory=dict)
    on_create: Mapping[str, Any] = field(default_factory=dict)
    if_revision: int | None = None

    def __post_init__(self) -> None:
        values = {
            name: self.kind.EMPTY.get(name) if value is None else value
            for name, value in self.stated.items()
            if value is not None or name in self.kind.EMPTY
        }
        object.__setattr__(self, "stated", values)
        self._make(dict.fromkeys(self.kind.REQUIRED, "-") | dict(self.added) | values)

    @classmethod
    def of(cls, item: "T | Patch[T]") -> "Patch[T]":
        """The patch that states a whole object; a patch as it is.

        Fields that are not compared are the service's own, such as the revision, and are not stated.
        """
        if isinstance(item, Patch):
            return item
        key, *others = (each.name for each in fields(item) if each.compare)
        values = {name: getattr(item, name) for name in others}
        stated = {name: value for name, value in values.items() if value is not None or name not in item.KEPT}
        return cls(type(item), getattr(item, key), stated)

    def apply(self, stored: T | None) -> T:
        """The object after the change. Applying a patch twice gives the same as once.

        Raises:
            InvalidInput: it does not exist yet and a field that is required is not stated, or its list is too long.

        >>> from graph_api.domain.course.course import Concept
        >>> patch = Patch(Concept, "dative", {"name": "Dative"}, added={"prerequisite_ids": ["accusative"]})
        >>> patch.apply(Concept("dative", "Third case", ["cases"], ["nominative"])).prerequisite_ids
        ('nominative', 'accusative')
        """
        lists = {name: self.stated.get(name, getattr(stored, name, None)) or () for name in self.added}
        values = dict(self.stated) | {name: (*lists[name], *links) for name, links in self.added.items()}
        if stored is not None:
            return replace(stored, **values)
        values = dict(self.on_create) | values
        for name in self.kind.REQUIRED:
            if name not in values:
                raise InvalidInput(name, f"must be given to create {self.key!r}, which does not exist")
        return self._make(values)

    def touches(self, name: str) -> bool:
        """Whether the patch states a field."""
        return name in self.stated or name in self.added

    def _make(self, values: Mapping[str, Any]) -> T:
        return self.kind(**{fields(self.kind)[0].name: self.key} | dict(values))
