"""Why a mutation failed, without a fragment: `failure` of every result."""

from typing import Annotated, Any

import pytest
import strawberry

from graph_api.schema.failures import InvalidInput
from graph_api.schema.mutations import result_type
from tests.conftest import Ask

pytestmark = pytest.mark.usefixtures("course")

REASON = "__typename failure { __typename code message field rule value }"
MUTATIONS = {
    f'recordAnswer(input: {{studentId: "anna", conceptIds: ["none"], correct: true}}) {{ {REASON} }}': "CONCEPT_NOT_FOUND",
    f"recordAnswers(input: {{answers: []}}) {{ {REASON} }}": "INVALID_INPUT",
    f'startSession(input: {{studentId: " "}}) {{ {REASON} }}': "INVALID_INPUT",
    f'endSession(input: {{id: "none"}}) {{ {REASON} }}': "SESSION_NOT_FOUND",
    f'deleteStudent(id: "nobody") {{ {REASON} }}': "STUDENT_NOT_FOUND",
    f'upsertGroup(input: {{id: "g", name: "G", studentIds: ["nobody"]}}) {{ {REASON} }}': "STUDENT_NOT_FOUND",
    f'linkPrerequisite(prerequisiteId: "dative", conceptId: "nominative") {{ {REASON} }}': "PREREQUISITE_CYCLE",
    f'activateParameters(input: {{parameterSetId: "none"}}) {{ {REASON} }}': "PARAMETER_SET_NOT_FOUND",
    f'cancelRun(id: "none") {{ {REASON} }}': "RUN_NOT_FOUND",
}
"""Failing calls, and their codes."""


@pytest.mark.parametrize("call", MUTATIONS)
async def test_the_reason_is_the_same_as_that_of_the_failure(ask: Ask, call: str) -> None:
    by_field = (await ask(f"mutation {{ result: {call} }}"))["result"]
    fragment = call.replace(REASON, "... on Failure { __typename code message field rule value }")
    by_fragment = (await ask(f"mutation {{ result: {fragment} }}"))["result"]

    assert by_field["failure"] == by_fragment
    assert by_field["failure"]["code"] == MUTATIONS[call]
    assert by_field["__typename"] == by_field["failure"]["__typename"]


async def test_a_success_has_no_reason(ask: Ask) -> None:
    reply = await ask(f"""mutation {{
      upsertStudents(input: [{{id: "anna"}}]) {{ {REASON} ... on UpsertStudentsPayload {{ students {{ id }} failure {{ code }} }} }}
      recordAnswers(input: {{answers: [{{studentId: "anna", skillCodes: ["talk"], correct: true}},
        {{studentId: "anna", skillCodes: ["none"], correct: true}}]}}) {{
        failure {{ code }} ... on RecordAnswersPayload {{ outcomes {{ failure {{ code }} }} }} }} }}""")

    assert reply["upsertStudents"] == {
        "__typename": "UpsertStudentsPayload",
        "failure": None,
        "students": [{"id": "anna"}],
    }
    assert reply["recordAnswers"] == {
        "failure": None, "outcomes": [{"failure": None}, {"failure": {"code": "SKILL_NOT_FOUND"}}]
    }  # fmt: skip


def test_a_result_needs_a_name() -> None:
    with pytest.raises(TypeError, match="must be annotated with strawberry"):
        result_type(Annotated[InvalidInput | None, "no union"])


def test_a_result_is_made_once() -> None:
    result: Any = Annotated[InvalidInput | None, strawberry.union("RecordAnswerResult")]
    assert result_type(result) is result_type(result)
