"""The audit log: written around judgements and every mutation that only operators may do, read by operators."""

import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Annotated, Any, Self

import strawberry
import structlog
from strawberry.extensions import FieldExtension
from strawberry.utils.str_converters import to_camel_case

from graph_api.domain.operations import audit as domain
from graph_api.domain.principals import Role
from graph_api.schema.access.roles import OPERATORS
from graph_api.schema.access.rules import ACCESS
from graph_api.schema.context import Context, Info
from graph_api.schema.paging import DEFAULT_FIRST, After, Connection, First, listing, page
from graph_api.store import audit as store
from graph_api.store.gateway import DatabaseUnavailable

log = structlog.get_logger(__name__)

JUDGING = frozenset({"recordJudgements", "revokeJudgements"})
"""Mutations that change levels in the name of an author (G10)."""
AUDITED = frozenset(ACCESS["Mutation"][OPERATORS].split()) | JUDGING
OF_STUDENTS = frozenset({"deleteStudent"}) | JUDGING
"""Whose subjects are not written down: an erased student is not to be named anywhere."""
PEOPLE = frozenset({"student_ids"})
"""Arguments that name students, who are not written down either."""
KEYS = ("id", "code", "name", "parameter_set_id", "skill_code", "course_id")
MOST_SUBJECTS = 20


class Audited(FieldExtension):
    """Writes an entry before a mutation, and its outcome afterwards."""

    async def resolve_async(
        self,
        next_: Callable[..., Awaitable[Any]],
        source: Any,  # noqa: ANN401 - as strawberry has it
        info: Info,
        **kwargs: Any,  # noqa: ANN401 - as strawberry has it
    ) -> Any:  # noqa: ANN401 - whatever the mutation gives
        """Do the mutation, on record."""
        values = [value for name, value in kwargs.items() if name not in PEOPLE]
        subjects = () if info.field_name in OF_STUDENTS else list(_subjects(values))[:MOST_SUBJECTS]
        async with on_record(info.context, info.field_name, subjects) as action:
            result = await next_(source, info, **kwargs)
            action.outcome = type(result).__name__
        return result


@dataclass(slots=True)
class Action:
    """What is on record; `outcome` is the name of its result, and stays FAULT if it has none."""

    outcome: str = "FAULT"


@asynccontextmanager
async def on_record(context: Context, mutation: str, subjects: Sequence[str]) -> AsyncIterator[Action]:
    """Write an entry before an action, and its outcome afterwards."""
    services, principal = context.services, context.principal
    entry = domain.AuditEntry(uuid.uuid4().hex, services.clock(), principal.id, principal.role, mutation, subjects)
    await services.gateway.write(lambda tx: store.put(tx, entry))
    action = Action()
    try:
        yield action
    finally:
        try:
            await services.gateway.write(lambda tx: store.put(tx, replace(entry, outcome=action.outcome)))
        except DatabaseUnavailable:
            log.warning("an entry of the audit log has no outcome", entry=entry.id, outcome=action.outcome)


def _subjects(values: Iterable[Any]) -> Iterator[str]:
    """The keys of what arguments are about: of ids themselves, of inputs, of lists of either."""
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, list):
            yield from _subjects(value)
        elif (
            subject := next((key for name in KEYS if isinstance(key := getattr(value, name, None), str)), None)
        ) is not None:
            yield subject


def audit(mutations: Iterable[Any]) -> None:
    """Put on record the judgements, and those fields of the mutation type that only operators may ask for."""
    for field in mutations:
        if to_camel_case(field.python_name) in AUDITED and not any(
            isinstance(each, Audited) for each in field.extensions
        ):
            field.extensions.append(Audited())


@strawberry.type(
    description="One mutation that only operators may do, a call that records or revokes judgements, or an upload; "
    "with its outcome."
)
class AuditEntry:
    id: strawberry.ID = strawberry.field(description="Its id.")
    at: datetime = strawberry.field(description="When it began.")
    principal: str = strawberry.field(description="The principal; empty without authentication.")
    role: Role = strawberry.field(description="What they were.")
    mutation: str = strawberry.field(description="The mutation; importAnswers for an uploaded file.")
    subjects: list[strawberry.ID] = strawberry.field(
        description="What it was about, the first twenty ids or codes; none where these are of students."
    )
    outcome: str | None = strawberry.field(
        description="The type of its result, or FAULT; null if it has not ended, or the process died."
    )

    @classmethod
    def of(cls, entry: domain.AuditEntry) -> Self:
        """The schema's view of an entry."""
        return cls(
            id=strawberry.ID(entry.id),
            at=entry.at,
            principal=entry.principal,
            role=entry.role,
            mutation=entry.mutation,
            subjects=[strawberry.ID(key) for key in entry.subjects],
            outcome=entry.outcome,
        )


@strawberry.type
class AuditQuery:
    """The query of operators about operators."""

    @strawberry.field(description="What operators did, and who recorded or revoked judgements, newest first.")
    async def audit_log(
        self,
        info: Info,
        principal: Annotated[str | None, strawberry.argument(description="Only what this one did.")] = None,
        mutation: Annotated[str | None, strawberry.argument(description="Only this mutation.")] = None,
        first: First = DEFAULT_FIRST,
        after: After = None,
    ) -> Connection[AuditEntry]:
        gateway = info.context.gateway
        wanted = page(first, after, "auditLog", principal, mutation, key=(datetime, str))
        start = (wanted.after[0], wanted.after[1]) if wanted.after else None
        read = partial(store.read_page, principal=principal, mutation=mutation, after=start, limit=wanted.limit)
        count = partial(store.count, principal=principal, mutation=mutation)
        return await listing(
            gateway, wanted, read, count, AuditEntry.of, lambda entry: [entry.at.isoformat(), entry.id]
        )
