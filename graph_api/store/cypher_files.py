"""Cypher files: one statement each, whose header of `//` lines is a contract checked when the service starts.

The path below `cypher/`, without its ending, is the statement's name. A header looks like this:

    // Students by id, for loaders.
    // params: ids
    // mode: read
    // returns: many
    // columns: id, name
    // about: named students $ids

`about:` says whose data it touches, and how `graph_api.store.viewers` holds it to what somebody may see:

    nobody                        nobody's: the course, parameters
    students $ids                 of the students that a parameter names
    students                      its rows are of students, who stand in the column student_id
    groups $ids                   of the groups that a parameter names
    groups seen by $viewer        of those that its own WHERE leaves, which the transaction tells who looks
    everybody                     of anybody: not for those who may not see everybody

`named` in front of it: it tells who they are, elsewhere than in the column student_id. A statement that touches nothing
of people needs no such line.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, LiteralString, NamedTuple, cast, get_args

Mode = Literal["read", "write"]
Returns = Literal["many", "one", "optional", "value", "nothing"]

FIELDS = ("params", "mode", "returns", "columns", "about")
OPTIONAL = "about"
ABOUT = re.compile(
    r"(?P<named>named )?(?P<whose>students|groups|everybody|nobody)(?P<seen> seen by)?(?: \$(?P<param>\w+))?"
)
OF_PEOPLE = re.compile(r":(Student|Group|Session|Teacher|Run)\b|\b(ANSWERED|HAS_MASTERY|SAMPLED|MEMBER_OF|TEACHES)\b")
OF_STUDENTS = re.compile(r":Student\b|\b(ANSWERED|HAS_MASTERY|SAMPLED|MEMBER_OF)\b")
VIEWER = "viewer"
"""The parameter that the transaction fills in: the id of who looks, null for those who see everybody."""
WRITE_CLAUSE = re.compile(r"\b(CREATE|MERGE|SET|DELETE|REMOVE|DROP|FOREACH|LOAD)\b", re.IGNORECASE)
PARAMETER = re.compile(r"\$(\w+)")
ALIAS = re.compile(r"\bAS\s+(\w+)\s*(?:,|$|\bORDER\b|\bLIMIT\b)", re.IGNORECASE)
QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|`[^`]*`")


class CypherFilesError(Exception):
    """Every fault of every file, one a line, each with file and line."""


class About(NamedTuple):
    """Whose data a statement touches; `param` names the parameter that says so."""

    whose: Literal["students", "groups", "everybody", "nobody"] = "nobody"
    param: str | None = None
    named: bool = False


@dataclass(frozen=True, slots=True)
class Statement:
    """One Cypher statement and its contract."""

    name: str
    summary: str
    params: frozenset[str]
    mode: Mode
    returns: Returns
    columns: Sequence[str]
    about: About
    text: LiteralString

    @property
    def is_about_students(self) -> bool:
        """Whether it reads students, rather than groups' names, runs or the audit log alone."""
        return OF_STUDENTS.search(self.text) is not None


def load(root: Path) -> Mapping[str, Statement]:
    """Read and check every file under `root` but `migrations/`, schema commands, and `recipes/`, which people run.

    Raises:
        CypherFilesError: listing all faults at once.
    """
    statements: dict[str, Statement] = {}
    faults: list[str] = []
    for path in sorted(root.rglob("*.cypher")):
        relative = path.relative_to(root)
        if relative.parts[0] in {"migrations", "recipes"}:
            continue
        name = relative.with_suffix("").as_posix()
        source = path.read_text(encoding="utf-8")
        found = [f"{relative}:{line}: {what}" for line, what in _faults(source)]
        faults += found
        if not found:
            statements[name] = _parse(name, source)
    if faults:
        raise CypherFilesError("\n".join(faults))
    return statements


def _split(source: str) -> tuple[list[str], list[str]]:
    lines = source.splitlines()
    header = 0
    while header < len(lines) and lines[header].startswith("//"):
        header += 1
    return [line[2:].strip() for line in lines[:header]], lines[header:]


def _contract(header: Sequence[str]) -> dict[str, str]:
    pairs = (line.partition(":") for line in header)
    return {key: value.strip() for key, colon, value in pairs if colon and key in FIELDS}


def _names(value: str) -> list[str]:
    return [name.strip() for name in value.split(",") if name.strip() not in ("", "-")]


def _code(body: Sequence[str]) -> str:
    """The statement with comments and quoted text blanked, line by line, so that positions stay true."""
    return "\n".join(QUOTED.sub("''", line).partition("//")[0] for line in body)


def _faults(source: str) -> Iterator[tuple[int, str]]:
    """Line and fault of everything that is wrong with a file."""
    header, body = _split(source)
    contract, code = _contract(header), _code(body)
    yield from _header_faults(header, contract)
    first = len(header) + 1
    if not code.strip():
        yield first, "there is no statement"
        return
    for line, fault in _statement_faults(contract, code):
        yield first + line, fault
    yield from _column_faults(contract, code)
    yield from _about_faults(contract, code)


def _header_faults(header: Sequence[str], contract: Mapping[str, str]) -> Iterator[tuple[int, str]]:
    if not header or header[0].partition(":")[0] in FIELDS:
        yield 1, "the first line must be a sentence saying what the statement is for"
    for field in FIELDS:
        if field not in contract and field != OPTIONAL:
            yield 1, f"the header has no '{field}:' line"
    for field, allowed in (("mode", get_args(Mode)), ("returns", get_args(Returns))):
        if contract.get(field, "") not in allowed:
            yield 1, f"{field} must be one of {', '.join(allowed)}, is '{contract.get(field, '')}'"


def _statement_faults(contract: Mapping[str, str], code: str) -> Iterator[tuple[int, str]]:
    """Faults of the statement, their lines counted from its first."""
    statement, semicolon, rest = code.partition(";")
    if semicolon and rest.strip():
        yield statement.count("\n"), "there must be one statement, without anything after its ';'"
    used, declared = set(PARAMETER.findall(code)), set(_names(contract.get("params", "")))
    for name in sorted(used - declared):
        line = next(n for n, text in enumerate(code.splitlines()) if f"${name}" in text)
        yield line, f"${name} is used but not declared in 'params:'"
    for name in sorted(declared - used):
        yield 0, f"'{name}' is declared in 'params:' but not used"
    if contract.get("mode") == "read" and (write := WRITE_CLAUSE.search(code)):
        yield code[: write.start()].count("\n"), f"a read must not hold {write.group().upper()}"


def _column_faults(contract: Mapping[str, str], code: str) -> Iterator[tuple[int, str]]:
    columns, returned, returns = _names(contract.get("columns", "")), _returned(code), contract.get("returns")
    if columns != returned:
        yield 1, f"'columns:' says {', '.join(columns) or '-'}, the statement returns {', '.join(returned) or '-'}"
    if (returns == "nothing") != (not columns):
        yield 1, "'returns: nothing' and 'columns: -' go together"
    if returns == "value" and len(columns) != 1:
        yield 1, "'returns: value' has exactly one column"


def _about_faults(contract: Mapping[str, str], code: str) -> Iterator[tuple[int, str]]:
    """Faults of the line that says whose data it is: what touches people has to have one."""
    told = contract.get("about")
    if told is None:
        if touched := OF_PEOPLE.search(code):
            yield 1, f"it touches {touched.group()} and has no 'about:' line"
        return
    found, params = ABOUT.fullmatch(told), _names(contract.get("params", ""))
    if found is None:
        yield 1, f"about must be as in 'students $ids', 'groups seen by $viewer', 'everybody', is '{told}'"
    elif (param := found["param"]) is None:
        if told == "students" and "student_id" not in _names(contract.get("columns", "")):
            yield 1, "rows about students must have the column student_id"
        elif found["whose"] == "groups" or found["seen"]:
            yield 1, f"'about: {told}' names no parameter"
    elif param not in params:
        yield 1, f"'about:' names ${param}, which is not in 'params:'"
    elif (param == VIEWER) != bool(found["seen"]):
        yield 1, "'seen by' and $viewer go together"


def _returned(code: str) -> list[str]:
    """The aliases of the last RETURN that stands outside braces."""
    flat, depth = [], 0
    for character in code.rstrip().rstrip(";"):
        depth += {"{": 1, "(": 1, "[": 1, "}": -1, ")": -1, "]": -1}.get(character, 0)
        flat.append(character if depth == 0 else " ")
    parts = re.split(r"\bRETURN\b", "".join(flat), flags=re.IGNORECASE)
    return ALIAS.findall(parts[-1].strip()) if len(parts) > 1 else []


def _parse(name: str, source: str) -> Statement:
    header, body = _split(source)
    contract = _contract(header)
    told = ABOUT.fullmatch(contract.get("about", "nobody"))
    about = About(cast("Any", told["whose"]), told["param"], bool(told["named"])) if told else About()
    return Statement(
        name=name,
        summary=header[0],
        params=frozenset(_names(contract["params"])),
        mode=cast("Mode", contract["mode"]),
        returns=cast("Returns", contract["returns"]),
        columns=_names(contract["columns"]),
        about=about,
        text="\n".join(body).strip().rstrip(";"),
    )
