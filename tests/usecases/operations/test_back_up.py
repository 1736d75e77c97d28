"""Backup and restore: the same graph again, while answers go on; what is not whole is refused."""

import asyncio
import gzip
import itertools
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from graph_api.domain.answers.answers import AnswerInput, Recorded
from graph_api.domain.learners.people import Group
from graph_api.domain.parameters.knowledge_tracing import trace
from graph_api.domain.parameters.parameter_sets import DEFAULTS
from graph_api.domain.targets import TargetKind
from graph_api.store import answers as answer_store
from graph_api.store import masteries
from graph_api.store.gateway import Gateway
from graph_api.usecases.answers.answer_intake import AnswerIntake
from graph_api.usecases.learners.edit_people import upsert_group
from graph_api.usecases.operations.back_up import BadBackup, back_up, check, encode, read_all_students, restore
from graph_api.usecases.operations.load_demo import load_demo
from tests.conftest import NOW, Ask
from tests.few_students import LEAST_ANSWERS, STUDENTS, few_students
from tests.graph_copy import empty

__all__ = ["few_students"]

pytestmark = pytest.mark.usefixtures("course")


THRESHOLDS = """{ skill(code: "talk") { thresholds { weak set { id } } thresholdSets { nodes { id note author createdAt inEffect
  thresholds { weak } } } } }"""


def quiet(_what: str, _done: int, _total: int) -> None:
    """Show nothing."""


async def everything(gateway: Gateway) -> bytes:
    """The graph as lines, without how often a student was locked."""
    actual = [
        ({key: value for key, value in student.properties.items() if key != "revision"}, student.links)
        async for some in read_all_students(gateway)
        for student in some
    ]
    return encode(actual)


async def a_little_of_everything(ask: Ask, gateway: Gateway, intake: AnswerIntake) -> None:
    await upsert_group(gateway, Group("none", "Empty", [], ["teacher"]), NOW)
    sent = [
        AnswerInput(
            "anna", correct=n % 3 > 0, concept_ids=["dative", "nominative"], skill_codes=["talk"], at=NOW - timedelta(hours=n),
            semantic_score=0.7, keyword_score=0.8, mentioned=["dative"], missed=["accusative"],
        )
        for n in range(8)
    ]  # fmt: skip
    await intake.submit(sent)
    await ask('mutation { startSession(input: {studentId: "anna", id: "p"}) { __typename } }')
    await ask('mutation { recomputeRecency(input: {studentId: "anna"}) { __typename } }')
    await ask('mutation { putThresholds(input: {skillCode: "talk", weak: 0.6, note: "why"}) { __typename } }')
    await upsert_group(gateway, Group("g", "G", ["anna"], ["teacher"]), NOW)


async def test_a_graph_comes_back_as_it_was(
    ask: Ask, raw: Ask, gateway: Gateway, intake: AnswerIntake, tmp_path: Path
) -> None:
    await a_little_of_everything(ask, gateway, intake)
    before, path = await everything(gateway), tmp_path / "b.jsonl.gz"
    sets = await ask(THRESHOLDS)
    message = await back_up(gateway, path, NOW, quiet)
    assert not path.with_name("b.jsonl.gz.part").exists()
    await empty(raw)

    restored = await restore(gateway, path, replace=False, on_progress=quiet)

    assert restored == message == check(path)
    assert await everything(gateway) == before
    assert message.students == 1
    assert await ask(THRESHOLDS) == sets
    assert sets["skill"]["thresholdSets"]["nodes"][0]["thresholds"] == {"weak": 0.6}
    (row,) = await raw("MATCH (:Teacher {id: 'teacher'})-[:TEACHES]->(g:Group) RETURN count(g) AS n")
    assert row["n"] == 2
    again = await intake.submit(
        [AnswerInput("anna", correct=True, concept_ids=["dative"], at=NOW + timedelta(hours=1))]
    )
    assert isinstance(again[0], Recorded)  # and life goes on


@pytest.mark.usefixtures("few_students")
async def test_a_class_comes_back_digit_for_digit(
    ask: Ask, raw: Ask, gateway: Gateway, intake: AnswerIntake, tmp_path: Path
) -> None:
    await load_demo(gateway, intake, NOW)
    shown = (
        '{ group(id: "demo") { heatmap(kind: CONCEPT) { levels attempts } members(first: 100) { nodes { id name } } } }'
    )
    before = await ask(shown), await everything(gateway)
    message = await back_up(gateway, tmp_path / "b.gz", NOW, quiet)
    await empty(raw)

    await restore(gateway, tmp_path / "b.gz", replace=True, on_progress=quiet)

    assert (await ask(shown), await everything(gateway)) == before
    assert message.students == STUDENTS
    assert message.relationships > 2 * LEAST_ANSWERS


async def test_answers_go_on_meanwhile(raw: Ask, gateway: Gateway, intake: AnswerIntake, tmp_path: Path) -> None:
    acknowledged: list[str] = []
    begun, ended = asyncio.Event(), asyncio.Event()

    async def client(number: int) -> None:
        for n in itertools.count():
            if ended.is_set():
                return
            sent = AnswerInput(f"s{(number + n) % 40}", correct=n % 2 > 0, concept_ids=["dative"], id=f"{number}-{n}")
            (outcome,) = await intake.submit([sent])
            assert isinstance(outcome, Recorded)
            acknowledged.append(outcome.answer.id)
            if len(acknowledged) > 400:
                begun.set()

    clients = asyncio.gather(*(client(number) for number in range(20)))
    await begun.wait()
    before = set(acknowledged)
    await back_up(gateway, tmp_path / "b.gz", NOW, quiet)
    ended.set()
    await clients
    await empty(raw)

    await restore(gateway, tmp_path / "b.gz", replace=True, on_progress=quiet)

    stored: dict[str, list[Any]] = {}
    for student in (f"s{n}" for n in range(40)):
        actual = await gateway.read(lambda tx, student=student: _answers(tx, student))  # type: ignore[misc]
        stored[student] = sorted((answer.at, answer.id, answer.correct) for answer in actual)
    ids = {each for of_one in stored.values() for _, each, _ in of_one}
    assert before <= ids
    assert len(acknowledged) > len(before)
    levels = await gateway.read(lambda tx: masteries.read_of_students(tx, stored))
    parameters = DEFAULTS[TargetKind.CONCEPT].parameters
    for student, history in stored.items():
        (mastery,) = (each for each in levels[student] if each.target.kind is TargetKind.CONCEPT)
        assert mastery.attempts == len(history)
        assert mastery.level == trace([right for *_, right in history], parameters)[-1].after


async def _answers(tx: Any, student: str) -> list[Any]:
    return [answer async for answer in answer_store.stream_of_students(tx, [student])]


async def test_existing_data_is_not_overwritten(
    ask: Ask, gateway: Gateway, intake: AnswerIntake, tmp_path: Path
) -> None:
    await a_little_of_everything(ask, gateway, intake)
    await back_up(gateway, tmp_path / "b.gz", NOW, quiet)
    before = await everything(gateway)

    with pytest.raises(BadBackup, match="the database is not empty: nothing was written"):
        await restore(gateway, tmp_path / "b.gz", replace=False, on_progress=quiet)

    assert await everything(gateway) == before


@pytest.mark.parametrize("harm", ["cut off", "changed", "without its end", "something else", "not there"])
async def test_a_file_that_is_not_whole_is_refused(
    ask: Ask, gateway: Gateway, intake: AnswerIntake, tmp_path: Path, harm: str
) -> None:
    await a_little_of_everything(ask, gateway, intake)
    path = tmp_path / "b.gz"
    await back_up(gateway, path, NOW, quiet)
    whole = gzip.decompress(path.read_bytes())
    harmed = {
        "cut off": path.read_bytes()[:-40],
        "changed": gzip.compress(whole.replace(b"0.7", b"0.9", 1)),
        "without its end": gzip.compress(whole[: whole.rindex(b'{"end"')]),
        "something else": b"id,name\n1,x\n",
    }
    path.unlink()
    if harm in harmed:
        path.write_bytes(harmed[harm])
    before = await everything(gateway)

    with pytest.raises(BadBackup, match=r"b\.gz: is not a"):
        await restore(gateway, path, replace=True, on_progress=quiet)

    assert await everything(gateway) == before
