"""Two processes that write the same students lock them in one order: on Neo4j none of their transactions is run again."""

import asyncio
import os
from collections import Counter
from copy import copy

import pytest

from graph_api.domain.answers.answers import AnswerInput, Recorded
from graph_api.domain.parameters.topic_parameters import DEFAULT_SET
from graph_api.store.gateway import Gateway
from graph_api.usecases.answers.answer_batch import Submission
from graph_api.usecases.answers.record_answers import RecordAnswers, received
from tests.conftest import NOW, Ask

pytestmark = pytest.mark.usefixtures("course")

IS_NEO4J = "GRAPH_API_TEST_NEO4J_URI" in os.environ
ROUNDS = 8 if IS_NEO4J else 2  # the embedded engine waits before it runs a transaction again
STUDENTS = ["anna", "ben", "cleo"]
CONCEPTS = ["nominative", "accusative", "dative"]
LOCK = "recording/lock_students"


async def test_two_writers_of_the_same_students(gateway: Gateway, raw: Ask) -> None:
    """Each names students and concepts in another order; all pairs are new in the first batch, and known after it."""
    statements: Counter[str] = Counter()
    counting = copy(gateway)
    counting.observe = lambda name, _seconds, _rows: statements.update([name])
    warm = RecordAnswers(counting, DEFAULT_SET)
    await warm([Submission([received(AnswerInput("zoe", correct=True, concept_ids=CONCEPTS), "warm", NOW, 0)])])

    async def write(writer: str, students: list[str], concepts: list[str]) -> int:
        record, recorded = RecordAnswers(counting, DEFAULT_SET), 0
        for turn in range(ROUNDS):
            sent = [
                received(AnswerInput(student, correct=True, concept_ids=[concept]), f"{writer}-{turn}-{n}", NOW, n)
                for n, (student, concept) in enumerate(zip(students, concepts, strict=True))
            ]
            ((*outcomes,),) = await record([Submission(sent)])
            recorded += sum(isinstance(outcome, Recorded) for outcome in outcomes)
        return recorded

    statements.clear()
    recorded = await asyncio.gather(write("a", STUDENTS, CONCEPTS), write("b", STUDENTS[::-1], CONCEPTS))

    assert list(recorded) == [ROUNDS * len(STUDENTS)] * 2
    (row,) = await raw("MATCH (s:Student)-[m:HAS_MASTERY]->(:Concept) WHERE s.id <> 'zoe' RETURN sum(m.attempts) AS n")
    assert row["n"] == sum(recorded)  # every answer counts once
    if IS_NEO4J:  # the embedded engine runs one of two again when their pages meet
        assert statements[LOCK] == 2 * ROUNDS
