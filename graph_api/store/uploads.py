"""Uploaded files: each in a private folder that is removed in every case, also after the death of its process.

A process holds a lock on its own folder. The next process that starts removes the folders that no process holds.
"""

import fcntl
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import structlog

from graph_api.domain.failures import InvalidInput, Overloaded, shown
from graph_api.domain.text import REFUSED
from graph_api.store.engine.private_files import open_private

log = structlog.get_logger(__name__)

OWNER_ONLY = 0o700
NAME_BYTES = 200
"""Bytes that the name of a file may have."""
MOST_AT_ONCE = 4
"""Uploads of one process that may be in progress together, because each holds a file of the largest size."""
STARTING = ".starting-"
"""How the name of a folder begins until its process has locked it."""


class Upload:
    """The files of one upload, in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._names: set[str] = set()

    def create(self, name: str, field: str) -> "UploadedFile":
        """An empty private file (mode 0600).

        Raises:
            InvalidInput: another file of the upload has the name, or it is no name of a file.
            OSError: the file cannot be created.
        """
        plain = file_name(name, field)
        if plain in self._names:
            raise InvalidInput(field, "must have a name that no other file of the upload has", shown(plain))
        self._names.add(plain)
        return UploadedFile(self.folder / plain)


class UploadedFile:
    """A file that is being received."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = open_private(path)

    def write(self, data: bytes) -> None:
        """Append bytes."""
        self._file.write(data)

    def close(self) -> None:
        """Complete the file, so that it can be read."""
        self._file.close()


class Uploads:
    """The folder of this process for uploads. It is made with the first upload."""

    def __init__(self, root: Path, most: int = MOST_AT_ONCE) -> None:
        self._root, self._most, self._open = root, most, 0
        self._own: Path | None = None
        self._lock = -1

    def sweep(self) -> int:
        """Remove what processes that died have left; returns the number of their folders."""
        removed = 0
        for folder in sorted(self._root.iterdir()) if self._root.is_dir() else ():
            if folder == self._own or folder.name.startswith(STARTING):
                continue
            with suppress(OSError):  # a living process holds it, or it was removed meanwhile
                lock = _locked(folder)
                try:
                    shutil.rmtree(folder)
                finally:
                    os.close(lock)
                removed += 1
        if removed:
            log.warning("uploads of processes that died are removed", processes=removed)
        return removed

    @contextmanager
    def upload(self) -> Iterator[Upload]:
        """A place for the files of one upload, which are removed at the end of the block.

        Raises:
            Overloaded: as many uploads as possible are in progress.
            OSError: the folder cannot be made.
        """
        if self._open >= self._most:
            rule = f"must wait: {self._most} uploads are in progress, which is the limit of a process"
            raise Overloaded("file", rule, retry_after=10.0)
        self._open += 1
        try:
            folder = self._make() / uuid.uuid4().hex
            folder.mkdir(OWNER_ONLY)
            try:
                yield Upload(folder)
            finally:
                _remove(folder)
        finally:
            self._open -= 1

    def close(self) -> None:
        """Remove the folder of this process."""
        if self._own is not None:
            _remove(self._own)
            os.close(self._lock)
            self._own = None

    def _make(self) -> Path:
        if self._own is None:
            self._root.mkdir(OWNER_ONLY, parents=True, exist_ok=True)
            name = uuid.uuid4().hex
            starting = self._root / f"{STARTING}{name}"
            starting.mkdir(OWNER_ONLY)
            self._lock = _locked(starting)
            self._own = starting.rename(self._root / name)
        return self._own


def file_name(name: str, field: str) -> str:
    r"""The last part of a file's name as a client sent it: no folder, and nothing that a path means.

    Raises:
        InvalidInput: nothing is left, or it is too long or has control characters.

    >>> file_name("C:\\Users\\ann\\week 1.csv.gz", "file"), file_name("../../etc/passwd", "file")
    ('week 1.csv.gz', 'passwd')
    """
    plain = name.replace("\\", "/").rpartition("/")[2].strip()
    if plain in {"", ".", ".."}:
        raise InvalidInput(field, "must have the name of a file", shown(name))
    if REFUSED.search(plain) or len(plain.encode()) > NAME_BYTES:
        rule = f"must have a name of at most {NAME_BYTES} bytes without control characters"
        raise InvalidInput(field, rule, shown(plain))
    return plain


def _locked(folder: Path) -> int:
    """The descriptor of a folder that this process has locked.

    Raises:
        OSError: another process holds it, or it does not exist.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def _remove(folder: Path) -> None:
    try:
        shutil.rmtree(folder)
    except OSError as error:
        log.warning("an uploaded file could not be removed", error=str(error))
