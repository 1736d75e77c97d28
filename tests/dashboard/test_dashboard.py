"""The dashboard in headless Chromium: one test per specification of Playwright."""

import re

import pytest

from tests.dashboard.conftest import HERE, addresses_for, fixtures_for, run

pytestmark = pytest.mark.timeout(900)
BIN = HERE / "node_modules" / ".bin"
SPECS = sorted((path.name for path in HERE.glob("*.spec.ts")), key=lambda name: ("big" in fixtures_for(name), name))
"""Those about the big class come last: it is imported beside the others."""
MEASURED = re.compile(r"^measured: .+$", re.MULTILINE)
"""Lines of a specification that people want to read."""


def test_every_specification_is_strict_typescript() -> None:
    run(BIN / "tsc")


@pytest.mark.parametrize("spec", SPECS)
def test_pages(spec: str, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]) -> None:
    printed = run(BIN / "playwright", "test", spec, settings=addresses_for(spec, request))

    with capsys.disabled():
        for line in MEASURED.findall(printed):
            print(f"\n  {line}", end="")
    assert re.search(r"\b\d+ passed\b", printed), printed
