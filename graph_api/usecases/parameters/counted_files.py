"""Files of counted histories: the statistic of a fit, small enough to carry from machine to machine.

A Parquet file with a row for each distinct history of each target:

    kind      string  CONCEPT or SKILL
    target    string  the concept or skill
    answers   string  the history in order of time: 1 is a correct answer, 0 an incorrect one
    students  int64   how many students have this history

Rows are in order of kind, target and answers, and a row group holds whole targets. The metadata of the schema has the
version of the format and the shards that are in the file. The same answers give the same file, byte by byte, however
they were sharded. Files of other programs may lack order and metadata: merging puts both right.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from graph_api.domain.failures import InvalidInput, shown
from graph_api.domain.parameters.fitting.counted_histories import CountedHistories
from graph_api.domain.targets import Target, TargetKind
from graph_api.usecases.parameters.arrow_tables import arrow_module, open_table, read_batches

VERSION = 1
COLUMNS = ("kind", "target", "answers", "students")
VERSION_KEY, SHARDS_KEY = b"graph_api_histories", b"shards"
ROWS_OF_A_GROUP = 200_000
"""A row group ends at the first target after this number of rows."""


class Shard(NamedTuple):
    """One of `total` disjoint parts of the students, chosen by a hash of the student's id; `number` is from 1.

    >>> Shard.parse("2/8")
    Shard(number=2, total=8)
    >>> Shard.parse("9/8")
    Traceback (most recent call last):
    graph_api.domain.failures.InvalidInput: shard: must be NUMBER/TOTAL, as in 2/8, got '9/8'
    """

    number: int
    total: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """A shard as it is written."""
        number, _, total = text.partition("/")
        if not (number.isdecimal() and total.isdecimal() and 1 <= int(number) <= int(total)):
            raise InvalidInput("shard", "must be NUMBER/TOTAL, as in 2/8", text)
        return cls(int(number), int(total))

    def __str__(self) -> str:
        return f"{self.number}/{self.total}"


class CountedHead(NamedTuple):
    """What a file of counted histories states about itself."""

    rows: int
    shards: Sequence[Shard]


def is_counted(path: Path) -> bool:
    """Whether a Parquet file holds counted histories: by its columns.

    Raises:
        InvalidInput: it cannot be read.
    """
    with open_table(path) as file:
        return set(COLUMNS) <= set(file.schema_arrow.names)


def read_head(path: Path) -> CountedHead:
    """The head of a file.

    Raises:
        InvalidInput: it has another version of the format;
            it cannot be read.
    """
    with open_table(path) as file:
        metadata = file.schema_arrow.metadata or {}
        version = metadata.get(VERSION_KEY, str(VERSION).encode()).decode()
        if version != str(VERSION):
            raise InvalidInput(path.name, f"must have version {VERSION} of the format", version)
        return CountedHead(
            file.metadata.num_rows, [Shard.parse(each) for each in json.loads(metadata.get(SHARDS_KEY, b"[]"))]
        )


def check_shards(shards: Sequence[Shard], *, complete: bool) -> None:
    """Refuse a shard that was given twice, and shards of different divisions.

    Args:
        shards: of all files.
        complete: whether every shard is needed.

    Raises:
        InvalidInput: naming the shard.

    >>> check_shards([Shard(1, 3), Shard(3, 3)], complete=True)
    Traceback (most recent call last):
    graph_api.domain.failures.InvalidInput: shards: are incomplete, one is missing, got '2/3'
    """
    if twice := [str(each) for each, times in Counter(shards).items() if times > 1]:
        raise InvalidInput("shards", "must differ", twice[0])
    totals = {each.total for each in shards}
    if len(totals) > 1:
        raise InvalidInput("shards", "must be of one division of the students", ", ".join(map(str, shards)))
    if complete and totals:
        total = totals.pop()
        missing = sorted(set(range(1, total + 1)) - {each.number for each in shards})
        if missing:
            raise InvalidInput("shards", "are incomplete, one is missing", f"{missing[0]}/{total}")


def write_counted(path: Path, tables: Iterable[Any], shards: Sequence[Shard]) -> int:
    """Write a file; returns its number of rows.

    Args:
        path: the file.
        tables: tables of pyarrow with `COLUMNS`, in order, no target in two of them.
        shards: what the file holds; empty for all students.
    """
    parquet = arrow_module("pyarrow.parquet")
    schema = counted_schema(shards)
    part = path.with_name(f".{path.name}.part")
    part.touch(mode=0o600)  # a long history is a student's own, though it has no name
    rows = 0
    try:
        with parquet.ParquetWriter(part, schema, compression="zstd", write_statistics=False) as writer:
            for group in _groups(table.select(COLUMNS).cast(schema) for table in tables):
                writer.write_table(group, row_group_size=None)
                rows += group.num_rows
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return rows


def counted_schema(shards: Sequence[Shard] = ()) -> Any:  # noqa: ANN401 - a schema of pyarrow
    """The schema of a file."""
    arrow = arrow_module()
    types = (arrow.string(), arrow.string(), arrow.string(), arrow.int64())
    fields = [arrow.field(name, kind, nullable=False) for name, kind in zip(COLUMNS, types, strict=True)]
    metadata = {VERSION_KEY: str(VERSION).encode(), SHARDS_KEY: json.dumps([str(each) for each in shards]).encode()}
    return arrow.schema(fields, metadata=metadata)


def read_rows(path: Path) -> Iterator[Any]:
    """The rows of a file as record batches of pyarrow.

    Raises:
        InvalidInput: a column has another type, or a value is missing;
            the file is damaged.
    """
    arrow = arrow_module()
    schema = counted_schema().remove_metadata()
    for batch in read_batches(path, COLUMNS):
        table = arrow.Table.from_batches([batch]).select(COLUMNS)
        for name in COLUMNS:
            if table[name].null_count:
                raise InvalidInput(name, f"must not be null in {path.name}", "null")
        try:
            yield from table.cast(schema).combine_chunks().to_batches()
        except (ValueError, TypeError) as error:
            raise InvalidInput(path.name, "must have the columns of counted histories", str(error)[:80]) from None


class Group(NamedTuple):
    """The histories of some whole targets of one kind.

    Attributes:
        targets: in order.
        counted: their histories.
    """

    targets: Sequence[Target]
    counted: CountedHistories


def read_group(path: Path, place: int) -> Group:
    """The histories of a row group of a file that `write_counted` wrote.

    Raises:
        InvalidInput: a history has other characters than 0 and 1, or a count is below 1.
    """
    with open_table(path) as file:
        table = file.read_row_group(place, use_threads=False).combine_chunks()
    key, names = number_targets(table)
    answers, starts = texts(table["answers"])
    count = table["students"].to_numpy()
    return Group(names, CountedHistories.of_texts(key, answers, starts, count, targets=len(names)))


def number_targets(table: Any) -> tuple[NDArray[np.int64], list[Target]]:  # noqa: ANN401 - a table of pyarrow
    """The number of each row's target, in order of appearance, and the targets."""
    kinds, keys = (table[name].combine_chunks().dictionary_encode() for name in ("kind", "target"))
    pair = kinds.indices.to_numpy().astype(np.int64) * len(keys.dictionary) + keys.indices.to_numpy()
    distinct, first, code = np.unique(pair, return_index=True, return_inverse=True)
    order = np.argsort(first, kind="stable")
    place = np.empty(len(distinct), np.int64)
    place[order] = np.arange(len(distinct))
    of_kind, of_key = kinds.dictionary.to_pylist(), keys.dictionary.to_pylist()
    names = []
    for each in distinct[order].tolist():
        kind, key = divmod(each, len(of_key))
        if of_kind[kind] not in {known.value for known in TargetKind}:
            raise InvalidInput("kind", "must be CONCEPT or SKILL", shown(of_kind[kind]))
        names.append(Target(TargetKind(of_kind[kind]), of_key[key]))
    return place[code], names


def texts(values: Any) -> tuple[bytes, NDArray[np.int64]]:  # noqa: ANN401 - a column of pyarrow
    """All texts end to end, and where each starts, and where the last one ends."""
    column = values.combine_chunks()
    _, offsets, data = column.buffers()
    bounds = np.frombuffer(offsets, np.int32)[column.offset : column.offset + len(column) + 1].astype(np.int64)
    if not len(column):
        return b"", np.zeros(1, np.int64)
    return bytes(memoryview(data)[bounds[0] : bounds[-1]]), bounds - bounds[0]


def _groups(tables: Iterable[Any]) -> Iterator[Any]:
    """Tables of whole targets of one kind, with ROWS_OF_A_GROUP rows or a few more."""
    arrow = arrow_module()
    waiting: list[Any] = []
    rows, kind = 0, None
    for one in (one for table in tables for one in _by_target(table)):
        if waiting and (one["kind"][0] != kind or rows >= ROWS_OF_A_GROUP):
            yield arrow.concat_tables(waiting).combine_chunks()
            waiting, rows = [], 0
        waiting.append(one)
        rows, kind = rows + one.num_rows, one["kind"][0]
    if waiting:
        yield arrow.concat_tables(waiting).combine_chunks()


def _by_target(table: Any) -> Iterator[Any]:  # noqa: ANN401 - a table of pyarrow
    if not table.num_rows:
        return
    number, _ = number_targets(table)
    edges = [0, *(np.flatnonzero(np.diff(number)) + 1).tolist(), table.num_rows]
    for start, stop in pairwise(edges):
        yield table.slice(start, stop - start)
