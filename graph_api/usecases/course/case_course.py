"""The course of a CASE package: its items as skills and concepts with their source, its links, and what is reported.

A framework may refer to others, so an end of an association that is no item of the package is reported and kept. A
cycle of prerequisites, or of parents, is an error.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from graph_api.domain.course.concept_graph import find_cycles
from graph_api.domain.course.course import Concept, Course, Skill
from graph_api.domain.failures import InvalidInput, shown
from graph_api.domain.patch import Patch
from graph_api.domain.targets import TargetKind
from graph_api.domain.text import CODE_LENGTH, DESCRIPTION_LENGTH, NAME_LENGTH
from graph_api.usecases.course.case_meaning import (
    Meaning,
    choose_kinds,
    clipped,
    course_id_of,
    description_of,
    key_of,
    meaning_of,
    name_of,
    one_line,
    source_of,
)
from graph_api.usecases.course.case_package import (
    EXEMPLAR,
    EXTENSION,
    IS_CHILD_OF,
    PRECEDES,
    TYPES,
    CasePackage,
    Item,
    Link,
    read_package,
)
from graph_api.usecases.course.course_file import BadCourseFile, CourseFile, message_at
from graph_api.usecases.course.json_document import parse_json

CATEGORY = "standard"
"""The category of a skill whose item has no type."""
TEXT_LENGTH = 10_000_000
"""Characters of a package, which is stored as one text."""
KEYS = {
    "id": "identifier", "code": "identifier", "name": "fullStatement", "description": "fullStatement",
    "category": "CFItemType", "source.uri": "uri", "source.code": "humanCodingScheme", "source.licence": "licenseURI",
    "source.courseId": "identifier", "source.framework": "title",
}  # fmt: skip
"""Keys of CASE by the fields that they fill, for errors."""


def read_case(
    text: str,
    document: object,
    known_concepts: Collection[str],
    known_skills: Collection[str],
    skill_types: Collection[str] = (),
) -> CourseFile:
    """The course of a CASE package; its text is to be stored with the course.

    Raises:
        BadCourseFile: listing every error with its path; cycles name the items on them.
    """
    package = read_package(document)
    if len(text) > TEXT_LENGTH:
        package.faults.append(f"the file must have at most {TEXT_LENGTH:,} characters, has {len(text):,}")
    meaning = meaning_of(package, choose_kinds(package, known_concepts, known_skills, skill_types))
    course = CourseFile(faults=[*package.faults, *_cycles(package)])
    _add_items(course, package, meaning)
    if course.faults:
        raise BadCourseFile(course.faults)
    course.documents = {course_id_of(package): text}
    course.replaces = {kind: frozenset(meaning.keys_of(kind)) for kind in TargetKind}
    course.warnings = [*_dangling(package), *_kept(package, meaning), *_other_kinds(package, meaning, skill_types)]
    return course


def left_out(stored_text: str, course: CourseFile) -> Iterator[str]:
    """A warning for each item of the stored version of a framework that a file no longer holds."""
    for item in read_package(parse_json("stored", stored_text.encode())).items.values():
        if not any(key_of(item) in keys for keys in course.replaces.values()):
            yield f"{item.label}: is no longer in the framework; the stored one stays: archive or delete it"


def _add_items(course: CourseFile, package: CasePackage, meaning: Meaning) -> None:
    parts, needs = _by_first(meaning, meaning.part_of), _by_second(meaning, meaning.precedes)
    for identifier, item in package.items.items():
        kind, key = meaning.kinds[identifier], meaning.keys[identifier]
        kinds = "skills" if kind is TargetKind.SKILL else "concepts"
        first = course.places.setdefault((kinds, key), item.place)
        if first != item.place:
            course.faults.append(f"{item.place}: '{shown(key)}' occurs twice, first in {first}")
        try:
            # an export notes the keys of what was made here, which has no source
            stated: dict[str, Any] = {"name": name_of(item, kind)}
            stated |= {} if "key" in item.extension else {"source": source_of(package, item)}
            if kind is TargetKind.SKILL:
                stated |= {"description": description_of(item)}
                category = item.extension.get("category") or item.item_type or CATEGORY
                on_create = {"category": clipped(one_line(category), CODE_LENGTH)}
                course.skills.append(_checked(Patch(Skill, key, stated, on_create=on_create)))
            else:
                stated |= {"skill_codes": parts.get(key, ()), "prerequisite_ids": needs.get(key, ())}
                course.concepts.append(Patch(Concept, key, stated))
        except InvalidInput as failure:
            course.faults.append(message_at(f"{item.place}.{_case_key(failure, item)}", failure))
    _add_course(course, package, sorted(meaning.keys_of(TargetKind.SKILL)))


def _case_key(failure: InvalidInput, item: Item) -> str:
    if "key" in item.extension and failure.field in {"id", "code"}:
        return f"extensions.{EXTENSION}.key"
    if failure.field == "name" and item.abbreviation:
        return "abbreviatedStatement"
    return KEYS.get(failure.field, failure.field)


def _checked(patch: Patch[Skill]) -> Patch[Skill]:
    """The patch, whose values for a new skill are valid, too."""
    Patch(patch.kind, patch.key, patch.on_create)
    return patch


def _add_course(course: CourseFile, package: CasePackage, codes: Sequence[str]) -> None:
    key, title = course_id_of(package), clipped(one_line(package.title), NAME_LENGTH)
    stated = {"name": title}
    if package.description is not None:
        stated["description"] = clipped(one_line(package.description), DESCRIPTION_LENGTH)
    course.places["courses", key] = "CFDocument"
    try:
        course.courses.append(Patch(Course, key, stated, added={"skill_codes": codes}))
    except InvalidInput as failure:
        key = {"name": "title", "skillCodes": "identifier"}.get(failure.field, KEYS.get(failure.field, failure.field))
        course.faults.append(message_at(f"CFDocument.{key}", failure))


def _by_first(meaning: Meaning, pairs: Collection[tuple[str, str]]) -> dict[str, list[str]]:
    """The keys of the second items of some pairs, in order, by the key of the first."""
    grouped: dict[str, list[str]] = {}
    for first, second in pairs:
        grouped.setdefault(meaning.keys[first], []).append(meaning.keys[second])
    return {key: sorted(others) for key, others in grouped.items()}


def _by_second(meaning: Meaning, pairs: Collection[tuple[str, str]]) -> dict[str, list[str]]:
    return _by_first(meaning, [(second, first) for first, second in pairs])


def _cycles(package: CasePackage) -> Iterator[str]:
    """Every cycle of the items that precede each other, and of those that are children of each other."""
    for kind in (PRECEDES, IS_CHILD_OF):
        before: dict[str, set[str]] = {}
        for link in package.links:
            if link.type == kind and link.origin in package.items and link.destination in package.items:
                # a cycle is reported along the links: from origin to destination
                before.setdefault(link.destination, set()).add(link.origin)
        for cycle in find_cycles(before):
            labels = " → ".join(package.items[key].label for key in cycle)
            yield f"{package.items[cycle[0]].place}: the {kind} links close a cycle: {labels}"


def _dangling(package: CasePackage) -> Iterator[str]:
    """Every end of an association that is no item of the package."""
    known = package.items.keys() | {package.identifier}
    for link in package.links:
        ends = {"origin": link.origin} | ({} if link.type == EXEMPLAR else {"destination": link.destination})
        for name, end in ends.items():
            if end not in known:
                yield f"{link.place}: {_label(package, link)}: the {name} is no item of the file; the link is kept"


def _label(package: CasePackage, link: Link) -> str:
    ends = (package.items[end].label if end in package.items else shown(end) for end in (link.origin, link.destination))
    return f"{link.type}: {' → '.join(ends)}"


def _kept(package: CasePackage, meaning: Meaning) -> Iterator[str]:
    """How many associations of each type the graph does not hold; the stored text does."""
    used = {place for pairs in (meaning.part_of, meaning.precedes) for places in pairs.values() for place in places}
    counts = Counter(link.type for place, link in enumerate(package.links) if place not in used)
    if counts:
        listed = ", ".join(f"{kind} {count:,}" for kind, count in sorted(counts.items()))
        yield f"CFAssociations: kept with the framework, and no links of the graph: {listed}"
    for kind in sorted(kind for kind in counts if kind not in TYPES and not kind.startswith("ext:")):
        yield f"CFAssociations: {shown(kind)} is no type of CASE 1.1; its links are kept"


def _other_kinds(package: CasePackage, meaning: Meaning, skill_types: Collection[str]) -> Iterator[str]:
    """Items that stay what they are stored as, although the rule for new items differs."""
    new = choose_kinds(package, (), (), skill_types)
    for identifier, kind in new.items():
        if meaning.kinds[identifier] is not kind:
            stored = meaning.kinds[identifier].value.lower()
            yield f"{package.items[identifier].place}: {package.items[identifier].label}: stays a {stored}"


def patched_links(patch: Patch[Concept], stored: Concept | None, course: CourseFile) -> Patch[Concept]:
    """The patch of a concept that keeps stored links to skills and concepts which are not of the file."""
    if stored is None or not course.replaces:
        return patch
    fields = {"skill_codes": TargetKind.SKILL, "prerequisite_ids": TargetKind.CONCEPT}
    stated = dict(patch.stated)
    for name, kind in fields.items():
        others = [key for key in getattr(stored, name) or () if key not in course.replaces[kind]]
        stated[name] = tuple(sorted({*stated[name], *others}))
    return Patch(patch.kind, patch.key, stated)
