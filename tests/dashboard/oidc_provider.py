"""A small OpenID provider: discovery, code flow with PKCE, signed tokens, refresh tokens that are used once.

It is as strict as providers are: exact redirect address, one use of each code, `S256` only. People log in by a click on
their name. `POST /tests` changes what the next logins get, as `{"seconds": 10, "refresh": false, "opaque": true}`.
"""

import base64
import hashlib
import json
import secrets
import time
from dataclasses import dataclass, field
from html import escape
from typing import Any
from urllib.parse import urlencode

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

CLIENT = "dashboard"
AUDIENCE = "graph-api"
KEY_ID = "key-1"
PEOPLE = {"teacher-ada": "teacher", "demo-27": "student"}


@dataclass
class Provider:
    """The state of the provider: what it has given out, and what the tests want of it."""

    issuer: str
    redirect_uri: str
    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    refresh_tokens: dict[str, str] = field(default_factory=dict)
    wishes: dict[str, Any] = field(default_factory=dict)

    def app(self) -> Starlette:
        """The application behind the issuer's address."""
        routes = [
            Route("/.well-known/openid-configuration", self.discovery),
            Route("/jwks", self.jwks),
            Route("/authorize", self.authorize),
            Route("/token", self.token, methods=["POST"]),
            Route("/tests", self.wish, methods=["POST"]),
            Route("/favicon.ico", self.icon),
        ]
        return Starlette(routes=routes, middleware=[Middleware(CORSMiddleware, allow_origins=["*"])])

    async def discovery(self, _request: Request) -> JSONResponse:
        endpoints = {name: f"{self.issuer}/{path}" for name, path in (("authorization_endpoint", "authorize"), ("token_endpoint", "token"), ("jwks_uri", "jwks"))}  # fmt: skip
        return JSONResponse({
            "issuer": self.issuer, **endpoints, "response_types_supported": ["code"], "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"], "code_challenge_methods_supported": ["S256"],
        })  # fmt: skip

    async def jwks(self, _request: Request) -> JSONResponse:
        public = json.loads(RSAAlgorithm.to_jwk(self.key.public_key()))
        return JSONResponse({"keys": [{**public, "kid": KEY_ID, "use": "sig", "alg": "RS256"}]})

    async def wish(self, request: Request) -> Response:
        self.wishes = await request.json()
        return Response(status_code=204)

    async def icon(self, _request: Request) -> Response:
        return Response(status_code=204)

    async def authorize(self, request: Request) -> Response:
        """The page of names; with a name, the way back with a code."""
        asked = dict(request.query_params)
        expected = {"response_type": "code", "client_id": CLIENT, "redirect_uri": self.redirect_uri, "code_challenge_method": "S256"}  # fmt: skip
        missing = {name for name in ("state", "nonce", "code_challenge") if not asked.get(name)}
        if wrong := missing | {name for name, value in expected.items() if asked.get(name) != value}:
            return Response(f"invalid: {', '.join(sorted(wrong))}", 400)
        if (login := asked.pop("login", None)) is None:
            links = (
                f'<a href="?{escape(urlencode({**asked, "login": each}))}">{each}</a>' for each in [*PEOPLE, "refuse"]
            )
            return HTMLResponse(f"<h1>Test provider</h1>{' '.join(links)}")
        reply = {"state": asked["state"]}
        if login == "refuse":
            reply["error"] = "access_denied"
        else:
            reply["code"] = secrets.token_urlsafe()
            self.codes[reply["code"]] = {**asked, "sub": login}
        return RedirectResponse(f"{self.redirect_uri}?{urlencode(reply)}")

    async def token(self, request: Request) -> JSONResponse:
        """Tokens for a code with its verifier, or for a refresh token; each is taken once."""
        form = {name: str(value) for name, value in (await request.form()).items()}
        if form.get("client_id") != CLIENT:
            return JSONResponse({"error": "invalid_client"}, 401)
        if form.get("grant_type") == "refresh_token":
            subject, nonce = self.refresh_tokens.pop(form.get("refresh_token", ""), None), None
        else:
            code = self.codes.pop(form.get("code", ""), {})
            digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
            proves = base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == code.get("code_challenge")
            same = form.get("redirect_uri") == self.redirect_uri
            subject, nonce = (code["sub"] if proves and same else None), code.get("nonce")
        return JSONResponse({"error": "invalid_grant"}, 400) if subject is None else self.tokens(subject, nonce)

    def tokens(self, subject: str, nonce: str | None) -> JSONResponse:
        seconds = int(self.wishes.get("seconds", 3600))
        opaque = self.wishes.get("opaque", False)
        person = {"sub": subject, "role": PEOPLE[subject]}
        reply = {
            "token_type": "Bearer", "expires_in": seconds,
            "access_token": "opaque" if opaque else self.sign(person | {"aud": AUDIENCE}, seconds),
            "id_token": self.sign(person | {"aud": [CLIENT, AUDIENCE] if opaque else CLIENT, "azp": CLIENT, "nonce": nonce}, seconds),
        }  # fmt: skip
        if self.wishes.get("refresh"):
            reply["refresh_token"] = secrets.token_urlsafe()
            self.refresh_tokens[str(reply["refresh_token"])] = subject
        return JSONResponse(reply, headers={"Cache-Control": "no-store"})

    def sign(self, claims: dict[str, Any], seconds: int) -> str:
        now = int(time.time())
        given = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(
            given | {"iss": self.issuer, "iat": now, "exp": now + seconds}, self.key, "RS256", {"kid": KEY_ID}
        )
