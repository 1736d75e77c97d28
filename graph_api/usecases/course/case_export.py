"""The CASE package of a course: the framework as it was imported, with the changes that were made here since.

A course that was not changed is exported as the very text that was imported. A course that was made here becomes a new
package, whose items note their ids, so that an import finds them again.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import cast

from graph_api.domain.course.course import Concept, Skill
from graph_api.domain.targets import TargetKind
from graph_api.domain.text import DESCRIPTION_LENGTH, NAME_LENGTH
from graph_api.usecases.course.case_meaning import (
    Pairs,
    choose_kinds,
    clipped,
    description_of,
    meaning_of,
    name_of,
    one_line,
)
from graph_api.usecases.course.case_package import EXTENSION, IS_CHILD_OF, PRECEDES, CasePackage, read_package
from graph_api.usecases.course.case_parts import Made, new_association, new_document, new_item, time_text
from graph_api.usecases.course.course_slice import CourseSlice
from graph_api.usecases.course.json_document import parse_json


def case_text(course: CourseSlice, stored_text: str | None, now: datetime) -> str:
    """The package of a course as JSON: the stored text, unless it was changed here.

    Items whose skill or concept was deleted or taken out of the course are left out, with their associations.
    """
    text = json.dumps(new_document(course.course, now)) if stored_text is None else stored_text
    document = parse_json("framework", text.encode())
    edits = _Edits(read_package(document), course, now)
    edits.apply()
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n" if edits.count or stored_text is None else text


class _Edits:
    """The changes that make a package state what the graph holds; `count` is how many there were."""

    def __init__(self, package: CasePackage, course: CourseSlice, now: datetime) -> None:
        self._package, self._course, self._now = package, course, now
        self._document: Made = package.body["CFDocument"]
        self._items: list[Made] = package.body.get("CFItems") or []
        self._links: list[Made] = package.body.get("CFAssociations") or []
        self._meaning = meaning_of(package, choose_kinds(package, course.concepts, course.skills))
        self._identifiers = {(kind, self._meaning.keys[each]): each for each, kind in self._meaning.kinds.items()}
        self.count = 0

    def apply(self) -> None:
        """Change the package in place."""
        self._change_document()
        for held in self._items:
            self._change_item(held)
        dropped = {each for each in self._meaning.kinds if self._is_dropped(each)}
        added = list(self._new_items())
        stale = self._stale(self._meaning.part_of, IS_CHILD_OF) | self._stale(self._meaning.precedes, PRECEDES)
        items = [held for held in self._items if held["identifier"] not in dropped]
        links = [
            held
            for held, link in zip(self._links, self._package.links, strict=True)
            if link.identifier not in stale and dropped.isdisjoint((link.origin, link.destination))
        ]
        made = list(self._new_associations(added))
        self.count += len(self._items) - len(items) + len(added) + len(self._links) - len(links) + len(made)
        if self.count:
            self._package.body |= {"CFItems": [*items, *added], "CFAssociations": [*links, *made]}
            self._note_kinds()

    def _is_dropped(self, identifier: str) -> bool:
        is_skill = self._meaning.kinds[identifier] is TargetKind.SKILL
        return self._meaning.keys[identifier] not in (self._course.skills if is_skill else self._course.concepts)

    def _change_document(self) -> None:
        course, package = self._course.course, self._package
        if course.name != clipped(one_line(package.title), NAME_LENGTH):
            self._set(self._document, title=course.name)
        if course.description != clipped(one_line(package.description or ""), DESCRIPTION_LENGTH):
            self._set(self._document, description=course.description)

    def _change_item(self, held: Made) -> None:
        item = self._package.items[held["identifier"]]
        kind, key = self._meaning.kinds[item.identifier], self._meaning.keys[item.identifier]
        is_skill = kind is TargetKind.SKILL
        stored = self._course.skills.get(key) if is_skill else self._course.concepts.get(key)
        if stored is None:
            return
        if stored.name != name_of(item, kind):
            is_whole = item.abbreviation is None and one_line(item.statement) == name_of(item, kind)
            self._set(held, **{"fullStatement" if is_whole else "abbreviatedStatement": stored.name})
            item = item._replace(statement=held["fullStatement"], abbreviation=held.get("abbreviatedStatement"))
        if isinstance(stored, Skill) and stored.description != description_of(item):
            self._set(held, fullStatement=stored.description or stored.name, abbreviatedStatement=stored.name)

    def _set(self, held: Made, **values: str) -> None:
        held |= values
        held["lastChangeDateTime"] = time_text(self._now)
        self.count += 1

    def _new_items(self) -> Iterator[Made]:
        """Items for what the course holds and the package does not, without what the framework itself has dropped."""
        here = self._course.course.id
        for kind, stored in ((TargetKind.SKILL, self._course.skills), (TargetKind.CONCEPT, self._course.concepts)):
            for key, each in sorted(cast("Mapping[str, Skill | Concept]", stored).items()):
                is_of_framework = each.source is not None and each.source.course_id == here
                if (kind, key) not in self._identifiers and each.archived_at is None and not is_of_framework:
                    held = new_item(self._package, each, self._now)
                    self._identifiers[kind, key] = held["identifier"]
                    yield held

    def _new_associations(self, added: list[Made]) -> Iterator[Made]:
        """Associations for new links; a new skill is a child of the document, as readers of CASE expect a tree."""
        for held in added:
            if held["extensions"][EXTENSION]["kind"] == TargetKind.SKILL.value:
                pair = held["identifier"], self._package.identifier
                yield new_association(self._package, IS_CHILD_OF, *pair, self._now)
        for kind, pairs in ((IS_CHILD_OF, self._meaning.part_of), (PRECEDES, self._meaning.precedes)):
            for pair in sorted(self._stored_pairs(kind) - pairs.keys()):
                yield new_association(self._package, kind, *pair, self._now)

    def _stale(self, pairs: Pairs, kind: str) -> set[str]:
        """The identifiers of associations whose link the graph no longer holds."""
        stored = self._stored_pairs(kind)
        places = [place for pair, places in pairs.items() if pair not in stored for place in places]
        return {self._package.links[place].identifier for place in places}

    def _stored_pairs(self, kind: str) -> set[tuple[str, str]]:
        """The links of the graph among items of the package, from origin to destination, by their identifiers."""
        pairs = set()
        for key, concept in self._course.concepts.items():
            at = self._identifiers.get((TargetKind.CONCEPT, key))
            is_part = kind == IS_CHILD_OF
            for other in (concept.skill_codes if is_part else concept.prerequisite_ids) or ():
                end = self._identifiers.get((TargetKind.SKILL if is_part else TargetKind.CONCEPT, other))
                if at is not None and end is not None:
                    pairs.add((at, end) if is_part else (end, at))
        return pairs

    def _note_kinds(self) -> None:
        """Note the kind of each item that an import into an empty graph would take for the other kind."""
        package = read_package(parse_json("export", json.dumps(self._package.body).encode()))
        by_structure = choose_kinds(package, (), ())
        for held in self._package.body["CFItems"]:
            kind = self._meaning.kinds.get(held["identifier"])
            if kind is not None and by_structure[held["identifier"]] is not kind:
                extensions = held["extensions"] = held.get("extensions") or {}
                extensions[EXTENSION] = (extensions.get(EXTENSION) or {}) | {"kind": kind.value}
