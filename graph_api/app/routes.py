"""Names of requests for metrics, logs and traces: a bounded set, whatever clients send."""

from starlette.types import Scope

ROUTES = (
    "/graphql",
    "/graphiql",
    "/dashboard",
    "/schema.graphql",
    "/possible-types.json",
    "/imports",
    "/groups",
    "/healthz",
    "/readyz",
    "/metrics",
)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"})


def route_of(path: str) -> str:
    """The route a path belongs to.

    >>> route_of("/graphiql/main.js"), route_of("/wp-login.php")
    ('/graphiql', 'other')
    """
    return next((route for route in ROUTES if path == route or path.startswith(route + "/")), "other")


def method_of(scope: Scope) -> str:
    """The method of a request; of a connection, `WEBSOCKET`.

    >>> method_of({"type": "http", "method": "POST"}), method_of({"type": "http", "method": "BREW"})
    ('POST', 'other')
    """
    if scope["type"] == "websocket":
        return "WEBSOCKET"
    return scope["method"] if scope["method"] in METHODS else "other"
