"""The settings: the only reader of the environment. Each is documented in `.env.example`."""

import re
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, available_timezones

from limits import parse_many
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from graph_api.jobs.schedule import cron

PREFIX = "GRAPH_API_"
SHORTEST_SECRET = 32
ORIGIN = re.compile(r"https?://[^\s/?#@]+/?", re.IGNORECASE)
NAME = re.compile(r"\*|(\*\.)?[a-z0-9_]([a-z0-9_.-]*[a-z0-9_.])?|\[[0-9a-f:.]+\]", re.IGNORECASE)
ISSUER = re.compile(r"(https://[^\s/?#@;,']+|http://(localhost|127\.0\.0\.1)(:\d+)?)(/[^\s?#]*)?", re.IGNORECASE)
HEADER = re.compile(r"[\w!#$%&'*+.^`|~-]+", re.ASCII)
CORS_HEADERS = (
    # Apollo, urql, Relay, Hive and Yoga
    "apollographql-client-name", "apollographql-client-version", "apollo-require-preflight", "x-apollo-operation-name",
    "x-apollo-operation-id", "x-apollo-operation-type", "x-apollo-cache-key", "graphql-client-name",
    "graphql-client-version", "x-graphql-client-name", "x-graphql-client-version", "graphql-preflight",
    "graphql-require-preflight", "x-graphql-yoga-csrf", "x-csrf-token", "x-requested-with", "last-event-id",
    "idempotency-key",
    # caches
    "cache-control", "pragma", "if-none-match", "if-modified-since",
    # tracing: W3C, Sentry, Zipkin, Jaeger, Datadog, New Relic, Elastic, Application Insights, clouds
    "traceparent", "tracestate", "baggage", "sentry-trace", "b3", "x-b3-traceid", "x-b3-spanid", "x-b3-parentspanid",
    "x-b3-sampled", "x-b3-flags", "uber-trace-id", "x-datadog-trace-id", "x-datadog-parent-id", "x-datadog-origin",
    "x-datadog-sampling-priority", "x-datadog-tags", "newrelic", "elastic-apm-traceparent", "request-id",
    "request-context", "x-correlation-id", "x-amzn-trace-id", "x-cloud-trace-context",
)  # fmt: skip
"""Headers that GraphQL clients and tracing tools add to requests of browsers."""
LOOPBACK = ("127.0.0.1", "::1", "localhost")
read_time_zones = cache(available_timezones)
"""The names of the time zones: to look for them reads folders."""


class LogFormat(StrEnum):
    """Formats of log lines."""

    JSON = "json"
    CONSOLE = "console"


class Settings(BaseSettings):
    """Every setting, from variables with the prefix GRAPH_API_ and from `.env`; the environment wins."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=".env", frozen=True, extra="ignore")

    host: str = "127.0.0.1"
    port: int = Field(8000, ge=0, le=65_535)
    data_dir: Path = Path(".data")
    auth: Literal["none", "jwt"] = "none"
    jwt_secret: SecretStr | None = None
    jwt_public_key: Path | None = None
    jwt_jwks: str | None = None
    jwt_algorithm: Literal["HS256", "RS256", "ES256"] | None = None
    jwt_issuer: str = Field("graph-api", min_length=1)
    jwt_audience: str = Field("graph-api", min_length=1)
    jwt_leeway_seconds: float = Field(30.0, ge=0, le=600)
    pseudonym_key: SecretStr | None = Field(None, min_length=SHORTEST_SECRET)
    pseudonym_scope: Literal["group", "global"] = "group"
    analyst_min_group: int = Field(10, ge=1)
    students_may_record: bool = True
    allow_public_without_auth: bool = False
    hosts: Annotated[list[str], NoDecode] = []
    origins: Annotated[list[str], NoDecode] = []
    cors_headers: Annotated[list[str], NoDecode] = list(CORS_HEADERS)
    dashboard: bool = True
    oidc_issuer: str | None = None
    oidc_client_id: str | None = Field(None, min_length=1)
    oidc_scope: str = "openid"
    rate_limit: str = "600/minute"
    rate_limit_clients: str = ""

    neo4j_uri: str | None = None
    neo4j_user: str = "neo4j"
    neo4j_password: SecretStr = SecretStr("")
    neo4j_database: str | None = None
    database_wait_seconds: float = Field(60.0, gt=0)
    database_retry_seconds: float = Field(15.0, gt=0)
    database_silence_seconds: float = Field(30.0, gt=0)
    embedded_heap_mb: int = Field(512, ge=64)
    embedded_check: Literal["refuse", "warn", "off"] = "refuse"

    mastered_level: float = Field(0.95, gt=0, lt=1)
    focus_level: float = Field(0.4, gt=0, lt=1)
    weak_level: float = Field(0.5, gt=0, lt=1)
    weak_attempts: int = Field(5, ge=1)

    fit_min_mastered_correct: float = Field(0.7, ge=0, lt=1)
    fit_max_guess_plus_slip: float = Field(0.6, ge=0.01, le=1)
    fit_significance: float = Field(0.05, gt=0, le=0.5)

    intake_linger_ms: float = Field(0.0, ge=0, le=1_000)
    intake_batch: int = Field(500, ge=1, le=10_000)
    intake_queue: int = Field(20_000, ge=1)
    intake_give_up_seconds: float = Field(30.0, gt=0)
    warm_up_seconds: float = Field(1.0, ge=0, le=60)

    scheduler: bool = True
    schedule_refit: str = "0 3 * * *"
    schedule_recency: str = "30 2 * * *"
    schedule_expire_sessions: str = "*/10 * * * *"
    schedule_retention: str = "0 4 * * *"
    schedule_time_zone: str = "UTC"
    schedule_jitter_seconds: float = Field(0.0, ge=0, le=3_600)
    schedule_grace_seconds: float = Field(3_600.0, ge=1)
    job_lease_seconds: float = Field(30.0, ge=1)
    retention_days: float | None = Field(None, gt=0)
    session_hours: float = Field(24.0, gt=0)
    recency_parameters: str = "recency-v0"
    recency_at_session_end: bool = False

    topic_parameters: str = "topic-v1"
    forgetting_parameters: str = "fsrs-v0"
    semantic_model: Path | None = None

    query_depth: int = Field(20, ge=1)
    query_characters: int = Field(100_000, ge=1)
    query_tokens: int = Field(5_000, ge=1)
    query_aliases: int = Field(100, ge=0)
    query_root_fields: int = Field(30, ge=1)
    query_directives: int = Field(50, ge=0)
    query_fields: int = Field(3_000, ge=1)
    query_width: int = Field(200, ge=1)
    query_cost: int = Field(500_000, ge=1)
    query_objects: int = Field(100_000, ge=1)
    compiled: bool = True
    head_seconds: float = Field(10.0, gt=0)
    body_bytes: int = Field(10_000_000, ge=1)
    body_values: int = Field(200_000, ge=1)
    upload_bytes: int = Field(100_000_000, ge=1)
    request_seconds: float = Field(120.0, gt=0)
    cache_bytes: int = Field(64_000_000, ge=0)
    class_bytes: int = Field(64_000_000, ge=0)
    compress: bool = True
    introspection: bool | None = None
    federation: bool = False
    trusted_documents: Path | None = None
    trusted_documents_only: bool = True

    drain_seconds: float = Field(0.0, ge=0)
    demo: bool = True
    development: bool | None = None
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: LogFormat = LogFormat.CONSOLE

    @model_validator(mode="after")
    def _together(self) -> Self:
        if self.mastered_level <= self.focus_level:
            raise ValueError(f"{PREFIX}MASTERED_LEVEL: must be above {PREFIX}FOCUS_LEVEL")
        self._check_keys()
        self._check_login()
        if not (self.is_loopback or self.auth == "jwt" or self.allow_public_without_auth):
            raise ValueError(
                f"{PREFIX}HOST: {self.host} is reachable from other machines, but authentication is off; set "
                f"{PREFIX}AUTH=jwt, or {PREFIX}ALLOW_PUBLIC_WITHOUT_AUTH=true if a proxy authenticates callers"
            )
        self._check_hosts()
        return self

    def _check_hosts(self) -> None:
        """Require host names: without them, a page under any name that resolves to this address could call us."""
        if self.auth == "none" and "*" in self.hosts:
            raise ValueError(f"{PREFIX}HOSTS: must name hosts with {PREFIX}AUTH=none; * is rejected")
        if not (self.is_loopback or self.hosts):
            raise ValueError(
                f"{PREFIX}HOSTS: must name the hosts that clients use in their addresses, such as api.example, because "
                f"{PREFIX}HOST is {self.host}"
            )

    def _check_keys(self) -> None:
        keys = [self.jwt_secret, self.jwt_public_key, self.jwt_jwks]
        if self.auth == "none":
            if any(keys):
                raise ValueError(f"{PREFIX}AUTH: must be jwt for a key to be used; a key is set")
            return
        if sum(each is not None for each in keys) != 1:
            variables = ", ".join(f"{PREFIX}JWT_{name}" for name in ("SECRET", "PUBLIC_KEY", "JWKS"))
            raise ValueError(f"{PREFIX}AUTH: jwt takes exactly one of {variables}")
        if self.jwt_secret is not None and len(self.jwt_secret.get_secret_value().encode()) < SHORTEST_SECRET:
            raise ValueError(f"{PREFIX}JWT_SECRET: must have at least {SHORTEST_SECRET} bytes")
        if (self.algorithm == "HS256") != (self.jwt_secret is not None):
            raise ValueError(f"{PREFIX}JWT_ALGORITHM: HS256 goes with a secret, RS256 and ES256 with a public key")

    def _check_login(self) -> None:
        if (self.oidc_issuer is None) != (self.oidc_client_id is None):
            raise ValueError(f"{PREFIX}OIDC_ISSUER: goes with {PREFIX}OIDC_CLIENT_ID; one of them is set")
        if self.oidc_issuer is not None and self.auth == "none":
            raise ValueError(f"{PREFIX}AUTH: must be jwt for {PREFIX}OIDC_ISSUER to be used")

    @field_validator("oidc_issuer")
    @classmethod
    def _issuer(cls, address: str | None) -> str | None:
        if address is not None and not ISSUER.fullmatch(address):
            raise ValueError("must be the address of an issuer with https, or with http on localhost")
        return address

    @field_validator("oidc_scope")
    @classmethod
    def _scope(cls, scope: str) -> str:
        if "openid" not in scope.split():
            raise ValueError("must contain openid")
        return scope

    @field_validator("origins", mode="before")
    @classmethod
    def _origins(cls, value: object) -> object:
        names = _listed(value)
        if isinstance(names, list) and (invalid := [each for each in names if not ORIGIN.fullmatch(str(each))]):
            raise ValueError(
                f"must be origins, such as https://app.example, with commas between them; not {invalid[0]}"
            )
        return [normalize_origin(str(each)) for each in names] if isinstance(names, list) else names

    @field_validator("hosts", mode="before")
    @classmethod
    def _hosts(cls, value: object) -> object:
        names = _listed(value)
        if isinstance(names, list) and (invalid := [each for each in names if not NAME.fullmatch(str(each))]):
            rule = "must be names without scheme and port, such as api.example or *.example, with commas between them"
            raise ValueError(f"{rule}; not {invalid[0]}")
        return [str(each).lower().rstrip(".") for each in names] if isinstance(names, list) else names

    @field_validator("cors_headers", mode="before")
    @classmethod
    def _cors_headers(cls, value: object) -> object:
        names = _listed(value)
        if isinstance(names, list) and (invalid := [each for each in names if not HEADER.fullmatch(str(each))]):
            raise ValueError(f"must be names of headers, with commas between them, or *; not {invalid[0]}")
        return names

    @field_validator("rate_limit", "rate_limit_clients")
    @classmethod
    def _rate(cls, limits: str) -> str:
        if limits.strip():
            parse_many(limits)
        return limits

    @field_validator("schedule_time_zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        if name not in read_time_zones():
            raise ValueError("must be a time zone, such as Europe/Berlin")
        return name

    @field_validator("schedule_refit", "schedule_recency", "schedule_expire_sessions", "schedule_retention")
    @classmethod
    def _cron(cls, expression: str) -> str:
        if expression:
            cron(expression, ZoneInfo("UTC"))
        return expression

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach the service."""
        return self.host in LOOPBACK

    @property
    def names(self) -> list[str]:
        """The host names that the service accepts: those configured, and the names of localhost."""
        return [*LOOPBACK, "[::1]", *self.hosts]

    @property
    def is_development(self) -> bool:
        """Whether a browser at /graphql gets GraphiQL: as configured, else on localhost only."""
        return self.is_loopback if self.development is None else self.development

    @property
    def algorithm(self) -> str:
        """How tokens are signed: as configured, else HS256 with a secret and RS256 with a public key."""
        return self.jwt_algorithm or ("HS256" if self.jwt_secret else "RS256")

    @property
    def may_introspect(self) -> bool:
        """Whether clients may read the schema: as configured, else in development."""
        return self.is_development if self.introspection is None else self.introspection

    @property
    def engine(self) -> Literal["embedded", "neo4j"]:
        """The database in use."""
        return "neo4j" if self.neo4j_uri else "embedded"


def _listed(value: object) -> object:
    """The parts of a text with commas between them; anything else unchanged."""
    return [each.strip() for each in value.split(",") if each.strip()] if isinstance(value, str) else value


def normalize_origin(origin: str) -> str:
    """An origin as browsers send it: in lower case, without the default port and a closing slash.

    >>> normalize_origin("HTTPS://App.Example:443/"), normalize_origin("http://localhost:5173")
    ('https://app.example', 'http://localhost:5173')
    """
    scheme, _, host = origin.lower().removesuffix("/").partition("://")
    return f"{scheme}://{host.removesuffix({'http': ':80', 'https': ':443'}[scheme])}"


class BadSettings(Exception):
    """One line for each setting that breaks a rule: variable, rule, value."""


def read_settings(**given: object) -> Settings:
    """The settings of the environment; those given (by the command line) win, None means not given.

    Raises:
        BadSettings: listing all errors at once.
    """
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        raise BadSettings(
            "\n".join(_line(each["loc"], each["msg"], each["input"]) for each in error.errors())
        ) from None


def _line(location: tuple[int | str, ...], message: str, value: object) -> str:
    message = message.removeprefix("Value error, ")
    if not location:
        return message
    shown = "" if {"password", "secret", "key"} & set(str(location[0]).split("_")) else f", got {value!r}"
    return f"{PREFIX}{str(location[0]).upper()}: {message}{shown}"
