"""Pages in headless Chromium."""

import pytest

from tests.clients.conftest import HERE, Guarded, tsx

pytestmark = pytest.mark.timeout(400)
SCREENSHOT = HERE.parents[1] / "build" / "clients" / "graphiql.png"


def test_graphiql_opens_without_an_error_and_runs_its_examples(demo: str) -> None:
    SCREENSHOT.parent.mkdir(parents=True, exist_ok=True)
    assert "passed" in tsx("browser/graphiql.ts", f"{demo}/graphql", SCREENSHOT)
    assert SCREENSHOT.stat().st_size > 10_000


def test_a_page_of_an_allowed_origin_is_served_and_another_reads_why_not(guarded: Guarded) -> None:
    ports = (str(guarded.allowed_port), str(guarded.other_port))
    printed = tsx("browser/origins.ts", f"{guarded.url}/graphql", guarded.service_token, *ports)
    assert "refused with a readable reason" in printed


def test_a_page_behind_the_proxy_of_vite(demo: str) -> None:
    assert "passed" in tsx("vite/main.ts", demo)
