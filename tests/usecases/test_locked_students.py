"""Work about many students ends, however fast others write about the same students."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Sequence

import pytest

from graph_api.domain.learners.people import Student
from graph_api.store import students
from graph_api.store.gateway import Gateway, Interfered, Transaction
from graph_api.usecases.learners.edit_people import upsert_students
from graph_api.usecases.locked_students import MOST_RUNS, write_students
from tests.conftest import NOW

IDS = [f"s{n}" for n in range(8)]


@pytest.fixture
async def busy(clean: None, gateway: Gateway) -> AsyncIterator[None]:
    """Eight students, each of which is written about every few milliseconds."""
    await upsert_students(gateway, [Student(student_id) for student_id in IDS], NOW)

    async def write(student_id: str) -> None:
        for _ in itertools.count():
            await gateway.write(lambda tx: students.lock(tx, [student_id]))
            await asyncio.sleep(0.02)

    writers = [asyncio.ensure_future(write(student_id)) for student_id in IDS]
    yield
    for writer in writers:
        writer.cancel()
    await asyncio.wait(writers)


async def take_a_while(tx: Transaction, student_ids: Sequence[str]) -> Sequence[str]:
    """Lock students late and commit: the more students, the longer it takes."""
    await students.read_by_ids(tx, student_ids)
    await students.lock(tx, student_ids)
    await asyncio.sleep(0.02 * (len(student_ids) - 1))
    return student_ids


@pytest.mark.usefixtures("busy")
async def test_each_student_is_written_once_and_in_order(gateway: Gateway) -> None:
    parts = await write_students(gateway, IDS, take_a_while)

    assert list(itertools.chain.from_iterable(parts)) == IDS


@pytest.mark.usefixtures("clean")
async def test_what_loses_each_time_is_tried_in_halves(gateway: Gateway) -> None:
    runs: list[int] = []

    async def work(tx: Transaction, student_ids: Sequence[str]) -> int:
        """Lose, as the engine does when another transaction changed the same, unless it is about one student."""
        runs.append(len(student_ids))
        if len(student_ids) > 1:
            raise Interfered("another transaction changed the same")
        return len(student_ids)

    assert await write_students(gateway, IDS[:4], work) == [1, 1, 1, 1]
    assert runs == [4] * MOST_RUNS + ([2] * MOST_RUNS + [1, 1]) * 2


@pytest.mark.usefixtures("clean")
async def test_a_failure_of_the_work_itself_is_no_conflict(gateway: Gateway) -> None:
    async def work(_tx: Transaction, student_ids: Sequence[str]) -> None:
        raise LookupError(student_ids[0])

    with pytest.raises(LookupError, match="s0"):
        await write_students(gateway, IDS, work)
