"""P(known) of each concept, given the answers of a placement.

The prior lets students be anywhere between the start and the end of a course. It is a mixture of nine parts of equal
weight. In each part the probability of a knowledge state is proportional to exp(offset times its number of concepts),
the distribution of maximum entropy with that expected number of concepts. The offsets give the parts 1/18, 3/18, …,
17/18 of the concepts. So the first answers also show how far a student is, and move every concept.

A prior with equal weight for all states was worse: nearly all states have about half of the concepts, so weak and
strong students were misplaced (docs/placement.md has the figures).

All evidence is one log odds for each concept, because an answer depends on the state only through its own concept.

Reference: E. T. Jaynes (1957), "Information theory and statistical mechanics", Physical Review 106, 620-630.
"""

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from graph_api.domain.learners.placement.elimination import Elimination
from graph_api.domain.learners.placement.marginals import propagate, sum_inward, sum_outward, sum_states
from graph_api.domain.learners.placement.structure import KNOWN_STRUCTURES, Structure, elimination_of

PARTS = 9
"""The parts of the prior."""
OFFSETS = 12 * np.sinh(np.linspace(-8, 8, 41)) / np.sinh(8)
"""Between these the offsets of the parts are found. They are dense around 0, where those of long chains are."""
LEAST_WEIGHT = 1e-12
"""Parts with less weight, relative to the most probable part, are left out."""
MOST_CELLS = 1_000_000
"""Cells of tables that are summed side by side for the prior: more would not make it faster, and take memory."""
MOST_LOG_ODDS = 20.0
"""Evidence for or against one concept is cut off here, so that a sum over states never becomes 0."""


class Prior(NamedTuple):
    """The parts of the prior: the offset of each, and the logarithm of its sum over all states; shape (parts,)."""

    offset: NDArray[np.float64]
    log_total: NDArray[np.float64]


def posterior(structure: Structure, log_odds: NDArray[np.float64]) -> NDArray[np.float64]:
    """The probability that each concept is known; a prerequisite is never less probable than what needs it.

    Exact for this prior where `structure.is_exact`. Else all states have equal weight before the first answer, and
    the result is an approximation.

    Args:
        structure: the concepts.
        log_odds: shape (…, concepts): the evidence, 0 for no answer.

    Returns:
        Shape (…, concepts), from 0 to 1.

    >>> chain = Structure(("a", "b"), ((), (0,)))
    >>> posterior(chain, np.zeros(2)).round(2).tolist()
    [0.62, 0.38]
    >>> posterior(chain, np.array([0.0, np.log(9)])).round(2).tolist()  # a correct answer to b
    [0.91, 0.85]
    """
    cut = np.clip(log_odds, -MOST_LOG_ODDS, MOST_LOG_ODDS).reshape(math.prod(log_odds.shape[:-1]), len(structure.ids))
    elimination = structure.elimination
    known = propagate(structure, cut) if elimination is None else _mixture(structure, elimination, cut)
    return known.reshape(log_odds.shape)


def prior_of(structure: Structure) -> Prior:
    """The prior of a structure that is exact.

    Raises:
        ValueError: the structure is not exact.
    """
    return _prior(structure.before)


def _mixture(structure: Structure, elimination: Elimination, log_odds: NDArray[np.float64]) -> NDArray[np.float64]:
    batch, size = log_odds.shape
    prior = prior_of(structure)
    inward = sum_inward(elimination, (log_odds[:, None, :] + prior.offset[:, None]).reshape(batch * PARTS, size))
    log_weight = inward.log_total.reshape(batch, PARTS) - prior.log_total
    weight = np.exp(log_weight - log_weight.max(axis=1, keepdims=True)).ravel()
    counts = weight > LEAST_WEIGHT  # after some answers few parts are left
    rows = np.flatnonzero(counts) // PARTS
    weighted = sum_outward(elimination, inward.rows(counts)) * weight[counts, None]
    known = np.zeros((batch, size))
    np.add.at(known, rows, weighted)
    return np.asarray(known / np.bincount(rows, weight[counts], minlength=batch)[:, None])


@lru_cache(KNOWN_STRUCTURES)
def _prior(before: tuple[tuple[int, ...], ...]) -> Prior:
    elimination, size = elimination_of(before), len(before)
    if elimination is None:
        raise ValueError("the structure is not exact")
    if not size:
        return Prior(np.zeros(PARTS), np.zeros(PARTS))
    cells = sum(len(bucket.allowed) for bucket in elimination)
    parts = np.array_split(OFFSETS, min(-(-len(OFFSETS) * cells // MOST_CELLS), len(OFFSETS)))
    even = [np.repeat(offsets[:, None], size, axis=1) for offsets in parts]
    share = np.concatenate([sum_states(elimination, each).known.mean(axis=1) for each in even])
    offset = np.interp((np.arange(PARTS) + 0.5) / PARTS, share, OFFSETS)
    return Prior(offset, sum_states(elimination, np.repeat(offset[:, None], size, axis=1)).log_total)
