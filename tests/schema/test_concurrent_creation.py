"""Several clients that create the same thing at the same moment: each of them succeeds."""

import asyncio

import httpx
import pytest

from graph_api.domain.course.course import Concept
from graph_api.store.gateway import Gateway
from graph_api.usecases.course.edit_course import upsert_concepts
from tests.conftest import NOW, Ask
from tests.graph_copy import empty

CREATING = {
    "skill": 'upsertSkills(input: [{code: "s", name: "S", category: "c"}])',
    "concept": 'upsertConcepts(input: [{id: "c", name: "C"}])',
    "student": 'upsertStudents(input: [{id: "anna"}])',
    "group": 'upsertGroup(input: {id: "g", name: "G", teacherIds: ["ada"]})',
    "session": 'startSession(input: {id: "s", studentId: "anna"})',
    "parameters": 'putParameterSet(input: {name: "at-once", prior: 0.1, learn: 0.1, guess: 0.1, slip: 0.1})',
    "recency parameters": 'putRecencyParameters(input: {name: "at-once-recency"})',
    "topic parameters": 'putTopicParameters(name: "at-once-topic", parameters: {})',
}


@pytest.fixture(autouse=True)
async def cleared(raw: Ask) -> None:
    await empty(raw)
    await raw("MATCH (n) WHERE (n:ParameterSet OR n:PolicySet) AND n.name STARTS WITH 'at-once' DELETE n")


@pytest.mark.parametrize("what", CREATING)
async def test_concurrent_creations_of_one_object_succeed(client: httpx.AsyncClient, what: str) -> None:
    query = f"mutation {{ made: {CREATING[what]} {{ __typename ... on Failure {{ message }} }} }}"

    replies = await asyncio.gather(*(client.post("/graphql", json={"query": query}) for _ in range(6)))

    made = [reply.json() for reply in replies]
    assert all("errors" not in each and each["data"]["made"]["__typename"].endswith("Payload") for each in made), made


async def test_answers_of_a_student_whom_others_create_meanwhile(
    client: httpx.AsyncClient, gateway: Gateway, raw: Ask
) -> None:
    await upsert_concepts(gateway, [Concept("c", "C", [], [])], NOW)

    async def create(name: str) -> str:
        query = f'mutation {{ upsertStudents(input: [{{id: "{name}"}}]) {{ __typename }} }}'
        return (await client.post("/graphql", json={"query": query})).text

    async def answer(name: str) -> str:
        given = f'{{id: "a-{name}", studentId: "{name}", conceptIds: ["c"], correct: true}}'
        query = f"mutation {{ recordAnswer(input: {given}) {{ __typename ... on Failure {{ message }} }} }}"
        return (await client.post("/graphql", json={"query": query})).text

    for n in range(10):
        created, recorded = await asyncio.gather(create(f"s{n}"), answer(f"s{n}"))
        assert "UpsertStudentsPayload" in created
        assert "RecordAnswerPayload" in recorded, recorded
    assert (await raw("MATCH ()-[a:ANSWERED]->() RETURN count(a) AS found"))[0]["found"] == 10
