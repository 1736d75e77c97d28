"""Whatever a token with a good signature claims, the reply is data, 401 or 403, and never 500."""

import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph_api.domain.principals import Role
from graph_api.store.gateway import Gateway
from tests.application import service
from tests.schema_values import ODD_TEXTS, json_values
from tests.sizes import size
from tests.tokens import SECRET

NOW = 1_700_000_000
LATER = 4_000_000_000
GOOD = {"sub": "anna", "role": "service", "iss": "graph-api", "aud": "graph-api", "iat": NOW, "exp": LATER}
WRITE = {"query": 'mutation { upsertSkills(input: [{code: "k", name: "K", category: "c"}]) { __typename } }'}
READ = {"query": '{ student(id: "anna") { name } students { totalCount } }'}
odd: st.SearchStrategy[Any] = (
    st.sampled_from(["4000000000", "", "1e9", True, False, None, [], {}, 1e308, -1e308, 10**30, -(10**30), 0, -1, 1.5])
    | st.sampled_from(ODD_TEXTS)
    | json_values
)


def token(claims: dict[str, Any]) -> str:
    """A token with these claims as they are: libraries check some before they sign."""
    parts = [base64.urlsafe_b64encode(json.dumps(each).encode()).rstrip(b"=") for each in ({"alg": "HS256"}, claims)]
    mark = hmac.digest(SECRET.encode(), b".".join(parts), hashlib.sha256)
    return b".".join([*parts, base64.urlsafe_b64encode(mark).rstrip(b"=")]).decode()


@pytest.fixture(scope="module")
async def guarded(database: dict[str, str], gateway: Gateway) -> AsyncIterator[httpx.AsyncClient]:
    async with service(database, jwt_secret=SECRET, rate_limit="") as http:
        yield http


async def test_the_tokens_of_these_tests_are_taken(guarded: httpx.AsyncClient) -> None:
    reply = await guarded.post("/graphql", json=READ, headers={"Authorization": f"Bearer {token(GOOD)}"})

    assert "errors" not in reply.json()


@settings(
    max_examples=size(100, 1_000),
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(
    changed=st.dictionaries(st.sampled_from([*GOOD, "nbf", "jti", "extra"]), odd, min_size=1, max_size=3),
    role=st.sampled_from(list(Role)),
    query=st.sampled_from([READ, WRITE]),
)
async def test_any_claims(guarded: httpx.AsyncClient, changed: dict[str, Any], role: Role, query: Any) -> None:
    claims = {**GOOD, "role": role.value, **changed}
    reply = await guarded.post("/graphql", json=query, headers={"Authorization": f"Bearer {token(claims)}"})

    assert reply.status_code in {200, 401, 403}, (claims, reply.text)
    assert "INTERNAL" not in reply.text, (claims, reply.text)


@pytest.mark.parametrize(
    "changed",
    [{name: value} for name in ("exp", "iat", "nbf") for value in (str(LATER), True, [LATER], {"a": 1}, 1e308, 10**30)]
    + [{"sub": value} for value in ("", " ", "a\0b", "a\nb", "\ud800", "a" * 201, [], ["anna"], 1, None, {"a": 1})],
    ids=str,
)
async def test_claims_of_the_wrong_type_are_refused(guarded: httpx.AsyncClient, changed: dict[str, Any]) -> None:
    authorization = {"Authorization": f"Bearer {token(GOOD | changed)}"}
    reply = await guarded.post("/graphql", json=READ, headers=authorization)

    assert (reply.status_code, reply.headers.get("www-authenticate")) == (401, "Bearer"), reply.text
