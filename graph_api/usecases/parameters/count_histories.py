"""Count the histories of any number of answers, or merge counted ones, with flat memory.

Two shuffles through files on disk, each with parts that fit into memory. The first brings together the answers of a
student; then each history is a row with its count. The second brings together the histories of a target, whose counts
are added.
"""

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from graph_api.domain.failures import InvalidInput
from graph_api.domain.targets import Target
from graph_api.usecases.parameters.answer_rows import AnswerColumns, Rows, Targets, read_answers
from graph_api.usecases.parameters.arrow_tables import Shuffle, arrow_module, open_table, parts_for
from graph_api.usecases.parameters.counted_files import (
    COLUMNS,
    Shard,
    check_shards,
    is_counted,
    number_targets,
    read_head,
    read_rows,
    write_counted,
)
from graph_api.usecases.run_ledger import OnProgress, unwatched

ANSWERS_OF_A_PART = 1 << 21
"""Answers that are sorted together: they need about 200 bytes each."""
HISTORIES_OF_A_PART = 1 << 20
"""Counted histories that are merged together, unless one target has more."""


class CountReport(NamedTuple):
    """What was counted.

    Attributes:
        answers: in the histories; an answer to two targets counts twice.
        left_out: rows without a student, a result or a time.
        rows: distinct histories in the file that was written.
    """

    answers: int
    left_out: int
    rows: int


@dataclass(frozen=True, slots=True)
class CountOptions:
    """How to read answers.

    Attributes:
        columns: which column holds what.
        shard: count only these students; None for all.
        folder: where temporary files are made; None for the system's folder.
    """

    columns: AnswerColumns = field(default_factory=AnswerColumns)
    shard: Shard | None = None
    folder: Path | None = None


def count_histories(
    paths: Sequence[Path],
    out: Path,
    options: CountOptions = CountOptions(),
    on_progress: OnProgress = unwatched,
    *,
    complete: bool = False,
) -> CountReport:
    """Write the counted histories of files of answers, or merge files of counted histories.

    Answers of a student to a target are in order of time. Equal times keep the order of files and rows.

    Args:
        paths: files of answers, or files of counted histories.
        out: the file to write.
        options: how.
        on_progress: is called with the step.
        complete: whether shards that are merged must be all shards.

    Raises:
        InvalidInput: naming the column, the rule and the value; or files of both forms, a file twice, a shard twice;
            a file is damaged, or the extra `parquet` is not installed.
    """
    if len({path.resolve() for path in paths}) < len(paths):
        raise InvalidInput("files", "must differ", str(paths[-1]))
    counted = [is_counted(path) for path in paths]
    if any(counted) and not all(counted):
        raise InvalidInput("files", "must be either answers or counted histories", paths[counted.index(False)].name)
    with tempfile.TemporaryDirectory(prefix="graph-api-", dir=options.folder) as folder:
        place = Path(folder)
        if any(counted):
            if options.shard is not None:
                raise InvalidInput("shard", "must be left out where counted histories are merged", str(options.shard))
            return _merge(paths, out, place, on_progress, complete=complete)
        return _count(paths, out, options, place, on_progress)


def _count(
    paths: Sequence[Path], out: Path, options: CountOptions, folder: Path, on_progress: OnProgress
) -> CountReport:
    total = sum(_size(path) for path in paths)
    shard = options.shard or Shard(1, 1)
    answers = Shuffle(folder / "answers", parts_for(total // shard.total, ANSWERS_OF_A_PART))
    targets, kind_of_time, done, own = Targets(), set[str](), 0, 0
    for path in paths:
        for rows in read_answers(path, options.columns, targets):
            kind_of_time.add("none" if rows.at is None else str(rows.at.dtype))
            if len(kind_of_time) > 1:
                raise InvalidInput("at", "must have one type in all files", ", ".join(sorted(kind_of_time)))
            own += _deal(rows, answers, shard)
            done += len(rows.target)
            on_progress("reading", min(done, total), total)
    answers.end()
    names = sorted(targets.numbers)
    rank = np.empty(len(names), np.int64)
    rank[[targets.numbers[name] for name in names]] = np.arange(len(names))
    sizes = np.array(targets.rows, np.int64)
    of_target, parts = _deal_targets(sizes[[targets.numbers[name] for name in names]], HISTORIES_OF_A_PART)
    histories = Shuffle(folder / "histories", parts)
    for part in range(answers.parts):
        if (table := answers.take(part)) is not None:
            counted = _histories(table, rank)
            histories.add(counted, of_target[counted["target"].to_numpy()])
        on_progress("counting", part + 1, answers.parts)
    histories.end()
    tables = _merged(histories, names, on_progress)
    rows_written = write_counted(out, tables, [] if options.shard is None else [options.shard])
    return CountReport(own, targets.left_out, rows_written)


def _size(path: Path) -> int:
    with open_table(path) as file:
        return int(file.metadata.num_rows)


def _deal(rows: Rows, shuffle: Shuffle, shard: Shard) -> int:
    """Add rows of a shard's students to the part of each student; returns how many there are."""
    arrow = arrow_module()
    columns = {"student": rows.student, "target": arrow.array(rows.target), "correct": arrow.array(rows.correct)}
    if rows.at is not None:
        columns["at"] = arrow.array(rows.at)
    batch = arrow.RecordBatch.from_pydict(columns)
    hashes = rows.hash
    if shard.total > 1:
        own = hashes % shard.total == shard.number - 1
        batch, hashes = batch.filter(arrow.array(own)), hashes[own]
    shuffle.add(batch, hashes // shard.total % shuffle.parts)
    return len(hashes)


def _deal_targets(rows: NDArray[np.int64], rows_of_a_part: int) -> tuple[NDArray[np.int64], int]:
    """The part of each target, so that parts follow each other in order of targets, and the number of parts."""
    parts = parts_for(int(rows.sum()), rows_of_a_part)
    before = np.cumsum(rows) - rows
    return before * parts // max(1, int(rows.sum())), parts


def _histories(table: Any, rank: NDArray[np.int64]) -> Any:  # noqa: ANN401 - tables of pyarrow
    """Each distinct history of some students' answers: its target's rank, its text, and its count."""
    arrow = arrow_module()
    student = table["student"].combine_chunks().dictionary_encode()
    pair = rank[table["target"].to_numpy()] * len(student.dictionary) + student.indices.to_numpy()
    order = (
        np.lexsort((table["at"].to_numpy(), pair)) if "at" in table.column_names else np.argsort(pair, kind="stable")
    )
    pair = pair[order]
    texts = table["correct"].to_numpy()[order] + np.uint8(ord("0"))
    starts = np.flatnonzero(np.append(True, pair[1:] != pair[:-1]))
    offsets = np.append(starts, len(pair)).astype(np.int32)
    answers = arrow.StringArray.from_buffers(len(starts), arrow.py_buffer(offsets), arrow.py_buffer(texts))
    sequences = arrow.table({"target": pair[starts] // len(student.dictionary), "answers": answers})
    counted = sequences.group_by(["target", "answers"], use_threads=False).aggregate([([], "count_all")])
    return counted.rename_columns(["target", "answers", "students"])


def _merged(histories: Shuffle, names: Sequence[Target], on_progress: OnProgress) -> Iterator[Any]:
    """The distinct histories of each part, in order of target and text."""
    arrow = arrow_module()
    kinds, keys = arrow.array([each.kind.value for each in names]), arrow.array([each.key for each in names])
    for part in range(histories.parts):
        on_progress("merging", part + 1, histories.parts)
        if (table := histories.take(part)) is None:
            continue
        table = table.group_by(["target", "answers"], use_threads=False).aggregate([("students", "sum")])
        table = table.rename_columns(["target", "answers", "students"])
        table = table.sort_by([("target", "ascending"), ("answers", "ascending")]).combine_chunks()
        target = table["target"].combine_chunks()
        yield arrow.table(
            [kinds.take(target), keys.take(target), table["answers"], table["students"]], names=list(COLUMNS)
        )


def _merge(paths: Sequence[Path], out: Path, folder: Path, on_progress: OnProgress, *, complete: bool) -> CountReport:
    heads = [read_head(path) for path in paths]
    shards = sorted(shard for head in heads for shard in head.shards)
    check_shards(shards, complete=complete)
    left = [] if shards and len(shards) == shards[0].total else shards
    sizes: dict[Target, int] = {}
    for path in paths:
        for batch in read_rows(path):
            number, names = number_targets(arrow_module().Table.from_batches([batch]))
            for name, rows in zip(names, np.bincount(number).tolist(), strict=True):
                sizes[name] = sizes.get(name, 0) + rows
    names = sorted(sizes)
    rank = {name: place for place, name in enumerate(names)}
    of_target, parts = _deal_targets(np.array([sizes[name] for name in names], np.int64), HISTORIES_OF_A_PART)
    histories = Shuffle(folder / "histories", parts)
    done, total, answers = 0, sum(head.rows for head in heads), 0
    for path in paths:
        for batch in read_rows(path):
            histories.add(*_ranked(batch, rank, of_target))
            done += batch.num_rows
            on_progress("reading", done, total)
            lengths = arrow_module("pyarrow.compute").binary_length(batch["answers"]).to_numpy()
            answers += int(lengths.astype(np.int64) @ batch["students"].to_numpy())
    histories.end()
    return CountReport(answers, 0, write_counted(out, _merged(histories, names, on_progress), left))


def _ranked(
    batch: Any,  # noqa: ANN401 - a batch of pyarrow
    rank: dict[Target, int],
    of_target: NDArray[np.int64],
) -> tuple[Any, NDArray[np.int64]]:
    arrow = arrow_module()
    number, own = number_targets(arrow.Table.from_batches([batch]))
    target = np.array([rank[name] for name in own], np.int64)[number]
    columns = [arrow.array(target), batch["answers"], batch["students"]]
    return arrow.table(columns, names=["target", "answers", "students"]), of_target[target]
