"""Only operators change thresholds, and all roles read those of their statuses (B4)."""

import pytest

from tests.security.test_row_level_access import Asked, asked, guarded, school  # noqa: F401 - fixtures

PUT = """mutation { putThresholds(input: {skillCode: "cases", mastered: 0.5, note: "easier"}) { __typename } }"""
RESET = """mutation { resetThresholds(input: {skillCode: "cases"}) { __typename } }"""


@pytest.mark.parametrize("role", ["student", "teacher", "analyst", "service"])
@pytest.mark.parametrize("document", [PUT, RESET], ids=["put", "reset"])
async def test_only_operators_change_thresholds(asked: Asked, raw: object, role: str, document: str) -> None:  # noqa: F811
    reply = await asked("anna", role, document)

    assert {error["extensions"]["code"] for error in reply["errors"]} == {"FORBIDDEN"}
    assert await raw("MATCH (stored:ThresholdSet) RETURN stored.id AS id") == []  # type: ignore[operator]


async def test_students_read_thresholds_and_not_who_set_them(asked: Asked) -> None:  # noqa: F811 - a fixture
    assert "errors" not in await asked("root", "admin", PUT)
    own = "{ skills { nodes { thresholds { mastered set { version thresholds { mastered } } } } } }"
    assert '"mastered": 0.5' in str(await asked("anna", "student", own)).replace("'", '"')
    for hidden in ("set { author }", "set { note }"):
        reply = await asked("anna", "student", own.replace("set { version thresholds { mastered } }", hidden))
        assert {error["extensions"]["code"] for error in reply["errors"]} == {"FORBIDDEN"}
    reply = await asked("anna", "student", "{ skills { nodes { thresholdSets { nodes { id } } } } }")
    assert {error["extensions"]["code"] for error in reply["errors"]} == {"FORBIDDEN"}
