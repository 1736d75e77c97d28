"""Installs what the tests of third-party clients need: `python -m tests.clients.install`, part of `make test-clients`.

The tests of the dashboard install Node.js and Chromium by it too (`tests/dashboard/install.py`).

Node.js with npm and Chromium come from Debian's packages where they are absent and this may install packages (root, or
sudo without a password). The clients come from npm and PyPI, pinned, into `tests/clients/node_modules` and
`build/clients-venv`. With `--check` the exit code is 0 if npm can reach its registry.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
ENVIRONMENTS = HERE.parents[1] / "build" / "clients-venv"
PROBE = "graphql@16.15.0"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
OLDEST_NODE = 20


def chromium() -> str | None:
    """The browser's path: the variable CHROMIUM, or one on the path."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)


def python_of(environment: str) -> Path:
    """The interpreter of one environment for Python clients: gql or ariadne, whose requirements exclude each other."""
    return ENVIRONMENTS / environment / "bin" / "python"


def install_debian(*packages: str) -> None:
    """Install Debian packages.

    Raises:
        SystemExit: this user may not, or apt-get is absent; the message names what to install.
    """
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    names = " ".join(packages)
    commands = (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages])
    print(f"installing {names} …", flush=True)
    for command in commands:
        try:
            done = subprocess.run(
                [*sudo, "env", "DEBIAN_FRONTEND=noninteractive", *command], capture_output=True, text=True, check=False
            )
        except FileNotFoundError:
            sys.exit(f"not found: {names}. Install it, then run this again.")
        if done.returncode and command[1] == "install":
            sys.exit(f"could not install {names}: {done.stderr.strip()[-500:]}\nInstall it, then run this again.")


def require_programs() -> None:
    """Node.js, npm and a browser.

    Raises:
        SystemExit: one of them is absent and cannot be installed, or Node.js is too old.
    """
    require_node()
    if not chromium():
        install_debian("chromium")


def require_node() -> None:
    """Node.js with npm.

    Raises:
        SystemExit: it is absent and cannot be installed, or too old.
    """
    if not (shutil.which("node") and shutil.which("npm")):
        install_debian("nodejs", "npm")
    version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout.strip()  # noqa: S607
    if int(version.removeprefix("v").split(".")[0]) < OLDEST_NODE:
        sys.exit(f"Node.js: must be version {OLDEST_NODE} or newer (got {version}). Install it, then run this again.")


def is_current(made: Path, *sources: Path) -> bool:
    """Whether a file is newer than all it was made from."""
    return made.exists() and all(made.stat().st_mtime >= source.stat().st_mtime for source in sources)


def install_packages() -> None:
    """The pinned clients, again only after their pins changed."""
    if not is_current(HERE / "node_modules" / ".package-lock.json", HERE / "package.json"):
        subprocess.run(["npm", "install", "--loglevel", "error"], cwd=HERE, check=True)  # noqa: S607
    for environment in ("gql", "ariadne"):
        pins, done = HERE / f"requirements-{environment}.txt", ENVIRONMENTS / environment / ".ready"
        if not is_current(done, pins):
            subprocess.run([sys.executable, "-m", "venv", "--clear", ENVIRONMENTS / environment], check=True)
            pip = [str(python_of(environment)), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            subprocess.run([*pip, "-r", str(pins)], check=True)
            done.touch()


def npm_reaches_its_registry(probe: str) -> bool:
    """Whether npm can read a package from its registry; prints why not."""
    if not shutil.which("npm"):
        install_debian("nodejs", "npm")
    asked = subprocess.run(["npm", "view", probe, "version"], capture_output=True, text=True, timeout=300, check=False)  # noqa: S607
    print(asked.stderr.strip()[-500:], end="\n" if asked.returncode else "")
    return asked.returncode == 0


def can_install() -> bool:
    """Whether the clients are installed already, or can be."""
    installed = is_current(HERE / "node_modules" / ".package-lock.json", HERE / "package.json")
    return installed or npm_reaches_its_registry(PROBE)


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit(not can_install())
    require_programs()
    install_packages()
