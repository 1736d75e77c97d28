"""Files with personal data: for their owner only, whatever the umask, and whole or absent."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from graph_api.store.engine.private_files import open_private, write_whole


@pytest.fixture(autouse=True)
def open_umask() -> Iterator[None]:
    """Files that this process creates are for all users by default."""
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_file_is_for_its_owner_only_from_its_first_byte(tmp_path: Path) -> None:
    with open_private(tmp_path / "rows.csv") as file:
        assert mode(tmp_path / "rows.csv") == 0o600
        file.write(b"anna")
    assert (tmp_path / "rows.csv").read_bytes() == b"anna"


def test_an_old_file_becomes_private_and_is_emptied(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("a longer text")
    path.chmod(0o644)
    with open_private(path) as file:
        file.write(b"anna")
    assert (path.read_bytes(), mode(path)) == (b"anna", 0o600)


def test_a_device_keeps_its_mode() -> None:
    before = mode(Path(os.devnull))
    with open_private(Path(os.devnull)) as file:
        file.write(b"anna")
    assert mode(Path(os.devnull)) == before


def test_a_file_has_its_name_only_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "backup"
    with write_whole(path) as file:
        file.write(b"anna")
        assert not path.exists()
        assert [mode(file_path) for file_path in tmp_path.iterdir()] == [0o600]
    assert (path.read_bytes(), mode(path)) == (b"anna", 0o600)


def test_an_error_leaves_the_last_file_and_no_part(tmp_path: Path) -> None:
    path = tmp_path / "backup"
    path.write_text("the last")
    with pytest.raises(OSError, match="full"):
        _write_half(path)
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("backup", "the last")]


def _write_half(path: Path) -> None:
    with write_whole(path) as file:
        file.write(b"half")
        raise OSError("the disk is full")
