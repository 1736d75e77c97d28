"""Answers that are exported as DataShop transactions and read back by the layout `datashop` are the same answers."""

import csv
import io
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph_api.domain.answers.answers import AnswerInput
from graph_api.domain.failures import InvalidInput
from graph_api.usecases.answers.answer_files import layouts, read_answers
from graph_api.usecases.answers.datashop_transactions import CONCEPT, SKILL, write_transactions

REQUIRED = {"Anon Student Id", "Session Id", "Time", "Level (Default)", "Problem Name"}
"""The columns that DataShop's help marks as required."""
CODES = st.lists(st.sampled_from(["cases", 'say "it"', "a;b", "Add, sub", "é", "0.50"]), unique=True, max_size=4)
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "student_id": st.sampled_from(["anna", "ben, the 2nd", "7"]),
            "session_id": st.sampled_from([None, "s 1"]),
            "question_id": st.sampled_from([None, 'q "1"', "q,2", "007"]),
            "at": st.integers(0, 10**12).map(lambda ms: datetime(2001, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)),
            "correct": st.booleans(),
            "skill_codes": CODES,
            "concept_ids": CODES,
            "response_time": st.none() | st.floats(0, 86_400),
            "attempt": st.none() | st.integers(1, 10_000),
            "hints": st.none() | st.integers(0, 10_000),
            "difficulty": st.sampled_from([None, "EASY", "HARD"]),
            "partial_score": st.none() | st.floats(0, 1),
        }
    ).filter(lambda row: row["skill_codes"] or row["concept_ids"]),
    min_size=1,
    max_size=6,
)


async def each(rows: Iterable[dict[str, Any]]) -> AsyncIterator[dict[str, Any]]:
    for row in rows:
        yield row


def exported(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows as `export_answers` writes them."""
    return [row | {"id": f"e,{number}", "at": row["at"].isoformat()} for number, row in enumerate(rows)]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS)
async def test_transactions_read_back_are_the_same_answers(rows: list[dict[str, Any]], tmp_path: Path) -> None:
    path = tmp_path / "transactions.txt"
    with path.open("w", encoding="utf-8", newline="") as file:
        assert await write_transactions(each(exported(rows)), file) == len(rows)
    layout = layouts()["datashop"].with_columns({"session": "Session Id"}, skill_prefix="")

    read = [row.answer for row in read_answers(path, layout, "x")]

    expected = [
        AnswerInput(**row | {"id": f"e,{number}", "evidence_id": "first-attempt-v1"}) for number, row in enumerate(rows)
    ]
    assert read == expected


async def test_the_file_has_what_datashop_requires() -> None:
    row = {
        "id": "e", "student_id": "anna", "session_id": None, "question_id": None, "correct": True, "hints": None,
        "at": "2026-03-01T13:00:00.123456+01:00", "skill_codes": ["cases", "talk"], "concept_ids": [], "attempt": 1,
        "response_time": 2.5, "difficulty": None, "partial_score": None,
    }  # fmt: skip
    file = io.StringIO()
    await write_transactions(each([row, row | {"concept_ids": ["dative"], "skill_codes": ["cases"]}]), file)

    header, *lines = csv.reader(io.StringIO(file.getvalue()), delimiter="\t")
    assert (header.count(SKILL), header.count(CONCEPT)) == (2, 1)
    first = dict(zip(header[:-3], lines[0], strict=False))
    assert all(first[column] for column in REQUIRED)
    assert (first["Time"], first["Time Zone"]) == ("2026-03-01 12:00:00.123", "UTC")
    assert (first["Outcome"], first["Student Response Type"]) == ("CORRECT", "ATTEMPT")
    assert [line[-3:] for line in lines] == [["cases", "talk", ""], ["cases", "", "dative"]]


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("student_id", "s" * 56, "Anon Student Id: must be at most 55 characters"),
        ("skill_codes", ["a~~b"], "KC (Default): must be one name, without ~~"),
        ("concept_ids", ["NA"], "KC (graph-api concepts): must be one name"),
        ("question_id", "NA", "Step Name: must not be a word that stands for no value"),
    ],
)
async def test_what_would_be_read_back_as_something_else_is_refused(field: str, value: object, message: str) -> None:
    row = dict.fromkeys(
        ("session_id", "question_id", "hints", "attempt", "response_time", "difficulty", "partial_score")
    )
    row |= {"id": "e", "student_id": "anna", "at": "2026-03-01T12:00:00+00:00", "correct": True}
    row |= {"skill_codes": ["cases"], "concept_ids": []}

    with pytest.raises(InvalidInput) as caught:
        await write_transactions(each([row | {field: value}]), io.StringIO())

    assert str(caught.value).startswith(message)
