"""The files of the repository that its own tests read."""

import subprocess
from pathlib import Path


def list_files(repository: Path) -> list[Path]:
    """Every file that is committed or could be: new files too, but none that git ignores.

    A new file is checked before it is added, as CI checks it after the commit.
    """
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607 - whichever git is installed
        cwd=repository,
        capture_output=True,
        text=True,
        check=True,
    )
    paths = [repository / name for name in listed.stdout.split("\0") if name]
    return [path for path in paths if path.is_file()]
