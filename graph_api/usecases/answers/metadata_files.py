"""Files beside an answer file, such as the questions with their skills: a row is looked up by its key."""

import contextlib
import json
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from graph_api.domain.failures import shown
from graph_api.usecases.answers.layout_parts import Join
from graph_api.usecases.csv_records import BadFile
from graph_api.usecases.csv_rows import CsvFile, open_csv
from graph_api.usecases.file_bytes import PARQUET, first_bytes
from graph_api.usecases.parquet_rows import ParquetFile, open_parquet

MOST_IN_MEMORY = 500_000
"""Rows of a metadata file that are kept in memory; a longer one goes to a database file that is deleted afterwards."""

RowFile = CsvFile | ParquetFile


class Lookup:
    """The columns of a metadata file by its key: in memory, or in SQLite if there are many."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._few: dict[str, tuple[str, ...]] = {}
        self._many: sqlite3.Connection | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._waiting: list[tuple[str, str]] = []

    def add(self, key: str, cells: tuple[str, ...]) -> None:
        """Add a row. Other cells under the same key become a list, as where each skill has a row of its own."""
        if self._many is None and len(self._few) >= MOST_IN_MEMORY and key not in self._few:
            self._spill()
        if self._many is not None:
            self._waiting.append((key, json.dumps(cells)))
            if len(self._waiting) >= MOST_IN_MEMORY // 10:
                self.flush()
            return
        before = self._few.get(key)
        self._few[key] = cells if before is None else tuple(map(_together, before, cells))

    def get(self, key: str) -> tuple[str, ...]:
        """The cells of a key; empty cells if there is no such row."""
        if self._many is None:
            return self._few.get(key) or ("",) * self._width
        row = self._many.execute("SELECT cells FROM rows WHERE key = ?", (key,)).fetchone()
        return tuple(json.loads(row[0])) if row else ("",) * self._width

    def flush(self) -> None:
        """Write what waits.

        Raises:
            BadFile: a key comes again, which only a file of moderate size may have.
        """
        if self._many is None:
            return
        try:
            self._many.executemany("INSERT INTO rows VALUES (?, ?)", self._waiting)
        except sqlite3.IntegrityError:
            rule = f"must name each key once in a file of more than {MOST_IN_MEMORY:,} rows"
            raise BadFile("metadata", rule) from None
        self._waiting.clear()

    def close(self) -> None:
        """Delete the database file."""
        if self._many is not None:
            self._many.close()
        if self._folder is not None:
            self._folder.cleanup()

    def _spill(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="graph-api-metadata-")
        self._many = sqlite3.connect(Path(self._folder.name) / "rows.db", isolation_level=None)
        self._many.execute("PRAGMA journal_mode = OFF")
        self._many.execute("PRAGMA synchronous = OFF")
        self._many.execute("CREATE TABLE rows (key TEXT PRIMARY KEY, cells TEXT) WITHOUT ROWID")
        self._waiting = [(key, json.dumps(cells)) for key, cells in self._few.items()]
        self._few = {}
        self.flush()


def _together(before: str, cell: str) -> str:
    if cell in {before, ""}:
        return before
    values = json.loads(before) if before.startswith("[") else [before] if before else []
    return cell if not values else before if cell in values else json.dumps([*values, cell], ensure_ascii=False)


@contextlib.contextmanager
def open_lookups(
    path: Path, title: str, joins: Sequence[Join], given: Sequence[Path]
) -> Iterator[list[tuple[Join, Lookup]]]:
    """The lookups for the joins of a layout, called `title`, from `given` files or those beside the file.

    Raises:
        BadFile: a file that is needed is missing, or a given one fits no join.
        OSError: a file cannot be opened.
    """
    with contextlib.ExitStack() as stack:
        lookups, unused = [], list(given)
        for join in joins:
            source = next((each for each in unused if _fits(each, join)), None)
            if source is not None:
                unused.remove(source)
            else:
                source = next((each for name in join.files if (each := path.parent / name).is_file()), None)
            if source is None:
                if join.required:
                    names = ", ".join((join.key, *join.columns))
                    rule = (
                        f"{title} needs {join.files[0] if join.files else 'a file'} with the columns {names}: "
                        "put it beside the file, or use --metadata"
                    )
                    raise BadFile("metadata", rule)
                continue
            lookup = Lookup(len(join.columns))
            stack.callback(lookup.close)
            _fill(lookup, source, join)
            lookups.append((join, lookup))
        if unused:
            wanted = "; ".join(", ".join((join.key, *join.columns)) for join in joins) or "none"
            rule = f"a file has not the columns that this layout looks up ({wanted})"
            raise BadFile("metadata", rule, ", ".join(each.name for each in unused))
        yield lookups


@contextlib.contextmanager
def open_rows(  # noqa: PLR0913 - each describes the text
    path: Path,
    *,
    encoding: str | None = None,
    second_encoding: str | None = None,
    delimiter: str | None = None,
    columns: Sequence[str] = (),
    names: Sequence[str] = (),
) -> Iterator[RowFile]:
    """Open a file of rows, whichever form it has; text as `open_csv` does.

    Raises:
        BadFile: it cannot be read.
        OSError: it cannot be opened.
    """
    if first_bytes(path) == PARQUET:
        with open_parquet(path) as parquet:
            yield parquet
        return
    with open_csv(
        path,
        encoding=encoding,
        second_encoding=second_encoding,
        delimiter=delimiter,
        columns=columns,
        names=names,
        is_json=True,
    ) as file:
        yield file


def _fits(path: Path, join: Join) -> bool:
    with open_rows(path) as file:
        return {join.key, *join.columns} <= set(file.header)


def _fill(lookup: Lookup, path: Path, join: Join) -> None:
    with open_rows(path, columns=[join.key, *join.columns]) as file:
        missing = [name for name in (join.key, *join.columns) if name not in file.header]
        if missing:
            rule = f"{path.name} must have the columns {', '.join(missing)}"
            raise BadFile("metadata", rule, shown(", ".join(file.header)))
        key, *places = (file.positions(name)[0] for name in (join.key, *join.columns))
        for row in file:
            if row.problem is not None:
                raise BadFile("metadata", f"{path.name}, line {row.line}: {row.problem.rule}", row.problem.value)
            lookup.add(row.cells[key].strip(), tuple(row.cells[place].strip() for place in places))
        lookup.flush()
