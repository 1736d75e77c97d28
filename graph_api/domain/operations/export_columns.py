"""What columns of exports are: their types, whether they may be empty, and what an analyst sees of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class ColumnType(StrEnum):
    """The type of a column, as Parquet has it. In CSV files lists and objects are JSON, times are ISO 8601."""

    TEXT = "string"
    TIME = "timestamp[us, UTC]"
    DAY = "date32"
    TRUTH = "bool"
    NUMBER = "float64"
    COUNT = "int64"
    TEXTS = "list<string>"
    NUMBERS = "list<float64>"
    COUNTS = "list<int64>"
    JSON = "string (JSON)"


class Privacy(StrEnum):
    """What an analyst sees of a column: the value, a pseudonym of the id that it holds, or nothing."""

    PLAIN = "the value"
    STUDENT = "a pseudonym of the student"
    QUESTION = "a pseudonym of the question"
    ANSWER = "a pseudonym of the answer"
    SESSION = "a pseudonym of the session"
    HIDDEN = "null"


@dataclass(frozen=True, slots=True)
class ExportColumn:
    """A column of an export.

    Attributes:
        name: in files.
        type: of its values; items of lists may be null.
        meaning: what it holds, with its unit.
        is_nullable: whether a row may lack a value.
        privacy: what an analyst sees.
    """

    name: str
    type: ColumnType
    meaning: str
    is_nullable: bool = False
    privacy: Privacy = Privacy.PLAIN


@dataclass(frozen=True, slots=True)
class ExportKind:
    """A kind of export: what one row of it is.

    Attributes:
        name: of the command, as in `graph-api export answers`.
        row: what a row is.
        columns: in order.
        recorded: the time that `--since` compares, in words; None if the export is always whole.
        is_for_analysts: whether it can be written under pseudonyms.
    """

    name: str
    row: str
    columns: tuple[ExportColumn, ...]
    recorded: str | None = None
    is_for_analysts: bool = True

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        return tuple(column.name for column in self.columns)


def kinds_by_name(*kinds: ExportKind) -> Mapping[str, ExportKind]:
    """Kinds by name.

    >>> list(kinds_by_name(ExportKind("links", "a link", ())))
    ['links']
    """
    return {kind.name: kind for kind in kinds}
