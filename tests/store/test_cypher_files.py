"""The contract of Cypher files: every fault is told with file and line, and all at once."""

import re
from pathlib import Path

import pytest

from graph_api.store.cypher_files import CypherFilesError, load
from graph_api.store.packaged import packaged

GOOD = """\
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


def write(folder: Path, text: str, name: str = "student/list.cypher") -> Path:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    return folder


def faults(folder: Path, text: str) -> list[str]:
    with pytest.raises(CypherFilesError) as caught:
        load(write(folder, text))
    return str(caught.value).splitlines()


def test_a_good_file(tmp_path: Path) -> None:
    (statement,) = load(write(tmp_path, GOOD)).values()

    assert (statement.name, statement.mode, statement.returns) == ("student/list", "read", "many")
    assert statement.params == {"ids"}
    assert statement.columns == ["id", "name"]
    assert statement.about == ("students", "ids", True)
    assert statement.summary == "Students by id."
    assert statement.text.startswith("UNWIND $ids")


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (("// Students by id.\n", ""), "student/list.cypher:1: the first line must be a sentence"),
        (("// mode: read\n", ""), "student/list.cypher:1: the header has no 'mode:' line"),
        (("mode: read", "mode: maybe"), "student/list.cypher:1: mode must be one of read, write, is 'maybe'"),
        (("returns: many", "returns: few"), "student/list.cypher:1: returns must be one of"),
        (("params: ids", "params: -"), "student/list.cypher:7: $ids is used but not declared"),
        (("params: ids", "params: ids, more"), "student/list.cypher:7: 'more' is declared in 'params:' but not used"),
        (("RETURN s.id", "SET s.x = 1 RETURN s.id"), "student/list.cypher:9: a read must not hold SET"),
        (("s.name AS name\n", "s.name AS name;\nMATCH (n) RETURN n"), "student/list.cypher:9: there must be one"),
        (("columns: id, name", "columns: id"), "student/list.cypher:1: 'columns:' says id, the statement returns id"),
        (("returns: many", "returns: nothing"), "'returns: nothing' and 'columns: -' go together"),
        (("returns: many", "returns: value"), "'returns: value' has exactly one column"),
        (
            ("// about: named students $ids\n", ""),
            "student/list.cypher:1: it touches :Student and has no 'about:' line",
        ),
        (
            ("about: named students $ids", "about: friends"),
            "student/list.cypher:1: about must be as in 'students $ids'",
        ),
        (("students $ids", "students $who"), "'about:' names $who, which is not in 'params:'"),
        (("named students $ids", "students"), "rows about students must have the column student_id"),
        (("named students $ids", "groups"), "'about: groups' names no parameter"),
        (("students $ids", "students seen by $ids"), "'seen by' and $viewer go together"),
    ],
    ids=lambda value: re.sub(r"\W+", "-", str(value))[:60],
)
def test_a_fault(tmp_path: Path, change: tuple[str, str], fault: str) -> None:
    found = faults(tmp_path, GOOD.replace(*change))

    assert any(fault in each for each in found), found


def test_a_file_without_a_statement(tmp_path: Path) -> None:
    assert "student/list.cypher:7: there is no statement" in faults(tmp_path, GOOD.split("UNWIND", maxsplit=1)[0])


def test_all_faults_of_all_files_at_once(tmp_path: Path) -> None:
    write(tmp_path, GOOD.replace("mode: read", "mode: maybe"), "other/list.cypher")
    found = faults(tmp_path, GOOD.replace("params: ids", "params: -").replace("returns: many", "returns: few"))

    assert len(found) == 4
    assert {each.split(":")[0] for each in found} == {"other/list.cypher", "student/list.cypher"}


def test_words_in_quotes_and_comments_are_no_clauses(tmp_path: Path) -> None:
    text = GOOD.replace("RETURN", "// SET nothing; $nobody\nWHERE s.name <> 'DELETE; $x' RETURN")

    assert load(write(tmp_path, text))


def test_every_file_is_used_by_exactly_one_function() -> None:
    names = load(packaged("cypher")).keys()
    source = "\n".join(path.read_text() for path in (Path(__file__).parents[2] / "graph_api/store").rglob("*.py"))

    used = re.findall(r'"(\w+/\w+)"', source)

    assert sorted(used) == sorted(names)
