"""Placements over HTTP: start, next question, answer, result."""

from typing import Any

import pytest

from graph_api.domain.answers.answers import AnswerInput
from graph_api.domain.learners.sessions import SessionStatus
from graph_api.store.gateway import Gateway
from graph_api.usecases.answers.answer_intake import AnswerIntake
from graph_api.usecases.learners.run_sessions import end_session
from tests.conftest import NOW, Ask

pytestmark = pytest.mark.usefixtures("course")

FIELDS = """id studentId status conceptCount answerCount certainty stopReason isExact
  rule { certainty maxQuestions maxAnswersPerConcept } answers { id correct sessionId }
  next { conceptId pKnown pCorrect expectedInformation concept { name } }
  estimates { conceptId pKnown verdict answers } innerFringe { id } outerFringe { id }
  session { id answers { totalCount } } student { id }"""
START = f"""mutation($input: StartPlacementInput!) {{ startPlacement(input: $input) {{
  failure {{ code field value }} ... on StartPlacementPayload {{ placement {{ {FIELDS} }} }} }} }}"""
ANSWER = f"""mutation($input: AnswerPlacementInput!) {{ answerPlacement(input: $input) {{
  failure {{ code field value }}
  ... on AnswerPlacementPayload {{ duplicate answer {{ id sessionId }} placement {{ {FIELDS} }} }} }} }}"""
READ = f"query($id: ID!) {{ placement(id: $id) {{ {FIELDS} }} }}"


async def start(ask: Ask, **given: Any) -> Any:
    return (await ask(START, input={"studentId": "anna", "id": "p", **given}))["startPlacement"]


async def answer(ask: Ask, concept_id: str, correct: bool, **given: Any) -> Any:
    sent = {"placementId": "p", "conceptId": concept_id, "correct": correct, **given}
    return (await ask(ANSWER, input=sent))["answerPlacement"]


async def read(ask: Ask, key: str = "p") -> Any:
    return (await ask(READ, id=key))["placement"]


async def test_the_middle_of_a_chain_comes_first(ask: Ask) -> None:
    placement = (await start(ask))["placement"]

    assert placement["next"]["conceptId"] == "accusative"
    assert placement["next"]["concept"] == {"name": "Accusative"}
    assert 0 < placement["next"]["expectedInformation"] < 1
    assert (placement["status"], placement["answerCount"], placement["conceptCount"]) == ("IN_PROGRESS", 0, 3)
    assert placement["rule"] == {"certainty": 0.9, "maxQuestions": 50, "maxAnswersPerConcept": 3}
    assert [each["conceptId"] for each in placement["estimates"]] == ["nominative", "accusative", "dative"]
    assert {each["verdict"] for each in placement["estimates"]} == {"UNSURE"}
    assert placement["stopReason"] is None


async def test_a_placement_ends_when_it_is_certain(ask: Ask) -> None:
    placement = (await start(ask))["placement"]
    while placement["next"]:
        key = placement["next"]["conceptId"]
        placement = (await answer(ask, key, key != "dative"))["placement"]

    assert placement["stopReason"] == "CERTAIN"
    assert placement["status"] == "SUBMITTED"
    assert placement["certainty"] >= 0.9
    assert placement["innerFringe"] == [{"id": "accusative"}]
    assert placement["outerFringe"] == [{"id": "dative"}]
    assert placement["estimates"][0]["verdict"] == "KNOWN"
    assert placement["answerCount"] == len(placement["answers"]) == placement["session"]["answers"]["totalCount"]
    assert await read(ask) == placement


async def test_answers_are_ordinary_answers(ask: Ask, intake: AnswerIntake) -> None:
    await start(ask, maxQuestions=5)
    await intake.submit([AnswerInput("anna", correct=True, concept_ids=["accusative"], session_id="p", at=NOW)])

    placement = await read(ask)
    reply = await ask('{ student(id: "anna") { mastery(conceptId: "accusative") { attempts level } } }')

    assert placement["answerCount"] == 1
    assert placement["estimates"][1] | {"pKnown": 0} == {
        "conceptId": "accusative",
        "pKnown": 0,
        "verdict": "UNSURE",
        "answers": 1,
    }
    assert reply["student"]["mastery"]["attempts"] == 1


async def test_estimates_change_no_level(ask: Ask) -> None:
    await start(ask)
    await answer(ask, "accusative", correct=True)

    reply = await ask('{ student(id: "anna") { masteries(kind: CONCEPT) { nodes { id attempts } } } }')

    assert [each["attempts"] for each in reply["student"]["masteries"]["nodes"]] == [1]


async def test_an_answer_may_be_sent_again(ask: Ask) -> None:
    await start(ask, maxQuestions=1)
    first = await answer(ask, "accusative", correct=True, id="e1")
    again = await answer(ask, "accusative", correct=True, id="e1")
    other = await answer(ask, "dative", correct=True, id="e2")

    assert (first["duplicate"], again["duplicate"]) == (False, True)
    assert first["placement"] == again["placement"]
    assert first["placement"]["stopReason"] == "MAX_QUESTIONS"
    assert first["placement"]["status"] == "SUBMITTED"
    assert other["failure"]["code"] == "SESSION_CLOSED"


async def test_a_start_may_be_sent_again(ask: Ask) -> None:
    await start(ask, maxQuestions=7)
    await answer(ask, "accusative", correct=True)
    again = (await start(ask, maxQuestions=9))["placement"]

    assert (again["rule"]["maxQuestions"], again["answerCount"]) == (7, 1)


async def test_no_question_is_left_when_each_concept_has_its_answers(ask: Ask) -> None:
    placement = (await start(ask, certainty=0.999, maxAnswersPerConcept=1))["placement"]
    asked = []
    while placement["next"]:
        asked.append(placement["next"]["conceptId"])
        placement = (await answer(ask, asked[-1], correct=True))["placement"]

    assert sorted(asked) == ["accusative", "dative", "nominative"]
    assert placement["stopReason"] == "NO_QUESTION_LEFT"


async def test_a_session_that_ends_early_ends_the_placement(ask: Ask, gateway: Gateway) -> None:
    await start(ask)
    await end_session(gateway, "p", SessionStatus.ABANDONED, NOW)

    placement = await read(ask)

    assert (placement["stopReason"], placement["next"], placement["status"]) == ("ENDED_EARLY", None, "ABANDONED")


async def test_a_scope_restricts_the_concepts(ask: Ask) -> None:
    placement = (await start(ask, skillCodes=["cases"]))["placement"]

    assert {each["conceptId"] for each in placement["estimates"]} == {"accusative", "dative"}


async def test_an_archived_concept_is_left_out(ask: Ask) -> None:
    await start(ask)
    await answer(ask, "dative", correct=True)
    await ask('mutation { archiveConcepts(ids: ["dative"]) { failure { code } } }')

    placement = await read(ask)

    assert placement["conceptCount"] == 2
    assert placement["answerCount"] == 0


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"certainty": 1}, "certainty"),
        ({"maxQuestions": 0}, "maxQuestions"),
        ({"maxAnswersPerConcept": 21}, "maxAnswersPerConcept"),
        ({"skillCodes": []}, "skillCodes, courseId"),
        ({"skillCodes": ["cases"], "courseId": "german"}, "skillCodes, courseId, allCourses"),
        ({"id": ""}, "id"),
    ],
)
async def test_bad_starts_name_the_field(ask: Ask, given: dict[str, Any], field: str) -> None:
    failure = (await start(ask, **given))["failure"]

    assert (failure["code"], failure["field"]) == ("INVALID_INPUT", field)


async def test_other_sessions_are_no_placements(ask: Ask) -> None:
    await ask('mutation { startSession(input: {studentId: "anna", id: "p"}) { failure { code } } }')

    assert (await start(ask))["failure"] == {"code": "INVALID_INPUT", "field": "id", "value": "p"}
    assert await read(ask) is None
    assert (await answer(ask, "dative", correct=True))["failure"]["code"] == "SESSION_NOT_FOUND"


async def test_the_id_of_another_students_placement_is_taken(ask: Ask) -> None:
    await start(ask)

    assert (await start(ask, studentId="ben"))["failure"]["field"] == "id"


async def test_a_concept_outside_the_placement_is_named(ask: Ask) -> None:
    await start(ask, skillCodes=["cases"])

    assert (await answer(ask, "nominative", correct=True))["failure"] == {
        "code": "INVALID_INPUT",
        "field": "conceptId",
        "value": "nominative",
    }


async def test_placements_of_a_student_are_paged(ask: Ask) -> None:
    for key in ("p1", "p2", "p3"):
        await start(ask, id=key)
    query = """query($after: String) { student(id: "anna") { placements(first: 2, after: $after) { totalCount
      pageInfo { endCursor hasNextPage } nodes { id next { conceptId } } } } }"""

    first = (await ask(query))["student"]["placements"]
    rest = (await ask(query, after=first["pageInfo"]["endCursor"]))["student"]["placements"]

    assert first["totalCount"] == 3
    assert [each["id"] for each in first["nodes"] + rest["nodes"]] == ["p3", "p2", "p1"]
    assert {each["next"]["conceptId"] for each in first["nodes"]} == {"accusative"}


async def test_many_placements_take_no_more_statements(ask: Ask, statements_seen: list[str]) -> None:
    query = """{ student(id: "anna") { placements { nodes { id certainty next { conceptId } stopReason
      answers { id } innerFringe { id } } } } }"""
    counts = []
    for keys in (["p1"], ["p2", "p3", "p4"]):
        for key in keys:
            await start(ask, id=key)
            await ask(ANSWER, input={"placementId": key, "conceptId": "dative", "correct": True})
        statements_seen.clear()
        await ask(query)
        counts.append(len(statements_seen))

    assert counts[0] == counts[1]


async def test_an_erased_student_leaves_no_placement(ask: Ask) -> None:
    await start(ask)
    await answer(ask, "accusative", correct=True)
    await ask('mutation { deleteStudent(id: "anna") { failure { code } } }')

    assert await read(ask) is None
    assert (await start(ask))["failure"]["code"] == "STUDENT_ERASED"
