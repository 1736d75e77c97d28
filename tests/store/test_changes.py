"""Every statement that writes raises what it changes, and every read states what it depends on."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_api.store.changes import Changed, raise_missing
from graph_api.store.cypher_files import Statement, load
from graph_api.store.dependencies import (
    Dependencies,
    NotedClock,
    beside_the_reply,
    collected,
    is_of_course,
    note_unknown,
)
from graph_api.store.packaged import packaged

STATEMENTS = load(packaged("cypher"))
WRITES = [statement for statement in STATEMENTS.values() if statement.mode == "write"]
OF_STUDENTS = re.compile(
    r":(Student|Session|History|HistoryPage)\b|\b(ANSWERED|JUDGED_ON|HAS_MASTERY|SAMPLED|HAS_SESSION)\b"
)
OF_GROUPS = re.compile(r":Group\b|\b(MEMBER_OF|TEACHES)\b")
OF_COURSE = re.compile(
    r":(Concept|Skill|Course|CourseVersion|SourceDocument|ThresholdSet)\b|\b(PART_OF|PREREQUISITE_OF|IN_COURSE|TAKES)\b"
)
UNSHOWN = {"audit", "erasure", "job", "migration", "run", "parameter_set", "policy_set", "due_replay"}
"""Nouns whose reads are never part of a stored reply, or that never change once they are stored."""


@pytest.mark.parametrize("statement", WRITES, ids=lambda statement: statement.name)
def test_a_write_changes_what_its_text_touches(statement: Statement) -> None:
    noun, text = statement.name.partition("/")[0], statement.text
    whose = statement.changes.whose
    if noun in UNSHOWN:
        assert whose == "nothing"
    elif noun == "restore":
        assert (whose, statement.changes.is_raised) == ("course", True), "a restore ends with a new mark"
    elif noun == "history_page" and "ids" in statement.params:
        assert whose == "course", "of no known student, so that every reply is made again"
    elif "TAKES" in text or "DETACH DELETE course" in text:
        assert whose == "course"
    elif OF_GROUPS.search(text):
        assert whose == "groups"
    elif OF_STUDENTS.search(text):
        assert whose == "students"
    else:
        assert OF_COURSE.search(text)
        assert whose == "course"


@pytest.mark.parametrize("statement", [each for each in WRITES if each.changes.is_raised], ids=lambda each: each.name)
def test_a_statement_that_raises_writes_the_revision_or_removes_its_node(statement: Statement) -> None:
    if statement.name.startswith("restore/"):
        return
    text = statement.text
    assert re.search(r"\w+\.revision = |version\.mark = \$mark|DETACH DELETE", text), text


def run(changed: Changed, statement: Statement, ids: list[str]) -> None:
    params = dict.fromkeys(statement.params, None) | {statement.changes.param or "": ids}
    changed.note(statement, params)


@given(st.lists(st.tuples(st.sampled_from(WRITES), st.lists(st.sampled_from("abc"), max_size=3)), max_size=6))
async def test_a_transaction_raises_all_that_it_changed(calls: list[tuple[Statement, list[str]]]) -> None:
    changed, raised = Changed(), {"students": set[str](), "groups": set[str](), "course": set[str]()}

    async def fetch(name: str, **params: Any) -> None:
        change = STATEMENTS[name].changes
        raised[change.whose] |= set(params.get(change.param or "", ["mark"]))

    for statement, ids in calls:
        run(changed, statement, ids)
        if statement.changes.is_raised:
            raised[statement.changes.whose] |= set(ids) if statement.changes.param else {"mark"}
    await raise_missing(changed, fetch)

    for statement, ids in calls:
        change = statement.changes
        if change.whose != "nothing":
            assert (set(ids) if change.param else {"mark"}) <= raised[change.whose], statement.name


def noted(name: str, params: dict[str, Any], narrowed: dict[str, Any] | None = None, rows: int = 1) -> Dependencies:
    of = Dependencies()
    of.note(STATEMENTS[name], params, params if narrowed is None else narrowed, rows)
    return of


def test_a_read_names_whose_data_it_read() -> None:
    of = noted("mastery/list_levels_of_group_on_skills", {"group_id": "7b"})
    assert (of.are_known, of.groups, of.students) == (True, {"7b"}, set())
    of = noted("group/list_ids_of_students", {"student_ids": ["anna"]})
    assert (of.are_known, of.students, of.memberships) == (True, {"anna"}, {"anna"})
    of = noted("student/list_by_ids", {"ids": ["anna"]}, {"ids": ["anna"]})
    assert (of.are_known, of.seen) == (True, {"anna"}), "a teacher sees her for her groups"
    assert noted("concept/list_by_ids", {"ids": ["dative"]}).are_known
    assert noted("parameter_set/list_by_ids", {"ids": ["bkt-v1"]}).are_known


@pytest.mark.parametrize(
    ("name", "params", "narrowed"),
    [
        ("student/list_by_ids", {"ids": ["anna", "ben"]}, {"ids": ["anna"]}),
        ("parameter_set/list_by_ids", {"ids": ["bkt-v1", "missing"]}, None),
        ("parameter_set/list_page", {}, None),
        ("session/list_by_ids", {"ids": ["s"]}, None),
        ("group/count", {"viewer": "ada"}, None),
        ("access/count_students", {}, None),
        ("active_set/list_on_concepts", {"keys": None}, None),
        ("due_replay/list_skills", {}, None),
        ("student/lock", {"ids": ["anna"]}, None),
    ],
)
def test_what_cannot_be_checked_is_unknown(name: str, params: dict[str, Any], narrowed: dict[str, Any] | None) -> None:
    assert not noted(name, params, narrowed).are_known


def test_reads_of_the_course_touch_nothing_but_the_course() -> None:
    for statement in STATEMENTS.values():
        if statement.mode == "read" and statement.about.whose == "no student" and is_of_course(statement):
            assert not OF_STUDENTS.search(statement.text) and not OF_GROUPS.search(statement.text)  # noqa: PT018 - one rule
            assert "ParameterSet" not in statement.text.replace("ThresholdSet", "")


def test_the_clock_and_a_random_draw_make_dependencies_unknown() -> None:
    clock, reasons = NotedClock(lambda: 1), []
    with collected() as of:
        with beside_the_reply():
            clock()
        reasons.append(of.unknown)
        clock()
        reasons.append(of.unknown)
    with collected() as of:
        note_unknown("a random draw")
        reasons.append(of.unknown)
    assert reasons == [None, "the present", "a random draw"]
    assert clock() == 1, "outside of operations nothing is noted"


def test_only_few_places_read_the_time_of_the_machine() -> None:
    root = packaged("cypher").parent / "graph_api"
    places = {
        path.relative_to(root).as_posix()
        for path in root.rglob("*.py")
        if re.search(r"datetime\.now\(|utcnow\(|date\.today\(", path.read_text(encoding="utf-8"))
    }
    assert places == {
        "app/running.py",
        "usecases/answers/answer_intake.py",
        "usecases/answers/remote_intake.py",
        "usecases/operations/erase_students.py",
    }
