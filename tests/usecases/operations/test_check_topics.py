"""The doctor names topics and sampling records that are not what a replay under the set in effect gives."""

import pytest

from graph_api.domain.answers.answers import AnswerInput
from graph_api.domain.learners import topic
from graph_api.domain.parameters.topic_parameters import DEFAULT_SET, MissingScore, TopicParameters
from graph_api.store.gateway import Gateway
from graph_api.usecases.answers.answer_intake import AnswerIntake
from graph_api.usecases.operations.check_consistency import find_inconsistencies
from graph_api.usecases.operations.check_topics import (
    FOLDED,
    IN_EFFECT,
    KNOWN_SET,
    READABLE,
    REPLAYED,
    find_wrong_topics,
)
from tests.conftest import Ask
from tests.topic_states import own_set, practise

pytestmark = pytest.mark.usefixtures("course")


@pytest.fixture
async def practised(course: None, intake: AnswerIntake) -> list[AnswerInput]:
    """What three students answered under the default set."""
    return await practise(intake)


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
@pytest.mark.usefixtures("practised")
async def test_the_doctor_names_states_that_a_replay_does_not_give(
    gateway: Gateway, raw: Ask, poison: str, rule: str
) -> None:
    assert await find_wrong_topics(gateway, DEFAULT_SET) == []
    assert await find_inconsistencies(gateway) == []
    await raw(poison)

    actual = await find_wrong_topics(gateway, DEFAULT_SET)

    assert [(each.rule, each.subject) for each in actual] == [(rule, "s1")], actual


@pytest.mark.usefixtures("practised")
async def test_the_doctor_names_states_under_another_set(gateway: Gateway) -> None:
    used = await own_set(gateway, TopicParameters(missing_score=MissingScore.IMPUTE))

    actual = await find_wrong_topics(gateway, used)

    assert {each.rule for each in actual} == {IN_EFFECT}
    assert {(each.subject, each.target) for each in actual} >= {("s0", "cases"), ("s2", "dative")}
    assert all(f"topic-v1, version {topic.VERSION}, not {used.id}" in str(e) for e in actual if e.target == "cases")
