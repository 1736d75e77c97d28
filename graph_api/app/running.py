"""What runs behind the service, in order: database, driver, schema, intake. It stops in the opposite order."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog

from graph_api.app.metrics import Metrics
from graph_api.config import Settings
from graph_api.domain.learners.mastery import Thresholds
from graph_api.domain.parameters.fitting.activation import ActivationRules
from graph_api.domain.parameters.forgetting_parameters import ForgettingParameterSet
from graph_api.domain.parameters.recency_parameters import RecencyParameterSet
from graph_api.domain.parameters.topic_parameters import TopicParameterSet
from graph_api.store import cypher_files
from graph_api.store.concepts import lock_course
from graph_api.store.engine.embedded import EmbeddedEngine
from graph_api.store.gateway import Gateway
from graph_api.store.migrations import load_migrations, migrate
from graph_api.store.packaged import packaged
from graph_api.store.tracing import NO_TRACING, Tracer
from graph_api.store.viewers import AnalystRules
from graph_api.usecases.answers.answer_intake import AnswerIntake
from graph_api.usecases.answers.intake import Intake, IntakeLimits
from graph_api.usecases.answers.record_answers import RecordAnswers
from graph_api.usecases.answers.remote_intake import RemoteIntake
from graph_api.usecases.learners.score_sessions import SessionScoring
from graph_api.usecases.parameters.edit_parameter_sets import ensure_defaults
from graph_api.usecases.parameters.edit_policy_sets import (
    ensure_default_policies,
    read_forgetting_set,
    read_recency_set,
    read_topic_set,
)
from graph_api.usecases.parameters.fit_parameters import FitDefaults
from graph_api.usecases.run_ledger import DEAD_AFTER, fail_dead_runs

log = structlog.get_logger(__name__)


def utc_now() -> datetime:
    """The service's clock."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Running:
    """A migrated database and the intake in front of it."""

    gateway: Gateway
    intake: Intake
    topic_set: TopicParameterSet
    recency_set: RecencyParameterSet
    forgetting_set: ForgettingParameterSet
    metrics: Metrics
    engine: EmbeddedEngine | None
    course_mark: Callable[[], str] = str


@asynccontextmanager
async def connected(
    settings: Settings, metrics: Metrics, tracer: Tracer = NO_TRACING
) -> AsyncIterator[tuple[Gateway, EmbeddedEngine | None]]:
    """A gateway to a database that answers: Neo4j if one is configured, else the embedded engine."""
    statements = cypher_files.load(packaged("cypher"))
    engine = None
    if settings.neo4j_uri is None:
        log.info("starting the embedded engine", data_dir=str(settings.data_dir))
        engine = await EmbeddedEngine.start(
            settings.data_dir,
            heap_mb=settings.embedded_heap_mb,
            ready_timeout=settings.database_wait_seconds,
            check=settings.embedded_check,
        )
    try:
        gateway = Gateway.connect(
            engine.uri if engine else str(settings.neo4j_uri),
            user=engine.user if engine else settings.neo4j_user,
            password=engine.password if engine else settings.neo4j_password.get_secret_value(),
            database=engine.database if engine else settings.neo4j_database,
            statements=statements,
            observe=metrics.statement,
            retry_time=settings.database_retry_seconds,
            silence=settings.database_silence_seconds,
            tracer=tracer,
        )
        async with gateway:
            await gateway.wait_until_ready(settings.database_wait_seconds, log.warning)
            yield gateway, engine
    finally:
        if engine:
            await asyncio.shield(engine.stop())


@asynccontextmanager
async def running(
    settings: Settings, metrics: Metrics, tracer: Tracer = NO_TRACING, *, writer: Path | None = None
) -> AsyncIterator[Running]:
    """Everything that answers need, migrated and with the default parameter sets.

    With the socket of a writer, answers are handed to it; without, this process records them.
    """
    async with connected(settings, metrics, tracer) as (gateway, engine):
        migrations = await migrate(gateway, load_migrations(packaged("cypher") / "migrations"), utc_now())
        for migration in migrations:
            log.info("migrated", version=migration.version, name=migration.name)
        if migrations:
            await gateway.write(lock_course)  # its new mark ends the stored replies of other processes
        await ensure_defaults(gateway, utc_now())
        await ensure_default_policies(gateway, utc_now())
        # Nothing else can be running in an engine that this process has just started.
        silence = DEAD_AFTER if engine is None else timedelta(0)
        if failed := await fail_dead_runs(gateway, utc_now(), silence):
            log.warning("runs of processes that died are failed", runs=failed)
        topic_set = await read_topic_set(gateway, settings.topic_parameters)
        recency_set = await read_recency_set(gateway, settings.recency_parameters)
        forgetting_set = await read_forgetting_set(gateway, settings.forgetting_parameters)
        limits = intake_limits(settings)
        recorder = RecordAnswers(gateway, topic_set)
        async with (
            AnswerIntake(
                recorder.record, limits, utc_now, metrics.batch, tracer, recorder.check_sets, recorder.replay_late
            )
            if writer is None
            else RemoteIntake(writer, limits, utc_now, metrics.batch, tracer)
        ) as intake:
            sets = (topic_set, recency_set, forgetting_set)
            yield Running(gateway, intake, *sets, metrics, engine, recorder.course_mark)


def intake_limits(settings: Settings) -> IntakeLimits:
    """The configured limits of the intake."""
    return IntakeLimits(
        linger=settings.intake_linger_ms / 1_000,
        batch=settings.intake_batch,
        queue=settings.intake_queue,
        give_up=settings.intake_give_up_seconds,
    )


def session_scoring(settings: Settings) -> SessionScoring:
    """What the ends of sessions recompute, as configured."""
    return SessionScoring(settings.recency_parameters, by_default=settings.recency_at_session_end)


def fit_defaults(settings: Settings) -> FitDefaults:
    """The configured limits of fits."""
    rules = ActivationRules(settings.mastered_level, settings.fit_min_mastered_correct, settings.fit_significance)
    return FitDefaults(rules, settings.fit_max_guess_plus_slip)


def thresholds(settings: Settings) -> Thresholds:
    """The configured thresholds."""
    return Thresholds(settings.mastered_level, settings.focus_level, settings.weak_level, settings.weak_attempts)


def analyst_rules(settings: Settings) -> AnalystRules | None:
    """What holds for analysts; None without a key for pseudonyms."""
    if settings.pseudonym_key is None:
        return None
    key = settings.pseudonym_key.get_secret_value().encode()
    return AnalystRules(key, settings.analyst_min_group, settings.pseudonym_scope)
