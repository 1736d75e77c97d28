"""The intake gathers, refuses politely, isolates faults and loses nothing."""

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from graph_api.domain.answers.answers import AnswerInput, Recorded
from graph_api.domain.failures import Overloaded, Unavailable
from graph_api.domain.parameters.knowledge_tracing import trace
from graph_api.domain.parameters.parameter_sets import DEFAULTS
from graph_api.domain.parameters.topic_parameters import DEFAULT_SET
from graph_api.domain.targets import TargetKind
from graph_api.store.cypher_files import load
from graph_api.store.gateway import DatabaseUnavailable, Gateway
from graph_api.store.packaged import packaged
from graph_api.usecases.answers.answer_batch import Outcome, Submission
from graph_api.usecases.answers.answer_intake import AnswerIntake, IntakeLimits
from graph_api.usecases.answers.record_answers import RecordAnswers
from tests.conftest import Ask
from tests.sizes import size

pytestmark = pytest.mark.usefixtures("course")

CLIENTS, ANSWERS_EACH = 200, size(12, 50)


def answer(student: str = "anna", key: str | None = None, concept: str = "nominative") -> AnswerInput:
    return AnswerInput(student, correct=True, concept_ids=[concept], id=key)


async def test_two_hundred_clients_on_twenty_pairs(gateway: Gateway, raw: Ask) -> None:
    pairs = [(f"s{n % 7}", ("nominative", "accusative", "dative")[n % 3]) for n in range(20)]
    sent: dict[tuple[str, str], list[tuple[datetime, str, bool]]] = {pair: [] for pair in pairs}
    batches: list[int] = []

    async def client(number: int, intake: AnswerIntake) -> None:
        rng = random.Random(number)
        for n in range(ANSWERS_EACH):
            student, concept = rng.choice(pairs)
            item = AnswerInput(student, correct=rng.random() < 0.6, concept_ids=[concept], id=f"{number}-{n}")
            (outcome,) = await intake.submit([item])
            assert isinstance(outcome, Recorded)
            sent[student, concept].append((outcome.answer.at, outcome.answer.id, item.correct))

    async with AnswerIntake(
        RecordAnswers(gateway, DEFAULT_SET), IntakeLimits(), on_batch=lambda named, _: batches.append(named.total())
    ) as intake:
        await asyncio.gather(*(client(number, intake) for number in range(CLIENTS)))

    rows = await raw(
        "MATCH (s:Student)-[m:HAS_MASTERY]->(c:Concept) "
        "RETURN s.id AS student, c.id AS concept, m.level AS level, m.attempts AS attempts"
    )
    assert sum(row["attempts"] for row in rows) == CLIENTS * ANSWERS_EACH == sum(batches)
    assert len(rows) == len({(row["student"], row["concept"]) for row in rows}) == 20
    parameters = DEFAULTS[TargetKind.CONCEPT].parameters
    for row in rows:
        history = sorted(sent[row["student"], row["concept"]])
        assert row["attempts"] == len(history)
        assert row["level"] == trace([correct for *_, correct in history], parameters)[-1].after
    assert len(batches) < CLIENTS * ANSWERS_EACH / 20  # they were gathered


async def test_a_full_queue_refuses_at_once(gateway: Gateway, counts: Ask) -> None:
    async with AnswerIntake(RecordAnswers(gateway, DEFAULT_SET), IntakeLimits(queue=3)) as intake:
        waiting = asyncio.gather(*(intake.submit([answer()]) for _ in range(3)))
        await asyncio.sleep(0)
        with pytest.raises(Overloaded) as caught:
            await intake.submit([answer()])
        assert caught.value.retry_after > 0
        await waiting
        assert intake.depth == 0
        assert (await intake.submit([answer()]))[0].answer.student_id == "anna"  # type: ignore[union-attr]
    assert (await counts())["answers"] == 8  # four answers, each towards a concept and a skill


async def test_leaving_finishes_what_was_accepted(gateway: Gateway, counts: Ask) -> None:
    async with AnswerIntake(RecordAnswers(gateway, DEFAULT_SET)) as intake:
        waiting = [asyncio.create_task(intake.submit([answer()])) for _ in range(10)]
        await asyncio.sleep(0)
    assert all(isinstance(task.result()[0], Recorded) for task in waiting)
    assert (await counts())["answers"] == 20


async def test_a_caller_who_disconnects_does_not_affect_others(gateway: Gateway, counts: Ask) -> None:
    async with AnswerIntake(RecordAnswers(gateway, DEFAULT_SET)) as intake:
        gone = asyncio.create_task(intake.submit([answer(key="gone")]))
        await asyncio.sleep(0)
        gone.cancel()
        (outcome,) = await intake.submit([answer(key="here")])
        assert isinstance(outcome, Recorded)
    assert (await counts())["answers"] == 4


async def test_a_fault_harms_only_the_submission_it_is_in(gateway: Gateway) -> None:
    record = RecordAnswers(gateway, DEFAULT_SET)

    async def breaks_for_ben(submissions: Sequence[Submission]) -> list[list[Outcome]]:
        if any(item.student_id == "ben" for submission in submissions for item in submission.answers):
            raise RuntimeError("a fault")
        return await record(submissions)

    async with AnswerIntake(breaks_for_ben) as intake:
        anna, ben, carl = await asyncio.gather(
            *(intake.submit([answer(name)]) for name in ("anna", "ben", "carl")), return_exceptions=True
        )
    assert isinstance(anna, list)
    assert isinstance(ben, RuntimeError)
    assert isinstance(carl, list)


async def test_the_next_batch_begins_before_all_callers_of_the_last_one_go_on(gateway: Gateway) -> None:
    """Callers that go on send a reply and read a request, and the database would wait for the next batch meanwhile."""
    record, events = RecordAnswers(gateway, DEFAULT_SET), list[str]()
    waiting: list[asyncio.Task[None]] = []

    async def one(name: str) -> None:
        (outcome,) = await intake.submit([answer(name)])
        assert isinstance(outcome, Recorded)
        events.append(name)

    async def noted(submissions: Sequence[Submission]) -> list[list[Outcome]]:
        events.append(f"batch of {len(submissions)}")
        if not waiting:
            waiting.extend(asyncio.create_task(one(f"second-{n}")) for n in range(4))
        outcomes = await record(submissions)
        events.append("written")
        return outcomes

    async with AnswerIntake(noted) as intake:
        await asyncio.gather(*(one(f"first-{n}") for n in range(8)))
        await asyncio.gather(*waiting)

    assert events[:2] == ["batch of 8", "written"]
    between = events[2 : events.index("batch of 4")]
    assert len(between) < 4
    assert [name for name in events if name.startswith("first")] == [f"first-{n}" for n in range(8)]
    assert {name for name in events if name.startswith("second")} == {f"second-{n}" for n in range(4)}
    assert intake.depth == 0


async def test_the_database_may_go_away_for_a_while(gateway: Gateway, counts: Ask) -> None:
    record, calls = RecordAnswers(gateway, DEFAULT_SET), Counter[str]()

    async def flaky(submissions: Sequence[Submission]) -> list[list[Outcome]]:
        calls["all"] += 1
        if calls["all"] == 1:
            raise DatabaseUnavailable("before it was written")
        if calls["all"] == 2:
            await record(submissions)
            raise DatabaseUnavailable("the connection broke after it was written")
        return await record(submissions)

    async with AnswerIntake(flaky) as intake:
        (outcome,) = await intake.submit([answer(key="e")])

    assert isinstance(outcome, Recorded)
    assert outcome.duplicate is False  # this very call wrote it
    assert (await counts())["answers"] == 2


async def test_a_database_that_stays_away() -> None:
    away = Gateway.connect(
        "bolt://127.0.0.1:9", user="u", password="p", database=None, statements=load(packaged("cypher")), retry_time=0.1
    )
    async with away, AnswerIntake(RecordAnswers(away, DEFAULT_SET), IntakeLimits(give_up=0.2)) as intake:
        outcomes = await intake.submit([answer(), answer()])
    assert [type(outcome) for outcome in outcomes] == [Unavailable, Unavailable]


async def test_a_long_call_is_split_unless_it_is_atomic(gateway: Gateway) -> None:
    sizes: list[int] = []
    limits = IntakeLimits(batch=10)
    async with AnswerIntake(
        RecordAnswers(gateway, DEFAULT_SET), limits, on_batch=lambda named, _: sizes.append(named.total())
    ) as intake:
        await intake.submit([answer(key=f"a{n}") for n in range(25)])
        assert sizes == [10, 10, 5]
        await intake.submit([answer(key=f"b{n}") for n in range(25)], atomic=True)
        assert sizes == [10, 10, 5, 25]


async def test_received_times_strictly_increase_whatever_the_clock_does(gateway: Gateway) -> None:
    moments = iter(
        [datetime(2026, 1, 1, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)]
    )
    async with AnswerIntake(RecordAnswers(gateway, DEFAULT_SET), clock=lambda: next(moments)) as intake:
        outcomes = await intake.submit([answer(), answer(), answer()])
    times = [outcome.answer.recorded_at for outcome in outcomes if isinstance(outcome, Recorded)]
    assert times == sorted(set(times))
    assert len(times) == 3
