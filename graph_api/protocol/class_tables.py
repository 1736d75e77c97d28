"""The tables of a class view: the document that fills each, its parameters, and its rows.

A table shows what GraphQL returns for the same arguments, so access, order and rounding have one rule.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias

from graph_api.domain.failures import InvalidInput, shown
from graph_api.domain.learners.mastery import Status
from graph_api.protocol.csv_cells import percent

Cell: TypeAlias = str | float | None
Parser: TypeAlias = Callable[[str, str], Any]
"""The value of a parameter, from its name and text."""

NAMES = """query ClassTableNames($ids: [ID!]!) { nodes(ids: $ids) { nodeId ... on Target { name } } }"""
MEMBERS = """query ClassTableMembers($group: ID!, $after: String) {
  group(id: $group) { members(first: 500, after: $after) { pageInfo { endCursor hasNextPage } nodes { id name } } }
}"""
LEVELS = """query ClassTableLevels($group: ID!, $kind: TargetKind! = SKILL, $skillCode: ID, $skillCodes: [ID!],
  $courseId: ID, $allCourses: Boolean! = false, $asOf: DateTime) {
  group(id: $group) {
    heatmap(kind: $kind, skillCode: $skillCode, skillCodes: $skillCodes, courseId: $courseId, allCourses: $allCourses,
      asOf: $asOf) { kind studentIds targetIds levels attempts }
  }
}"""
ROSTER = """query ClassTableRoster($group: ID!, $kind: TargetKind! = SKILL, $orderBy: StudentOrder! = ID,
  $reverse: Boolean! = false, $search: String, $after: String) {
  group(id: $group) { id }
  students(groupId: $group, search: $search, orderBy: $orderBy, reverse: $reverse, first: 100, after: $after) {
    pageInfo { endCursor hasNextPage }
    nodes { id name lastPracticedAt attempts meanLevel(kind: $kind) statusCounts(kind: $kind) { status count } }
  }
}"""
WEAK = """query ClassTableWeak($group: ID!, $kind: TargetKind! = SKILL, $threshold: Float, $minAttempts: Int,
  $measure: WeakMeasure! = LEVEL, $orderBy: MasteryOrder, $after: String) {
  group(id: $group) {
    members(first: 50, after: $after) {
      pageInfo { endCursor hasNextPage }
      nodes { id name weakSkills(kind: $kind, threshold: $threshold, minAttempts: $minAttempts, measure: $measure,
        orderBy: $orderBy, first: 500) {
        kind target { id name } level status accuracy attempts weakRule { measure threshold minAttempts comparison } } }
    }
  }
}"""
DOCUMENTS = (NAMES, MEMBERS, LEVELS, ROSTER, WEAK)


class Numbers(StrEnum):
    """How levels are written: as GraphQL returns them, or as whole percentages, rounded down."""

    LEVEL = "LEVEL"
    PERCENT = "PERCENT"

    def write(self, level: float | None) -> float | None:
        """A level as a cell."""
        return percent(level) if self is Numbers.PERCENT else level


@dataclass(frozen=True, slots=True)
class Choices:
    """What a table shows beside the arguments of its document."""

    numbers: Numbers = Numbers.LEVEL
    shows_attempts: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its document, its parameters by name, and the ones that may be repeated."""

    document: str
    parameters: Mapping[str, Parser]
    repeated: frozenset[str] = frozenset()


def as_text(_name: str, value: str) -> str:
    """A text; GraphQL checks values of enums and times."""
    return value


def as_flag(name: str, value: str) -> bool:
    """True or false.

    Raises:
        InvalidInput: it is neither.
    """
    if value not in {"true", "false"}:
        raise InvalidInput(name, "must be true or false", shown(value))
    return value == "true"


def as_float(name: str, value: str) -> float:
    """A number.

    Raises:
        InvalidInput: it is no number.
    """
    try:
        return float(value)
    except ValueError:
        raise InvalidInput(name, "must be a number", shown(value)) from None


def as_int(name: str, value: str) -> int:
    """A whole number.

    Raises:
        InvalidInput: it is no whole number.
    """
    try:
        return int(value)
    except ValueError:
        raise InvalidInput(name, "must be a whole number", shown(value)) from None


def as_numbers(name: str, value: str) -> Numbers:
    """How levels are written.

    Raises:
        InvalidInput: it is no such way.
    """
    if value not in list(Numbers):
        raise InvalidInput(name, f"must be one of {', '.join(Numbers)}", shown(value))
    return Numbers(value)


_SCOPE: Mapping[str, Parser] = {
    "kind": as_text, "skillCode": as_text, "skillCodes": as_text, "courseId": as_text, "allCourses": as_flag,
    "asOf": as_text,
}  # fmt: skip
_LIST: Mapping[str, Parser] = {"kind": as_text, "orderBy": as_text}
TABLES: Mapping[str, Table] = {
    "levels": Table(LEVELS, {**_SCOPE, "numbers": as_numbers, "attempts": as_flag}, frozenset({"skillCodes"})),
    "roster": Table(ROSTER, {**_LIST, "reverse": as_flag, "search": as_text, "numbers": as_numbers}),
    "weak": Table(
        WEAK, {**_LIST, "threshold": as_float, "minAttempts": as_int, "measure": as_text, "numbers": as_numbers}
    ),
}
"""The tables by the name in their address."""


def parse_parameters(table: Table, sent: Sequence[tuple[str, str]]) -> tuple[dict[str, Any], Choices]:
    """The variables of the document, and what else the caller chose.

    Raises:
        InvalidInput: naming the parameter, the rule and the value.
    """
    variables: dict[str, Any] = {}
    for name, value in sent:
        if name not in table.parameters:
            rule = f"is no parameter of this table; the parameters are {', '.join(table.parameters)}"
            raise InvalidInput(shown(name), rule)
        parsed = table.parameters[name](name, value)
        if name in table.repeated:
            variables.setdefault(name, []).append(parsed)
        elif name in variables:
            raise InvalidInput(name, "must be given once", shown(value))
        else:
            variables[name] = parsed
    choices = Choices(variables.pop("numbers", Numbers.LEVEL), variables.pop("attempts", False))
    return variables, choices


def level_rows(
    heatmap: Mapping[str, Any], names: Mapping[str, str] | None, titles: Mapping[str, str], choices: Choices
) -> Iterator[list[Cell]]:
    """The heat map: a row for each student in order of id, a column for each target.

    Args:
        heatmap: as GraphQL returns it.
        names: of students by id; None if the caller sees no names.
        titles: names of targets by id.
        choices: whether cells are levels or numbers of answers, and how levels are written.
    """
    targets = heatmap["targetIds"]
    number = Counter(titles.get(key, key) for key in targets)
    named = (titles.get(key, key) for key in targets)
    heads = [title if number[title] == 1 else f"{title} ({key})" for key, title in zip(targets, named, strict=True)]
    yield ["studentId", *([] if names is None else ["name"]), *heads]
    write = (lambda cell: cell) if choices.shows_attempts else choices.numbers.write
    cells = heatmap["attempts" if choices.shows_attempts else "levels"]
    for key, row in zip(heatmap["studentIds"], cells, strict=True):
        yield [key, *([] if names is None else [names.get(key, "")]), *map(write, row)]


def roster_rows(students: Sequence[Mapping[str, Any]], choices: Choices) -> Iterator[list[Cell]]:
    """The roster: a row for each student, with the number of targets of each status."""
    statuses = [status.value for status in Status]
    yield ["studentId", "name", "lastPracticedAt", "attempts", "meanLevel", *statuses]
    for each in students:
        counts = {row["status"]: row["count"] for row in each["statusCounts"]}
        own = [each["id"], each["name"], each["lastPracticedAt"], each["attempts"]]
        yield [*own, choices.numbers.write(each["meanLevel"]), *(counts.get(status, 0) for status in statuses)]


def weak_rows(members: Sequence[Mapping[str, Any]], choices: Choices) -> Iterator[list[Cell]]:
    """The weak list: a row for each student and weak target, students in order of name, targets as GraphQL has them."""
    yield [
        "studentId", "name", "kind", "targetId", "target", "level", "status", "accuracy", "attempts", "measure",
        "threshold", "minAttempts", "comparison",
    ]  # fmt: skip
    write = choices.numbers.write
    for each in members:
        for weak in each["weakSkills"]:
            rule = weak["weakRule"]
            target = weak["target"] or {"id": None, "name": None}
            yield [
                each["id"], each["name"], weak["kind"], target["id"], target["name"], write(weak["level"]),
                weak["status"], write(weak["accuracy"]), weak["attempts"], rule["measure"], write(rule["threshold"]),
                rule["minAttempts"], rule["comparison"],
            ]  # fmt: skip
