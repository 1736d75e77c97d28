"""A flood of requests that mean harm: the log grows by one line per request, whatever is in them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from graph_api.app.tokens import make_token
from graph_api.domain.principals import Role
from tests.processes import service

LONG = "x" * 3_000
JSON = {"Content-Type": "application/json"}
FLOODS: dict[str, dict[str, Any]] = {
    "a syntax error": {"json": {"query": "{ " + "(" * 3_000}},
    "an unknown field": {"json": {"query": "{ " + LONG + " }"}},
    "many unknown fields": {"json": {"query": "{ " + " ".join(f"nothing{n}" for n in range(300)) + " }"}},
    "a long argument": {"json": {"query": '{ student(id: "' + LONG + '") { id } }'}},
    "a long variable": {"json": {"query": "query($n: Int) { students(first: $n) { totalCount } }", "variables": {"n": LONG}}},
    "an unknown operation": {"json": {"query": "{ __typename }", "operationName": LONG}},
    "no JSON": {"content": LONG, "headers": JSON},
    "no media type": {"content": LONG},
    "a long request id": {"json": {"query": "{ __typename }"}, "headers": {"X-Request-ID": LONG}},
    "long bookmarks": {"json": {"query": "{ __typename }"}, "headers": {"Graph-Api-Bookmarks": LONG}},
    "a long token": {"json": {"query": "{ __typename }"}, "headers": {"Authorization": f"Bearer {LONG}"}},
}  # fmt: skip
MOST = 1_000
"""Bytes of log a request."""
EACH = 10


SECRET = "a secret of this test, which is long enough"


def test_a_flood_grows_the_log_by_little(tmp_path: Path) -> None:
    token = make_token(SECRET, "operator", Role.ADMIN, "graph-api", "graph-api", datetime.now(UTC), timedelta(hours=1))
    log, grown = tmp_path / "serve.log", dict.fromkeys(FLOODS, 0.0)
    settings = {"GRAPH_API_AUTH": "jwt", "GRAPH_API_JWT_SECRET": SECRET}
    headers = {"Authorization": f"Bearer {token}"}
    with service(tmp_path, "--no-demo", **settings) as (_, url), httpx.Client(base_url=url, headers=headers) as http:
        for name, flood in FLOODS.items():
            before = log.stat().st_size
            for _ in range(EACH):
                http.post("/graphql", **flood)
            grown[name] = (log.stat().st_size - before) / EACH
    assert min(grown.values()) > 0  # each is logged
    assert max(grown.values()) <= MOST, grown
    assert LONG not in log.read_text()
