"""What the text of one Cypher statement shows: its parameters, its columns, and whether it writes."""

import re
from typing import Literal, TypeAlias

Mode: TypeAlias = Literal["read", "write"]

WRITE_CLAUSE = re.compile(r"\b(CREATE|MERGE|SET|DELETE|REMOVE|DROP|FOREACH|LOAD)\b", re.IGNORECASE)
PARAMETER = re.compile(r"\$(\w+)")
RETURN = re.compile(r"\bRETURN\b(?:\s+DISTINCT\b)?", re.IGNORECASE)
AFTER_COLUMNS = re.compile(r"\b(?:ORDER\s+BY|SKIP|LIMIT)\b", re.IGNORECASE)
ALIAS = re.compile(r"\bAS\s+(\w+)\s*$", re.IGNORECASE)
QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|`[^`]*`")
PIECES = re.compile(r"[{(\[\])}]|[^{(\[\])}]+")
"""Brackets, and the text between them."""
DEPTH = {"{": 1, "(": 1, "[": 1, "}": -1, ")": -1, "]": -1}


def blank(text: str) -> str:
    """The statement without comments and quoted text, line by line, so that line numbers stay the same.

    >>> blank("RETURN 'MATCH' AS word // SET")
    "RETURN '' AS word "
    """
    return "\n".join(QUOTED.sub("''", line).partition("//")[0] for line in text.split("\n"))


def parameters(code: str) -> frozenset[str]:
    """The names of the parameters of a blanked statement.

    >>> sorted(parameters("UNWIND $ids AS id RETURN $now AS now, id AS id"))
    ['ids', 'now']
    """
    return frozenset(PARAMETER.findall(code))


def mode(code: str) -> Mode:
    """`write` if a blanked statement holds a clause that writes.

    >>> mode("MATCH (n) SET n.name = ''"), mode("MATCH (n) RETURN n AS n")
    ('write', 'read')
    """
    return "write" if WRITE_CLAUSE.search(code) else "read"


def columns(code: str) -> list[str | None]:
    """The aliases of the last RETURN outside braces, in order; None for a column without `AS`.

    >>> columns("CALL { RETURN 1 AS one } RETURN one AS first, size([1, 2]) AS n, one ORDER BY first")
    ['first', 'n', None]
    """
    flat, depth = [], 0
    for piece in PIECES.findall(code.rstrip().rstrip(";")):
        depth += DEPTH.get(piece, 0)
        flat.append(piece if depth == 0 else " ")
    _, *returned = RETURN.split("".join(flat))
    if not returned:
        return []
    aliases = [ALIAS.search(column.rstrip()) for column in AFTER_COLUMNS.split(returned[-1])[0].split(",")]
    return [alias and alias[1] for alias in aliases]
