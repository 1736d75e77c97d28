"""Exports as Parquet: typed columns under a fixed schema, written in row groups, so that memory stays flat."""

import importlib
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import IO, Any, Self

from graph_api.domain.failures import InvalidInput
from graph_api.domain.operations.export_columns import ColumnType, ExportKind
from graph_api.store.gateway import Row

ROWS_OF_A_BATCH = 2_048
"""Rows that are held as Python values."""
BATCHES_OF_A_GROUP = 32
"""Batches that are held as columns until they are written together."""

READ: dict[ColumnType, Callable[[str], object]] = {
    ColumnType.TIME: datetime.fromisoformat,
    ColumnType.DAY: date.fromisoformat,
}
"""Types whose values are text in rows."""


class ParquetWriter:
    """Writes the rows of a kind to an open file; leaving the context without an error ends the file.

    >>> import io
    >>> from graph_api.domain.operations.export_kinds import LINKS
    >>> buffer = io.BytesIO()
    >>> with ParquetWriter(buffer, LINKS) as writer:
    ...     writer.add({"type": "PART_OF", "from_id": "a", "to_id": "b", "from_name": "A", "to_name": "B"})
    >>> buffer.getvalue()[:4]
    b'PAR1'
    """

    def __init__(self, file: IO[bytes], kind: ExportKind) -> None:
        self._arrow: Any = _module("pyarrow")
        self._kind, self._rows, self._batches = kind, list[Row](), list[Any]()
        self.schema: Any = arrow_schema(kind)
        parquet: Any = _module("pyarrow.parquet")
        self._writer: Any = parquet.ParquetWriter(file, self.schema, compression="zstd")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, error: object, *_: object) -> None:
        try:
            if error is None:
                self._end_batch()
                self._end_group()
        finally:
            self._writer.close()

    def add(self, row: Row) -> None:
        """Write a row.

        Raises:
            pyarrow.ArrowInvalid: a value does not have the type of its column, or is missing where one is required.
        """
        self._rows.append(row)
        if len(self._rows) == ROWS_OF_A_BATCH:
            self._end_batch()
        if len(self._batches) == BATCHES_OF_A_GROUP:
            self._end_group()

    def _end_batch(self) -> None:
        if not self._rows:
            return
        columns = [
            self._arrow.array(_values(column.name, column.type, self._rows), field.type)
            for column, field in zip(self._kind.columns, self.schema, strict=True)
        ]
        batch = self._arrow.RecordBatch.from_arrays(columns, schema=self.schema)
        batch.validate(full=True)
        self._batches.append(batch)
        self._rows = []

    def _end_group(self) -> None:
        if self._batches:
            self._writer.write_table(self._arrow.Table.from_batches(self._batches), row_group_size=None)
            self._batches = []


def arrow_schema(kind: ExportKind) -> Any:  # noqa: ANN401 - a schema of pyarrow
    """The Arrow schema of a kind; each field has its meaning as `description`.

    >>> from graph_api.domain.operations.export_kinds import LINKS
    >>> arrow_schema(LINKS).field("to_name").type
    DataType(string)
    """
    arrow: Any = _module("pyarrow")
    types = {
        ColumnType.TEXT: arrow.string(),
        ColumnType.JSON: arrow.string(),
        ColumnType.TIME: arrow.timestamp("us", tz="UTC"),
        ColumnType.DAY: arrow.date32(),
        ColumnType.TRUTH: arrow.bool_(),
        ColumnType.NUMBER: arrow.float64(),
        ColumnType.COUNT: arrow.int64(),
        ColumnType.TEXTS: arrow.list_(arrow.string()),
        ColumnType.NUMBERS: arrow.list_(arrow.float64()),
        ColumnType.COUNTS: arrow.list_(arrow.int64()),
    }
    fields = [
        arrow.field(each.name, types[each.type], nullable=each.is_nullable, metadata={"description": each.meaning})
        for each in kind.columns
    ]
    return arrow.schema(fields, metadata={"kind": kind.name, "row": kind.row})


def _values(name: str, kind: ColumnType, rows: Iterable[Row]) -> list[object]:
    values = [row[name] for row in rows]
    read = READ.get(kind)
    return values if read is None else [None if value is None else read(value) for value in values]


def _module(name: str) -> Any:  # noqa: ANN401 - a module without types
    """A module of the optional package.

    Raises:
        InvalidInput: it is not installed.
    """
    try:
        return importlib.import_module(name)
    except ImportError:
        rule = "needs the extra `parquet`: pip install 'graph-api[parquet]'; or use csv or jsonl"
        raise InvalidInput("format", rule, "parquet") from None
