"""Late answers on long histories: the digits of the fold, without a wait for other students, whatever happens."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from datetime import timedelta

import pytest

from graph_api.domain.answers.answers import AnswerInput, Recorded
from graph_api.domain.failures import AnswerIdConflict, StudentErased
from graph_api.domain.parameters.knowledge_tracing import trace
from graph_api.domain.parameters.parameter_sets import DEFAULTS
from graph_api.domain.parameters.topic_parameters import DEFAULT_SET
from graph_api.domain.targets import TargetKind
from graph_api.store.answers import Pair
from graph_api.store.gateway import DatabaseUnavailable, Gateway
from graph_api.usecases.answers import late_answers
from graph_api.usecases.answers.answer_batch import Outcome
from graph_api.usecases.answers.answer_intake import AnswerIntake
from graph_api.usecases.answers.late_answers import LatePair, ReplayedPair
from graph_api.usecases.answers.record_answers import RecordAnswers
from graph_api.usecases.operations.erase_students import erase_student
from tests.conftest import NOW, Ask

pytestmark = pytest.mark.usefixtures("course")

CONCEPT = DEFAULTS[TargetKind.CONCEPT].parameters
STUDENTS = ("anna", "ben", "cleo")
LOCK, WHOLE = "recording/lock_students", "history_page/list_whole"
EVIDENCE = {"mastery/list_evidence_on_concepts", "mastery/list_evidence_on_skills"}


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """A history is long from four answers on."""
    monkeypatch.setattr(late_answers, "MOST_IN_BATCH", 3)


class Lane:
    """The replay of late answers, which waits until it may go on."""

    def __init__(self, record: RecordAnswers) -> None:
        self.record, self.began, self.go = record, asyncio.Event(), asyncio.Event()
        self.calls = 0

    async def __call__(self, due: Mapping[Pair, LatePair]) -> dict[Pair, ReplayedPair]:
        self.calls += 1
        replayed = await self.record.replay_late(due)
        self.began.set()
        await self.go.wait()
        return replayed


def intake_of(record: RecordAnswers, replay: Callable[..., object] | None = None) -> AnswerIntake:
    return AnswerIntake(record.record, on_pause=record.check_sets, replay_late=replay or record.replay_late)  # type: ignore[arg-type]


def answer(student: str = "anna", minutes: int = 0, key: str | None = None, *, correct: bool = True) -> AnswerInput:
    """An answer some minutes before now."""
    return AnswerInput(
        student, correct=correct, concept_ids=["nominative"], id=key, at=NOW - timedelta(minutes=minutes)
    )


async def fill(intake: AnswerIntake, student: str = "anna") -> list[Outcome]:
    return await intake.submit([answer(student, 60 - n, correct=n % 3 > 0) for n in range(6)])


async def check(raw: Ask, outcomes: Sequence[Outcome], student: str = "anna") -> None:
    """Compare the level of a student with the fold of the recorded answers."""
    answers = [each.answer for each in outcomes if isinstance(each, Recorded)]
    assert len(answers) == len(outcomes)
    ordered = sorted((each for each in answers if each.student_id == student), key=lambda each: each.order)
    (row,) = await raw(
        "MATCH (:Student {id: $id})-[m:HAS_MASTERY]->(:Concept {id: 'nominative'}) "
        "RETURN m.level AS level, m.attempts AS attempts, m.correct AS correct, m.last_answer_id AS last",
        id=student,
    )
    assert row == {
        "level": trace([each.correct for each in ordered], CONCEPT)[-1].after,
        "attempts": len(ordered),
        "correct": sum(each.correct for each in ordered),
        "last": ordered[-1].id,
    }


@pytest.mark.parametrize("seed", range(2))
async def test_random_interleavings_have_the_digits_of_the_fold(gateway: Gateway, raw: Ask, seed: int) -> None:
    rng = random.Random(seed)
    outcomes: list[Outcome] = []

    async def client(number: int, intake: AnswerIntake) -> None:
        for turn in range(4):
            sent = [
                answer(rng.choice(STUDENTS), rng.randrange(30), f"{number}-{turn}-{n}", correct=rng.random() < 0.6)
                for n in range(rng.choice([1, 1, 3]))
            ]
            recorded = await intake.submit(sent, atomic=rng.random() < 0.3)
            assert [each.answer.id for each in recorded if isinstance(each, Recorded)] == [each.id for each in sent]
            outcomes.extend(recorded)
            if rng.random() < 0.3:
                again = await intake.submit(sent)
                assert [isinstance(each, Recorded) and each.duplicate for each in again] == [True] * len(sent)

    record = RecordAnswers(gateway, DEFAULT_SET)
    calls: list[int] = []

    async def replay(due: Mapping[Pair, LatePair]) -> dict[Pair, ReplayedPair]:
        calls.append(len(due))
        if rng.random() < 0.2:
            raise DatabaseUnavailable("away for a moment")
        return await record.replay_late(due)

    async with intake_of(record, replay) as intake:
        await asyncio.gather(*(client(number, intake) for number in range(8)))
        assert intake.depth == 0
    assert calls
    for student in STUDENTS:
        await check(raw, outcomes, student)


class TestHeldLane:
    """The lane is held by an event, so that no test depends on time."""

    async def test_other_students_do_not_wait_and_statements_are_few(self, gateway: Gateway, raw: Ask) -> None:
        statements: Counter[str] = Counter()
        rows: dict[str, int] = {}

        def observe(name: str, _seconds: float, count: int) -> None:
            statements.update([name])
            rows[name] = count

        counting = copy(gateway)
        counting.observe = observe
        lane = Lane(record := RecordAnswers(counting, DEFAULT_SET))
        async with intake_of(record, lane) as intake:
            outcomes = await fill(intake)
            statements.clear()
            both = asyncio.create_task(
                intake.submit([answer("anna", 58, "late"), answer("ben", 0, "in-the-same-call")])
            )
            await lane.began.wait()
            timely = asyncio.create_task(intake.submit([answer("anna", 0, "timely")]))
            settled = asyncio.create_task(intake.settle("anna"))
            (of_ben,) = await intake.submit([answer("ben")])  # would wait for ever behind the lane
            done = both.done(), timely.done(), settled.done()
            lane.go.set()
            outcomes += [*await both, *await timely]
            await settled
        assert isinstance(of_ben, Recorded)
        assert not any(done)
        await check(raw, outcomes)
        (late,) = [each for each in outcomes if isinstance(each, Recorded) and each.answer.id == "late"]
        assert [change.opportunity for change in late.changes] == [4, 4]  # after one with the same time
        assert (statements[WHOLE], rows[WHOLE]) == (1, 1)
        assert statements[LOCK] == 4  # left out, ben, late, timely
        assert not statements.keys() & EVIDENCE

    async def test_a_student_who_changes_meanwhile_is_replayed_again(self, gateway: Gateway, raw: Ask) -> None:
        lane = Lane(record := RecordAnswers(gateway, DEFAULT_SET))
        async with intake_of(record, lane) as intake, intake_of(RecordAnswers(gateway, DEFAULT_SET)) as other:
            outcomes = await fill(intake)
            late = asyncio.create_task(intake.submit([answer("anna", 58)]))
            await lane.began.wait()
            outcomes += await other.submit([answer("anna", 59, correct=False)])  # another process
            lane.go.set()
            outcomes += await late
        assert lane.calls == 2
        await check(raw, outcomes)

    async def test_a_student_who_is_erased_meanwhile(self, gateway: Gateway, counts: Ask) -> None:
        lane = Lane(record := RecordAnswers(gateway, DEFAULT_SET))
        async with intake_of(record, lane) as intake:
            await fill(intake)
            late = asyncio.create_task(intake.submit([answer("anna", 58)]))
            await lane.began.wait()
            await erase_student(gateway, "anna", NOW)
            lane.go.set()
            assert [type(each) for each in await late] == [StudentErased]
        assert (await counts())["answers"] == 0

    async def test_an_atomic_call_and_a_used_id(self, gateway: Gateway, raw: Ask) -> None:
        lane = Lane(record := RecordAnswers(gateway, DEFAULT_SET))
        async with intake_of(record, lane) as intake:
            outcomes = await fill(intake)
            calls = [
                asyncio.create_task(intake.submit([answer("ben", 0), answer("anna", 58, "late")], atomic=True)),
                asyncio.create_task(intake.submit([answer("cleo", 0, "late")])),
            ]
            await lane.began.wait()
            (row,) = await raw("MATCH (s:Student)-[answer:ANSWERED]->() WHERE s.id <> 'anna' RETURN count(answer) AS n")
            lane.go.set()
            (first, (conflict,)) = await asyncio.gather(*calls)
        assert row == {"n": 0}  # all or none
        assert isinstance(conflict, AnswerIdConflict)
        await check(raw, [*outcomes, *first])
