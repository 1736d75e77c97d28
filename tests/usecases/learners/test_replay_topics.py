"""Topics are read by the set that they carry, and replayed in a run, whatever happens meanwhile."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from graph_api.domain.answers.answers import AnswerInput
from graph_api.domain.learners import sampling, topic
from graph_api.domain.operations.runs import Algorithm, RunStatus
from graph_api.domain.parameters.topic_parameters import DEFAULT_SET
from graph_api.store import runs
from graph_api.store.gateway import Gateway
from graph_api.usecases.answers.answer_intake import AnswerIntake
from graph_api.usecases.answers.import_answers import ImportAnswers
from graph_api.usecases.answers.record_answers import RecordAnswers
from graph_api.usecases.learners import replay_topics as replaying
from graph_api.usecases.learners.choose_students import student_pages
from graph_api.usecases.learners.fold_topics import replay_topic_pairs
from graph_api.usecases.learners.replay_topics import has_stale_topics, replay_topics, topic_replay_run
from graph_api.usecases.operations.check_topics import IN_EFFECT, find_wrong_topics
from tests.conftest import NOW, Ask
from tests.topic_states import OWN, SHOWN, assert_sums, expected, now, own_set, practise, sent, serial, states

pytestmark = pytest.mark.usefixtures("course")


@pytest.fixture
async def practised(course: None, intake: AnswerIntake) -> list[AnswerInput]:
    """What three students answered under the default set."""
    return await practise(intake)


async def test_every_state_is_replayed_under_another_set_in_a_run(
    gateway: Gateway, practised: list[AnswerInput], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("graph_api.usecases.learners.choose_students.STUDENTS_AT_A_TIME", 2)
    used = await own_set(gateway)
    run = topic_replay_run(f"replay-{next(serial)}", used, "test", NOW)
    assert await has_stale_topics(gateway, used)

    replayed = await replay_topics(gateway, used, run, now)

    assert replayed == (6, 6, 0)  # two skills and two concepts each
    stored = await states(gateway)
    for student in ("s0", "s1", "s2"):
        of_topic, of_sampling = expected(practised, student, used)
        for code in ("grammar", "cases"):
            assert stored["topics"][student][code][:3] == (of_topic, used.id, topic.VERSION)
        assert stored["samplings"][student]["dative"] == (of_sampling, used.id, sampling.VERSION)
    (entry,) = (await gateway.read(lambda tx: runs.read_by_ids(tx, [run.id]))).values()
    assert (entry.algorithm, entry.status, entry.parameters) == (
        Algorithm.REPLAY_TOPICS, RunStatus.SUCCESS, {"parameterSet": used.id},
    )  # fmt: skip
    assert entry.output == {
        "students": 3, "replayedTopics": 6, "replayedSamplings": 6, "unreadableStudents": 0,
    }  # fmt: skip
    assert not await has_stale_topics(gateway, used)
    assert await find_wrong_topics(gateway, used) == []


@pytest.mark.usefixtures("practised")
async def test_a_replay_that_was_interrupted_is_continued(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    used, real = await own_set(gateway), replay_topic_pairs
    done: list[Any] = []
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
    run = topic_replay_run(f"replay-{next(serial)}", used, "test", NOW)
    with pytest.raises(asyncio.CancelledError):
        await replay_topics(gateway, used, run, now)
    (entry,) = (await gateway.read(lambda tx: runs.read_by_ids(tx, [run.id]))).values()
    assert (entry.status, entry.error) == (RunStatus.FAILED, "interrupted")
    between = await states(gateway)
    assert {each.set_id for each in between["topics"]["s0"].values()} == {used.id}
    assert {each.set_id for each in between["topics"]["s2"].values()} == {DEFAULT_SET.id}

    monkeypatch.setattr(replaying, "replay_topic_pairs", real)
    replayed = await replay_topics(gateway, used, topic_replay_run(f"replay-{next(serial)}", used, "test", NOW), now)

    assert replayed == (4, 4, 0)  # what was replayed is not replayed again
    assert await find_wrong_topics(gateway, used) == []


@pytest.mark.usefixtures("practised")
async def test_corrupt_rows_stop_the_replay_of_their_own_student_only(gateway: Gateway, raw: Ask) -> None:
    used = await own_set(gateway)
    await raw("MATCH (:Student {id: 's1'})-[a:ANSWERED {id: 's1-1'}]->() SET a.semantic_score = 'high'")

    replayed = await replay_topics(gateway, used, topic_replay_run(f"replay-{next(serial)}", used, "test", NOW), now)

    assert replayed == (4, 4, 1)
    stored = await states(gateway)
    assert {each.set_id for each in stored["topics"]["s2"].values()} == {used.id}
    assert {each.set_id for each in stored["topics"]["s1"].values()} == {DEFAULT_SET.id}


async def test_answers_that_come_during_a_replay_are_counted_once(
    gateway: Gateway, practised: list[AnswerInput]
) -> None:
    used = await own_set(gateway)
    more = [sent(f"s{n % 3}", 100 + n, 0.5, 0.5, mentioned=["dative"]) for n in range(30)]

    async with AnswerIntake(RecordAnswers(gateway, used)) as other:
        run = topic_replay_run(f"replay-{next(serial)}", used, "test", NOW)
        await asyncio.gather(replay_topics(gateway, used, run, now), *(other.submit([each]) for each in more))

    stored = await states(gateway)
    for student in ("s0", "s1", "s2"):
        of_topic, of_sampling = expected([*practised, *more], student, used)
        assert stored["topics"][student]["cases"].topic == of_topic
        assert stored["samplings"][student]["dative"].sampling == of_sampling


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
    await replay_topics(gateway, DEFAULT_SET, topic_replay_run(f"replay-{next(serial)}", DEFAULT_SET, "test", NOW), now)

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


async def test_a_state_is_shown_under_the_set_that_it_carries(
    ask: Ask, gateway: Gateway, practised: list[AnswerInput]
) -> None:
    """The service runs with topic-v1; the states of one student were computed under another set."""
    used = await own_set(gateway)
    plain = (await ask(SHOWN))["student"]
    assert_sums(plain, 0.7)
    assert plain["topic"]["parameterSetId"] == "topic-v1"

    await replay_topics(gateway, used, topic_replay_run(f"replay-{next(serial)}", used, "test", NOW), now)

    student = (await ask(SHOWN))["student"]
    state, record = expected(practised, "s0", used)
    assert_sums(student, OWN.semantic_weight)
    assert student["topic"]["parameterSetId"] == used.id
    assert student["topic"]["masteryLevel"] == round(state.mastery, 3)
    assert student["topic"]["stage"] == state.stage(OWN).value != plain["topic"]["stage"]
    weak = {each["conceptId"] for each in student["topic"]["weakConcepts"]}
    assert ("dative" in weak) == record.is_weak(OWN)
    assert weak == {"accusative"}  # missed three times, which is weak and stagnant under both
    assert [each["conceptId"] for each in student["topic"]["stagnantConcepts"]] == ["accusative", "dative"]


@pytest.mark.usefixtures("practised")
async def test_falling_topics_and_stagnation_are_judged_by_their_own_sets(ask: Ask, gateway: Gateway) -> None:
    risk = """{ group(id: "g") { atRisk { rule students { studentId reasons { __typename ... on FallingTopic { skillCode velocity }
      ... on Stagnation { missedIds } } } } } }"""
    await ask('mutation { upsertGroup(input: {id: "g", name: "G", studentIds: ["s0"]}) { __typename } }')

    async def reasons() -> Any:
        (member,) = (await ask(risk))["group"]["atRisk"]["students"]
        return {each["__typename"]: each for each in member["reasons"]}

    before = await reasons()
    used = await own_set(gateway)
    await replay_topics(gateway, used, topic_replay_run(f"replay-{next(serial)}", used, "test", NOW), now)
    after = await reasons()

    assert "FallingTopic" not in before
    assert before["Stagnation"]["missedIds"] == ["accusative"]
    assert after["FallingTopic"]["velocity"] < -0.01
    assert after["Stagnation"]["missedIds"] == ["accusative", "dative"]
    assert "a topic's velocity below -0.05 or -0.01;" in (await ask(risk))["group"]["atRisk"]["rule"]


def test_no_default_hides_a_dropped_set() -> None:
    with pytest.raises(TypeError, match="topic_set"):
        RecordAnswers(None)  # type: ignore[call-arg, arg-type]
    with pytest.raises(TypeError, match="topic_set"):
        ImportAnswers(None, now)  # type: ignore[call-arg, arg-type]


@pytest.mark.usefixtures("practised")
async def test_pages_of_students_hold_each_once(gateway: Gateway) -> None:
    assert [ids async for ids in student_pages(gateway, None, limit=2)] == [["s0", "s1"], ["s2"]]
