"""The answers of Parquet files, as rows of one form: student, target, correct, and when."""

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from graph_api.domain.failures import InvalidInput, shown
from graph_api.domain.targets import Target, TargetKind
from graph_api.usecases.parameters.arrow_tables import Table, Values, arrow_module, cast, open_table, read_batches

NO_TARGET = -1
NO_TIME = "no times"


class AnswerColumns(NamedTuple):
    """Which column holds what. The defaults are the columns of `graph-api export answers`.

    Attributes:
        student: the student.
        correct: true or false, or 1 and 0.
        at: when the answer was given: a time, or a number that grows with it. A file without it is in order of time.
        concept: the concept, or a list of concepts.
        skill: the skill, or a list of skills.
    """

    student: str = "student_id"
    correct: str = "correct"
    at: str | None = None
    concept: str | None = None
    skill: str | None = None

    def of_file(self, path: Path) -> "AnswerColumns":
        """The columns of a file, with the defaults for those that are not named.

        Raises:
            InvalidInput: a column is missing;
                the file cannot be read.
        """
        with open_table(path) as file:
            names = file.schema_arrow.names
        defaults = {"at": "at", "concept": "concept_ids", "skill": "skill_codes"}
        optional = {key: name for key, name in defaults.items() if name in names}
        named = {key: value for key, value in self._asdict().items() if value is not None}
        columns = AnswerColumns(**(optional | named))
        missing = [name for name in columns if name is not None and name not in names]
        if missing:
            rule = f"must be a column of {path.name}, whose columns are: {', '.join(names[:20])}"
            raise InvalidInput("column", rule, missing[0])
        if columns.concept is None and columns.skill is None:
            raise InvalidInput("columns", f"name the column of skills or of concepts of {path.name}", ", ".join(names))
        return columns


class Rows(NamedTuple):
    """Answers: a row for each target of an answer.

    Attributes:
        table: `student` (text), `target` (its number in `Targets`), `correct` (0 or 1), and `at` if there are times.
        hash: shape (rows,), of the student.
        time: the type of the times.
        read: rows of the file that were read for this, used or not.
    """

    table: Table
    hash: NDArray[np.uint32]
    time: str
    read: int


@dataclass
class Targets:
    """The targets in order of appearance, and how many rows each has.

    Attributes:
        numbers: the number of each target.
        rows: how many rows each has, by its number.
        left_out: how many answers were not used.
    """

    numbers: dict[Target, int] = field(default_factory=dict)
    rows: list[int] = field(default_factory=list)
    left_out: int = 0

    def number(self, kind: TargetKind, names: Sequence[str | None]) -> NDArray[np.int32]:
        """The numbers of some targets; NO_TARGET for an empty name."""
        each = [self.numbers.setdefault(Target(kind, name), len(self.numbers)) if name else NO_TARGET for name in names]
        self.rows += [0] * (len(self.numbers) - len(self.rows))
        return np.array(each, np.int32)

    def count(self, target: NDArray[np.int32]) -> None:
        """Count rows."""
        for number, rows in enumerate(np.bincount(target).tolist()):
            self.rows[number] += rows


def read_answers(path: Path, columns: AnswerColumns, targets: Targets) -> Iterator[Rows]:
    """The answers of a file, a batch at a time.

    Answers without a student, a result, a time or a target are counted and left out.

    Raises:
        InvalidInput: a column is missing or has values that are no results or times;
            the file is damaged.
    """
    own = columns.of_file(path)
    for batch in read_batches(path, list(dict.fromkeys(name for name in own if name is not None))):
        yield _rows(batch, own, targets)


def _rows(batch: Table, columns: AnswerColumns, targets: Targets) -> Rows:
    arrow, compute = arrow_module(), arrow_module("pyarrow.compute")
    read = batch.num_rows
    for name in (columns.student, columns.correct, columns.at):
        if name is not None and batch[name].null_count:
            batch = batch.filter(compute.is_valid(batch[name]))
    names, code = _texts(batch[columns.student], columns.student)
    correct = _correct(batch[columns.correct], columns.correct)
    row, target = _targets(batch, columns, targets)
    has_student = np.array([bool(name) for name in names.to_pylist()], np.bool_)[code][row]
    row, target = row[has_student], target[has_student]
    targets.count(target)
    targets.left_out += read - len(np.unique(row))
    values = {
        "student": names.take(arrow.array(code[row])),
        "target": arrow.array(target),
        "correct": arrow.array(correct[row]),
    }
    if columns.at is not None:
        values["at"] = _times(batch[columns.at], columns.at).take(arrow.array(row))
    hashes = np.array([zlib.crc32((name or "").encode()) for name in names.to_pylist()], np.uint32)
    time = str(values["at"].type) if "at" in values else NO_TIME
    return Rows(arrow.RecordBatch.from_pydict(values), hashes[code[row]], time, read)


def _texts(values: Values, column: str) -> tuple[Values, NDArray[np.int64]]:
    """The distinct values as text, and which one each value is."""
    arrow, rule = arrow_module(), "must be text or whole numbers"
    if arrow.types.is_nested(values.type):
        raise InvalidInput(column, rule, str(values.type))
    coded = values if arrow.types.is_dictionary(values.type) else values.dictionary_encode()
    names = cast(coded.dictionary, arrow.string(), column, rule)
    return names, coded.indices.to_numpy().astype(np.int64)


def _correct(values: Values, column: str) -> NDArray[np.uint8]:
    types = arrow_module("pyarrow.types")
    rule = "must be true and false, or 1 and 0"
    if not (types.is_boolean(values.type) or types.is_integer(values.type) or types.is_floating(values.type)):
        raise InvalidInput(column, rule, str(values.type))
    numbers = values.to_numpy(zero_copy_only=False)
    other = (numbers != 0) & (numbers != 1)
    if other.any():
        raise InvalidInput(column, rule, shown(numbers[other][0].item()))
    return np.asarray(numbers, np.uint8)


def _times(values: Values, column: str) -> Values:
    """Times in microseconds, in UTC if they have an offset; or numbers, as int64 or float64."""
    arrow = arrow_module()
    types, rule = arrow.types, "must be times in ISO 8601 or numbers, one in each row"
    if types.is_string(values.type) or types.is_large_string(values.type):
        try:
            return values.cast(arrow.timestamp("us"))
        except ValueError:
            return cast(values, arrow.timestamp("us", "UTC"), column, rule)
    if types.is_timestamp(values.type) or types.is_date(values.type):
        zone = getattr(values.type, "tz", None)
        return cast(values, arrow.timestamp("us", zone and "UTC"), column, rule)
    if types.is_integer(values.type):
        return cast(values, arrow.int64(), column, rule)
    if not types.is_floating(values.type):
        raise InvalidInput(column, rule, str(values.type))
    if np.isnan(values.to_numpy(zero_copy_only=False)).any():
        raise InvalidInput(column, rule, "nan")
    return values.cast(arrow.float64())


def _targets(batch: Table, columns: AnswerColumns, targets: Targets) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """The rows of the batch, once for each of their targets, and these targets."""
    kinds = ((TargetKind.CONCEPT, columns.concept), (TargetKind.SKILL, columns.skill))
    pairs = [_of_kind(batch[name], kind, name, targets) for kind, name in kinds if name is not None]
    return np.concatenate([row for row, _ in pairs]), np.concatenate([number for _, number in pairs])


def _of_kind(
    values: Values, kind: TargetKind, column: str, targets: Targets
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    arrow, compute = arrow_module(), arrow_module("pyarrow.compute")
    is_list = arrow.types.is_list(values.type) or arrow.types.is_large_list(values.type)
    row = np.arange(len(values))
    if is_list:
        row = compute.list_parent_indices(values).to_numpy().astype(np.int64)
        values = compute.list_flatten(values)
    if values.null_count:
        valid = compute.is_valid(values)
        row, values = row[valid.to_numpy(zero_copy_only=False)], values.filter(valid)
    names, code = _texts(values, column)
    number = targets.number(kind, names.to_pylist())[code]
    is_named = number != NO_TARGET
    row, number = row[is_named], number[is_named]
    if is_list and len(row):  # a target that an answer names twice counts once
        _, first = np.unique(row * (int(number.max()) + 1) + number, return_index=True)
        row, number = row[np.sort(first)], number[np.sort(first)]
    return row, number
