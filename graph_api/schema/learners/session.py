"""Practice sessions: type, queries, mutations."""

import uuid
from datetime import datetime
from typing import Annotated, Self

import strawberry

from graph_api.domain.learners import sessions as domain
from graph_api.schema.context import Info
from graph_api.schema.enums import describe_values
from graph_api.schema.failures import (
    Forbidden,
    InvalidInput,
    RunCancelled,
    SessionClosed,
    SessionNotFound,
    StudentErased,
    Unavailable,
    payload_or_failure,
)
from graph_api.schema.learners.student import Student
from graph_api.schema.node import Node, node_id
from graph_api.schema.operations.run import Run, start_run
from graph_api.usecases.learners.expire_sessions import expire_sessions, expiry_run
from graph_api.usecases.learners.recompute_recency import RecomputeRequest, recompute_recency
from graph_api.usecases.learners.run_sessions import end_session, start_session

strawberry.enum(domain.SessionStatus, description="Where a session stands.")
describe_values(
    domain.SessionStatus,
    IN_PROGRESS="It takes answers.",
    SUBMITTED="It was handed in.",
    EXPIRED="It was in progress for too long.",
    ABANDONED="It was given up.",
)


@strawberry.type(description="A span of answering that is handed in as a whole.")
class Session(Node):
    """A session of one student."""

    id: strawberry.ID = strawberry.field(description="What the client calls it, or the id that the server made.")
    student_id: strawberry.ID = strawberry.field(description="Whose session it is.")
    status: domain.SessionStatus = strawberry.field(description="Where it stands.")
    started_at: datetime = strawberry.field(description="When it started.")
    ended_at: datetime | None = strawberry.field(description="When it ended; null while in progress.")

    @strawberry.field(description="Whose session it is.")
    async def student(self, info: Info) -> Student | None:
        """Its student."""
        return await Student.load(info, self.student_id)

    @classmethod
    def of(cls, session: domain.Session) -> Self:
        """The schema's view of a session."""
        return cls(
            node_id=node_id("Session", session.id),
            id=strawberry.ID(session.id),
            student_id=strawberry.ID(session.student_id),
            status=session.status,
            started_at=session.started_at,
            ended_at=session.ended_at,
        )


@strawberry.input(description="A session to start.")
class StartSessionInput:
    """A session to start."""

    student_id: strawberry.ID = strawberry.field(description="Whose session it is; a new student is created.")
    id: strawberry.ID | None = strawberry.field(
        default=None,
        description="Your id: with it, starting again is harmless. The server makes one without.",
    )


@strawberry.input(description="A session to end.")
class EndSessionInput:
    """A session to end."""

    id: strawberry.ID = strawberry.field(description="Which session.")
    status: domain.SessionStatus = strawberry.field(
        default=domain.SessionStatus.SUBMITTED, description="SUBMITTED, ABANDONED or EXPIRED."
    )


@strawberry.type(description="The session as it is stored now.")
class SessionPayload:
    """What is stored."""

    session: Session = strawberry.field(description="The session.")


StartSessionResult = Annotated[
    SessionPayload | InvalidInput | StudentErased | Forbidden | Unavailable,
    strawberry.union("StartSessionResult", description="The started session, or why it did not start."),
]
EndSessionResult = Annotated[
    SessionPayload | SessionNotFound | SessionClosed | StudentErased | InvalidInput | Unavailable,
    strawberry.union("EndSessionResult", description="The ended session, or why it did not end."),
]


@strawberry.type(description="The run that expired sessions.")
class ExpireSessionsPayload:
    """What was done."""

    run: Run = strawberry.field(description="The run; its output counts the sessions.")


ExpireSessionsResult = Annotated[
    ExpireSessionsPayload | RunCancelled | Unavailable,
    strawberry.union("ExpireSessionsResult", description="The run that expired sessions, or why there was none."),
]


@strawberry.type
class SessionQuery:
    """Queries about sessions."""

    @strawberry.field(description="The session with this id, or null.")
    async def session(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="Its id.")],
    ) -> Session | None:
        """One session."""
        found = await info.context.loaders.sessions.load(id)
        return Session.of(found) if found else None


@strawberry.type
class SessionMutation:
    """Mutations of sessions."""

    @strawberry.mutation(description="Start a session.")
    async def start_session(
        self,
        info: Info,
        input: Annotated[StartSessionInput, strawberry.argument(description="The session.")],
    ) -> StartSessionResult:
        """Start a session."""

        async def doing() -> SessionPayload:
            services = info.context.services
            info.context.forget()
            session_id = input.id if input.id is not None else uuid.uuid4().hex
            info.context.principal.may_act_for([input.student_id], "studentId")
            started = await start_session(info.context.gateway, session_id, input.student_id, services.clock())
            return SessionPayload(session=Session.of(started))

        return await payload_or_failure(doing())

    @strawberry.mutation(description="End a session: submit it, or abandon it.")
    async def end_session(
        self,
        info: Info,
        input: Annotated[EndSessionInput, strawberry.argument(description="The session and its end.")],
    ) -> EndSessionResult:
        """End a session."""

        async def doing() -> SessionPayload:
            services = info.context.services
            info.context.forget()
            ended = await end_session(info.context.gateway, input.id, input.status, services.clock())
            if services.recency_at_session_end:
                request = RecomputeRequest(ended.student_id, parameter_set_id=services.recency_set_id)
                run = request.run(uuid.uuid4().hex, "session", services.clock())
                await recompute_recency(services.gateway, request, run, services.clock)
            return SessionPayload(session=Session.of(ended))

        return await payload_or_failure(doing())

    @strawberry.mutation(description="Expire sessions that have been in progress for too long, as the scheduler does.")
    async def expire_sessions(self, info: Info) -> ExpireSessionsResult:
        """Expire sessions."""

        async def doing() -> ExpireSessionsPayload:
            services = info.context.services
            info.context.forget()
            run = expiry_run(uuid.uuid4().hex, services.session_age, "mutation", services.clock())
            work = expire_sessions(info.context.gateway, services.session_age, run, services.clock)
            return ExpireSessionsPayload(run=await start_run(info, run, work, wait=True))

        return await payload_or_failure(doing())
