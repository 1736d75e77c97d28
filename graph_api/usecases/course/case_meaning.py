"""What a CASE package means in the graph: which items are skills and which concepts, their names, and their links.

The import writes this, and the export compares it with what is stored, so both use one rule.
"""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from graph_api.domain.course.course import CONCEPT_NAME_LENGTH
from graph_api.domain.course.source import SOURCE_LENGTH, Source
from graph_api.domain.targets import TargetKind
from graph_api.domain.text import DESCRIPTION_LENGTH, NAME_LENGTH, REFUSED
from graph_api.usecases.course.case_package import IS_CHILD_OF, PRECEDES, CasePackage, Item

NAME_LENGTHS = {TargetKind.CONCEPT: CONCEPT_NAME_LENGTH, TargetKind.SKILL: NAME_LENGTH}
Pairs = Mapping[tuple[str, str], list[int]]
"""Links by the identifiers of origin and destination, with the positions of their associations."""


class Meaning(NamedTuple):
    """A package in the graph.

    Attributes:
        kinds: whether each item is a concept or a skill, by identifier.
        keys: the id or code of each item.
        part_of: concepts and the skills that they are direct children of.
        precedes: concepts and the concepts that come after them.
    """

    kinds: Mapping[str, TargetKind]
    keys: Mapping[str, str]
    part_of: Pairs
    precedes: Pairs

    def keys_of(self, kind: TargetKind) -> set[str]:
        """The ids of all concepts, or the codes of all skills."""
        return {key for identifier, key in self.keys.items() if self.kinds[identifier] is kind}


def key_of(item: Item) -> str:
    """The id or code of an item: its identifier, or the key that an export of this service noted."""
    return str(item.extension.get("key", item.identifier))


def choose_kinds(
    package: CasePackage,
    known_concepts: Collection[str],
    known_skills: Collection[str],
    skill_types: Collection[str] = (),
) -> dict[str, TargetKind]:
    """Whether each item is a concept or a skill, by identifier.

    The first rule that applies decides: what an export noted; what the item is stored as, since students may have
    answered it; the types of items that are skills, if any are given; items with children are skills, all others
    concepts.
    """
    parents = {link.destination for link in package.links if link.type == IS_CHILD_OF}
    return {
        identifier: _kind(item, known_concepts, known_skills, skill_types, is_parent=identifier in parents)
        for identifier, item in package.items.items()
    }


def _kind(
    item: Item,
    known_concepts: Collection[str],
    known_skills: Collection[str],
    skill_types: Collection[str],
    *,
    is_parent: bool,
) -> TargetKind:
    key, noted = key_of(item), item.extension.get("kind")
    if isinstance(noted, str) and noted in [*TargetKind]:
        return TargetKind(noted)
    if (key in known_concepts) is not (key in known_skills):
        return TargetKind.CONCEPT if key in known_concepts else TargetKind.SKILL
    is_skill = item.item_type in skill_types if skill_types else is_parent
    return TargetKind.SKILL if is_skill else TargetKind.CONCEPT


def meaning_of(package: CasePackage, kinds: Mapping[str, TargetKind]) -> Meaning:
    """The links of a package that the graph holds, under the kinds of its items."""
    part_of: dict[tuple[str, str], list[int]] = {}
    precedes: dict[tuple[str, str], list[int]] = {}
    ends = {IS_CHILD_OF: TargetKind.SKILL, PRECEDES: TargetKind.CONCEPT}
    for place, link in enumerate(package.links):
        end = ends.get(link.type)
        if end and kinds.get(link.origin) is TargetKind.CONCEPT and kinds.get(link.destination) is end:
            pairs = part_of if link.type == IS_CHILD_OF else precedes
            pairs.setdefault((link.origin, link.destination), []).append(place)
    return Meaning(kinds, {key: key_of(item) for key, item in package.items.items()}, part_of, precedes)


def name_of(item: Item, kind: TargetKind) -> str:
    """The name of an item in the graph: its abbreviated statement, else its statement, on one line and shortened."""
    return clipped(one_line(item.abbreviation or item.statement), NAME_LENGTHS[kind])


def description_of(item: Item) -> str:
    """The description of a skill: its statement, if the name does not state it whole."""
    statement = one_line(item.statement)
    return "" if statement == name_of(item, TargetKind.SKILL) else clipped(statement, DESCRIPTION_LENGTH)


def source_of(package: CasePackage, item: Item) -> Source:
    """Where an item comes from.

    Raises:
        InvalidInput: a value breaks a rule of texts.
    """
    return Source(
        framework_name(package),
        course_id_of(package),
        item.uri,
        item.code and clipped(one_line(item.code), SOURCE_LENGTH),
        item.licence and clipped(one_line(item.licence), SOURCE_LENGTH),
    )


def course_id_of(package: CasePackage) -> str:
    """The id of the course of a package: the identifier of its document, or the id that an export noted."""
    return str(package.extension.get("key", package.identifier))


def framework_name(package: CasePackage) -> str:
    """The title of a package on one line."""
    return clipped(one_line(package.title), SOURCE_LENGTH)


def one_line(text: str) -> str:
    r"""A text without line breaks and outer spaces; one that has neither stays as it is.

    >>> one_line(" add\n  and subtract ")
    'add and subtract'
    """
    return text if text == text.strip() and REFUSED.search(text) is None else " ".join(text.split())


def clipped(text: str, length: int) -> str:
    """A text of at most `length` characters; one that was longer ends with an ellipsis.

    >>> clipped("fractions", 6)
    'fract…'
    """
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"
