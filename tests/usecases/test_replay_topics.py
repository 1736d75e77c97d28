"""Topics under the parameters in effect: read by the set that they carry, replayed in a run, found by the doctor."""

import asyncio
import itertools
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from graph_api.app.application import create_app
from graph_api.config import Settings
from graph_api.domain import sampling, topic
from graph_api.domain.answers import AnswerInput, Recorded
from graph_api.domain.failures import ParameterSetNotFound
from graph_api.domain.recency_parameters import RecencyParameters
from graph_api.domain.runs import Algorithm, RunStatus
from graph_api.domain.sampling import Sampling
from graph_api.domain.topic import Topic
from graph_api.domain.topic_parameters import DEFAULT_SET, ColdStart, MissingScore, TopicParameters, TopicParameterSet
from graph_api.jobs.parameters_in_effect import TRIGGER, replay_stale_topics
from graph_api.store import runs, samplings, topics
from graph_api.store.gateway import Gateway
from graph_api.store.policy_sets import recency_sets, topic_sets
from graph_api.usecases import replay_topics as replaying
from graph_api.usecases.answer_intake import AnswerIntake
from graph_api.usecases.check_consistency import find_inconsistencies
from graph_api.usecases.check_topics import FOLDED, IN_EFFECT, KNOWN_SET, READABLE, REPLAYED, find_wrong_topics
from graph_api.usecases.choose_students import student_pages
from graph_api.usecases.edit_policy_sets import put_policy
from graph_api.usecases.hold_job import Claim, JobHolder
from graph_api.usecases.import_answers import ImportAnswers
from graph_api.usecases.record_answers import RecordAnswers
from graph_api.usecases.replay_topics import has_stale_topics, replay_run, replay_topics
from tests.conftest import NOW, Ask

pytestmark = pytest.mark.usefixtures("course")

serial = itertools.count()
OWN = TopicParameters(
    alpha=0.5, semantic_weight=0.4, cold_start=ColdStart.BIAS_CORRECTED, beginner=0.75, advanced=0.9, mention=0.3,
    weak_missed=1, strong_mentioned=1, stagnant=1, falling=-0.01,
)  # fmt: skip
RECORD_FIELDS = "conceptId isWeak isStrong samplingMastery"
SHOWN = f"""{{ student(id: "s0") {{
  topic(skillCode: "cases") {{ masteryLevel stage semanticAvg keywordAvg learningVelocity interval {{ low high }}
    parameterSetId weakConcepts {{ {RECORD_FIELDS} }} strongConcepts {{ {RECORD_FIELDS} }} stagnantConcepts {{ conceptId }} }}
  explain(skillCode: "cases") {{ topic {{ semantic keyword mastery }} }} }} }}"""
SETS = "{ topicParameterSets { id inForce } recencyParameterSets { id inForce } }"
RUNS = "{ runs(first: 50) { nodes { algorithm status trigger parameters output } } }"


def now() -> Any:
    return NOW


async def own_set(gateway: Gateway, parameters: TopicParameters = OWN) -> TopicParameterSet:
    return await put_policy(gateway, topic_sets, f"of-replays-{next(serial)}", parameters, NOW)


def sent(student: str, minute: int, semantic: float | None, keyword: float | None, **given: Any) -> AnswerInput:
    return AnswerInput(
        student, correct=(keyword or 0) > 0.6, concept_ids=["accusative"], id=f"{student}-{minute}",
        at=NOW - timedelta(hours=2) + timedelta(minutes=minute), semantic_score=semantic, keyword_score=keyword, **given,
    )  # fmt: skip


@pytest.fixture
async def practised(intake: AnswerIntake) -> list[AnswerInput]:
    """Three students with topics and samplings under the default set; scores are missing here and there."""
    scores: list[tuple[float | None, float | None]] = [(0.9, None), (0.7, 0.8), (None, 0.4), (0.95, 0.9), (0.6, None)]
    answers = [
        sent(student, n, *each, **({"mentioned": ["dative"]} if n % 2 else {"missed": ["dative", "accusative"]}))
        for student in ("s0", "s1", "s2")
        for n, each in enumerate(scores)
    ]
    assert all(isinstance(outcome, Recorded) for outcome in await intake.submit(answers))
    return answers


async def states(gateway: Gateway) -> dict[Any, Any]:
    ids = ["s0", "s1", "s2"]
    return {
        "topics": await gateway.read(lambda tx: topics.read_of_students(tx, ids)),
        "samplings": await gateway.read(lambda tx: samplings.read_of_students(tx, ids)),
    }


def expected(answers: list[AnswerInput], student: str, used: TopicParameterSet) -> tuple[Topic, Sampling]:
    """What a fold of a student's answers gives, straight from what was sent."""
    own = [each for each in answers if each.student_id == student and each.at]
    scored = [
        topic.Scored(each.at, each.id or "", each.correct, each.semantic_score, each.keyword_score, None)
        for each in own if each.at
    ]  # fmt: skip
    sampled = [sampling.Sampled(each.at, each.id or "", "dative" in each.mentioned) for each in own if each.at]
    return (
        topic.fold(Topic(), scored, used.parameters),
        sampling.fold(Sampling(), sampled, used.parameters),
    )


async def test_every_state_is_replayed_under_another_set_in_a_run(
    gateway: Gateway, practised: list[AnswerInput], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("graph_api.usecases.choose_students.STUDENTS_AT_A_TIME", 2)
    used = await own_set(gateway)
    run = replay_run(f"replay-{next(serial)}", used, "test", NOW)
    assert await has_stale_topics(gateway, used)

    replayed = await replay_topics(gateway, used, run, now)

    assert replayed == (6, 6, 0)  # two skills and two concepts each
    found = await states(gateway)
    for student in ("s0", "s1", "s2"):
        of_topic, of_sampling = expected(practised, student, used)
        for code in ("grammar", "cases"):
            assert found["topics"][student][code] == (of_topic, used.id, topic.VERSION)
        assert found["samplings"][student]["dative"] == (of_sampling, used.id, sampling.VERSION)
    (kept,) = (await gateway.read(lambda tx: runs.read_by_ids(tx, [run.id]))).values()
    assert (kept.algorithm, kept.status, kept.parameters) == (
        Algorithm.REPLAY_TOPICS, RunStatus.SUCCESS, {"parameterSet": used.id},
    )  # fmt: skip
    assert kept.output == {
        "students": 3, "replayedTopics": 6, "replayedSamplings": 6, "unreadableStudents": 0,
    }  # fmt: skip
    assert not await has_stale_topics(gateway, used)
    assert await find_wrong_topics(gateway, used) == []


async def test_a_replay_that_was_interrupted_is_continued(
    gateway: Gateway, practised: list[AnswerInput], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert practised
    used, real, done = await own_set(gateway), replaying.replay_topic_pairs, []
    one_each = [["s0"], ["s1"], ["s2"]]

    async def pages(*_: Any) -> AsyncIterator[list[str]]:
        for page in one_each:
            yield page

    async def dies_at_the_second(*given: Any) -> int:
        if len(done) == 1:
            raise asyncio.CancelledError
        done.append(given)
        return await real(*given)

    monkeypatch.setattr(replaying, "student_pages", pages)
    monkeypatch.setattr(replaying, "replay_topic_pairs", dies_at_the_second)
    run = replay_run(f"replay-{next(serial)}", used, "test", NOW)
    with pytest.raises(asyncio.CancelledError):
        await replay_topics(gateway, used, run, now)
    (kept,) = (await gateway.read(lambda tx: runs.read_by_ids(tx, [run.id]))).values()
    assert (kept.status, kept.error) == (RunStatus.FAILED, "interrupted")
    between = await states(gateway)
    assert {each.set_id for each in between["topics"]["s0"].values()} == {used.id}
    assert {each.set_id for each in between["topics"]["s2"].values()} == {DEFAULT_SET.id}

    monkeypatch.setattr(replaying, "replay_topic_pairs", real)
    replayed = await replay_topics(gateway, used, replay_run(f"replay-{next(serial)}", used, "test", NOW), now)

    assert replayed == (4, 4, 0)  # what was replayed is not replayed again
    assert await find_wrong_topics(gateway, used) == []


async def test_corrupt_rows_stop_the_replay_of_their_own_student_only(
    gateway: Gateway, practised: list[AnswerInput], raw: Ask
) -> None:
    assert practised
    used = await own_set(gateway)
    await raw("MATCH (:Student {id: 's1'})-[a:ANSWERED {id: 's1-1'}]->() SET a.semantic_score = 'high'")

    replayed = await replay_topics(gateway, used, replay_run(f"replay-{next(serial)}", used, "test", NOW), now)

    assert replayed == (4, 4, 1)
    found = await states(gateway)
    assert {each.set_id for each in found["topics"]["s2"].values()} == {used.id}
    assert {each.set_id for each in found["topics"]["s1"].values()} == {DEFAULT_SET.id}


async def test_answers_that_come_during_a_replay_are_counted_once(
    gateway: Gateway, practised: list[AnswerInput]
) -> None:
    used = await own_set(gateway)
    more = [sent(f"s{n % 3}", 100 + n, 0.5, 0.5, mentioned=["dative"]) for n in range(30)]

    async with AnswerIntake(RecordAnswers(gateway, used)) as other:
        run = replay_run(f"replay-{next(serial)}", used, "test", NOW)
        await asyncio.gather(replay_topics(gateway, used, run, now), *(other.submit([each]) for each in more))

    found = await states(gateway)
    for student in ("s0", "s1", "s2"):
        of_topic, of_sampling = expected([*practised, *more], student, used)
        assert found["topics"][student]["cases"].topic == of_topic
        assert found["samplings"][student]["dative"].sampling == of_sampling


async def test_states_of_an_older_fold_are_read_without_contradiction_and_replayed(
    ask: Ask, gateway: Gateway, intake: AnswerIntake, raw: Ask
) -> None:
    """Topics that version 1 stored: with semantic scores only, the keyword average was 0 and did not count."""
    await intake.submit([sent("s0", n, 0.8, None) for n in range(2)])
    await raw(
        "MATCH (:Student {id: 's0'})-[m:HAS_MASTERY]->(:Skill) SET m.topic_keyword = 0.0, m.topic_keyword_count = 0 "
        "REMOVE m.topic_version, m.topic_semantic_imputed, m.topic_keyword_imputed"
    )

    old = (await ask(SHOWN))["student"]
    assert old["topic"]["semanticAvg"] == old["topic"]["keywordAvg"] == pytest.approx(0.408)
    assert old["explain"]["topic"] == {"semantic": 0.286, "keyword": 0.122, "mastery": 0.408}
    assert [each.rule for each in await find_wrong_topics(gateway, DEFAULT_SET)] == [IN_EFFECT] * 2
    await replay_topics(gateway, DEFAULT_SET, replay_run(f"replay-{next(serial)}", DEFAULT_SET, "test", NOW), now)

    assert (await ask(SHOWN))["student"] == old
    assert await find_wrong_topics(gateway, DEFAULT_SET) == []


async def test_a_late_answer_to_an_older_fold_replays_its_pair(
    gateway: Gateway, intake: AnswerIntake, raw: Ask
) -> None:
    first = [sent("s0", n, 1.0, None) for n in range(8)]
    await intake.submit(first)
    await raw("MATCH (:Student {id: 's0'})-[m:HAS_MASTERY]->(:Skill) SET m.topic_mastery = 0.9 REMOVE m.topic_version")

    last = sent("s0", 9, 1.0, 1.0)
    await intake.submit([last])

    assert (await states(gateway))["topics"]["s0"]["cases"].topic == expected([*first, last], "s0", DEFAULT_SET)[0]


async def shown(database: dict[str, str], *documents: str, until: Any = None, **settings: Any) -> list[Any]:
    """Replies of an application of its own, with other settings, on the same database."""
    app = create_app(Settings(_env_file=None, scheduler=False, **database, **settings))  # type: ignore[arg-type]
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost", timeout=60) as connected:

            async def reply(document: str) -> Any:
                answer = (await connected.post("/graphql", json={"query": document})).json()
                assert "errors" not in answer, answer
                return answer["data"]

            for _ in range(200):
                if until is None or await until(reply):
                    break
                await asyncio.sleep(0.05)
            else:
                pytest.fail(str(await reply(RUNS)))
            return [await reply(document) for document in documents]


def assert_sums(student: Any, weight: float) -> None:
    """What a topic shows agrees with itself and with its explanation."""
    of_topic, parts = student["topic"], student["explain"]["topic"]
    assert 0 <= of_topic["semanticAvg"] <= 1
    assert 0 <= of_topic["keywordAvg"] <= 1
    mastery = weight * of_topic["semanticAvg"] + (1 - weight) * of_topic["keywordAvg"]
    assert of_topic["masteryLevel"] == pytest.approx(mastery, abs=0.00051) == parts["mastery"]
    assert parts["semantic"] + parts["keyword"] == pytest.approx(parts["mastery"], abs=1e-9)
    assert of_topic["interval"]["low"] <= of_topic["masteryLevel"] <= of_topic["interval"]["high"]


async def test_a_state_is_shown_under_the_set_that_it_carries(
    ask: Ask, gateway: Gateway, practised: list[AnswerInput]
) -> None:
    """The service runs with topic-v1; the states of one student were computed under another set."""
    used = await own_set(gateway)
    plain = (await ask(SHOWN))["student"]
    assert_sums(plain, 0.7)
    assert plain["topic"]["parameterSetId"] == "topic-v1"

    await replay_topics(gateway, used, replay_run(f"replay-{next(serial)}", used, "test", NOW), now)

    found = (await ask(SHOWN))["student"]
    state, record = expected(practised, "s0", used)
    assert_sums(found, OWN.semantic_weight)
    assert found["topic"]["parameterSetId"] == used.id
    assert found["topic"]["masteryLevel"] == round(state.mastery, 3)
    assert found["topic"]["stage"] == state.stage(OWN).value != plain["topic"]["stage"]
    weak = {each["conceptId"] for each in found["topic"]["weakConcepts"]}
    assert ("dative" in weak) == record.is_weak(OWN)
    assert weak == {"accusative"}  # missed three times, which is weak and stagnant under both
    assert [each["conceptId"] for each in found["topic"]["stagnantConcepts"]] == ["accusative", "dative"]


async def test_falling_topics_and_stagnation_are_judged_by_their_own_sets(
    ask: Ask, gateway: Gateway, practised: list[AnswerInput]
) -> None:
    assert practised
    risk = """{ group(id: "g") { atRisk { rule found { studentId reasons { __typename ... on FallingTopic { skillCode velocity }
      ... on Stagnation { missedIds } } } } } }"""
    await ask('mutation { upsertGroup(input: {id: "g", name: "G", studentIds: ["s0"]}) { __typename } }')

    async def reasons() -> Any:
        (found,) = (await ask(risk))["group"]["atRisk"]["found"]
        return {each["__typename"]: each for each in found["reasons"]}

    before = await reasons()
    used = await own_set(gateway)
    await replay_topics(gateway, used, replay_run(f"replay-{next(serial)}", used, "test", NOW), now)
    after = await reasons()

    assert "FallingTopic" not in before
    assert before["Stagnation"]["missedIds"] == ["accusative"]
    assert after["FallingTopic"]["velocity"] < -0.01
    assert after["Stagnation"]["missedIds"] == ["accusative", "dative"]
    assert "a topic's velocity below -0.05 or -0.01;" in (await ask(risk))["group"]["atRisk"]["rule"]


async def test_a_changed_setting_replays_at_the_start_in_a_run(
    database: dict[str, str], gateway: Gateway, practised: list[AnswerInput], raw: Ask
) -> None:
    assert practised
    await raw("MATCH (r:Run) DELETE r")
    await raw("MATCH (j:Job) DELETE j")
    used = await own_set(gateway)
    windows = await put_policy(
        gateway,
        recency_sets,
        f"of-replays-{next(serial)}",
        RecencyParameters(min_attempts=1, lookback_days=36_500),
        NOW,
    )
    await shown(database, "mutation { recomputeRecency { __typename } }")

    async def ended(reply: Any) -> bool:
        listed = (await reply(RUNS))["runs"]["nodes"]
        return {each["algorithm"] for each in listed if each["trigger"] == TRIGGER and each["status"] == "SUCCESS"} == {
            "REPLAY_TOPICS", "RECOMPUTE_RECENCY",
        }  # fmt: skip

    recency = '{ student(id: "s0") { mastery(skillCode: "cases") { recency { parameterSetId status } } } }'
    found, sets, score = await shown(
        database, SHOWN, SETS, recency, until=ended, topic_parameters=used.id, recency_parameters=windows.id
    )

    assert_sums(found["student"], OWN.semantic_weight)
    assert found["student"]["topic"]["parameterSetId"] == used.id
    assert [each["id"] for each in sets["topicParameterSets"] if each["inForce"]] == [used.id]
    assert [each["id"] for each in sets["recencyParameterSets"] if each["inForce"]] == [windows.id]
    assert score["student"]["mastery"]["recency"] == {"parameterSetId": windows.id, "status": "SCORED"}
    assert await find_wrong_topics(gateway, used) == []


async def test_a_start_without_a_change_opens_no_run(
    database: dict[str, str], practised: list[AnswerInput], raw: Ask
) -> None:
    assert practised
    await raw("MATCH (r:Run) DELETE r")

    await shown(database, SETS)
    await asyncio.sleep(0.2)

    assert await raw("MATCH (r:Run) RETURN r") == []


@pytest.mark.parametrize("setting", ["topic_parameters", "recency_parameters"])
async def test_a_setting_that_names_no_stored_set_stops_the_start(database: dict[str, str], setting: str) -> None:
    with pytest.raises(ParameterSetNotFound, match="must be a stored version, got 'nothing-v9'"):
        await shown(database, **{setting: "nothing-v9"})


async def test_of_several_instances_one_replays(gateway: Gateway, practised: list[AnswerInput], raw: Ask) -> None:
    assert practised
    await raw("MATCH (r:Run) DELETE r")
    await raw("MATCH (j:Job) DELETE j")
    used = await own_set(gateway)
    moments = itertools.count()
    holders = [
        JobHolder(gateway, f"i{n}", timedelta(seconds=30), lambda: NOW + timedelta(seconds=next(moments)))
        for n in range(3)
    ]

    await asyncio.gather(*(replay_stale_topics(each, used) for each in holders))

    assert len(await raw("MATCH (r:Run {algorithm: 'REPLAY_TOPICS'}) RETURN r.id AS id")) == 1
    assert all([await replay_stale_topics(each, used) for each in holders])


async def test_a_replay_waits_for_the_lease_of_a_holder_that_died(
    gateway: Gateway, practised: list[AnswerInput], raw: Ask
) -> None:
    assert practised
    await raw("MATCH (j:Job) DELETE j")
    used, times = await own_set(gateway), [NOW]
    dead, alive = (JobHolder(gateway, name, timedelta(seconds=30), lambda: times[0]) for name in ("dead", "alive"))
    assert await dead.claim("topics", NOW, "lost") is Claim.CLAIMED
    times[0] = NOW + timedelta(seconds=10)
    assert not await replay_stale_topics(alive, used)

    times[0] = NOW + timedelta(seconds=31)

    assert await replay_stale_topics(alive, used)
    assert not await has_stale_topics(gateway, used)


def run_command(database: dict[str, str], folder: Path, *arguments: str, **settings: str) -> str:
    """What a command prints, with settings of the environment, on the same database."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GRAPH_API_")}
    given = {f"GRAPH_API_{name.upper()}": value for name, value in {**database, **settings}.items()}
    done = subprocess.run(
        [sys.executable, "-m", "graph_api", *arguments],
        cwd=folder, env=clean | given | {"COLUMNS": "300"}, capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip
    return f"{done.stdout}{done.stderr}exit {done.returncode}"


async def test_commands_use_the_set_of_the_setting(
    database: dict[str, str], gateway: Gateway, practised: list[AnswerInput], tmp_path: Path
) -> None:
    """An import folds under the setting, not under the default; then the doctor and a replay agree with it."""
    assert practised
    used = await own_set(gateway)
    (tmp_path / "answers.csv").write_text(
        "id,student_id,at,correct,concept_ids,skill_codes,session_id,question_id,difficulty,response_time,"
        "semantic_score,keyword_score,mentioned\n"
        'i1,s0,2026-02-28T10:00:00Z,true,"[""accusative""]",[],,,,,0.9,0.9,"[""dative""]"\n'
    )

    def command(*arguments: str) -> str:
        return run_command(database, tmp_path, *arguments, topic_parameters=used.id)

    imported = await asyncio.to_thread(command, "import", "answers", "answers.csv")
    assert "1 recorded" in imported, imported
    found = await states(gateway)
    assert {each.set_id for each in found["topics"]["s0"].values()} == {used.id}
    assert found["topics"]["s0"]["cases"].topic.attempted == 6
    assert found["samplings"]["s0"]["dative"].set_id == used.id
    assert found["topics"]["s1"]["cases"].set_id == DEFAULT_SET.id

    sick = await asyncio.to_thread(command, "doctor")
    assert "exit 1" in sick
    assert f"found topic-v1, version {topic.VERSION}, not {used.id}" in sick
    assert "4 topics and 5 sampling records replayed" in await asyncio.to_thread(command, "replay-topics")
    healthy = await asyncio.to_thread(command, "doctor")
    assert "exit 0" in healthy, healthy


def test_no_default_hides_a_dropped_set() -> None:
    with pytest.raises(TypeError, match="topic_set"):
        RecordAnswers(None)  # type: ignore[call-arg, arg-type]
    with pytest.raises(TypeError, match="topic_set"):
        ImportAnswers(None, now)  # type: ignore[call-arg, arg-type]


@pytest.mark.parametrize(
    ("poison", "rule"),
    [
        ("MATCH (:Student {id: 's1'})-[m:HAS_MASTERY]->(:Skill {code: 'cases'}) SET m.topic_set_id = 'gone-v1'", KNOWN_SET),
        ("MATCH (:Student {id: 's1'})-[m:HAS_MASTERY]->(:Skill {code: 'cases'}) SET m.topic_mastery = 0.2", REPLAYED),
        ("MATCH (:Student {id: 's1'})-[m:HAS_MASTERY]->(:Skill {code: 'cases'}) REMOVE m.topic_version", IN_EFFECT),
        ("MATCH (:Student {id: 's1'})-[m:HAS_MASTERY]->(:Skill {code: 'cases'}) REMOVE m.topic_set_id", FOLDED),
        ("MATCH (:Student {id: 's1'})-[m:HAS_MASTERY]->(:Skill {code: 'cases'}) REMOVE m.topic_difficulty", READABLE),
        ("MATCH (:Student {id: 's1'})-[m:SAMPLED]->(:Concept {id: 'dative'}) SET m.mastery = 0.9", REPLAYED),
        ("MATCH (:Student {id: 's1'})-[m:SAMPLED]->(:Concept {id: 'dative'}) SET m.set_id = 'gone-v1'", KNOWN_SET),
    ],
)  # fmt: skip
async def test_the_doctor_names_states_that_a_replay_does_not_give(
    gateway: Gateway, practised: list[AnswerInput], raw: Ask, poison: str, rule: str
) -> None:
    assert practised
    assert await find_wrong_topics(gateway, DEFAULT_SET) == []
    assert await find_inconsistencies(gateway) == []
    await raw(poison)

    found = await find_wrong_topics(gateway, DEFAULT_SET)

    assert [(each.rule, each.subject) for each in found] == [(rule, "s1")], found


async def test_the_doctor_names_states_under_another_set(gateway: Gateway, practised: list[AnswerInput]) -> None:
    assert practised
    used = await own_set(gateway, TopicParameters(missing_score=MissingScore.IMPUTE))

    found = await find_wrong_topics(gateway, used)

    assert {each.rule for each in found} == {IN_EFFECT}
    assert {(each.subject, each.target) for each in found} >= {("s0", "cases"), ("s2", "dative")}
    assert all(f"topic-v1, version {topic.VERSION}, not {used.id}" in str(e) for e in found if e.target == "cases")


async def test_pages_of_students_hold_each_once(gateway: Gateway, practised: list[AnswerInput]) -> None:
    assert practised
    assert [ids async for ids in student_pages(gateway, None, limit=2)] == [["s0", "s1"], ["s2"]]
