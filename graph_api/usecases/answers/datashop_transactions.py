"""Answers as DataShop transactions: the tab-separated file that DataShop imports and the layout `datashop` reads.

See "Tab-delimited format" in the help of https://pslcdatashop.web.cmu.edu for its columns.
"""

import csv
import json
import tempfile
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import IO

from graph_api.domain.failures import InvalidInput, shown
from graph_api.store.gateway import Row
from graph_api.usecases.answers.answer_cells import CellRules

COLUMNS = (
    "Transaction Id",
    "Anon Student Id",
    "Session Id",
    "Time",
    "Time Zone",
    "Duration (sec)",
    "Student Response Type",
    "Tutor Response Type",
    "Level (Default)",
    "Problem Name",
    "Step Name",
    "Attempt At Step",
    "Outcome",
    "Help Level",
    "CF (difficulty)",
    "CF (partial_score)",
)
SKILL, CONCEPT = "KC (Default)", "KC (graph-api concepts)"
"""The models of knowledge components: a column is repeated for each skill, or concept, of an answer."""

NO_VALUE = "."
"""Stands for no session and no problem, where DataShop requires a value."""
STUDENT_LENGTH = 55
"""Characters of a student's id in DataShop."""
RULES = CellRules(tag_separator="~~")
"""How the layout `datashop` reads cells."""


async def write_transactions(answers: AsyncIterator[Row], file: IO[str]) -> int:
    """Write exported answers as transactions; returns how many.

    The number of columns of knowledge components is known only after the last answer, so rows wait in a temporary file.

    Raises:
        InvalidInput: an id or a code would not be read back as it is.
    """
    count, skills, concepts = 0, 1, 1
    with tempfile.TemporaryFile("w+", encoding="utf-8") as waiting:
        async for answer in answers:
            row = _cells(answer), _tags(answer["skill_codes"], SKILL), _tags(answer["concept_ids"], CONCEPT)
            skills, concepts = max(skills, len(row[1])), max(concepts, len(row[2]))
            waiting.write(json.dumps(row) + "\n")
            count += 1
        waiting.seek(0)
        writer = csv.writer(file, delimiter="\t", lineterminator="\n")
        writer.writerow([*COLUMNS, *[SKILL] * skills, *[CONCEPT] * concepts])
        for line in waiting:
            cells, own_skills, own_concepts = json.loads(line)
            writer.writerow([*cells, *_padded(own_skills, skills), *_padded(own_concepts, concepts)])
    return count


def _cells(answer: Row) -> list[object]:
    """The cells of an answer, in the order of `COLUMNS`. DataShop has times to the millisecond: the rest is cut off."""
    student_id = _text("Anon Student Id", answer["student_id"])
    if len(student_id) > STUDENT_LENGTH:
        rule = f"must be at most {STUDENT_LENGTH} characters for DataShop; --role analyst writes pseudonyms"
        raise InvalidInput("Anon Student Id", rule, shown(student_id))
    at = datetime.fromisoformat(answer["at"]).astimezone(UTC).replace(tzinfo=None)
    question = None if answer["question_id"] is None else _text("Step Name", answer["question_id"])
    session = None if answer["session_id"] is None else _text("Session Id", answer["session_id"])
    return [
        _text("Transaction Id", answer["id"]),
        student_id,
        session or NO_VALUE,
        at.isoformat(sep=" ", timespec="milliseconds"),
        "UTC",
        answer["response_time"],
        "ATTEMPT",
        "RESULT",
        "Default",
        question or NO_VALUE,
        question,
        answer["attempt"],
        "CORRECT" if answer["correct"] else "INCORRECT",
        answer["hints"],
        answer["difficulty"],
        answer["partial_score"],
    ]


def _text(column: str, text: str) -> str:
    if RULES.value(text) != text:
        raise InvalidInput(column, "must not be a word that stands for no value in DataShop's files", shown(text))
    return text


def _tags(keys: Sequence[str], column: str) -> list[str]:
    for key in keys:
        if RULES.tags(key, column) != [key]:
            raise InvalidInput(column, "must be one name, without ~~, in a cell of DataShop's files", shown(key))
    return list(keys)


def _padded(tags: Sequence[str], length: int) -> list[str]:
    return [*tags, *[""] * (length - len(tags))]
