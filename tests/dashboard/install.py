"""Installs what builds and tests the dashboard: `python -m tests.dashboard.install`, part of `make test-dashboard`.

Node.js and Chromium come from Debian's packages where they are absent, as for the tests of third-party clients. The
packages come from npm, as the two lock files pin them. With `build` as an argument, only what the build needs is
installed. With `--check`, the exit code is 0 if all is installed, or npm can reach its registry.
"""

import subprocess
import sys
from pathlib import Path

from tests.clients.install import is_current, npm_reaches_its_registry, require_node, require_programs

HERE = Path(__file__).parent
SOURCES = HERE.parents[1] / "dashboard"
PROBE = "preact@10.29.8"


def has_packages(folder: Path) -> bool:
    """Whether the packages of a folder's lock file are installed."""
    return is_current(folder / "node_modules" / ".package-lock.json", folder / "package-lock.json")


def install_packages(folder: Path) -> None:
    """The packages of a folder's lock file, again only after it changed."""
    if not has_packages(folder):
        subprocess.run(["npm", "ci", "--loglevel", "error"], cwd=folder, check=True)  # noqa: S607
        (folder / "node_modules" / ".package-lock.json").touch()


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit(not ((has_packages(SOURCES) and has_packages(HERE)) or npm_reaches_its_registry(PROBE)))
    if "build" in sys.argv:
        require_node()
        install_packages(SOURCES)
    else:
        require_programs()
        install_packages(SOURCES)
        install_packages(HERE)
