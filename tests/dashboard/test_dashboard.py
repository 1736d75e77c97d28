"""The dashboard in headless Chromium: one test per set of services, for all specifications that need it."""

import re

import pytest

from tests.dashboard.conftest import HERE, addresses_for, fixtures_for, run

pytestmark = pytest.mark.timeout(1200)
BIN = HERE / "node_modules" / ".bin"
SPECS = sorted(path.name for path in HERE.glob("*.spec.ts"))
GROUPS = sorted({tuple(fixtures_for(spec)) for spec in SPECS}, key=lambda names: ("big" in names, names))
"""Those about the big class come last: it is imported beside the others."""
MEASURED = re.compile(r"^measured: .+$", re.MULTILINE)
"""Lines of a specification that people want to read."""


def test_every_specification_is_strict_typescript() -> None:
    run(BIN / "tsc")


@pytest.mark.parametrize("services", GROUPS, ids="-".join)
def test_pages(services: tuple[str, ...], request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]) -> None:
    specs = [spec for spec in SPECS if tuple(fixtures_for(spec)) == services]
    settings = addresses_for(services, request)
    if services == ("demo",):
        settings["DASHBOARD_WORKERS"] = "2"  # they only read

    printed = run(BIN / "playwright", "test", *specs, settings=settings)

    with capsys.disabled():
        for line in MEASURED.findall(printed):
            print(f"\n  {line}", end="")
    assert re.search(r"\b\d+ passed\b", printed), printed
