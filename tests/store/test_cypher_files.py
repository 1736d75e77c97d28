"""The contract of Cypher files: every error comes with file and line, and all errors are listed at once."""

import re
from pathlib import Path

import pytest

from graph_api.store.cypher_files import CypherFilesError, load
from graph_api.store.packaged import packaged

GOOD = """\
// What is known of students.

// -- student/list --
// Students by id.
// returns: many
// about: named students $ids
UNWIND $ids AS id
MATCH (s:Student {id: id})
RETURN s.id AS id, s.name AS name;

// -- student/delete --
// Erase students.
// returns: nothing
// about: all students
// raises: students $id
MATCH (s:Student {id: $id})
DETACH DELETE s;
"""
RECIPE = """\
// Students by id.
// params: ids
// mode: read
// returns: many
// columns: id, name
// about: named students $ids
UNWIND $ids AS id
MATCH (s:Student {id: id})
RETURN s.id AS id, s.name AS name
"""


def write(folder: Path, text: str, name: str = "learners/student.cypher") -> Path:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    return folder


def errors(folder: Path, text: str, name: str = "learners/student.cypher") -> list[str]:
    with pytest.raises(CypherFilesError) as caught:
        load(write(folder, text, name))
    return str(caught.value).splitlines()


def test_a_good_file(tmp_path: Path) -> None:
    statements = load(write(tmp_path, GOOD))

    assert list(statements) == ["student/list", "student/delete"]
    statement = statements["student/list"]
    assert (statement.mode, statement.returns, statement.summary) == ("read", "many", "Students by id.")
    assert statement.params == {"ids"}
    assert statement.columns == ["id", "name"]
    assert statement.about == ("students", "ids", True)
    assert statement.text == "UNWIND $ids AS id\nMATCH (s:Student {id: id})\nRETURN s.id AS id, s.name AS name"
    statement = statements["student/delete"]
    assert (statement.mode, statement.params) == ("write", frozenset({"id"}))
    assert statement.columns == []
    assert statement.changes == ("students", "id", True)


def test_a_good_recipe(tmp_path: Path) -> None:
    (statement,) = load(write(tmp_path, RECIPE, "01_students.cypher")).values()

    assert (statement.name, statement.mode, statement.params) == ("01_students", "read", frozenset({"ids"}))
    assert statement.columns == ["id", "name"]
    assert statement.text.endswith("s.name AS name")


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (("// Students by id.\n", ""), ":4: the first line must be a sentence"),
        (("returns: many", "returns: few"), ":4: returns must be one of"),
        (("// returns: many\n", ""), ":4: returns must be one of"),
        (("// returns: many", "// returns: many\n// params: ids"), ":4: 'params:' is derived"),
        (("// returns: many", "// returns: many\n// columns: id"), ":4: 'columns:' is derived"),
        (("RETURN s.id", "SET s.x = 1 RETURN s.id"), ":9: a read must not hold SET"),
        (("DETACH DELETE s", "RETURN s.id AS id"), ":16: a statement without a clause that writes must be called"),
        (("s.name AS name;", "s.name AS name;\nMATCH (n) RETURN n"), ":9: a statement must end at its first ';'"),
        (("s.name AS name;", "s.name AS name"), ":9: a statement must end with ';'"),
        (("s.name AS name", "s.name"), ":4: returned column 2 has no alias"),
        (("s.name AS name", "*"), ":4: returned column 2 has no alias"),
        (("s.name AS name", "s.name AS id"), ":4: two returned columns have the same name: id, id"),
        (("returns: many", "returns: nothing"), ":4: 'returns: nothing' and a statement that returns no column"),
        (("returns: nothing", "returns: many"), ":12: 'returns: nothing' and a statement that returns no column"),
        (("returns: many", "returns: value"), ":4: 'returns: value' has exactly one column"),
        (("// about: named students $ids\n", ""), ":4: it touches :Student and has no 'about:' line"),
        (("about: named students $ids", "about: friends"), ":4: about must be as in 'students $ids'"),
        (("students $ids", "students $who"), ":4: 'about:' names $who, which the statement does not use"),
        (("named students $ids", "students"), ":4: rows about students must have the column student_id"),
        (("named students $ids", "groups"), ":4: 'about: groups' names no parameter"),
        (("students $ids", "students seen by $ids"), ":4: 'seen by' and $viewer go together"),
        (
            ("// raises: students $id\n", ""),
            ":12: a write must have one line that starts with 'changes:' or 'raises:', has 0",
        ),
        (("raises: students", "changes: course\n// raises: students"), ":12: a write must have one line"),
        (("raises: students", "raises: pupils"), ":12: must be as in 'changes: students $rows'"),
        (("raises: students $id", "raises: students"), ":12: must be as in 'changes: students $rows'"),
        (("raises: students $id", "raises: students $who"), ":12: 'raises: students $who' names a parameter that"),
        (
            ("named students $ids", "named students $ids\n// changes: course"),
            ":4: a read has no line 'changes: course'",
        ),
        (("student/list", "pupil/list"), ":3: the name must be student/verb_object, is 'pupil/list'"),
        (("student/list", "list"), ":3: the name must be student/verb_object, is 'list'"),
        (("student/delete", "student/list"), ":11: 'student/list' is declared twice"),
        (("// What is known", "What is known"), ":1: text before the first name line must be a comment"),
        (("// -- student/delete --", "// -- student/delete"), ":9: a statement must end at its first ';'"),
    ],
    ids=lambda value: re.sub(r"\W+", "-", str(value))[:60],
)
def test_an_error(tmp_path: Path, change: tuple[str, str], error: str) -> None:
    messages = errors(tmp_path, GOOD.replace(*change))

    assert any(f"learners/student.cypher{error}" in message for message in messages), messages


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (("// mode: read\n", ""), ":1: the header has no 'mode:' line"),
        (("// params: ids\n", ""), ":1: the header has no 'params:' line"),
        (("mode: read", "mode: maybe"), ":1: mode must be one of read, write, is 'maybe'"),
        (("params: ids", "params: -"), ":7: $ids is used but not declared"),
        (("params: ids", "params: ids, more"), ":7: 'more' is declared in 'params:' but not used"),
        (("columns: id, name", "columns: id"), ":1: 'columns:' lists id, the statement returns id, name"),
        (("RETURN s.id", "SET s.x = 1 RETURN s.id"), ":9: a read must not hold SET"),
    ],
    ids=lambda value: re.sub(r"\W+", "-", str(value))[:60],
)
def test_an_error_of_a_recipe(tmp_path: Path, change: tuple[str, str], error: str) -> None:
    messages = errors(tmp_path, RECIPE.replace(*change), "01_students.cypher")

    assert any(f"01_students.cypher{error}" in message for message in messages), messages


def test_a_file_without_a_statement(tmp_path: Path) -> None:
    assert "learners/student.cypher:1: the file has no statement" in errors(tmp_path, RECIPE)[0]
    text = GOOD.split("MATCH (s:Student {id: $id})", maxsplit=1)[0]
    assert "learners/student.cypher:16: the statement is missing" in errors(tmp_path, text)


def test_a_name_is_used_by_one_file(tmp_path: Path) -> None:
    write(tmp_path, GOOD, "answers/student.cypher")

    assert "learners/student.cypher:3: 'student/list' is declared twice" in errors(tmp_path, GOOD)


def test_all_errors_of_all_files_at_once(tmp_path: Path) -> None:
    write(
        tmp_path, GOOD.replace("student/", "other/").replace("returns: many", "returns: few"), "learners/other.cypher"
    )
    messages = errors(tmp_path, GOOD.replace("$ids AS", "$id AS").replace("returns: many", "returns: few"))

    assert len(messages) == 3
    assert {message.split(":")[0] for message in messages} == {"learners/other.cypher", "learners/student.cypher"}


def test_words_in_quotes_and_comments_are_no_clauses(tmp_path: Path) -> None:
    text = GOOD.replace("RETURN", "// SET nothing; $other\nWHERE s.name <> 'DELETE; $x' RETURN")

    statement = load(write(tmp_path, text))["student/list"]
    assert (statement.mode, statement.params) == ("read", frozenset({"ids"}))


def test_every_statement_is_used_once_in_the_store() -> None:
    names = load(packaged("cypher")).keys()
    source = "\n".join(path.read_text() for path in (Path(__file__).parents[2] / "graph_api/store").rglob("*.py"))

    used = re.findall(r'"(\w+/\w+)"', source)

    assert sorted(used) == sorted(names)
