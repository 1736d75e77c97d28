"""End sessions that were in progress for too long (G7, J1)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from graph_api.domain.learners.sessions import Session, SessionStatus
from graph_api.domain.operations.runs import Algorithm, Run
from graph_api.store import sessions, students
from graph_api.store.gateway import Gateway, Transaction
from graph_api.usecases.learners.score_sessions import SessionScoring, score_sessions
from graph_api.usecases.run_ledger import OnProgress, recorded_run, unwatched

VERSION = "1"
SESSIONS_AT_A_TIME = 500


def expiry_run(run_id: str, age: timedelta, trigger: str, now: datetime) -> Run:
    """The run that an expiry starts."""
    return Run(run_id, Algorithm.EXPIRE_SESSIONS, VERSION, {"hours": age / timedelta(hours=1)}, trigger, now)


async def expire_sessions(  # noqa: PLR0913 - which, and what is recomputed then
    gateway: Gateway,
    age: timedelta,
    run: Run,
    clock: Callable[[], datetime],
    watch: OnProgress = unwatched,
    *,
    scoring: SessionScoring,
) -> dict[str, Any]:
    """Expire sessions that have been in progress for longer than `age`; returns the run's output.

    Their answers count for recency from then on, and the scores of students who have chosen it are recomputed in a run
    of its own. Taking an answer and ending a session lock the student, as here, so a session is never expired under an
    answer that is being recorded.
    """
    async with recorded_run(gateway, run, clock, watch) as recorded:
        before, expired, scored = run.started_at - age, 0, 0
        while stale := await gateway.write(lambda tx: _expire_some(tx, before, clock())):
            expired += len(stale)
            recorded.report("expiring sessions", expired, expired)
            done = await score_sessions(gateway, {session.student_id for session in stale}, scoring, clock)
            scored += done.students if done else 0
        recorded.output.update(expired=expired, studentsRecomputed=scored)
    return recorded.output


async def _expire_some(tx: Transaction, before: datetime, now: datetime) -> list[Session]:
    stale = await sessions.read_stale(tx, before, SESSIONS_AT_A_TIME)
    await students.lock(tx, {session.student_id for session in stale})
    for session in await sessions.read_by_ids(tx, [session.id for session in stale]):
        if session.status is SessionStatus.IN_PROGRESS:
            await sessions.end(tx, session.end(SessionStatus.EXPIRED, now))
    return stale
