"""EM (Baum-Welch) with bounds: the method by the book, and the reference that the fast climb is tested against.

Reference: A. P. Dempster, N. M. Laird, D. B. Rubin (1977), "Maximum likelihood from incomplete data via the EM
algorithm", Journal of the Royal Statistical Society B 39, 1-38.
"""

from collections.abc import Callable

import numpy as np

from graph_api.domain.parameters.fitting.expectation import Expected, expect
from graph_api.domain.parameters.fitting.layout import Kind, Layout, Vector
from graph_api.domain.parameters.fitting.objective import Climbed, gained_little
from graph_api.domain.parameters.fitting.prefix_tree import PrefixTree
from graph_api.domain.parameters.fitting.race import Race

BISECTIONS = 60


def climb_by_em(  # noqa: PLR0913 - what, from where, how far
    tree: PrefixTree,
    layout: Layout,
    start: Vector,
    *,
    tolerance: float,
    passes: int,
    race: Race | None = None,
    watch: Callable[[Vector], None] = lambda _: None,
) -> Climbed:
    """Climb every target of the tree; its log-likelihood never falls.

    The M step is exact under bounds, because the expected complete-data log-likelihood is a sum of concave functions of
    one parameter each: the best value within the bounds is the nearest to the best value without them. Where the sum of
    guess and slip is bounded, the best pair is found along that bound.

    Args:
        tree: the evidence.
        layout: what is fitted, and its bounds.
        start: shape (parameters,); moved inside the bounds.
        tolerance: a target stops when a pass gains less than this share of its log-likelihood.
        passes: the most passes.
        race: drops targets that are copies of another, if not None. They do not count as converged.
        watch: is called with the log-likelihoods, shape (targets,), of every pass.
    """
    here = layout.clip(start)
    value = np.full(layout.targets, -np.inf)
    done = np.zeros(layout.targets, np.bool_)
    taken = np.zeros(layout.targets, np.int64)
    lost = np.zeros(layout.targets, np.bool_)
    for _ in range(passes):
        expected = expect(tree, layout, here)
        watch(expected.log_likelihood)
        taken += ~done
        done |= gained_little(expected.log_likelihood - value, value, tolerance)
        value = expected.log_likelihood
        if race is not None:
            lost |= race.losers(here, value) & ~done
            done |= lost
        if done.all():
            break
        chances = expected.acted + expected.not_acted
        best = np.divide(expected.acted, chances, out=here.copy(), where=chances > 0)
        best = np.clip(best, layout.low, layout.high)
        if layout.is_cut:
            best = _on_edge(layout, expected, best)
        here = np.where(done[layout.owner], here, best)
    return Climbed(here, value, taken, done & ~lost)


def _on_edge(layout: Layout, expected: Expected, best: Vector) -> Vector:
    """The M step where guess + slip is too large: the best pair on the edge guess + slip = the largest sum.

    The expected log-likelihood is concave, so its maximum over the cut box lies on the edge if the maximum over the box
    lies beyond it. Along the edge its derivative falls: the root is bisected.
    """
    guess, slip = layout.blocks[Kind.GUESS], layout.blocks[Kind.SLIP]
    largest = layout.bounds.largest_sum
    is_beyond = best[guess] + best[slip] > largest
    low, high = (np.full(len(is_beyond), end) for end in layout.edge)
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        slope = expected.acted[guess] / middle - expected.not_acted[guess] / (1 - middle)
        slope -= expected.acted[slip] / (largest - middle) - expected.not_acted[slip] / (1 - largest + middle)
        low, high = np.where(slope > 0, middle, low), np.where(slope > 0, high, middle)
    best = best.copy()
    best[guess] = np.where(is_beyond, low, best[guess])
    best[slip] = np.where(is_beyond, largest - best[guess], best[slip])
    return best
