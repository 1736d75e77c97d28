"""The probability that each concept is known, over all knowledge states at once.

The prior gives each knowledge state the same probability, which is the distribution of maximum entropy. An answer to a
question about a concept depends on the state only through that concept, so all evidence is a log odds for each
concept. The probability of a state is proportional to exp(sum of the log odds of its concepts).

- Exact, by variable elimination, for courses whose links are not too dense (`Structure.is_exact`).
- Else by tree-reweighted belief propagation, which is exact on trees.

References: M. J. Wainwright, T. S. Jaakkola, A. S. Willsky (2005), "A new class of upper bounds on the log partition
function", IEEE Transactions on Information Theory 51, 2313-2335; and Koller and Friedman (2009), chapter 10.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from graph_api.domain.course.course_graph import CourseGraph
from graph_api.domain.learners.placement.elimination import Elimination
from graph_api.domain.learners.placement.structure import Structure

MOST_LOG_ODDS = 50.0
"""Evidence for or against one concept is cut off here, so that a sum over states never becomes 0."""
ROUNDS, DAMPING, TOLERANCE = 300, 0.5, 1e-7
"""Belief propagation: the most rounds, the share of the former messages, and the change that ends it."""


def marginals(structure: Structure, log_odds: NDArray[np.float64]) -> NDArray[np.float64]:
    """The probability that each concept is known.

    A prerequisite is never less probable than what needs it.

    Args:
        structure: the concepts.
        log_odds: shape (…, concepts): the evidence, 0 for none.

    Returns:
        Shape (…, concepts), from 0 to 1.

    >>> chain = Structure(("a", "b"), ((), (0,)))
    >>> marginals(chain, np.zeros(2)).round(3).tolist()  # of the states {}, {a} and {a, b}
    [0.667, 0.333]
    >>> marginals(chain, np.array([0.0, np.log(9)])).round(3).tolist()
    [0.909, 0.818]
    """
    cut = np.clip(log_odds, -MOST_LOG_ODDS, MOST_LOG_ODDS).reshape(-1, log_odds.shape[-1])
    elimination = structure.elimination
    known = propagate(structure, cut) if elimination is None else sum_states(elimination, cut)
    return known.reshape(log_odds.shape)


def sum_states(elimination: Elimination, log_odds: NDArray[np.float64]) -> NDArray[np.float64]:
    """The exact probabilities, shape (batch, concepts), by sums in the order of elimination and back."""
    odds = np.stack([np.exp(-np.logaddexp(0, log_odds)), np.exp(-np.logaddexp(0, -log_odds))], axis=-1)
    tables = {
        bucket.place: bucket.allowed * np.repeat(odds[:, bucket.place], len(bucket.allowed) // 2, axis=1)
        for bucket in elimination
    }
    sums = {}
    for bucket in elimination:
        table = tables[bucket.place]
        table /= table.sum(axis=1, keepdims=True)
        if bucket.neighbours:
            half = table.shape[1] // 2
            sums[bucket.place] = table[:, :half] + table[:, half:]
            tables[bucket.neighbours[0]] *= sums[bucket.place][:, bucket.cells]
    known = np.empty_like(log_odds)
    for bucket in reversed(elimination):
        table = tables[bucket.place]
        half = table.shape[1] // 2
        if bucket.neighbours:
            own_sum = sums[bucket.place]
            whole = tables[bucket.neighbours[0]][:, bucket.groups].reshape(*own_sum.shape, -1).sum(axis=-1)
            share = np.divide(whole, own_sum, out=np.zeros_like(whole), where=own_sum > 0)
            table[:, :half] *= share
            table[:, half:] *= share
        known[:, bucket.place] = table[:, half:].sum(axis=1) / table.sum(axis=1)
    return known


def propagate(structure: Structure, log_odds: NDArray[np.float64]) -> NDArray[np.float64]:
    """The approximate probabilities, shape (batch, concepts), by tree-reweighted belief propagation.

    A message is the log odds that one end of a link sends to the other. The weight of a link is the chance that a
    random spanning tree has it.
    """
    if not len(structure.links):
        return 1 / (1 + np.exp(-log_odds))
    needed, place = structure.links.T
    weight = _spanning_share(structure)
    batch, size = log_odds.shape
    to_needed, to_place = np.zeros((2, batch, len(weight)))
    rows, shape = np.arange(len(weight)), (len(weight), size)
    into_needed, into_place = (csr_array((weight, (rows, end)), shape=shape) for end in (needed, place))
    for _ in range(ROUNDS):
        belief = log_odds + to_needed @ into_needed + to_place @ into_place
        down = np.logaddexp(0, belief[:, place] - to_place)
        up = -np.logaddexp(0, to_needed - belief[:, needed])
        change = max(np.abs(down - to_needed).max(), np.abs(up - to_place).max())
        to_needed += (1 - DAMPING) * (down - to_needed)
        to_place += (1 - DAMPING) * (up - to_place)
        if change < TOLERANCE:
            break
    belief = log_odds + to_needed @ into_needed + to_place @ into_place
    return _in_order(structure, 1 / (1 + np.exp(-belief)))


def _spanning_share(structure: Structure) -> NDArray[np.float64]:
    """For each link, the share of spanning trees that have it: its effective resistance (Kirchhoff)."""
    needed, place = structure.links.T
    laplacian = np.zeros((len(structure.ids),) * 2)
    np.add.at(laplacian, (needed, place), -1)
    np.add.at(laplacian, (place, needed), -1)
    np.fill_diagonal(laplacian, -laplacian.sum(axis=1))
    inverse = np.linalg.pinv(laplacian, hermitian=True)
    share = inverse[needed, needed] + inverse[place, place] - 2 * inverse[needed, place]
    return np.clip(share, 1e-3, 1.0)


def _in_order(structure: Structure, known: NDArray[np.float64]) -> NDArray[np.float64]:
    """Messages that have not settled may leave a concept above its prerequisite: it is then cut to that."""
    for place in CourseGraph(structure.ids, structure.before).order:
        before = structure.before[place]
        if before:
            known[:, place] = np.minimum(known[:, place], known[:, before].min(axis=1))
    return known

