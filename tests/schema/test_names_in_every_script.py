"""Names in every script go in and out unchanged, and are found."""

import random
import sys
import unicodedata
from typing import Any

import httpx
import pytest

from graph_api.store.gateway import Gateway
from graph_api.usecases.operations.export import export_student
from tests.conftest import Ask
from tests.domain.test_text import NAMES

pytestmark = pytest.mark.usefixtures("clean")

UPSERT = """mutation($input: [StudentInput!]!) { upsertStudents(input: $input) { __typename
  ... on UpsertStudentsPayload { students { id name } } ... on InvalidInput { field rule } } }"""
FIND = "query($search: String!) { students(search: $search) { nodes { id name } } }"
ONE = "query($id: ID!) { student(id: $id) { name } }"


def drawn(count: int) -> list[str]:
    """Names of any characters that are accepted, the same each time."""
    rng = random.Random(16)
    characters = (chr(rng.randrange(sys.maxunicode + 1)) for _ in range(count * 40))
    accepted = [each for each in characters if unicodedata.category(each) not in ("Cc", "Cs", "Zl", "Zp")]
    return ["".join(rng.choices(accepted, k=rng.randrange(1, 20))) for _ in range(count)]


async def test_a_name_comes_back_as_it_was_sent(ask: Ask, gateway: Gateway) -> None:
    names = {f"s{n}": name for n, name in enumerate([*NAMES.values(), *drawn(200)])}
    sent = [{"id": key, "name": name} for key, name in names.items()]
    assert (await ask(UPSERT, input=sent))["upsertStudents"]["students"] == sent
    for key, name in list(names.items())[:40]:
        assert (await ask(ONE, id=key))["student"] == {"name": name}
        assert {"id": key, "name": name} in (await ask(FIND, search=name))["students"]["nodes"]
        assert (await export_student(gateway, key))["student"]["name"] == name


async def test_an_id_in_any_script_is_the_id_that_was_sent(ask: Ask) -> None:
    sent = [{"id": name, "name": ""} for name in NAMES.values()]
    assert (await ask(UPSERT, input=sent))["upsertStudents"]["students"] == sent
    for name in NAMES.values():
        assert (await ask(ONE, id=name))["student"] == {"name": ""}


@pytest.mark.parametrize("bad", ["a\u0000b", "a\nb", "a\u001fb", "a\u0085b", "a\u2028b", "a\u2029b"])
@pytest.mark.parametrize("field", ["id", "name"])
async def test_what_is_refused_is_refused_by_name(ask: Ask, field: str, bad: str) -> None:
    reply = (await ask(UPSERT, input=[{"id": "a", "name": "A", field: bad}]))["upsertStudents"]
    assert (reply["__typename"], reply["field"]) == ("InvalidInput", field)
    assert reply["rule"].startswith("must not contain ")


@pytest.mark.parametrize("body", [
    r'{"query": "query($id: ID!) { student(id: $id) { name } }", "variables": {"id": "\ud800"}}',
    r'{"query": "{ student(id: \"\\ud800\") { name } }"}',
    r'{"query": "{ students(search: \"\ud800\") { totalCount } }"}',
    r'{"query": "mutation { deleteStudent(id: \"\\udfff\") { __typename } }"}',
], ids=["a variable", "an id in a document", "a raw one in a document", "a mutation"])  # fmt: skip
async def test_a_lone_surrogate_is_a_bad_request_everywhere(client: httpx.AsyncClient, body: str) -> None:
    reply = await client.post("/graphql", content=body, headers={"Content-Type": "application/json"})
    assert reply.status_code in (200, 400)
    if reply.status_code == 200:
        errors: Any = reply.json()["errors"]
        assert [error["extensions"]["code"] for error in errors] == ["BAD_REQUEST"]
