"""The walkthrough of docs/placement.md: its documents run on the course of the seeds, and the table is what they print."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from graph_api.store.gateway import Gateway
from graph_api.store.packaged import packaged
from graph_api.usecases.course.import_course import import_course
from tests.conftest import NOW, Ask
from tests.graph_copy import empty

PAGE = (Path(__file__).parents[3] / "docs" / "placement.md").read_text(encoding="utf-8")
START, ANSWER, RESULT = re.findall(r"```graphql\n(.*?)```", PAGE, re.DOTALL)
NIA = json.loads(re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)[0])["input"]
KNOWN = {
    "Data Models", "ER Modelling", "Relational Model", "Keys", "Integrity Constraints", "Relational Algebra", "SQL Basics",
    "Joins", "Aggregation", "File Organisation",
}  # fmt: skip
"""What the student of the page knows."""


@pytest.fixture
async def dbms(gateway: Gateway, raw: Ask) -> None:
    await empty(raw)
    await import_course(gateway, packaged("seeds") / "dbms.json", NOW)


async def test_the_documents_of_the_page_run_and_print_its_table(ask: Ask, dbms: None) -> None:
    placement = (await ask(START, input=NIA))["startPlacement"]["placement"]
    rows: list[str] = []
    while question := placement["next"]:
        sent: dict[str, Any] = {
            "placementId": placement["id"],
            "conceptId": question["conceptId"],
            "correct": question["conceptId"] in KNOWN,
            "id": f"nia-{len(rows) + 1}",
        }
        placement = (await ask(ANSWER, input=sent))["answerPlacement"]["placement"]
        rows.append(
            f"| {len(rows) + 1} | {question['conceptId']} | {question['pKnown']:.2f} | "
            f"{question['expectedInformation']:.2f} | {'yes' if sent['correct'] else 'no'} | "
            f"{placement['certainty']:.2f} |"
        )
    result = (await ask(RESULT))["placement"]

    assert [row for row in rows if row not in PAGE] == []
    assert PAGE.count("\n| ") >= len(rows)
    assert (result["status"], result["stopReason"]) == ("SUBMITTED", "CERTAIN")
    for fringe in ("innerFringe", "outerFringe"):
        assert f"{fringe}: {', '.join(each['id'] for each in result[fringe])}" in PAGE
