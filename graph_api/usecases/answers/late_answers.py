"""Late answers on long histories: their pairs are replayed before the batch that records them, not in it.

A batch that meets such an answer leaves it out, and returns what must be replayed. The history is read without a lock,
while other batches are written. The next batch uses the result if nothing about the student has changed since: the
revision of the student must be the next one after that of the first batch.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from graph_api.domain.answers.answers import Answer
from graph_api.domain.learners.late_answers import PastAnswers, Replayed, fold_together, insert
from graph_api.domain.learners.mastery import Evidence, Mastery
from graph_api.domain.parameters.parameter_sets import ParameterSet
from graph_api.store import answers as answer_store
from graph_api.store.answers import Pair
from graph_api.store.gateway import Gateway, Transaction
from graph_api.store.past_answers import read_past_answers

MOST_IN_BATCH = 100
"""Answers of a pair that a batch replays itself. Each takes about 20 µs, which all callers of the batch wait for."""


class LatePair(NamedTuple):
    """A pair to replay: its state, the revision of its student when that was read, its set, and the new evidence."""

    state: Mastery
    revision: int
    used: ParameterSet
    new: Sequence[Evidence]


class Later(NamedTuple):
    """In place of the outcome of an answer: it is recorded after these pairs were replayed."""

    due: Mapping[Pair, LatePair]


class ReplayedPair(NamedTuple):
    """A pair, and what the replay of its whole history with the new evidence leads to."""

    late: LatePair
    replayed: Replayed

    def is_of(self, other: LatePair) -> bool:
        """Whether it is the replay of a pair as read by a later batch."""
        same = self.late.used.id == other.used.id and self.late.state == other.state
        return same and self.late.revision + 1 == other.revision and list(self.late.new) == list(other.new)


def needs_replay(state: Mastery | None, new: Iterable[Evidence], used: ParameterSet) -> bool:
    """Whether the state must be replayed: an answer is late (B6), or another set is in effect."""
    return state is not None and (state.parameter_set_id != used.id or not state.precedes(min(new)))


def is_long(state: Mastery) -> bool:
    """Whether the replay of a pair takes too long for a batch."""
    return state.attempts > MOST_IN_BATCH


def with_related(answers: Mapping[int, Answer], student_ids: Iterable[str], calls: Iterable[range]) -> set[int]:
    """The places of the answers of some students, and of all that must not be recorded before them.

    Args:
        answers: by place.
        student_ids: the students.
        calls: the places of each atomic call, which is recorded as a whole.
    """
    students, ids, places = set(student_ids), set[str](), set[int]()
    wholes = [[place for place in call if place in answers] for call in calls]
    while True:
        size = len(places)
        places |= {n for n, each in answers.items() if each.student_id in students or each.id in ids}
        for whole in wholes:
            if not places.isdisjoint(whole):
                places.update(whole)
        if len(places) == size:
            return places
        students |= {answers[place].student_id for place in places}
        ids |= {answers[place].id for place in places}


async def replay_late(gateway: Gateway, due: Mapping[Pair, LatePair]) -> dict[Pair, ReplayedPair]:
    """The replays of pairs with their new evidence. Nothing is locked.

    Raises:
        DatabaseUnavailable: they could not be read.
    """
    past = await gateway.read(partial(_read_past, due=due))
    replayed: dict[Pair, ReplayedPair] = {}
    for pair, late in due.items():
        if pair in past and (past[pair].attempts, past[pair].correct) == (late.state.attempts, late.state.correct):
            result = await asyncio.to_thread(insert, past[pair], late.new, *pair, late.used)
        else:
            result = await gateway.read(partial(_replay_from_answers, pair=pair, late=late))
        replayed[pair] = ReplayedPair(late, result)
    return replayed


async def _read_past(tx: Transaction, due: Mapping[Pair, LatePair]) -> dict[Pair, PastAnswers]:
    """Of pairs without judgements, which have no place on history pages."""
    return await read_past_answers(tx, {pair: late.new for pair, late in due.items() if not late.state.judgements})


async def _replay_from_answers(tx: Transaction, pair: Pair, late: LatePair) -> Replayed:
    """The replay of a pair that has judgements, or whose history pages are missing or do not agree with its state."""
    history = await answer_store.read_evidence(tx, [pair])
    return await asyncio.to_thread(fold_together, None, history.get(pair, ()), late.new, *pair, late.used)
