"""The dashboard in headless Chromium: one test per set of services, for all specifications that need it."""

import os
import re
from collections.abc import Iterable

import pytest

from tests.dashboard.conftest import HERE, addresses_for, fixtures_for, run

pytestmark = pytest.mark.timeout(1200)
BIN = HERE / "node_modules" / ".bin"
SPECS = sorted(path.name for path in HERE.glob("*.spec.ts"))
MEASUREMENTS = ["budget.spec.ts", "concepts_500.spec.ts", "heat_scroll.spec.ts", "lighthouse.spec.ts"]
"""What is printed rather than decided on: weight, speed, scores. A busy machine makes it useless."""
PICTURES = "pictures.spec.ts"
MEASURED = re.compile(r"^measured: .+$", re.MULTILINE)
"""Lines of a specification that people want to read."""


def grouped(specs: Iterable[str]) -> dict[tuple[str, ...], list[str]]:
    """Specifications by the services that they need."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for spec in specs:
        groups.setdefault(tuple(fixtures_for(spec)), []).append(spec)
    return groups


PAGES, SLOW = grouped(spec for spec in SPECS if spec not in {*MEASUREMENTS, PICTURES}), grouped(MEASUREMENTS)


def test_every_specification_is_strict_typescript() -> None:
    run(BIN / "tsc")


@pytest.mark.parametrize("services", PAGES, ids="-".join)
def test_pages(services: tuple[str, ...], request: pytest.FixtureRequest) -> None:
    settings = addresses_for(services, request)
    if services == ("demo",):
        settings["DASHBOARD_WORKERS"] = "2"  # they only read

    printed = run(BIN / "playwright", "test", *PAGES[services], settings=settings)

    assert re.search(r"\b\d+ passed\b", printed), printed


@pytest.mark.parametrize("services", SLOW, ids="-".join)
def test_measurements(
    services: tuple[str, ...], request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    printed = run(BIN / "playwright", "test", *SLOW[services], settings=addresses_for(services, request))

    with capsys.disabled():
        for line in MEASURED.findall(printed):
            print(f"\n  {line}", end="")
    assert re.search(r"\b\d+ passed\b", printed), printed


@pytest.mark.skipif(
    "DASHBOARD_PICTURES" not in os.environ, reason="DASHBOARD_PICTURES names the folder of the pictures"
)
def test_pictures(request: pytest.FixtureRequest) -> None:
    run(BIN / "playwright", "test", PICTURES, settings=addresses_for(["demo"], request))
