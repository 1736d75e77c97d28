"""Cypher files: named statements, each under a contract that is checked when the service starts.

A file holds the statements of one noun. The line with the name starts a statement, and `;` ends it:

    // -- student/list_by_ids --
    // Students by id.
    // returns: many
    // about: named students $ids
    UNWIND $ids AS id
    MATCH (student:Student {id: id})
    RETURN student.id AS id, student.name AS name;

The first part of a name is the name of its file: `student/…` is in `student.cypher`. Code uses the whole name, so one
search for it shows the statement and its callers. `returns:` is `many`, `one`, `optional`, `value` (one row with one
column) or `nothing`. Parameters, columns and mode (read or write) are derived from the text.

`about:` states whose data a statement touches. `graph_api.store.viewers` limits it to what the viewer may see:

    no student                    the course, parameters
    students $ids                 of the students in a parameter
    students                      of students, whose ids are in the column student_id
    groups $ids                   of the groups in a parameter
    groups seen by $viewer        of those that its own WHERE selects; the transaction sets the parameter
    all students                  of any student: refused unless the viewer may see all students

`named` in front of it: rows identify students, elsewhere than in the column student_id. A statement that touches no
student, group, session, teacher or run needs no such line.

Every statement that writes states in one line what it changes of what replies show (`graph_api.store.changes`):

    changes: course               the course, its links, thresholds and sets in effect
    changes: students $rows       the students in a parameter: an id, ids, or rows with a student_id or an id
    changes: groups $id           the groups in a parameter
    changes: nothing              what no stored reply shows, such as runs and the audit log
    raises: students $rows        the same, and the statement itself raises their revisions (or the mark of the course)

A recipe is a file with one statement, named after the file. People run it by hand, so its header also lists
`params:`, `mode:` and `columns:`, which must match the statement.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal, LiteralString, NamedTuple, cast, get_args

from graph_api.store.statement_text import WRITE_CLAUSE, Mode, blank, columns, mode, parameters

Returns = Literal["many", "one", "optional", "value", "nothing"]

DERIVED = ("params", "mode", "columns")
"""Header lines that only recipes have."""
CHANGE_LINES = ("changes", "raises")
FIELDS = ("returns", "about", *CHANGE_LINES, *DERIVED)
READ_VERBS = frozenset({"list", "count", "read", "ping"})
"""The first words of names of statements that read. All other statements write."""
NAME_LINE = re.compile(r"// -- \S+ --")
ABOUT = re.compile(
    r"(?P<named>named )?(?P<whose>students|groups|all students|no student)(?P<seen> seen by)?(?: \$(?P<param>\w+))?"
)
CHANGES = re.compile(r"(?P<whose>course|nothing|students|groups)(?: \$(?P<param>\w+))?")
OF_PEOPLE = re.compile(
    r":(Student|Group|Session|Teacher|Run|History|HistoryPage)\b|\b(ANSWERED|JUDGED_ON|HAS_MASTERY|SAMPLED|MEMBER_OF|TEACHES)\b"
)
OF_STUDENTS = re.compile(r":(Student|History|HistoryPage)\b|\b(ANSWERED|JUDGED_ON|HAS_MASTERY|SAMPLED|MEMBER_OF)\b")
VIEWER = "viewer"
"""The parameter that the transaction fills in: the viewer's id, null for callers who may see all students."""


class CypherFilesError(Exception):
    """Every error of every file, one per line, each with file and line."""


class About(NamedTuple):
    """Whose data a statement touches; `param` is the parameter that names them."""

    whose: Literal["students", "groups", "all students", "no student"] = "no student"
    param: str | None = None
    named: bool = False


class Changes(NamedTuple):
    """What a statement changes of what replies show, and whether it raises the revisions itself."""

    whose: Literal["course", "students", "groups", "nothing"] = "nothing"
    param: str | None = None
    is_raised: bool = False


NO_CHANGES = Changes()


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
    changes: Changes = NO_CHANGES

    @property
    def is_about_students(self) -> bool:
        """Whether it reads students, rather than only names of groups, runs or the audit log."""
        return OF_STUDENTS.search(self.text) is not None


class Block(NamedTuple):
    """The lines of one statement: `first` is the line number of its header, `body` the text below the header."""

    name: str
    first: int
    header: Sequence[str]
    body: str
    is_recipe: bool

    @property
    def contract(self) -> Mapping[str, str]:
        """The fields of the header."""
        pairs = (line.partition(":") for line in self.header)
        return {key: value.strip() for key, colon, value in pairs if colon and key in FIELDS}


def load(root: Path) -> Mapping[str, Statement]:
    """Read and check every file under `root`, except in `migrations/` and `recipes/`. Files at the top are recipes.

    Raises:
        CypherFilesError: listing all errors at once.
    """
    statements: dict[str, Statement] = {}
    errors: list[str] = []
    for path in sorted(root.rglob("*.cypher")):
        relative = path.relative_to(root)
        if relative.parts[0] in {"migrations", "recipes"}:
            continue
        lines = path.read_text(encoding="utf-8").splitlines()
        is_recipe = len(relative.parts) == 1
        blocks = [_block(path.stem, 1, lines, is_recipe=True)] if is_recipe else list(_blocks(lines))
        problems = [] if is_recipe else list(_file_errors(path.stem, lines, blocks, statements))
        for block in blocks:
            problems_of_block = list(_errors(block))
            problems += problems_of_block
            if not problems_of_block:
                statements[block.name] = _statement(block)
        errors += [f"{relative}:{line}: {message}" for line, message in problems]
    if errors:
        raise CypherFilesError("\n".join(errors))
    return statements


def _blocks(lines: Sequence[str]) -> Iterator[Block]:
    places = [place for place, line in enumerate(lines) if NAME_LINE.fullmatch(line)]
    for place, end in pairwise([*places, len(lines)]):
        yield _block(lines[place].split()[2], place + 2, lines[place + 1 : end], is_recipe=False)


def _block(name: str, first: int, lines: Sequence[str], *, is_recipe: bool) -> Block:
    size = next((place for place, line in enumerate(lines) if not line.startswith("//")), len(lines))
    return Block(name, first, [line[2:].strip() for line in lines[:size]], "\n".join(lines[size:]), is_recipe)


def _names(value: str) -> list[str]:
    return [name.strip() for name in value.split(",") if name.strip() not in ("", "-")]


def _file_errors(
    stem: str, lines: Sequence[str], blocks: Sequence[Block], before: Mapping[str, Statement]
) -> Iterator[tuple[int, str]]:
    """Line and message of errors in what a file is made of."""
    if not blocks:
        yield 1, f"the file has no statement under a line such as '// -- {stem}/list_by_ids --'"
        return
    for place, line in enumerate(lines[: blocks[0].first - 2], start=1):
        if line.strip() and not line.startswith("//"):
            yield place, "text before the first name line must be a comment"
    counts = Counter(block.name for block in blocks)
    for block in blocks:
        if not re.fullmatch(rf"{re.escape(stem)}/[a-z]\w*", block.name):
            yield block.first - 1, f"the name must be {stem}/verb_object, is '{block.name}'"
        if counts[block.name] > 1 or block.name in before:
            yield block.first - 1, f"'{block.name}' is declared twice"


def _errors(block: Block) -> Iterator[tuple[int, str]]:
    """Line and message of all errors of a statement."""
    code = blank(block.body)
    yield from ((block.first, message) for message in _header_errors(block))
    if not code.strip():
        yield block.first + len(block.header), "the statement is missing"
        return
    for line, message in _statement_errors(block, code):
        yield block.first + len(block.header) + line, message
    yield from ((block.first, message) for message in _column_errors(block.contract, code))
    yield from ((block.first, message) for message in _about_errors(block.contract, code))
    yield from ((block.first, message) for message in _change_errors(block.contract, code))


def _header_errors(block: Block) -> Iterator[str]:
    header, contract = block.header, block.contract
    if not header or header[0].partition(":")[0] in FIELDS:
        yield "the first line must be a sentence that states what the statement is for"
    if contract.get("returns", "") not in get_args(Returns):
        yield f"returns must be one of {', '.join(get_args(Returns))}, is '{contract.get('returns', '')}'"
    for field in DERIVED:
        if block.is_recipe and field not in contract:
            yield f"the header has no '{field}:' line"
        if not block.is_recipe and field in contract:
            yield f"'{field}:' is derived from the statement: remove the line"
    if block.is_recipe and contract.get("mode", "") not in get_args(Mode):
        yield f"mode must be one of {', '.join(get_args(Mode))}, is '{contract.get('mode', '')}'"


def _statement_errors(block: Block, code: str) -> Iterator[tuple[int, str]]:
    """Errors of the text, with lines counted from its first."""
    statement, semicolon, rest = code.partition(";")
    if semicolon and rest.strip():
        yield statement.count("\n"), "a statement must end at its first ';'"
    if not semicolon and not block.is_recipe:
        yield code.rstrip().count("\n"), "a statement must end with ';'"
    used, declared = parameters(code), frozenset(_names(block.contract.get("params", "")))
    for name in sorted(used - declared) if block.is_recipe else ():
        line = next(n for n, text in enumerate(code.split("\n")) if f"${name}" in text)
        yield line, f"${name} is used but not declared in 'params:'"
    for name in sorted(declared - used) if block.is_recipe else ():
        yield 0, f"'{name}' is declared in 'params:' but not used"
    verb = block.name.rpartition("/")[2].partition("_")[0]
    must_read = block.contract.get("mode") == "read" if block.is_recipe else verb in READ_VERBS
    write = WRITE_CLAUSE.search(code)
    if must_read and write:
        yield code[: write.start()].count("\n"), f"a read must not hold {write.group().upper()}"
    if not must_read and not write:
        yield 0, f"a statement without a clause that writes must be called {', '.join(sorted(READ_VERBS))} …"


def _column_errors(contract: Mapping[str, str], code: str) -> Iterator[str]:
    returned, returns = columns(code), contract.get("returns")
    if None in returned:
        yield f"returned column {returned.index(None) + 1} has no alias: add AS"
    aliases = [alias for alias in returned if alias is not None]
    if len(set(aliases)) != len(aliases):
        yield f"two returned columns have the same name: {', '.join(aliases)}"
    if "columns" in contract and _names(contract["columns"]) != aliases:
        yield f"'columns:' lists {contract['columns']}, the statement returns {', '.join(aliases) or '-'}"
    if (returns == "nothing") != (not returned):
        yield "'returns: nothing' and a statement that returns no column go together"
    if returns == "value" and len(returned) != 1:
        yield "'returns: value' has exactly one column"


def _about_errors(contract: Mapping[str, str], code: str) -> Iterator[str]:
    """Errors of the line that states whose data it is: a statement that touches people must have one."""
    line = contract.get("about")
    if line is None:
        if touched := OF_PEOPLE.search(code):
            yield f"it touches {touched.group()} and has no 'about:' line"
        return
    about = ABOUT.fullmatch(line)
    if about is None:
        yield f"about must be as in 'students $ids', 'groups seen by $viewer', 'all students', is '{line}'"
    elif (param := about["param"]) is None:
        if line == "students" and "student_id" not in columns(code):
            yield "rows about students must have the column student_id"
        elif about["whose"] == "groups" or about["seen"]:
            yield f"'about: {line}' names no parameter"
    elif param not in parameters(code):
        yield f"'about:' names ${param}, which the statement does not use"
    elif (param == VIEWER) != bool(about["seen"]):
        yield "'seen by' and $viewer go together"


def _change_errors(contract: Mapping[str, str], code: str) -> Iterator[str]:
    """Errors of the line that states what a statement changes: each statement that writes has exactly one."""
    lines = [f"{name}: {contract[name]}" for name in CHANGE_LINES if name in contract]
    if WRITE_CLAUSE.search(code) is None:
        if lines:
            yield f"a read has no line '{lines[0]}'"
        return
    if len(lines) != 1:
        yield f"a write must have one line that starts with 'changes:' or 'raises:', has {len(lines)}"
        return
    change = CHANGES.fullmatch(lines[0].partition(": ")[2])
    if change is None or (change["whose"] in {"students", "groups"}) != (change["param"] is not None):
        yield f"must be as in 'changes: students $rows', 'changes: course', 'changes: nothing', is '{lines[0]}'"
    elif change["param"] is not None and change["param"] not in parameters(code):
        yield f"'{lines[0]}' names a parameter that the statement does not use"


def _changes(contract: Mapping[str, str]) -> Changes:
    line = next((name for name in CHANGE_LINES if name in contract), None)
    change = CHANGES.fullmatch(contract[line]) if line else None
    return Changes(cast("Any", change["whose"]), change["param"], line == "raises") if change else Changes()


def _statement(block: Block) -> Statement:
    """The statement of a block without errors."""
    code = blank(block.body)
    about = ABOUT.fullmatch(block.contract.get("about", "no student"))
    return Statement(
        name=block.name,
        summary=block.header[0],
        params=parameters(code),
        mode=mode(code),
        returns=cast("Returns", block.contract["returns"]),
        columns=[alias for alias in columns(code) if alias is not None],
        about=About(cast("Any", about["whose"]), about["param"], bool(about["named"])) if about else About(),
        text=block.body.strip().rstrip(";"),
        changes=_changes(block.contract),
    )
