"""The order of answers (B6): as given in a call or file; whatever their ids are, nothing moves by a digit."""

import random
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from graph_api.domain.answers.answers import AnswerInput, Recorded
from graph_api.domain.answers.order import Order
from graph_api.domain.learners import sampling, topic
from graph_api.domain.parameters.knowledge_tracing import trace
from graph_api.domain.parameters.parameter_sets import DEFAULTS
from graph_api.domain.parameters.topic_parameters import DEFAULT_SET
from graph_api.domain.targets import TargetKind
from graph_api.store.gateway import Gateway
from graph_api.store.histories import read_histories, read_timed_histories
from graph_api.usecases.answers.answer_files import Layout, read_answers
from graph_api.usecases.answers.answer_intake import AnswerIntake, IntakeLimits
from graph_api.usecases.answers.import_answers import ImportAnswers
from graph_api.usecases.answers.record_answers import RecordAnswers
from graph_api.usecases.operations.back_up import back_up, restore
from tests.conftest import NOW, Ask

pytestmark = pytest.mark.usefixtures("course")

CONCEPT, SKILL = DEFAULTS[TargetKind.CONCEPT].parameters, DEFAULTS[TargetKind.SKILL].parameters
IDS = ("absent", "ascending", "descending", "shuffled")
ANSWERS = 14


@pytest.fixture
async def narrow(gateway: Gateway) -> AsyncIterator[AnswerIntake]:
    """An intake that records five answers in a transaction, so that longer calls are recorded in parts."""
    async with AnswerIntake(RecordAnswers(gateway, DEFAULT_SET), IntakeLimits(batch=5)) as running:
        yield running


def ids(kind: str, count: int, rng: random.Random) -> Sequence[str | None]:
    names = [f"e{n:03}" for n in range(count)]
    kinds: dict[str, Sequence[str | None]] = {
        "absent": [None] * count,
        "ascending": names,
        "descending": names[::-1],
        "shuffled": rng.sample(names, count),
    }
    return kinds[kind]


def scored(rng: random.Random, key: str | None, at: datetime) -> AnswerInput:
    return AnswerInput(
        "anna", correct=rng.random() < 0.5, concept_ids=["dative"], id=key, at=at,
        semantic_score=rng.random(), keyword_score=rng.random(),
        **rng.choice([{"mentioned": ["dative"]}, {"missed": ["dative"]}]),  # type: ignore[arg-type]
    )  # fmt: skip


async def levels(raw: Ask) -> dict[str, float]:
    rows = await raw(
        "MATCH (:Student {id: 'anna'})-[m:HAS_MASTERY]->(t) RETURN coalesce(t.id, t.code) AS target, m.level AS level"
    )
    return {row["target"]: row["level"] for row in rows}


async def check(in_order: Sequence[AnswerInput], ask: Ask, raw: Ask, gateway: Gateway) -> None:
    """Compare all that depends on the order with an oracle that folds the answers as they stand."""
    outcomes = [each.correct for each in in_order]
    steps = trace(outcomes, CONCEPT)
    assert await levels(raw) == {"dative": steps[-1].after, "cases": trace(outcomes, SKILL)[-1].after}

    moment = (NOW + timedelta(days=1)).isoformat()
    recompute = "mutation ($moment: DateTime!) { recomputeRecency(input: {asOf: $moment}) { __typename } }"
    await ask(recompute, moment=moment)
    actual = (await ask(
        """query ($moment: DateTime!) { student(id: "anna") {
          weights: explain(skillCode: "cases") { recencyWeights { correct } }
          explain(conceptId: "dative", last: 500) { level steps { correct after } }
          levelAt(conceptId: "dative", at: $moment)
          learningCurve(conceptId: "dative", longest: 100) { errorRate }
          oldest: answers(first: 500, orderBy: OLDEST_FIRST) { nodes { correct } }
          newest: answers(first: 500) { nodes { correct } }
        } }""",
        moment=moment,
    ))["student"]  # fmt: skip
    assert actual["explain"]["steps"] == [
        {"correct": c, "after": s.after} for c, s in zip(outcomes, steps, strict=True)
    ]
    assert actual["explain"]["level"] == actual["levelAt"] == steps[-1].after
    assert [each["correct"] for each in actual["weights"]["recencyWeights"]] == outcomes[::-1]
    assert [point["errorRate"] for point in actual["learningCurve"]] == [float(not each) for each in outcomes]
    assert [node["correct"] for node in actual["oldest"]["nodes"]] == outcomes
    assert [node["correct"] for node in actual["newest"]["nodes"]] == outcomes[::-1]

    for kind, key in ((TargetKind.CONCEPT, "dative"), (TargetKind.SKILL, "cases")):
        histories = await gateway.read(lambda tx, k=kind, t=key: read_histories(tx, k, [t]))  # type: ignore[misc]
        timed = await gateway.read(lambda tx, k=kind, t=key: read_timed_histories(tx, k, [t], None))  # type: ignore[misc]
        for each in (histories, timed.timed, timed.by_question, timed.responses):
            assert each.correct.tolist() == outcomes
        assert timed.responses.moment.tolist() == list(range(len(outcomes)))

    places = [Order(NOW, NOW, n) for n in range(len(in_order))]
    rows = list(zip(places, in_order, strict=True))
    expected = topic.fold(
        topic.Topic(),
        [topic.Scored(p, a.correct, a.semantic_score, a.keyword_score, None) for p, a in rows],
        DEFAULT_SET.parameters,
    )
    record = sampling.fold(
        sampling.Sampling(), [sampling.Sampled(p, "dative" in a.mentioned) for p, a in rows], DEFAULT_SET.parameters
    )
    (stored,) = await raw(
        "MATCH (s:Student {id: 'anna'})-[m:HAS_MASTERY]->(:Skill {code: 'cases'}), (s)-[r:SAMPLED]->(:Concept) "
        "RETURN m.topic_mastery AS mastery, m.topic_velocity AS velocity, m.topic_good AS good, "
        "r.mastery AS sampling, r.stagnation AS stagnation"
    )
    assert stored == {
        "mastery": expected.mastery, "velocity": expected.velocity, "good": expected.good,
        "sampling": record.mastery, "stagnation": record.stagnation,
    }  # fmt: skip


@pytest.mark.parametrize("atomic", [False, True])
@pytest.mark.parametrize("kind", IDS)
async def test_equal_times_keep_the_order_of_the_call_whatever_the_ids(
    narrow: AnswerIntake, ask: Ask, raw: Ask, gateway: Gateway, kind: str, *, atomic: bool
) -> None:
    rng = random.Random(f"{kind} {atomic}")
    sent = [scored(rng, key, NOW - timedelta(minutes=rng.randrange(3))) for key in ids(kind, ANSWERS, rng)]

    await narrow.submit(sent, atomic=atomic)

    in_order = sorted(sent, key=lambda each: each.at or NOW)  # stable
    await check(in_order, ask, raw, gateway)


@pytest.mark.parametrize("kind", IDS)
async def test_equal_times_of_several_calls_go_by_recording_time(
    narrow: AnswerIntake, ask: Ask, raw: Ask, gateway: Gateway, kind: str
) -> None:
    rng = random.Random(kind)
    sent = [scored(rng, key, NOW - timedelta(minutes=rng.randrange(2))) for key in ids(kind, ANSWERS, rng)]

    for start, stop in ((0, 1), (1, 8), (8, 9), (9, ANSWERS)):
        await narrow.submit(sent[start:stop])

    await check(sorted(sent, key=lambda each: each.at or NOW), ask, raw, gateway)


async def test_right_then_wrong_at_one_time_is_one_by_one(narrow: AnswerIntake, raw: Ask) -> None:
    """Without ids the server makes them up, at random: a hundred tries would not all come out alike."""
    expected = trace([True, False], CONCEPT)[-1].after
    sent = [
        AnswerInput(f"s{n}", correct=right, concept_ids=["dative"], at=NOW)
        for n in range(30)
        for right in (True, False)
    ]

    await narrow.submit(sent)

    rows = await raw("MATCH (:Student)-[m:HAS_MASTERY]->(:Concept) RETURN m.level AS level")
    assert [row["level"] for row in rows] == [expected] * 30


async def test_a_retry_returns_the_first_result_and_moves_nothing(narrow: AnswerIntake, raw: Ask) -> None:
    sent = [AnswerInput("anna", correct=n % 3 == 0, concept_ids=["dative"], at=NOW, id=f"{9 - n}") for n in range(8)]
    first = await narrow.submit(sent)
    before = await levels(raw), await raw("MATCH ()-[a:ANSWERED]->() RETURN properties(a) AS a ORDER BY a.key")

    again = await narrow.submit(sent[::-1])

    assert [r.duplicate for r in again if isinstance(r, Recorded)] == [True] * 8
    assert [r.answer.order for r in again if isinstance(r, Recorded)] == [
        r.answer.order for r in reversed(first) if isinstance(r, Recorded)
    ]
    assert (
        await levels(raw),
        await raw("MATCH ()-[a:ANSWERED]->() RETURN properties(a) AS a ORDER BY a.key"),
    ) == before


async def test_one_event_id_twice_in_a_call_of_several_parts_is_a_duplicate(narrow: AnswerIntake) -> None:
    sent = [AnswerInput("anna", correct=True, concept_ids=["dative"], at=NOW, id=f"e{n % 7}") for n in range(14)]

    outcomes = await narrow.submit(sent)

    assert [r.duplicate for r in outcomes if isinstance(r, Recorded)] == [False] * 7 + [True] * 7


@pytest.mark.parametrize("seed", range(3))
async def test_a_graph_of_the_version_before_keeps_its_order_and_levels(
    narrow: AnswerIntake, ask: Ask, raw: Ask, gateway: Gateway, seed: int
) -> None:
    """Its order among equal times is by id, and what comes now is after it, with ids that sort before it too."""
    rng = random.Random(seed)
    old = [scored(rng, f"m{rng.randrange(10**6):06}", NOW - timedelta(minutes=rng.randrange(2))) for _ in range(9)]
    old.sort(key=lambda each: (each.at, each.id))
    for each in old:  # as that version folded them
        await narrow.submit([each])
    await raw("MATCH ()-[a:ANSWERED]->() REMOVE a.sequence")
    await raw("MATCH ()-[m:HAS_MASTERY]->() REMOVE m.last_sequence, m.last_recorded_at, m.topic_last_sequence, "
              "m.topic_last_recorded_at")  # fmt: skip
    await raw("MATCH ()-[r:SAMPLED]->() REMOVE r.last_sequence, r.last_recorded_at")
    for key in {each.id for each in old}:  # they were recorded in another order
        moment = NOW + timedelta(seconds=rng.randrange(10**6))
        await raw("MATCH ()-[a:ANSWERED]->() WHERE a.id = $id SET a.recorded_at = $moment", id=key, moment=moment)
    await check(old, ask, raw, gateway)

    latest = max(each.at for each in old if each.at)
    new = [scored(rng, key, latest) for key in ("b", "a", "0")]
    await narrow.submit(new)  # carries the states on
    await check([*old, *new], ask, raw, gateway)
    late = [scored(rng, key, NOW - timedelta(minutes=9)) for key in ("y", "x")]
    await narrow.submit(late)  # replays them
    await check([*late, *old, *new], ask, raw, gateway)


async def test_activation_and_backups_keep_the_order(
    narrow: AnswerIntake, ask: Ask, raw: Ask, gateway: Gateway, tmp_path: Path
) -> None:
    rng = random.Random(4)
    sent = [scored(rng, key, NOW) for key in ids("descending", ANSWERS, rng)]
    await narrow.submit(sent)
    put = 'mutation { putParameterSet(input: {name: "other", prior: 0.4, learn: 0.3, guess: 0.1, slip: 0.05}) { __typename } }'
    await ask(put)
    for set_id in ('"other-v1"', "null"):
        activate = f'mutation {{ activateParameters(input: {{parameterSetId: {set_id}, conceptIds: ["dative"]}}) {{ __typename }} }}'
        await ask(activate)
    await check(sent, ask, raw, gateway)

    path = tmp_path / "backup.gz"
    await back_up(gateway, path, NOW, lambda *_: None)
    await restore(gateway, path, replace=True, on_progress=lambda *_: None)

    await check(sent, ask, raw, gateway)
    await narrow.submit([late := scored(rng, "0", NOW - timedelta(minutes=1))])
    await check([late, *sent], ask, raw, gateway)


async def imported(gateway: Gateway, path: Path, layout: Layout) -> None:
    report = await ImportAnswers(gateway, lambda: NOW + timedelta(days=300), DEFAULT_SET, create_skills=True)(
        read_answers(path, layout, path.stem)
    )
    assert report.recorded == report.rows > 0


@pytest.mark.parametrize(
    ("name", "layout"),
    [
        ("c01_tie_order.csv", Layout(student="user_id", skill="skill_name", order="order_id")),
        ("c01_tie_at.csv", Layout(student="user", skill="skill", correct="ok", at="when")),
    ],
)
async def test_rows_with_equal_times_keep_the_order_of_the_file(
    gateway: Gateway, raw: Ask, data_file: Callable[[str], Path], name: str, layout: Layout
) -> None:
    await imported(gateway, data_file(f"cases/{name}"), layout)

    (row,) = await raw("MATCH (:Student)-[m:HAS_MASTERY]->(:Skill) RETURN m.level AS level")
    assert round(row["level"], 4) == 0.2706


async def test_an_exam_handed_in_at_one_time_is_as_in_the_file(
    gateway: Gateway, raw: Ask, data_file: Callable[[str], Path]
) -> None:
    path = data_file("cases/c02_exam_same_time.csv")
    await imported(gateway, path, Layout(student="student", skill="skill", correct="ok", at="when"))

    expected: dict[str, list[bool]] = {}
    for student, _, ok, _ in (line.split(",") for line in path.read_text().splitlines()[1:]):
        expected.setdefault(student, []).append(ok == "1")
    rows: list[dict[str, Any]] = await raw(
        "MATCH (s:Student)-[m:HAS_MASTERY]->(:Skill) RETURN s.id AS id, m.level AS level"
    )
    assert {row["id"]: row["level"] for row in rows} == {
        student: trace(outcomes, SKILL)[-1].after for student, outcomes in expected.items()
    }


async def test_a_file_in_several_batches_and_runs_keeps_its_order(gateway: Gateway, raw: Ask, tmp_path: Path) -> None:
    """2,500 rows at one time: lines of several lengths, three batches, and a first run that stopped after one."""
    rng, path = random.Random(5), tmp_path / "week.csv"
    outcomes = [rng.random() < 0.5 for _ in range(2_500)]
    path.write_text("student,ok,skill,when\n" + "".join(f"anna,{o:d},cases,{NOW.isoformat()}\n" for o in outcomes))
    layout = Layout(student="student", correct="ok", skill="skill", at="when")
    rows = list(read_answers(path, layout, "week"))

    await ImportAnswers(gateway, lambda: NOW + timedelta(days=1), DEFAULT_SET)(iter(rows[:1_000]))
    ticks = iter(range(10, 0, -1))
    await ImportAnswers(gateway, lambda: NOW + timedelta(days=2, hours=next(ticks)), DEFAULT_SET)(
        iter(rows)
    )  # set back meanwhile

    (row,) = await raw("MATCH (:Student)-[m:HAS_MASTERY]->(:Skill) RETURN m.level AS level, m.attempts AS attempts")
    assert row == {"level": trace(outcomes, SKILL)[-1].after, "attempts": 2_500}
