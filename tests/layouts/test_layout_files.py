"""Layout files: keys are checked by name, any of them can be replaced, and a user can write a file."""

from pathlib import Path

import pytest

from graph_api.domain.answers.answers import AnswerInput
from graph_api.domain.failures import InvalidInput
from graph_api.usecases.answers.answer_files import layouts, read_answers
from graph_api.usecases.answers.layout_files import find_layout, layout_names, layout_of
from graph_api.usecases.answers.recognise_layout import Head, describe, recognise
from graph_api.usecases.csv_rows import BadFile

OWN = """\
title = "our quiz"

[columns]
student = ["learner", "who"]
correct = "result"
skill = 're:topic_\\d'
at = "when"

[outcome]
correct = ["Richtig"]
incorrect = ["falsch", "leer"]

[[leave_out]]
column = "result"
values = ["-"]
reason = "not answered"

[times]
zone = "Europe/Berlin"
formats = ["%d.%m.%Y %H:%M"]

[skills]
separator = "+"
prefix = "quiz-"
"""
ROWS = "who;result;topic_1;when\nanna;richtig;a+b;31.03.2026 12:00\nben;-;a;31.03.2026 12:01\nben;FALSCH;a;2026-03-01T12:00:00Z\n"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("nope = 1", "nope: is no key of a layout"),
        ("times.unit = 'min'", r"times\.unit: must be s or ms or us"),
        ("times.zone = 'Mars/Base'", r"times\.zone: must name a time zone"),
        ("times.zones = 'UTC'", r"times\.zones: is no key of a layout"),
        ("columns.students = 'x'", r"columns\.students: is no column of answers"),
        ("columns.skill = 're:('", r"columns\.skill: must be a regular expression"),
        ("columns = 3", "columns: must be a table"),
        ("outcome.points = 1", r"outcome\.points: must be true or false"),
        ("outcome.pass_mark = 'x'", r"outcome\.pass_mark: must be a number"),
        ("skills.without = 'drop'", r"skills\.without: must be reject or leave out"),
        ("leave_out = [{values = ['1'], reason = 'r'}]", r"leave_out\.column: must be stated"),
        ("leave_out = 'x'", "leave_out: must be a list of tables"),
        ("file_name.column = 3", r"file_name\.column: must be text"),
        ("times.zone = UTC", "must be TOML"),
    ],
)
def test_a_key_that_is_wrong_is_named(change: str, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        find_layout("datashop", [change])


def test_a_layout_that_does_not_exist_is_named_with_those_that_do() -> None:
    with pytest.raises(
        InvalidInput, match=r"layout: must be one of assistments, .*, or a file that ends with \.toml, got 'nope'"
    ):
        find_layout("nope")


def test_a_change_replaces_its_key_alone() -> None:
    layout = find_layout("datashop", ["skills.separator = '|'", "evidence = 'own-v2'", "columns.skill = 'KC (Other)'"])
    before = layouts()["datashop"]
    assert (layout.parts.cells.tag_separator, layout.evidence_id, layout.skill) == ("|", "own-v2", "KC (Other)")
    assert (layout.skill_prefix, layout.parts.outcome, layout.at) == (
        before.skill_prefix,
        before.parts.outcome,
        before.at,
    )


def test_a_user_writes_a_layout(tmp_path: Path) -> None:
    toml, path = tmp_path / "quiz.toml", tmp_path / "x.csv"
    toml.write_text(OWN)
    path.write_text(ROWS)
    left_out: list[tuple[int, str]] = []
    rows = list(
        read_answers(
            path, find_layout(str(toml)), "x", on_left_out=lambda line, reason: left_out.append((line, reason))
        )
    )
    answers = [row.answer for row in rows]
    assert left_out == [(3, "not answered")]
    assert all(isinstance(answer, AnswerInput) for answer in answers)
    assert [
        (a.student_id, a.correct, a.skill_codes, a.at.isoformat())
        for a in answers
        if isinstance(a, AnswerInput) and a.at
    ] == [
        ("anna", True, ("quiz-a", "quiz-b"), "2026-03-31T10:00:00+00:00"),
        ("ben", False, ("quiz-a",), "2026-03-01T12:00:00+00:00"),
    ]


def test_two_columns_that_could_be_the_skill_are_a_question_to_the_caller(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("who;result;topic_1;topic_2;when\nanna;richtig;a;b;2026-03-01T12:00:00Z\n")
    toml = tmp_path / "quiz.toml"
    toml.write_text(OWN)
    with pytest.raises(
        BadFile, match="several columns can be the skill: choose one with --skill, got 'topic_1, topic_2'"
    ):
        list(read_answers(path, find_layout(str(toml)), "x"))


def test_files_without_answers_are_named() -> None:
    assert describe(Head(["actor", "verb", "object", "id"], "")) == (
        "this looks like xAPI statements, which cannot be imported yet: write one CSV row per answer first"
    )
    assert describe(Head(["a", "b"], "a,b")) is None


def test_the_layout_with_the_most_signs_wins() -> None:
    names = ["user_id", "skill_name", "correct"]
    assert recognise(Head(names, "")) == "assistments"
    assert recognise(Head([*names, "order_id"], "")) == "pybkt"
    more = ["order_id", "assignment_id", "problem_id", "ms_first_response"]
    assert recognise(Head([*names, *more], "")) == "assistments-2009"


def test_an_empty_layout_has_the_columns_of_this_service() -> None:
    assert layout_of({}, "own").columns() == {"student": "student_id", "correct": "correct"}
    assert "export" in layout_names()
