"""The built dashboard at /dashboard: one page for all of its addresses, its files, and what it reads before login."""

from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

FOLDER = "/dashboard"
STATIC = Path(__file__).parent / "static"
INDEX = "index.html"
FOREVER = "public, max-age=31536000, immutable"


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


class Files(StaticFiles):
    """Built files. Names in assets/ have a hash, so browsers keep those; they ask for others each time."""

    def __init__(self, login: OpenIdConnect | None) -> None:
        super().__init__(directory=STATIC)
        self.headers = {
            "Content-Security-Policy": policy(login),
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
        }

    async def get_response(self, path: str, scope: Scope) -> Response:
        """A file; for an address of the page, the page, which finds its route itself."""
        try:
            response = await super().get_response(path, scope)
        except HTTPException as error:
            if error.status_code != HTTPStatus.NOT_FOUND or Path(path).parts[:1] == ("assets",):
                raise
            path = INDEX
            response = await super().get_response(path, scope)
        response.headers.update(self.headers)
        response.headers["Cache-Control"] = FOREVER if Path(path).parts[:1] == ("assets",) else "no-cache"
        return response


def routes(version: str, *, needs_token: bool, login: OpenIdConnect | None) -> list[BaseRoute]:
    """The settings that the page reads before login, and its files.

    Args:
        version: of the service.
        needs_token: whether callers must log in.
        login: OpenID Connect, where it is configured.
    """
    settings = {
        "version": version,
        "authentication": "token" if needs_token else "none",
        "openIdConnect": login and {"issuer": login.issuer, "clientId": login.client_id, "scope": login.scope},
    }

    async def config(_request: Request) -> JSONResponse:
        return JSONResponse(settings, headers={"Cache-Control": "no-cache"})

    return [Route(f"{FOLDER}/config.json", config), Mount(FOLDER, Files(login))]
