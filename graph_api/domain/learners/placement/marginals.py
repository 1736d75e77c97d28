"""Sums over all knowledge states: how probable each concept is, and the sum itself.

The weight of a knowledge state is exp(sum of the log odds of its concepts). Two ways lead to the probabilities:

- exact sums in an order of elimination, for courses whose links are not too dense (`Structure.is_exact`);
- tree-reweighted belief propagation, which is exact on trees.

References: D. Koller, N. Friedman (2009), "Probabilistic Graphical Models", MIT Press, chapter 10; and
M. J. Wainwright, T. S. Jaakkola, A. S. Willsky (2005), "A new class of upper bounds on the log partition function",
IEEE Transactions on Information Theory 51, 2313-2335.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from graph_api.domain.course.course_graph import CourseGraph
from graph_api.domain.learners.placement.elimination import Elimination
from graph_api.domain.learners.placement.structure import Structure

ROUNDS, DAMPING, TOLERANCE = 300, 0.5, 1e-7
"""Belief propagation: the most rounds, the share of the former messages, and the change that ends it."""
TINY = np.finfo(np.float64).tiny


class Sums(NamedTuple):
    """Sums over all knowledge states.

    Attributes:
        known: shape (batch, concepts), the probability of each concept.
        log_total: shape (batch,), the logarithm of the sum of the weights of all states.
    """

    known: NDArray[np.float64]
    log_total: NDArray[np.float64]


def sum_states(elimination: Elimination, log_odds: NDArray[np.float64]) -> Sums:
    """The exact sums, in the order of elimination and back.

    Args:
        elimination: the buckets of a structure.
        log_odds: shape (batch, concepts).

    >>> from graph_api.domain.learners.placement.elimination import eliminate
    >>> chain = eliminate([[], [0]], most=1)  # the states are {}, {a} and {a, b}
    >>> known, log_total = sum_states(chain, np.zeros((1, 2)))
    >>> known.round(3).tolist(), float(np.exp(log_total[0]).round(3))
    ([[0.667, 0.333]], 3.0)
    """
    inward = sum_inward(elimination, log_odds)
    return Sums(sum_outward(elimination, inward), inward.log_total)


class Inward(NamedTuple):
    """The tables of all concepts, and the sums that were multiplied into them, in the order of elimination.

    Attributes:
        tables: by place, shape (batch, cells).
        sums: by place, the sum over the concept, shape (batch, cells / 2).
        log_total: shape (batch,), the logarithm of the sum of the weights of all states.
    """

    tables: dict[int, NDArray[np.float64]]
    sums: dict[int, NDArray[np.float64]]
    log_total: NDArray[np.float64]

    def rows(self, chosen: NDArray[np.bool_]) -> "Inward":
        """The same for some rows of the batch, shape (batch,)."""
        tables = {place: table[chosen] for place, table in self.tables.items()}
        return Inward(tables, {place: each[chosen] for place, each in self.sums.items()}, self.log_total[chosen])


def sum_inward(elimination: Elimination, log_odds: NDArray[np.float64]) -> Inward:
    """The first half of `sum_states`, which gives the sum over all states."""
    batch, size = log_odds.shape
    odds = np.stack([np.exp(-np.logaddexp(0, log_odds)), np.exp(-np.logaddexp(0, -log_odds))], axis=-1)
    tables = {
        bucket.place: bucket.allowed * np.repeat(odds[:, bucket.place], len(bucket.allowed) // 2, axis=1)
        for bucket in elimination
    }
    sums, totals = {}, np.empty((batch, size))
    for bucket in elimination:
        own = tables[bucket.place].reshape(batch, 2, -1).sum(axis=1)
        total = totals[:, bucket.place] = own.sum(axis=1)
        if bucket.neighbours:
            own /= total[:, None]
            sums[bucket.place] = own
            tables[bucket.neighbours[0]] *= own[:, bucket.cells]
    return Inward(tables, sums, np.logaddexp(0, log_odds).sum(axis=1) + np.log(totals).sum(axis=1))


def sum_outward(elimination: Elimination, inward: Inward) -> NDArray[np.float64]:
    """The second half of `sum_states`: the probability of each concept. It overwrites the tables."""
    tables, sums, batch = inward.tables, inward.sums, len(inward.log_total)
    by_value = np.empty((batch, len(elimination), 2))
    for bucket in reversed(elimination):
        table = tables[bucket.place].reshape(batch, 2, -1)
        if bucket.neighbours:
            own = sums[bucket.place]
            whole = tables[bucket.neighbours[0]][:, bucket.groups].reshape(*own.shape, -1).sum(axis=-1)
            whole /= np.maximum(own, TINY)
            table *= whole[:, None]
        by_value[:, bucket.place] = table.sum(axis=2)
    return np.asarray(by_value[..., 1] / by_value.sum(axis=-1))


def propagate(structure: Structure, log_odds: NDArray[np.float64]) -> NDArray[np.float64]:
    """The approximate probabilities, shape (batch, concepts), by tree-reweighted belief propagation.

    A message is the log odds that one end of a link sends to the other. The weight of a link is the chance that a
    random spanning tree has it.
    """
    if not len(structure.links):
        return np.asarray(1 / (1 + np.exp(-log_odds)))
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
    return _in_order(structure, np.asarray(1 / (1 + np.exp(-belief))))


def _spanning_share(structure: Structure) -> NDArray[np.float64]:
    """For each link, the share of spanning trees that have it: its effective resistance (Kirchhoff)."""
    needed, place = structure.links.T
    laplacian = np.zeros((len(structure.ids),) * 2)
    np.add.at(laplacian, (needed, place), -1)
    np.add.at(laplacian, (place, needed), -1)
    np.fill_diagonal(laplacian, -laplacian.sum(axis=1))
    inverse = np.linalg.pinv(laplacian, hermitian=True)
    share = inverse[needed, needed] + inverse[place, place] - 2 * inverse[needed, place]
    return np.asarray(np.clip(share, 1e-3, 1.0))


def _in_order(structure: Structure, known: NDArray[np.float64]) -> NDArray[np.float64]:
    """Messages that have not settled may leave a concept above its prerequisite: it is then cut to that."""
    for place in CourseGraph(structure.ids, structure.before).order:
        before = structure.before[place]
        if before:
            known[:, place] = np.minimum(known[:, place], known[:, before].min(axis=1))
    return known
