"""Course files: skills, concepts and links as JSON, or links as CSV. All faults of a file are found at once (G2)."""

import csv
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from graph_api.domain.concept_graph import find_cycle
from graph_api.domain.course import CefrLevel, Concept, Skill
from graph_api.domain.failures import InvalidInput


@dataclass(slots=True)
class CourseFile:
    """What a file holds. `places` says where each concept stands, for faults: a line or a key."""

    skills: list[Skill] = field(default_factory=list)
    concepts: list[Concept] = field(default_factory=list)
    places: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


class BadCourseFile(Exception):
    """Every fault of a file, one a line, each with its line or key. Nothing was written."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = list(faults)


def read_course_file(path: Path) -> CourseFile:
    """Read a course file by its ending, and check it for itself; `check` looks at what is stored as well.

    JSON is the format of `seeds/`. CSV has a header with `prerequisite`, `concept` and, if wanted, `skill`: a row links
    two concepts and makes both, the second one part of the skill; an empty prerequisite makes the concept alone.

    Raises:
        BadCourseFile: the file cannot be read at all.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        return _from_csv(text) if path.suffix == ".csv" else _from_json(json.loads(text))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise BadCourseFile([f"{path.name}: {error}"]) from error


def check(course: CourseFile, known_skills: Iterable[str], known: Mapping[str, Iterable[str]]) -> None:
    """Check the file against itself and what is stored: skill codes, and concepts with their prerequisites.

    Raises:
        BadCourseFile: listing every dangling reference, self-loop, double id and a cycle, each with its place.
    """
    faults = [*course.faults]
    faults += [
        f"{course.places[key]}: '{key}' is there twice"
        for key, n in Counter(c.id for c in course.concepts).items()
        if n > 1
    ]
    faults += [
        f"skills: '{code}' is there twice" for code, n in Counter(s.code for s in course.skills).items() if n > 1
    ]
    skills = {skill.code for skill in course.skills} | set(known_skills)
    concepts = {concept.id for concept in course.concepts} | known.keys()
    for concept in course.concepts:
        place = course.places[concept.id]
        faults += [f"{place}: no such skill '{code}'" for code in concept.skill_codes or () if code not in skills]
        faults += [
            f"{place}: no such prerequisite '{key}'" for key in concept.prerequisite_ids or () if key not in concepts
        ]
        if concept.id in (concept.prerequisite_ids or ()):
            faults.append(f"{place}: '{concept.id}' is its own prerequisite")
    graph = {key: set(needed) for key, needed in known.items()}
    for concept in course.concepts:
        graph[concept.id] = set(concept.prerequisite_ids or ()) - {concept.id}
    if cycle := find_cycle(graph):
        faults.append(f"{course.places.get(cycle[0], 'stored')}: the links close a cycle: {' → '.join(cycle)}")
    if faults:
        raise BadCourseFile(faults)


def _from_json(document: Any) -> CourseFile:  # noqa: ANN401 - whatever the file holds
    course = CourseFile()
    if not isinstance(document, dict):
        course.faults.append("the file must hold an object with 'skills' and 'concepts'")
        return course
    for place, item in _items(document, "skills", course.faults):
        with _faults_at(place, course.faults):
            level = item.get("level")
            course.skills.append(
                Skill(
                    code=_text(item, "code"),
                    name=_text(item, "name"),
                    category=_text(item, "category"),
                    level=CefrLevel(level) if level else None,
                    description=item.get("description", ""),
                    block=item.get("block"),
                    year=item.get("year"),
                )
            )
    for place, item in _items(document, "concepts", course.faults):
        with _faults_at(place, course.faults):
            concept = Concept(
                id=_text(item, "id"),
                name=_text(item, "name"),
                skill_codes=_texts(item, "skills"),
                prerequisite_ids=_texts(item, "prerequisites"),
            )
            course.concepts.append(concept)
            course.places[concept.id] = place
    return course


def _from_csv(text: str) -> CourseFile:
    course = CourseFile()
    rows = csv.DictReader(text.splitlines())
    if not {"prerequisite", "concept"} <= set(rows.fieldnames or ()):
        course.faults.append("line 1: the header must name the columns prerequisite and concept")
        return course
    prerequisites: dict[str, list[str]] = {}
    skills: dict[str, list[str]] = {}
    for row in rows:
        place = f"line {rows.line_num}"
        with _faults_at(place, course.faults):
            needed, key, skill = ((row.get(name) or "").strip() for name in ("prerequisite", "concept", "skill"))
            if not key:
                raise InvalidInput("concept", "must not be empty")
            for each in filter(None, (needed, key)):
                course.places.setdefault(each, place)
                prerequisites.setdefault(each, [])
            if needed:
                prerequisites[key].append(needed)
                if needed == key:
                    course.places[key] = place
            if skill:
                skills.setdefault(key, []).append(skill)
    for key, needed_ones in prerequisites.items():
        with _faults_at(course.places[key], course.faults):
            course.concepts.append(Concept(key, key, skills.get(key), needed_ones))
    codes = sorted({code for of_concept in skills.values() for code in of_concept})
    for code in codes:
        with _faults_at("column skill", course.faults):
            course.skills.append(Skill(code, code, "imported"))
    return course


def _items(document: dict[str, Any], name: str, faults: list[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    items = document.get(name, [])
    if not isinstance(items, list):
        faults.append(f"{name}: must be a list")
        return
    for index, item in enumerate(items):
        if isinstance(item, dict):
            yield f"{name}[{index}]", item
        else:
            faults.append(f"{name}[{index}]: must be an object")


def _text(item: dict[str, Any], name: str) -> str:
    value = item.get(name)
    if not isinstance(value, str):
        raise InvalidInput(name, "must be a text", "" if value is None else repr(value))
    return value


def _texts(item: dict[str, Any], name: str) -> list[str]:
    value = item.get(name, [])
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise InvalidInput(name, "must be a list of texts", repr(value))
    return value


class _faults_at:  # noqa: N801 - reads as a statement
    """Note an expected failure under a place instead of raising it."""

    def __init__(self, place: str, faults: list[str]) -> None:
        self._place, self._faults = place, faults

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> bool:
        if isinstance(error, InvalidInput | ValueError | TypeError):
            self._faults.append(f"{self._place}: {error}")
            return True
        return False
