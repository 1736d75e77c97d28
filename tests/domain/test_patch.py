"""Partial statements, for any stored object and any partial statement (G9)."""

from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_api.domain.course.course import CefrLevel, Concept, Skill
from graph_api.domain.failures import InvalidInput
from graph_api.domain.patch import Patch

words = st.text("abcdé ", min_size=1, max_size=8).filter(lambda text: text == text.strip())
lists = st.lists(words, max_size=4, unique=True).map(tuple)
SKILL = {
    "name": words, "category": words, "level": st.none() | st.sampled_from(CefrLevel), "description": words,
    "block": st.none() | words, "year": st.none() | st.integers(0, 9999), "parameter_set_id": st.none() | words,
}  # fmt: skip
CONCEPT = {"name": words, "skill_codes": lists, "prerequisite_ids": lists, "parameter_set_id": st.none() | words}
objects = st.builds(Skill, code=st.just("k"), **SKILL) | st.builds(Concept, id=st.just("k"), **CONCEPT)


@st.composite
def statements(draw: st.DrawFn) -> tuple[Any, Patch[Any]]:
    """A stored object, and what a caller states of it."""
    stored = draw(objects)
    values = SKILL if isinstance(stored, Skill) else CONCEPT
    names = draw(st.sets(st.sampled_from(sorted(values))))
    added = {}
    if isinstance(stored, Concept):
        for name in draw(st.sets(st.sampled_from(["skill_codes", "prerequisite_ids"]))):
            added[name] = draw(lists)
    return stored, Patch(type(stored), "k", {name: draw(values[name]) for name in names}, added)


@given(statements())
def test_what_is_not_stated_stays_and_what_is_stated_is_stored(drawn: tuple[Any, Patch[Any]]) -> None:
    stored, patch = drawn
    after = patch.apply(stored)
    for each in fields(stored):
        value = getattr(after, each.name)
        if each.name in patch.added:
            base = patch.stated.get(each.name, getattr(stored, each.name))
            assert set(value) == {*base, *patch.added[each.name]}
        elif each.name in patch.stated:
            assert value == patch.stated[each.name]
        else:
            assert value == getattr(stored, each.name)
    assert patch.apply(after) == after


@given(objects)
def test_a_whole_object_states_itself(item: Any) -> None:
    assert Patch.of(item).apply(None) == item
    assert Patch.of(item).apply(replace(item, name="other")) == item


def test_null_removes_what_may_be_absent_and_nothing_else() -> None:
    stored = Skill("k", "K", "c", CefrLevel.A1, "d", "b", 3, "set")
    null = Patch(Skill, "k", {each.name: None for each in fields(Skill)[1:]})
    assert null.apply(stored) == Skill("k", "K", "c")
    links = Patch(Concept, "k", {"name": None, "skill_codes": None, "prerequisite_ids": None})
    assert links.apply(Concept("k", "K", ("a",), ("b",))) == Concept("k", "K", ("a",), ("b",))


@pytest.mark.parametrize(
    ("patch", "field"), [(Patch(Skill, "k", {"category": "c"}), "name"), (Patch(Skill, "k", {"name": "n"}), "category"),
                         (Patch(Concept, "k"), "name")],
)  # fmt: skip
def test_what_creates_must_state_what_is_required(patch: Patch[Any], field: str) -> None:
    with pytest.raises(InvalidInput, match=f"{field}: must be given to create 'k'"):
        patch.apply(None)


def test_a_bad_value_is_refused_whatever_is_stored() -> None:
    with pytest.raises(InvalidInput, match="year"):
        Patch(Skill, "k", {"year": 10_000})
    with pytest.raises(InvalidInput, match="code"):
        Patch(Skill, "", {})
