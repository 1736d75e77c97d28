"""The Starlette application: routes, and a lifespan that owns everything behind them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

import structlog
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import Route, WebSocketRoute

from graph_api.app.examples import EXAMPLES
from graph_api.app.health import healthz, readyz
from graph_api.app.metrics import Metrics
from graph_api.app.request_log import RequestLog
from graph_api.app.running import running, thresholds, utc_now
from graph_api.config import Settings
from graph_api.schema.api import graphql_app
from graph_api.schema.graphiql import page as graphiql
from graph_api.schema.services import Services

log = structlog.get_logger(__name__)

VERSION = version("graph-api")


def create_app(settings: Settings) -> Starlette:
    """The service. Its lifespan starts database, driver and intake, and stops them in the opposite order."""
    metrics = Metrics(VERSION, settings.engine)
    graphql = graphql_app(development=settings.is_development, examples=EXAMPLES)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with running(settings, metrics) as behind:
            app.state.services = Services(
                gateway=behind.gateway,
                intake=behind.intake,
                thresholds=thresholds(settings),
                clock=utc_now,
                version=VERSION,
                engine=settings.engine,
            )
            engine = behind.engine
            metrics.watch(lambda: behind.intake.depth, lambda: engine.restarts if engine else 0)
            log.info("database ready", engine=settings.engine)
            yield
            log.info("stopping")

    return Starlette(
        lifespan=lifespan,
        routes=[
            Route("/", home),
            Route("/graphql", graphql),
            WebSocketRoute("/graphql", graphql),
            Route("/healthz", healthz),
            Route("/readyz", readyz),
            Route("/metrics", metrics.endpoint),
            *(graphiql.routes() if settings.is_development else ()),
        ],
        middleware=[Middleware(RequestLog, metrics=metrics)],
    )


async def home(_request: Request) -> RedirectResponse:
    """The endpoint is what people look for."""
    return RedirectResponse("/graphql")
