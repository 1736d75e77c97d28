"""Files for their owner only, and files that are whole or absent, also after a power cut."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

OWNER_ONLY = 0o600


def open_private(path: Path) -> BinaryIO:
    """Open a file for writing that only its owner can read (mode 0600), from its first byte and under any umask.

    An existing file is emptied and gets the mode, too. Something that is not a regular file, such as /dev/stdout, keeps
    its mode.

    Raises:
        OSError: the file cannot be opened.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, OWNER_ONLY)
    file = os.fdopen(descriptor, "wb")
    if path.is_file():
        os.fchmod(descriptor, OWNER_ONLY)
        file.truncate(0)
    return file


@contextmanager
def write_whole(path: Path) -> Iterator[BinaryIO]:
    """Write a private file that has its name only when it is whole and on the disk.

    It is written under the name with `.part` added, which an error removes.

    Raises:
        OSError: the file cannot be written.
    """
    partly = path.with_name(path.name + ".part")
    try:
        with open_private(partly) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        partly.replace(path)
    except BaseException:
        partly.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Put the names in a folder on the disk: what was created, renamed and removed in it."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
