"""Course files in CSV: a row links concepts to prerequisites and skills, and removes nothing."""

import ast
import json
from collections.abc import Collection, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path

from graph_api.domain.course.course import Concept, Course, Skill
from graph_api.domain.failures import InvalidInput, shown
from graph_api.domain.patch import Patch
from graph_api.usecases.course.course_file import BadCourseFile, CourseFile, message_at
from graph_api.usecases.csv_rows import BadFile, CsvFile, CsvRow, open_csv

COLUMNS: Mapping[str, Sequence[str]] = {
    "prerequisite": ("prerequisite", "prerequisites", "prerequisite_id", "prerequisite_ids", "prerequisiteIds"),
    "concept": ("concept", "concept_id", "conceptId"),
    "skill": ("skill", "skills", "skill_code", "skill_codes", "skillCode", "skillCodes"),
    "course": ("course", "courses", "course_id", "course_ids", "courseId", "courseIds"),
}
"""What a column may be called."""
CELLS = {"prerequisiteIds": "prerequisite", "skillCodes": "skill"}
"""Columns by the fields that they fill."""
FOREIGN: Mapping[str, Sequence[str]] = {"a Canvas outcomes file": ("vendor_guid", "object_type")}
"""Formats that are recognised but not read, by columns that they have."""
SEPARATORS = ("~~", ";", "|", ",")
NOTHING = frozenset({"nan", "none", "null", "{}", "[]"})
"""Cells that other programs write for no value."""


def read_csv(path: Path, known_concepts: Collection[str], known_skills: Collection[str]) -> CourseFile:
    """The course of a CSV file.

    A row makes its concept, and its prerequisites, skills and courses, where they do not exist yet. The skills of a row
    are in its courses. A cell of prerequisites, skills or courses may hold a list: `a,b`, `a;b`, `a|b`, `a~~b` or a
    JSON list. An empty one states nothing.

    Raises:
        BadCourseFile: the header cannot be read.
    """
    course = CourseFile()
    prerequisites: dict[str, list[str]] = {}
    skills: dict[str, list[str]] = {}
    courses: dict[str, list[str]] = {}
    try:
        with open_csv(path, columns=("prerequisite", "concept")) as file:
            places = _places_of_columns(file, course)
            rows = list(_rows(file, places, course))
    except BadFile as failure:
        raise BadCourseFile([*course.faults, failure.message]) from failure
    whole = {cells["concept"] for _, cells in rows} | set(known_concepts)
    for line, cells in rows:
        key = cells["concept"]
        if not key:
            course.faults.append(f"{line}: concept: must not be empty")
            continue
        needed = _listed(cells.get("prerequisite", ""), whole)
        for each in (key, *needed):
            course.places.setdefault(("concepts", each), line)
            prerequisites.setdefault(each, [])
        if key in needed:
            course.places["concepts", key] = line
        prerequisites[key] += needed
        codes = _listed(cells.get("skill", ""), known_skills)
        for code in codes:
            course.places.setdefault(("skills", code), line)
            skills.setdefault(key, []).append(code)
        for each in _listed(cells.get("course", ""), ()):
            course.places.setdefault(("courses", each), line)
            courses.setdefault(each, []).extend(codes)
    _add_concepts(course, prerequisites, skills)
    _add_courses(course, courses)
    course.faults = sorted(dict.fromkeys(course.faults), key=_line)
    return course


def _add_concepts(
    course: CourseFile, prerequisites: Mapping[str, Sequence[str]], skills: Mapping[str, Sequence[str]]
) -> None:
    for key, needed in prerequisites.items():
        links = {"prerequisite_ids": needed, "skill_codes": skills.get(key, [])}
        added = {name: tuple(dict.fromkeys(each)) for name, each in links.items() if each}
        try:
            course.concepts.append(Patch(Concept, key, added=added, on_create={"name": key}))
        except InvalidInput as failure:
            column = "concept" if failure.field == "id" else CELLS.get(failure.field, failure.field)
            course.faults.append(message_at(f"{course.place('concepts', key)}: {column}", failure))
    for code in sorted({code for of_concept in skills.values() for code in of_concept}):
        try:
            course.skills.append(Patch(Skill, code, on_create={"name": code, "category": "imported"}))
        except InvalidInput as failure:
            course.faults.append(message_at(f"{course.place('skills', code)}: skill", failure))


def _add_courses(course: CourseFile, skills: Mapping[str, Sequence[str]]) -> None:
    for key, codes in skills.items():
        try:
            added = {"skill_codes": tuple(dict.fromkeys(codes))}
            course.courses.append(Patch(Course, key, added=added, on_create={"name": key}))
        except InvalidInput as failure:
            course.faults.append(message_at(f"{course.place('courses', key)}: course", failure))


def _places_of_columns(file: CsvFile, course: CourseFile) -> dict[str, int]:
    """The position of each column that is read.

    Raises:
        BadCourseFile: a column is missing or repeated.
    """
    for name, columns in FOREIGN.items():
        if set(columns) <= set(file.header):
            rule = f"is {name} ({', '.join(columns)}), which is not read: write prerequisite, concept and skill"
            raise BadCourseFile([f"line 1: {rule}"])
    places: dict[str, int] = {}
    faults: list[str] = []
    for meaning, names in COLUMNS.items():
        matches = [place for name in names for place in file.positions(name)]
        if len(matches) > 1:
            held = " and ".join(repr(file.header[place]) for place in sorted(matches))
            faults.append(f"line 1: the column '{meaning}' must occur once; the header holds {held}")
        elif matches:
            places[meaning] = matches[0]
    missing = [meaning for meaning in ("prerequisite", "concept") if not any(map(file.positions, COLUMNS[meaning]))]
    if missing:
        held = ", ".join(shown(name) for name in file.header[:10])
        faults.append(f"line 1: the header must name the columns prerequisite and concept; it holds {held}")
    if faults:
        raise BadCourseFile(faults)
    for place, name in enumerate(file.header):
        if place not in places.values():
            near = get_close_matches(name, [each for names in COLUMNS.values() for each in names], 1, 0.8)
            hint = f" (did you mean {near[0]}?)" if near else ""
            course.warnings.append(f"line 1: the column {shown(name)!r} is not read{hint}")
    return places


def _rows(file: CsvFile, places: Mapping[str, int], course: CourseFile) -> "list[tuple[str, dict[str, str]]]":
    rows = []
    for row in file:
        if row.problem is not None:
            course.faults.append(_problem(row, row.problem))
        else:
            cells = {meaning: row.cells[place].strip() for meaning, place in places.items()}
            rows.append((f"line {row.line}", cells))
    return rows


def _problem(row: CsvRow, problem: InvalidInput) -> str:
    got = f" (got {problem.value!r})" if problem.value else ""
    return f"line {row.line}: {problem.rule}{got}"


def _line(fault: str) -> int:
    return int(fault.removeprefix("line ").partition(":")[0])


def _listed(cell: str, whole: Collection[str]) -> list[str]:
    """The ids in a cell. A cell that is itself an id, although it holds a separator, is that id.

    >>> _listed("jj_mul, jj_add", ())
    ['jj_mul', 'jj_add']
    >>> _listed("Keys, values", {"Keys, values"})
    ['Keys, values']
    >>> _listed('["a", "b"]', ())
    ['a', 'b']
    """
    if cell in whole:
        return [cell]
    if cell.startswith("[") and cell.endswith("]"):
        for read in (json.loads, ast.literal_eval):
            try:
                values = read(cell)
            except (ValueError, SyntaxError, RecursionError):
                continue
            if isinstance(values, list) and all(isinstance(each, str) for each in values):
                return [each.strip() for each in values if each.strip()]
    for separator in SEPARATORS:
        if separator in cell:
            parts = [part.strip() for part in cell.split(separator)]
            return [part for part in parts if part and part.casefold() not in NOTHING]
    return [] if not cell or cell.casefold() in NOTHING else [cell]
