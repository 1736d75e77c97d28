"""docs/requirements.md: each tag of the glossary has a row, and each field and test in a row exists."""

import ast
import re
from pathlib import Path

import pytest
from graphql import GraphQLInputObjectType, GraphQLInterfaceType, GraphQLObjectType, build_schema

ROW = re.compile(r"^\| (?P<name>[^|]+) \| (?P<fields>[^|]*) \| (?P<tests>[^|]*) \|$", re.MULTILINE)
FIELD = re.compile(r"`([A-Z]\w*)\.(\w+)`")
TEST = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")
DEFINED = re.compile(r"^- \*\*(\w+)\*\*:", re.MULTILINE)


@pytest.fixture(scope="module")
def rows(repository: Path) -> dict[str, tuple[str, str]]:
    """The fields and the tests of each row, by its tag or capability."""
    text = (repository / "docs" / "requirements.md").read_text(encoding="utf-8")
    named = {each["name"]: (each["fields"], each["tests"]) for each in ROW.finditer(text)}
    return {name: row for name, row in named.items() if not name.startswith(("-", "tag", "capability"))}


def test_each_tag_of_the_glossary_has_a_row(repository: Path, rows: dict[str, tuple[str, str]]) -> None:
    defined = set(DEFINED.findall((repository / "docs" / "glossary.md").read_text(encoding="utf-8")))

    assert len(defined) > 50
    assert defined - set(rows) == set()


def test_each_field_of_the_requirements_exists(repository: Path, rows: dict[str, tuple[str, str]]) -> None:
    schema = build_schema((repository / "schema.graphql").read_text(encoding="utf-8"))
    with_fields = GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType
    named = [field for fields, _ in rows.values() for field in FIELD.findall(fields)]

    def exists(type_name: str, field: str) -> bool:
        type_ = schema.type_map.get(type_name)
        return isinstance(type_, with_fields) and field in type_.fields

    assert len(named) > 80
    assert [each for each in named if not exists(*each)] == []


def test_each_test_of_the_requirements_exists(repository: Path, rows: dict[str, tuple[str, str]]) -> None:
    def exists(path: str, function: str) -> bool:
        if not (repository / path).is_file():
            return False
        names = {getattr(node, "name", "") for node in ast.walk(ast.parse((repository / path).read_text("utf-8")))}
        return not function or function in names

    named = [test for _, tests in rows.values() for test in TEST.findall(tests)]
    assert len(named) > 60
    assert [each for each in named if not exists(*each)] == []


def test_only_rows_of_what_is_not_built_name_no_test(rows: dict[str, tuple[str, str]]) -> None:
    assert [
        name for name, (fields, tests) in rows.items() if not TEST.search(tests) and fields != "not built yet"
    ] == []
