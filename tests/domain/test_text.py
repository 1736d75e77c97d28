"""Names in every script: only what breaks lines, keys or UTF-8 is refused."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_api.domain.course.course import Concept, Skill
from graph_api.domain.failures import InvalidInput, shown
from graph_api.domain.learners.people import Group, Student
from graph_api.domain.text import identifier, text

NAMES = {
    "Persian, with ZWNJ": "علی‌رضا",
    "Sinhala, with ZWJ": "ශ්‍රී",
    "Japanese, with U+3000": "山田\u3000太郎",
    "French, with NBSP": "Jean\u00a0Dupont",
    "soft hyphen": "Müller\u00adLüdenscheidt",
    "a family": "👩‍👩‍👧‍👦",
    "Hebrew, with a mark of direction": "דוד\u200f",
    "Vietnamese, decomposed": unicodedata.normalize("NFD", "Nguyễn"),
    "not yet assigned": "\U0001fae9\U0001fadf\U000323b0",
    "private use": "\ue000",
    "byte order mark": "a\ufeffb",
}
allowed = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=20)
refused = st.characters(categories=["Cc", "Cs", "Zl", "Zp"])


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_personal_name_in_any_script_is_kept_as_it_is(name: str) -> None:
    assert Student(name, name).name == name
    assert Group(name, name).name == Skill(name, name, name).name == Concept(name, name).name == name


@given(allowed)
def test_everything_else_than_the_refused_is_accepted(name: str) -> None:
    assert text(name, "name", 100) == name
    if any(unicodedata.category(each) not in ("Cf", "Zs") for each in name) and name == name.strip():
        assert identifier(name, "id") == name


@given(allowed, refused, allowed)
def test_what_breaks_lines_keys_or_utf_8_is_refused_safely(before: str, character: str, after: str) -> None:
    with pytest.raises(InvalidInput, match="name: must not contain") as caught:
        text(before + character + after, "name", 100)
    caught.value.message.encode()
    assert len(caught.value.message.splitlines()) == 1


@pytest.mark.parametrize("blank", ["", " ", "\u3000", "\u200d", "\u00ad\u200b", "\ufeff", "\u200e \u200e"])
def test_an_identifier_without_a_visible_character_is_refused(blank: str) -> None:
    with pytest.raises(InvalidInput, match="must"):
        identifier(blank, "id")


@pytest.mark.parametrize("outer", ["\u00a0a", "a\u3000", " a", "a\u2009"])
def test_outer_white_space_of_an_identifier_is_refused(outer: str) -> None:
    with pytest.raises(InvalidInput, match="must not begin or end with a space"):
        identifier(outer, "id")


@given(st.text(st.characters(), max_size=20))
def test_whatever_is_shown_is_one_printable_line(value: str) -> None:
    assert shown(value).isprintable()
