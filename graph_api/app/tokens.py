"""Tokens: JWTs that name their bearer, checked by PyJWT against keys that are configured, read from a file, or fetched.

The algorithm is pinned by the settings, never taken from the token. `exp`, `iat`, `sub`, `iss`, `aud` are required.
"""

import asyncio
import json
import time
import urllib.request
from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

import jwt
import structlog
from jwt import PyJWK, PyJWT
from jwt.exceptions import PyJWTError

from graph_api.domain.failures import InvalidInput
from graph_api.domain.principals import Principal, Role
from graph_api.domain.text import identifier

log = structlog.get_logger(__name__)

REQUIRED = ["exp", "iat", "sub", "iss", "aud"]
TIMES = ("exp", "iat", "nbf")
"""Claims that are times."""
UNREADABLE = (TypeError, ValueError, OverflowError, AttributeError, RecursionError)
"""What is raised where a claim or a header has another type than its reader expects."""
LATEST = 253_402_300_800
"""The year 10,000, in seconds since 1970."""
FETCH_SECONDS = 5.0
FRESH_SECONDS = 300.0
COOL_SECONDS = 30.0
"""Seconds before an unknown key id makes the service fetch the keys again."""


class BadToken(Exception):
    """The token is not accepted; the message gives the reason to its bearer."""


class Forbidden(Exception):
    """The token is valid, and its bearer lacks the permission."""


class Keys(Protocol):
    """Where keys come from."""

    async def key(self, key_id: str | None) -> Any:  # noqa: ANN401 - a secret, a PEM, or a key object
        """The key with an id; the only one, if they have none."""


class OneKey:
    """A secret or a public key that does not change."""

    def __init__(self, key: str) -> None:
        self._key = key

    async def key(self, key_id: str | None) -> str:  # noqa: ARG002 - as the protocol
        """The key, whatever id the token names."""
        return self._key


class KeySet:
    """A JWKS document, from a file or a URL, read again when it is old or a token names a key that it has not.

    The last good keys stay in use while a new document cannot be had.
    """

    def __init__(self, source: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._source = source
        self._clock = clock
        self._keys: dict[str | None, PyJWK] = {}
        self._read_at = self._tried_at = float("-inf")
        self._reading = asyncio.Lock()

    async def key(self, key_id: str | None) -> PyJWK:
        """The key with an id.

        Raises:
            BadToken: there is none.
        """
        now = self._clock()
        unknown = key_id not in self._keys
        if (now - self._read_at > FRESH_SECONDS or unknown) and now - self._tried_at > (
            COOL_SECONDS if self._keys else 0
        ):
            async with self._reading:
                if self._tried_at < now:
                    await self._read(now)
        if key_id not in self._keys:
            raise BadToken("the token is signed with a key that is not known here")
        return self._keys[key_id]

    async def _read(self, now: float) -> None:
        self._tried_at = now
        try:
            keys = await asyncio.to_thread(read_key_set, self._source)
        except (OSError, ValueError, PyJWTError) as fault:
            log.warning("the key set cannot be read", source=self._source, reason=str(fault))
            return
        self._keys, self._read_at = keys, now


def read_key_set(source: str) -> dict[str | None, PyJWK]:
    """The public signature keys of a JWKS document, by id; the only one also without.

    Raises:
        OSError, ValueError, PyJWTError: it cannot be read, or is invalid.
    """
    if source.startswith(("https://", "http://")):
        with urllib.request.urlopen(source, timeout=FETCH_SECONDS) as reply:  # noqa: S310 - the two schemes above
            document = json.loads(reply.read(1_000_000))
    else:
        document = json.loads(Path(source).read_text(encoding="utf-8"))
    by_id: dict[str | None, PyJWK] = {}
    for each in document["keys"]:
        if each.get("kty") in {"RSA", "EC"} and each.get("use", "sig") == "sig":
            by_id[each.get("kid")] = PyJWK.from_dict(each)
    if not by_id:
        raise ValueError("it holds no public key for signatures")
    if len(by_id) == 1:
        by_id[None] = next(iter(by_id.values()))
    return by_id


class Authenticator:
    """Names the bearer of a token."""

    def __init__(  # noqa: PLR0913, PLR0917 - what a token is checked by
        self,
        keys: Keys,
        algorithm: str,
        issuer: str,
        audience: str,
        leeway: timedelta,
        served: Collection[Role] = frozenset(Role),
    ) -> None:
        self._keys = keys
        self._served = served
        self._algorithm = algorithm
        self._issuer = issuer
        self._audience = audience
        self._leeway = leeway
        self._jwt = PyJWT(options={"enforce_minimum_key_length": True})

    async def principal(self, token: str) -> Principal:
        """Who the bearer is.

        Raises:
            BadToken: it is malformed, forged, expired, or meant for another service.
            Forbidden: the role may not do anything here.
        """
        try:
            header = jwt.get_unverified_header(token)
            if header.get("alg") != self._algorithm:
                raise BadToken(f"the token must be signed with {self._algorithm}")
            claims = self._jwt.decode(
                token,
                await self._keys.key(header.get("kid")),
                algorithms=[self._algorithm],
                issuer=self._issuer,
                audience=self._audience,
                leeway=self._leeway,
                options={"require": REQUIRED},
            )
        except PyJWTError as fault:
            raise BadToken(str(fault)) from fault
        except UNREADABLE as fault:  # of claims that PyJWT takes for numbers or texts, and are not
            raise BadToken("the token holds a claim of the wrong type") from fault
        subject, role = claims["sub"], claims.get("role")
        for name in TIMES:
            if not is_time(claims.get(name, 0)):
                raise BadToken(f"{name} must be a number of seconds since 1970")
        if not (isinstance(subject, str) and isinstance(role, str) and role in set(Role)):
            raise BadToken(f"the token must have a sub, and a role: {', '.join(Role)}")
        try:
            identifier(subject, "sub")
        except InvalidInput as fault:
            raise BadToken(f"{fault.field}: {fault.rule}") from fault
        if role not in self._served:
            raise Forbidden(f"the role {role} is not served here; roles that are: {', '.join(sorted(self._served))}")
        return Principal(subject, Role(role), self._end(claims["exp"]))

    def _end(self, expiry: float) -> datetime:
        """When a token is not taken any more; what was begun with it ends then as well."""
        try:
            return datetime.fromtimestamp(expiry, UTC) + self._leeway
        except (OverflowError, ValueError, OSError) as fault:
            raise BadToken("exp must be a time that there is") from fault


def is_time(value: object) -> bool:
    """Whether a claim is a time: a finite number.

    >>> is_time(1_700_000_000), is_time("1700000000"), is_time(True), is_time(float("inf"))
    (True, False, False, False)
    """
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < LATEST


def make_token(  # noqa: PLR0913, PLR0917 - its claims
    secret: str, subject: str, role: Role, issuer: str, audience: str, now: datetime, age: timedelta
) -> str:
    """A token for development, signed with the shared secret."""
    claims = {"sub": subject, "role": role.value, "iss": issuer, "aud": audience, "iat": now, "exp": now + age}
    return jwt.encode(claims, secret, algorithm="HS256")
