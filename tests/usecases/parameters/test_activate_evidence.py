"""A tutor's log under DataShop's first-attempt rule, and under others: levels, recency, topics, curves and fits agree."""

import csv
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from graph_api.domain.answers.answers import Answer, AnswerInput
from graph_api.domain.answers.evidence_rules import DEFAULT_SET, FIRST_ATTEMPT_SET, EvidenceParameters, HintedAnswers
from graph_api.domain.learners.mastery import replay
from graph_api.domain.learners.topic import Scored, Topic, fold
from graph_api.domain.parameters import recency_parameters, topic_parameters
from graph_api.domain.parameters.parameter_sets import DEFAULTS
from graph_api.domain.targets import TargetKind, joined, skill
from graph_api.store import answers, masteries, recencies, samplings, topics
from graph_api.store.gateway import Gateway
from graph_api.store.histories import read_histories
from graph_api.store.policy_sets import EvidenceInEffect, evidence_sets, put_evidence_in_effect
from graph_api.store.students import read_page
from graph_api.usecases.answers.answer_cells import CellRules
from graph_api.usecases.answers.answer_files import layouts, read_answers
from graph_api.usecases.answers.answer_intake import AnswerIntake
from graph_api.usecases.answers.import_answers import ImportAnswers
from graph_api.usecases.learners.rebuild_levels import rebuild_levels
from graph_api.usecases.learners.recompute_recency import RecomputeRequest, recompute_recency
from graph_api.usecases.operations.check_consistency import WEIGHED, find_inconsistencies
from graph_api.usecases.operations.check_topics import find_wrong_topics
from graph_api.usecases.parameters.activate_evidence import activate_evidence, evidence_run, resume_evidence
from graph_api.usecases.parameters.change_sets import replay_run
from graph_api.usecases.parameters.edit_policy_sets import put_policy
from tests.conftest import NOW, Ask

LOG = Path(__file__).parents[2] / "data" / "tutor_log.txt"
CODES = ["datashop-addition", "datashop-fractions", "datashop-subtraction"]
TOPICS = topic_parameters.DEFAULT_SET

pytestmark = pytest.mark.usefixtures("clean")


@pytest.fixture(autouse=True)
async def default_rule(gateway: Gateway) -> None:
    """The default evidence parameters are in effect."""
    await gateway.write(lambda tx: put_evidence_in_effect(tx, EvidenceInEffect()))


def clock() -> Any:
    return NOW


async def import_log(gateway: Gateway, rule: str | None = None) -> ImportAnswers:
    layout = layouts()["datashop"] if rule is None else layouts()["datashop"].weighed_by(rule)
    left_out: list[str] = []
    rules = CellRules(time_zone=NOW.tzinfo)
    rows = read_answers(LOG, layout, "log", rules=rules, on_left_out=lambda _line, reason: left_out.append(reason))
    use_case = ImportAnswers(gateway, clock, TOPICS, create_skills=True, reject=lambda _row, _failure: None)
    await use_case(rows)
    assert left_out == ["no skill"] * 8  # steps without a component have no target
    return use_case


async def activate(gateway: Gateway, rule: str, before: str | None = None) -> None:
    await activate_evidence(gateway, rule, before, TOPICS, evidence_run(f"to-{rule}", rule, "test", NOW), clock)


async def states(gateway: Gateway) -> dict[str, Any]:
    """Everything that is computed from answers, to the digit, without when and by which run it was written."""

    async def work(tx: Any) -> dict[str, Any]:
        ids = [each.id for each in await read_page(tx, after_id="", limit=100)]
        levels = [each for of_one in (await masteries.read_of_students(tx, ids)).values() for each in of_one]
        scores = await recencies.read_of_students(tx, ids)
        return {
            "levels": {(e.student_id, e.target): (e.level, e.attempts, e.correct, e.last) for e in levels},
            "topics": await topics.read_of_students(tx, ids),
            "samplings": await samplings.read_of_students(tx, ids),
            "recency": {
                student_id: {code: (each.breakdown, each.as_of) for code, each in of_one.items()}
                for student_id, of_one in scores.items()
            },
        }

    return await gateway.read(work)


async def sound(gateway: Gateway) -> bool:
    """Whether the doctor finds nothing."""
    return not [*await find_inconsistencies(gateway), *await find_wrong_topics(gateway, TOPICS)]


def datashop_error_rates(code: str) -> list[tuple[int, int]]:
    """Steps and errors by opportunity, counted from the log itself as DataShop's step roll-up does.

    A student's transactions of one problem and step are one step. The step is an error if its first attempt is incorrect
    or a request for a hint. The student's steps with a knowledge component are its opportunities, in order of time.
    """
    with LOG.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file, delimiter="\t")
    column = {name: place for place, name in reversed(list(enumerate(header)))}
    components = [place for place, name in enumerate(header) if name == "KC (Default)"]
    first: dict[tuple[str, ...], tuple[str, list[str]]] = {}
    for row in sorted(rows, key=lambda each: (each[column["Time"]], int(each[column["Row"]]))):
        step = tuple(row[column[name]] for name in ("Anon Student Id", "Problem Name", "Problem View", "Step Name"))
        first.setdefault(step, (row[column["Outcome"]], [row[place] for place in components]))
    taken: dict[str, int] = defaultdict(int)
    counts: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for (student, *_), (outcome, of_step) in first.items():
        if code.removeprefix("datashop-") in of_step:
            taken[student] += 1
            counts[taken[student]][0] += 1
            counts[taken[student]][1] += outcome in {"INCORRECT", "HINT"}
    return [(steps, errors) for _, (steps, errors) in sorted(counts.items())]


async def stored_answers(gateway: Gateway) -> list[Answer]:
    async def work(tx: Any) -> list[Answer]:
        ids = [each.id for each in await read_page(tx, after_id="", limit=100)]
        return [each async for each in answers.stream_of_students(tx, ids)]

    return await gateway.read(work)


def levels_of(history: Iterable[Answer]) -> dict[Any, Any]:
    """Levels replayed by the domain alone."""
    evidence = defaultdict(list)
    for answer in history:
        for target in answer.targets:
            evidence[answer.student_id, target].append(answer.evidence)
    replayed = {pair: replay(of_one, *pair, DEFAULTS[TargetKind.SKILL]) for pair, of_one in evidence.items()}
    return {
        pair: (each.level, each.attempts, each.correct, each.last)
        for pair, each in replayed.items()
        if each is not None
    }


async def test_a_tutor_log_is_counted_as_datashop_counts_and_replays_to_the_digit(gateway: Gateway) -> None:
    imported = await import_log(gateway)
    report = imported.report
    assert (report.recorded, report.rejected) == (129, 0)
    history = await stored_answers(gateway)
    assert {each.evidence_id for each in history} == {FIRST_ATTEMPT_SET.id}
    assert all(each.weight == (each.attempt == 1) for each in history)

    ids = {each.student_id for each in history}
    for code in CODES:
        curve = await gateway.read(
            lambda tx, code=code: answers.read_curve(tx, ids, TargetKind.SKILL, [code], 100)  # type: ignore[misc]
        )
        assert [(steps, errors) for _, steps, errors in curve] == datashop_error_rates(code)

    request = RecomputeRequest(parameter_set_id=recency_parameters.DEFAULT_SET.id, as_of=max(e.at for e in history))
    await recompute_recency(gateway, request, request.run("scores", "test", NOW), clock)
    under_first = await states(gateway)
    first = [each for each in history if each.attempt == 1]
    stated = [replace(each, correct=each.correct and not each.hints, weight=1.0, counts_as=None) for each in first]
    assert under_first["levels"] == levels_of(stated)
    assert under_first["levels"] == levels_of(history)
    for student_id, of_one in under_first["recency"].items():
        for code, (breakdown, as_of) in of_one.items():
            for bucket in breakdown.buckets:
                inside = [
                    each
                    for each in stated
                    if each.student_id == student_id
                    and code in each.skill_codes
                    and as_of - each.at <= timedelta(days=bucket.days)
                ]
                assert (bucket.attempts, bucket.correct) == (len(inside), sum(each.correct for each in inside))
    fitted = await gateway.read(lambda tx: read_histories(tx, TargetKind.SKILL, CODES))
    assert len(fitted.correct) == sum(steps for code in CODES for steps, _ in datashop_error_rates(code))
    assert int((~fitted.correct).sum()) == sum(errors for code in CODES for _, errors in datashop_error_rates(code))
    assert await sound(gateway)

    await activate(gateway, DEFAULT_SET.id, FIRST_ATTEMPT_SET.id)
    plain = [each.weighed_by(DEFAULT_SET) for each in history]
    under_all = await states(gateway)
    assert under_all["levels"] == levels_of(plain)
    assert under_all["levels"] != under_first["levels"]
    assert under_all["recency"] != under_first["recency"]
    assert await stored_answers(gateway) == plain
    assert await sound(gateway)

    await activate(gateway, FIRST_ATTEMPT_SET.id)
    assert await states(gateway) == under_first
    assert await stored_answers(gateway) == history
    assert await sound(gateway)


STRAY = """MATCH (:Student {id: 'ben'})-[mastery:HAS_MASTERY]->(skill:Skill {code: 'talk'})
MATCH (anna:Student {id: 'anna'})
CREATE (anna)-[stray:HAS_MASTERY {level: mastery.level, attempts: mastery.attempts, correct: mastery.correct, key: $key,
  last_practiced_at: mastery.last_practiced_at, last_recorded_at: mastery.last_recorded_at,
  last_answer_id: mastery.last_answer_id, parameter_set_id: mastery.parameter_set_id, updated_at: mastery.updated_at}]->(skill)"""
"""A mastery of a student whose answers do not count."""


def text_answer(student: str, minutes: int, hints: int, score: float) -> AnswerInput:
    return AnswerInput(
        student,
        correct=score > 0.5,
        skill_codes=["talk"],
        semantic_score=score,
        keyword_score=score,
        mentioned=["dative"],
        missed=["nominative"],
        hints=hints,
        response_time=20.0,
        at=NOW - timedelta(minutes=60 - minutes),
    )


@pytest.mark.usefixtures("course")
async def test_a_run_that_died_is_resumed_and_nothing_is_left_of_answers_that_do_not_count(
    gateway: Gateway, intake: AnswerIntake, raw: Ask
) -> None:
    hinted = [text_answer("anna", place, 1, 0.9) for place in range(3)]
    mixed = [text_answer("ben", place, place % 2, place / 6) for place in range(6)]
    await intake.submit([*hinted, *mixed])
    request = RecomputeRequest(parameter_set_id=recency_parameters.DEFAULT_SET.id, as_of=NOW)
    await recompute_recency(gateway, request, request.run("scores-2", "test", NOW), clock)
    before = await states(gateway)
    own = EvidenceParameters(hinted_answers=HintedAnswers.IGNORED)
    ignoring = await put_policy(gateway, evidence_sets, "ignoring", own, NOW)
    halving = await put_policy(
        gateway, evidence_sets, "halving", EvidenceParameters(rapid_seconds=30, rapid_weight=0.5), NOW
    )

    noted = EvidenceInEffect(ignoring.id, "dead", [DEFAULT_SET.id])
    await gateway.write(lambda tx: put_evidence_in_effect(tx, noted))
    resumed = await resume_evidence(gateway, TOPICS, "resumed", "test", clock)
    assert resumed is not None
    assert (resumed.answers, resumed.changed) == (9, 6)
    assert await resume_evidence(gateway, TOPICS, "again", "test", clock) is None
    ignored = await states(gateway)
    assert {student_id for student_id, _ in ignored["levels"]} == {"ben"}
    assert set(ignored["topics"]) == set(ignored["samplings"]) == {"ben"}
    topic = ignored["topics"]["ben"]["talk"].topic
    counted = [answer for answer in await stored_answers(gateway) if answer.student_id == "ben" and answer.weight]
    expected = fold(Topic(), [scored(answer) for answer in counted], TOPICS.parameters)
    assert topic == expected
    assert (ignored["samplings"]["ben"]["dative"].sampling.mentioned, len(counted)) == (3, 3)
    assert ignored["recency"]["ben"]["talk"][0].attempts == 3
    assert await sound(gateway)

    await raw(STRAY, key=joined("anna", *skill("talk")))
    assert not await sound(gateway)
    await rebuild_levels(gateway, replay_run("rebuilt", "rebuilt", "test", NOW), clock)
    assert await states(gateway) == ignored
    assert await sound(gateway)

    await activate(gateway, halving.id)
    halved = await states(gateway)
    assert halved["topics"]["ben"]["talk"].topic.semantic.lost == pytest.approx(2.0)  # four incorrect ones count half
    assert halved["topics"]["ben"]["talk"].topic.attempted == 6
    assert await sound(gateway)

    await intake.submit([text_answer("ben", -10, 0, 0.2)])  # late, and a rapid guess under the rule in effect
    assert (await states(gateway))["topics"]["ben"]["talk"].topic.attempted == 7
    assert await sound(gateway)
    await raw(
        "MATCH (:Student {id: 'ben'})-[a:ANSWERED]->() WHERE a.at < $at SET a.weight = 0.25",
        at=NOW - timedelta(minutes=65),
    )
    findings = [each for each in await find_inconsistencies(gateway) if each.rule == WEIGHED]
    assert {(each.subject, each.target) for each in findings} == {("ben", "talk")}

    await raw("MATCH (:Student {id: 'ben'})-[a:ANSWERED]->() WHERE a.at < $at DELETE a", at=NOW - timedelta(minutes=65))
    await activate(gateway, DEFAULT_SET.id)
    restored = await states(gateway)
    assert restored["levels"] == before["levels"]
    assert restored["samplings"] == before["samplings"]
    assert {each: of["talk"].topic for each, of in restored["topics"].items()} == {
        each: of["talk"].topic for each, of in before["topics"].items()
    }
    assert restored["recency"]["ben"] == before["recency"]["ben"]
    assert await sound(gateway)


def scored(answer: Answer) -> Scored:
    scores = answer.semantic_score, answer.keyword_score, answer.response_time
    return Scored(answer.order, answer.correct, *scores, answer.counts_as, answer.weight)
