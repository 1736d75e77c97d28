"""Count the histories of any number of answers, or merge counted ones, with flat memory.

Two shuffles through files on disk, each with parts that fit into memory. The first brings together the answers of a
student; then each history is a row with its count. The second brings together the histories of a target, whose counts
are added.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from graph_api.domain.failures import InvalidInput
from graph_api.usecases.parameters.answer_rows import AnswerColumns, Rows, Targets, read_answers
from graph_api.usecases.parameters.arrow_tables import Shuffle, Table, arrow_module, open_table
from graph_api.usecases.parameters.counted_files import is_counted
from graph_api.usecases.parameters.merge_histories import ADDED, HistoryMerge, merge_files
from graph_api.usecases.parameters.shards import Shard, Sharding
from graph_api.usecases.run_ledger import OnProgress, unwatched

ANSWERS_OF_A_PART = 1 << 21
"""Answers that are sorted together: they need about 200 bytes each."""
ALL_STUDENTS = Shard(1, 1)


class CountReport(NamedTuple):
    """What was counted.

    Attributes:
        answers: in the histories; an answer to two targets counts twice.
        left_out: answers without a student, a result, a time or a target; None if counted histories were merged.
        rows: distinct histories in the file that was written.
    """

    answers: int
    left_out: int | None
    rows: int


@dataclass(frozen=True, slots=True)
class CountOptions:
    """How to read answers.

    Attributes:
        columns: which column holds what.
        shard: count only these students.
        folder: where temporary files are made; None for the system's folder.
    """

    columns: AnswerColumns = field(default_factory=AnswerColumns)
    shard: Shard = ALL_STUDENTS
    folder: Path | None = None


def count_histories(
    paths: Sequence[Path],
    path: Path,
    options: CountOptions = CountOptions(),
    on_progress: OnProgress = unwatched,
    *,
    complete: bool = False,
) -> CountReport:
    """Write the counted histories of files of answers, or merge files of counted histories.

    Answers of a student to a target are in order of time. Equal times keep the order of files and rows.

    Args:
        paths: files of answers, or files of counted histories.
        path: the file to write.
        options: how.
        on_progress: is called with the step.
        complete: whether shards that are merged must be all shards.

    Raises:
        InvalidInput: naming the column, the rule and the value; or files of both forms, a file twice, a shard twice;
            a file is damaged, or the extra `parquet` is not installed.
        OSError: a file cannot be written.
    """
    if len({each.resolve() for each in paths}) < len(paths):
        raise InvalidInput("files", "must differ", str(paths[-1]))
    counted = [is_counted(each) for each in paths]
    if any(counted) and not all(counted):
        raise InvalidInput("files", "must be either answers or counted histories", paths[counted.index(False)].name)
    if any(counted) and options.shard != ALL_STUDENTS:
        raise InvalidInput("shard", "must be left out where counted histories are merged", str(options.shard))
    with tempfile.TemporaryDirectory(prefix="graph-api-", dir=options.folder) as name:
        folder = Path(name)
        if any(counted):
            answers, rows = merge_files(paths, path, folder, on_progress, complete=complete)
            return CountReport(answers, None, rows)
        return _count(paths, path, options, folder, on_progress)


def _count(
    paths: Sequence[Path], path: Path, options: CountOptions, folder: Path, on_progress: OnProgress
) -> CountReport:
    total, shard = sum(_size(each) for each in paths), options.shard
    shuffle = Shuffle(folder / "answers", total // shard.total, ANSWERS_OF_A_PART)
    targets, times, read, answers = Targets(), set[str](), 0, 0
    for rows in (rows for each in paths for rows in read_answers(each, options.columns, targets)):
        times.add(rows.time)
        if len(times) > 1:
            raise InvalidInput("at", "must have one type in all files", ", ".join(sorted(times)))
        answers += _deal(rows, shuffle, shard)
        read += rows.read
        on_progress("reading", read, total)
    merge = HistoryMerge(folder / "histories", dict(zip(targets.numbers, targets.rows, strict=True)))
    rank = np.array([targets.numbers[target] for target in merge.targets], np.int64).argsort()
    for part, table in shuffle.tables():
        merge.add(_histories(table, rank))
        on_progress("counting", part + 1, shuffle.parts)
    sharding = Sharding()
    if shard != ALL_STUDENTS:
        columns = ", ".join(f"{key}={name}" for key, name in options.columns._asdict().items() if name is not None)
        sharding = Sharding([shard], f"{total:,} rows, {columns}")
    return CountReport(answers, targets.left_out, merge.write(path, sharding, on_progress))


def _size(path: Path) -> int:
    with open_table(path) as file:
        return int(file.metadata.num_rows)


def _deal(rows: Rows, shuffle: Shuffle, shard: Shard) -> int:
    """Add the rows of a shard's students to the part of each student; returns their number."""
    table, hashes = rows.table, rows.hash
    if shard != ALL_STUDENTS:
        own = hashes % shard.total == shard.number - 1
        table, hashes = table.filter(arrow_module().array(own)), hashes[own]
    shuffle.add(table, hashes // shard.total % shuffle.parts)
    return len(hashes)


def _histories(table: Table, rank: NDArray[np.int64]) -> Table:
    """Each distinct history of some students' answers: its target's rank, its text, and its count."""
    arrow = arrow_module()
    student = table["student"].combine_chunks().dictionary_encode()
    pair = rank[table["target"].to_numpy()] * len(student.dictionary) + student.indices.to_numpy()
    keys = [table["at"].to_numpy(), pair] if "at" in table.column_names else [pair]
    order = np.lexsort(keys)  # stable: equal times keep the order of rows
    pair = pair[order]
    texts = table["correct"].to_numpy()[order] + np.uint8(ord("0"))
    starts = np.flatnonzero(np.append(True, pair[1:] != pair[:-1]))
    offsets = np.append(starts, len(pair)).astype(np.int32)
    answers = arrow.StringArray.from_buffers(len(starts), arrow.py_buffer(offsets), arrow.py_buffer(texts))
    sequences = arrow.table({"target": pair[starts] // len(student.dictionary), "answers": answers})
    counted = sequences.group_by(["target", "answers"], use_threads=False).aggregate([([], "count_all")])
    return counted.rename_columns(ADDED)
