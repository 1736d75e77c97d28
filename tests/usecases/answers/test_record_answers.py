"""Answers are recorded once, fold into mastery, and never harm each other (G3-G5, G7, B5, B6)."""

import random
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from graph_api.domain.answers.answers import AnswerInput, Recorded
from graph_api.domain.course.course import Concept, Skill
from graph_api.domain.failures import (
    AnswerIdConflict,
    ConceptNotFound,
    Failure,
    InvalidInput,
    NotRecorded,
    SessionClosed,
    SessionNotFound,
    SkillNotFound,
)
from graph_api.domain.learners.sessions import SessionStatus
from graph_api.domain.parameters.knowledge_tracing import Parameters, trace
from graph_api.domain.parameters.parameter_sets import DEFAULTS, Origin, ParameterSet
from graph_api.domain.targets import TargetKind
from graph_api.store import parameter_sets
from graph_api.store.gateway import Gateway
from graph_api.usecases.answers.answer_intake import AnswerIntake
from graph_api.usecases.course.edit_course import upsert_concepts, upsert_skills
from graph_api.usecases.learners.run_sessions import end_session, start_session
from tests.conftest import NOW, Ask

pytestmark = pytest.mark.usefixtures("course")

CONCEPT, SKILL = (DEFAULTS[kind].parameters for kind in (TargetKind.CONCEPT, TargetKind.SKILL))


def answer(key: str | None = None, *, correct: bool = True, **given: Any) -> AnswerInput:
    return AnswerInput(**{"student_id": "anna", "correct": correct, "concept_ids": ["nominative"], "id": key, **given})


async def one(intake: AnswerIntake, sent: AnswerInput) -> Recorded | Failure:
    (outcome,) = await intake.submit([sent])
    return outcome


async def recorded(intake: AnswerIntake, sent: AnswerInput) -> Recorded:
    outcome = await one(intake, sent)
    assert isinstance(outcome, Recorded), outcome
    return outcome


async def mastery(raw: Ask, student: str = "anna") -> dict[str, dict[str, Any]]:
    rows = await raw(
        "MATCH (s:Student {id: $id})-[m:HAS_MASTERY]->(t) RETURN coalesce(t.code, t.id) AS target, "
        "m.level AS level, m.attempts AS attempts, m.correct AS correct, m.parameter_set_id AS used, "
        "m.last_answer_id AS last",
        id=student,
    )
    assert len({row["target"] for row in rows}) == len(rows)
    return {row.pop("target"): row for row in rows}


async def test_a_new_student_learns(intake: AnswerIntake, raw: Ask) -> None:
    outcomes = [await recorded(intake, answer()) for _ in range(4)]

    of_concept = [outcome.changes[0] for outcome in outcomes]
    assert [round(change.level_before, 6) for change in of_concept] == [0.1, 0.428571, 0.783784, 0.943060]
    assert [round(change.level_after, 6) for change in of_concept] == [0.428571, 0.783784, 0.943060, 0.986804]
    assert [change.opportunity for change in of_concept] == [1, 2, 3, 4]
    of_skill = [outcome.changes[1] for outcome in outcomes]
    assert of_skill[0].level_before == 0.3
    assert [change.level_after for change in of_skill] == [step.after for step in trace([True] * 4, SKILL)]
    actual = await mastery(raw)
    assert actual.keys() == {"nominative", "grammar"}
    assert actual["nominative"]["used"] == "bkt-concept-v1"
    assert actual["grammar"]["used"] == "bkt-skill-v1"
    assert actual["nominative"]["level"] == of_concept[-1].level_after
    assert (actual["nominative"]["attempts"], actual["nominative"]["correct"]) == (4, 4)


async def test_the_same_event_again_changes_nothing(intake: AnswerIntake, raw: Ask, counts: Ask) -> None:
    first = await recorded(intake, answer("e"))
    await recorded(intake, answer("f", correct=False))
    before, levels = await counts(), await mastery(raw)

    again = await recorded(intake, answer("e"))

    assert again.duplicate
    assert [tuple(change) for change in again.changes] == [tuple(change) for change in first.changes]
    assert (again.answer.at, again.answer.id) == (first.answer.at, "e")
    assert (await counts(), await mastery(raw)) == (before, levels)


@pytest.mark.parametrize("other", [{"correct": False}, {"student_id": "ben"}, {"question_id": "q"}], ids=str)
async def test_an_event_id_means_one_answer(intake: AnswerIntake, counts: Ask, other: dict[str, Any]) -> None:
    await recorded(intake, answer("e"))
    before = await counts()

    outcome = await one(intake, answer("e", **other))

    assert isinstance(outcome, AnswerIdConflict)
    assert (outcome.field, outcome.value) == ("id", "e")
    assert await counts() == before


async def test_a_conflict_harms_no_neighbour(intake: AnswerIntake, counts: Ask) -> None:
    await recorded(intake, answer("e"))

    outcomes = await intake.submit(
        [answer("f", student_id="ben"), answer("e", student_id="ben"), answer("g"), answer("e"), answer("g")]
    )

    names = [type(outcome).__name__ for outcome in outcomes]
    assert names == ["Recorded", "AnswerIdConflict", "Recorded", "Recorded", "Recorded"]
    assert [outcome.duplicate for outcome in outcomes if isinstance(outcome, Recorded)] == [False, False, True, True]
    assert (await counts())["answers"] == 6  # e, f, g: each towards a concept and a skill


async def test_twins_in_one_call(intake: AnswerIntake, raw: Ask) -> None:
    first, twin, other = await intake.submit([answer("e"), answer("e"), answer("e", correct=False)])

    assert isinstance(first, Recorded)
    assert isinstance(twin, Recorded)
    assert (first.duplicate, twin.duplicate, twin.changes) == (False, True, first.changes)
    assert isinstance(other, AnswerIdConflict)
    assert (await mastery(raw))["nominative"]["attempts"] == 1


@pytest.mark.parametrize(
    ("given", "failure", "missing"),
    [
        ({"concept_ids": ["nominative", "nope", "nor"]}, ConceptNotFound, ["nope", "nor"]),
        ({"skill_codes": ["nope"]}, SkillNotFound, ["nope"]),
        ({"session_id": "nope"}, SessionNotFound, ["nope"]),
    ],
    ids=["concept", "skill", "session"],
)
async def test_what_is_unknown_is_named_and_nothing_written(
    intake: AnswerIntake, counts: Ask, given: dict[str, Any], failure: type[Failure], missing: list[str]
) -> None:
    before = await counts()

    outcome = await one(intake, answer(**given))

    assert isinstance(outcome, failure)
    assert vars(outcome)["missing"] == missing
    assert await counts() == before


async def test_an_atomic_call_is_all_or_nothing(intake: AnswerIntake, counts: Ask) -> None:
    before = await counts()

    outcomes = await intake.submit([answer("a"), answer("b", concept_ids=["nope"]), answer("c")], atomic=True)

    assert [type(outcome) for outcome in outcomes] == [NotRecorded, ConceptNotFound, NotRecorded]
    assert await counts() == before
    good = await intake.submit([answer("a"), answer("c")], atomic=True)
    assert all(isinstance(outcome, Recorded) for outcome in good)


async def test_an_atomic_call_fails_as_a_whole_on_a_conflict(intake: AnswerIntake, counts: Ask) -> None:
    await recorded(intake, answer("e"))
    before = await counts()

    for taken in (answer("e", correct=False), answer("e", student_id="ben")):
        outcomes = await intake.submit([answer("new"), taken], atomic=True)
        assert [type(outcome) for outcome in outcomes] == [NotRecorded, AnswerIdConflict]
    assert await counts() == before


async def test_an_answer_counts_towards_all_its_tags_once(intake: AnswerIntake, raw: Ask) -> None:
    outcome = await recorded(
        intake, answer(concept_ids=["accusative", "dative", "accusative"], skill_codes=["talk", "cases"])
    )

    assert outcome.answer.concept_ids == ("accusative", "dative")
    assert outcome.answer.skill_codes == ("talk", "cases", "grammar")
    assert [change.target.key for change in outcome.changes] == ["accusative", "dative", "talk", "cases", "grammar"]
    assert {name: actual["attempts"] for name, actual in (await mastery(raw)).items()} == {
        "accusative": 1, "dative": 1, "talk": 1, "cases": 1, "grammar": 1,
    }  # fmt: skip


async def test_a_skill_alone_can_be_answered(intake: AnswerIntake, raw: Ask) -> None:
    await recorded(intake, answer(concept_ids=[], skill_codes=["talk"]))

    assert (await mastery(raw)).keys() == {"talk"}


async def test_tags_are_frozen(intake: AnswerIntake, gateway: Gateway, raw: Ask) -> None:
    await recorded(intake, answer("before", concept_ids=["dative"]))
    await upsert_concepts(gateway, [Concept("dative", "Dative", ["talk"])], NOW)
    await upsert_skills(gateway, [Skill("cases", "Cases", "grammar", block="autumn", year=9)], NOW)
    await recorded(intake, answer("after", concept_ids=["dative"]))

    rows = await raw(
        "MATCH (:Student {id: 'anna'})-[a:ANSWERED]->(t:Skill) "
        "RETURN a.id AS id, t.code AS skill, a.skill_codes AS codes, a.block AS block, a.year AS year ORDER BY a.id"
    )
    assert rows == [
        {"id": "after", "skill": "talk", "codes": ["talk"], "block": None, "year": None},
        {"id": "before", "skill": "cases", "codes": ["cases"], "block": "spring", "year": 8},
    ]
    # A late answer replays the concept; the skill it has left keeps what the old answer did.
    await recorded(intake, answer("late", concept_ids=["dative"], at=NOW - timedelta(days=9)))
    actual = await mastery(raw)
    assert {name: each["attempts"] for name, each in actual.items()} == {"dative": 3, "cases": 1, "talk": 2}


@pytest.mark.parametrize("seed", range(5))
async def test_late_answers_end_where_they_would_have_in_order(intake: AnswerIntake, raw: Ask, seed: int) -> None:
    rng = random.Random(seed)
    sent = [
        answer(f"e{n:02}", correct=rng.random() < 0.5, at=NOW + timedelta(minutes=rng.randrange(6)),
               concept_ids=rng.sample(["nominative", "accusative", "dative"], 2))
        for n in range(14)
    ]  # fmt: skip
    rng.shuffle(sent)
    for item in sorted(sent, key=lambda item: item.at or NOW):  # stable: equal times stay as given
        await recorded(intake, AnswerInput(**{**_fields(item), "student_id": "ordered", "id": f"o{item.id}"}))
    while sent:
        size = rng.randrange(1, 5)
        await intake.submit(sent[:size], atomic=rng.random() < 0.5)
        sent = sent[size:]

    late, ordered = await mastery(raw), await mastery(raw, "ordered")
    for actual in (*late.values(), *ordered.values()):
        actual["last"] = actual["last"].removeprefix("o")
    assert late == ordered


def _fields(item: AnswerInput) -> dict[str, Any]:
    return {field.name: getattr(item, field.name) for field in fields(item)}


async def test_history_is_never_rewritten(intake: AnswerIntake, raw: Ask) -> None:
    for n in range(3):
        await recorded(intake, answer(f"e{n}", at=NOW + timedelta(minutes=n)))
    history = (
        "MATCH (:Student {id: 'anna'})-[a:ANSWERED]->(t) WHERE a.id <> 'late' RETURN properties(a) AS a ORDER BY a.key"
    )
    before = await raw(history)

    late = await recorded(intake, answer("late", correct=False, at=NOW - timedelta(days=1)))

    assert await raw(history) == before
    assert late.changes[0].opportunity == 1  # at its own place in time
    actual = await mastery(raw)
    assert actual["nominative"]["level"] == trace([False, True, True, True], CONCEPT)[-1].after


async def test_a_sequence_without_times_keeps_its_order(intake: AnswerIntake, raw: Ask) -> None:
    pattern = [True, False, False, True, False]
    outcomes = await intake.submit([answer(f"{9 - n}", correct=right) for n, right in enumerate(pattern)])

    times = [outcome.answer.at for outcome in outcomes if isinstance(outcome, Recorded)]
    assert times == sorted(set(times))
    assert (await mastery(raw))["nominative"]["level"] == trace(pattern, CONCEPT)[-1].after


async def test_another_parameter_set_in_effect_replays_the_target(
    intake: AnswerIntake, gateway: Gateway, raw: Ask
) -> None:
    await intake.submit([answer(correct=False), answer(correct=False)])
    strict = ParameterSet("record-v1", "record", 1, Parameters(0.05, 0.1, 0.1, 0.05), Origin.WRITTEN)
    await gateway.write(lambda tx: parameter_sets.create(tx, [strict], NOW))
    await upsert_concepts(gateway, [Concept("nominative", "Nominative", parameter_set_id="record-v1")], NOW)

    await recorded(intake, answer())

    actual = (await mastery(raw))["nominative"]
    assert actual["used"] == "record-v1"
    assert actual["attempts"] == 3
    assert actual["level"] == trace([False, False, True], strict.parameters)[-1].after


async def test_sessions(intake: AnswerIntake, gateway: Gateway) -> None:
    started = await start_session(gateway, "p", "anna", NOW)
    assert await start_session(gateway, "p", "anna", NOW + timedelta(hours=1)) == started
    assert isinstance(await one(intake, answer(session_id="p", at=NOW)), Recorded)
    other = await one(intake, answer(session_id="p", student_id="ben"))
    assert isinstance(other, SessionNotFound)
    assert vars(other) == vars(await one(intake, answer(session_id="q"))) | {"value": "p", "missing": ["p"]}
    with pytest.raises(InvalidInput, match="another student"):
        await start_session(gateway, "p", "ben", NOW)

    end = NOW + timedelta(hours=1)
    ended = await end_session(gateway, "p", SessionStatus.SUBMITTED, end)
    assert (ended.status, ended.ended_at) == (SessionStatus.SUBMITTED, end)
    assert await end_session(gateway, "p", SessionStatus.SUBMITTED, end + timedelta(hours=1)) == ended
    with pytest.raises(SessionClosed):
        await end_session(gateway, "p", SessionStatus.ABANDONED, end)
    with pytest.raises(SessionNotFound):
        await end_session(gateway, "nope", SessionStatus.SUBMITTED, end)
    assert isinstance(await one(intake, answer(session_id="p", at=end)), Recorded)
    closed = await one(intake, answer(session_id="p", at=end + timedelta(seconds=1)))
    assert isinstance(closed, SessionClosed)
    assert closed.status == "SUBMITTED"


async def test_sent_again_after_its_session_ended(intake: AnswerIntake, gateway: Gateway, counts: Ask) -> None:
    await start_session(gateway, "p", "anna", NOW)
    first = await one(intake, answer("e", session_id="p"))
    assert isinstance(first, Recorded)
    await end_session(gateway, "p", SessionStatus.SUBMITTED, NOW)

    again = await one(intake, answer("e", session_id="p"))
    other, new = await intake.submit(
        [answer("e", session_id="p", correct=False), answer("f", session_id="p")], atomic=True
    )

    assert isinstance(again, Recorded)
    assert (again.duplicate, again.changes, again.answer.at) == (True, first.changes, first.answer.at)
    assert [type(outcome) for outcome in (other, new)] == [AnswerIdConflict, SessionClosed]
    assert (await counts())["answers"] == len(first.changes)


async def test_the_future_is_refused(intake: AnswerIntake, counts: Ask) -> None:
    before = await counts()
    outcome = await one(intake, answer(at=datetime.now(NOW.tzinfo) + timedelta(minutes=6)))

    assert isinstance(outcome, InvalidInput)
    assert outcome.field == "at"
    assert await counts() == before


@pytest.mark.parametrize("offset", ["+05:45:30", "-23:59:59", "+14:00", "Z"])
async def test_any_offset_is_taken_and_kept_in_utc(intake: AnswerIntake, raw: Ask, offset: str) -> None:
    at = datetime.fromisoformat(f"2026-01-10T12:00:00.000001{offset}")

    await recorded(intake, answer(at=at))

    (row,) = await raw("MATCH ()-[a:ANSWERED {position: 0}]->() RETURN toString(a.at) AS at")
    assert datetime.fromisoformat(row["at"]).replace(tzinfo=UTC) == at
