"""The consistency check: silent about what the service wrote, and naming whatever else is put into the graph."""

from datetime import timedelta

import pytest

from graph_api.domain.answers.answers import AnswerInput, Recorded
from graph_api.domain.learners.people import Student
from graph_api.store.gateway import Gateway
from graph_api.usecases.answers.answer_intake import AnswerIntake
from graph_api.usecases.learners.edit_people import upsert_students
from graph_api.usecases.operations.check_consistency import find_inconsistencies
from tests.conftest import NOW, Ask, make_course
from tests.graph_copy import GraphCopy

COPY = GraphCopy()

LEVEL = "a level is a number from 0.01 to 0.99"
COUNTED = "a pair has one mastery, which counts each of its answers"
BARE = "an answer has all its properties, and levels from 0.01 to 0.99"
SESSION = "a session has one student, a known status, and an end exactly when it has ended"
RUN = "a run has a known status and algorithm, and an end exactly when it has ended"
SET = "a parameter set has all its properties, which are probabilities with guess + slip below 1"
OF_ANNA = "MATCH (s:Student {id: 'anna'})-[m:HAS_MASTERY]->(c {id: 'dative'}) "
ANSWERED = "MATCH (s:Student {id: 'anna'})-[a:ANSWERED]->(c {id: 'dative'}) WITH a ORDER BY a.id LIMIT 1 "


@pytest.fixture
async def answered(intake: AnswerIntake, gateway: Gateway, ask: Ask, raw: Ask) -> None:
    """Two students with answers, one of them late, a session, and a run in the ledger."""
    await COPY.begin(raw, lambda: make_answers(intake, gateway, ask))


async def make_answers(intake: AnswerIntake, gateway: Gateway, ask: Ask) -> None:
    await make_course(gateway)
    await upsert_students(gateway, [Student("anna", "Anna"), Student("ben", "Ben")], NOW)
    await ask('mutation { startSession(input: {studentId: "anna", id: "practice"}) { __typename } }')
    for n, minutes in enumerate((0, 20, 10)):
        for who in ("anna", "ben"):
            sent = AnswerInput(
                who, correct=n != 1, concept_ids=["dative"], skill_codes=["talk"], id=f"{who}-{n}",
                at=NOW + timedelta(minutes=minutes), session_id="practice" if who == "anna" else None,
            )  # fmt: skip
            (outcome,) = await intake.submit([sent])
            assert isinstance(outcome, Recorded)
    await ask('mutation { endSession(input: {id: "practice", status: SUBMITTED}) { __typename } }')
    await ask("mutation { recomputeRecency(input: {}) { __typename } }")


@pytest.mark.usefixtures("answered")
async def test_what_the_service_wrote_is_sound(gateway: Gateway) -> None:
    assert await find_inconsistencies(gateway) == []


@pytest.mark.parametrize(
    ("poison", "rule", "named"),
    [
        (OF_ANNA + "REMOVE m.level", LEVEL, "anna, dative"),
        (OF_ANNA + "SET m.level = 2.0", LEVEL, "anna, dative"),
        (OF_ANNA + "SET m.level = 0.0 / 0.0", LEVEL, "anna, dative"),
        (OF_ANNA + "SET m.level = 0.5", "a level is what a replay of its answers and judgements gives", "anna, dative"),
        (OF_ANNA + "REMOVE m.updated_at, m.last_answer_id", "a mastery has all its properties", "anna, dative"),
        (OF_ANNA + "SET m.parameter_set_id = 'gone-v1'", "the parameter set of a level is stored", "anna, dative"),
        (OF_ANNA + "SET m.attempts = 7", COUNTED, "anna, dative"),
        (OF_ANNA + "DELETE m", "what was answered has a mastery", "anna, dative"),
        (ANSWERED + "REMOVE a.at", BARE, "anna, dative"),
        (ANSWERED + "SET a.level_after = -1.0", BARE, "anna, dative"),
        (ANSWERED + "DELETE a", "an answer counts once towards each of its frozen tags", "anna, anna-0"),
        (ANSWERED + "SET a.session_id = 'nobodys'", "the session of an answer is its student's", "anna, nobodys"),
        ("MATCH (s:Student {id: 'anna'}) REMOVE s.name", "students, skills, concepts, groups and parameter sets have a name", "Student, anna"),
        ("CREATE (:Student {name: 'Nobody'})", "every node has the id, code or version it is known by", "Student"),
        ("MATCH (c:Concept {id: 'dative'}) SET c.named_set_id = 'gone-v1'", "the parameter set that a concept or skill names is stored", "dative"),
        ("CREATE (:ParameterSet {id: 'odd-v1', name: 'odd', version: 1, prior: 2.0})", SET, "odd-v1"),
        ("CREATE (:Session {id: 'lost', status: 'IN_PROGRESS'})", SESSION, "lost"),
        ("MATCH (s:Session {id: 'practice'}) SET s.status = 'PAUSED'", SESSION, "practice"),
        ("MATCH (r:Run) SET r.status = 'DREAMING'", RUN, ""),
        ("MATCH (r:Run) SET r.algorithm = 'GUESS'", RUN, ""),
        ("MATCH (a:Concept {id: 'nominative'}), (b:Concept {id: 'dative'}) CREATE (b)-[:PREREQUISITE_OF]->(a)", "prerequisites do not form a cycle", "accusative"),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("answered")
async def test_what_does_not_belong_is_named(gateway: Gateway, raw: Ask, poison: str, rule: str, named: str) -> None:
    await raw(poison)

    actual = await find_inconsistencies(gateway)

    await raw("MATCH (p:ParameterSet) WHERE p.prior = 2.0 DELETE p")
    assert [str(each) for each in actual if each.rule == rule and str(each).startswith(named)], actual
    assert not [each for each in actual if each.subject == "ben"]
