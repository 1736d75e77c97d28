"""Course files in JSON: types are checked as the inputs of GraphQL are, and each error names its path."""

import math
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from difflib import get_close_matches
from typing import Any, NamedTuple, TypeVar

from graph_api.domain.answers.answers import in_utc
from graph_api.domain.course.course import CefrLevel, Concept, Course, Skill
from graph_api.domain.course.source import Source
from graph_api.domain.failures import InvalidInput, shown
from graph_api.domain.patch import Patch, Patchable
from graph_api.usecases.course.case_package import body_of, read_package
from graph_api.usecases.course.course_file import BadCourseFile, CourseFile, WrongType, message_at
from graph_api.usecases.course.json_document import JsonObject, got, parse_json

T = TypeVar("T", bound=Patchable)

ABOUT_THE_FILE = ("title", "provenance", "source", "license", "description", "comment", "version")
"""Keys for the source of the file; they are not stored."""
FOREIGN: Mapping[str, tuple[str, ...]] = {
    "an Exercism track": ("exercises", "language", "slug"),
    "a node-link graph": ("nodes",),
    "an answer in GraphQL": ("data", "errors"),
}
"""Formats that are recognised but not read, by keys that they have."""


class _Field(NamedTuple):
    name: str
    parse: Callable[[Any], Any]


def _text(value: Any) -> str:  # noqa: ANN401 - whatever JSON holds
    if not isinstance(value, str):
        raise WrongType("", "must be a text", got(value))
    return value


def _whole_number(value: Any) -> int:  # noqa: ANN401
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value % 1:
        raise WrongType("", "must be a whole number", got(value))
    return int(value)


def _level(value: Any) -> CefrLevel | None:  # noqa: ANN401
    if value == "":
        return None
    if not isinstance(value, str) or value not in [*CefrLevel]:
        raise WrongType("", f"must be one of {', '.join(CefrLevel)}, or empty", got(value))
    return CefrLevel(value)


def _time(value: Any) -> datetime:  # noqa: ANN401
    try:
        return in_utc(datetime.fromisoformat(value), "archivedAt")
    except (TypeError, ValueError, InvalidInput):
        raise WrongType("", "must be a time with an offset, as in 2026-01-31T09:30:00Z", got(value)) from None


def _texts(value: Any) -> list[str]:  # noqa: ANN401
    if not isinstance(value, list):
        raise WrongType("", "must be a list of texts", got(value))
    for index, each in enumerate(value):
        if not isinstance(each, str):
            raise WrongType(f"[{index}]", "must be a text", got(each))
    return value


SOURCE_KEYS = {"framework": "framework", "courseId": "course_id", "uri": "uri", "code": "code", "licence": "licence"}
"""The keys of a source, by the fields of `Source` that they fill."""


def _source(value: Any) -> Source:  # noqa: ANN401
    required = {"framework", "courseId"}
    if not isinstance(value, JsonObject) or not required <= value.keys() <= SOURCE_KEYS.keys():
        raise WrongType(
            "", f"must be an object with {', '.join(SOURCE_KEYS)}; uri, code, licence may be absent", got(value)
        )
    texts = {SOURCE_KEYS[key]: _text(each) for key, each in value.items() if each is not None or key in required}
    return Source(**texts)


SKILL_FIELDS = {
    "name": _Field("name", _text),
    "category": _Field("category", _text),
    "level": _Field("level", _level),
    "description": _Field("description", _text),
    "block": _Field("block", _text),
    "year": _Field("year", _whole_number),
    "source": _Field("source", _source),
    "archived_at": _Field("archived_at", _time),
}
CONCEPT_FIELDS = {
    "name": _Field("name", _text),
    "skills": _Field("skill_codes", _texts),
    "skillCodes": _Field("skill_codes", _texts),
    "prerequisites": _Field("prerequisite_ids", _texts),
    "prerequisiteIds": _Field("prerequisite_ids", _texts),
    "source": _Field("source", _source),
    "archived_at": _Field("archived_at", _time),
}
COURSE_FIELDS = {
    "name": _Field("name", _text),
    "description": _Field("description", _text),
    "skills": _Field("skill_codes", _texts),
    "skillCodes": _Field("skill_codes", _texts),
    "archivedAt": _Field("archived_at", _time),
}


def read_json(name: str, document: object) -> CourseFile:
    """The course of a JSON document, as `parse_json` returns it.

    Raises:
        BadCourseFile: it is of another format.
    """
    course = CourseFile()
    if not isinstance(document, JsonObject):
        raise BadCourseFile(["the file must hold an object with 'skills' and 'concepts'"])
    for format_name, keys in FOREIGN.items():
        named = [key for key in keys if key in document]
        if named and "skills" not in document and (len(named) > 1 or "concepts" not in document):
            held = ", ".join(named)
            fault = f"{name}: is {format_name} ({held}), which is not read: write skills and concepts as in seeds/"
            raise BadCourseFile([fault])
    if not {"skills", "concepts", "courses"} & document.keys():
        held = ", ".join(map(shown, list(document)[:10])) or "nothing"
        raise BadCourseFile([f"{name}: the file must hold 'skills' or 'concepts'; it holds {held}"])
    _check_keys("", document, ("skills", "concepts", "courses", "frameworks", *ABOUT_THE_FILE), course.faults)
    course.skills = _patches(Skill, "skills", ("code", SKILL_FIELDS), document, course)
    course.concepts = _patches(Concept, "concepts", ("id", CONCEPT_FIELDS), document, course)
    course.courses = _patches(Course, "courses", ("id", COURSE_FIELDS), document, course)
    course.documents = dict(_frameworks(document, course.faults))
    return course


def _frameworks(document: JsonObject, faults: list[str]) -> Iterator[tuple[str, str]]:
    """The texts of frameworks by the ids of their courses; each text must be a CASE package without errors."""
    for place, item in _items(document, "frameworks", faults):
        _check_keys(place, item, ("courseId", "text"), faults)
        key, text = item.get("courseId"), item.get("text")
        if not isinstance(key, str) or not isinstance(text, str):
            faults.append(f"{place}: must have the texts courseId and text")
            continue
        try:
            framework = parse_json(f"{place}.text", text.encode())
        except BadCourseFile as bad:
            faults += bad.faults
            continue
        package = None if body_of(framework) is None else read_package(framework)
        faults += [f"{place}.text: is no CASE package"] if package is None else package.faults
        yield key, text


def _patches(
    kind: type[T], name: str, fields: tuple[str, Mapping[str, _Field]], document: JsonObject, course: CourseFile
) -> list[Patch[T]]:
    """What the objects under a key of the document state; each is noted with its place."""
    patches: list[Patch[T]] = []
    key_name, of_kind = fields
    for place, item in _items(document, name, course.faults):
        if patch := _patch(kind, key_name, of_kind, place, item, course.faults):
            patches.append(patch)
        _place(name, item.get(key_name), place, course)
    return patches


def _place(kind: str, key: Any, place: str, course: CourseFile) -> None:  # noqa: ANN401
    """Note where a key stands, also that of a bad object, so that references to it are no further errors."""
    if not isinstance(key, str):
        return
    first = course.places.setdefault((kind, key), place)
    if first != place:
        course.faults.append(f"{place}: '{shown(key)}' occurs twice, first in {first}")


def _items(document: JsonObject, name: str, faults: list[str]) -> Iterator[tuple[str, JsonObject]]:
    items = document.get(name)
    if items is None:
        return
    if not isinstance(items, list):
        faults.append(f"{name}: must be a list (got {got(items)})")
        return
    for index, item in enumerate(items):
        if isinstance(item, JsonObject):
            yield f"{name}[{index}]", item
        else:
            faults.append(f"{name}[{index}]: must be an object (got {got(item)})")


def _patch(  # noqa: PLR0913, PLR0917 - what to read, and where
    kind: type[T], key_name: str, fields: Mapping[str, _Field], place: str, item: JsonObject, faults: list[str]
) -> Patch[T] | None:
    """What an object states; None if anything of it breaks a rule."""
    before = len(faults)
    _check_keys(place, item, (key_name, *fields), faults)
    key = "-"
    try:
        key = _text(item.get(key_name))
        Patch(kind, key)
    except InvalidInput as failure:
        faults.append(message_at(f"{place}.{key_name}", failure))
        key = "-"
    stated: dict[str, Any] = {}
    for name, (field, parse) in fields.items():
        if name not in item:
            continue
        if field in stated:
            other = next(each for each, spelling in fields.items() if spelling.name == field and each != name)
            faults.append(f"{place}.{name}: states the same as {other}: keep one of them")
        try:
            value = None if item[name] is None else parse(item[name])
            Patch(kind, key, {field: value})
        except InvalidInput as failure:
            index = failure.field if failure.field.startswith("[") else ""
            faults.append(message_at(f"{place}.{name}{index}", failure))
        else:
            stated[field] = value
    return None if len(faults) > before else Patch(kind, key, stated)


def _check_keys(place: str, item: JsonObject, known: tuple[str, ...], faults: list[str]) -> None:
    prefix = f"{place}." if place else ""
    for key in item:
        if key not in known:
            near = get_close_matches(key, known, 1, 0.7)
            hint = f" (did you mean {near[0]}?)" if near else f": use {', '.join(known)}"
            faults.append(f"{prefix}{shown(key)}: unknown key{hint}")
    faults += [f"{prefix}{shown(key)}: occurs twice" for key in item.twice]
