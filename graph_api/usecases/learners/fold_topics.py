"""Fold scored answers into topics, and sampled concepts into their records, in the transaction that records them.

Most answers have neither; then nothing is read or written here.
"""

from collections import defaultdict
from collections.abc import Iterable

from graph_api.domain.answers.answers import Answer
from graph_api.domain.learners import sampling as sampling_domain
from graph_api.domain.learners import topic as topic_domain
from graph_api.domain.learners.sampling import Sampled, Sampling
from graph_api.domain.learners.topic import Scored, Topic
from graph_api.domain.parameters.topic_parameters import TopicParameterSet
from graph_api.domain.targets import concept, skill
from graph_api.store import samplings, topics
from graph_api.store.answers import Pair
from graph_api.store.gateway import Transaction
from graph_api.store.samplings import StoredSampling
from graph_api.store.topics import StoredTopic


async def fold_topics(tx: Transaction, answers: Iterable[Answer], used: TopicParameterSet) -> None:
    """Fold answers that were just created; a late one, or a state under another parameter set, replays its pair."""
    new = defaultdict[Pair, list[Scored]](list)
    for answer in answers:
        if answer.is_scored:
            scores = answer.semantic_score, answer.keyword_score, answer.response_time
            for code in answer.skill_codes:
                new[answer.student_id, skill(code)].append(Scored(answer.order, answer.correct, *scores))
    if not new:
        return
    stored = await topics.read_of_students(tx, {student_id for student_id, _ in new})
    nothing = StoredTopic(Topic(), used.id, topic_domain.VERSION)
    states = {pair: stored.get(pair[0], {}).get(pair[1].key, nothing) for pair in new}
    replayed = {
        pair
        for pair, state in states.items()
        if not (state.is_current(used.id) and state.topic.precedes(min(new[pair])))
    }
    history = await topics.read_scored(tx, replayed) if replayed else {}
    folded = {
        pair: topic_domain.fold(
            Topic() if pair in replayed else states[pair].topic,
            history[pair] if pair in replayed else new[pair],
            used.parameters,
        )
        for pair in new
    }
    await topics.put(tx, folded, used.id)


async def fold_samplings(tx: Transaction, answers: Iterable[Answer], used: TopicParameterSet) -> None:
    """Fold answers that were just created; a late one, or a state under another parameter set, replays its pair."""
    new = defaultdict[Pair, list[Sampled]](list)
    for answer in answers:
        for mentioned, ids in ((True, answer.mentioned), (False, answer.missed)):
            for key in ids:
                new[answer.student_id, concept(key)].append(Sampled(answer.order, mentioned))
    if not new:
        return
    stored = await samplings.read_of_students(tx, {student_id for student_id, _ in new})
    nothing = StoredSampling(Sampling(), used.id, sampling_domain.VERSION)
    states = {pair: stored.get(pair[0], {}).get(pair[1].key, nothing) for pair in new}
    replayed = {
        pair
        for pair, state in states.items()
        if not (state.is_current(used.id) and state.sampling.precedes(min(new[pair])))
    }
    history = await samplings.read_sampled(tx, replayed) if replayed else {}
    folded = {
        pair: sampling_domain.fold(
            Sampling() if pair in replayed else states[pair].sampling,
            history[pair] if pair in replayed else new[pair],
            used.parameters,
        )
        for pair in new
    }
    await samplings.put(tx, folded, used.id)


async def replay_topic_pairs(tx: Transaction, pairs: Iterable[Pair], used: TopicParameterSet) -> int:
    """Compute the topics of some pairs again from their answers; returns how many.

    A topic without a scored answer, which another program must have written, is left alone: the doctor names it.
    """
    history = await topics.read_scored(tx, pairs) if pairs else {}
    folded = {pair: topic_domain.fold(Topic(), scored, used.parameters) for pair, scored in history.items()}
    await topics.put(tx, folded, used.id)
    return len(folded)


async def replay_sampling_pairs(tx: Transaction, pairs: Iterable[Pair], used: TopicParameterSet) -> int:
    """Compute the records of some pairs again from their answers; returns how many. Like `replay_topic_pairs`."""
    history = await samplings.read_sampled(tx, pairs) if pairs else {}
    folded = {pair: sampling_domain.fold(Sampling(), sampled, used.parameters) for pair, sampled in history.items()}
    await samplings.put(tx, folded, used.id)
    return len(folded)
