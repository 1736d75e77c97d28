"""Folders of databases in memory, where a commit does not wait for a disk."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from graph_api.store.engine.embedded_process import alive

MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of its own is made there
ROOM = 2_000_000_000
"""Bytes that must be free there."""
NAME = "graph-api-tests"


@contextmanager
def folder_in_memory() -> Iterator[Path]:
    """A folder for a database that no test damages: in memory where there is room, or else on the disk."""
    _remove_abandoned()
    has_room = MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free >= ROOM
    with tempfile.TemporaryDirectory(prefix=f"{NAME}-{os.getpid()}-", dir=MEMORY if has_room else None) as folder:
        yield Path(folder)


def _remove_abandoned() -> None:
    """Give back the memory of runs that were killed."""
    for folder in MEMORY.glob(f"{NAME}-*-*"):
        if not alive(int(folder.name.split("-")[3])):
            shutil.rmtree(folder, ignore_errors=True)
