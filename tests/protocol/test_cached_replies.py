"""Stored replies: equal to fresh ones after every change, never another principal's, gone with an erased student."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from graph_api.protocol import cached_replies
from graph_api.store.cypher_files import load
from graph_api.store.packaged import packaged
from tests.application import Client, service
from tests.conftest import Ask
from tests.fuzz_world import SCHEMA, WORLD
from tests.graph_copy import empty
from tests.mutation_steps import STEPS
from tests.tokens import SECRET, signed

STUDENT = """query { student(id: "anna") { name recencyAtSessionEnd groups { id name size teacherIds archivedAt }
  courses { id name skills { nodes { code name } } } attempts lastPracticedAt meanLevel statusCounts { status count }
  masteries(includeArchived: true) { totalCount nodes { level status attempts correct judgementCount lastPracticedAt
    concept { name archivedAt prerequisites { name } unlocks { id } } skill { name archivedAt courses { name } }
    recency { score status asOf breakdown { required actual } } thresholds { mastered focus weak }
    parameters { prior learn } judgements { totalCount } } }
  answers { nodes { id correct countsAs weight difficulty changes { levelBefore levelAfter status } } }
  sessions { nodes { id status endedAt } } placements { nodes { id status certainty next { conceptId pCorrect } } } judgements { nodes { id level revocation { recordedAt } } }
  topics { nodes { skillCode masteryLevel learningVelocity conceptCount stage } }
  levelAt(at: "2030-01-01T00:00:00Z", conceptId: "nominative") weakSkills { level attempts }
  rootCauses(minAttempts: 1) { causes { conceptId score concept { name } } } } }"""
CLASS = """query { group(id: "class") { name size teacherIds revision archivedAt courses { id name archivedAt }
  members { totalCount nodes { id name masteries(kind: SKILL) { nodes { level status } } } }
  heatmap { studentIds targetIds levels attempts } recencyHeatmap { scores attempts asOf }
  distribution { meanLevel coverage statuses { count } } learningCurve { answers }
  rootCauses(minAttempts: 1) { students causes { conceptId score studentsBlocked } }
  series(until: "2100-01-01T00:00:00Z", since: "2099-01-01T00:00:00Z") { points { meanLevel coverage } }
  studentSeries(kind: CONCEPT, until: "2100-01-01T00:00:00Z") { studentIds levels started }
  movement(since: "2000-01-01T00:00:00Z", until: "2100-01-01T00:00:00Z", kind: CONCEPT) { transitions { before after count } }
  activity(by: WEEK, since: "2025-01-01T00:00:00Z", until: "2030-01-01T00:00:00Z") { points { answers students correct sessions } } } }"""
TARGET = """query { concept(id: "nominative") { statusCounts(groupId: "class") { status count share }
  masteries(groupId: "class", orderBy: LEVEL_DESC, first: 1) { totalCount nodes { level status attempts student { name } } } } }"""
COURSE = """query { concepts(includeArchived: true) { totalCount nodes { id name archivedAt prerequisites { id name } unlocks { id } } }
  skills(includeArchived: true) { nodes { code name archivedAt category revision thresholds { mastered weak } courses { id } } }
  courses(includeArchived: true) { nodes { id name archivedAt skills { nodes { code } } } } categories { category skills } }"""
QUERIES = [("admin", "ops", STUDENT), ("teacher", "ada", CLASS), ("admin", "ops", COURSE), ("admin", "ops", TARGET)]


@pytest.fixture(autouse=True)
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Replies are stored under any token, so that tests need not wait."""
    monkeypatch.setattr(cached_replies, "SETTLED_SECONDS", 0.0)


@pytest.fixture(scope="module")
async def storing(database: dict[str, str]) -> AsyncIterator[Client]:
    async with service(database, jwt_secret=SECRET, cache_bytes=10_000_000) as http:
        yield http


@pytest.fixture(scope="module")
async def fresh(database: dict[str, str]) -> AsyncIterator[Client]:
    async with service(database, jwt_secret=SECRET, cache_bytes=0, class_bytes=0, compress=False) as http:
        yield http


async def sent(http: Client, role: str, sub: str, query: str, **options: Any) -> Any:
    headers = {"Authorization": f"Bearer {signed(sub=sub, role=role)}", **options.pop("headers", {})}
    return await http.post("/graphql", json={"query": query}, headers=headers, **options)


@pytest.fixture
async def world(storing: Client, raw: Ask) -> None:
    await empty(raw)
    reply = (await sent(storing, "admin", "ops", WORLD)).json()
    assert "errors" not in reply, reply


def outcomes(http: Client) -> list[str]:
    """The outcomes of the operations from here on."""
    seen: list[str] = []
    http.app.state.replies.observe = seen.append
    return seen


async def compare(storing: Client, fresh: Client, after: str) -> int:
    """Send every query; what a stored reply answers must be what a fresh one is. Returns the number of stored replies."""
    seen = outcomes(storing)
    for role, sub, query in QUERIES:
        reply = await sent(storing, role, sub, query)
        if seen[-1] == "hit":
            assert reply.content == (await sent(fresh, role, sub, query)).content, (after, role, query)
    return seen.count("hit")


async def learn(storing: Client, fresh: Client) -> None:
    """Send every query until its reply is stored."""
    assert await compare(storing, fresh, "nothing") == 0
    await compare(storing, fresh, "the first round")
    assert await compare(storing, fresh, "the second round") == len(QUERIES), "all of these are stored"


ELSEWHERE = {"restore", "job", "migration", "erasure", "run", "due_replay", "revision", "audit"}
"""Nouns of writes that no query shows, or that a restore ends with a new mark."""
RARE = {
    "active_set/put_on_concepts", "group/set_revision", "history_page/close", "history_page/delete_strayed", "history_page/put",
    "mastery/delete", "parameter_set/put_fits", "policy_set/put_fit", "recording/create_on_concepts", "recording/create_on_skills",
    "sampling/delete", "session/put", "source_document/put", "topic/clear",
}  # fmt: skip
"""Writes that these mutations do not run in this world; `tests/store/test_changes.py` checks what they raise."""


def test_every_mutation_is_a_step() -> None:
    assert SCHEMA.mutation_type is not None
    assert STEPS.keys() == SCHEMA.mutation_type.fields.keys()


@pytest.mark.slow
async def test_stored_and_fresh_replies_are_equal_after_every_mutation(
    storing: Client, fresh: Client, world: None
) -> None:
    """Every write statement runs on the way, except those that are named above."""
    await learn(storing, fresh)
    writes = {name for name, statement in load(packaged("cypher")).items() if statement.mode == "write"}
    unseen = {name for name in writes if name.partition("/")[0] not in ELSEWHERE} - RARE
    storing.services.gateway.observe = lambda name, _seconds, _rows: unseen.discard(name)
    hits = 0

    for name, calls in STEPS.items():
        for call in calls:
            mutation = (await sent(storing, "admin", "ops", f"mutation {{ {name} {call} }}")).json()
            assert "errors" not in mutation, mutation
            if name == "deleteStudent":
                assert "anna" not in names_held(storing), "an erased student is in no entry, not even by id"
            hits += await compare(storing, fresh, f"{name} {call}")

    assert hits > len(STEPS) / 2, "what a mutation leaves alone is sent again"
    assert unseen == set()


def names_held(http: Client) -> set[str]:
    """The students that any entry names."""
    entries = http.app.state.replies.store._entries.values()
    return {student_id for entry in entries for student_id in entry.student_ids()}


async def test_a_client_that_has_the_reply_gets_304(storing: Client, world: None) -> None:
    headers = {"Authorization": f"Bearer {signed(sub='ops', role='admin')}"}
    params = {"query": 'query Name { student(id: "anna") { name } }'}
    first = await storing.get("/graphql", params=params, headers=headers)
    assert (first.status_code, first.headers["cache-control"]) == (200, "private, no-cache")
    known = headers | {"If-None-Match": f'"other", {first.headers["etag"]}'}

    for _ in range(3):  # as it is learned, stored, and sent again
        again = await storing.get("/graphql", params=params, headers=known)
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == first.headers["etag"]
        assert {"Authorization", "Accept", "Accept-Encoding"} <= set(again.headers["vary"].split(", "))

    await sent(storing, "admin", "ops", 'mutation { upsertStudents(input: [{id: "anna", name: "A."}]) { __typename } }')
    changed = await storing.get("/graphql", params=params, headers=known)
    assert (changed.status_code, changed.json()) == (200, {"data": {"student": {"name": "A."}}})
    assert changed.headers["etag"] != first.headers["etag"]
    posted = await storing.post("/graphql", json=params, headers=known)
    assert (posted.status_code, posted.headers["cache-control"], "etag" in posted.headers) == (200, "no-store", False)


async def test_stored_replies_are_sent_in_every_form(storing: Client, world: None) -> None:
    query, bodies = (
        "query { skills { nodes { code name description } } concepts { nodes { id name } } __schema { types { name } } }",
        set(),
    )
    for encoding in ("identity", "gzip", "identity", "gzip", "gzip;q=0, *;q=0.1"):
        for accept in ("application/json", "application/graphql-response+json"):
            reply = await sent(storing, "admin", "ops", query, headers={"Accept-Encoding": encoding, "Accept": accept})
            assert reply.headers["content-type"] == f"{accept}; charset=utf-8"
            assert reply.headers.get("content-encoding") == ("gzip" if encoding == "gzip" else None)
            bodies.add(reply.content)
    assert len(bodies) == 1, "the same bytes, however they were sent"


NOW = [
    'student(id: "anna") { due { retrievability } }',
    'student(id: "anna") { masteries { nodes { retrievability } } }',
    'student(id: "anna") { samplingRecords(skillCode: "grammar") { priority } }',
    'student(id: "anna") { sampleConcepts(skillCode: "grammar", asOf: "2026-01-31T00:00:00Z") { priority } }',
    'student(id: "anna") { levelSeries { days } activity { points { answers } } }',
    'group(id: "class") { atRisk { atRiskCount } activity { points { answers } } }',
    'group(id: "class") { movement(since: "2026-01-01T00:00:00Z") { before { statuses { count } } } }',
    "serviceInfo { time }",
]
LISTS = [
    "students { nodes { name } }",
    "groups { nodes { name } }",
    "runs { nodes { id } }",
    "auditLog { nodes { __typename } }",
    "parameterSets { nodes { id } }",
    'session(id: "session-open") { status }',
    'skill(code: "grammar") { masteries { nodes { level } } }',
    "__typename",
]


async def test_what_depends_on_now_or_on_all_students_is_never_stored(storing: Client, world: None) -> None:
    seen = outcomes(storing)
    for fields in (*NOW, *LISTS):
        for _ in range(2):
            reply = (await sent(storing, "admin", "ops", f"{{ {fields} }}")).json()
            assert "errors" not in reply, reply
            assert seen[-1] == "not_stored", fields


async def test_nothing_is_stored_until_its_token_is_old_enough(
    storing: Client, world: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database may show the parts of one commit one after another."""
    seen, query = outcomes(storing), '{ student(id: "ben") { name } }'
    monkeypatch.setattr(cached_replies, "SETTLED_SECONDS", 60.0)
    for _ in range(4):
        await sent(storing, "admin", "ops", query)
    assert seen == ["miss"] * 4

    monkeypatch.setattr(cached_replies, "SETTLED_SECONDS", 0.0)
    for _ in range(2):
        await sent(storing, "admin", "ops", query)
    assert seen[4:] == ["miss", "hit"]
