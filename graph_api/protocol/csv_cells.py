"""CSV for spreadsheets: UTF-8 without a byte order mark, lines ending with CR LF, and no text that is run as a formula.

Files that `graph-api export` writes keep every character instead, because they are read back.
"""

import csv
import io
import math
from collections.abc import Iterable, Sequence

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001 - full-width forms count too
"""Spreadsheets run a cell that begins with one of these."""
NEARLY = 1e-9
"""0.29 * 100 is 28.999999999999996 in floating point, and is shown as 29."""


def csv_text(rows: Iterable[Sequence[str | float | None]]) -> bytes:
    r"""The rows as a CSV file. None is an empty cell.

    >>> csv_text([["name", "level"], ["=1+1", 0.5], ["a,b", None]])
    b'name,level\r\n\'=1+1,0.5\r\n"a,b",\r\n'
    """
    file = io.StringIO(newline="")
    csv.writer(file).writerows([[defused(cell) if isinstance(cell, str) else cell for cell in row] for row in rows])
    return file.getvalue().encode()


def defused(text: str) -> str:
    """A text with an apostrophe before what a spreadsheet would run.

    >>> defused("@SUM(A1)"), defused("anna")
    ("'@SUM(A1)", 'anna')
    """
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def percent(share: float | None) -> int | None:
    """A level as a whole percentage, rounded down: a level just below a threshold never seems to have reached it.

    >>> percent(0.9499), percent(0.29), percent(0.4), percent(None)
    (94, 29, 40, None)
    """
    return None if share is None else math.floor(share * 100 + NEARLY)
