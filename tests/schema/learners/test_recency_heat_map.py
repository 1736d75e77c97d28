"""The recency scores of a class as a matrix (R4, Q6)."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_api.domain.learners.people import Group, Student
from graph_api.store.gateway import Gateway
from graph_api.usecases.learners.edit_people import upsert_group, upsert_students
from tests.conftest import NOW, Ask
from tests.graph_copy import empty
from tests.schema.small_class import EXAMPLES, SmallClass, small_classes

MAP = """query($skill: ID) { group(id: "g") { recencyHeatmap(skillCode: $skill) { studentIds targetIds scores attempts asOf }
  heatmap(kind: SKILL, skillCode: $skill) { studentIds targetIds attempts }
  members(first: 50) { nodes { id masteries(kind: SKILL) { nodes { skill { code } recency { score status asOf } } } } } } }"""


def cells(group: dict[str, Any]) -> dict[tuple[str, str], float | None]:
    """The scores of a matrix, by student and skill."""
    seen = group["recencyHeatmap"]
    return {
        (student, skill): seen["scores"][row][column]
        for row, student in enumerate(seen["studentIds"])
        for column, skill in enumerate(seen["targetIds"])
    }


@pytest.mark.usefixtures("parameter_sets")
@EXAMPLES
@given(of=small_classes(), skill=st.sampled_from([None, "s0"]))
async def test_the_matrix_has_the_scores_of_the_members(ask: Ask, raw: Ask, of: SmallClass, skill: str | None) -> None:
    await of.write(ask, raw)
    group = (await ask(MAP, skill=skill))["group"]

    skills = [skill] if skill else of.skills
    expected = dict.fromkeys(((student, code) for student in of.members for code in skills), None)
    moments = []
    for student in group["members"]["nodes"]:
        for mastery in student["masteries"]["nodes"]:
            recency, pair = mastery["recency"], (student["id"], mastery["skill"]["code"])
            if recency:
                moments.append(recency["asOf"])
            if recency and recency["status"] == "SCORED" and pair in expected:
                expected[pair] = recency["score"]
    assert cells(group) == expected
    assert group["recencyHeatmap"]["asOf"] == min(moments, default=None)
    for name in ("studentIds", "targetIds", "attempts"):
        assert group["recencyHeatmap"][name] == group["heatmap"][name]
    await empty(raw)


@pytest.mark.usefixtures("course")
async def test_before_the_first_run_no_cell_has_a_score(ask: Ask, gateway: Gateway) -> None:
    await upsert_students(gateway, [Student("anna", "Anna")], NOW)
    await upsert_group(gateway, Group("g", "G", ["anna"], []), NOW - timedelta(days=1))

    seen = (await ask(MAP))["group"]["recencyHeatmap"]

    assert seen["scores"] == [[None, None, None]]
    assert seen["asOf"] is None
