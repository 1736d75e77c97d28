"""docs/pages.md: each page is one document, which runs on the demo class and on 500 students, within its size."""

import json
import random
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from graphql import OperationDefinitionNode, parse

from graph_api.domain.answers.answers import AnswerInput
from graph_api.domain.learners.people import Group
from graph_api.domain.parameters.topic_parameters import DEFAULT_SET
from graph_api.store.gateway import Gateway
from graph_api.usecases.answers.answer_intake import AnswerIntake
from graph_api.usecases.answers.record_answers import RecordAnswers
from graph_api.usecases.learners.edit_people import upsert_group
from tests.application import Client
from tests.conftest import Ask

TEXT = (Path(__file__).parents[2] / "docs" / "pages.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (\d+) \| `(\w+)` \| at most (\d+) kB \| at most (\d+) kB \|$", re.MULTILINE)
DOCUMENT = re.compile(r"^## (\d+)\. [^\n]+\n.*?```graphql\n(.*?)```", re.DOTALL | re.MULTILINE)
STUDENTS = 500


class Page(NamedTuple):
    """One page: its document, and the most kilobytes of its reply for each class."""

    document: str
    most: dict[str, int]


def read_pages() -> Iterator[tuple[str, Page]]:
    """The pages of the file by the name of their operation."""
    documents = dict(DOCUMENT.findall(TEXT))
    for number, name, demo, large in ROW.findall(TEXT):
        yield name, Page(documents[number], {"demo": int(demo), "large": int(large)})


PAGES = dict(read_pages())


@pytest.fixture(scope="module", params=["demo", "large"])
async def variables(request: pytest.FixtureRequest, demo_class: datetime, gateway: Gateway, raw: Ask) -> dict[str, Any]:
    """A class, and the variables that name it; those of the demo class are the documents' own defaults."""
    if request.param == "demo":
        return {"class": "demo"}
    now = datetime.now(UTC)
    async with AnswerIntake(RecordAnswers(gateway, DEFAULT_SET)) as intake:
        concepts = [row["id"] for row in await raw("MATCH (c:Concept) RETURN c.id AS id ORDER BY c.id")][:20]
        students, draw = [f"pupil-{n:03}" for n in range(STUDENTS)], random.Random(1)
        for begin in range(0, STUDENTS, 50):
            answers = [
                AnswerInput(
                    student, correct=draw.random() < 0.4, concept_ids=[concept], at=now - timedelta(hours=hours)
                )
                for student in students[begin : begin + 50]
                for hours, concept in enumerate(draw.sample(concepts, 2) * 5, 1)
            ]
            await intake.submit(answers)
    await upsert_group(gateway, Group("large", "A large class", students), now)
    return {"class": "large", "group": "large", "student": "pupil-007"}


def test_each_page_is_one_operation_of_its_name() -> None:
    assert len(PAGES) == len(DOCUMENT.findall(TEXT)) == 13
    for name, page in PAGES.items():
        (operation,) = parse(page.document).definitions
        assert isinstance(operation, OperationDefinitionNode)
        assert operation.name is not None
        assert operation.name.value == name


@pytest.mark.parametrize("name", PAGES)
async def test_each_page_takes_one_round_trip_within_its_size(
    client: Client, variables: dict[str, Any], name: str
) -> None:
    page = PAGES[name]

    reply = await client.post("/graphql", json={"query": page.document, "variables": variables})

    body = reply.json()
    assert "errors" not in body, json.dumps(body["errors"])[:500]
    assert all(value is not None for value in body["data"].values()), body["data"].keys()
    size = len(reply.content) / 1000
    assert 0.1 < size <= page.most[variables["class"]], f"{size:.1f} kB"
