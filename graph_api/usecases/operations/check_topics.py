"""Look for topics and sampling records that are not what a replay under the parameters in effect would give."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import chain
from typing import TypeVar

from graph_api.domain.failures import InvalidInput
from graph_api.domain.learners import sampling as sampling_domain
from graph_api.domain.learners import topic as topic_domain
from graph_api.domain.learners.sampling import Sampling
from graph_api.domain.learners.topic import Topic
from graph_api.domain.parameters.topic_parameters import TopicParameterSet
from graph_api.domain.targets import Target, concept, skill
from graph_api.store import masteries, samplings, students, topics
from graph_api.store.answers import Pair
from graph_api.store.gateway import Gateway, Transaction
from graph_api.store.inconsistencies import Inconsistency
from graph_api.store.policy_sets import topic_sets
from graph_api.store.samplings import StoredSampling
from graph_api.store.topics import StoredTopic
from graph_api.usecases.learners.choose_students import student_pages
from graph_api.usecases.learners.replay_topics import LOCKED_AT_A_TIME
from graph_api.usecases.locked_students import write_students

KNOWN_SET = "the parameter set of a topic or a sampling record is stored"
IN_EFFECT = "a topic or a sampling record is computed under the parameters in effect (run: graph-api replay-topics)"
REPLAYED = "a topic or a sampling record is what a replay of its answers gives"
READABLE = "the topics and sampling records of a student can be read"
FOLDED = "scored answers to a skill have a topic"
ROUNDING = 1e-9

S = TypeVar("S", StoredTopic, StoredSampling)


async def find_wrong_topics(gateway: Gateway, used: TopicParameterSet) -> list[Inconsistency]:
    """Every topic and sampling record that breaks a rule, given the parameter set in effect; empty in a sound graph.

    Answers may come meanwhile: what looks wrong of a student is looked at again with the student locked.
    """
    findings: list[Inconsistency] = []
    async for ids in student_pages(gateway, None):
        if suspects := await gateway.read(partial(_find, student_ids=ids, used=used)):
            again = sorted({each.subject or "" for each in suspects})
            for start in range(0, len(again), LOCKED_AT_A_TIME):
                some = again[start : start + LOCKED_AT_A_TIME]
                findings += chain.from_iterable(await write_students(gateway, some, partial(_find_locked, used=used)))
    return findings


async def _find_locked(tx: Transaction, student_ids: Sequence[str], used: TopicParameterSet) -> list[Inconsistency]:
    await students.lock(tx, student_ids)
    return await _find(tx, student_ids, used)


async def _find(tx: Transaction, student_ids: Sequence[str], used: TopicParameterSet) -> list[Inconsistency]:
    """What is wrong of some students; one whose rows cannot be read does not hide the others."""
    try:
        return await _find_readable(tx, student_ids, used)
    except (InvalidInput, KeyError, TypeError, ValueError) as error:
        if len(student_ids) == 1:
            return [Inconsistency(READABLE, student_ids[0], actual=f"{type(error).__name__}: {error}")]
    return [each for student_id in student_ids for each in await _find(tx, [student_id], used)]


async def _find_readable(tx: Transaction, student_ids: Sequence[str], used: TopicParameterSet) -> list[Inconsistency]:
    of_topics = _by_pair(await topics.read_of_students(tx, student_ids), skill)
    of_samplings = _by_pair(await samplings.read_of_students(tx, student_ids), concept)
    states: dict[Pair, StoredTopic | StoredSampling] = {**of_topics, **of_samplings}
    sets = await topic_sets.read_by_ids(tx, {each.set_id for each in states.values()}) if states else {}
    findings = []
    for (student_id, target), state in states.items():
        if state.set_id not in sets:
            findings.append(Inconsistency(KNOWN_SET, student_id, target.key, state.set_id))
        elif not state.is_current(used.id):
            detail = f"{state.set_id}, version {state.version}, not {used.id}"
            findings.append(Inconsistency(IN_EFFECT, student_id, target.key, detail))
    return findings + await _misfolded(tx, student_ids, of_topics, of_samplings, sets)


async def _misfolded(
    tx: Transaction,
    student_ids: Sequence[str],
    of_topics: Mapping[Pair, StoredTopic],
    of_samplings: Mapping[Pair, StoredSampling],
    sets: Mapping[str, TopicParameterSet],
) -> list[Inconsistency]:
    """States of this version that a replay under the set that they name does not give, and answers without a topic."""
    scored = await topics.read_scored(tx, await masteries.read_skill_pairs(tx, student_ids))
    findings = [
        Inconsistency(FOLDED, pair[0], pair[1].key, f"{len(scored[pair])} scored answers")
        for pair in sorted(scored.keys() - of_topics.keys())
    ]
    for pair, topic in of_topics.items():
        if topic.set_id in sets and topic.is_current(topic.set_id):
            replayed = topic_domain.fold(Topic(), scored.get(pair, ()), sets[topic.set_id].parameters)
            if abs(replayed.mastery - topic.topic.mastery) > ROUNDING or replayed.attempted != topic.topic.attempted:
                detail = f"{topic.topic.mastery}, a replay gives {replayed.mastery}"
                findings.append(Inconsistency(REPLAYED, pair[0], pair[1].key, detail))
    sampled = await samplings.read_sampled(tx, of_samplings) if of_samplings else {}
    for pair, record in of_samplings.items():
        if record.set_id in sets and record.is_current(record.set_id):
            again = sampling_domain.fold(Sampling(), sampled.get(pair, ()), sets[record.set_id].parameters)
            if (again.mastery, again.attempts) != (record.sampling.mastery, record.sampling.attempts):
                detail = f"{record.sampling.mastery}, a replay gives {again.mastery}"
                findings.append(Inconsistency(REPLAYED, pair[0], pair[1].key, detail))
    return findings


def _by_pair(stored: Mapping[str, Mapping[str, S]], target: Callable[[str], Target]) -> dict[Pair, S]:
    return {(student_id, target(key)): state for student_id, of_one in stored.items() for key, state in of_one.items()}
