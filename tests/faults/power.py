"""A disk whose power can be cut: processes that preload `power_cut.c` lose what they did not sync."""

import os
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent / "power_cut.c"


@dataclass(frozen=True)
class Disk:
    """A folder, and the part of it that a power cut would leave."""

    folder: Path
    library: Path
    shadow: Path

    def syncs(self) -> list[str]:
        """The files that were synced, one a sync, in order."""
        path = self.shadow / "syncs"
        return path.read_text().splitlines() if path.exists() else []

    def cut(self, image: Path, pid: int | None = None) -> Path:
        """What the folder holds after a power cut at this moment, in another folder; the process goes on."""
        if pid is not None:
            os.kill(pid, signal.SIGSTOP)
        try:
            image.mkdir()
            for line in (self.shadow / "names").read_text().splitlines():
                key, _, name = line.partition(" ")
                path, content = image / name, self.shadow / "data" / key
                path.parent.mkdir(parents=True, exist_ok=True)
                if content.exists():
                    shutil.copyfile(content, path)
                else:
                    path.touch()
        finally:
            if pid is not None:
                os.kill(pid, signal.SIGCONT)
        return image


def make_disk(folder: Path) -> Disk:
    """A disk in a folder. Set LD_PRELOAD to its library for processes that write to `disk.folder`."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        pytest.skip("a power cut is simulated by a library in C, and there is no compiler (cc)")
    disk = Disk(folder / "disk", folder / "power_cut.so", folder / "shadow")
    disk.folder.mkdir()
    (disk.shadow / "data").mkdir(parents=True)
    paths = [f'-DROOT="{disk.folder.resolve()}"', f'-DSHADOW="{disk.shadow.resolve()}"']
    subprocess.run(
        [compiler, "-O1", "-Wall", "-shared", "-fPIC", *paths, "-o", disk.library, SOURCE, "-ldl", "-lpthread"],
        check=True,
    )
    return disk
