"""Files of counted histories: the statistic of a fit, small enough to carry from machine to machine.

A Parquet file with a row for each distinct history of each target:

    kind      string  CONCEPT or SKILL
    target    string  the concept or skill
    answers   string  the history in order of time: 1 is a correct answer, 0 an incorrect one
    students  int64   how many students have this history

Rows are in order of kind, target and answers, and a row group holds whole targets. The metadata of the schema has the
version of the format and the shards that are in the file. The same answers give the same file, byte by byte, however
they were sharded. Files of other programs may lack order and metadata: merging adds both.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from graph_api.domain.failures import InvalidInput, shown
from graph_api.domain.parameters.fitting.counted_histories import CountedHistories
from graph_api.domain.targets import Target, TargetKind
from graph_api.store.engine.private_files import write_whole
from graph_api.usecases.parameters.arrow_tables import Table, Values, arrow_module, cast, open_table, read_batches
from graph_api.usecases.parameters.shards import Shard, Sharding

VERSION = 1
COLUMNS = ("kind", "target", "answers", "students")
VERSION_KEY, SHARDS_KEY, SOURCE_KEY = b"graph_api_histories", b"shards", b"source"
ROWS_OF_A_GROUP = 200_000
"""A row group ends at the first target after this number of rows."""


class Head(NamedTuple):
    """What a file of counted histories states about itself."""

    rows: int
    sharding: Sharding


class Group(NamedTuple):
    """The histories of some whole targets of one kind.

    Attributes:
        targets: in order.
        counted: their histories.
    """

    targets: Sequence[Target]
    counted: CountedHistories


def is_counted(path: Path) -> bool:
    """Whether a Parquet file holds counted histories: by its columns.

    Raises:
        InvalidInput: it cannot be read.
    """
    with open_table(path) as file:
        return set(COLUMNS) <= set(file.schema_arrow.names)


def read_head(path: Path) -> Head:
    """The head of a file.

    Raises:
        InvalidInput: it has another version of the format;
            it cannot be read.
    """
    with open_table(path) as file:
        texts = {key: value.decode() for key, value in (file.schema_arrow.metadata or {}).items()}
        version = texts.get(VERSION_KEY, str(VERSION))
        if version != str(VERSION):
            raise InvalidInput(path.name, f"must have version {VERSION} of the format", version)
        shards = [Shard.parse(each) for each in json.loads(texts.get(SHARDS_KEY, "[]"))]
        return Head(file.metadata.num_rows, Sharding(shards, texts.get(SOURCE_KEY, "")))


def write_counted(path: Path, tables: Iterable[Table], sharding: Sharding) -> int:
    """Write a file for its owner only, as a long history is a student's own; returns its number of rows.

    Args:
        path: the file.
        tables: with `COLUMNS`, in order, no target in two of them.
        sharding: what the file holds.
    """
    metadata = {
        VERSION_KEY: str(VERSION),
        SHARDS_KEY: json.dumps([str(each) for each in sharding.shards]),
        SOURCE_KEY: sharding.source,
    }
    schema = counted_schema().with_metadata(metadata)
    rows = 0
    with (
        write_whole(path) as file,
        arrow_module("pyarrow.parquet").ParquetWriter(file, schema, compression="zstd", write_statistics=False) as out,
    ):
        for group in _groups(table.cast(schema) for table in tables):
            out.write_table(group, row_group_size=None)
            rows += group.num_rows
    return rows


def counted_schema() -> Any:  # noqa: ANN401 - a schema of pyarrow
    """The columns of a file."""
    arrow = arrow_module()
    types = (arrow.string(), arrow.string(), arrow.string(), arrow.int64())
    return arrow.schema([arrow.field(name, kind, nullable=False) for name, kind in zip(COLUMNS, types, strict=True)])


def read_counted(path: Path) -> Iterator[Table]:
    """The rows of a file, a batch at a time.

    Raises:
        InvalidInput: a column has another type, or a value is missing;
            the file is damaged.
    """
    arrow = arrow_module()
    for batch in read_batches(path, COLUMNS):
        columns = []
        for wanted in counted_schema():
            if batch[wanted.name].null_count:
                raise InvalidInput(wanted.name, f"must not be null in {path.name}", "null")
            rule = f"must have the type {wanted.type} in {path.name}"
            columns.append(cast(batch[wanted.name], wanted.type, wanted.name, rule))
        yield arrow.table(columns, names=list(COLUMNS))


def read_group(path: Path, place: int) -> Group:
    """The histories of a row group of a file that `write_counted` wrote.

    Raises:
        InvalidInput: a history has other characters than 0 and 1, or a count is below 1.
    """
    with open_table(path) as file:
        table = file.read_row_group(place, use_threads=False).combine_chunks()
    number, targets = number_targets(table)
    answers, starts = _texts(table["answers"])
    count = table["students"].to_numpy()
    return Group(targets, CountedHistories.of_texts(number, answers, starts, count, targets=len(targets)))


def number_targets(table: Table) -> tuple[NDArray[np.int64], list[Target]]:
    """The number of each row's target, in order of appearance, and the targets.

    Raises:
        InvalidInput: a kind is unknown.
    """
    kinds, keys = (table[name].combine_chunks().dictionary_encode() for name in ("kind", "target"))
    pair = kinds.indices.to_numpy().astype(np.int64) * len(keys.dictionary) + keys.indices.to_numpy()
    distinct, first, code = np.unique(pair, return_index=True, return_inverse=True)
    order = np.argsort(first)
    place = np.empty(len(distinct), np.int64)
    place[order] = np.arange(len(distinct))
    of_kind, of_key = kinds.dictionary.to_pylist(), keys.dictionary.to_pylist()
    if unknown := set(of_kind) - set(TargetKind):
        raise InvalidInput("kind", "must be CONCEPT or SKILL", shown(min(unknown)))
    pairs = (divmod(each, len(of_key)) for each in distinct[order].tolist())
    return place[code], [Target(TargetKind(of_kind[kind]), of_key[key]) for kind, key in pairs]


def _texts(column: Values) -> tuple[bytes, NDArray[np.int64]]:
    """All texts end to end, and where each starts, and where the last one ends."""
    column = column.combine_chunks()
    _, offsets, data = column.buffers()
    bounds = np.frombuffer(offsets, np.int32)[column.offset : column.offset + len(column) + 1].astype(np.int64)
    return bytes(memoryview(data)[bounds[0] : bounds[-1]]), bounds - bounds[0]


def _groups(tables: Iterable[Table]) -> Iterator[Table]:
    """Tables of whole targets of one kind, with ROWS_OF_A_GROUP rows or a few more."""
    arrow = arrow_module()
    waiting: list[Table] = []
    rows, kind = 0, None
    for one in (one for table in tables for one in _by_target(table)):
        if waiting and (one["kind"][0] != kind or rows >= ROWS_OF_A_GROUP):
            yield arrow.concat_tables(waiting).combine_chunks()
            waiting, rows = [], 0
        waiting.append(one)
        rows, kind = rows + one.num_rows, one["kind"][0]
    if waiting:
        yield arrow.concat_tables(waiting).combine_chunks()


def _by_target(table: Table) -> Iterator[Table]:
    number, _ = number_targets(table)
    edges = [0, *(np.flatnonzero(np.diff(number)) + 1).tolist(), table.num_rows]
    for start, stop in pairwise(edges):
        yield table.slice(start, stop - start)
