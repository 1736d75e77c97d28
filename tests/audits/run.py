"""Third-party audits against the service: `python -m tests.audits.run`, or `make audit-http`. Needs Node.js and npm."""

import subprocess
import sys
import tempfile
from pathlib import Path

from tests.processes import service

HERE = Path(__file__).parent


def main() -> int:
    """Start the service twice, as for development and as for production, and audit both; the first has to be clean."""
    subprocess.run(["npm", "install"], cwd=HERE, check=True)  # noqa: S607
    codes = []
    for what, settings in (("development", {}), ("production", {"GRAPH_API_DEVELOPMENT": "false"})):
        with tempfile.TemporaryDirectory() as folder, service(Path(folder), "--no-demo", **settings) as (_, url):
            print(f"{what} settings:", flush=True)
            codes.append(subprocess.run(["node", "audit.mjs", f"{url}/graphql"], cwd=HERE, check=False).returncode)  # noqa: S607
    return codes[0]


if __name__ == "__main__":
    sys.exit(main())
