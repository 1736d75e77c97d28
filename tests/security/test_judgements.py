"""No caller judges beyond their own students, and notes stay with those who teach (G10)."""

from typing import Any

import pytest

from tests.security.test_row_level_access import Asked, asked, guarded, school  # noqa: F401 - fixtures

JUDGED = "MATCH (student:Student)-[judgement:JUDGED_ON]->() RETURN student.id AS student, judgement.author AS author"


def judge(student: str, fields: str = "judgements { id }") -> str:
    row = f'{{studentId: "{student}", conceptId: "dative", kind: OVERRIDE, level: 0.97, note: "secret-77", id: "j"}}'
    return f"mutation {{ recordJudgements(input: [{row}]) {{ ... on JudgementsPayload {{ {fields} }} failure {{ code }} }} }}"


def revoke(student: str) -> str:
    row = f'{{studentId: "{student}", judgementId: "j"}}'
    return f"mutation {{ revokeJudgements(input: [{row}]) {{ failure {{ code }} }} }}"


@pytest.mark.parametrize("role", ["student", "analyst"])
@pytest.mark.parametrize("document", [judge("anna"), revoke("anna")], ids=["record", "revoke"])
async def test_students_and_analysts_judge_no_one(asked: Asked, raw: Any, role: str, document: str) -> None:  # noqa: F811
    reply = await asked("anna", role, document)

    assert {error["extensions"]["code"] for error in reply["errors"]} == {"FORBIDDEN"}
    assert await raw(JUDGED) == []


async def test_a_teacher_judges_and_revokes_only_in_their_groups(asked: Asked, raw: Any, statements_seen: Any) -> None:  # noqa: F811
    await asked("mr-u", "teacher", judge("anna"))
    hidden = []
    for student in ("cleo", "missing"):
        statements_seen.clear()
        reply = await asked("ms-t", "teacher", judge(student))
        hidden.append((reply["data"]["recordJudgements"]["failure"], list(statements_seen)))
    assert hidden[0] == hidden[1] == ({"code": "STUDENT_NOT_FOUND"}, hidden[0][1])  # they look the same
    assert await raw(JUDGED) == []

    await asked("mr-u", "teacher", judge("cleo"))
    reply = await asked("ms-t", "teacher", revoke("cleo"))
    assert reply["data"]["revokeJudgements"]["failure"] == {"code": "STUDENT_NOT_FOUND"}
    mixed = judge("anna").replace(
        "input: [", 'input: [{studentId: "cleo", skillCode: "talk", kind: OVERRIDE, level: 0.5}, '
    )
    assert (await asked("ms-t", "teacher", mixed))["data"]["recordJudgements"]["failure"]["code"] == "STUDENT_NOT_FOUND"
    assert await raw(JUDGED) == [{"student": "cleo", "author": "mr-u"}]


async def test_notes_and_authors_stay_with_those_who_teach(asked: Asked) -> None:  # noqa: F811 - a fixture
    node = (await asked("ms-t", "teacher", judge("anna", "judgements { nodeId }")))["data"]["recordJudgements"]
    (judgement,) = node["judgements"]
    shown = """{ student(id: "anna") { judgements { nodes { id kind level at revocation { recordedAt } } }
      explain(conceptId: "dative") { evidence { after judgement { id level } } } } }"""
    own = await asked("anna", "student", shown)
    assert own["data"]["student"]["judgements"]["nodes"][0]["level"] == 0.97
    assert "secret-77" not in str(own)
    for hidden in ("note", "author", "revocation { note }", "revocation { author }"):
        reply = await asked("anna", "student", shown.replace("kind", hidden, 1))
        assert {error["extensions"]["code"] for error in reply["errors"]} == {"FORBIDDEN"}
    by_node = f'{{ node(id: "{judgement["nodeId"]}") {{ ... on Judgement {{ level }} }} }}'
    assert (await asked("ms-t", "teacher", by_node))["data"]["node"] == {"level": 0.97}
    for sub, role in (("ben", "student"), ("mr-u", "teacher")):
        assert (await asked(sub, role, by_node))["data"]["node"] is None
    masteries = '{ concept(id: "dative") { masteries { nodes { level judgementCount %s } } } }'
    assert '"judgementCount": 1' in str(await asked("root", "analyst", masteries % "")).replace("'", '"')
    refused = await asked("root", "analyst", masteries % "judgements { totalCount }")
    assert {error["extensions"]["code"] for error in refused["errors"]} == {"FORBIDDEN"}
