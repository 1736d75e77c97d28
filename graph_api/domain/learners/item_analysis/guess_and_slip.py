"""Guess and slip of each question, given P(known) before each answer.

With the level L before an answer, P(correct) = L(1 - S) + (1 - L)G. As a function of G and 1 - S this is a line, so the
log-likelihood is concave: it has one maximum, and so has its profile along each axis.

References: Z. A. Pardos, N. T. Heffernan (2011), "KT-IDEM: Introducing item difficulty to the knowledge tracing model",
UMAP 2011; D. J. Venzon, S. H. Moolgavkar (1988), "A method for computing profile-likelihood-based confidence
intervals", Applied Statistics 37.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.special import gammaincinv

from graph_api.domain.learners.item_analysis.cells import Cells, Vector
from graph_api.domain.learners.item_analysis.estimates import COVERAGE, Estimates, scatter

EDGE = 1e-6
"""How far guess and slip stay from 0 and 1."""
DROP = float(gammaincinv(0.5, COVERAGE))
"""How far the log-likelihood falls from its maximum to the ends of an interval: half a quantile of chi² with 1 df."""
INNER, OUTER = 14, 20
"""Newton steps; each is kept inside a bracket, which at least halves where a step would leave it."""
CLOSE = 1e-8
"""A step below this is the last."""
LEAST_SPREAD = 0.02
"""The smallest standard deviation of levels from which the two states can be separated."""


class GuessAndSlip(NamedTuple):
    """The estimates of both."""

    guess: Estimates
    slip: Estimates


def guess_and_slip(cells: Cells) -> GuessAndSlip:
    """The most likely guess and slip of each question, with profile-likelihood intervals.

    NaN where the levels of the answers barely differ: then only the mixture of both is known. The two are not kept
    below guess + slip = 1, because a question that works the wrong way round is what an author should see.

    >>> level = np.repeat([0.1, 0.9], 100)
    >>> correct = np.concatenate([np.arange(100) < 26, np.arange(100) < 82]).astype(float)
    >>> both = guess_and_slip(Cells.of(np.zeros(200, np.int64), level, correct, 1))
    >>> round(float(both.guess.value[0]), 3), round(float(both.slip.value[0]), 3)
    (0.19, 0.11)
    """
    chosen = spread(cells) >= LEAST_SPREAD
    mine = cells.choose(chosen)
    guess = _profile(mine, mine.level, 1 - mine.level)
    known = _profile(mine, 1 - mine.level, mine.level)
    slip = Estimates(1 - known.value, 1 - known.high, 1 - known.low)
    return GuessAndSlip(scatter(guess, chosen), scatter(slip, chosen))


def spread(cells: Cells) -> Vector:
    """The standard deviation of the levels of each question's answers, shape (questions,); 0 without answers."""
    count = cells.correct + cells.incorrect
    answers = np.maximum(cells.answers, 1)
    mean = cells.sums(count * cells.level) / answers
    return np.sqrt(cells.sums(count * (cells.level - mean[cells.question]) ** 2) / answers)


def information(guess: Vector, slip: Vector) -> Vector:
    """Bits that an answer gives on whether the student knows the target, at level 0.5: 0 to 1.

    The mutual information of the answer and the state: H(P(correct)) - (H(guess) + H(slip)) / 2.

    >>> information(np.array([0.0, 0.2, 0.5]), np.array([0.0, 0.1, 0.5])).round(3).tolist()
    [1.0, 0.397, 0.0]
    """
    correct = (guess + 1 - slip) / 2
    return np.maximum(_entropy(correct) - (_entropy(guess) + _entropy(slip)) / 2, 0)


def _entropy(p: Vector) -> Vector:
    inside = np.clip(p, 1e-300, 1)
    outside = np.clip(1 - p, 1e-300, 1)
    return np.asarray(-(p * np.log2(inside) + (1 - p) * np.log2(outside)))


class _Slopes(NamedTuple):
    """The first and second derivatives of the log-likelihood by one of the two parameters."""

    first: Vector
    second: Vector


def _slopes(cells: Cells, share: Vector, p: Vector) -> _Slopes:
    right, wrong = cells.correct / p, cells.incorrect / (1 - p)
    first = cells.sums(share * (right - wrong))
    return _Slopes(first, -cells.sums(share**2 * (right / p + wrong / (1 - p))))


def _root(slopes: Callable[[Vector], _Slopes], low: Vector, high: Vector, start: Vector, steps: int) -> Vector:
    """Where a falling function is 0, or the end of the bracket that is nearest to it."""
    low, high, here = low.copy(), high.copy(), start
    moves = np.ones(len(here), np.bool_)  # each question stops by itself, so that others change no digit of it
    for _ in range(steps):
        if not moves.any():
            break
        first, second = slopes(here)
        low = np.where(first >= 0, here, low)
        high = np.where(first <= 0, here, high)
        with np.errstate(divide="ignore", invalid="ignore"):
            step = here - first / second
        inside = (step > low) & (step < high)
        after = np.where(inside, step, np.where(low == high, low, (low + high) / 2))
        here, moves = np.where(moves, after, here), moves & (np.abs(after - here) > CLOSE)
    return here


def _profile(cells: Cells, other: Vector, own: Vector) -> Estimates:
    """One parameter with its interval; `own` and `other` are the shares of the states, shape (cells,)."""
    question = cells.question
    lowest, highest = np.full(cells.questions, EDGE), np.full(cells.questions, 1 - EDGE)
    other_best = np.full(cells.questions, 0.5)

    def p_at(value: Vector, best: Vector) -> Vector:
        return own * value[question] + other * best[question]

    def profiled(value: Vector) -> Vector:
        """The other parameter where it is most likely, given this one."""
        return _best(lambda best: _slopes(cells, other, p_at(value, best)), lowest, highest, other_best)

    def slopes(value: Vector) -> _Slopes:
        """The slope of the profile; its curvature is that of the pair, less what the other parameter takes up."""
        nonlocal other_best
        other_best = profiled(value)
        p = p_at(value, other_best)
        first, second = _slopes(cells, own, p)
        across = _slopes(cells, other, p).second
        right, wrong = cells.correct / p**2, cells.incorrect / (1 - p) ** 2
        both = -cells.sums(own * other * (right + wrong))
        at_edge = (other_best <= 2 * EDGE) | (other_best >= 1 - 2 * EDGE)
        with np.errstate(divide="ignore", invalid="ignore"):
            curved = second - np.where(at_edge, 0, both**2 / across)
        return _Slopes(first, np.where(curved < 0, curved, second))

    best = _best(slopes, lowest, highest, np.full(cells.questions, 0.5), OUTER)
    slopes(best)
    most = _log_likelihood(cells, p_at(best, other_best))
    best_other = other_best

    def end(limit: Vector) -> Vector:
        """The end of the interval between the best value and a limit."""
        nonlocal other_best
        other_best = profiled(limit)
        reached = most - _log_likelihood(cells, p_at(limit, other_best)) <= DROP
        other_best = best_other
        inside, outside = best.copy(), limit.copy()
        here = (inside + outside) / 2
        moves = ~reached
        for _ in range(OUTER):
            if not moves.any():
                break
            first = slopes(here).first
            drop = most - _log_likelihood(cells, p_at(here, other_best)) - DROP
            inside = np.where(drop <= 0, here, inside)
            outside = np.where(drop > 0, here, outside)
            with np.errstate(divide="ignore", invalid="ignore"):
                step = here + drop / first
            between = (step - inside) * (step - outside) < 0
            after = np.where(between, step, (inside + outside) / 2)
            here, moves = np.where(moves, after, here), moves & (np.abs(after - here) > CLOSE)
        return np.where(reached, limit, here)

    return Estimates(best, np.minimum(end(lowest), best), np.maximum(end(highest), best))


def _best(
    slopes: Callable[[Vector], _Slopes], lowest: Vector, highest: Vector, start: Vector, steps: int = INNER
) -> Vector:
    """Where a concave function is highest between two bounds."""
    at_low, at_high = slopes(lowest).first <= 0, slopes(highest).first >= 0
    inside = _root(slopes, lowest, highest, start, steps)
    return np.where(at_low, lowest, np.where(at_high, highest, inside))


def _log_likelihood(cells: Cells, p: Vector) -> Vector:
    return cells.sums(cells.correct * np.log(p) + cells.incorrect * np.log(1 - p))
