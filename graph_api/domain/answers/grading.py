"""Grade a text (T8): the share of expected keywords in it, and how near it is in meaning to expected answers.

Words are compared after Unicode compatibility normalisation (NFKC) and case folding, whole words only, so "Straße" and
"STRASSE" are one word and "key" is not in "keyboard". A keyword of several words must appear with its words in order.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from graph_api.domain.failures import InvalidInput, shown

LONGEST_TEXT = 20_000
MOST_EXPECTED = 100
LONGEST_KEYWORD = 200
WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Expected:
    """What a good text has: keywords, other words for them, and whole answers to compare its meaning with.

    Raises:
        InvalidInput: naming the field, the rule and the value.

    >>> Expected()
    Traceback (most recent call last):
    graph_api.domain.failures.InvalidInput: expected: must hold keywords or answers
    """

    keywords: Sequence[str] = ()
    synonyms: Mapping[str, Sequence[str]] = field(default_factory=dict)
    answers: Sequence[str] = ()

    def __post_init__(self) -> None:
        if not (self.keywords or self.answers):
            raise InvalidInput("expected", "must hold keywords or answers")
        others = [other for synonyms in self.synonyms.values() for other in synonyms]
        for name, texts, longest in (
            ("expected.keywords", self.keywords, LONGEST_KEYWORD),
            ("expected.synonyms", others, LONGEST_KEYWORD),
            ("expected.answers", self.answers, LONGEST_TEXT),
        ):
            if len(texts) > MOST_EXPECTED:
                raise InvalidInput(name, f"must hold at most {MOST_EXPECTED}, holds {len(texts)}")
            for text in texts:
                check_text(text, name, longest)
                if not words(text):
                    raise InvalidInput(name, "must hold a word", shown(text))
        if unknown := [keyword for keyword in self.synonyms if keyword not in self.keywords]:
            raise InvalidInput("expected.synonyms", "must be of a keyword", ", ".join(map(shown, unknown)))


class Coverage(NamedTuple):
    """The share of keywords that were found, 0..1, and which were and were not."""

    score: float
    covered: Sequence[str]
    missing: Sequence[str]


def check_text(text: str, name: str, longest: int = LONGEST_TEXT) -> str:
    """The text, if it is not too long.

    Raises:
        InvalidInput: naming the field and the length.
    """
    if len(text) > longest:
        raise InvalidInput(name, f"must be at most {longest} characters, has {len(text)}")
    return text


def words(text: str) -> list[str]:
    """The words of a text, normalised.

    >>> words("Die STRASSE, die Straße!")
    ['die', 'strasse', 'die', 'strasse']
    """
    return WORD.findall(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()))


def cover(text: str, expected: Expected) -> Coverage | None:
    """Which keywords, or other words for them, a text has; None without keywords.

    >>> cover("Each row has a PRIMARY KEY.", Expected(["primary key", "row", "index"])).missing
    ['index']
    """
    if not expected.keywords:
        return None
    line = f" {' '.join(words(text))} "
    present: list[str] = []
    missing: list[str] = []
    for keyword in expected.keywords:
        forms = (keyword, *expected.synonyms.get(keyword, ()))
        hit = any(f" {' '.join(words(form))} " in line for form in forms)
        (present if hit else missing).append(keyword)
    return Coverage(len(present) / len(expected.keywords), present, missing)


def nearness(
    text: NDArray[np.float64], answers: NDArray[np.float64], keywords: NDArray[np.float64] | None = None
) -> float:
    """The largest cosine between a text and the expected answers, 0..1; a negative one counts 0.

    Sentence embeddings take a bare list of the right words for nearly the right answer. So a text that is nearer to
    that list than to any answer keeps only (1 - cosine with the list) / (1 - cosine with the answer): nothing, if it
    is the list.

    Args:
        text: shape (dimensions,); its embedding.
        answers: shape (answers, dimensions).
        keywords: shape (dimensions,); the embedding of the bare list of keywords, if there are any.

    >>> nearness(np.array([1.0, 0.0]), np.array([[0.0, 2.0], [1.0, 1.0]])).__round__(4)
    0.7071
    >>> nearness(np.array([1.0, 0.0]), np.array([[1.0, 1.0]]), keywords=np.array([3.0, 0.0]))
    0.0
    """
    near = float(np.clip(_cosines(answers, text).max(), 0, 1))
    if keywords is None:
        return near
    like_the_list = min(float(_cosines(keywords[None], text)[0]), 1.0)
    return near if like_the_list <= near else near * (1 - like_the_list) / (1 - near)


def _cosines(rows: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    lengths = np.linalg.norm(rows, axis=1) * np.linalg.norm(other)
    return np.asarray(np.divide(rows @ other, lengths, out=np.zeros(len(rows)), where=lengths > 0))
