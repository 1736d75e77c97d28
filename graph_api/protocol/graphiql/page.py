"""The page that a browser gets at /graphql in development. Nothing on it comes from elsewhere."""

import json
from collections.abc import Sequence
from pathlib import Path
from string import Template

from starlette.responses import HTMLResponse
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles

HERE = Path(__file__).parent

# The editor sets styles on its elements, hence 'unsafe-inline' for styles; scripts come from files alone.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; "
    "img-src 'self' data:; font-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def page(endpoint: str, examples: Sequence[str]) -> HTMLResponse:
    """GraphiQL for an endpoint, with one tab an example document."""
    settings = json.dumps({"endpoint": endpoint, "examples": list(examples)}).replace("<", "\\u003c")
    html = Template((HERE / "page.html").read_text(encoding="utf-8")).substitute(settings=settings)
    headers = {
        "Content-Security-Policy": POLICY,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
    }
    return HTMLResponse(html, headers=headers)


def routes() -> list[BaseRoute]:
    """The files that the page loads."""
    return [Mount("/graphiql", StaticFiles(directory=HERE / "static"))]
