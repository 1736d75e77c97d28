"""Tokens that the application accepts, signed with the secret of the tests."""

from datetime import UTC, datetime, timedelta
from typing import Any

import jwt

SECRET = "a secret that only these tests use, no service"


def claims(**changed: object) -> dict[str, Any]:
    """The claims of a valid token; None leaves a claim out."""
    now = datetime.now(UTC)
    good = {
        "sub": "quiz",
        "role": "service",
        "iss": "graph-api",
        "aud": "graph-api",
        "iat": now,
        "exp": now + timedelta(hours=1),
    }
    return {name: value for name, value in (good | changed).items() if value is not None}


def signed(
    key: Any = SECRET, algorithm: str = "HS256", headers: dict[str, str] | None = None, **changed: object
) -> str:
    return jwt.encode(claims(**changed), key, algorithm, headers=headers)
