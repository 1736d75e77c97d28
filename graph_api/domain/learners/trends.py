"""Series: the state of a student or a class at each of several moments, in one pass over the answers (Q12)."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from graph_api.domain.learners import topic as topic_domain
from graph_api.domain.learners.class_levels import ClassLevels
from graph_api.domain.learners.mastery import Evidence, fold
from graph_api.domain.learners.recency import MICROSECONDS_A_DAY, Scores, score
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


class PairSeries(NamedTuple):
    """The levels of one student on one target at each moment, by their places in a matrix."""

    row: int
    column: int
    points: Sequence[LevelPoint]


def follow_class(
    student_ids: Sequence[str], keys: Sequence[str], series: Iterable[PairSeries], length: int
) -> Iterator[ClassLevels]:
    """The levels of a class at each of `length` moments, from the series of its pairs; other pairs have no answers.

    >>> series = [PairSeries(0, 0, [LevelPoint(0.3, 0, False), LevelPoint(0.6, 1, True)])]
    >>> [levels.level.tolist() for levels in follow_class(["anna"], ["a"], series, 2)]
    [[[nan]], [[0.6]]]
    """
    changes: list[list[tuple[int, int, float, int]]] = [[] for _ in range(length)]
    for pair in series:
        before: LevelPoint | None = None
        for place, point in enumerate(pair.points):
            if point.is_started and point is not before:
                changes[place].append((pair.row, pair.column, point.level, point.attempts))
                before = point
    shape = len(student_ids), len(keys)
    levels, counts = np.full(shape, np.nan), np.zeros(shape, np.int64)
    for changed in changes:
        if changed:
            rows, columns, values, numbers = (list(column) for column in zip(*changed, strict=True))
            levels[rows, columns], counts[rows, columns] = values, numbers
        yield ClassLevels(student_ids, keys, levels.copy(), counts.copy())


def mean_levels(levels: ClassLevels) -> NDArray[np.float64]:
    """The mean level of each student over the targets with answers, shape (students,); NaN without any.

    >>> one = ClassLevels(["anna"], ["a", "b"], np.array([[0.5, np.nan]]), np.array([[3, 0]]))
    >>> mean_levels(one).tolist()
    [0.5]
    """
    number = levels.started.sum(axis=1)
    total = np.where(levels.started, levels.level, 0.0).sum(axis=1)
    return np.asarray(np.divide(total, number, out=np.full(len(number), np.nan), where=number > 0))
