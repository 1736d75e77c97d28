"""Workers that hand their answers to the writer: the guarantees of an intake, across a connection that may break."""

import asyncio
import socket
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from graph_api.domain.answers.answers import AnswerInput, Recorded
from graph_api.domain.failures import (
    AnswerIdConflict,
    ConceptNotFound,
    InvalidInput,
    NotRecorded,
    Overloaded,
    Unavailable,
)
from graph_api.domain.parameters.topic_parameters import DEFAULT_SET
from graph_api.store.gateway import Gateway
from graph_api.usecases.answers.answer_batch import Outcome, Submission
from graph_api.usecases.answers.answer_intake import AnswerIntake, IntakeLimits, Record
from graph_api.usecases.answers.intake import DEFAULT_LIMITS
from graph_api.usecases.answers.intake_server import IntakeServer
from graph_api.usecases.answers.record_answers import RecordAnswers
from graph_api.usecases.answers.remote_intake import RemoteIntake, WriterError
from tests.conftest import Ask

pytestmark = pytest.mark.usefixtures("course")

IMPATIENT = IntakeLimits(give_up=0.3)


def answer(student: str = "anna", key: str | None = None, *, correct: bool = True) -> AnswerInput:
    return AnswerInput(student, correct=correct, concept_ids=["nominative"], id=key)


class Writer:
    """A writer that can be killed and started again; its socket stays, as that of the parent."""

    def __init__(self, folder: Path, limits: IntakeLimits) -> None:
        self.path = folder / "writer"
        self._limits = limits
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.bind(str(self.path))
        self._socket.listen()
        self._running = AsyncExitStack()
        self._ends: list[asyncio.Task[None]] = []

    async def start(self, record: Record) -> AnswerIntake:
        intake = await self._running.enter_async_context(AnswerIntake(record, self._limits))
        self.server = IntakeServer(intake)
        await self._running.enter_async_context(self.server.listening(self._socket.dup()))
        return intake

    def kill(self) -> None:
        """Break the connections: no reply leaves any more, and nothing is accepted."""
        for connection in list(self.server._connections):
            assert connection._transport
            connection._transport.abort()
        self._ends.append(asyncio.create_task(self._running.pop_all().aclose()))

    async def stop(self) -> None:
        await self._running.aclose()
        await asyncio.gather(*self._ends)
        self._socket.close()


@asynccontextmanager
async def writer(folder: Path, limits: IntakeLimits = DEFAULT_LIMITS) -> AsyncIterator[Writer]:
    running = Writer(folder, limits)
    try:
        yield running
    finally:
        await running.stop()


async def test_two_workers_and_every_outcome(gateway: Gateway, counts: Ask, tmp_path: Path) -> None:
    record = RecordAnswers(gateway, DEFAULT_SET)

    async def breaks_for_ben(submissions: Sequence[Submission]) -> list[list[Outcome]]:
        if any(item.student_id == "ben" for submission in submissions for item in submission.answers):
            raise RuntimeError("a bug")
        return await record(submissions)

    async with writer(tmp_path) as there:
        await there.start(breaks_for_ben)
        async with RemoteIntake(there.path) as one, RemoteIntake(there.path) as two:
            assert one.is_ready
            refused = InvalidInput("correct", "is required")
            unknown = AnswerInput("anna", correct=True, concept_ids=["missing"])
            first, many, atomic = await asyncio.gather(
                one.submit([answer(key="e"), refused, unknown]),
                two.submit([answer(key=f"{n}") for n in range(120)]),
                two.submit([answer(key="a"), unknown], atomic=True),
            )
            assert isinstance(first[0], Recorded)
            assert first[1] is refused
            assert isinstance(first[2], ConceptNotFound)
            assert first[2].missing == ["missing"]
            assert [each.answer.id for each in many if isinstance(each, Recorded)] == [f"{n}" for n in range(120)]
            assert [type(each) for each in atomic] == [NotRecorded, ConceptNotFound]
            again, other = await two.submit([answer(key="e"), answer(key="e", correct=False)])
            assert again == first[0]._replace(duplicate=True)
            assert isinstance(other, AnswerIdConflict)
            with pytest.raises(WriterError, match="a bug"):
                await one.submit([answer("ben")])
            assert await one.submit([]) == []
            assert (one.depth, two.depth) == (0, 0)
    assert (await counts())["answers"] == 2 * 121


async def test_a_writer_that_dies_counts_nothing_twice(gateway: Gateway, counts: Ask, tmp_path: Path) -> None:
    """It dies after the commit and before the reply; the next one gets the same answers, and finds them."""
    record, committed, over = RecordAnswers(gateway, DEFAULT_SET), asyncio.Event(), asyncio.Event()

    async def dies_after_commit(submissions: Sequence[Submission]) -> list[list[Outcome]]:
        outcomes = await record(submissions)
        committed.set()
        await over.wait()
        return outcomes

    async with writer(tmp_path) as there:
        await there.start(dies_after_commit)
        async with RemoteIntake(there.path) as worker:
            calls = [asyncio.create_task(worker.submit([answer(key=key), answer()])) for key in ("e", "f")]
            leaver = asyncio.create_task(worker.submit([answer(key="left")]))
            await committed.wait()
            leaver.cancel()
            there.kill()
            while worker.is_ready:
                await asyncio.sleep(0.01)
            late = asyncio.create_task(worker.submit([answer(key="g")]))
            await asyncio.sleep(0.01)
            assert worker.depth == 6
            await there.start(record)
            outcomes = [outcome for call in (*calls, late) for outcome in await call]
        over.set()
    assert all(isinstance(each, Recorded) and not each.duplicate for each in outcomes)
    assert (await counts())["answers"] == 2 * 6


async def test_a_writer_that_stays_away(tmp_path: Path) -> None:
    counted: Counter[str] = Counter()

    async def never(_: Sequence[Submission]) -> list[list[Outcome]]:
        raise AssertionError

    async with writer(tmp_path) as there:
        await there.start(never)
        async with RemoteIntake(there.path, IMPATIENT, on_batch=lambda named, _: counted.update(named)) as worker:
            there.kill()
            while worker.is_ready:
                await asyncio.sleep(0.01)
            async with asyncio.timeout(5):
                outcomes = await worker.submit([answer(), answer()])
                await worker.settle("anna")
            assert [type(each) for each in outcomes] == [Unavailable, Unavailable]
            assert worker.depth == 0
    assert counted == {"UNAVAILABLE": 2}


async def test_the_queue_of_the_writer_is_shared(gateway: Gateway, counts: Ask, tmp_path: Path) -> None:
    """What one worker queues leaves no room for the other; a call is refused as a whole; leaving waits for the rest."""
    record, go = RecordAnswers(gateway, DEFAULT_SET), asyncio.Event()

    async def slow(submissions: Sequence[Submission]) -> list[list[Outcome]]:
        await go.wait()
        return await record(submissions)

    limits = IntakeLimits(queue=3)
    async with writer(tmp_path, limits) as there:
        intake = await there.start(slow)
        async with RemoteIntake(there.path, limits) as one, RemoteIntake(there.path, limits) as two:
            waiting = asyncio.create_task(one.submit([answer(key=f"{n}") for n in range(2)]))
            while intake.depth < 2:
                await asyncio.sleep(0.001)
            with pytest.raises(Overloaded, match="the queue of 3 answers is full") as caught:
                await two.submit([answer(), answer()])
            assert caught.value.retry_after == 1.0
            settled = asyncio.create_task(two.settle("anna"))
            await asyncio.sleep(0.02)
            assert not settled.done()
            assert (one.depth, two.depth) == (2, 0)
            go.set()
            await settled
            assert intake.depth == 0
            last = asyncio.create_task(two.submit([answer()]))
            await asyncio.sleep(0)
        assert (waiting.done(), last.done()) == (True, True)
        await there.server.abandoned()
    assert (await counts())["answers"] == 2 * 3
