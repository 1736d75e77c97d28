"""Weigh recorded answers again, and compute everything that follows from them, for some students in one transaction.

Levels are replayed under the sets in effect, topics and sampling records under the configured one. Recency scores are
computed again as of the moment, and under the set, that they have.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from graph_api.domain.answers.answers import Answer
from graph_api.domain.answers.evidence_rules import EvidenceParameterSet
from graph_api.domain.learners.recency import VERSION, Recency, score
from graph_api.domain.parameters.topic_parameters import TopicParameterSet
from graph_api.domain.targets import TargetKind, concept, skill
from graph_api.store import answers, history_pages, recencies, students
from graph_api.store.answers import Pair
from graph_api.store.gateway import Transaction
from graph_api.store.policy_sets import read_difficulties, recency_sets
from graph_api.usecases.learners import fold_topics
from graph_api.usecases.learners.replay_levels import replay_pairs


@dataclass(frozen=True, slots=True)
class Weighing:
    """Which answers to weigh again, by what, and in which run."""

    replaced_ids: Collection[str]
    used: EvidenceParameterSet
    topic_set: TopicParameterSet
    run_id: str


class Weighed(NamedTuple):
    """The numbers of answers weighed again, of those that count otherwise now, and of what was computed again."""

    answers: int = 0
    changed: int = 0
    levels: int = 0
    topics: int = 0
    scores: int = 0

    def plus(self, other: "Weighed") -> "Weighed":
        """Both together."""
        return Weighed(*(one + another for one, another in zip(self, other, strict=True)))


async def weigh_students(tx: Transaction, student_ids: Sequence[str], weighing: Weighing, now: datetime) -> Weighed:
    """Weigh answers of some students again. One that comes meanwhile waits, and is weighed by what is in effect."""
    await students.lock(tx, student_ids)
    before = await answers.read_weighed_by(tx, student_ids, weighing.replaced_ids)
    if not before:
        return Weighed()
    after = [answer.weighed_by(weighing.used) for answer in before]
    await answers.put_weights(tx, after)
    await history_pages.build(tx, sorted({answer.student_id for answer in after}))
    changed = [new for old, new in zip(before, after, strict=True) if _counts(old) != _counts(new)]
    pairs = {(answer.student_id, target) for answer in changed for target in answer.targets}
    await replay_pairs(tx, pairs, now)
    topics = await fold_topics.weigh_again(tx, _scored(changed), _sampled(changed), weighing.topic_set)
    scores = await _score(tx, {pair for pair in pairs if pair[1].kind is TargetKind.SKILL}, weighing.run_id)
    return Weighed(len(after), len(changed), len(pairs), topics, scores)


def _counts(answer: Answer) -> tuple[float, bool]:
    return answer.weight, answer.counts_as_correct


def _scored(changed: Iterable[Answer]) -> set[Pair]:
    return {(answer.student_id, skill(code)) for answer in changed if answer.is_scored for code in answer.skill_codes}


def _sampled(changed: Iterable[Answer]) -> set[Pair]:
    return {(each.student_id, concept(key)) for each in changed for key in (*each.mentioned, *each.missed)}


async def _score(tx: Transaction, pairs: Collection[Pair], run_id: str) -> int:
    """Compute recency scores again, where there are any; returns how many."""
    if not pairs:
        return 0
    stored = await recencies.read_of_students(tx, {student_id for student_id, _ in pairs})
    groups: dict[tuple[datetime, str], list[Pair]] = defaultdict(list)
    for student_id, target in sorted(pairs):
        if (recency := stored.get(student_id, {}).get(target.key)) is not None:
            groups[recency.as_of, recency.parameter_set_id].append((student_id, target))
    sets = await recency_sets.read_by_ids(tx, {set_id for _, set_id in groups}) if groups else {}
    written = 0
    for (as_of, set_id), of_group in groups.items():
        parameters = sets[set_id].parameters
        ids, codes = {each for each, _ in of_group}, {target.key for _, target in of_group}
        since = as_of - timedelta(days=parameters.lookback_days)
        difficulties = await read_difficulties(tx, parameters)
        recent = await recencies.read_recent_answers(tx, ids, codes, since, as_of, difficulties=difficulties)
        columns = recent.pair, recent.age, recent.correct, recent.difficulty
        scores = score(*columns, len(recent.pairs), parameters, recent.weight).breakdowns(parameters)
        fresh = {
            pair: Recency(each, as_of, run_id, set_id, VERSION) for pair, each in zip(recent.pairs, scores, strict=True)
        }
        written += await recencies.put(tx, {pair: fresh[pair] for pair in of_group if pair in fresh})
    return written
