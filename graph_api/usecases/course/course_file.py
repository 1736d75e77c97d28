"""What a course file holds, and every error of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from graph_api.domain.course.course import Concept, Course, Skill
from graph_api.domain.failures import InvalidInput
from graph_api.domain.patch import Patch
from graph_api.domain.targets import TargetKind


@dataclass(slots=True)
class CourseFile:
    """What a file states. `places` is where each skill, concept and course stands, as a line or a path; for errors.

    `warnings` names what is not read. `documents` has the texts of frameworks by the ids of their courses. If
    `replaces` is not empty, links of the file's concepts are replaced only among these keys, and links to others stay.
    """

    skills: list[Patch[Skill]] = field(default_factory=list)
    concepts: list[Patch[Concept]] = field(default_factory=list)
    courses: list[Patch[Course]] = field(default_factory=list)
    places: dict[tuple[str, str], str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    documents: dict[str, str] = field(default_factory=dict)
    replaces: Mapping[TargetKind, frozenset[str]] = field(default_factory=dict)

    def keys(self, kind: str) -> set[str]:
        """The keys of the skills, concepts or courses that the file holds, bad ones included."""
        return {key for of_kind, key in self.places if of_kind == kind}

    def place(self, kind: str, key: str) -> str:
        """Where a skill, a concept or a course stands."""
        return self.places.get((kind, key), kind)


class BadCourseFile(Exception):
    """Every error of a file, one per line, each with its line or path. Nothing was written."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = list(faults)


class WrongType(InvalidInput):
    """A value is not of the type of its field; `value` is a JSON literal."""


def message_at(path: str, failure: InvalidInput) -> str:
    """The failure at a path of the file: path, rule, value."""
    value = failure.value if isinstance(failure, WrongType) else repr(failure.value)
    got = f" (got {value})" if failure.value else ""
    return f"{path}: {failure.rule}{got}"
