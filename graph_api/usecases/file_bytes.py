"""The bytes of a file: plain, gzip, Zstandard, or a ZIP archive of one file; each is unpacked while it is read."""

import gzip
import io
import sys
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from graph_api.usecases.csv_records import BadFile

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

DAMAGE = (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile, zstd.ZstdError)
"""What readers of compressed files raise where the file ends early or is damaged."""

PARQUET = b"PAR1"
"""The first bytes of a Parquet file."""

_GZIP, _ZSTD, _ZIP = b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"PK\x03\x04"
_ZIP_BESIDE = ("__MACOSX/", ".DS_Store")
_SHEET = "[Content_Types].xml"
_FOREIGN = [
    (PARQUET, "a Parquet file: import it as a file of its own, not inside another one"),
    (b"BZh", "compressed with bzip2: unpack it"),
    (b"\xfd7zXZ", "compressed with xz: unpack it"),
    (b"%PDF", "a PDF document: export the table as CSV"),
    (b"\xd0\xcf\x11\xe0", "an old spreadsheet: save the sheet as CSV"),
]


def first_bytes(path: Path) -> bytes:
    """The first four bytes of a file; empty if it is no regular file, because a pipe is read only once.

    Raises:
        OSError: it cannot be opened.
    """
    if not path.is_file():
        return b""
    with path.open("rb") as raw:
        return raw.read(4)


@contextmanager
def open_bytes(path: Path) -> Iterator[tuple[Any, io.BufferedReader]]:
    """The unpacked stream, with `peek` and `read1`, and the file below it, whose position is the progress.

    Raises:
        BadFile: the file is of a kind that is not read.
        OSError: it cannot be opened.
    """
    with path.open("rb") as raw:
        start = raw.peek(8)
        stream: Any = raw
        if start.startswith(_GZIP):
            stream = gzip.GzipFile(fileobj=raw)
        elif start.startswith(_ZSTD):
            stream = zstd.ZstdFile(raw)
        elif start.startswith(_ZIP):
            stream = _only_member(raw)
        check_kind(start)
        if stream is not raw:
            with stream:
                yield stream, raw
        else:
            yield stream, raw


def check_kind(start: bytes) -> None:
    """Check that the first bytes are not those of a kind that is not read.

    Raises:
        BadFile: they are; the rule names what to do.
    """
    for magic, name in _FOREIGN:
        if start.startswith(magic):
            raise BadFile("file", f"must be CSV, JSON lines or Parquet; it is {name}")


def _only_member(raw: io.BufferedReader) -> Any:  # noqa: ANN401 - anything with peek and read1
    try:
        archive = zipfile.ZipFile(raw)
        names = [each.filename for each in archive.infolist() if not each.is_dir()]
        files = [name for name in names if not name.startswith(_ZIP_BESIDE) and not name.endswith(_ZIP_BESIDE)]
        if _SHEET in files:
            raise BadFile("file", "must be CSV, JSON lines or Parquet; it is a spreadsheet: save the sheet as CSV")
        if len(files) != 1:
            rule = f"a ZIP archive must hold one file, holds {len(files)}: unpack it, and import each file"
            raise BadFile("file", rule, ", ".join(files[:5]))
        return archive.open(files[0])
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError) as error:
        raise BadFile("file", f"the ZIP archive cannot be read: {error}; copy or download it again") from None
