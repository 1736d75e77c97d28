"""Rules of the tree that no linter knows."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

LONGEST_FILE = 400
SHAPELESS = {"utils", "util", "helpers", "helper", "common", "manager", "core"}

CYPHER = re.compile(
    r"\b(?:MATCH|MERGE|CREATE)\s*\(|\b(?:UNWIND|RETURN)\s+[\w$]|\b(?:DETACH\s+DELETE|CALL\s+\w+\.)\b"
    r"|\b(?:CREATE|DROP)\s+(?:CONSTRAINT|INDEX)\b"
)

# What only the machine of whoever wrote it knows: home and work folders, package indexes, private addresses.
LOCAL = re.compile(
    r"(?<![\w.])/(?:home|root|Users|work|workspace)/\w"
    r"|--?(?:extra-)?index-url|--?find-links|--?trusted-host|https?://[^\s/]+/\S*simple/?\b"
    r"|pythonhosted\.org|\bpkg\.dev\b|\bjfrog\.io\b"
    r"|(?<![\d.])(?:10|192\.168|172\.(?:1[6-9]|2\d|3[01]))\.\d+\.\d+\.\d+(?![\d.])",
    re.IGNORECASE,
)

CLOCKS = {"now", "utcnow", "today", "monotonic", "perf_counter"}


@pytest.fixture(scope="module")
def modules(repository: Path) -> list[Path]:
    paths = sorted((repository / "graph_api").rglob("*.py"))
    assert paths
    return paths


def test_files_are_short(modules: list[Path]) -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in modules}

    assert {path: length for path, length in lengths.items() if length > LONGEST_FILE} == {}


def test_modules_are_named_for_what_they_hold(modules: list[Path]) -> None:
    parts = {part for path in modules for part in path.with_suffix("").parts[-3:]}

    assert parts & SHAPELESS == set()


def test_cypher_lives_in_cypher_files_only(modules: list[Path]) -> None:
    assert [f"{path}:{line}" for path in modules for line in _cypher(path.read_text(encoding="utf-8"))] == []


def test_resolvers_reach_the_database_in_the_name_of_the_caller(modules: list[Path]) -> None:
    """`services.gateway` is the service's own, which sees all students: for its background jobs."""
    used = {path.name for path in modules if "schema" in path.parts and "services.gateway" in path.read_text()}

    # Runs of recency write what students may not: at the end of a session, and for a student who checks to be the caller.
    # Judgements are written after the author's own gateway has shown the students.
    assert used == {"audit.py", "context.py", "edit_judgements.py", "recency.py", "session.py"}


@pytest.mark.parametrize(
    "source",
    [
        'query = "MATCH (s:Student) RETURN s"',
        'query = f"UNWIND $rows AS row {rest}"',
        'run("RETURN 1 AS one")',
        'run("CREATE CONSTRAINT student_id")',
    ],
)
def test_the_rule_about_cypher_sees_it(source: str) -> None:
    assert list(_cypher(source)) == [1]


def test_prose_is_not_taken_for_cypher() -> None:
    source = '"""MATCH (a) in a docstring explains."""\nmessage = "a read must not CREATE anything or return it"'

    assert list(_cypher(source)) == []


def test_the_domain_is_given_the_time_and_the_random_numbers(repository: Path) -> None:
    paths = sorted((repository / "graph_api" / "domain").rglob("*.py"))

    assert [f"{path}:{line}" for path in paths for line in _surprises(path.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize("source", ["datetime.now(UTC)", "random.random()", "numpy.random.default_rng()"])
def test_the_rule_about_time_and_chance_sees_it(source: str) -> None:
    assert list(_surprises(source)) == [1]


def test_a_seeded_generator_is_no_surprise() -> None:
    assert list(_surprises("random.Random(seed)\nnumpy.random.default_rng(seed)")) == []


def test_nothing_names_the_machine_it_was_written_on(tracked: list[Path]) -> None:
    texts = {path: path.read_text(encoding="utf-8", errors="ignore") for path in tracked}

    assert {str(path): match.group() for path, text in texts.items() if (match := LOCAL.search(text))} == {}


@pytest.mark.parametrize("parts", [("", "home", "ada", "x"), ("https:", "", "index.example", "simple", "")])
def test_the_rule_about_machines_sees_it(parts: tuple[str, ...]) -> None:
    assert LOCAL.search("/".join(parts))


def _cypher(source: str) -> Iterator[int]:
    """Lines of string literals that hold Cypher, docstrings apart."""
    tree = ast.parse(source)
    prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
            yield from [node.lineno] * bool(CYPHER.search(node.value))


def _surprises(source: str) -> Iterator[int]:
    """Lines of calls that read a clock or draw from an unseeded generator."""
    for node in ast.walk(ast.parse(source)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        seeded = node.func.attr in {"Random", "default_rng"} and bool(node.args)
        chance = "random" in ast.unparse(node.func.value).split(".") and not seeded
        if node.func.attr in CLOCKS or chance:
            yield node.lineno
