"""Schemathesis against the service: `python -m tests.audits.fuzz`, or `make audit-fuzz`. Ten minutes, `--max-time 60` for one.

It has an environment of its own, so that the project does not depend on its dependencies.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.processes import command, service

HERE = Path(__file__).parent
REPOSITORY = HERE.parents[1]
PLACE = REPOSITORY / "build" / "schemathesis"
VERSION = "4.32.5"
EXCLUDED = "not_a_server_error,positive_data_acceptance"
"""Both hold every GraphQL error against a service, named failures and the limits of queries too; `schemathesis_hooks` has a
check in their place."""
USUAL = f"--checks all --exclude-checks {EXCLUDED} --phases examples,fuzzing --max-time 600 --continue-on-failure --no-color"


def main(arguments: list[str]) -> int:
    """Fuzz the demo class on production's settings; afterwards the graph has to be sound."""
    prepare()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with service(folder, GRAPH_API_DEVELOPMENT="false", GRAPH_API_LOG_LEVEL="warning") as (_, url):
            asked = [str(REPOSITORY / "schema.graphql"), "--url", f"{url}/graphql", *USUAL.split(), *arguments]
            hooks = os.environ | {"SCHEMATHESIS_HOOKS": "schemathesis_hooks", "PYTHONPATH": str(HERE)}
            exit_code = subprocess.run(
                [PLACE / "bin" / "st", "run", *asked], cwd=PLACE, env=hooks, check=False
            ).returncode
            doctor = command(folder, "doctor")
        print(doctor.stdout, doctor.stderr, sep="\n")
        log = (folder / "serve.log").read_text(encoding="utf-8")
        print(log[-20_000:], f"{len(log)} characters of log", sep="\n")
    return exit_code or doctor.returncode


def prepare() -> None:
    """Make the environment, if this version is not installed."""
    if not list(PLACE.glob(f"lib/*/site-packages/schemathesis-{VERSION}.dist-info")):
        subprocess.run([sys.executable, "-m", "venv", "--clear", PLACE], check=True)
        subprocess.run([PLACE / "bin" / "pip", "install", "--quiet", f"schemathesis=={VERSION}"], check=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
