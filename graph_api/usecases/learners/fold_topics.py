"""Fold scored answers into topics, and sampled concepts into their records, in the transaction that records them.

Both are folds of one kind: a state for each student and target, with the parameter set that it was computed under.
Most answers have neither scores nor sampled concepts. Then nothing is read or written here.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

from graph_api.domain.answers.answers import Answer
from graph_api.domain.learners import sampling as sampling_domain
from graph_api.domain.learners import topic as topic_domain
from graph_api.domain.learners.sampling import Sampled, Sampling
from graph_api.domain.learners.topic import Scored, Topic
from graph_api.domain.parameters.topic_parameters import TopicParameters, TopicParameterSet
from graph_api.domain.targets import concept, skill
from graph_api.store import samplings, topics
from graph_api.store.answers import Pair
from graph_api.store.gateway import Transaction

S = TypeVar("S", Topic, Sampling)
E = TypeVar("E", Scored, Sampled)


class Estimator(NamedTuple, Generic[S, E]):
    """How states of one kind are read, folded and written.

    Attributes:
        initial: the state before the first answer.
        fold: a state after more evidence.
        read_stored: states of students, by student and key of the target, each with the set and version of its fold.
        read_evidence: all evidence of some pairs.
        put: writes states.
        delete: deletes states.
    """

    initial: S
    fold: Callable[[S, Iterable[E], TopicParameters], S]
    read_stored: Callable[[Transaction, Iterable[str]], Awaitable[Mapping[str, Mapping[str, Any]]]]
    read_evidence: Callable[[Transaction, Iterable[Pair]], Awaitable[Mapping[Pair, Sequence[E]]]]
    put: Callable[[Transaction, Mapping[Pair, S], str], Awaitable[None]]
    delete: Callable[[Transaction, Iterable[Pair]], Awaitable[None]]


TOPICS = Estimator(Topic(), topic_domain.fold, topics.read_of_students, topics.read_scored, topics.put, topics.delete)
SAMPLINGS = Estimator(
    Sampling(),
    sampling_domain.fold,
    samplings.read_of_students,
    samplings.read_sampled,
    samplings.put,
    samplings.delete,
)


async def fold_topics(tx: Transaction, answers: Iterable[Answer], used: TopicParameterSet) -> None:
    """Fold scored answers that were just created into the topics of their skills."""
    evidence = defaultdict[Pair, list[Scored]](list)
    for answer in answers:
        if answer.is_scored and answer.weight:
            scores = answer.semantic_score, answer.keyword_score, answer.response_time
            for code in answer.skill_codes:
                evidence[answer.student_id, skill(code)].append(
                    Scored(answer.order, answer.correct, *scores, answer.counts_as, answer.weight)
                )
    await fold_pairs(tx, TOPICS, evidence, used)


async def fold_samplings(tx: Transaction, answers: Iterable[Answer], used: TopicParameterSet) -> None:
    """Fold answers that were just created into the records of the concepts that they mentioned or missed."""
    evidence = defaultdict[Pair, list[Sampled]](list)
    for answer in (each for each in answers if each.weight):
        for mentioned, ids in ((True, answer.mentioned), (False, answer.missed)):
            for key in ids:
                evidence[answer.student_id, concept(key)].append(Sampled(answer.order, mentioned, answer.weight))
    await fold_pairs(tx, SAMPLINGS, evidence, used)


async def fold_pairs(
    tx: Transaction, estimator: Estimator[S, E], evidence: Mapping[Pair, Sequence[E]], used: TopicParameterSet
) -> None:
    """Fold new evidence into the states of its pairs.

    A late answer, or a state under another parameter set or version, replays its pair from all evidence.
    """
    if not evidence:
        return
    stored = await estimator.read_stored(tx, {student_id for student_id, _ in evidence})
    states: dict[Pair, S] = {}
    replayed: list[Pair] = []
    for pair, new in evidence.items():
        student_id, target = pair
        before = stored.get(student_id, {}).get(target.key)
        if before is None:
            states[pair] = estimator.fold(estimator.initial, new, used.parameters)
        elif before.is_current(used.id) and before[0].precedes(min(new)):
            states[pair] = estimator.fold(before[0], new, used.parameters)
        else:
            replayed.append(pair)
    await estimator.put(tx, states | await _fold_history(tx, estimator, replayed, used), used.id)


async def replay_topic_pairs(tx: Transaction, pairs: Iterable[Pair], used: TopicParameterSet) -> int:
    """Compute topics again from the scored answers of their pairs; returns how many.

    A topic without a scored answer, which another program must have written, is left unchanged: the doctor reports it.
    """
    return await _replay_pairs(tx, TOPICS, pairs, used)


async def replay_sampling_pairs(tx: Transaction, pairs: Iterable[Pair], used: TopicParameterSet) -> int:
    """Compute sampling records again from the answers of their pairs; returns how many."""
    return await _replay_pairs(tx, SAMPLINGS, pairs, used)


async def weigh_again(
    tx: Transaction, topic_pairs: Iterable[Pair], sampling_pairs: Iterable[Pair], used: TopicParameterSet
) -> int:
    """Compute topics and sampling records again after their answers were weighed again; returns how many.

    Those without an answer that counts are deleted.
    """
    return await _fold_again(tx, TOPICS, topic_pairs, used) + await _fold_again(tx, SAMPLINGS, sampling_pairs, used)


async def _fold_again(
    tx: Transaction, estimator: Estimator[S, E], pairs: Iterable[Pair], used: TopicParameterSet
) -> int:
    wanted = set(pairs)
    if not wanted:
        return 0
    states = await _fold_history(tx, estimator, sorted(wanted), used)
    await estimator.put(tx, states, used.id)
    await estimator.delete(tx, sorted(wanted - states.keys()))
    return len(wanted)


async def _replay_pairs(
    tx: Transaction, estimator: Estimator[S, E], pairs: Iterable[Pair], used: TopicParameterSet
) -> int:
    states = await _fold_history(tx, estimator, pairs, used)
    await estimator.put(tx, states, used.id)
    return len(states)


async def _fold_history(
    tx: Transaction, estimator: Estimator[S, E], pairs: Iterable[Pair], used: TopicParameterSet
) -> dict[Pair, S]:
    """The states of some pairs after all their evidence."""
    history = await estimator.read_evidence(tx, pairs) if pairs else {}
    return {pair: estimator.fold(estimator.initial, evidence, used.parameters) for pair, evidence in history.items()}
