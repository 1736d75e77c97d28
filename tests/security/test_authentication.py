"""Authentication: valid tokens, and every kind of invalid one."""

import base64
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from typer.testing import CliRunner

from graph_api.app.tokens import BadToken, KeySet
from graph_api.cli.main import app as command_line
from tests.application import service
from tests.tokens import SECRET, claims, signed

RSA_KEY, OTHER_KEY = (rsa.generate_private_key(public_exponent=65_537, key_size=2_048) for _ in range(2))
EC_KEY = ec.generate_private_key(ec.SECP256R1())
QUERY = {"query": "{ students { totalCount } }"}


def pem(key: rsa.RSAPrivateKey) -> bytes:
    return key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def key_set(**keys: rsa.RSAPrivateKey) -> str:
    """A JWKS document of public keys."""
    entries = []
    for key_id, key in keys.items():
        entry = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key()))
        entries.append(entry | {"kid": key_id, "use": "sig"})
    return json.dumps({"keys": entries})


@pytest.fixture(scope="module")
async def guarded(database: dict[str, str]) -> AsyncIterator[httpx.AsyncClient]:
    """The service with a shared secret."""
    async with service(database, jwt_secret=SECRET) as http:
        yield http


async def ask(http: httpx.AsyncClient, token: str | None) -> httpx.Response:
    return await http.post(
        "/graphql", json=QUERY, headers={} if token is None else {"Authorization": f"Bearer {token}"}
    )


async def test_a_good_token_is_taken(guarded: httpx.AsyncClient) -> None:
    for role in ("service", "admin"):
        reply = await ask(guarded, signed(role=role))
        assert "totalCount" in reply.text


def unsigned(algorithm: str) -> str:
    """A token that claims an algorithm and has no signature."""
    parts = [json.dumps(each, default=lambda t: int(t.timestamp())).encode() for each in ({"alg": algorithm}, claims())]
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts) + "."


def forged() -> dict[str, str]:
    """Tokens that must not be taken, by what is wrong with them."""
    past = datetime.now(UTC) - timedelta(hours=2)
    return {
        "algorithm none": unsigned("none"),
        "algorithm None": unsigned("None"),
        "no signature": unsigned("HS256"),
        "another secret": signed("another secret, which is as long as it"),
        "another algorithm": signed(algorithm="HS512", key=SECRET * 2),
        "expired": signed(exp=past),
        "not yet valid": signed(nbf=datetime.now(UTC) + timedelta(hours=1)),
        "never expires": signed(exp=None),
        "outlives time": signed(exp=10**18),
        "of unknown age": signed(iat=None),
        "another audience": signed(aud="somebody else"),
        "no audience": signed(aud=None),
        "another issuer": signed(iss="somebody else"),
        "no issuer": signed(iss=None),
        "nobody": signed(sub=None),
        "an empty name": signed(sub=""),
        "no role": signed(role=None),
        "an unknown role": signed(role="root"),
        "several roles": signed(role=["service", "admin"]),
        "no token at all": "x",
        "an empty token": "",
    }


@pytest.mark.parametrize("wrong", forged())
async def test_a_bad_token_is_refused(guarded: httpx.AsyncClient, wrong: str) -> None:
    reply = await ask(guarded, forged()[wrong])

    assert (reply.status_code, reply.headers["www-authenticate"]) == (401, "Bearer")
    (error,) = reply.json()["errors"]
    assert error["extensions"] == {"code": "UNAUTHENTICATED"}
    assert SECRET not in reply.text


async def test_a_changed_token_is_refused(guarded: httpx.AsyncClient) -> None:
    head, _, signature = signed().split(".")
    body = json.dumps(claims(role="admin"), default=lambda t: int(t.timestamp())).encode()
    reply = await ask(guarded, ".".join((head, base64.urlsafe_b64encode(body).rstrip(b"=").decode(), signature)))

    assert reply.status_code == 401


async def test_without_a_key_for_pseudonyms_analysts_are_refused(guarded: httpx.AsyncClient) -> None:
    reply = await ask(guarded, signed(role="analyst"))

    assert reply.status_code == 403
    (error,) = reply.json()["errors"]
    assert error["extensions"] == {"code": "FORBIDDEN"}
    assert error["message"].startswith("the role analyst is not served here")


async def test_without_a_token_there_is_only_what_shows_nothing(guarded: httpx.AsyncClient) -> None:
    assert (await ask(guarded, None)).status_code == 401
    assert (await guarded.get("/graphql", params=QUERY)).status_code == 401
    basic = await guarded.post("/graphql", json=QUERY, headers={"Authorization": "Basic eDp5"})
    assert basic.status_code == 401
    for path in ("/healthz", "/readyz", "/metrics"):
        assert (await guarded.get(path)).status_code == 200
    assert (
        await guarded.get("/graphql", headers={"Accept": "text/html"})
    ).status_code == 200  # GraphiQL, an empty page


async def test_a_public_key_takes_only_what_its_owner_signed(database: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_bytes(pem(RSA_KEY))
    async with service(database, jwt_public_key=tmp_path / "key.pem") as http:
        assert (await ask(http, signed(RSA_KEY, "RS256"))).status_code == 200
        assert (await ask(http, signed(OTHER_KEY, "RS256"))).status_code == 401
        head = base64.urlsafe_b64encode(b'{"alg":"HS256","typ":"JWT"}').rstrip(b"=").decode()
        confused = head + signed("k" * 40)[signed("k" * 40).index(".") :]  # the public key taken for a secret
        assert (await ask(http, confused)).status_code == 401


async def test_elliptic_curves(database: dict[str, str], tmp_path: Path) -> None:
    key = EC_KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "key.pem").write_bytes(key)
    async with service(database, jwt_public_key=tmp_path / "key.pem", jwt_algorithm="ES256") as http:
        assert (await ask(http, signed(EC_KEY, "ES256"))).status_code == 200
        assert (await ask(http, signed(RSA_KEY, "RS256"))).status_code == 401


async def test_keys_are_rotated(database: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    path.write_text(key_set(old=RSA_KEY))
    async with service(database, jwt_jwks=str(path)) as http:
        assert (await ask(http, signed(RSA_KEY, "RS256", {"kid": "old"}))).status_code == 200
        assert (await ask(http, signed(OTHER_KEY, "RS256", {"kid": "new"}))).status_code == 401


async def test_a_key_set_is_read_again_and_the_last_good_one_kept(tmp_path: Path) -> None:
    now = 0.0
    path = tmp_path / "keys.json"
    path.write_text(key_set(old=RSA_KEY))
    keys = KeySet(str(path), lambda: now)
    assert (await keys.key("old")).key_id == "old"
    assert (await keys.key(None)).key_id == "old"  # the only one
    path.write_text(key_set(old=RSA_KEY, new=OTHER_KEY))
    with pytest.raises(BadToken):
        await keys.key("new")  # it was read just now: an attacker cannot make it be read again and again
    now = 31.0
    assert (await keys.key("new")).key_id == "new"
    with pytest.raises(BadToken):
        await keys.key(None)  # which of them?
    path.write_text("broken")
    now = 1_000.0
    assert (await keys.key("old")).key_id == "old"
    path.unlink()
    now = 2_000.0
    assert (await keys.key("new")).key_id == "new"


async def test_a_token_from_the_command_line(guarded: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRAPH_API_AUTH", "jwt")
    monkeypatch.setenv("GRAPH_API_JWT_SECRET", SECRET)
    made = CliRunner().invoke(command_line, ["token", "me", "--role", "admin", "--hours", "1"])
    assert made.exit_code == 0
    assert (await ask(guarded, made.stdout.strip())).status_code == 200

    monkeypatch.delenv("GRAPH_API_JWT_SECRET")
    monkeypatch.setenv("GRAPH_API_AUTH", "none")
    refused = CliRunner().invoke(command_line, ["token", "me"])
    assert refused.exit_code == 2
