"""Rows in the database that the service never wrote.

Users see sound values, or an INTERNAL error with an id in place of the field that cannot be; all other users see what
they always saw. `graph-api doctor` names the rows (`tests/usecases/operations/test_check_consistency.py`).
"""

import asyncio
import math
import re
from datetime import timedelta
from typing import Any
from unittest.mock import ANY

import httpx
import pytest
from structlog.testing import capture_logs

from graph_api.domain.answers.answers import AnswerInput, Recorded
from graph_api.domain.learners.people import Group, Student
from graph_api.store.gateway import Gateway
from graph_api.usecases.answers.answer_intake import AnswerIntake
from graph_api.usecases.learners.edit_people import upsert_group, upsert_students
from graph_api.usecases.operations.check_consistency import find_inconsistencies
from tests.conftest import NOW, Ask
from tests.faults.reading_documents import at_once, numbers, of_all, of_student
from tests.graph_copy import NEW_MARK
from tests.load import RECORD

MASKED = re.compile(r"Something went wrong here\. It is logged as [0-9a-f]{32}\.")
OF_ANNA = "MATCH (s:Student {id: 'anna'})-[m:HAS_MASTERY]->(c {id: 'dative'}) "
ANSWERED = "MATCH (s:Student {id: 'anna'})-[a:ANSWERED]->(c {id: 'dative'}) WITH a ORDER BY a.id LIMIT 1 "
POISONS = {
    "a level that is missing": OF_ANNA + "REMOVE m.level",
    "a level that is no number": OF_ANNA + "SET m.level = 0.0 / 0.0",
    "a level above 1": OF_ANNA + "SET m.level = 2.0",
    "a level that is text": OF_ANNA + "SET m.level = 'high'",
    "a mastery with nothing": OF_ANNA + "SET m = {}",
    "a mastery without attempts": OF_ANNA + "SET m.attempts = 0",
    "a set that is not there": OF_ANNA + "SET m.parameter_set_id = 'gone-v1'",
    "an answer with nothing": ANSWERED + "SET a = {}",
    "an answer without a time": ANSWERED + "REMOVE a.at",
    "an answer without levels": ANSWERED + "REMOVE a.level_before, a.level_after, a.opportunity",
    "a student without a name": "MATCH (s:Student {id: 'anna'}) REMOVE s.name",
    "a concept with a set that is not there": "MATCH (c:Concept {id: 'dative'}) SET c.named_set_id = 'gone-v1'",
    "a run with an unknown status": "MATCH (r:Run) SET r.status = 'DREAMING'",
    "a run with an unknown algorithm": "MATCH (r:Run) SET r.algorithm = 'GUESS', r.parameters = '{'",
    "a session without a status": "MATCH (s:Session {id: 'practice'}) REMOVE s.status",
}
pytestmark = pytest.mark.usefixtures("answered")

SHARED = {"a concept with a set that is not there"}
"""A fault in the course affects all users."""


@pytest.fixture
async def answered(course: None, intake: AnswerIntake, gateway: Gateway, ask: Ask) -> None:
    """A class of two with answers, a session, and a run in the ledger."""
    await upsert_students(gateway, [Student("anna", "Anna"), Student("ben", "Ben")], NOW)
    await upsert_group(gateway, Group("g", "Class", ["anna", "ben"], []), NOW)
    await ask('mutation { startSession(input: {studentId: "anna", id: "practice"}) { __typename } }')
    for n in range(3):
        for who in ("anna", "ben"):
            sent = AnswerInput(
                who, correct=n != 1, concept_ids=["dative"], skill_codes=["talk"], id=f"{who}-{n}", at=NOW + timedelta(minutes=n),
                session_id="practice" if who == "anna" else None, semantic_score=0.5, keyword_score=0.5,
                mentioned=["accusative"], missed=["dative"],
            )  # fmt: skip
            (outcome,) = await intake.submit([sent])
            assert isinstance(outcome, Recorded)
    await ask("mutation { recomputeRecency(input: {}) { __typename } }")


async def asked(client: httpx.AsyncClient, documents: dict[str, str]) -> dict[str, Any]:
    """The reply to each document; each is an answer of the service, and soon."""
    replies = {}
    for name, document in documents.items():
        reply = await client.post("/graphql", json={"query": document}, timeout=15)
        assert reply.status_code == 200, (name, reply.text)
        replies[name] = reply.json()
    return replies


@pytest.mark.parametrize("poison", POISONS)
async def test_a_poisoned_row(client: httpx.AsyncClient, raw: Ask, poison: str) -> None:
    bens = await asked(client, {"ben": at_once("ben")})
    assert "errors" not in bens["ben"]
    await raw(POISONS[poison])

    with capture_logs() as logged:
        seen = await asked(client, of_student("anna") | of_all())
    known = {entry["fault_id"] for entry in logged if "fault_id" in entry}

    for name, reply in seen.items():
        for error in reply.get("errors", ()):
            assert error["extensions"]["code"] == "INTERNAL", (name, error)
            assert MASKED.fullmatch(error["message"]), (name, error)
            assert error["extensions"]["id"] in known
        for field, number in numbers(reply["data"]):
            assert math.isfinite(number), (name, field)
            assert 0 <= number <= 1 or "level" not in field.lower(), (name, field)
    unharmed = {"heat map", "distribution", "risk", "all root causes", "curve", "health", "course", "sets"}
    assert not [name for name in unharmed if "errors" in seen[name]]
    assert await asked(client, {"ben": at_once("ben")}) == (bens if poison not in SHARED else ANY)


@pytest.mark.parametrize("poison", ["a level that is no number", "a level above 1", "a level that is missing"])
async def test_the_next_answer_heals_a_level(ask: Ask, raw: Ask, gateway: Gateway, poison: str) -> None:
    """Everything but answers can be rebuilt from answers: the pair is replayed."""
    await raw(POISONS[poison])
    sent = {"id": "next", "studentId": "anna", "conceptIds": ["dative"], "correct": True}
    assert (await ask(RECORD, input=sent))["recordAnswer"]["__typename"] == "RecordAnswerPayload"
    assert await find_inconsistencies(gateway) == []


async def test_an_answer_to_what_is_poisoned_harms_no_other(client: httpx.AsyncClient, raw: Ask) -> None:
    """Its sender gets a masked error; answers that come at the same moment are recorded."""
    await raw(POISONS["a concept with a set that is not there"])
    await raw(NEW_MARK)  # the tags in memory are of the course before
    concepts = ["dative", "accusative", "nominative", "dative"]
    sent = [{"studentId": "anna", "conceptIds": [concept], "correct": True} for concept in concepts]
    replies = await asyncio.gather(
        *(client.post("/graphql", json={"query": RECORD, "variables": {"input": each}}) for each in sent)
    )
    came = [reply.json() for reply in replies]
    assert [("errors" in each) for each in came] == [True, False, False, True], came
    shown = [each["errors"][0]["message"] for each in came if "errors" in each]
    assert [message for message in shown if not MASKED.fullmatch(message)] == []
