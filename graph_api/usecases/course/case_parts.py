"""Parts of a CASE package that an export makes: a document, items and associations for what was made here."""

import uuid
from datetime import UTC, datetime
from typing import Any

from graph_api.domain.course.course import Concept, Course, Skill
from graph_api.domain.targets import TargetKind
from graph_api.usecases.course.case_package import CASE, EXTENSION, TREE, CasePackage

Made = dict[str, Any]
"""A JSON object of a package."""
COURSE = "COURSE"


def identifier_of(kind: str, *keys: str) -> str:
    """The identifier of what was made here, the same each time; a key that is a UUID already stays.

    >>> identifier_of("CONCEPT", "gr_articles") == identifier_of("CONCEPT", "gr_articles")
    True
    """
    if len(keys) == 1:
        try:
            return keys[0] if str(uuid.UUID(keys[0])) == keys[0] else _named(kind, *keys)
        except ValueError:
            pass
    return _named(kind, *keys)


def _named(kind: str, *keys: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "\x1f".join(("graph-api", kind, *keys))))


def time_text(now: datetime) -> str:
    """A time as CASE writes it."""
    return now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def new_document(course: Course, now: datetime) -> Made:
    """A package of a course without items."""
    identifier = identifier_of(COURSE, course.id)
    document = {
        "identifier": identifier,
        "uri": f"urn:uuid:{identifier}",
        "creator": "graph-api",
        "title": course.name,
        "description": course.description,
        "caseVersion": "1.1",
        "lastChangeDateTime": time_text(now),
        "extensions": {EXTENSION: {"key": course.id}},
    }
    return {"CFDocument": document, "CFItems": [], "CFAssociations": []}


def new_item(package: CasePackage, each: Skill | Concept, now: datetime) -> Made:
    """An item for a skill or concept that was made here, which notes its code or id."""
    kind, key = (TargetKind.SKILL, each.code) if isinstance(each, Skill) else (TargetKind.CONCEPT, each.id)
    identifier = identifier_of(kind, key)
    note = {"kind": kind.value, "key": key}
    held: Made = {
        "identifier": identifier,
        "uri": f"urn:uuid:{identifier}",
        "fullStatement": each.name,
        "lastChangeDateTime": time_text(now),
        "extensions": {EXTENSION: note},
    }
    if isinstance(each, Skill):
        note["category"] = each.category
        if each.description:
            held |= {"fullStatement": each.description, "abbreviatedStatement": each.name}
    return held | ({"CFDocumentURI": _link(package, package.identifier)} if package.form is CASE else {})


def new_association(package: CasePackage, kind: str, origin: str, destination: str, now: datetime) -> Made:
    """An association between two items, or an item and the document, by their identifiers."""
    identifier = identifier_of(kind, origin, destination)
    form, time = package.form, time_text(now)
    held: Made = {"identifier": identifier, form.type: kind, "lastChangeDateTime": time}
    if form is TREE:
        origin_end, end = ({"doc": package.identifier, "item": each} for each in (origin, destination))
        return held | {form.origin: origin_end, form.destination: end}
    ends = {form.origin: _link(package, origin), form.destination: _link(package, destination)}
    return held | {"uri": f"urn:uuid:{identifier}"} | ends


def _link(package: CasePackage, identifier: str) -> Made:
    """A reference to an item or to the document."""
    item = package.items.get(identifier)
    uri = package.uri if identifier == package.identifier else item and item.uri
    title = package.title if identifier == package.identifier else item and item.code
    return {"title": title or identifier, "identifier": identifier, "uri": uri or f"urn:uuid:{identifier}"}
