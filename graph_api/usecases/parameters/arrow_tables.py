"""Tables that do not fit into memory: read from Parquet a batch at a time, and shuffled through files on disk."""

import importlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from graph_api.domain.failures import InvalidInput, shown

Table: TypeAlias = Any
"""A table or record batch of pyarrow, which has no types."""
Values: TypeAlias = Any
"""An array of pyarrow."""

ROWS_AT_A_TIME = 1 << 18
"""Rows of a batch that is read."""
BUFFER = 1 << 20
"""Bytes of each column that are read at a time."""
MOST_PARTS = 400
"""Files that a shuffle writes side by side: Linux allows 1,024 open files by default."""


def arrow_module(name: str = "pyarrow") -> Any:  # noqa: ANN401 - a module without types
    """A module of the optional package.

    Raises:
        InvalidInput: it is not installed.
    """
    try:
        return importlib.import_module(name)
    except ImportError:
        raise InvalidInput("file", "needs the extra `parquet`: pip install 'graph-api[parquet]'") from None


@contextmanager
def open_table(path: Path) -> Iterator[Any]:
    """A Parquet file whose columns are read in small buffers.

    Raises:
        InvalidInput: it is missing or damaged.
    """
    parquet = arrow_module("pyarrow.parquet")
    try:
        file = parquet.ParquetFile(path, memory_map=False, buffer_size=BUFFER, pre_buffer=False)
    except (OSError, ValueError) as error:
        raise InvalidInput(path.name, "must be a whole Parquet file", shown(str(error))) from None
    with file:
        yield file


def read_batches(path: Path, columns: Sequence[str]) -> Iterator[Table]:
    """Some columns of a Parquet file as record batches.

    Raises:
        InvalidInput: it is damaged.
    """
    with open_table(path) as file:
        try:
            yield from file.iter_batches(ROWS_AT_A_TIME, columns=list(columns), use_threads=False)
        except (OSError, ValueError) as error:
            raise InvalidInput(path.name, "must be a whole Parquet file", shown(str(error))) from None


def cast(values: Values, kind: Any, field: str, rule: str) -> Values:  # noqa: ANN401 - a type of pyarrow
    """Values as another type. Times lose what is smaller than a microsecond.

    Raises:
        InvalidInput: they cannot be converted; it names the field and the rule.
    """
    try:
        return values.cast(kind, safe=not arrow_module("pyarrow.types").is_timestamp(values.type))
    except (ValueError, NotImplementedError) as error:
        raise InvalidInput(field, rule, shown(str(error))) from None


class Shuffle:
    """Rows dealt into files by the number of their part, so that one part at a time fits into memory.

    The rows of a part keep the order in which they were added.

    Attributes:
        parts: how many parts there are; parts without rows have no file.
    """

    def __init__(self, folder: Path, rows: int, rows_of_a_part: int) -> None:
        """A shuffle in a new folder, with parts for about this many rows."""
        self.parts = parts_for(rows, rows_of_a_part)
        self._folder, self._writers = folder, dict[int, Any]()
        folder.mkdir()

    def add(self, rows: Table, part: NDArray[np.integer[Any]]) -> None:
        """Add rows.

        Args:
            rows: all with one schema.
            part: shape (rows,); the part of each row, 0..parts - 1.
        """
        order = np.argsort(part.astype(np.uint16), kind="stable")
        edges = np.searchsorted(part[order], np.arange(self.parts + 1))
        sorted_rows = rows.take(arrow_module().array(order)) if self.parts > 1 else rows
        for each in np.flatnonzero(np.diff(edges)).tolist():
            self._write(each, sorted_rows.slice(edges[each], edges[each + 1] - edges[each]))

    def tables(self) -> Iterator[tuple[int, Table]]:
        """The number and the rows of each part, as one table. Nothing can be added any more; files are deleted."""
        for writer in self._writers.values():
            writer.close()
        for part in sorted(self._writers):
            path = self._path(part)
            table = arrow_module("pyarrow.ipc").open_stream(path.read_bytes()).read_all()
            path.unlink()
            yield part, table

    def _path(self, part: int) -> Path:
        return self._folder / f"{part}.arrows"

    def _write(self, part: int, rows: Table) -> None:
        if part not in self._writers:
            ipc = arrow_module("pyarrow.ipc")
            options = ipc.IpcWriteOptions(compression="lz4", use_threads=False)
            self._writers[part] = ipc.new_stream(str(self._path(part)), rows.schema, options=options)
        self._writers[part].write(rows)


def parts_for(rows: int, rows_of_a_part: int) -> int:
    """How many parts hold some rows.

    >>> parts_for(0, 10), parts_for(21, 10), parts_for(10**9, 10)
    (1, 3, 400)
    """
    return min(max(1, -(-rows // rows_of_a_part)), MOST_PARTS)
