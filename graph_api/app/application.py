"""The Starlette application: routes, and a lifespan that owns everything behind them."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import Receive, Scope, Send

from graph_api.app.authentication import Admission, Authentication
from graph_api.app.cors import Cors
from graph_api.app.examples import EXAMPLES
from graph_api.app.health import healthz, readyz
from graph_api.app.metrics import Metrics, has_workers, published
from graph_api.app.origins import Hosts, Origins
from graph_api.app.rate_limits import RateLimits
from graph_api.app.read_your_writes import HEADER as BOOKMARKS
from graph_api.app.read_your_writes import ReadYourWrites
from graph_api.app.request_log import HEADER as REQUEST_ID
from graph_api.app.request_log import RequestLog
from graph_api.app.running import analyst_rules, fit_defaults, running, thresholds, utc_now
from graph_api.app.scheduling import holder_of, schedule_of, scheduler_of
from graph_api.app.short_way import ShortWay
from graph_api.app.tokens import Authenticator, Keys, KeySet, OneKey
from graph_api.app.tracing import OpenTelemetry, TracedRequests, tracer_from_environment
from graph_api.config import Settings
from graph_api.domain.principals import Role
from graph_api.execution.garbage import forget_what_stays
from graph_api.execution.operation_outcomes import MOST_NAMES, OperationNames, names_in
from graph_api.execution.query_limits import QueryLimits
from graph_api.execution.trusted_documents import Documents, read_documents
from graph_api.jobs.parameters_in_effect import InEffect, keep_in_effect
from graph_api.protocol.cached_replies import CachedReplies
from graph_api.protocol.compression import Compression
from graph_api.protocol.cost_header import COST_HEADER
from graph_api.protocol.dashboard import page as dashboard
from graph_api.protocol.download_tables import DOCUMENTS as TABLE_DOCUMENTS
from graph_api.protocol.download_tables import FOLDER as GROUPS
from graph_api.protocol.download_tables import ClassTables
from graph_api.protocol.endpoint import graphql_app
from graph_api.protocol.graphiql import page as graphiql
from graph_api.protocol.http import HttpLimits
from graph_api.protocol.http_errors import MESSAGE_LENGTH, ErrorResponse, ErrorsAsJson, refuse
from graph_api.protocol.multipart_bodies import FormLimits
from graph_api.protocol.schema_files import file_routes
from graph_api.protocol.upload_answers import PATH as UPLOADS
from graph_api.protocol.upload_answers import PREFLIGHT_HEADERS, AnswerUploads
from graph_api.schema.services import Services
from graph_api.store.changes import Changed
from graph_api.store.tracing import Tracer
from graph_api.store.uploads import Uploads
from graph_api.usecases.answers.grade_answers import Grader
from graph_api.usecases.course.course_now import CourseNow
from graph_api.usecases.learners.class_levels_now import ClassLevelsNow
from graph_api.usecases.learners.forgetting_in_effect import ForgettingNow
from graph_api.usecases.learners.histories_now import HistoriesNow
from graph_api.usecases.learners.pages_now import PagesNow
from graph_api.usecases.learners.predictors_in_effect import PredictorsNow
from graph_api.usecases.learners.student_memory import StudentMemory
from graph_api.usecases.learners.thresholds_in_effect import ThresholdsNow
from graph_api.usecases.operations.background import Background
from graph_api.usecases.parameters.change_sets import replay_run, resume_replays

log = structlog.get_logger(__name__)

VERSION = version("graph-api")
OWN_HEADERS = ("Authorization", "Content-Type", BOOKMARKS, REQUEST_ID, COST_HEADER)
"""Headers that pages of allowed origins may always send: the service reads them. GRAPH_API_CORS_HEADERS adds others."""


def create_app(settings: Settings, tracer: Tracer | None = None, writer: Path | None = None) -> Starlette:
    """The service. Its lifespan starts database, driver and intake, and stops them in the opposite order.

    Args:
        settings: its settings.
        tracer: makes the spans; None for the tracer that the `OTEL_*` variables configure, if they do.
        writer: the socket of the process that records answers; None if this one does.

    Raises:
        TracingUnavailable: they do, and the extra `otel` is not installed.
    """
    metrics = Metrics(VERSION, settings.engine)
    traces = tracer_from_environment() if tracer is None else tracer
    documents = trusted_documents(settings)
    replies = CachedReplies(settings.cache_bytes, metrics.stored_reply, compresses=settings.compress)
    uploads = Uploads(settings.data_dir / "uploads")
    graphql = graphql_app(
        development=settings.is_development,
        introspection=settings.may_introspect,
        examples=EXAMPLES,
        query_limits=query_limits(settings),
        http_limits=HttpLimits(settings.body_bytes, settings.request_seconds, settings.body_values),
        documents=documents,
        federation=settings.federation,
        replies=replies,
        compiled=settings.compiled,
    )

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            if isinstance(traces, OpenTelemetry):
                stack.push_async_callback(asyncio.to_thread, traces.shut_down)
            behind = await stack.enter_async_context(running(settings, metrics, traces, writer=writer))
            levels_bytes = settings.class_bytes // 2
            classes, memory = ClassLevelsNow(levels_bytes), StudentMemory(settings.class_bytes - levels_bytes)

            def on_change(changed: Changed) -> None:
                replies.forget(changed)
                classes.forget(changed)
                memory.forget(changed)

            behind.gateway.on_change = on_change
            uploads.sweep()
            stack.callback(uploads.close)  # after the background work, which imports them
            schedule = schedule_of(settings)
            app.state.services = Services(
                gateway=behind.gateway,
                intake=behind.intake,
                thresholds=ThresholdsNow(behind.gateway, thresholds(settings)),
                fit_defaults=fit_defaults(settings),
                clock=utc_now,
                version=VERSION,
                engine=settings.engine,
                upcoming=lambda: schedule.upcoming(utc_now()),
                session_age=timedelta(hours=settings.session_hours),
                recency_set_id=behind.recency_set.id,
                recency_at_session_end=settings.recency_at_session_end,
                topic_set=behind.topic_set,
                forgetting=ForgettingNow(behind.gateway, behind.forgetting_set),
                predictors=PredictorsNow(behind.gateway),
                grader=Grader(settings.semantic_model),
                course=CourseNow(behind.gateway),
                classes=classes,
                histories=HistoriesNow(memory),
                pages=PagesNow(memory),
                students_may_record=settings.students_may_record,
                analysts=analyst_rules(settings),
                background=await stack.enter_async_context(Background()),
                tracer=traces,
                time_zone=ZoneInfo(settings.schedule_time_zone),
                operation_names=operation_names(documents),
                course_mark=behind.course_mark,
            )
            resumed = replay_run(uuid.uuid4().hex, "resumed", "start", utc_now())
            resuming = resume_replays(behind.gateway, resumed, utc_now)
            app.state.services.background.start(resuming, "unfinished replays")
            app.state.services.background.start(
                keep_in_effect(holder_of(settings, behind.gateway), InEffect(behind.topic_set, behind.recency_set.id)),
                "parameters in effect",
            )
            if settings.scheduler:
                await stack.enter_async_context(scheduler_of(settings, behind.gateway, metrics))
            engine = behind.engine
            metrics.watch(lambda: behind.intake.depth, lambda: engine.restarts if engine else 0)
            metrics.watch_stored_replies(lambda: replies.store.bytes)
            if has_workers():
                await stack.enter_async_context(published(metrics))
            log.info("database ready", engine=settings.engine)
            forget_what_stays()
            yield
            log.info("stopping")

    admission = Admission(authenticator_of(settings), RateLimits(settings.rate_limit, settings.rate_limit_clients))
    files = file_routes(graphql.schema) if settings.may_introspect else []
    app = Starlette(
        lifespan=lifespan,
        routes=[
            Route("/", home),
            Route("/graphql", graphql),
            WebSocketRoute("/graphql", graphql),
            Route("/healthz", healthz),
            Route("/readyz", readyz),
            Route("/metrics", metrics.endpoint),
            Route(UPLOADS, answer_uploads(settings, uploads).serve, methods=["POST"]),
            *ClassTables(graphql).routes(),
            *dashboard_routes(settings),
            *files,
            *(graphiql.routes() if settings.is_development else ()),
        ],
        middleware=[
            *([Middleware(TracedRequests, tracer=traces)] if isinstance(traces, OpenTelemetry) else ()),
            Middleware(RequestLog, metrics=metrics),
            Middleware(ErrorsAsJson),  # for what is not expected
            Middleware(ShortWay, view=graphql, admission=admission, names=settings.names, compresses=settings.compress),
            *([Middleware(Compression)] if settings.compress else ()),
            *web_pages(settings),
            Middleware(
                Authentication,
                admission=admission,
                paths=["/graphql", UPLOADS, *(route.path for route in files)],
                folders=[GROUPS],
            ),
            Middleware(ReadYourWrites),
        ],
    )
    app.state.replies = replies
    app.router.default = not_found
    return app


def answer_uploads(settings: Settings, uploads: Uploads) -> AnswerUploads:
    """The endpoint for uploads of answers, with the configured limits."""
    return AnswerUploads(uploads, FormLimits(settings.upload_bytes, settings.request_seconds), settings.request_seconds)


def trusted_documents(settings: Settings) -> Documents | None:
    """The documents that clients may request by id, and those of the service's own; None if no file is configured."""
    if (path := settings.trusted_documents) is None:
        return None
    own = [*TABLE_DOCUMENTS, *(dashboard.documents() if settings.dashboard else ())]
    return read_documents(path, only=settings.trusted_documents_only).with_own(own)


def dashboard_routes(settings: Settings) -> list[BaseRoute]:
    """The pages of the dashboard, if they are served."""
    if not settings.dashboard:
        return []
    login = None
    if settings.oidc_issuer is not None and settings.oidc_client_id is not None:
        login = dashboard.OpenIdConnect(settings.oidc_issuer, settings.oidc_client_id, settings.oidc_scope)
    needs_token = settings.auth != "none"
    return dashboard.routes(VERSION, needs_token=needs_token, login=login, compresses=settings.compress)


def operation_names(documents: Documents | None) -> OperationNames:
    """The names by which operations are counted: those of trusted documents, and a bounded number of others."""
    if documents is None:
        return OperationNames()
    return OperationNames(names_in(documents.texts), 0 if documents.only else MOST_NAMES)


def web_pages(settings: Settings) -> list[Middleware]:
    """What refuses web pages of other origins, and lets those of `GRAPH_API_ORIGINS` read replies.

    Requests under a host name that is not the service's are refused as well: any domain can resolve to this address.
    """
    return [
        Middleware(Origins, allowed=settings.origins, names=settings.names),
        Middleware(
            Cors,
            allow_origins=settings.origins,
            allow_methods=["GET", "POST"],
            allow_headers=[*OWN_HEADERS, *PREFLIGHT_HEADERS, *settings.cors_headers],
            allow_private_network=True,  # these origins are allowed by name
            expose_headers=[BOOKMARKS, REQUEST_ID, "Retry-After", "ETag", "Content-Disposition"],
        ),
        Middleware(ErrorsAsJson),  # for the rest, so that these pages can read it
        Middleware(Hosts, names=settings.names),
    ]


async def not_found(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer a path that has no route."""
    await refuse(ErrorResponse(404, f"{scope['path'][:MESSAGE_LENGTH]}: not found"), scope, receive, send)


def authenticator_of(settings: Settings) -> Authenticator | None:
    """The check of tokens; None without authentication."""
    if settings.auth == "none":
        log.warning("no authentication: every caller of this address has every permission", host=settings.host)
        return None
    keys: Keys
    if settings.jwt_secret is not None:
        keys = OneKey(settings.jwt_secret.get_secret_value())
    elif settings.jwt_public_key is not None:
        keys = OneKey(settings.jwt_public_key.read_text(encoding="utf-8"))
    else:
        keys = KeySet(str(settings.jwt_jwks))
    leeway = timedelta(seconds=settings.jwt_leeway_seconds)
    served = frozenset(Role) if settings.pseudonym_key else frozenset(Role) - {Role.ANALYST}
    return Authenticator(keys, settings.algorithm, settings.jwt_issuer, settings.jwt_audience, leeway, served)


def query_limits(settings: Settings) -> QueryLimits:
    """The configured limits of queries."""
    return QueryLimits(
        depth=settings.query_depth,
        characters=settings.query_characters,
        tokens=settings.query_tokens,
        aliases=settings.query_aliases,
        root_fields=settings.query_root_fields,
        directives=settings.query_directives,
        fields=settings.query_fields,
        width=settings.query_width,
        cost=settings.query_cost,
        objects=settings.query_objects,
    )


async def home(_request: Request) -> RedirectResponse:
    """The endpoint is what people look for."""
    return RedirectResponse("/graphql")
