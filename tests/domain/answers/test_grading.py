"""Keyword coverage and nearness (T8)."""

import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_api.domain.answers.grading import Expected, check_text, cover, nearness, words
from graph_api.domain.failures import InvalidInput

ALPHABET = st.characters(categories=["Ll", "Lu", "Nd"])


@pytest.mark.parametrize(
    ("text", "keywords", "missing"),
    [
        ("A PRIMARY KEY identifies a row.", ["primary key", "row"], []),
        ("primary and key", ["primary key"], ["primary key"]),
        ("the keyboard", ["key"], ["key"]),
        ("Die STRASSE ist nass", ["Straße"], []),
        ("ﬁnite state", ["finite"], []),  # the ligature is one character
        ("cafe\u0301", ["café"], []),
        ("Größe²", ["größe2"], []),
        ("first-normal form", ["first normal form"], []),
        ("", ["a"], ["a"]),
        ("e", ["é"], ["é"]),
    ],
)
def test_what_counts_as_found(text: str, keywords: list[str], missing: list[str]) -> None:
    actual = cover(text, Expected(keywords))

    assert actual is not None
    assert actual.missing == missing
    assert actual.score == (len(keywords) - len(missing)) / len(keywords)


def test_other_words_count_for_their_keyword() -> None:
    expected = Expected(["relation", "tuple"], {"relation": ["table"], "tuple": ["row", "data record"]})

    actual = cover("A table holds data records? No: a data record a line.", expected)

    assert actual is not None
    assert actual.covered == ["relation", "tuple"]


def test_without_keywords_there_is_no_coverage() -> None:
    assert cover("anything", Expected(answers=["an answer"])) is None


@given(st.lists(st.text(ALPHABET, min_size=1, max_size=6), min_size=1, max_size=6), st.data())
def test_every_word_of_a_text_is_found_whatever_its_case_or_form(texts: list[str], data: st.DataObject) -> None:
    change = data.draw(st.sampled_from([str.upper, str.lower, lambda each: unicodedata.normalize("NFD", each)]))
    keywords = [text for text in texts if words(text) and words(change(text)) == words(text)]

    if keywords:
        actual = cover(" - ".join(map(change, texts)), Expected(keywords))
        assert actual is not None
        assert actual.score == 1


@pytest.mark.parametrize(
    ("make", "rule"),
    [
        (Expected, "expected: must hold keywords or answers"),
        (lambda: Expected(["a"] * 101), "expected.keywords: must hold at most 100, holds 101"),
        (lambda: Expected(["x" * 201]), "expected.keywords: must be at most 200 characters, has 201"),
        (lambda: Expected(["?!"]), "expected.keywords: must hold a word"),
        (lambda: Expected(["a"], {"b": ["c"]}), "expected.synonyms: must be of a keyword"),
        (lambda: Expected(answers=["x" * 20_001]), "expected.answers: must be at most 20000 characters"),
        (lambda: check_text("x" * 20_001, "answerText"), "answerText: must be at most 20000 characters, has 20001"),
    ],
)
def test_bad_expectations_are_named(make: object, rule: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        make()  # type: ignore[operator]

    assert rule in refused.value.message


def test_nearness_is_the_nearest_cosine_and_never_negative() -> None:
    assert nearness(np.array([1.0, 0]), np.array([[0, 1.0], [1, 1]])) == pytest.approx(2**-0.5)
    assert nearness(np.array([1.0, 0]), np.array([[-1.0, 0]])) == 0
    assert nearness(np.zeros(2), np.array([[1.0, 0]])) == 0
