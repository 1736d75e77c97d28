"""What a batch starts from, on the engine: the masteries of the targets that it names, and no others."""

from collections.abc import Mapping

import pytest

from graph_api.domain.answers.answers import AnswerInput
from graph_api.domain.learners.mastery import Mastery
from graph_api.domain.targets import concept, skill
from graph_api.store import masteries, recordings
from graph_api.store.answers import Pair
from graph_api.store.gateway import Gateway
from graph_api.usecases.answers.answer_intake import AnswerIntake
from tests.conftest import NOW, Ask

pytestmark = pytest.mark.usefixtures("course")

NAMED: list[Pair] = [
    ("anna", concept("dative")),
    ("anna", skill("talk")),  # no answer yet
    ("anna", concept("gone")),  # does not exist, which the embedded engine takes for any target
    ("ben", concept("dative")),
    ("new", skill("cases")),
]


async def lock(gateway: Gateway, pairs: list[Pair]) -> Mapping[Pair, Mastery]:
    return (await gateway.write(lambda tx: recordings.lock_students(tx, pairs, NOW))).states


async def test_states_are_those_of_the_targets_that_are_named(gateway: Gateway, intake: AnswerIntake) -> None:
    await intake.submit([AnswerInput("anna", correct=True, concept_ids=["dative", "accusative"])])
    await intake.submit([AnswerInput("ben", correct=False, skill_codes=["talk"])])
    stored = await gateway.read(lambda tx: masteries.read_states(tx, NAMED))
    assert await lock(gateway, NAMED) == stored
    assert stored.keys() == {("anna", concept("dative"))}


async def test_a_mastery_keeps_its_key_when_it_changes(gateway: Gateway, intake: AnswerIntake, raw: Ask) -> None:
    for correct in (True, False, True):
        await intake.submit([AnswerInput("anna", correct=correct, concept_ids=["dative"])])
    text = "MATCH (:Student {id: 'anna'})-[m:HAS_MASTERY]->(t) RETURN m.key AS key, m.attempts AS attempts, t.id AS id, t.code AS code"
    rows = await raw(text)
    pairs = {concept(row["id"]) if row["id"] else skill(row["code"]): row for row in rows}
    assert concept("dative") in pairs
    for target, row in pairs.items():
        assert (row["key"], row["attempts"]) == (masteries.pair_key("anna", target), 3)


async def test_relationships_have_what_is_stated_and_nothing_empty(intake: AnswerIntake, raw: Ask) -> None:
    sent = AnswerInput("anna", correct=True, id="a1", concept_ids=["dative"], hints=0, response_time=2.5)
    await intake.submit([sent])
    (row,) = await raw("MATCH (:Student)-[a:ANSWERED {id: 'a1'}]->(:Concept) RETURN properties(a) AS stored")
    stored = row["stored"]
    assert {name: stored[name] for name in ("hints", "response_time", "concept_ids", "correct")} == {
        "hints": 0,
        "response_time": 2.5,
        "concept_ids": ["dative"],
        "correct": True,
    }
    assert stored.keys() == {
        *("key", "id", "position", "digest", "at", "recorded_at", "sequence", "correct", "level_before", "level_after"),
        *("opportunity", "parameter_set_id", "concept_ids", "skill_codes", "hints", "response_time"),
    }
