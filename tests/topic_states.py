"""Topics and sampling records for tests: three students, under the default set or another one."""

import itertools
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from graph_api.domain.answers.answers import AnswerInput, Recorded
from graph_api.domain.answers.order import Order
from graph_api.domain.learners import sampling, topic
from graph_api.domain.learners.sampling import Sampling
from graph_api.domain.learners.topic import Topic
from graph_api.domain.parameters.topic_parameters import ColdStart, TopicParameters, TopicParameterSet
from graph_api.store import samplings, topics
from graph_api.store.gateway import Gateway
from graph_api.store.policy_sets import topic_sets
from graph_api.usecases.answers.answer_intake import AnswerIntake
from graph_api.usecases.parameters.edit_policy_sets import put_policy
from tests.conftest import NOW

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
SETS = "{ topicParameterSets { id inEffect } recencyParameterSets { id inEffect } }"
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


async def states(gateway: Gateway) -> dict[Any, Any]:
    """Stored topics and samplings; of the last answer, its time and id: `expected` knows no times of recording."""
    ids = ["s0", "s1", "s2"]
    of_topics = await gateway.read(lambda tx: topics.read_of_students(tx, ids))
    of_samplings = await gateway.read(lambda tx: samplings.read_of_students(tx, ids))
    return {
        "topics": {
            key: {
                code: each._replace(topic=replace(each.topic, last=plain(each.topic.last))) for code, each in of.items()
            }
            for key, of in of_topics.items()
        },
        "samplings": {
            key: {
                of_concept: each._replace(sampling=replace(each.sampling, last=plain(each.sampling.last)))
                for of_concept, each in of.items()
            }
            for key, of in of_samplings.items()
        },
    }


def plain(last: Order | None) -> Order | None:
    """The order of an answer without its time of recording and sequence number."""
    return last and Order(last.at, answer_id=last.answer_id)


def expected(answers: list[AnswerInput], student: str, used: TopicParameterSet) -> tuple[Topic, Sampling]:
    """What a fold of a student's answers gives, straight from what was sent."""
    own = [each for each in answers if each.student_id == student and each.at]
    scored = [
        topic.Scored(
            order=Order(each.at, answer_id=each.id or ""), correct=each.correct, semantic=each.semantic_score,
            keyword=each.keyword_score, seconds=None,
        )
        for each in own if each.at
    ]  # fmt: skip
    sampled = [
        sampling.Sampled(order=Order(each.at, answer_id=each.id or ""), mentioned="dative" in each.mentioned)
        for each in own
        if each.at
    ]
    return (
        topic.fold(Topic(), scored, used.parameters),
        sampling.fold(Sampling(), sampled, used.parameters),
    )


async def practise(intake: AnswerIntake) -> list[AnswerInput]:
    """Three students with topics and samplings under the default set; scores are missing here and there."""
    scores: list[tuple[float | None, float | None]] = [(0.9, None), (0.7, 0.8), (None, 0.4), (0.95, 0.9), (0.6, None)]
    sampled: list[dict[str, Any]] = [{"missed": ["dative", "accusative"]}, {"mentioned": ["dative"]}]
    answers = [
        sent(student, n, *each, **sampled[n % 2]) for student in ("s0", "s1", "s2") for n, each in enumerate(scores)
    ]
    assert all(isinstance(outcome, Recorded) for outcome in await intake.submit(answers))
    return answers


def assert_sums(student: Any, weight: float) -> None:
    """What a topic shows agrees with itself and with its explanation."""
    of_topic, parts = student["topic"], student["explain"]["topic"]
    assert 0 <= of_topic["semanticAvg"] <= 1
    assert 0 <= of_topic["keywordAvg"] <= 1
    mastery = weight * of_topic["semanticAvg"] + (1 - weight) * of_topic["keywordAvg"]
    assert of_topic["masteryLevel"] == pytest.approx(mastery, abs=0.00051) == parts["mastery"]
    assert parts["semantic"] + parts["keyword"] == pytest.approx(parts["mastery"], abs=1e-9)
    assert of_topic["interval"]["low"] <= of_topic["masteryLevel"] <= of_topic["interval"]["high"]
