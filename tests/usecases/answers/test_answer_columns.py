"""A field of an answer is in every place that must know it: the statements, the columns of files, and the input type."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_api.domain.answers.answers import (
    ALWAYS_HASHED,
    CONTENT,
    LISTS,
    AnswerInput,
    Difficulty,
    content_from,
    content_of,
    plain_content,
)
from graph_api.domain.operations.export_columns import ColumnType
from graph_api.domain.operations.export_kinds import ANSWERS as EXPORTED
from graph_api.schema.answers.record_answer import AnswerInput as InputType
from graph_api.store import cypher_files
from graph_api.store.packaged import packaged
from graph_api.store.recordings import CREATE
from graph_api.usecases.answers.answer_cells import CellRules
from graph_api.usecases.answers.answer_columns import COLUMNS
from graph_api.usecases.answers.answer_files import layouts, read_answers

IDS = st.lists(st.text("abc", min_size=1, max_size=3), max_size=3, unique=True)
ANSWERS = st.builds(
    AnswerInput,
    student_id=st.just("anna"),
    correct=st.booleans(),
    concept_ids=st.just(["dative"]),
    skill_codes=IDS,
    session_id=st.none() | st.just("s"),
    question_id=st.none() | st.just("q"),
    difficulty=st.none() | st.sampled_from(Difficulty),
    response_time=st.none() | st.floats(0, 86_400),
    semantic_score=st.none() | st.floats(0, 1),
    keyword_score=st.none() | st.floats(0, 1),
    mentioned=IDS.map(lambda ids: [f"m{each}" for each in ids]),
    missed=IDS.map(lambda ids: [f"x{each}" for each in ids]),
    hints=st.none() | st.integers(0, 9),
    attempt=st.none() | st.integers(1, 9),
    partial_score=st.none() | st.floats(0, 1),
)


@pytest.mark.parametrize("name", CONTENT)
def test_every_field_has_a_column(name: str) -> None:
    (column,) = [column for column in COLUMNS.values() if column.attribute == name]
    assert column.is_exported
    assert column.is_list == (name in LISTS)


@pytest.mark.parametrize("name", CONTENT)
def test_every_field_is_exported_with_a_type(name: str) -> None:
    (column,) = [column for column in EXPORTED.columns if column.name == name]
    assert (column.type is ColumnType.TEXTS) == (name in LISTS)


@pytest.mark.parametrize("statement", CREATE.values())
@pytest.mark.parametrize("name", sorted(set(CONTENT) - {"student_id"}))
def test_every_field_is_stored(statement: str, name: str) -> None:
    assert re.search(rf"\b{name}: row\.{name}\b", cypher_files.load(packaged("cypher"))[statement].text)


def test_every_field_is_in_the_input_type() -> None:
    inputs = {field.name for field in InputType.__strawberry_definition__.fields}  # type: ignore[attr-defined]
    assert set(CONTENT) - inputs == {"mentioned", "missed"}  # which are one list of the input: sampled


@given(ANSWERS)
def test_plain_content_is_read_back(answer: AnswerInput) -> None:
    content = content_of(answer)
    assert {name: tuple(value) if name in LISTS else value for name, value in content.items()} == content_from(
        {name: tuple(value) if name in LISTS else value for name, value in plain_content(answer).items()}
    )


def test_digests_of_released_versions_stay_valid() -> None:
    plain = AnswerInput("anna", correct=True, concept_ids=["dative"], at=datetime(2026, 1, 1, tzinfo=UTC))
    full = AnswerInput(
        "anna", correct=False, skill_codes=["talk", "grammar"], question_id="q", session_id="s", response_time=1.5,
        difficulty=Difficulty.HARD, semantic_score=0.0, keyword_score=0.25, mentioned=["a"], missed=["b"],
    )  # fmt: skip
    assert (plain.digest, full.digest) == ("6cdc25b375dd1164", "90af7db354d586dc")
    assert set(CONTENT) >= ALWAYS_HASHED


@pytest.mark.parametrize("name", ["keyword_score", "semantic_score", "hints", "partial_score"])
def test_a_zero_is_read(tmp_path: Path, name: str) -> None:
    path = tmp_path / "x.csv"
    path.write_text(
        "id,student_id,at,correct,concept_ids,skill_codes,difficulty,response_time,"
        f"{name}\n1,a,2026-01-01T00:00Z,true,dative,,,,0\n"
    )
    (row,) = read_answers(path, layouts()["export"], "x")
    assert isinstance(row.answer, AnswerInput)
    assert getattr(row.answer, name) == 0.0


TRANSACTIONS = (
    "Transaction Id\tAnon Student Id\tTime\tDuration (sec)\tStep Name\tAttempt At Step\tOutcome\tHelp Level\tKC (Default)\n"
    "t1\tanna\t2025-09-01 09:00:14\t.\tsum\t1\tHINT\t2\tadding\n"
)


def test_a_transaction_of_datashop_is_an_answer_under_the_first_attempt_rule(tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    path.write_text(TRANSACTIONS)
    rules = CellRules(time_zone=UTC)
    (row,) = read_answers(path, layouts()["datashop"], "log", rules=rules)
    assert row.answer == AnswerInput(
        "anna", correct=False, skill_codes=["datashop-adding"], question_id="sum", hints=2, attempt=1, id="t1",
        at=datetime(2025, 9, 1, 9, 0, 14, tzinfo=UTC), evidence_id="first-attempt-v1",
    )  # fmt: skip
    (row,) = read_answers(path, layouts()["datashop"].weighed_by("evidence-v1"), "log", rules=rules)
    assert isinstance(row.answer, AnswerInput)
    assert row.answer.evidence_id == "evidence-v1"
    assert layouts()["datashop"].required == {"attempt"}  # the rule is about nothing without it


@pytest.mark.parametrize(("cell", "evidence_id"), [("own-v2", "own-v2"), ("", None)])
def test_an_exported_answer_names_what_weighed_it(tmp_path: Path, cell: str, evidence_id: str | None) -> None:
    path = tmp_path / "x.csv"
    path.write_text(
        "id,student_id,at,correct,concept_ids,skill_codes,difficulty,response_time,evidence_id\n"
        f"1,a,2026-01-01T00:00Z,true,dative,,,,{cell}\n"
    )
    (row,) = read_answers(path, layouts()["export"], "x")
    assert isinstance(row.answer, AnswerInput)
    assert row.answer.evidence_id == evidence_id
