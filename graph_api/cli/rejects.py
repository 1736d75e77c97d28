"""Rows that an import of answers did not record: the rejects file, and the console."""

import contextlib
import csv
import json
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from graph_api.cli.console import FAILED, USAGE, err, stop
from graph_api.domain.failures import Failure
from graph_api.store.engine.private_files import OWNER_ONLY
from graph_api.usecases.answers.answer_files import FileRow

MOST_NAMED = 100
"""Conflicts that are listed on the console; a rejects file lists all."""


class Notes:
    """Rows that were not recorded: a CSV file of line, reason and the row; without a file, conflicts on the console."""

    def __init__(self, file: IO[str] | None) -> None:
        self._rows = csv.writer(file) if file else None
        self._named = self._unnamed = 0
        if self._rows:
            self._rows.writerow(["line", "reason", "row"])

    @property
    def is_file(self) -> bool:
        """Whether rejected rows are written to a file, so that the import continues after them."""
        return self._rows is not None

    def reject(self, row: FileRow, failure: Failure) -> None:
        """Note a row that cannot be recorded."""
        if self._rows:
            self._rows.writerow([row.line, failure.message, json.dumps(row.cells, ensure_ascii=False)])

    def conflict(self, row: FileRow, failure: Failure) -> None:
        """Note a row whose id is recorded with other content."""
        self.reject(row, failure)
        if self._named < MOST_NAMED:
            self._named += 1
            text = f"line {row.line}: {failure.message}"
            err.print(text, style="red", markup=False, highlight=False, soft_wrap=True)
        else:
            self._unnamed += 1

    def print_rest(self) -> None:
        """Print how many conflicts were not listed."""
        if self._unnamed:
            hint = "" if self.is_file else "; --skip-bad FILE lists all"
            err.print(f"and {self._unnamed:,} more conflicts{hint}", style="red", highlight=False)


@contextlib.contextmanager
def open_notes(path: Path | None, source: Path) -> Iterator[Notes]:
    """Open a new rejects file for the rows of a source; without a path, conflicts go to the console only."""
    if path is None:
        yield Notes(None)
        return
    if not source.is_file() and not source.exists():
        stop(f"{source.name}: No such file or directory", FAILED)
    if path.exists() and path.samefile(source):
        stop(f"--skip-bad: must not name the file that is imported (got {str(path)!r})", USAGE)
    try:
        is_device = path.exists() and stat.S_ISCHR(path.stat().st_mode)
        if not is_device:
            path.touch(OWNER_ONLY, exist_ok=False)  # rows hold personal data
        opened = path.open("w", encoding="utf-8", errors="backslashreplace", newline="")
    except FileExistsError:
        stop(f"--skip-bad: the file exists; name a new one, or remove it (got {str(path)!r})", USAGE)
    except OSError as error:
        stop(f"--skip-bad: {error.strerror} (got {str(path)!r})", USAGE)
    with opened as file:
        yield Notes(file)
