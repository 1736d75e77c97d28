"""Folders for uploads: what a dead process leaves is removed, what a living one holds stays."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from graph_api.domain.failures import InvalidInput
from graph_api.store.uploads import NAME_BYTES, Upload, Uploads

HOLDS = """
import sys, time
from pathlib import Path
from graph_api.store.uploads import Uploads
with Uploads(Path(sys.argv[1])).upload() as upload:
    file = upload.create("week.csv", "file")
    file.write(b"anna")
    file.close()
    print(file.path, flush=True)
    time.sleep(60)
"""


def test_files_of_a_killed_process_are_removed_and_those_of_a_living_one_stay(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLDS, tmp_path], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        path = Path(holder.stdout.readline().strip())

        assert (Uploads(tmp_path).sweep(), path.read_text(), path.stat().st_mode & 0o777) == (0, "anna", 0o600)
        assert path.parent.stat().st_mode & 0o777 == 0o700
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        assert path.exists()
        assert (Uploads(tmp_path).sweep(), list(tmp_path.iterdir())) == (1, [])


def fill(upload: Upload) -> None:
    """Create a file, then fail."""
    upload.create("a.csv", "file").close()
    upload.create("a.csv", "file")


def test_an_error_removes_the_files_and_frees_the_place(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path, most=1)
    for _ in range(2):
        with pytest.raises(InvalidInput), uploads.upload() as upload:
            fill(upload)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    uploads.close()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["", " ", "..", "a/..", "x" * (NAME_BYTES + 1), "a\x00b", "é" * NAME_BYTES])
def test_names_that_are_no_files(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidInput, match="file: must have"), Uploads(tmp_path).upload() as upload:
        upload.create(name, "file")


def test_a_name_is_used_once(tmp_path: Path) -> None:
    with Uploads(tmp_path).upload() as upload:
        upload.create("a.csv", "file").close()
        with pytest.raises(InvalidInput, match="no other file"):
            upload.create("folder/a.csv", "metadata")
