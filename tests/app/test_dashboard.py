"""The dashboard shows what the service measures: every metric and label that it queries is in `/metrics`."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from graph_api.app.metrics import Metrics
from tests.app.observed import scrape
from tests.application import Client
from tests.conftest import Ask
from tests.websocket import operation, talk

METRIC = re.compile(r"\b(?:graph_api|process|python)_\w+")
SELECTOR = re.compile(r"(\w+)\{([^}]*)\}")
BY = re.compile(r"\bby \(([^)]*)\)")
FROM_PROMETHEUS = {"job", "instance", "exported_job", "le", "pid"}
"""What Prometheus adds to samples, histograms have, and workers add."""
ROWS = {"GraphQL operations", "HTTP and websockets", "Answer intake", "Statements", "Jobs", "Process"}


@pytest.fixture(scope="module")
def dashboard(repository: Path) -> Any:
    return json.loads((repository / "docs" / "grafana.json").read_text(encoding="utf-8"))


def queries(dashboard: Any) -> list[str]:
    """Every query: of panels, and of variables."""
    of_panels = [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", [])]
    return of_panels + [each["definition"] for each in dashboard["templating"]["list"] if "definition" in each]


@pytest.mark.usefixtures("course")
async def test_every_metric_of_the_dashboard_is_measured(dashboard: Any, client: Client, ask: Ask) -> None:
    await ask(
        'mutation R { recordAnswer(input: {studentId: "ada", conceptIds: ["dative"], correct: true}) { __typename } }'
    )
    await talk(client.app, *operation("{ __typename }"))
    labels_of: dict[str, set[str]] = {}
    for name, labels, _ in await scrape(client):
        labels_of.setdefault(name, set()).update(labels)
    jobs = Metrics("", "embedded")
    jobs.tick("refit", "SUCCESS")
    jobs.schedule("refit", lambda: 1.0)
    for family in jobs._registry.collect():
        for sample in family.samples:
            labels_of.setdefault(sample.name, set()).update(sample.labels)

    asked = queries(dashboard)
    used = {name for query in asked for name in METRIC.findall(query)}
    assert len(used) >= 20
    assert used - labels_of.keys() == set()
    for query in asked:
        has = set().union(*(labels_of[name] for name in METRIC.findall(query))) | FROM_PROMETHEUS
        for _, matchers in SELECTOR.findall(query):
            assert set(re.findall(r"(\w+)\s*(?:=~|!=|=)", matchers)) <= has, query
        for names in BY.findall(query):
            assert set(re.findall(r"\w+", names)) <= has, query


async def test_every_metric_of_the_service_is_documented_and_those_of_operators_are_shown(
    dashboard: Any, client: Client, repository: Path
) -> None:
    families = {name for name, _, _ in await scrape(client) if name.startswith("graph_api_")}
    plain = {re.sub(r"_(created|bucket|sum|count)$", "", name) for name in families}
    text = (repository / "docs" / "operations.md").read_text(encoding="utf-8")
    shown = " ".join(queries(dashboard))

    assert {name for name in plain if f"`{name}" not in text} == set()
    assert {name for name in plain if name not in shown and not name.endswith("_total")} <= set()


def test_panels_have_a_title_a_text_and_a_place_of_their_own(dashboard: Any) -> None:
    panels = dashboard["panels"]
    places = [panel["gridPos"] for panel in panels]
    cells = [(x, y) for p in places for x in range(p["x"], p["x"] + p["w"]) for y in range(p["y"], p["y"] + p["h"])]

    assert {panel["title"] for panel in panels if panel["type"] == "row"} == ROWS
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) < 24
    assert len({panel["id"] for panel in panels}) == len(panels)
    assert all(panel["description"] and panel["targets"] for panel in panels if panel["type"] != "row")
