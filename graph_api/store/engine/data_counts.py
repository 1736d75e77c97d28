"""How many students and answers the embedded engine's folder holds, kept beside the data in `counts.json`.

The counts are a floor: after a crash the database holds at least as many, unless some were erased. Every count is of
what was committed, and commits are on the disk before they are counted. The first deletion of a student or an answer
voids the counts, on the disk, before it commits; they are taken again when nothing was deleted for a while. So a crash
never makes a false alarm, whatever was recorded or erased before it.
"""

import contextlib
import json
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from graph_api.store.engine.private_files import write_whole

COUNTS = "counts.json"
COUNTED = ("Student", "ANSWERED")
EVERY = 2.0
"""Seconds between two counts."""
SETTLED = 600.0
"""Seconds without a deletion after which counts are taken again: longer than any transaction."""


class DataCounts:
    """Keeps `counts.json` up to date while the engine runs.

    Args:
        folder: where the file is.
        count: the numbers of committed students and answers, by the name of their type.
    """

    def __init__(self, folder: Path, count: Callable[[], Mapping[str, int]]) -> None:
        self._path = folder / COUNTS
        self._count = count
        self._lock = threading.Lock()
        self._deleted_at = -SETTLED
        self._void = False
        self._written: Mapping[str, int] | None = None
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="counts", daemon=True)

    def start(self) -> None:
        """Write the counts, and again whenever they have changed."""
        self._try_to_write()
        self._thread.start()

    def stop(self) -> None:
        """Write the counts for the last time."""
        self._stopped.set()
        self._thread.join()
        self._try_to_write()

    def void(self) -> None:
        """Note that a student or an answer is being deleted; on the disk when this returns."""
        with self._lock:
            self._deleted_at = time.monotonic()
            if not self._void:
                self._void, self._written = True, None
                self._save({})

    def write(self) -> None:
        """Count and write, unless something was deleted lately.

        Raises:
            OSError: the file cannot be written; the last one is unchanged.
        """
        counts = dict(self._count())
        with self._lock:
            if time.monotonic() - self._deleted_at < SETTLED or counts == self._written:
                return
            self._save(counts)
            self._void, self._written = False, counts

    def _keep(self) -> None:
        while not self._stopped.wait(EVERY):
            self._try_to_write()

    def _try_to_write(self) -> None:
        with contextlib.suppress(OSError):  # a full disk: an older floor is a floor, too
            self.write()

    def _save(self, counts: Mapping[str, int]) -> None:
        with write_whole(self._path) as file:
            file.write(json.dumps(counts).encode())


def read_counts(folder: Path) -> dict[str, int] | None:
    """The counts beside the data, which are the least numbers in it. None: the folder never held a database.

    Raises:
        ValueError: the file is damaged.
    """
    try:
        counts = json.loads((folder / COUNTS).read_bytes())
    except FileNotFoundError:
        return None
    if not isinstance(counts, dict) or not all(isinstance(value, int) for value in counts.values()):
        raise ValueError(COUNTS)
    return counts


def find_missing(counts: Mapping[str, int], present: Mapping[str, int]) -> list[str]:
    """Types with fewer nodes or relationships than were stored, one line per type.

    >>> find_missing({"Student": 3, "ANSWERED": 10}, {"Student": 3, "ANSWERED": 7})
    ['ANSWERED: at least 10 were stored, 7 are left']
    """
    return [
        f"{name}: at least {count} were stored, {present.get(name, 0)} are left"
        for name, count in counts.items()
        if present.get(name, 0) < count
    ]
