"""Hostile queries and invalid bodies: refused before anything runs, politely, and at once."""

from collections.abc import AsyncIterator
from typing import Any, cast

import httpx
import pytest
from graphql import OperationDefinitionNode, SelectionSetNode, parse
from hypothesis import given
from hypothesis import strategies as st

from graph_api.app.application import create_app
from graph_api.config import Settings
from graph_api.execution.query_limits import ENOUGH, Measure, QueryLimits, Size, too_large

URL = "/graphql"


def size_of(query: str) -> Size:
    """The size of the first operation."""
    document = parse(query)
    (operation, *_) = document.definitions
    assert isinstance(operation, OperationDefinitionNode)
    return Measure(document).of(operation.selection_set)


def doubling(levels: int) -> str:
    """A query of a few hundred bytes that selects two to the power of `levels` fields."""
    fragments = "\n".join(f"fragment f{n} on Student {{ ...f{n + 1} ...f{n + 1} }}" for n in range(levels))
    return f"{{ students {{ nodes {{ ...f0 }} }} }} {fragments} fragment f{levels} on Student {{ name }}"


COSTLY = """mutation($n: Int) { upsertStudents(input: [{id: "hostile"}]) { ... on UpsertStudentsPayload { students {
  masteries(first: $n) { nodes { student { masteries(first: $n) { nodes { level status } } } } } } } } }"""
"""A mutation, which is refused before it writes. Queries are judged by what they read (tests/execution/test_actual_costs.py)."""

HOSTILE = {
    "depth": ("{ students " + "{ nodes { groups { members " * 9 + "{ nodes { id } }" + " } } }" * 9 + " }", "must nest at most 20 deep"),
    "root fields": ("{ " + "__typename " * 31 + "}", "must have at most 30 root fields, has 31"),
    "width": ("{ students { nodes { " + "id " * 201 + "} } }", "must have at most 200 fields in one selection, has 201"),
    "tokens": ("{ " + "__typename " * 5_001 + "}", "Document contains more than 5000 tokens"),
    "doubling fragments": (doubling(60), "must have at most 3000 fields, fragments written out"),
    "cost": (COSTLY.replace("$n: Int", "$n: Int = 500"), "must cost at most 500000 (GRAPH_API_QUERY_COST), may cost"),
}  # fmt: skip


@pytest.mark.parametrize("what", HOSTILE)
async def test_a_query_that_is_too_large_is_refused(client: httpx.AsyncClient, what: str) -> None:
    query, message = HOSTILE[what]

    reply = (await client.post(URL, json={"query": query})).json()

    assert message in reply["errors"][0]["message"]
    code = "QUERY_TOO_LARGE" if what == "cost" else "BAD_REQUEST"
    assert reply["errors"][0]["extensions"]["code"] == code
    assert "data" not in reply
    assert len(reply["errors"]) == 1


async def test_variables_do_not_hide_the_cost(client: httpx.AsyncClient) -> None:
    dear = (await client.post(URL, json={"query": COSTLY, "variables": {"n": 500}})).json()
    unchanged = (await client.post(URL, json={"query": '{ student(id: "hostile") { id } }'})).json()
    cheap = (await client.post(URL, json={"query": COSTLY, "variables": {"n": 2}})).json()

    assert dear["errors"][0]["message"].startswith("query: must cost at most 500000")
    assert unchanged["data"] == {"student": None}
    assert "errors" not in cheap


def test_each_fragment_of_a_bomb_is_measured_once() -> None:
    class Counting(Measure):
        looked = 0

        def of(self, selections: SelectionSetNode | None) -> Size:
            self.looked += 1
            return super().of(selections)

    document = parse(doubling(60))
    counting = Counting(document)
    size = counting.of(cast("OperationDefinitionNode", document.definitions[0]).selection_set)

    assert size.fields > 2**39  # where measures stop growing
    assert counting.looked < 70  # sixty-one fragments, and the way to them
    assert too_large(document, QueryLimits())


@given(st.integers(0, 5), st.integers(1, 3))
def test_fragments_count_as_if_they_were_written_out(levels: int, width: int) -> None:
    fragments = " ".join(f"fragment f{n} on T {{ a {f'...f{n + 1} ' * width} }}" for n in range(levels))
    written = f"{{ ...f0 }} {fragments} fragment f{levels} on T {{ b: a }}"
    inside = "b: a"
    for _ in range(levels):
        inside = f"a {f'{inside} ' * width}"

    assert size_of(written) == size_of(f"{{ {inside} }}")


def test_fragments_that_include_themselves_are_left_to_the_rule_about_that() -> None:
    document = parse("{ ...a } fragment a on T { x ...b } fragment b on T { y ...a }")

    assert too_large(document, QueryLimits()) is None


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"null", 400), (b'"x"', 400), (b"1", 400), (b"[]", 400), (b"{}", 400), (b"", 400), (b"{", 400), (b"\xff\xfe", 400),
        (b"[" * 200_000, 400), (b'{"query": 1}', 400), (b'{"query": "{ __typename }", "variables": []}', 400),
        (b'{"query": "{ __typename }", "operationName": 1}', 400), (b'[{"query": "{ __typename }"}]', 400),
        (b'{"query": "{ __typename }", "extensions": "x"}', 400), (b'{"query": "{ __typename }", "variables": {"x": NaN}}', 400),
        (b'{"query": "{ __typename }", "variables": {"x": "\\ud800"}}', 400), (b'{"query": "{ __typename }", "variables": {"x": %s}}' % (b"1" * 5_000), 400),
        (b'{"query": "' + b"x" * 10_000_001 + b'"}', 413),
    ],
    ids=lambda value: repr(value)[:60],
)  # fmt: skip
async def test_a_body_that_is_no_request(client: httpx.AsyncClient, body: bytes, status: int) -> None:
    reply = await client.post(URL, content=body, headers={"Content-Type": "application/json"})

    assert reply.status_code == status
    assert "Traceback" not in reply.text


async def test_a_long_body_without_a_length_is_cut_off(client: httpx.AsyncClient) -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b" " * 1_000_000

    reply = await client.post(URL, content=endless(), headers={"Content-Type": "application/json"})

    (error,) = reply.json()["errors"]
    assert reply.status_code == 413
    assert error == {"message": "the body must be at most 10000000 bytes", "extensions": {"code": "BODY_TOO_LARGE"}}


async def test_the_requested_media_type(client: httpx.AsyncClient) -> None:
    modern = {"Accept": "application/graphql-response+json"}
    good = await client.post(URL, json={"query": "{ __typename }"}, headers=modern)
    bad = await client.post(URL, json={"query": "{ nothing }"}, headers=modern)
    old = await client.post(URL, json={"query": "{ nothing }"}, headers={"Accept": "application/json"})
    got = await client.get(URL, params={"query": "{ __typename }"}, headers=modern)

    assert (good.status_code, good.json()) == (200, {"data": {"__typename": "Query"}})
    assert good.headers["content-type"] == "application/graphql-response+json; charset=utf-8"
    assert (bad.status_code, old.status_code, got.status_code) == (400, 200, 200)
    assert "data" not in bad.json()
    assert old.headers["content-type"] == "application/json; charset=utf-8"


async def test_work_that_takes_too_long_is_given_up(database: dict[str, str]) -> None:
    given_: dict[str, Any] = {**database, "scheduler": False, "request_seconds": 0.000_001}
    app = create_app(Settings(_env_file=None, **given_))
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://localhost") as http,
    ):
        reply = await http.post(URL, json={"query": "{ students { totalCount } }"})

    assert reply.status_code == 503
    assert reply.headers["retry-after"] == "5"


def test_measures_stop_growing() -> None:
    assert size_of(doubling(300)).fields == ENOUGH
