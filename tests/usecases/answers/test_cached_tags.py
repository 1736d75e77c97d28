"""A batch is recorded with few statements, and with the tags of the course as it is when it is recorded (G4, G5)."""

import asyncio
import random
from typing import Any

import pytest

from graph_api.domain.answers.answers import AnswerInput, Recorded
from graph_api.domain.course.course import Concept
from graph_api.domain.failures import ConceptNotFound, TargetArchived
from graph_api.domain.learners.mastery import replay
from graph_api.domain.parameters.parameter_sets import DEFAULTS
from graph_api.domain.parameters.topic_parameters import DEFAULT_SET
from graph_api.store import masteries
from graph_api.store.answers import read_evidence
from graph_api.store.gateway import Gateway, Transaction
from graph_api.usecases.answers.answer_batch import Submission
from graph_api.usecases.answers.answer_intake import AnswerIntake, IntakeLimits
from graph_api.usecases.answers.record_answers import RecordAnswers, received
from graph_api.usecases.course.archive_course import archive_concepts
from graph_api.usecases.course.delete_course import delete_concepts
from graph_api.usecases.course.edit_course import upsert_concepts
from tests.conftest import NOW, Ask

pytestmark = pytest.mark.usefixtures("course")

LOCK, APPEND = "recording/lock_students", "recording/append"


def answer(student: str, concept: str = "nominative", **given: Any) -> AnswerInput:
    return AnswerInput(student, correct=True, concept_ids=[concept], **given)


async def test_a_batch_takes_two_statements(gateway: Gateway, statements_seen: list[str]) -> None:
    recorder = RecordAnswers(gateway, DEFAULT_SET)

    async def record(*sent: AnswerInput, step: int) -> list[str]:
        statements_seen.clear()
        answers = [received(each, f"{step}-{n}", NOW, n) for n, each in enumerate(sent)]
        (outcomes,) = await recorder.record([Submission(answers)])
        assert all(isinstance(outcome, Recorded) for outcome in outcomes)
        written = statements_seen.index(APPEND) + 1  # what follows makes the pages of new students
        return statements_seen[:written]

    first = await record(answer("anna"), answer("ben"), step=0)
    assert first == ["course_version/read", "concept/list_tags", LOCK, "parameter_set/list_by_ids", APPEND]
    assert await record(answer("anna"), answer("ben"), step=1) == [LOCK, APPEND]
    assert statements_seen == [LOCK, APPEND]
    assert await record(answer("anna"), answer("ben"), answer("cleo"), step=2) == [LOCK, APPEND]
    statements_seen.clear()
    await recorder.check_sets()
    await recorder.check_sets()  # nothing is left to check
    assert statements_seen == ["course_version/read"]


async def test_cached_tags_are_those_of_the_course_as_it_is(
    gateway: Gateway, intake: AnswerIntake, statements_seen: list[str], raw: Ask
) -> None:
    await intake.submit([answer("anna"), answer("anna", "dative"), answer("anna", "accusative")])

    await upsert_concepts(gateway, [Concept("nominative", "Nominative", ["talk"], [])], NOW)
    statements_seen.clear()
    (outcome,) = await intake.submit([answer("ben")])
    assert isinstance(outcome, Recorded)
    assert outcome.answer.skill_codes == ("talk",)
    assert statements_seen.count(LOCK) == 2  # the first transaction was rolled back: it had the tags of before

    await archive_concepts(gateway, ["dative"], NOW)
    (late, early) = await intake.submit([answer("cleo", "dative"), answer("anna", "dative", at=NOW.replace(year=2025))])
    assert isinstance(late, TargetArchived)
    assert isinstance(early, Recorded)
    await archive_concepts(gateway, ["dative"], None)  # failures are never those of cached tags
    assert isinstance((await intake.submit([answer("anna", "dative")]))[0], Recorded)

    await raw("MATCH (s:Student)-[r]->(:Concept {id: 'accusative'}) DELETE r")
    await delete_concepts(gateway, ["accusative"])
    (unknown,) = await intake.submit([answer("dora", "accusative")])
    assert isinstance(unknown, ConceptNotFound)
    assert await raw("MATCH (s:Student {id: 'dora'}) RETURN s") == []  # nothing of the first transaction is left


async def test_a_course_that_changes_all_the_time_delays_no_answer(gateway: Gateway, intake: AnswerIntake) -> None:
    ended = asyncio.Event()

    async def change() -> None:
        while not ended.is_set():
            await upsert_concepts(gateway, [Concept("nominative", "Nominative", ["grammar"], [])], NOW)

    changing = asyncio.create_task(change())
    try:
        async with asyncio.timeout(30):
            outcomes = [(await intake.submit([answer(f"s{n % 3}")]))[0] for n in range(10)]
    finally:
        ended.set()
        await changing
    assert all(isinstance(outcome, Recorded) for outcome in outcomes)


@pytest.mark.parametrize("seed", range(2))
async def test_stored_masteries_are_the_replay_of_their_answers(
    gateway: Gateway, intake: AnswerIntake, seed: int
) -> None:
    """Known and new pairs, several answers of one pair, and answers of weight 0, in one batch."""
    chance = random.Random(seed)
    concepts, students = ["nominative", "accusative", "dative"], ["anna", "ben", "cleo"]
    for _ in range(6):
        await intake.submit(
            [
                AnswerInput(
                    chance.choice(students),
                    correct=chance.random() < 0.5,
                    concept_ids=chance.sample(concepts, chance.randint(1, 2)),
                    skill_codes=chance.choice([[], ["talk"]]),
                    hints=chance.choice([None, 0, 3]),
                    attempt=chance.choice([None, 1, 2]),
                )
                for _ in range(chance.randint(1, 12))
            ]
        )

    async def read(tx: Transaction) -> None:
        stored = {
            (m.student_id, m.target): m for of in (await masteries.read_of_students(tx, students)).values() for m in of
        }
        evidence = await read_evidence(tx, stored)
        for pair, mastery in stored.items():
            expected = replay(evidence[pair], *pair, DEFAULTS[pair[1].kind])
            assert expected is not None
            assert (mastery.level, mastery.attempts, mastery.correct, mastery.last) == (
                expected.level, expected.attempts, expected.correct, expected.last,
            )  # fmt: skip

    await gateway.read(read)


async def test_a_lone_answer_does_not_wait(gateway: Gateway) -> None:
    sizes: list[int] = []
    recorder = RecordAnswers(gateway, DEFAULT_SET)
    async with (
        AnswerIntake(
            recorder.record, IntakeLimits(linger=60), on_batch=lambda named, _: sizes.append(named.total())
        ) as intake,
        asyncio.timeout(20),
    ):
        await intake.submit([answer("anna"), answer("ben")])
    assert sizes == [2]


async def test_what_has_arrived_together_is_one_batch(gateway: Gateway) -> None:
    sizes: list[int] = []
    pauses: list[int] = []
    recorder = RecordAnswers(gateway, DEFAULT_SET)

    async def pause() -> None:
        pauses.append(len(sizes))
        await recorder.check_sets()

    async with AnswerIntake(
        recorder.record, on_batch=lambda named, _: sizes.append(named.total()), on_pause=pause
    ) as intake:
        await asyncio.gather(*(intake.submit([answer(f"s{n}")]) for n in range(30)))
        await asyncio.sleep(0.2)
    assert sizes == [30]
    assert pauses == [1, 1]  # after a moment without answers, and at the end
