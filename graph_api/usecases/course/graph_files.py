"""Course files: skills, concepts and links as JSON or a CASE package, or links as CSV.

All errors of a file are found at once (G2).

A file states what it holds and nothing else: what is absent stays as it is stored (G9, `graph_api.domain.patch`). A
list in JSON replaces the stored links of its concept; links in CSV are added.
"""

import gzip
import json
import zlib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import NamedTuple, TypeVar

from graph_api.domain.course.concept_graph import find_cycle
from graph_api.domain.course.course import Concept, Course, Skill
from graph_api.domain.failures import InvalidInput, shown
from graph_api.domain.patch import Patch, Patchable
from graph_api.usecases.course.case_course import patched_links, read_case
from graph_api.usecases.course.case_package import body_of
from graph_api.usecases.course.course_csv import read_csv
from graph_api.usecases.course.course_file import BadCourseFile, CourseFile, message_at
from graph_api.usecases.course.course_json import read_json
from graph_api.usecases.course.json_document import parse_json

__all__ = ["BadCourseFile", "Stored", "check", "read_course_file"]

T = TypeVar("T", bound=Patchable)

START = 4_096
"""Bytes that distinguish JSON from CSV."""


class Stored(NamedTuple):
    """What is stored of what a file names: skills, concepts and courses, and the prerequisites of all concepts."""

    skills: Mapping[str, Skill]
    concepts: Mapping[str, Concept]
    prerequisites: Mapping[str, Collection[str]]
    courses: Mapping[str, Course] = {}


def read_course_file(
    path: Path,
    known_concepts: Collection[str] = frozenset(),
    known_skills: Collection[str] = frozenset(),
    skill_types: Collection[str] = frozenset(),
) -> CourseFile:
    """Read a course file, plain or gzipped. JSON and CSV are distinguished by content, not by name.

    JSON is the format of `seeds/` or a CASE package, CSV has a header with `prerequisite` and `concept`. The known ids
    and codes are those that a cell of a CSV file may hold whole, although they look like a list, and that items of a
    package stay. Items of a package with one of the types are skills. `check` compares with what is stored.

    Raises:
        BadCourseFile: the file cannot be read at all.
    """
    try:
        with path.open("rb") as file:
            content = file.read()
        if content.startswith(b"\x1f\x8b"):
            content = gzip.decompress(content)
    except OSError as error:
        raise BadCourseFile([f"{path.name}: {error.strerror or error}"]) from error
    except (EOFError, zlib.error) as error:
        raise BadCourseFile([f"{path.name}: the compressed file is cut short or damaged: download it again"]) from error
    start = content[:START].translate(None, b"\0\xef\xbb\xbf\xfe\xff").lstrip()
    if not start:
        raise BadCourseFile([f"{path.name}: the file is empty"])
    if start.startswith((b"{", b"[")):
        document = parse_json(path.name, content)
        if body_of(document) is None:
            return read_json(path.name, document)
        text = content.decode(json.detect_encoding(content))
        return read_case(text, document, known_concepts, known_skills, skill_types)
    return read_csv(path, known_concepts, known_skills)


def check(course: CourseFile, stored: Stored) -> tuple[list[Skill], list[Concept], list[Course]]:
    """The skills, concepts and courses to write: what the file states, merged with what is stored.

    Links that the file does not touch are None, which leaves them.

    Raises:
        BadCourseFile: listing every dangling reference, self-loop, id that is given twice and a cycle, each with its
            place.
    """
    faults = [*course.faults]
    skills = [merged for patch in course.skills if (merged := _apply(course, "skills", patch, stored.skills, faults))]
    concepts: list[Concept] = []
    known_skills = course.keys("skills") | stored.skills.keys()
    known_concepts = course.keys("concepts") | stored.concepts.keys() | stored.prerequisites.keys()
    graph = {key: set(needed) for key, needed in stored.prerequisites.items()}
    for patch in course.concepts:
        place = course.place("concepts", patch.key)
        codes, needed = (
            (*patch.stated.get(name, ()), *patch.added.get(name, ())) for name in ("skill_codes", "prerequisite_ids")
        )
        faults += [f"{place}: no such skill '{shown(code)}'" for code in codes if code not in known_skills]
        faults += [f"{place}: no such prerequisite '{shown(key)}'" for key in needed if key not in known_concepts]
        if patch.key in needed:
            faults.append(f"{place}: '{shown(patch.key)}' is its own prerequisite")
        whole = patched_links(patch, stored.concepts.get(patch.key), course)
        if concept := _apply(course, "concepts", whole, stored.concepts, faults):
            concepts.append(concept)
            graph[concept.id] = set(concept.prerequisite_ids or ()) - {concept.id}
    courses: list[Course] = []
    for stated in course.courses:
        place = course.place("courses", stated.key)
        codes = (*stated.stated.get("skill_codes", ()), *stated.added.get("skill_codes", ()))
        faults += [f"{place}: no such skill '{shown(code)}'" for code in codes if code not in known_skills]
        if applied := _apply(course, "courses", stated, stored.courses, faults):
            courses.append(applied)
    if cycle := find_cycle(graph):
        at = next(filter(None, (course.places.get(("concepts", key)) for key in cycle)), "stored")
        faults.append(f"{at}: the links close a cycle: {' → '.join(map(shown, cycle))}")
    if faults:
        raise BadCourseFile(faults)
    return skills, concepts, courses


def _apply(course: CourseFile, kind: str, patch: Patch[T], stored: Mapping[str, T], faults: list[str]) -> T | None:
    try:
        return patch.apply(stored.get(patch.key))
    except InvalidInput as failure:
        faults.append(message_at(f"{course.place(kind, patch.key)}.{failure.field}", failure))
    return None
