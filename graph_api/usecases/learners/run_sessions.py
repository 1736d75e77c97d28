"""Start and end practice sessions (G7)."""

from datetime import datetime

from graph_api.domain.failures import InvalidInput, SessionNotFound
from graph_api.domain.learners.sessions import Session, SessionStatus
from graph_api.domain.text import identifier
from graph_api.store import sessions, students
from graph_api.store.gateway import ConstraintViolated, Gateway, Transaction
from graph_api.usecases.read_back import read_back


async def start_session(gateway: Gateway, session_id: str, student_id: str, now: datetime) -> Session:
    """Start a session; if the student has a session with this id, it is returned unchanged.

    A student not seen before is created, as by a first answer.

    Raises:
        InvalidInput: an id breaks a rule, or the session is another student's.
        StudentErased: the student was erased.
    """
    identifier(session_id, "id")
    identifier(student_id, "studentId")

    async def work(tx: Transaction) -> Session:
        stored = await sessions.read_by_ids(tx, [session_id])
        if not stored:
            await students.touch(tx, [student_id], now)
            await sessions.create(tx, session_id, student_id, now)
            created = await sessions.read_by_ids(tx, [session_id])
            # Without its student if another transaction erases the student: this one fails and runs again.
            own = {session.id: session for session in created if session.student_id == student_id}
            stored = read_back(own, [session_id])
        if stored[0].student_id != student_id:
            raise taken
        return stored[0]

    taken = InvalidInput("id", "is the id of another student's session", session_id)
    try:
        return await gateway.write(work)
    except ConstraintViolated as error:  # the session exists, but the caller may not see it
        raise taken from error


async def end_session(gateway: Gateway, session_id: str, status: SessionStatus, now: datetime) -> Session:
    """End a session. Ending it again the same way changes nothing.

    Raises:
        SessionNotFound: the session does not exist.
        SessionClosed: it has ended in another way.
        StudentErased: the student was erased meanwhile.
        InvalidInput: the status does not end a session.
    """

    async def work(tx: Transaction) -> Session:
        stored = await sessions.read_by_ids(tx, [session_id])
        if not stored:
            raise SessionNotFound("id", "must name a session that exists", session_id, [session_id])
        await students.touch(tx, [stored[0].student_id], now)
        ended = stored[0].end(status, now)
        if ended is not stored[0]:
            await sessions.end(tx, ended)
        return ended

    return await gateway.write(work)
