"""The answers of Parquet files, as rows of one form: student, target, correct, and when."""

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from graph_api.domain.failures import InvalidInput, shown
from graph_api.domain.targets import Target, TargetKind
from graph_api.usecases.parameters.arrow_tables import arrow_module, open_table, read_batches

NO_TARGET = -1


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

    @property
    def names(self) -> list[str]:
        """The columns that are read."""
        return list(dict.fromkeys(name for name in self if name is not None))


class Rows(NamedTuple):
    """Answers: a row for each target of an answer.

    Attributes:
        student: a string array of Arrow.
        hash: shape (rows,), of the student.
        target: shape (rows,), int; its number in `Targets`.
        correct: shape (rows,), 0 or 1.
        at: shape (rows,), int64 (of times: microseconds) or float64; None if the rows are in order of time.
    """

    student: Any
    hash: NDArray[np.uint32]
    target: NDArray[np.int32]
    correct: NDArray[np.uint8]
    at: NDArray[Any] | None


@dataclass
class Targets:
    """The targets in order of appearance, and how many rows each has."""

    numbers: dict[Target, int] = field(default_factory=dict)
    rows: list[int] = field(default_factory=list)
    left_out: int = 0

    def number(self, kind: TargetKind, names: Sequence[str]) -> NDArray[np.int32]:
        """The numbers of some targets; NO_TARGET for an empty name."""
        each = [self.numbers.setdefault(Target(kind, name), len(self.numbers)) if name else NO_TARGET for name in names]
        self.rows += [0] * (len(self.numbers) - len(self.rows))
        return np.array(each, np.int32)

    def count(self, target: NDArray[np.int32]) -> None:
        """Count rows."""
        for number, rows in enumerate(np.bincount(target).tolist()):
            self.rows[number] += rows


def read_answers(path: Path, columns: AnswerColumns, targets: Targets) -> Iterator[Rows]:
    """The answers of a file, a batch at a time. Rows without a student, a result or a time are counted and left out.

    Raises:
        InvalidInput: a column is missing or has values that are no results or times;
            the file is damaged.
    """
    own = columns.of_file(path)
    for batch in read_batches(path, own.names):
        whole = _whole(batch, own)
        targets.left_out += batch.num_rows - whole.num_rows
        if whole.num_rows:
            yield _rows(whole, own, targets)


def _whole(batch: Any, columns: AnswerColumns) -> Any:  # noqa: ANN401 - a batch of pyarrow
    """The rows that have all that an answer needs."""
    compute = arrow_module("pyarrow.compute")
    needed = [batch[name] for name in (columns.student, columns.correct, columns.at) if name is not None]
    if not any(each.null_count for each in needed):
        return batch
    valid = compute.is_valid(needed[0])
    for each in needed[1:]:
        valid = compute.and_(valid, compute.is_valid(each))
    return batch.filter(valid)


def _rows(batch: Any, columns: AnswerColumns, targets: Targets) -> Rows:  # noqa: ANN401 - as _whole
    student, hashes = _students(batch[columns.student])
    correct = _correct(batch[columns.correct], columns.correct)
    at = None if columns.at is None else _times(batch[columns.at], columns.at)
    row, target = _targets(batch, columns, targets)
    targets.count(target)
    return Rows(
        student.take(arrow_module().array(row)), hashes[row], target, correct[row], None if at is None else at[row]
    )


def _students(values: Any) -> tuple[Any, NDArray[np.uint32]]:  # noqa: ANN401 - an array of pyarrow
    """The students as text, and their hashes, which are the same on every machine."""
    arrow = arrow_module()
    coded = values if arrow.types.is_dictionary(values.type) else values.dictionary_encode()
    names = coded.dictionary.cast(arrow.string())
    hashes = np.array([zlib.crc32(name) for name in names.cast(arrow.binary()).to_pylist()], np.uint32)
    codes = coded.indices.to_numpy()
    return names.take(coded.indices), hashes[codes]


def _correct(values: Any, column: str) -> NDArray[np.uint8]:  # noqa: ANN401 - as _students
    types = arrow_module("pyarrow.types")
    if types.is_boolean(values.type):
        return np.asarray(values.to_numpy(zero_copy_only=False), np.uint8)
    if not (types.is_integer(values.type) or types.is_floating(values.type)):
        raise InvalidInput(column, "must be true and false, or 1 and 0", str(values.type))
    numbers = values.to_numpy(zero_copy_only=False)
    other = (numbers != 0) & (numbers != 1)
    if other.any():
        raise InvalidInput(column, "must be true and false, or 1 and 0", shown(numbers[other][0].item()))
    return np.asarray(numbers, np.uint8)


def _times(values: Any, column: str) -> NDArray[Any]:  # noqa: ANN401 - as _students
    arrow = arrow_module()
    types = arrow.types
    if types.is_floating(values.type):
        return np.asarray(values.to_numpy(zero_copy_only=False), np.float64)
    if types.is_string(values.type) or types.is_large_string(values.type):
        values = _parsed(values, column)
    if types.is_date(values.type):
        values = values.cast(arrow.timestamp("us"))
    if types.is_timestamp(values.type):
        values = values.cast(arrow.timestamp("us", values.type.tz), safe=False).cast(arrow.int64())
    if not types.is_integer(values.type):
        raise InvalidInput(column, "must be times or numbers", str(values.type))
    return np.asarray(values.cast(arrow.int64()).to_numpy(zero_copy_only=False))


def _parsed(values: Any, column: str) -> Any:  # noqa: ANN401 - as _students
    """Times in ISO 8601, all with an offset or all without."""
    arrow = arrow_module()
    try:
        return values.cast(arrow.timestamp("us"))
    except ValueError:
        try:
            return values.cast(arrow.timestamp("us", "UTC"))
        except ValueError as error:
            raise InvalidInput(column, "must be times in ISO 8601", str(error)[:80]) from None


def _targets(
    batch: Any,  # noqa: ANN401 - as _whole
    columns: AnswerColumns,
    targets: Targets,
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """The rows of the batch, once for each of their targets, and these targets."""
    rows, numbers = [], []
    for kind, name in ((TargetKind.CONCEPT, columns.concept), (TargetKind.SKILL, columns.skill)):
        if name is not None:
            row, number = _of_kind(batch[name], kind, targets)
            rows.append(row)
            numbers.append(number)
    return np.concatenate(rows), np.concatenate(numbers)


def _of_kind(values: Any, kind: TargetKind, targets: Targets) -> tuple[NDArray[np.int64], NDArray[np.int32]]:  # noqa: ANN401 - as _students
    arrow, compute = arrow_module(), arrow_module("pyarrow.compute")
    is_list = arrow.types.is_list(values.type) or arrow.types.is_large_list(values.type)
    row = np.arange(len(values))
    if is_list:
        row = compute.list_parent_indices(values).to_numpy()
        values = compute.list_flatten(values)
    if values.null_count:
        valid = compute.is_valid(values)
        row, values = row[valid.to_numpy(zero_copy_only=False)], values.filter(valid)
    coded = values if arrow.types.is_dictionary(values.type) else values.dictionary_encode()
    number = targets.number(kind, coded.dictionary.cast(arrow.string()).to_pylist())[coded.indices.to_numpy()]
    is_named = number != NO_TARGET
    row, number = row[is_named], number[is_named]
    if is_list and len(row):  # a target that an answer names twice counts once
        _, first = np.unique(row * (int(number.max()) + 1) + number, return_index=True)
        row, number = row[np.sort(first)], number[np.sort(first)]
    return row, number
