"""Add up the counts of equal histories, a few targets at a time, and write them in order."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from graph_api.domain.targets import Target
from graph_api.usecases.parameters.arrow_tables import Shuffle, Table, arrow_module
from graph_api.usecases.parameters.counted_files import (
    COLUMNS,
    number_targets,
    read_counted,
    read_head,
    write_counted,
)
from graph_api.usecases.parameters.shards import Sharding, merge_shardings
from graph_api.usecases.run_ledger import OnProgress

HISTORIES_OF_A_PART = 1 << 20
"""Counted histories that are merged together, unless one target has more."""
ADDED = ("target", "answers", "students")


class HistoryMerge:
    """Counted histories of known targets, dealt into files by target until all are added.

    Attributes:
        targets: in order; rows refer to them by their rank.
    """

    def __init__(self, folder: Path, sizes: Mapping[Target, int]) -> None:
        """Histories of targets, of which each has about this many rows."""
        self.targets = sorted(sizes)
        rows = np.array([sizes[target] for target in self.targets], np.int64)
        self._shuffle = Shuffle(folder, int(rows.sum()), HISTORIES_OF_A_PART)
        self._part = (np.cumsum(rows) - rows) * self._shuffle.parts // max(1, int(rows.sum()))  # parts follow the ranks

    def add(self, counted: Table) -> None:
        """Add rows of the columns `ADDED`, of which `target` is a rank."""
        self._shuffle.add(counted, self._part[counted["target"].to_numpy()])

    def write(self, path: Path, sharding: Sharding, on_progress: OnProgress) -> int:
        """Write all that was added; returns the number of rows."""
        return write_counted(path, self._merged(on_progress), sharding)

    def _merged(self, on_progress: OnProgress) -> Iterator[Table]:
        """The distinct histories of each part, in order of target and text."""
        arrow = arrow_module()
        kinds = arrow.array([each.kind.value for each in self.targets])
        keys = arrow.array([each.key for each in self.targets])
        for part, table in self._shuffle.tables():
            on_progress("merging", part + 1, self._shuffle.parts)
            counted = table.group_by(["target", "answers"], use_threads=False).aggregate([("students", "sum")])
            counted = counted.rename_columns(ADDED).sort_by([("target", "ascending"), ("answers", "ascending")])
            target = counted["target"].combine_chunks()
            columns = [kinds.take(target), keys.take(target), counted["answers"], counted["students"]]
            yield arrow.table(columns, names=list(COLUMNS)).combine_chunks()


def merge_files(
    paths: Sequence[Path], path: Path, folder: Path, on_progress: OnProgress, *, complete: bool
) -> tuple[int, int]:
    """Merge files of counted histories; returns the number of answers and of rows.

    Args:
        paths: the files.
        path: the file to write.
        folder: for temporary files.
        on_progress: is called with the step.
        complete: whether every shard is needed.

    Raises:
        InvalidInput: see `merge_shardings` and `read_counted`.
    """
    arrow, compute = arrow_module(), arrow_module("pyarrow.compute")
    heads = [read_head(each) for each in paths]
    sharding = merge_shardings([head.sharding for head in heads], complete=complete)
    sizes: dict[Target, int] = {}
    for table in (table for each in paths for table in read_counted(each)):
        number, targets = number_targets(table)
        for target, rows in zip(targets, np.bincount(number).tolist(), strict=True):
            sizes[target] = sizes.get(target, 0) + rows
    merge = HistoryMerge(folder / "histories", sizes)
    rank = {target: place for place, target in enumerate(merge.targets)}
    done, total, answers = 0, sum(head.rows for head in heads), 0
    for table in (table for each in paths for table in read_counted(each)):
        number, targets = number_targets(table)
        ranks = arrow.array(np.array([rank[target] for target in targets], np.int64)[number])
        merge.add(arrow.table([ranks, table["answers"], table["students"]], names=ADDED))
        lengths = compute.binary_length(table["answers"]).to_numpy().astype(np.int64)
        answers += int(lengths @ table["students"].to_numpy())
        done += table.num_rows
        on_progress("reading", done, total)
    return answers, merge.write(path, sharding, on_progress)
