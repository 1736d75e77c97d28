"""Series: the state of a student or a class at each of several moments, in one pass over the answers (Q12)."""

import sys
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from graph_api.domain.learners import topic as topic_domain
from graph_api.domain.learners.class_levels import ClassLevels
from graph_api.domain.learners.mastery import Evidence, fold
from graph_api.domain.learners.recency import MICROSECONDS_A_DAY, Scores, score
from graph_api.domain.learners.timeline import microseconds
from graph_api.domain.learners.topic import Scored, Topic
from graph_api.domain.parameters.knowledge_tracing import clamp
from graph_api.domain.parameters.parameter_sets import ParameterSet
from graph_api.domain.parameters.recency_parameters import RecencyParameters
from graph_api.domain.parameters.topic_parameters import TopicParameters
from graph_api.domain.targets import Target, concept

NO_TARGET: Target = concept("")
"""Levels do not depend on the name of the target."""


class LevelPoint(NamedTuple):
    """A level as of a moment, the number of answers behind it, and whether the student has started the target."""

    level: float
    attempts: int
    is_started: bool


def follow_level(evidence: Iterable[Evidence], moments: Sequence[datetime], used: ParameterSet) -> list[LevelPoint]:
    """The level at each moment, as `level_at`: the prior before the first answer.

    Args:
        evidence: the answers of a student to a target, in any order.
        moments: in order.
        used: the parameter set of the level.

    >>> from datetime import UTC, timedelta
    >>> from graph_api.domain.answers.order import Order
    >>> from graph_api.domain.parameters.parameter_sets import DEFAULTS
    >>> from graph_api.domain.targets import TargetKind
    >>> noon = datetime(2026, 1, 31, 12, tzinfo=UTC)
    >>> points = follow_level([Evidence(Order(noon), True)], [noon - timedelta(1), noon], DEFAULTS[TargetKind.SKILL])
    >>> [(point.attempts, point.is_started) for point in points]
    [(0, False), (1, True)]
    """
    ordered = sorted(evidence)
    points = [LevelPoint(clamp(used.parameters.prior), 0, is_started=False)]
    for _, state in fold(None, ordered, "", NO_TARGET, used):
        points.append(points[-1] if state is None else LevelPoint(state.level, state.attempts, is_started=True))
    times = [item.at for item in ordered]
    return [points[bisect_right(times, moment)] for moment in moments]


def follow_topic(
    scored: Iterable[Scored], moments: Sequence[datetime], parameters: TopicParameters
) -> list[Topic | None]:
    """The topic at each moment: the fold of the scored answers by then; None before the first.

    >>> follow_topic([], [datetime(2026, 1, 31)], TopicParameters())
    [None]
    """
    states = topic_domain.history(scored, parameters)
    times = [state.last.at for state in states if state.last is not None]
    return [states[place - 1] if place else None for place in (bisect_right(times, moment) for moment in moments)]


class DatedAnswers(NamedTuple):
    """Answers of several student-skill pairs, in any order.

    Attributes:
        pair: shape (answers,), 0..pairs - 1.
        at: shape (answers,); microseconds since 1970.
        correct: shape (answers,).
        difficulty: shape (answers,); an index of `DIFFICULTIES`, or -1.
        weight: shape (answers,), how much each counts; None if each counts 1.
    """

    pair: NDArray[np.int64]
    at: NDArray[np.int64]
    correct: NDArray[np.bool_]
    difficulty: NDArray[np.int64]
    weight: NDArray[np.float64] | None = None


def follow_recency(
    answers: DatedAnswers, moments: NDArray[np.int64], pairs: int, parameters: RecencyParameters
) -> Scores:
    """The recency scores of every pair at each moment, as `score`: those of moment m are from m * pairs on.

    An answer is counted only at the moments whose lookback contains it.

    Args:
        answers: the answers.
        moments: shape (moments,), in order; microseconds since 1970.
        pairs: how many pairs there are, with or without answers.
        parameters: the windows and their weights.
    """
    order = np.argsort(answers.at, kind="stable")
    pair, at, correct, difficulty = (column[order] for column in answers[:4])
    weight = None if answers.weight is None else answers.weight[order]
    first = np.searchsorted(at, moments - parameters.lookback_days * MICROSECONDS_A_DAY, side="left")
    counts = np.searchsorted(at, moments, side="right") - first
    point = np.repeat(np.arange(len(moments)), counts)
    chosen = np.arange(len(point)) - np.repeat(np.cumsum(counts) - counts, counts) + np.repeat(first, counts)
    return score(
        point * pairs + pair[chosen],
        moments[point] - at[chosen],
        correct[chosen],
        difficulty[chosen],
        len(moments) * pairs,
        parameters,
        None if weight is None else weight[chosen],
    )


class PairHistory(NamedTuple):
    """The answers and judgements of a student to a target, in any order, and the parameter set of the level."""

    student_id: str
    target: Target
    evidence: Sequence[Evidence]
    used: ParameterSet


class LevelCurves(NamedTuple):
    """The levels of one student after each answer or judgement that counts.

    Attributes:
        keys: the concept ids or skill codes.
        pair: shape (points,), 0..keys - 1; the points of a pair are in the order of answers.
        at: shape (points,); microseconds since 1970.
        level: shape (points,), after the answer.
        attempts: shape (points,), the number of answers by then.
    """

    keys: Sequence[str]
    pair: NDArray[np.int32]
    at: NDArray[np.int64]
    level: NDArray[np.float64]
    attempts: NDArray[np.int32]

    @classmethod
    def of(cls, pairs: Iterable[PairHistory]) -> Self:
        """The curves of the pairs of one student."""
        keys: list[str] = []
        points: list[tuple[int, int, float, int]] = []
        for place, pair in enumerate(pairs):
            keys.append(sys.intern(pair.target.key))
            ordered = sorted(pair.evidence)
            for item, (_, state) in zip(ordered, fold(None, ordered, "", NO_TARGET, pair.used), strict=True):
                if state is not None:
                    points.append((place, microseconds(item.at), state.level, state.attempts))
        columns = zip(*points, strict=True) if points else ((), (), (), ())
        types = np.int32, np.int64, np.float64, np.int32
        return cls(keys, *(np.array(column, dtype) for column, dtype in zip(columns, types, strict=True)))

    @property
    def bytes(self) -> int:
        """The memory that they take, without the keys themselves, which students share."""
        return 8 * len(self.keys) + sum(column.nbytes for column in self[1:])


def follow_class(
    student_ids: Sequence[str], keys: Sequence[str], curves: Sequence[LevelCurves], moments: Sequence[datetime]
) -> Iterator[ClassLevels]:
    """The levels of a class at each moment, on some targets; other targets are left out.

    Args:
        student_ids: the rows.
        keys: the columns.
        curves: of each student, in the same order.
        moments: in order.

    >>> none = follow_class(["anna"], ["a"], [LevelCurves.of([])], [datetime(2026, 1, 31).astimezone()])
    >>> [levels.level.tolist() for levels in none]
    [[[nan]]]
    """
    columns = {key: place for place, key in enumerate(keys)}
    cells = [np.empty(0, np.int64)]
    for row, each in enumerate(curves):
        column = np.array([columns.get(key, -1) for key in each.keys], np.int64)[each.pair]
        cells.append(np.where(column < 0, -1, row * len(keys) + column))
    cell = np.concatenate(cells)
    at, level, attempts = (
        np.concatenate([np.empty(0, dtype), *(each[place] for each in curves)])
        for place, dtype in ((2, np.int64), (3, np.float64), (4, np.int64))
    )
    period = np.searchsorted(np.array([microseconds(moment) for moment in moments]), at, side="left")
    chosen = np.flatnonzero((cell >= 0) & (period < len(moments)))
    order = chosen[np.argsort(period[chosen], kind="stable")]
    edges = np.searchsorted(period[order], np.arange(len(moments) + 1))
    levels, counts = np.full(len(student_ids) * len(keys), np.nan), np.zeros(len(student_ids) * len(keys), np.int64)
    shape = len(student_ids), len(keys)
    for start, end in pairwise(edges.tolist()):
        points = order[start:end]
        levels[cell[points]], counts[cell[points]] = level[points], attempts[points]  # of several, the last one stays
        yield ClassLevels(student_ids, keys, levels.reshape(shape).copy(), counts.reshape(shape).copy())


def mean_levels(levels: ClassLevels) -> NDArray[np.float64]:
    """The mean level of each student over the targets with answers, shape (students,); NaN without any.

    >>> one = ClassLevels(["anna"], ["a", "b"], np.array([[0.5, np.nan]]), np.array([[3, 0]]))
    >>> mean_levels(one).tolist()
    [0.5]
    """
    number = levels.started.sum(axis=1)
    total = np.where(levels.started, levels.level, 0.0).sum(axis=1)
    return np.asarray(np.divide(total, number, out=np.full(len(number), np.nan), where=number > 0))
