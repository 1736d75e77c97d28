"""Students recompute their own recency, and nothing else (R6)."""

from typing import Any

import pytest

from tests.security.test_row_level_access import Asked, asked, guarded, school  # noqa: F401 - fixtures

RECOMPUTE = """mutation($input: RecomputeRecencyInput) { recomputeRecency(input: $input) { __typename
  ... on Failure { code field message }
  ... on RecomputeRecencyPayload { student { id masteries(kind: SKILL) { nodes { recency { status asOf } } } } } } }"""


async def recompute(asked: Asked, role: str = "student", **given: Any) -> Any:  # noqa: F811 - a fixture
    return await asked("anna", role, RECOMPUTE, input=given)


async def test_students_recompute_their_own_scores(asked: Asked) -> None:  # noqa: F811 - a fixture
    reply = (await recompute(asked, studentId="anna", wait=False))["data"]["recomputeRecency"]

    assert reply["student"]["id"] == "anna"
    assert [each["recency"]["status"] for each in reply["student"]["masteries"]["nodes"]] == ["INSUFFICIENT_DATA"]


@pytest.mark.parametrize("given", [{}, {"studentId": "ben"}, {"groupId": "7b"}, {"studentId": "nobody"}])
async def test_students_do_not_recompute_scores_of_others(asked: Asked, raw: Any, given: dict[str, str]) -> None:  # noqa: F811
    reply = (await recompute(asked, **given))["data"]["recomputeRecency"]

    assert (reply["code"], reply["field"]) == ("FORBIDDEN", "studentId")
    assert await raw("MATCH ()-[m:HAS_MASTERY]->() WHERE m.recency_run_id IS NOT NULL RETURN m.key AS key") == []


@pytest.mark.parametrize("given", [{"asOf": "2026-01-01T00:00:00Z"}, {"parameterSetId": "recency-v0"}])
async def test_students_do_not_choose_moment_or_parameters(asked: Asked, given: dict[str, str]) -> None:  # noqa: F811
    reply = (await recompute(asked, studentId="anna", **given))["data"]["recomputeRecency"]

    assert (reply["code"], reply["field"]) == ("FORBIDDEN", next(iter(given)))


async def test_students_may_not_read_the_run(asked: Asked) -> None:  # noqa: F811 - a fixture
    document = RECOMPUTE.replace("student {", "run { id } student {")
    reply = await asked("anna", "student", document, input={"studentId": "anna"})

    assert {error["extensions"]["code"] for error in reply["errors"]} == {"FORBIDDEN"}


@pytest.mark.parametrize("role", ["teacher", "analyst"])
async def test_other_people_still_may_not_recompute(asked: Asked, role: str) -> None:  # noqa: F811 - a fixture
    reply = await recompute(asked, role, studentId="anna")

    assert "Mutation.recomputeRecency" in str(reply["errors"])
