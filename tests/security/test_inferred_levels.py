"""Attacks through inferred levels: each viewer sees those of their students only, and analysts pseudonyms."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from graph_api.domain.answers.answers import AnswerInput
from graph_api.domain.learners.people import Group, Student
from graph_api.domain.parameters.inference.model import InferenceModel, TargetWeights
from graph_api.domain.parameters.inference.records import InferenceModelSet
from graph_api.domain.targets import TargetKind
from graph_api.store.gateway import Gateway, Transaction
from graph_api.store.inference import put_in_effect
from graph_api.store.policy_sets import inference_sets
from graph_api.usecases.answers.answer_intake import AnswerIntake
from graph_api.usecases.learners.edit_people import upsert_group, upsert_students
from tests.application import Client, service
from tests.conftest import NOW
from tests.tokens import SECRET, signed

Asked = Callable[..., Awaitable[Any]]
STUDENTS = [f"secret-{number:02}" for number in range(12)]
ONE = "query($id: ID!) { student(id: $id) { inferredLevels { nodes { conceptId pFirstCorrect } } } }"
CLASS = 'query($group: ID = "all") { group(id: $group) { heatmap(kind: CONCEPT) { studentIds targetIds levels inferred } } }'
OWN = TargetWeights(easiness=0.0, slope=1.0, answers_easiness=0.0, answers_slope=1.0, share=0.5)
MODEL = InferenceModel(TargetKind.CONCEPT, dict.fromkeys(("nominative", "accusative", "dative"), OWN))


@pytest.fixture(scope="module")
async def guarded(database: dict[str, str], gateway: Gateway) -> AsyncIterator[Client]:
    key = "a key of the tests, that nothing else uses"
    async with service(database, jwt_secret=SECRET, pseudonym_key=key, analyst_min_group=10, rate_limit="") as http:
        yield http


@pytest.fixture
async def asked(
    guarded: Client, course: None, gateway: Gateway, intake: AnswerIntake, raw: Any
) -> AsyncIterator[Asked]:
    """All twelve students answered "nominative"; one of them also "accusative", which is too few for analysts."""
    await upsert_students(gateway, [Student(key, key) for key in STUDENTS], NOW)
    await upsert_group(gateway, Group("all", "All", STUDENTS, ["ms-t"]), NOW)
    sent = [AnswerInput(student, correct=True, concept_ids=["nominative"], at=NOW) for student in STUDENTS]
    sent += [AnswerInput(STUDENTS[0], correct=False, concept_ids=["accusative"], at=NOW) for _ in range(9)]
    await intake.submit(sent)

    async def store(tx: Transaction) -> None:
        await inference_sets.create(tx, InferenceModelSet("inference-concept-v1", "inference-concept", 1, MODEL), NOW)
        await put_in_effect(tx, {TargetKind.CONCEPT: "inference-concept-v1"})

    async def ask(sub: str, role: str, query: str, **variables: object) -> Any:
        headers = {"Authorization": f"Bearer {signed(sub=sub, role=role)}"}
        return (await guarded.post("/graphql", json={"query": query, "variables": variables}, headers=headers)).json()

    await gateway.write(store)
    yield ask
    await gateway.write(lambda tx: put_in_effect(tx, {}))
    await raw("MATCH (n:PolicySet) WHERE n.kind = 'inference' DELETE n")


async def test_students_see_their_own_inferred_levels_and_teachers_those_of_their_groups(asked: Asked) -> None:
    for sub, role in (("root", "admin"), ("ms-t", "teacher"), (STUDENTS[1], "student")):
        nodes = (await asked(sub, role, ONE, id=STUDENTS[1]))["data"]["student"]["inferredLevels"]["nodes"]
        assert {each["conceptId"] for each in nodes} == {"accusative", "dative"}, role
    for sub, role in (("other", "teacher"), (STUDENTS[2], "student")):
        assert (await asked(sub, role, ONE, id=STUDENTS[1]))["data"] == {"student": None}, role
    refused = await asked("an", "analyst", ONE, id=STUDENTS[1])
    assert {error["extensions"]["code"] for error in refused["errors"]} == {"FORBIDDEN"}


async def test_an_analyst_sees_values_under_pseudonyms_from_shown_columns_only(asked: Asked) -> None:
    by_teacher = (await asked("ms-t", "teacher", CLASS))["data"]["group"]["heatmap"]
    by_analyst = (await asked("an", "analyst", CLASS))["data"]["group"]["heatmap"]

    assert by_teacher["targetIds"] == ["accusative", "dative", "nominative"]
    assert by_analyst["targetIds"] == ["dative", "nominative"]
    assert "secret" not in str(by_analyst)
    of_teacher = [row[1] for row in by_teacher["inferred"]]
    of_analyst = [row[0] for row in by_analyst["inferred"]]
    assert of_teacher[0] < of_teacher[1], "the incorrect answers of one student lower the value"
    assert set(of_analyst) == {of_teacher[1]}, "no answer to a hidden column shows"
