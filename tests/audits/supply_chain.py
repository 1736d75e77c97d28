"""What the service is made of: `python -m tests.audits.supply_chain`, or `make audit`. Needs the network.

Arguments go to pip-audit, as in `-s osv`. Into `build/audit` go its findings for every pinned package, and a CycloneDX bill
of materials and the licences of what runs. It ends with 1 if a package is known to be vulnerable or a licence is not
allowed, and with 2 if a package could not be checked: no finding is not a clean result.
"""

import json
import subprocess
import sys
import tomllib
import venv
from pathlib import Path
from typing import Any

from tests.audits.bundled import Component, bundled, inside_engine, vendored
from tests.audits.findings import not_allowed, unanswered, vulnerable

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "build" / "audit"
BIN = OUT / "tools" / "bin"


def main() -> int:
    """Write the three files and say what is wrong."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    make_environment("tools", "--requirement", "tests/audits/requirements.txt")
    python = make_environment("service", "--no-deps", "--require-hashes", "--requirement", "requirements.lock")
    engine = inside_engine(next(python.parents[1].glob("lib/*/site-packages/arcadedb_embedded")))
    page = [*vendored(ROOT), *bundled(ROOT)]

    components = write_bill(python, engine, page)
    licences = write_licences(python, [*engine, *page])
    report = write_vulnerabilities(sys.argv[1:])

    known, unknown = vulnerable(report), unanswered(report)
    refused = not_allowed(licences, settings["tool"]["audit"]["licences"])
    for finding in [*known, *refused]:
        print(finding)
    if unknown:
        print(f"not answered for: {len(unknown)} packages, as {unknown[0]}. Another source: make audit ARGS='-s osv'")
    print(f"{components} components, {len(licences)} licences, {len(refused)} of them not allowed")
    pinned = len(report["dependencies"])
    print(f"{pinned} pinned packages, {pinned - len(unknown)} answered for, {len(known)} vulnerabilities")
    return 1 if known or refused else 2 if unknown else 0


def make_environment(name: str, *requirements: str) -> Path:
    """The Python of a new environment that holds these and nothing else, not even pip."""
    folder = OUT / name
    venv.create(folder, clear=True)
    pip: list[str | Path] = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", folder]
    subprocess.run([*pip, "install", "--quiet", *requirements], cwd=ROOT, check=True)
    return folder / "bin" / "python"


def write_bill(python: Path, engine: list[Component], page: list[Component]) -> int:
    """Write the bill of materials, packages and what lies in them; the result counts its components."""
    options = ["--pyproject", "pyproject.toml", "--output-reproducible", "--output-format", "JSON"]
    bill = json.loads(run("cyclonedx-py", "environment", *options, python).stdout)
    next(each for each in bill["components"] if each["name"] == "arcadedb-embedded")["components"] = engine
    bill["components"] += page
    write("sbom.cdx.json", bill)
    return len(bill["components"]) + len(engine)


def write_licences(python: Path, parts: list[Component]) -> dict[str, str]:
    """Write the licences, by package and version, of packages and of parts that state theirs."""
    rows = json.loads(run("pip-licenses", "--python", python, "--from=mixed", "--format=json").stdout)
    licences = {f"{row['Name']} {row['Version']}": row["License"] for row in rows} | {
        f"{part['name']} {part['version']}": part["licenses"][0]["expression"] for part in parts if "licenses" in part
    }
    write("licences.json", licences)
    return licences


def write_vulnerabilities(arguments: list[str]) -> dict[str, Any]:
    """Write the findings of pip-audit for everything that is pinned; a package is not covered if its source cannot be reached."""
    options = [
        "--requirement",
        "constraints.txt",
        "--no-deps",
        "--disable-pip",
        "--progress-spinner=off",
        "--format=json",
    ]
    ran = run("pip-audit", *options, *arguments, check=False)
    if ran.stdout:
        report: dict[str, Any] = json.loads(ran.stdout)
    else:
        reason = ran.stderr.strip().rpartition("\n")[2]
        pins = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
        report = {"dependencies": [{"name": pin.partition("==")[0], "skip_reason": reason} for pin in pins]}
    write("vulnerabilities.json", report)
    return report


def run(tool: str, *arguments: str | Path, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run one of the tools at the top of the checkout."""
    return subprocess.run([BIN / tool, *arguments], cwd=ROOT, capture_output=True, text=True, check=check)


def write(name: str, content: object) -> None:
    """Write one of the results."""
    (OUT / name).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
