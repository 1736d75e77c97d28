"""Series of one student: levels, recency scores and topics as of the end of each period (Q12)."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import numpy as np

from graph_api.domain.answers.answers import earlier
from graph_api.domain.failures import InvalidInput
from graph_api.domain.learners.mastery import Evidence
from graph_api.domain.learners.recency import Scores
from graph_api.domain.learners.scope import Scope
from graph_api.domain.learners.timeline import Timeline
from graph_api.domain.learners.topic import Scored, Topic, TopicUnder
from graph_api.domain.learners.trends import DatedAnswers, LevelPoint, follow_level, follow_recency, follow_topic
from graph_api.domain.parameters.parameter_sets import ParameterSet
from graph_api.domain.parameters.recency_parameters import RecencyParameters, RecencyParameterSet
from graph_api.domain.targets import Target, TargetKind, skill
from graph_api.store.gateway import Transaction
from graph_api.store.recencies import EPOCH, MICROSECOND, RecentAnswers, read_recent_answers
from graph_api.usecases.computing import compute
from graph_api.usecases.learners.reads import LearnerReads, RecentOf

MOST_VALUES = 100_000
"""The largest number of targets x periods of the series of one student."""


class LevelSeriesOf(NamedTuple):
    """The level of a student on a target as of the end of each period."""

    target: Target
    points: Sequence[LevelPoint]


class TopicSeriesOf(NamedTuple):
    """The topic of a skill as of the end of each period; None before the first scored answer."""

    skill_code: str
    topics: Sequence[Topic | None]


class RecencySeriesOf(NamedTuple):
    """The recency scores of a skill as of the end of each period; None without enough recent answers.

    Attributes:
        skill_code: the skill.
        scores: 0..1.
        attempts: the number of recent answers behind each.
    """

    skill_code: str
    scores: Sequence[float | None]
    attempts: Sequence[int]


def check_values(targets: int, timeline: Timeline) -> None:
    """Refuse series that are too long together.

    Raises:
        InvalidInput: there are too many values.
    """
    if targets * len(timeline.moments) > MOST_VALUES:
        rule = f"must be at most {MOST_VALUES}; choose fewer skills, a shorter time, or by: WEEK"
        raise InvalidInput("targets x periods", rule, str(targets * len(timeline.moments)))


async def choose_targets(
    reads: LearnerReads, student_id: str, kind: TargetKind, scope: Scope, concept_ids: Sequence[str] | None
) -> list[Target]:
    """The targets of a series: the named concepts, else those of a scope that the student has answered, in order."""
    if concept_ids is not None:
        return [Target(TargetKind.CONCEPT, key) for key in dict.fromkeys(concept_ids)]
    rows = await reads.masteries_of_student.load(student_id)
    return sorted(row.target for row in rows if row.target.kind is kind and scope.covers(row.target))


async def read_level_series(
    reads: LearnerReads, student_id: str, targets: Sequence[Target], timeline: Timeline
) -> list[LevelSeriesOf]:
    """The series of some targets, in their order; targets that do not exist are left out.

    Raises:
        InvalidInput: there are too many targets and periods together.
    """
    check_values(len(targets), timeline)
    sets = await asyncio.gather(*(reads.set_of_level(student_id, target) for target in targets))
    evidence = await reads.evidence.load_many([(student_id, target) for target in targets])
    return await compute(_follow_levels, targets, evidence, sets, timeline.moments)


def _follow_levels(
    targets: Iterable[Target],
    evidence: Iterable[Sequence[Evidence]],
    sets: Iterable[ParameterSet | None],
    moments: Sequence[datetime],
) -> list[LevelSeriesOf]:
    return [
        LevelSeriesOf(target, follow_level(of_one, moments, used))
        for target, of_one, used in zip(targets, evidence, sets, strict=True)
        if used is not None
    ]


async def read_topic_series(
    reads: LearnerReads, student_id: str, scope: Scope, timeline: Timeline
) -> list[TopicSeriesOf]:
    """The series of the topics of a student in a scope, in order of skill code, each under its own parameters.

    Raises:
        InvalidInput: there are too many topics and periods together.
    """
    states = await reads.topics_of_student.load(student_id) or {}
    codes = sorted(code for code in states if scope.covers(skill(code)))
    check_values(len(codes), timeline)
    scored = await reads.scored_answers.load_many([(student_id, skill(code)) for code in codes])
    return await compute(_follow_topics, [(code, states[code]) for code in codes], scored, timeline.moments)


def _follow_topics(
    states: Iterable[tuple[str, TopicUnder]], scored: Iterable[Sequence[Scored]], moments: Sequence[datetime]
) -> list[TopicSeriesOf]:
    return [
        TopicSeriesOf(code, follow_topic(of_one, moments, state.used.parameters))
        for (code, state), of_one in zip(states, scored, strict=True)
    ]


async def read_recent(tx: Transaction, keys: Iterable[RecentOf]) -> dict[RecentOf, RecentAnswers]:
    """The answers behind recency series: one read for all students with the same window."""
    alike: dict[tuple[datetime, datetime], list[RecentOf]] = defaultdict(list)
    for key in keys:
        alike[key.since, key.until].append(key)
    answers: dict[RecentOf, RecentAnswers] = {}
    for (since, until), of_window in alike.items():
        read = await read_recent_answers(tx, [key.student_id for key in of_window], None, since, until)
        for key in of_window:
            answers[key] = _only(read, key.student_id)
    return answers


def _only(answers: RecentAnswers, student_id: str) -> RecentAnswers:
    """The answers of one student."""
    places = [place for place, (owner, _) in enumerate(answers.pairs) if owner == student_id]
    new_place = np.full(len(answers.pairs), -1)
    new_place[places] = np.arange(len(places))
    own = new_place[answers.pair] >= 0
    columns: dict[str, Any] = {
        name: column[own] for name, column in answers._asdict().items() if isinstance(column, np.ndarray)
    }
    columns["pair"] = new_place[columns["pair"]]
    return answers._replace(pairs=[answers.pairs[place] for place in places], **columns)


async def read_recency_series(
    reads: LearnerReads, student_id: str, scope: Scope, timeline: Timeline, used: RecencyParameterSet
) -> list[RecencySeriesOf]:
    """The series of the skills of a scope that a student has answered, in order of code, under a parameter set.

    Raises:
        InvalidInput: a lookback begins before the year 1, or there are too many skills and periods together.
    """
    since = earlier(timeline.moments[0], timedelta(days=used.parameters.lookback_days), "since")
    answers = await reads.recent_answers.load(RecentOf(student_id, since, timeline.moments[-1]))
    if answers is None:
        return []
    chosen = [place for place, (_, target) in enumerate(answers.pairs) if scope.covers(target)]
    check_values(len(chosen), timeline)
    scores = await compute(_score_at_all, answers, timeline.moments, used.parameters)
    return _rows(answers, chosen, scores, len(timeline.moments), used.parameters)


def _score_at_all(answers: RecentAnswers, moments: Sequence[datetime], parameters: RecencyParameters) -> Scores:
    times = np.array([(moment - EPOCH) // MICROSECOND for moment in moments], np.int64)
    dated = DatedAnswers(answers.pair, times[-1] - answers.age, answers.correct, answers.difficulty, answers.weight)
    return follow_recency(dated, times, len(answers.pairs), parameters)


def _rows(
    answers: RecentAnswers, chosen: Iterable[int], scores: Scores, length: int, parameters: RecencyParameters
) -> list[RecencySeriesOf]:
    shape = length, len(answers.pairs)
    score, attempts = scores.score.reshape(shape), scores.attempts.reshape(shape)
    return [
        RecencySeriesOf(
            answers.pairs[place][1].key,
            [
                value if number >= parameters.min_attempts else None
                for value, number in zip(score[:, place].tolist(), attempts[:, place].tolist(), strict=True)
            ],
            attempts[:, place].tolist(),
        )
        for place in chosen
    ]
