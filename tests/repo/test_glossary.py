"""Tags (B6, Q3 …) are defined in docs/glossary.md, and stand nowhere that users read."""

import io
import re
import tokenize
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from tests.repo.prose import markdown_lines, passages, plain

TAG = re.compile(r"\b([ABDGJQRT]\d{1,2}[a-z]?)\b")
RANGE = re.compile(r"\b([ABDGJQRT])(\d{1,2})[-\u2013]\1?(\d{1,2})\b")
DEFINITION = re.compile(r"^- \*\*([A-Z]\d+[a-z]?)\*\*: (.+)$", re.MULTILINE)
REPLACES = re.compile(r"^\| ([^|]+) \| ([^|]+) \|([^|]*)\|$", re.MULTILINE)

# CEFR levels of skills look like tags.
CEFR = {"A1", "A2", "B1", "B2", "C1", "C2"}


@pytest.fixture(scope="module")
def glossary(repository: Path) -> str:
    return (repository / "docs" / "glossary.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def definitions(glossary: str) -> dict[str, str]:
    """The definition of each tag."""
    return dict(DEFINITION.findall(glossary))


def test_each_tag_of_code_tests_and_docs_is_defined(
    definitions: dict[str, str], repository: Path, tracked: list[Path]
) -> None:
    places: dict[str, set[str]] = {}
    for path in tracked:
        for text in commentary(path):
            for tag in tags(text):
                places.setdefault(tag, set()).add(path.relative_to(repository).as_posix())

    assert len(places) > 20
    assert {tag: paths for tag, paths in places.items() if tag not in definitions} == {}


def test_each_tag_is_defined_once_in_a_sentence(glossary: str, definitions: dict[str, str]) -> None:
    assert len(DEFINITION.findall(glossary)) == len(definitions)
    assert [tag for tag, text in definitions.items() if not text.endswith(".") or len(text.split()) < 4] == []


def test_no_tag_stands_in_a_description_of_the_schema(repository: Path) -> None:
    schema = repository / "schema.graphql"

    assert [
        str(passage) for passage in passages(repository, [schema]) if set(tags(passage.text)) - _levels(passage.text)
    ] == []


def test_no_tag_stands_in_a_help_text_or_an_error_message(repository: Path, tracked: list[Path]) -> None:
    modules = [path for path in tracked if path.suffix == ".py" and "graph_api" in path.parts]
    makefile = [path for path in tracked if path.name in {"Makefile", ".env.example"}]
    docstrings = {
        (path.relative_to(repository).as_posix(), line)
        for path in modules
        for line in prose_of(path.read_text(encoding="utf-8"))[1]
        if "cli" not in path.parts  # the docstring of a command is its help text
    }

    assert [
        str(passage)
        for passage in passages(repository, modules + makefile)
        if (passage.path, passage.line) not in docstrings and set(tags(passage.text)) - _levels(passage.text)
    ] == []


def test_terms_are_sorted_into_one_row_each(glossary: str) -> None:
    terms = [term for term, _, _ in REPLACES.findall(glossary) if term not in {"term", "---"}]

    assert len(terms) > 90
    assert sorted({term for term in terms if terms.count(term) > 1}) == []


def test_no_term_is_replaced_by_another_and_used_as_one(glossary: str) -> None:
    rows = [(term.strip(), words) for term, _, words in REPLACES.findall(glossary)]
    terms = {part.strip() for term, _ in rows for part in term.split(",")}
    replaced = {part.strip() for _, words in rows for part in re.sub(r"\([^)]*\)", "(…)", words).split(",")}

    assert terms & (replaced - {""}) == set()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Root causes (Q3, Q4).", ["Q3", "Q4"]),
        ("Everything changes a level by B3a's replay.", ["B3a"]),
        ("Topics (T1-T3) and parameters (T4\u20135).", ["T1", "T2", "T3", "T4", "T5"]),
        ("P(L0) is the prior; G + S < 1.", []),
        ("ADR 12, SHA256, H2, Neo4j 5", []),
    ],
)
def test_tags_are_recognised(text: str, expected: list[str]) -> None:
    assert sorted(set(tags(text))) == expected


def tags(text: str) -> Iterator[str]:
    """The tags in a text, with those that a range stands for."""
    yield from TAG.findall(text)
    for letter, first, last in RANGE.findall(text):
        yield from (f"{letter}{number}" for number in range(int(first), int(last) + 1))


def commentary(path: Path) -> Iterator[str]:
    """What a file explains in prose: comments, docstrings, Markdown outside code."""
    if path.suffix == ".py":
        source = path.read_text(encoding="utf-8")
        lines = source.splitlines()
        comments, numbers = prose_of(source)
        yield from comments
        yield from (lines[number - 1] for number in numbers)
    elif path.suffix == ".cypher":
        yield from (line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("//"))
    elif path.suffix == ".md":
        yield from (plain(line) for _, line in markdown_lines(path.read_text(encoding="utf-8")))


@cache
def prose_of(source: str) -> tuple[list[str], list[int]]:
    """Comments, and numbers of the lines that docstrings take. To split a program into tokens takes long: once for all.

    >>> prose_of("def f():  # 1" + chr(10) + "    '''A." + chr(10) + "    B.'''")
    (['# 1'], [2, 3])
    """
    comments, tokens = [], []
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            comments.append(token.string)
        elif token.type != tokenize.NL:
            tokens.append(token)
    return comments, list(docstring_lines(tokens))


def docstring_lines(tokens: list[tokenize.TokenInfo]) -> Iterator[int]:
    """Numbers of the lines that docstrings take, from tokens without comments."""
    starts = {tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT}
    previous = tokenize.NEWLINE
    for token, following in pairwise(tokens):
        if token.type == tokenize.STRING and previous in starts and following.type == tokenize.NEWLINE:
            yield from range(token.start[0], token.end[0] + 1)
        previous = token.type


def _levels(text: str) -> set[str]:
    """The CEFR levels that a text names as such."""
    return CEFR if "CEFR" in text or "A1, A2" in text else set()
