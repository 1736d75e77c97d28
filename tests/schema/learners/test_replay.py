"""Replay under other parameters: a question of what would be, which writes nothing."""

from datetime import timedelta
from typing import Any

import pytest

from graph_api.domain.answers.answers import AnswerInput
from graph_api.domain.learners.people import Group
from graph_api.domain.parameters.knowledge_tracing import Parameters, trace
from graph_api.store.gateway import Gateway
from graph_api.usecases.answers.answer_intake import AnswerIntake
from graph_api.usecases.learners.edit_people import upsert_group
from tests.conftest import NOW, Ask

pytestmark = pytest.mark.usefixtures("course")


FAILURE = "... on Failure { __typename code message field rule value }"


REPLAY = f"""mutation($input: ReplayInput!) {{ replay(input: $input) {{ __typename {FAILURE} ... on ReplayPayload {{
  parameterSet {{ id }} masteries changed statusChanged meanChange differences {{ level change status
    mastery {{ level status student {{ id }} concept {{ id }} skill {{ code }} }} }} }} }} }}"""


PUT = """mutation { putParameterSet(input: {name: "harsh", prior: 0.05, learn: 0.02, guess: 0.4, slip: 0.02}) {
  ... on ParameterSetPayload { parameterSet { id } } } }"""


async def practise(intake: AnswerIntake, correct: str, student: str = "anna", concept: str = "nominative") -> None:
    """Answers an hour apart, 1 right and 0 wrong, the last of them now."""
    sent = [
        AnswerInput(
            student, correct=each == "1", concept_ids=[concept], at=NOW - timedelta(hours=len(correct) - 1 - place)
        )
        for place, each in enumerate(correct)
    ]
    await intake.submit(sent)


async def test_what_if_under_other_parameters(
    ask: Ask, gateway: Gateway, intake: AnswerIntake, counts: Ask, raw: Ask
) -> None:
    await practise(intake, "1" * 5)
    await practise(intake, "10", student="ben")
    await upsert_group(gateway, Group("g", "G", ["anna", "ben"], []), NOW)
    set_id = (await ask(PUT))["putParameterSet"]["parameterSet"]["id"]
    stored = "MATCH ()-[m:HAS_MASTERY]->() RETURN m.key AS key, properties(m) AS kept ORDER BY key"
    before = await counts(), await raw(stored)

    reply = (await ask(REPLAY, input={"groupId": "g", "parameterSetId": set_id}))["replay"]

    assert (reply["parameterSet"]["id"], reply["masteries"], reply["changed"]) == (set_id, 4, 4)
    assert reply["meanChange"] < 0
    harsh = Parameters(0.05, 0.02, 0.4, 0.02)
    of_anna_ = next(
        each
        for each in reply["differences"]
        if each["mastery"]["student"]["id"] == "anna" and each["mastery"]["concept"]
    )
    assert of_anna_["level"] == trace([True] * 5, harsh)[-1].after
    assert of_anna_["change"] == pytest.approx(of_anna_["level"] - of_anna_["mastery"]["level"])
    assert (of_anna_["mastery"]["status"], of_anna_["status"]) == ("MASTERED", "LEARNING")
    sizes = [abs(each["change"]) for each in reply["differences"]]
    assert sizes == sorted(sizes, reverse=True)
    assert (await counts(), await raw(stored)) == before

    only = await ask(REPLAY, input={"studentId": "ben", "parameterSetId": set_id, "conceptIds": ["nominative"]})
    assert only["replay"]["masteries"] == 1
    same = await ask(
        REPLAY, input={"studentId": "ben", "parameterSetId": "bkt-concept-v1", "conceptIds": ["nominative"]}
    )
    assert (same["replay"]["changed"], same["replay"]["differences"]) == (0, [])


@pytest.mark.parametrize(
    ("given", "failure", "message"),
    [
        ({}, "InvalidInput", "studentId, groupId: give exactly one of them"),
        ({"studentId": "anna", "groupId": "g"}, "InvalidInput", "studentId, groupId: give exactly one of them"),
        ({"studentId": "nobody"}, "StudentNotFound", "studentId: must exist, got 'nobody'"),
        ({"groupId": "none"}, "GroupNotFound", "groupId: must exist, got 'none'"),
        (
            {"studentId": "anna", "parameterSetId": "x"},
            "ParameterSetNotFound",
            "parameterSetId: must exist, got 'x'",
        ),
        (
            {"studentId": "anna", "conceptIds": ["x"]},
            "ConceptNotFound",
            "conceptIds: must name concepts that exist, got 'x'",
        ),
    ],
)
async def test_what_if_about_nothing_is_named(
    ask: Ask, intake: AnswerIntake, given: dict[str, Any], failure: str, message: str
) -> None:
    await practise(intake, "1")

    reply = (await ask(REPLAY, input={"parameterSetId": "bkt-concept-v1", **given}))["replay"]

    assert (reply["__typename"], reply["message"]) == (failure, message)
