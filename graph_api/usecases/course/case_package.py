"""CASE packages as 1EdTech CASE 1.1 defines them, and OpenSALT's two forms: read, and checked with all errors at once.

A package is a framework: a document, its items and their associations. Only what the graph uses is read from it. The
whole text is kept, so what is not read is not lost (docs/adr/0034-frameworks-are-kept-whole.md).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from graph_api.domain.failures import shown
from graph_api.usecases.course.json_document import JsonObject, got

WRAPPER = "CFPackage"
EXTENSION = "graphApi"
"""The key among the extensions of CASE under which exports note what CASE has no field for."""
IS_CHILD_OF, PRECEDES, EXEMPLAR = "isChildOf", "precedes", "exemplar"
TYPES = frozenset({
    IS_CHILD_OF, PRECEDES, EXEMPLAR, "isPeerOf", "isPartOf", "exactMatchOf", "isRelatedTo", "replacedBy",
    "hasSkillLevel", "isTranslationOf",
})  # fmt: skip
"""The types of associations in CASE 1.1; those that begin with `ext:` are extensions."""
DEFINITIONS = ("CFConcepts", "CFSubjects", "CFLicenses", "CFItemTypes", "CFAssociationGroupings")
LICENCES = ("licenseURI", "licenceURI", "license", "licence")


class Form(NamedTuple):
    """The names of the keys that the two forms of a package spell differently."""

    type: str
    origin: str
    destination: str
    end: str
    item_type: str


CASE = Form("associationType", "originNodeURI", "destinationNodeURI", "identifier", "CFItemType")
TREE = Form("type", "origin", "dest", "item", "itemType")
"""OpenSALT's tree, which it marks as `condensed`."""


class Item(NamedTuple):
    """An item of a framework. `extension` is what an export of this service noted of it."""

    place: str
    identifier: str
    statement: str
    abbreviation: str | None
    code: str | None
    item_type: str | None
    uri: str | None
    licence: str | None
    extension: Mapping[str, Any]

    @property
    def label(self) -> str:
        """The item in a message: its human code and its identifier."""
        return shown(self.identifier) if self.code is None else f"{shown(self.code)} ({shown(self.identifier)})"


class Link(NamedTuple):
    """An association between two ends, each known by its identifier."""

    place: str
    identifier: str
    type: str
    origin: str
    destination: str
    destination_uri: str | None


@dataclass(slots=True)
class CasePackage:
    """What is read of a package; `body` is the object that holds it, `faults` every error with its path."""

    body: JsonObject
    form: Form
    identifier: str = ""
    title: str = ""
    uri: str | None = None
    description: str | None = None
    extension: Mapping[str, Any] = field(default_factory=dict)
    items: dict[str, Item] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def body_of(document: object) -> tuple[str, JsonObject] | None:
    """The object that holds a package, with the beginning of its paths; None if the document is no package.

    >>> body_of(JsonObject(CFPackage=JsonObject(CFDocument=1, CFItems=[])))[0]
    'CFPackage.'
    """
    if not isinstance(document, JsonObject):
        return None
    inner = document.get(WRAPPER)
    prefix, body = (f"{WRAPPER}.", inner) if isinstance(inner, JsonObject) else ("", document)
    keys = {"CFDocument", "CFItems", "CFAssociations"}
    return (prefix, body) if len(keys & body.keys()) > 1 and "skills" not in body else None


def read_package(document: object) -> CasePackage:
    """Read a package. Its faults are complete; with one of them, the package is not to be stored.

    Raises:
        ValueError: the document is no package.
    """
    if (held := body_of(document)) is None:
        raise ValueError("the document is no CASE package")
    prefix, body = held
    package = CasePackage(body, TREE if body.get("condensed") is True else CASE)
    package.faults += [f"{path}: occurs twice" for path in _twice("", document)]
    _Reader(package, prefix).read()
    return package


def _twice(path: str, value: object) -> Iterator[str]:
    """The paths of keys that an object holds twice: one of the values would be lost."""
    if isinstance(value, JsonObject):
        yield from (f"{path}.{shown(key)}".lstrip(".") for key in value.twice)
        for key, each in value.items():
            yield from _twice(f"{path}.{key}".lstrip("."), each)
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _twice(f"{path}[{index}]", each)


class _Reader:
    """Reads a package part by part, and notes each error with its path."""

    def __init__(self, package: CasePackage, prefix: str) -> None:
        self._package, self._form = package, package.form
        self._prefix = prefix
        self._places: dict[tuple[str, str], str] = {}
        self._titles: dict[str, str] = {}

    def read(self) -> None:
        package, body = self._package, self._package.body
        self._read_definitions(body.get("CFDefinitions"))
        place = f"{self._prefix}CFDocument"
        held = body.get("CFDocument")
        licence = None
        if isinstance(held, JsonObject):
            package.identifier = self._key(place, held) or ""
            package.title = self._text(place, held, "title", required=True) or ""
            package.uri = self._text(place, held, "uri")
            package.description = self._text(place, held, "description")
            package.extension = self._extension(place, held)
            licence = self._licence(held)
        else:
            self._note(place, "must be an object", held)
        for at, item in self._objects("CFItems"):
            self._read_item(at, item, licence)
        for at, link in self._objects("CFAssociations"):
            self._read_link(at, link)
        list(self._objects("CFRubrics"))

    def _read_definitions(self, held: object) -> None:
        place = f"{self._prefix}CFDefinitions"
        if held is None:
            return
        if not isinstance(held, JsonObject):
            self._note(place, "must be an object", held)
            return
        for name in DEFINITIONS:
            for at, each in self._objects_of(f"{place}.{name}", held.get(name)):
                key, title = self._key(at, each), each.get("title")
                if name == "CFLicenses" and key is not None and isinstance(title, str):
                    self._titles[key] = title

    def _read_item(self, place: str, held: JsonObject, licence: str | None) -> None:
        key = self._key(place, held)
        statement = self._text(place, held, "fullStatement", required=True)
        item = Item(
            place,
            key or "",
            statement or "",
            self._text(place, held, "abbreviatedStatement"),
            self._text(place, held, "humanCodingScheme"),
            self._text(place, held, self._form.item_type),
            self._text(place, held, "uri"),
            self._licence(held) or licence,
            self._extension(place, held),
        )
        if key is not None:
            self._package.items[key] = item

    def _read_link(self, place: str, held: JsonObject) -> None:
        key, kind = self._key(place, held), self._text(place, held, self._form.type, required=True)
        origin, _ = self._end(place, held, self._form.origin)
        destination, uri = self._end(place, held, self._form.destination)
        if key is not None and kind is not None and origin is not None and destination is not None:
            self._package.links.append(Link(place, key, kind, origin, destination, uri))

    def _end(self, place: str, held: JsonObject, name: str) -> tuple[str | None, str | None]:
        end = held.get(name)
        if not isinstance(end, JsonObject):
            self._note(f"{place}.{name}", "must be an object", end)
            return None, None
        at = f"{place}.{name}"
        uri = self._text(at, end, "uri")
        # OpenSALT leaves the identifier of an exemplar's address empty
        return self._text(at, end, self._form.end, required=uri is None) or uri, uri

    def _key(self, place: str, held: JsonObject) -> str | None:
        key = self._text(place, held, "identifier", required=True)
        if key is None:
            return None
        first = self._places.setdefault((place.rpartition("[")[0], key), place)
        if first != place:
            self._package.faults.append(f"{place}.identifier: '{shown(key)}' occurs twice, first in {first}")
            return None
        return key

    def _text(self, place: str, held: JsonObject, name: str, *, required: bool = False) -> str | None:
        value = held.get(name)
        if value is None and not required:
            return None
        if not isinstance(value, str):
            self._note(f"{place}.{name}", "must be a text", value)
            return None
        if not value.strip():
            if required:
                self._package.faults.append(f"{place}.{name}: must not be empty")
            return None
        return value

    def _licence(self, held: JsonObject) -> str | None:
        """The title of a licence, or its address."""
        for value in filter(None, map(held.get, LICENCES)):
            if isinstance(value, str):
                return self._titles.get(value, value)
            if isinstance(value, JsonObject):
                key, title, uri = value.get("identifier"), value.get("title"), value.get("uri")
                named = self._titles.get(key) if isinstance(key, str) else None
                return next((each for each in (named, title, uri) if isinstance(each, str) and each.strip()), None)
        return None

    def _extension(self, place: str, held: JsonObject) -> Mapping[str, Any]:
        extensions = held.get("extensions")
        own = extensions.get(EXTENSION) if isinstance(extensions, JsonObject) else None
        if own is None:
            return {}
        at = f"{place}.extensions.{EXTENSION}"
        if not isinstance(own, JsonObject):
            self._note(at, "must be an object", own)
            return {}
        return {name: text for name in ("kind", "key", "category") if (text := self._text(at, own, name)) is not None}

    def _objects(self, name: str) -> Iterator[tuple[str, JsonObject]]:
        return self._objects_of(f"{self._prefix}{name}", self._package.body.get(name))

    def _objects_of(self, place: str, held: object) -> Iterator[tuple[str, JsonObject]]:
        if held is None:
            return
        if not isinstance(held, list):
            self._note(place, "must be a list", held)
            return
        for index, each in enumerate(held):
            if isinstance(each, JsonObject):
                yield f"{place}[{index}]", each
            else:
                self._note(f"{place}[{index}]", "must be an object", each)

    def _note(self, place: str, rule: str, value: object) -> None:
        self._package.faults.append(f"{place}: {rule} (got {got(value)})")
