"""An erasure lasts: no answer, session, import, backup or race brings an erased student back (G6)."""

import asyncio
import contextlib
import uuid
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from graph_api.domain.answers.answers import AnswerInput, Recorded
from graph_api.domain.failures import StudentErased, StudentNotFound
from graph_api.domain.learners.people import Group, Student
from graph_api.domain.parameters.topic_parameters import DEFAULT_SET
from graph_api.domain.principals import Principal, Role
from graph_api.schema.services import Services
from graph_api.store.cypher_files import load
from graph_api.store.gateway import Gateway
from graph_api.store.packaged import packaged
from graph_api.usecases.answers.answer_files import Layout, read_answers
from graph_api.usecases.answers.answer_intake import AnswerIntake
from graph_api.usecases.answers.import_answers import BadRows, ImportAnswers
from graph_api.usecases.answers.record_answers import RecordAnswers
from graph_api.usecases.learners.edit_people import upsert_group, upsert_students
from graph_api.usecases.learners.recompute_recency import RecomputeRequest, recompute_recency
from graph_api.usecases.learners.run_sessions import start_session
from graph_api.usecases.operations.back_up import back_up, restore
from graph_api.usecases.operations.check_consistency import ERASED, find_inconsistencies
from graph_api.usecases.operations.erase_students import erase_inactive, erase_student, erasure_run
from graph_api.usecases.operations.load_demo import load_demo
from tests.conftest import NOW, Ask
from tests.few_students import LEAST_ANSWERS, STUDENTS, few_students

__all__ = ["few_students"]

pytestmark = pytest.mark.usefixtures("course")

WHO = "zoe-1f9c"
ADMIN = Principal("olga", Role.ADMIN)
LATER = NOW + timedelta(days=1)
ABOUT = "MATCH (n) WHERE n.id = $id RETURN labels(n) AS labels, properties(n) AS properties"


def answer(student: str = WHO, **given: Any) -> AnswerInput:
    values: dict[str, Any] = {"correct": True, "concept_ids": ["dative"], "at": NOW}
    return AnswerInput(student, **values | given)


async def nodes_of(raw: Ask, student: str = WHO) -> list[Any]:
    """What the graph has under the id of a student, so that a failure shows what came back."""
    return list(await raw(ABOUT, id=student))


@pytest.fixture
async def second(database: dict[str, str], gateway: Gateway) -> AsyncIterator[Gateway]:
    """Another process: it has not seen the key."""
    named: dict[str, Any] = {name.removeprefix("neo4j_"): value for name, value in database.items()}
    async with Gateway.connect(**named, statements=load(packaged("cypher"))) as other:
        yield other


@pytest.fixture
async def erased(course: None, intake: AnswerIntake, gateway: Gateway) -> None:
    """A student who answered and was erased."""
    await intake.submit([answer(id="e1"), answer("ben")])
    await erase_student(gateway, WHO, NOW)


@pytest.mark.usefixtures("erased")
class TestAnErasedStudent:
    @pytest.mark.parametrize("repeated", ["e1", "e2", None], ids=["repeated", "late", "without an id"])
    async def test_is_not_brought_back_by_an_answer(
        self, intake: AnswerIntake, second: Gateway, raw: Ask, repeated: str | None
    ) -> None:
        for other in (intake.submit, lambda sent: _record(second, sent)):
            outcomes = await other([answer("ben"), answer(id=repeated), answer("cleo")])
            assert [type(each) for each in outcomes] == [Recorded, StudentErased, Recorded]
            assert isinstance(outcomes[1], StudentErased)
            assert outcomes[1].erased == [WHO]
        assert not await nodes_of(raw)

    async def test_fails_an_atomic_call_which_writes_nothing(self, intake: AnswerIntake, counts: Ask) -> None:
        before = await counts()
        outcomes = await intake.submit([answer("dan"), answer()], atomic=True)
        assert [each.code for each in outcomes] == ["NOT_RECORDED", "STUDENT_ERASED"]  # type: ignore[union-attr]
        assert await counts() == before

    async def test_is_not_brought_back_by_a_session_or_a_group(self, gateway: Gateway, raw: Ask) -> None:
        with pytest.raises(StudentErased):
            await start_session(gateway, "s", WHO, LATER)
        with pytest.raises(StudentErased, match="studentIds"):
            await upsert_group(gateway, Group("g", "G", ["ben", WHO], []), LATER)
        assert not await nodes_of(raw)
        assert not await nodes_of(raw, "s")
        assert not await nodes_of(raw, "g")

    @pytest.mark.parametrize("registrar", [None, Principal("quiz", Role.SERVICE)])
    async def test_is_not_registered_by_a_service(
        self, gateway: Gateway, raw: Ask, registrar: Principal | None
    ) -> None:
        with pytest.raises(StudentErased, match=WHO):
            await upsert_students(gateway, [Student("new"), Student(WHO, "Zoe")], LATER, registrar)
        assert not await nodes_of(raw)
        assert not await nodes_of(raw, "new")

    async def test_is_registered_again_by_an_administrator_on_record(
        self, gateway: Gateway, intake: AnswerIntake, raw: Ask
    ) -> None:
        await upsert_students(gateway, [Student(WHO, "Zoe"), Student("new")], LATER, ADMIN)
        (outcome,) = await intake.submit([answer(id="e1")])
        assert isinstance(outcome, Recorded)
        assert not outcome.duplicate
        assert await raw("MATCH (e:Erasure) RETURN e") == []
        entries = await raw("MATCH (e:AuditEntry) RETURN e.principal AS who, e.mutation AS mutation, e.subjects AS of")
        assert entries == [{"who": "olga", "mutation": "upsertStudents", "of": []}]

    async def test_has_an_import_row_that_is_named_and_counted(
        self, gateway: Gateway, raw: Ask, tmp_path: Path
    ) -> None:
        path = tmp_path / "late.csv"
        path.write_text(f"student_id,skill_codes,correct,id\nben,talk,1,i1\n{WHO},talk,1,i2\ncleo,talk,0,i3\n")
        layout = Layout(skill="skill_codes", id="id")
        with pytest.raises(BadRows, match="line 3: student_id: must not name an erased student"):
            await ImportAnswers(gateway, lambda: LATER, DEFAULT_SET)(read_answers(path, layout, "late"))
        rejected = []
        take = ImportAnswers(
            gateway, lambda: LATER, DEFAULT_SET, reject=lambda row, why: rejected.append((row.line, why.code))
        )
        report = await take(read_answers(path, layout, "late"))
        assert (report.rows, report.rejected) == (3, 1)
        assert rejected == [(3, "STUDENT_ERASED")]
        assert not await nodes_of(raw)

    async def test_stays_erased_after_a_restore(
        self, gateway: Gateway, second: Gateway, intake: AnswerIntake, raw: Ask, tmp_path: Path
    ) -> None:
        path = tmp_path / "backup.gz"
        await back_up(gateway, path, LATER, lambda *_: None)
        await restore(gateway, path, replace=True, on_progress=lambda *_: None)
        for outcome in (*await intake.submit([answer()]), *await _record(second, [answer()])):
            assert isinstance(outcome, StudentErased)
        assert not await nodes_of(raw)

    async def test_stays_erased_after_a_restore_of_an_older_backup(
        self, gateway: Gateway, intake: AnswerIntake, raw: Ask, tmp_path: Path
    ) -> None:
        path = tmp_path / "backup.gz"
        await intake.submit([answer("eve"), answer("finn")])
        await back_up(gateway, path, LATER, lambda *_: None)
        await erase_student(gateway, "eve", LATER)
        await restore(gateway, path, replace=True, on_progress=lambda *_: None)
        assert [bool(await nodes_of(raw, each)) for each in (WHO, "eve", "ben", "finn")] == [False, False, True, True]
        outcomes = await intake.submit([answer(), answer("eve"), answer("finn")])
        assert [type(each) for each in outcomes] == [StudentErased, StudentErased, Recorded]

    async def test_cannot_be_recognised_without_the_key(self, raw: Ask) -> None:
        (stored,) = await raw("MATCH (e:Erasure) RETURN properties(e) AS of")
        assert stored["of"].keys() == {"hash", "at"}
        assert WHO not in str(await raw("MATCH (n) RETURN collect(properties(n)) AS of"))
        assert len((await raw("MATCH (k:ErasureKey) RETURN k.secret AS secret"))[0]["secret"]) == 64

    async def test_is_not_named_by_runs_that_come_later(self, gateway: Gateway, raw: Ask) -> None:
        request = RecomputeRequest(WHO, parameter_set_id="recency-v0")
        with pytest.raises(StudentNotFound):
            await recompute_recency(gateway, request, request.run("r", "test", LATER), lambda: LATER)
        (run,) = await raw("MATCH (r:Run) RETURN properties(r) AS of")
        assert (run["of"]["status"], WHO in str(run)) == ("FAILED", False)

    async def test_beside_a_node_is_a_finding(self, gateway: Gateway, raw: Ask) -> None:
        assert await find_inconsistencies(gateway) == []
        await raw("CREATE (:Student {id: $id, name: '', revision: 0})", id=WHO)
        assert [(each.rule, each.subject) for each in await find_inconsistencies(gateway)] == [(ERASED, WHO)]

    async def test_is_not_found_when_erased_again(self, gateway: Gateway, raw: Ask) -> None:
        with pytest.raises(StudentNotFound):
            await erase_student(gateway, WHO, LATER)
        assert len(await raw("MATCH (e:Erasure) RETURN e")) == 1


async def test_an_answer_in_a_session_that_was_erased_with_its_student_is_refused(
    intake: AnswerIntake, gateway: Gateway
) -> None:
    await start_session(gateway, "s", WHO, NOW)
    await erase_student(gateway, WHO, NOW)
    (outcome,) = await intake.submit([answer(session_id="s", at=LATER - timedelta(days=1))])
    assert isinstance(outcome, StudentErased)


async def test_students_erased_by_the_retention_job_stay_erased(
    gateway: Gateway, intake: AnswerIntake, raw: Ask
) -> None:
    await upsert_students(gateway, [Student(f"old{n}") for n in range(120)], NOW - timedelta(days=400))
    age = timedelta(days=365)
    assert await erase_inactive(gateway, age, erasure_run("r", age, "test", NOW), lambda: NOW) == {"erased": 120}
    outcomes = await intake.submit([answer(f"old{n}") for n in range(120)])
    assert {type(each) for each in outcomes} == {StudentErased}
    assert (await raw("MATCH (s:Student) RETURN count(s) AS n"))[0]["n"] == 0


@pytest.mark.usefixtures("few_students")
async def test_the_demo_class_is_loaded_without_students_who_were_erased(
    gateway: Gateway, intake: AnswerIntake, raw: Ask
) -> None:
    await upsert_students(gateway, [Student("demo-03")], NOW)
    await erase_student(gateway, "demo-03", NOW)
    assert await load_demo(gateway, intake, NOW) > LEAST_ANSWERS
    assert not await nodes_of(raw, "demo-03")
    assert (await raw("MATCH (s:Student)-[:MEMBER_OF]->() RETURN count(s) AS n"))[0]["n"] == STUDENTS - 1


async def test_a_student_whose_answers_are_still_queued_can_be_erased(ask: Ask, services: Services, raw: Ask) -> None:
    erase = f'mutation {{ deleteStudent(id: "{WHO}") {{ __typename }} }}'
    send = f'mutation {{ recordAnswer(input: {{studentId: "{WHO}", correct: true, conceptIds: ["dative"]}}) {{ __typename }} }}'
    sending = [asyncio.ensure_future(ask(send)) for _ in range(20)]
    while not services.intake.depth:
        await asyncio.sleep(0)
    assert (await ask(erase))["deleteStudent"]["__typename"] == "DeleteStudentPayload"
    outcomes = {(await each)["recordAnswer"]["__typename"] for each in sending}
    assert outcomes <= {"RecordAnswerPayload", "StudentErased"}
    assert not await nodes_of(raw)


async def test_no_race_brings_a_student_back(gateway: Gateway, second: Gateway, raw: Ask) -> None:
    """Several processes record answers of the same students while these are erased, registered again and erased."""
    people = [f"racer{n}" for n in range(3)]
    ended = asyncio.Event()
    outcomes: set[str] = set()

    async def record(via: Gateway) -> None:
        async with AnswerIntake(RecordAnswers(via, DEFAULT_SET)) as own:
            while not ended.is_set():
                for each in await own.submit([answer(who, id=uuid.uuid4().hex) for who in people]):
                    outcomes.add(type(each).__name__)
                await asyncio.sleep(0.01)

    async def start(via: Gateway) -> None:
        while not ended.is_set():
            for who in people:
                with contextlib.suppress(StudentErased):
                    await start_session(via, uuid.uuid4().hex, who, NOW)
                await asyncio.sleep(0.02)

    async def erase(who: str) -> None:
        for _ in range(4):
            await upsert_students(gateway, [Student(who)], NOW, ADMIN)
            await asyncio.sleep(0.2)
            await erase_student(gateway, who, NOW)
            for _ in range(5):
                assert not await nodes_of(raw, who)

    busy = [asyncio.create_task(work(via)) for via in (gateway, second) for work in (record, start)]
    try:
        await asyncio.gather(*map(erase, people))
    finally:
        ended.set()
        await asyncio.gather(*busy)
    assert outcomes == {"Recorded", "StudentErased"}
    assert (await raw("MATCH (s:Student) RETURN count(s) AS n"))[0]["n"] == 0
    assert (await raw("MATCH (s:Session) RETURN count(s) AS n"))[0]["n"] == 0
    assert (await raw("MATCH ()-[a:ANSWERED]->() RETURN count(a) AS n"))[0]["n"] == 0


async def _record(via: Gateway, sent: list[AnswerInput]) -> list[Any]:
    async with AnswerIntake(RecordAnswers(via, DEFAULT_SET)) as own:
        return await own.submit(sent)
