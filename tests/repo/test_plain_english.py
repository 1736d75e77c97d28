"""The word list: phrases that a native speaker would not write, and the trade word to use for each.

`python -m tests.repo.test_plain_english` lists every place that breaks a rule, sorted by file.
"""

import ast
import re
import sys
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

from tests.repo.files import list_files
from tests.repo.prose import Passage, markdown_lines, passages, plain, sentences

WORDS_PER_SENTENCE = 24
README_WORDS = 450

UNIT = (
    "answer|batch|call|column|concept|field|file|group|instance|item|job|kind|line|name|node|noun|operation|page|pair"
    "|process|question|row|run|shard|skill|statement|student|target|type"
)
THING = (
    "answer|array|column|edge|emission|entry|file|function|grade|line|list|mastery|module|node|outcome|phrase|reason"
    "|row|rule|set|statement|step|tab|transaction|value|verdict|ms|KB|MB|GB|bytes|relationships"
)

# Each family: what to look for, and what to write instead.
FAMILIES = {
    "X is none": (r"(?<!here )\b(?:is|are|was|were|be) none\b", "invalid; null; name what is missing"),
    "is there": (
        # "if there is" reads well; "if it is there" does not say where.
        r"\b(?:is|are|was|were|be|been)(?: not| no longer| already| still| now| never)? there\b",
        "exists, is stored; not found, missing",
    ),
    "somebody": (
        r"\b(?:somebody|nobody|whoever|whomever|anybody|everybody)\b",
        "the caller, a user, the principal; no user; all students, all callers",
    ),
    "so many": (r"\bso (?:many|long)\b", "N, at least N, for N seconds"),
    "tells": (r"\b(?:tells?|told|says|said)\b", "returns, reports, states, shows, names"),
    "asks": (r"\b(?:asks|asked)\b", "requires, queries, requests, calls"),
    "as set": (r"\bas set\b", "as configured, the configured value"),
    "one a pair": (
        rf"\b(?:one|two|(?:an?|one|two|\d[\d.,]*) (?:{THING})) an? (?:{UNIT})\b|\ban? (?:{THING}) each\b",
        "one per pair, a line for each student",
    ),
    "in force": (r"\b(?:in|into) force\b", "in effect, active; activate"),
    "what came of": (r"\bwhat (?:be)?c(?:a|o)mes? of\b|\bwhat of it\b", "outcome, result"),
    "for ever": (r"\bfor ever\b", "permanently"),
    "other people's": (r"\bother people's\b", "third-party"),
    "how sure": (r"\bhow sure\b", "confidence, uncertainty"),
    "mend": (r"\bmend(?:s|ed|ing)?\b", "fix, repair"),
}
PATTERNS = {family: re.compile(pattern, re.IGNORECASE) for family, (pattern, _) in FAMILIES.items()}
PATTERNS["X is none"] = re.compile(FAMILIES["X is none"][0])  # `is None` is Python

# Places that may keep a phrase: file, phrase, reason.
ALLOWED = (("docs/glossary.md", r"^\|", "the column of terms that are replaced"),)

# Bare participles and their classes; a variable is a noun.
PARTICIPLES = {"found", "told", "kept", "Kept"}
PUBLISHED = {("graph_api/schema/answers/grading.py", "found"): "the specification's word for keywords in a text"}


def offences(root: Path, tracked: list[Path]) -> Iterator[tuple[str, Passage]]:
    """Each phrase of the word list outside the allowed places, with its family."""
    for passage in passages(root, tracked):
        for family, pattern in PATTERNS.items():
            if pattern.search(passage.text) and not allowed(passage):
                yield family, passage


def allowed(passage: Passage) -> bool:
    return any(fnmatch(passage.path, path) and re.search(phrase, passage.text) for path, phrase, _ in ALLOWED)


def bound_names(source: str) -> Iterator[tuple[int, str]]:
    """Every variable, argument, attribute, function and class that a module defines, with its line.

    >>> list(bound_names("def f(x): self.y = z = x"))
    [(1, 'f'), (1, 'x'), (1, 'y'), (1, 'z')]
    """
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                yield node.lineno, name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield node.lineno, name
            case ast.arg(arg=name):
                yield node.lineno, name
            case _:
                pass


def participles(root: Path, tracked: list[Path]) -> list[str]:
    """Names that are bare participles, by file and line."""
    return [
        f"{path.relative_to(root).as_posix()}:{line}: {name}"
        for path in tracked
        if path.suffix == ".py"
        for line, name in bound_names(path.read_text(encoding="utf-8"))
        if name in PARTICIPLES and (path.relative_to(root).as_posix(), name) not in PUBLISHED
    ]


@pytest.fixture(scope="module")
def phrases(repository: Path, tracked: list[Path]) -> list[tuple[str, Passage]]:
    """Every offence in the tree."""
    return list(offences(repository, tracked))


@pytest.mark.parametrize("family", FAMILIES)
def test_no_passage_uses_a_phrase_of_the_word_list(family: str, phrases: list[tuple[str, Passage]]) -> None:
    places = [str(passage) for each, passage in phrases if each == family]

    assert places == [], f"write instead: {FAMILIES[family][1]}"


def test_variables_are_nouns(repository: Path, tracked: list[Path]) -> None:
    assert participles(repository, tracked) == []


def test_each_allowed_place_is_used(repository: Path, tracked: list[Path]) -> None:
    every = [each for each in passages(repository, tracked) if any(p.search(each.text) for p in PATTERNS.values())]

    for path, phrase, reason in ALLOWED:
        assert any(fnmatch(each.path, path) and re.search(phrase, each.text) for each in every), (path, reason)


@pytest.mark.parametrize(
    ("text", "family"),
    [
        ("a stored level is none", "X is none"),
        ("null if the skill is not there", "is there"),
        ("one that is already there stays", "is there"),
        ("Nobody sees it", "somebody"),
        ("Whoever sent the token may not do this.", "somebody"),
        ("With at least so many answers.", "so many"),
        ("it told the client", "tells"),
        ("the message says why", "tells"),
        ("who asks too often is refused", "asks"),
        ("the threshold; as set if null", "as set"),
        ("one edge a pair", "one a pair"),
        ("one file a noun", "one a pair"),
        ("one outcome an answer", "one a pair"),
        ("the damage, a line each", "one a pair"),
        ("the parameter set in force", "in force"),
        ("what came of it", "what came of"),
    ],
)
def test_the_word_list_flags_its_own_phrases(text: str, family: str) -> None:
    assert PATTERNS[family].search(text)


@pytest.mark.parametrize(
    "text",
    [
        "If there is no answer, the level is null.",
        "There are none left.",
        "None is required on localhost.",
        "It runs as long as the lease holds.",
        "2,000 answers a second, twice a day",
        "A line of a file, an edge of a pair.",
        "One for a student and one for a group.",
        "Records an answer and replays a pair.",
        "A user may ask a question.",
        "The set as configured.",
        "Two of a student's answers.",
    ],
)
def test_the_word_list_lets_good_sentences_pass(text: str) -> None:
    assert [family for family, pattern in PATTERNS.items() if pattern.search(text)] == []


@pytest.fixture(scope="module")
def pages(repository: Path, tracked: list[Path]) -> dict[str, list[tuple[int, str]]]:
    """The prose of each Markdown file: lines outside code, tables, pictures, headings and lists of references."""
    own = [path for path in tracked if path.suffix == ".md" and "static" not in path.parts]
    return {path.relative_to(repository).as_posix(): list(_prose(path.read_text(encoding="utf-8"))) for path in own}


def test_sentences_are_short(pages: dict[str, list[tuple[int, str]]]) -> None:
    long = [
        f"{name}:{number}: {words} words: {sentence}"
        for name, lines in pages.items()
        for number, line in lines
        for sentence in sentences(line)
        if (words := count_words(sentence)) > WORDS_PER_SENTENCE
    ]

    assert long == []


def test_each_sentence_has_its_own_line(pages: dict[str, list[tuple[int, str]]]) -> None:
    several = [
        f"{name}:{number}: {line}"
        for name, lines in pages.items()
        for number, line in lines
        if len(sentences(line)) > 1
    ]
    broken = [
        f"{name}:{number}: {line}"
        for name, lines in pages.items()
        for number, line in lines
        if not re.match(r"\s*(?:[-*] |\d+\. )", line) and not re.search(r"[.:!?][)*\"]*$", line)
    ]

    assert several + broken == []


def test_the_readme_takes_a_minute_or_two(pages: dict[str, list[tuple[int, str]]]) -> None:
    assert sum(count_words(line) for _, line in pages["README.md"]) <= README_WORDS


def count_words(sentence: str) -> int:
    """Words of a sentence; a code span, a number or a formula without spaces is one word.

    >>> count_words("It returns CODE - or 0.5, at most.")
    7
    """
    return sum(any(letter.isalnum() for letter in word) for word in sentence.split())


def _prose(text: str) -> Iterator[tuple[int, str]]:
    heading = ""
    for number, line in markdown_lines(text):
        if line.startswith("#"):
            heading = line.strip("# ")
        elif line.strip() and not line.lstrip().startswith(("|", ">", "![")) and heading != "References":
            yield number, plain(line).rstrip()


if __name__ == "__main__":
    top = Path(__file__).resolve().parents[2]
    existing = list_files(top)
    ordered = sorted(offences(top, existing), key=lambda pair: (pair[1].path, pair[1].line))
    report = [f"{passage} [{family}]" for family, passage in ordered] + participles(top, existing)
    sys.stdout.writelines(f"{line}\n" for line in report)
