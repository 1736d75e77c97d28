"""States as of a past moment (`asOf`): folded again from the answers up to then.

An answer counts by when it was given (`at`), whenever it was recorded: one that was recorded late counts from its own
time on. Each state is folded under the parameters that the stored state names, and a state without answers by then
does not exist. The course, the groups and the parameters are those of the present. So the reply as of a moment is the
reply that a graph with only the answers of that time would give.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import structlog

from graph_api.domain.answers.order import given_by
from graph_api.domain.learners import sampling as sampling_domain
from graph_api.domain.learners import topic as topic_domain
from graph_api.domain.learners.class_levels import ClassLevels
from graph_api.domain.learners.mastery import Evidence, Mastery, replay
from graph_api.domain.learners.sampling import Sampled, Sampling, SamplingUnder
from graph_api.domain.learners.scope import ALL, Scope
from graph_api.domain.learners.topic import Scored, Topic, TopicUnder
from graph_api.domain.parameters.parameter_sets import ParameterSet
from graph_api.domain.targets import Target, TargetKind, concept, skill
from graph_api.store import answers, concepts, groups, masteries, parameter_sets, samplings, topics
from graph_api.store.answers import Pair
from graph_api.store.gateway import Gateway, Transaction
from graph_api.store.masteries import Levels
from graph_api.store.recent_answers import StoredTrend, read_trends
from graph_api.usecases.learners.analyse_course import class_levels_of
from graph_api.usecases.learners.reads import LearnerReads
from graph_api.usecases.learners.watch_class import Watched

log = structlog.get_logger(__name__)

UNREADABLE = (TypeError, ValueError, LookupError)
"""The errors of reading or folding a corrupt row of a student."""

Topics = Mapping[str, Mapping[str, TopicUnder]]
"""By student and skill code."""
Samplings = Mapping[str, Mapping[str, SamplingUnder]]
"""By student and concept id."""


def replay_masteries(
    rows: Sequence[Mastery],
    evidence: Iterable[Iterable[Evidence]],
    sets: Iterable[ParameterSet | None],
    at: datetime,
) -> list[Mastery]:
    """Masteries as of a moment, in the order given; those without answers by then are left out.

    Args:
        rows: as stored.
        evidence: the answers behind each of them, in any order.
        sets: the parameter set that each names.
        at: the moment.

    Raises:
        LookupError: a parameter set does not exist any more.
    """
    past = []
    for row, of_one, used in zip(rows, evidence, sets, strict=True):
        if used is None:
            raise LookupError(f"parameter set {row.parameter_set_id} is gone")
        past.append(replay(given_by(of_one, at), row.student_id, row.target, used))
    return [mastery for mastery in past if mastery is not None]


async def read_past_mastery(reads: LearnerReads, student_id: str, target: Target, at: datetime) -> Mastery | None:
    """The mastery of a student and a target as of a moment; None without answers by then."""
    rows = [row for row in await reads.masteries_of_student.load(student_id) if row.target == target]
    evidence = await reads.evidence.load_many([(student_id, row.target) for row in rows])
    sets = await reads.parameter_sets.load_many([row.parameter_set_id for row in rows])
    return next(iter(replay_masteries(rows, evidence, sets, at)), None)


class _Stored(NamedTuple):
    """The rows from which the states of a class are folded."""

    keys: Sequence[str]
    student_ids: Sequence[str]
    masteries: Sequence[Mastery]
    evidence: Mapping[Pair, Sequence[Evidence]]
    sets: Mapping[str, ParameterSet]
    trends: Mapping[str, StoredTrend]
    topics: Topics
    scored: Mapping[Pair, Sequence[Scored]]
    samplings: Samplings
    sampled: Mapping[Pair, Sequence[Sampled]]


async def read_past_class(
    gateway: Gateway, group_id: str, at: datetime, scope: Scope = ALL
) -> tuple[ClassLevels, Watched]:
    """The levels of a group's members on concepts, and what else reports who may need help, as of a moment.

    Trends, topics and sampling records are those of the scope, levels are those on all concepts.

    However large the group is, this takes the same number of statements. Students whose rows are corrupt are left out,
    which takes more.

    Raises:
        InvalidInput: the moment has no four weeks before it.
    """
    student_ids = await gateway.read(lambda tx: groups.read_member_ids(tx, group_id))
    try:
        return await _read_and_fold(gateway, at, sorted(student_ids), scope)
    except UNREADABLE:
        log.error("students whose states cannot be read are left out: run graph-api doctor")  # noqa: TRY400 - a trace would show whose
    readable = await _find_readable(gateway, at, sorted(student_ids))
    return await _read_and_fold(gateway, at, readable, scope)


async def _read_and_fold(
    gateway: Gateway, at: datetime, student_ids: Sequence[str], scope: Scope = ALL
) -> tuple[ClassLevels, Watched]:
    stored = await gateway.read(lambda tx: _read(tx, at, student_ids, scope))
    levels, watched = await asyncio.to_thread(_fold, stored, at)
    return levels, watched.within(scope)


async def _find_readable(gateway: Gateway, at: datetime, student_ids: Sequence[str]) -> list[str]:
    """The students whose states can be read: halves of a class that fails are tried again, down to one student."""
    try:
        await _read_and_fold(gateway, at, student_ids)
    except UNREADABLE:
        if len(student_ids) <= 1:
            return []
        half = len(student_ids) // 2
        first = await _find_readable(gateway, at, student_ids[:half])
        return [*first, *await _find_readable(gateway, at, student_ids[half:])]
    return list(student_ids)


async def read_past_topics(tx: Transaction, student_id: str, at: datetime) -> dict[str, TopicUnder]:
    """A student's topics as of a moment, by skill code."""
    stored = await topics.read_under(tx, [student_id])
    past = fold_topics(stored, await topics.read_scored(tx, _topic_pairs(stored)), at)
    return dict(past.get(student_id, {}))


async def read_past_samplings(tx: Transaction, student_id: str, at: datetime) -> dict[str, SamplingUnder]:
    """A student's sampling records as of a moment, by concept id."""
    stored = await samplings.read_under(tx, [student_id])
    past = fold_samplings(stored, await samplings.read_sampled(tx, _sampling_pairs(stored)), at)
    return dict(past.get(student_id, {}))


def fold_topics(stored: Topics, scored: Mapping[Pair, Sequence[Scored]], at: datetime) -> Topics:
    """Topics as of a moment, each under the parameters that the stored one names."""
    past: dict[str, dict[str, TopicUnder]] = {}
    for student_id, of_one in stored.items():
        for code, state in of_one.items():
            if known := given_by(scored.get((student_id, skill(code)), ()), at):
                topic = topic_domain.fold(Topic(), known, state.used.parameters)
                past.setdefault(student_id, {})[code] = TopicUnder(topic, state.used, state.archived)
    return past


def fold_samplings(stored: Samplings, sampled: Mapping[Pair, Sequence[Sampled]], at: datetime) -> Samplings:
    """Sampling records as of a moment, each under the parameters that the stored one names."""
    past: dict[str, dict[str, SamplingUnder]] = {}
    for student_id, of_one in stored.items():
        for key, record in of_one.items():
            if known := given_by(sampled.get((student_id, concept(key)), ()), at):
                sampling = sampling_domain.fold(Sampling(), known, record.used.parameters)
                past.setdefault(student_id, {})[key] = SamplingUnder(sampling, record.used)
    return past


def _topic_pairs(stored: Topics) -> list[Pair]:
    return [(student_id, skill(code)) for student_id, of_one in stored.items() for code in of_one]


def _sampling_pairs(stored: Samplings) -> list[Pair]:
    return [(student_id, concept(key)) for student_id, of_one in stored.items() for key in of_one]


async def _read(tx: Transaction, at: datetime, student_ids: Sequence[str], scope: Scope) -> _Stored:
    of_students = await masteries.read_of_students(tx, student_ids)
    rows = [row for of_one in of_students.values() for row in of_one if row.target.kind is TargetKind.CONCEPT]
    sets = await parameter_sets.read_by_ids(tx, {row.parameter_set_id for row in rows})
    topic_states = await topics.read_under(tx, student_ids)
    records = await samplings.read_under(tx, student_ids)
    return _Stored(
        await concepts.read_active_ids(tx),
        student_ids,
        rows,
        await answers.read_evidence(tx, [(row.student_id, row.target) for row in rows]),
        {each.id: each for each in sets},
        await read_trends(tx, student_ids, at, at, scope),
        topic_states,
        await topics.read_scored(tx, _topic_pairs(topic_states)),
        records,
        await samplings.read_sampled(tx, _sampling_pairs(records)),
    )


def _fold(stored: _Stored, at: datetime) -> tuple[ClassLevels, Watched]:
    evidence = [stored.evidence.get((row.student_id, row.target), ()) for row in stored.masteries]
    sets = [stored.sets.get(row.parameter_set_id) for row in stored.masteries]
    of_students: dict[str, list[Mastery]] = {student_id: [] for student_id in stored.student_ids}
    for mastery in replay_masteries(stored.masteries, evidence, sets, at):
        of_students[mastery.student_id].append(mastery)
    rows = [
        Levels(
            student_id,
            [row.target.key for row in of_one],
            [row.level for row in of_one],
            [row.attempts for row in of_one],
        )
        for student_id, of_one in of_students.items()
    ]
    watched = Watched(
        stored.trends,
        fold_topics(stored.topics, stored.scored, at),
        fold_samplings(stored.samplings, stored.sampled, at),
    )
    return class_levels_of(rows, stored.keys), watched
