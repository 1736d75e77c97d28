"""Practice sessions: type, queries, mutations."""

import uuid
from datetime import datetime
from typing import Annotated, Self

import strawberry

from graph_api.domain.learners import sessions as domain
from graph_api.domain.learners.sessions import SessionStatus
from graph_api.schema.context import Info
from graph_api.schema.failures import (
    Forbidden,
    InvalidInput,
    RunCancelled,
    SessionClosed,
    SessionNotFound,
    StudentErased,
    Unavailable,
)
from graph_api.schema.learners.answer import ORDER_KEY, Answer
from graph_api.schema.learners.answer_pages import list_answers
from graph_api.schema.learners.mastery import Mastery
from graph_api.schema.learners.student import Student
from graph_api.schema.mutations import mutation
from graph_api.schema.node import Node, node_id
from graph_api.schema.operations.run import Run, start_run
from graph_api.schema.paging import DEFAULT_FIRST, After, Connection, First, bounded, page
from graph_api.store.answers import AnswerFilter
from graph_api.usecases.learners.expire_sessions import expire_sessions, expiry_run
from graph_api.usecases.learners.recompute_recency import read_recomputed
from graph_api.usecases.learners.run_sessions import end_session, start_session
from graph_api.usecases.learners.score_sessions import ScoredSessions, score_sessions


@strawberry.type(description="A practice session of one student.")
class Session(Node):
    id: strawberry.ID = strawberry.field(
        description="The client's id of the session, or the id that the server generated."
    )
    student_id: strawberry.ID = strawberry.field(description="The id of the student.")
    status: SessionStatus = strawberry.field(description="The status of the session.")
    started_at: datetime = strawberry.field(description="The time when the session started.")
    ended_at: datetime | None = strawberry.field(
        description="The time when the session ended. Null while it is in progress."
    )

    @strawberry.field(description="The student. Null if the student does not exist any more.")
    async def student(self, info: Info) -> Student | None:
        return await Student.load(info, self.student_id)

    @strawberry.field(description="The answers of the session, oldest first, each with the tags frozen with it.")
    async def answers(self, info: Info, first: First = DEFAULT_FIRST, after: After = None) -> Connection[Answer]:
        wanted = page(first, after, "session answers", self.id, key=ORDER_KEY)
        return await list_answers(info, wanted, self.student_id, AnswerFilter(session_id=self.id), newest_first=False)

    @classmethod
    async def load(cls, info: Info, id: str) -> Self | None:
        """The session with an id, or None."""
        session = await info.context.loaders.sessions.load(id)
        return cls.of(session) if session else None

    @classmethod
    def of(cls, session: domain.Session) -> Self:
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
    student_id: strawberry.ID = strawberry.field(
        description="The id of the student. A student who does not exist is created."
    )
    id: strawberry.ID | None = strawberry.field(
        default=None,
        description="Your id of the session, which makes a repeated start harmless. Null: the server generates one.",
    )


@strawberry.input(description="A session to end.")
class EndSessionInput:
    id: strawberry.ID = strawberry.field(description="The id of the session.")
    status: SessionStatus = strawberry.field(
        default=SessionStatus.SUBMITTED, description="The new status: SUBMITTED, ABANDONED or EXPIRED."
    )


@strawberry.type(description="The stored session.")
class SessionPayload:
    scored: strawberry.Private[ScoredSessions | None] = None
    session: Session = strawberry.field(description="The session.")

    @strawberry.field(
        description="The masteries whose recency scores the end of the session changed, in order of skill. Empty "
        "unless the end of a session recomputes the student's scores; see `Student.recencyAtSessionEnd`. Null if they "
        "cannot be read."
    )
    async def masteries(self, info: Info, first: First = DEFAULT_FIRST) -> list[Mastery] | None:
        limit, thresholds, done = bounded(first), await info.context.thresholds(), self.scored
        rows = await read_recomputed(info.context.loaders, done.request, done.run_id, limit) if done else []
        return [Mastery.of(row, thresholds) for row in rows]


StartSessionResult = Annotated[
    SessionPayload | InvalidInput | StudentErased | Forbidden | Unavailable,
    strawberry.union("StartSessionResult", description="The session, or the reason why it did not start."),
]
EndSessionResult = Annotated[
    SessionPayload | SessionNotFound | SessionClosed | StudentErased | InvalidInput | Unavailable,
    strawberry.union("EndSessionResult", description="The session, or the reason why it did not end."),
]


@strawberry.type(description="The run that expired sessions.")
class ExpireSessionsPayload:
    run: Run = strawberry.field(description="The run. Its output counts the sessions.")


ExpireSessionsResult = Annotated[
    ExpireSessionsPayload | RunCancelled | Unavailable,
    strawberry.union("ExpireSessionsResult", description="The run, or the reason why no session was expired."),
]


@strawberry.type
class SessionQuery:
    """Queries about sessions."""

    @strawberry.field(description="The session with this id. Null if it does not exist.")
    async def session(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The id of the session.")],
    ) -> Session | None:
        return await Session.load(info, id)


@strawberry.type
class SessionMutation:
    """Mutations of sessions."""

    @mutation(description="Start a session.")
    async def start_session(
        self,
        info: Info,
        input: Annotated[StartSessionInput, strawberry.argument(description="The session.")],
    ) -> StartSessionResult:
        services = info.context.services
        session_id = input.id if input.id is not None else uuid.uuid4().hex
        info.context.principal.may_act_for([input.student_id], "studentId")
        started = await start_session(info.context.gateway, session_id, input.student_id, services.clock())
        return SessionPayload(session=Session.of(started))

    @mutation(description="End a session: submit it, or abandon it.")
    async def end_session(
        self,
        info: Info,
        input: Annotated[EndSessionInput, strawberry.argument(description="The session and its end.")],
    ) -> EndSessionResult:
        services = info.context.services
        ended = await end_session(info.context.gateway, input.id, input.status, services.clock())
        scoring = services.session_scoring
        scored = await score_sessions(services.gateway, [ended.student_id], scoring, services.clock)
        return SessionPayload(session=Session.of(ended), scored=scored)

    @mutation(description="Expire sessions that have been in progress for too long, as the scheduler does.")
    async def expire_sessions(self, info: Info) -> ExpireSessionsResult:
        services = info.context.services
        run = expiry_run(uuid.uuid4().hex, services.session_age, "mutation", services.clock())
        scoring = services.session_scoring
        work = expire_sessions(info.context.gateway, services.session_age, run, services.clock, scoring=scoring)
        return ExpireSessionsPayload(run=await start_run(info, run, work, wait=True))
