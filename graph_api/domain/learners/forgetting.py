"""Retrievability: the probability of recall after a pause (Q9), apart from the level, which only answers change.

The formulas are in `recall_formulas`. This module follows the answers of many students at once, and reads off the
recall at a moment with its interval. An answer of weight 0 or a judgement is no practice: both are left out.

N. J. Cepeda and others (2006), "Distributed practice in verbal recall tasks", Psychological Bulletin 132, has what
spacing does.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from graph_api.domain.learners.mastery import Evidence
from graph_api.domain.learners.recall_formulas import FORMULAS, Memory, RecallFormula, Values, Vector, p_correct_after
from graph_api.domain.learners.uncertainty import COVERAGE, Interval
from graph_api.domain.parameters.forgetting_parameters import DEFAULT_PARAMETERS, ForgettingParameters
from graph_api.domain.parameters.knowledge_tracing import Parameters, clamp, update
from graph_api.domain.targets import Target

DUE = 0.5
DAY = timedelta(days=1)
PAUSE_DAYS = 1.0
"""An answer after at least this many days shows whether something was remembered."""
POINTS = 32


class Practice(NamedTuple):
    """The answers of many students on one target each, in their order, as arrays with a row for each student.

    Attributes:
        pauses: days since the answer before; 0 for the first. Shape (rows, longest).
        correct: shape (rows, longest).
        lengths: how many answers each row has; the rest of a row means nothing.
    """

    pauses: Vector
    correct: NDArray[np.bool_]
    lengths: NDArray[np.int64]


class Recall(NamedTuple):
    """The recall of one student on one target at a moment.

    Attributes:
        retrievability: the probability of recall, 0..1.
        interval: where it may be, because half-lives differ between students.
        half_life: in days: without practice, recall falls to one half in this time.
        last_practiced_at: the time of the last answer.
        answers: how many there were.
        pause: days since the last answer.
        longest_pause: the longest pause that an answer ended, in days.
    """

    retrievability: float
    interval: Interval
    half_life: float
    last_practiced_at: datetime
    answers: int
    pause: float
    longest_pause: float


class Learner(NamedTuple):
    """The answers of one student on one target, and the parameters of the level."""

    target: Target
    evidence: Sequence[Evidence]
    tracing: Parameters


def counted_sorted(evidence: Iterable[Evidence]) -> list[Evidence]:
    """The answers that count, in their order."""
    return sorted(each for each in evidence if each.weight)


def counted_by(evidence: Iterable[Evidence], moment: datetime) -> list[Evidence]:
    """The answers that count and were given by a moment, in their order."""
    return counted_sorted(each for each in evidence if each.at <= moment)


def practice_of(histories: Sequence[Sequence[Evidence]]) -> Practice:
    """Histories, each in order and without answers that do not count, as arrays."""
    lengths = np.array([len(each) for each in histories], np.int64)
    shape = (len(histories), int(lengths.max(initial=1)))
    pauses, correct = np.zeros(shape), np.zeros(shape, np.bool_)
    for row, history in enumerate(histories):
        times = [each.at for each in history]
        pauses[row, 1 : len(times)] = [(after - at) / DAY for at, after in pairwise(times)]
        correct[row, : len(times)] = [each.correct for each in history]
    return Practice(np.maximum(pauses, 0.0), correct, lengths)


def follow(
    practice: Practice, formula: RecallFormula, values: Values, pace: Vector | float = 1.0
) -> Iterator[tuple[int, Vector | None, Memory]]:
    """Each place of the answers in turn: the recall just before them (None at the first), and the memory after.

    A row that has ended keeps its last memory.

    Args:
        practice: the answers.
        formula: the formula of recall.
        values: each of shape (rows, 1) or (1, 1).
        pace: how fast time passes for a student, shape (rows or 1, points): 2 halves every half-life.
    """
    memory = None
    for place in range(practice.pauses.shape[1]):
        correct, pause = practice.correct[:, place, None], practice.pauses[:, place, None] * pace
        if memory is None:
            memory = formula.begin(values, correct)
            yield place, None, memory
            continue
        recall = formula.recall(values, memory, pause)
        after, on = formula.practise(values, memory, correct, pause), (practice.lengths > place)[:, None]
        memory = Memory(*(np.where(on, new, old) for new, old in zip(after, memory, strict=True)))
        yield place, recall, memory


def levels_before(evidence: Iterable[Evidence], tracing: Parameters) -> list[float]:
    """The level before each answer; answers in their order."""
    level, levels = clamp(tracing.prior), []
    for each in evidence:
        levels.append(level)
        level = update(level, correct=each.correct, parameters=tracing, weight=each.weight).after
    return levels


def estimate_recall(
    learners: Sequence[Learner],
    moments: Sequence[datetime],
    used: ForgettingParameters = DEFAULT_PARAMETERS,
    coverage: float = COVERAGE,
) -> list[Recall | None]:
    """The recall of each learner at its own moment; None for one without answers by then.

    The half-lives of students differ: each is taken to vary around the formula by a log-normal factor of the set's
    spread. Values of that factor are weighted by how probable they make the student's own answers after a pause, and
    the interval lies between the quantiles of the recall that they give. The formula's own value is always inside.
    """
    histories = [counted_by(each.evidence, moment) for each, moment in zip(learners, moments, strict=True)]
    rows = [row for row, history in enumerate(histories) if history]
    estimates: list[Recall | None] = [None] * len(learners)
    if not rows:
        return estimates
    formula, practice = FORMULAS[used.formula], practice_of([histories[row] for row in rows])
    values = np.array([used.for_target(learners[row].target) for row in rows]).T[:, :, None]
    pace = paces(used.spread)
    tracing = [learners[row].tracing for row in rows]
    guess, slip = (np.array([[getattr(each, name)] for each in tracing]) for name in ("guess", "slip"))
    levels = np.zeros_like(practice.pauses)
    for place, row in enumerate(rows):
        levels[place, : len(histories[row])] = levels_before(histories[row], learners[row].tracing)
    weight = np.zeros((len(rows), pace.shape[1]))
    memory = formula.begin(values, practice.correct[:, :1])
    for place, recall, after in follow(practice, formula, values, pace):
        memory = after
        if recall is not None:
            chance = p_correct_after(levels[:, place, None], recall, guess, slip)
            likelihood = np.where(practice.correct[:, place, None], chance, 1 - chance)
            weight += np.where((practice.lengths > place)[:, None], np.log(likelihood), 0.0)
    pauses = np.array([[max((moments[row] - histories[row][-1].at) / DAY, 0.0)] for row in rows])
    recalls = formula.recall(values, memory, pauses * pace)
    lives = formula.half_life(values, memory)
    weight = np.exp(weight - weight.max(axis=1, keepdims=True))
    low, high = _quantiles(recalls, weight, coverage)
    for place, row in enumerate(rows):
        now = float(recalls[place, 0])
        estimates[row] = Recall(
            now,
            Interval(min(float(low[place]), now), max(float(high[place]), now)),
            float(lives[place, 0]),
            histories[row][-1].at,
            len(histories[row]),
            float(pauses[place, 0]),
            float(practice.pauses[place, : practice.lengths[place]].max()),
        )
    return estimates


def paces(spread: float) -> Vector:
    """Paces of time, shape (1, 1 + POINTS): the formula's own first, then equally probable ones."""
    middle = (np.arange(POINTS) + 0.5) / POINTS
    return np.concatenate([[1.0], np.exp(spread * np.asarray(ndtri(middle)))])[None, :]


def _quantiles(values: Vector, weights: Vector, coverage: float) -> tuple[Vector, Vector]:
    """The quantiles on either side of each row of weighted values."""
    order = np.argsort(values, axis=1, kind="stable")
    ordered, mass = np.take_along_axis(values, order, axis=1), np.cumsum(np.take_along_axis(weights, order, 1), axis=1)
    mass /= mass[:, -1:]
    rows = np.arange(len(values))
    places = [np.argmax(mass >= tail - 1e-12, axis=1) for tail in ((1 - coverage) / 2, (1 + coverage) / 2)]
    return ordered[rows, places[0]], ordered[rows, places[1]]
