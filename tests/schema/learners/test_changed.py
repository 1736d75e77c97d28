"""What mutations changed, in their payloads: the same objects that a query returns afterwards."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph_api.store.gateway import Gateway
from tests.application import Client, service
from tests.conftest import NOW, Ask
from tests.tokens import SECRET, signed

pytestmark = pytest.mark.usefixtures("course")

MASTERY = "id level attempts correct status lastPracticedAt updatedAt recency { score }"
TOPIC = "id masteryLevel questionsAttempted semanticAvg weakConcepts { id }"
SAMPLING = "id attempts timesMentioned timesMissed samplingMastery"
CHANGED = f"masteries {{ {MASTERY} }} topics {{ {TOPIC} }} conceptSamplings {{ {SAMPLING} }}"
RECORD = f"""mutation($input: AnswerInput!) {{ recordAnswer(input: $input) {{ failure {{ code }}
  ... on RecordAnswerPayload {{ duplicate {CHANGED} }} }} }}"""
RECORDS = f"""mutation($answers: [AnswerInput!]!, $atomic: Boolean! = false) {{
  recordAnswers(input: {{answers: $answers, atomic: $atomic}}) {{ ... on RecordAnswersPayload {{ {CHANGED} }} }} }}"""
NODES = f"""query($ids: [ID!]!) {{ nodes(ids: $ids) {{ ... on Mastery {{ {MASTERY} }} ... on Topic {{ {TOPIC} }}
  ... on ConceptSampling {{ {SAMPLING} }} }} }}"""
STORED = f"{{ students {{ nodes {{ masteries {{ nodes {{ {MASTERY} }} }} }} }} }}"


def ids(rows: list[Any]) -> list[str]:
    return [row["id"] for row in rows]


async def nodes(ask: Ask, kind: str, keys: list[str]) -> Any:
    return (await ask(NODES, ids=[f"{kind}:{key}" for key in keys]))["nodes"]


async def test_an_answer_returns_the_masteries_topics_and_records_that_it_changed(ask: Ask) -> None:
    sent = {
        "studentId": "anna", "conceptIds": ["accusative"], "keywordScore": 0.8, "semanticScore": 0.7,
        "sampled": [{"conceptId": "dative", "mentioned": False}],
    }  # fmt: skip
    reply = (await ask(RECORD, input=sent))["recordAnswer"]

    assert sorted(ids(reply["masteries"])) == ["anna/CONCEPT/accusative", "anna/SKILL/cases", "anna/SKILL/grammar"]
    assert sorted(ids(reply["topics"])) == ["anna/cases", "anna/grammar"]
    assert ids(reply["conceptSamplings"]) == ["anna/dative"]
    for kind, name in (("Mastery", "masteries"), ("Topic", "topics"), ("ConceptSampling", "conceptSamplings")):
        assert await nodes(ask, kind, ids(reply[name])) == reply[name]


async def test_a_plain_answer_changes_no_topic(ask: Ask) -> None:
    reply = (await ask(RECORD, input={"studentId": "anna", "skillCodes": ["talk"], "correct": True}))["recordAnswer"]
    assert (ids(reply["masteries"]), reply["topics"], reply["conceptSamplings"]) == (["anna/SKILL/talk"], [], [])


async def test_a_duplicate_returns_the_masteries_as_they_are_now(ask: Ask) -> None:
    first = {"id": "e", "studentId": "anna", "skillCodes": ["talk"], "correct": True, "at": NOW.isoformat()}
    await ask(RECORD, input=first)
    await ask(RECORD, input={"studentId": "anna", "skillCodes": ["talk"], "correct": False})
    reply = (await ask(RECORD, input=first))["recordAnswer"]

    assert reply["duplicate"] is True
    assert [each["attempts"] for each in reply["masteries"]] == [2]


answers = st.lists(
    st.fixed_dictionaries(
        {
            "studentId": st.sampled_from(["anna", "ben", "cleo"]),
            "conceptIds": st.lists(st.sampled_from(["nominative", "accusative", "dative", "none"]), max_size=2),
            "skillCodes": st.lists(st.sampled_from(["talk", "cases"]), max_size=1),
            "correct": st.booleans(),
            "keywordScore": st.none() | st.sampled_from([0.1, 0.9]),
            "sampled": st.lists(
                st.fixed_dictionaries(
                    {"conceptId": st.sampled_from(["dative", "nominative"]), "mentioned": st.booleans()}
                ),
                max_size=1,
            ),
        }
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sent=answers, atomic=st.booleans())
async def test_a_cache_that_merges_payloads_shows_what_is_stored(
    ask: Ask, sent: list[dict[str, Any]], atomic: bool
) -> None:
    """The law of client caches: objects read before, updated by the payload, are the objects read afterwards."""
    cache = {each["id"]: each for of_one in await stored(ask) for each in of_one}
    reply = (await ask(RECORDS, answers=sent, atomic=atomic))["recordAnswers"]
    cache |= {each["id"]: each for each in reply["masteries"]}

    assert cache == {each["id"]: each for of_one in await stored(ask) for each in of_one}
    assert len(set(ids(reply["masteries"]))) == len(reply["masteries"])
    for kind, name in (("Topic", "topics"), ("ConceptSampling", "conceptSamplings")):
        assert await nodes(ask, kind, ids(reply[name])) == reply[name]


async def stored(ask: Ask) -> list[Any]:
    return [each["masteries"]["nodes"] for each in (await ask(STORED))["students"]["nodes"]]


async def test_many_answers_take_as_many_statements_as_few(ask: Ask, statements_seen: list[str]) -> None:
    sent = []
    for count in (2, 60):
        batch = [{"studentId": f"s{n}", "conceptIds": ["dative"], "correct": True} for n in range(count)]
        statements_seen.clear()
        await ask(RECORDS, answers=batch)
        sent.append([name for name in statements_seen if name == "mastery/list_of_students"])
    assert max(map(len, sent)) <= 1, sent


async def test_the_same_in_a_change(ask: Ask) -> None:
    """An effect of an answer links to all objects that it is about."""
    sent = {"id": "e", "studentId": "anna", "conceptIds": ["dative"], "correct": True}
    reply = await ask(
        """mutation($input: AnswerInput!) { recordAnswer(input: $input) { ... on RecordAnswerPayload {
      changes { concept skill levelAfter target { id name kind ... on Concept { skillCodes } ... on Skill { code } }
        parameters { id prior } parameterSet student { id } answer { id correct } mastery { id level } } } } }""",
        input=sent,
    )
    of_concept, of_skill = reply["recordAnswer"]["changes"]

    assert of_concept["target"] == {"id": "dative", "name": "Dative", "kind": "CONCEPT", "skillCodes": ["cases"]}
    assert of_skill["target"] == {"id": "cases", "name": "Cases", "kind": "SKILL", "code": "cases"}
    for change, key in ((of_concept, "anna/CONCEPT/dative"), (of_skill, "anna/SKILL/cases")):
        assert change["parameters"]["id"] == change["parameterSet"]
        assert (change["student"], change["answer"]) == ({"id": "anna"}, {"id": "e", "correct": True})
        assert change["mastery"] == {"id": key, "level": change["levelAfter"]}


RECOMPUTE = f"""mutation($input: RecomputeRecencyInput, $first: Int! = 50) {{ recomputeRecency(input: $input) {{
  ... on RecomputeRecencyPayload {{ run {{ id }} masteries(first: $first) {{ {MASTERY} recency {{ id run {{ id }} }} }} }} }} }}"""


async def test_a_recomputation_returns_the_masteries_of_a_student_or_a_group(ask: Ask) -> None:
    for student in ("anna", "ben", "cleo"):
        await ask(RECORD, input={"studentId": student, "conceptIds": ["accusative"], "correct": True})
    await ask('mutation { upsertGroup(input: {id: "g", name: "G", studentIds: ["ben", "anna"]}) { __typename } }')

    async def recompute(first: int = 50, **given: Any) -> list[str] | None:
        reply = (await ask(RECOMPUTE, input=given, first=first))["recomputeRecency"]
        if reply["masteries"] is None:
            return None
        assert {each["recency"]["run"]["id"] for each in reply["masteries"]} == {reply["run"]["id"]}
        return ids(reply["masteries"])

    of_anna, of_ben = ([f"{name}/SKILL/{code}" for code in ("cases", "grammar")] for name in ("anna", "ben"))
    assert await recompute(studentId="anna") == of_anna
    assert await recompute(groupId="g") == of_anna + of_ben
    assert await recompute(groupId="g", first=3) == (of_anna + of_ben)[:3]
    assert await recompute(studentId="ben", skillCodes=["cases", "talk"]) == of_ben[:1]
    assert await recompute() is None
    assert await recompute(studentId="anna", wait=False) is None


async def test_an_activation_returns_the_set_and_the_targets(ask: Ask) -> None:
    await ask("""mutation { putParameterSet(input: {name: "mine", prior: 0.2, learn: 0.2, guess: 0.2, slip: 0.1}) {
      __typename } }""")
    activate = """mutation($input: ActivateParametersInput!) { activateParameters(input: $input) {
      ... on ActivateParametersPayload { parameterSet { id prior } targets { __typename id name } } } }"""
    chosen = {"conceptIds": ["dative"], "skillCodes": ["cases", "cases"]}
    targets = [
        {"__typename": "Concept", "id": "dative", "name": "Dative"}, {"__typename": "Skill", "id": "cases", "name": "Cases"}
    ]  # fmt: skip
    sets = (await ask('{ parameterSets(name: "mine", first: 1) { nodes { id } } }'))["parameterSets"]["nodes"]
    reply = (await ask(activate, input={"parameterSetId": sets[0]["id"], **chosen}))["activateParameters"]
    assert reply == {"parameterSet": {"id": sets[0]["id"], "prior": 0.2}, "targets": targets}
    reply = (await ask(activate, input=chosen))["activateParameters"]
    assert reply == {"parameterSet": None, "targets": targets}


async def test_an_erasure_returns_the_groups_that_lost_the_student(ask: Ask) -> None:
    await ask('mutation { upsertStudents(input: [{id: "anna"}, {id: "ben"}]) { __typename } }')
    for group in ("h", "g"):
        await ask(
            "mutation($input: GroupInput!) { upsertGroup(input: $input) { __typename } }",
            input={"id": group, "name": group, "studentIds": ["anna", "ben"]},
        )
    reply = await ask("""mutation { deleteStudent(id: "anna") { ... on DeleteStudentPayload { id
      groups { id size members { nodes { id } } } } } }""")
    groups = [{"id": group, "size": 1, "members": {"nodes": [{"id": "ben"}]}} for group in ("g", "h")]
    assert reply["deleteStudent"] == {"id": "anna", "groups": groups}


async def test_an_unlinked_prerequisite_is_returned_too(ask: Ask) -> None:
    for mutation, unlocks in (("unlink", []), ("link", [{"id": "dative"}])):
        reply = await ask(f"""mutation {{ done: {mutation}Prerequisite(prerequisiteId: "accusative", conceptId: "dative") {{
          ... on PrerequisitePayload {{ prerequisite {{ id unlocks {{ id }} }} }} }} }}""")
        assert reply["done"] == {"prerequisite": {"id": "accusative", "unlocks": unlocks}}


@pytest.fixture
async def scoring(database: dict[str, str], gateway: Gateway) -> AsyncIterator[Client]:
    """A service that recomputes scores at the end of sessions."""
    async with service(database, jwt_secret=SECRET, recency_at_session_end=True) as http:
        yield http


async def test_a_session_returns_the_masteries_whose_scores_its_end_changed(ask: Ask, scoring: Client) -> None:
    await ask(
        'mutation { startSession(input: {studentId: "anna", id: "p"}) { ... on SessionPayload { session { id } } } }'
    )
    await ask(RECORD, input={"studentId": "anna", "skillCodes": ["talk"], "correct": True, "sessionId": "p"})
    end = 'mutation { endSession(input: {id: "p"}) { ... on SessionPayload { masteries { id recency { status } } } } }'
    headers = {"Authorization": f"Bearer {signed(sub='anna', role='student')}"}
    reply = (await scoring.post("/graphql", json={"query": end}, headers=headers)).json()

    masteries = [{"id": "anna/SKILL/talk", "recency": {"status": "INSUFFICIENT_DATA"}}]
    assert reply == {"data": {"endSession": {"masteries": masteries}}}
