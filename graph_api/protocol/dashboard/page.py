"""The built dashboard at /dashboard: one page for all of its addresses, its files, and what it reads before login."""

import gzip
import json
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from graph_api.protocol.compression import accepts_gzip

FOLDER = "/dashboard"
STATIC = Path(__file__).parent / "static"
INDEX = "index.html"
ASSETS = "assets"
PAGES = (".", "classes", "students", "login")
"""What the addresses of pages begin with, below the folder; `dashboard/src/app.tsx` has the routes."""
FOREVER = "public, max-age=31536000, immutable"
COMPRESSIBLE = frozenset({".css", ".html", ".js", ".json", ".md", ".svg"})


@dataclass(frozen=True)
class OpenIdConnect:
    """How the dashboard logs in: code flow with PKCE, as a public client."""

    issuer: str
    client_id: str
    scope: str

    @property
    def origin(self) -> str:
        """The issuer's origin, to which the page may connect.

        >>> OpenIdConnect("https://login.example/realms/school", "dashboard", "openid").origin
        'https://login.example'
        """
        scheme, host, *_ = urlsplit(self.issuer)
        return f"{scheme}://{host}"


def policy(login: OpenIdConnect | None) -> str:
    """The content security policy: nothing from elsewhere, and no inline scripts or styles."""
    connect = " ".join(["'self'", *([login.origin] if login else [])])
    return (
        f"default-src 'none'; script-src 'self'; style-src 'self'; connect-src {connect}; worker-src 'self'; "
        "img-src 'self' data: blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def documents() -> list[str]:
    """The documents that the pages send, letter for letter: the build lists them."""
    texts: list[str] = json.loads((STATIC / "documents.json").read_text(encoding="utf-8"))
    return texts


@lru_cache(maxsize=100)
def zipped(path: Path, _changed: float) -> bytes:
    """A built file as gzip. Each is compressed once, so the best compression is affordable."""
    return gzip.compress(path.read_bytes(), mtime=0)


class Files(StaticFiles):
    """Built files. Names in assets/ have a hash, so browsers keep those; they ask for others each time."""

    def __init__(self, login: OpenIdConnect | None, *, compresses: bool) -> None:
        super().__init__(directory=STATIC)
        self._compresses = compresses
        self.headers = {
            "Content-Security-Policy": policy(login),
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
        }

    async def get_response(self, path: str, scope: Scope) -> Response:
        """A file; for an address of the page, the page, which finds its route itself.

        A browser that opens an unknown address gets the page too, which shows that. Everything else gets 404.
        """
        first = Path(path).parts[0] if Path(path).parts else "."
        try:
            response = await super().get_response(path, scope)
        except HTTPException as error:
            opens = first in PAGES or "text/html" in Headers(scope=scope).get("accept", "")
            if error.status_code != HTTPStatus.NOT_FOUND or first == ASSETS or not opens:
                raise
            response = await super().get_response(INDEX, scope)
        response.headers.update(self.headers)
        response.headers["Cache-Control"] = FOREVER if first == ASSETS else "no-cache"
        if isinstance(response, FileResponse) and self._compresses:
            return self._compressed(response, scope)
        return response

    def _compressed(self, response: FileResponse, scope: Scope) -> Response:
        """The file as gzip, if the client accepts that."""
        path = Path(response.path)
        if path.suffix not in COMPRESSIBLE:
            return response
        response.headers.add_vary_header("Accept-Encoding")
        if not accepts_gzip(Headers(scope=scope).get("accept-encoding", "")):
            return response
        body = zipped(path, path.stat().st_mtime)
        headers = dict(response.headers) | {"content-encoding": "gzip", "content-length": str(len(body))}
        del headers["accept-ranges"]
        return Response(b"" if scope["method"] == "HEAD" else body, response.status_code, headers)


def routes(version: str, *, needs_token: bool, login: OpenIdConnect | None, compresses: bool) -> list[BaseRoute]:
    """The settings that the page reads before login, and its files.

    Args:
        version: of the service.
        needs_token: whether callers must log in.
        login: OpenID Connect, where it is configured.
        compresses: whether files are sent as gzip to clients that accept it.
    """
    settings = {
        "version": version,
        "authentication": "token" if needs_token else "none",
        "openIdConnect": login and {"issuer": login.issuer, "clientId": login.client_id, "scope": login.scope},
    }

    async def config(_request: Request) -> JSONResponse:
        return JSONResponse(settings, headers={"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"})

    return [Route(f"{FOLDER}/config.json", config), Mount(FOLDER, Files(login, compresses=compresses))]
