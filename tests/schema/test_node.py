"""Ids that are joined from several: one for each object, whatever characters the parts contain."""

from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_api.domain.failures import InvalidInput
from graph_api.domain.targets import Target, TargetKind
from graph_api.schema.learners.mastery import MasteryKey
from graph_api.schema.node import joined_id, node_id, parse_node_id, split_id

keys = st.text(min_size=1) | st.text("/%2F5:ä", min_size=1, max_size=6)


@given(st.lists(keys, min_size=1, max_size=4))
def test_a_joined_id_has_its_parts(parts: list[str]) -> None:
    assert split_id(joined_id(*parts)) == parts


@given(st.lists(keys, min_size=1, max_size=4), st.lists(keys, min_size=1, max_size=4))
def test_different_parts_have_different_ids(first: list[str], second: list[str]) -> None:
    assert (joined_id(*first) == joined_id(*second)) is (first == second)


@given(keys)
def test_a_text_that_is_never_made_has_no_parts(text: str) -> None:
    parts = split_id(text)
    assert parts == [] or joined_id(*parts) == text


@given(st.text("ABCabc", min_size=1), keys)
def test_a_node_id_has_its_type_and_key(type_name: str, key: str) -> None:
    assert parse_node_id(node_id(type_name, key)) == (type_name, key)


@pytest.mark.parametrize("text", ["", "anna", ":anna", "Student:"])
def test_a_text_without_type_or_key_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="must be a nodeId, as in Student:anna"):
        parse_node_id(text)


moments = st.none() | st.datetimes(timezones=st.just(UTC))


@given(keys, st.sampled_from(TargetKind), keys, moments)
def test_the_id_of_a_mastery_names_student_target_and_moment(
    student: str, kind: TargetKind, key: str, at: object
) -> None:
    named = MasteryKey(student, Target(kind, key), at)  # type: ignore[arg-type]
    assert MasteryKey.parse(named.joined()) == named


@pytest.mark.parametrize(
    "text",
    [
        "anna/cases", "anna/CLASS/cases", "anna/SKILL/cases/yesterday", "anna/SKILL/cases/2026-01-01T00:00:00",
        "anna/SKILL/cases/2026-01-01T01:00:00+01:00", "anna/SKILL/cases/2026-01-01T00:00:00+00:00/x", "anna/SKILL/100%",
    ],
)  # fmt: skip
def test_a_text_that_is_no_id_of_a_mastery(text: str) -> None:
    assert MasteryKey.parse(text) is None
