"""Lists of a course in memory, against the plain way to filter."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_api.domain.course.course import CefrLevel, Concept, Skill
from graph_api.domain.course.course_content import (
    CourseContent,
    StoredConcept,
    StoredSkill,
    readable,
)

CODES = [f"k{n}" for n in range(4)]
IDS = [f"c{n}" for n in range(6)]
SOME = st.lists(st.sampled_from(CODES), unique=True).map(sorted)
LEVELS = st.sampled_from([None, *CefrLevel])


@st.composite
def contents(draw: st.DrawFn) -> CourseContent:
    skills, concepts = {}, {}
    for code in CODES:
        category, level, archived = draw(st.sampled_from("xy")), draw(LEVELS), draw(st.booleans())
        skill = Skill(code, code.upper(), category, level)
        skills[code] = StoredSkill(
            code, f"{code} {skill.name}".lower(), archived, category, level and level.value, skill
        )
    for place, key in enumerate(IDS):
        needed = draw(st.lists(st.sampled_from(IDS[:place]), unique=True).map(sorted)) if place else []
        concept = Concept(key, key.upper(), draw(SOME), needed)
        text = f"{key} {concept.name}".lower()
        concepts[key] = StoredConcept(key, text, draw(st.booleans()), concept.skill_codes or (), needed, concept)
    return CourseContent("mark", concepts, skills, {})


@given(contents(), st.sampled_from([None, *CODES, "gone"]), st.sampled_from([None, "c1", "c", "z"]), st.booleans())
def test_lists_of_concepts(course: CourseContent, code: str | None, text: str | None, with_archived: bool) -> None:
    listed = course.list_concepts(skill_code=code, search=text, include_archived=with_archived)

    assert [each.id for each in listed] == [
        key
        for key in IDS
        if (with_archived or key in course.active_concept_ids)
        and (code is None or code in course.concepts[key].skill_codes)
        and (text is None or text in key)
    ]
    assert [each.id for each in readable(row.value for row in listed)] == [each.id for each in listed]


@given(contents(), st.sampled_from([None, "x", "z"]), LEVELS, st.sampled_from([None, "k1", "k"]), st.booleans())
def test_lists_of_skills(
    course: CourseContent, category: str | None, level: CefrLevel | None, text: str | None, with_archived: bool
) -> None:
    stored = course.list_skills(category=category, level=level, search=text, include_archived=with_archived)
    listed = readable(each.value for each in stored)

    assert [each.code for each in listed] == [
        code
        for code in CODES
        if (with_archived or not course.skills[code].is_archived)
        and category in {None, course.skills[code].category}
        and (level is None or course.skills[code].level == level.value)
        and (text is None or text in code)
    ]


@given(contents())
def test_links(course: CourseContent) -> None:
    active = set(course.active_concept_ids)
    for code in CODES:
        parts = [key for key in IDS if code in course.concepts[key].skill_codes]
        assert course.all_concept_ids_of_skill[code] == parts
        own = course.concept_ids_of_skill.get(code, [])
        assert own == ([key for key in parts if key in active] if code in course.active_skill_codes else [])
    for key in IDS:
        unlocked = [other for other in IDS if key in course.prerequisite_ids[other] and other in active]
        assert course.concept_ids_unlocked[key] == unlocked


def test_a_row_that_breaks_a_rule_hides_no_other() -> None:
    whole, broken = Skill("a", "A", "x"), ValueError("level")
    stored: dict[str, Skill | Exception] = {"a": whole, "b": broken}
    rows = {
        code: StoredSkill(code, code, is_archived=False, category="x", level=None, value=value)
        for code, value in stored.items()
    }
    concept = StoredConcept(
        "c", "c", is_archived=False, skill_codes=["a"], prerequisite_ids=[], value=TypeError("name")
    )
    course = CourseContent("mark", {"c": concept}, rows, {})

    assert readable([course.skills["a"].value]) == [whole]
    with pytest.raises(ValueError, match="level"):
        readable(each.value for each in course.skills.values())
    with pytest.raises(TypeError, match="name"):
        readable(each.value for each in course.concepts.values())
    assert course.concept_ids_of_skill == {"a": ["c"], "b": []}
