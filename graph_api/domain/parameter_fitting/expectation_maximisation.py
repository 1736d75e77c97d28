"""EM (Baum-Welch) with bounds: the method by the book, and the reference that the fast climb is tested against.

Reference: A. P. Dempster, N. M. Laird, D. B. Rubin (1977), "Maximum likelihood from incomplete data via the EM
algorithm", Journal of the Royal Statistical Society B 39, 1-38.
"""

from collections.abc import Callable

import numpy as np

from graph_api.domain.parameter_fitting.expectation import expect
from graph_api.domain.parameter_fitting.layout import Layout, Vector
from graph_api.domain.parameter_fitting.objective import Climbed, gained_little
from graph_api.domain.parameter_fitting.prefix_tree import PrefixTree


def climb_by_em(  # noqa: PLR0913 - what, from where, how far
    tree: PrefixTree,
    layout: Layout,
    start: Vector,
    *,
    tolerance: float,
    passes: int,
    watch: Callable[[Vector], None] = lambda _: None,
) -> Climbed:
    """Climb every target of the tree; its log-likelihood never falls.

    The M step is exact under bounds, because the expected complete-data log-likelihood is a sum of concave functions of
    one parameter each: the best value within the bounds is the nearest to the best value without them.

    Args:
        tree: the evidence.
        layout: what is fitted, and its bounds.
        start: shape (parameters,); moved inside the bounds.
        tolerance: a target stops when a pass gains less than this share of its log-likelihood.
        passes: the most passes.
        watch: is called with the log-likelihoods, shape (targets,), of every pass.
    """
    here = layout.clip(start)
    value = np.full(layout.targets, -np.inf)
    done = np.zeros(layout.targets, np.bool_)
    taken = np.zeros(layout.targets, np.int64)
    for _ in range(passes):
        expected = expect(tree, layout, here)
        watch(expected.log_likelihood)
        taken += ~done
        done |= gained_little(expected.log_likelihood - value, value, tolerance)
        value = expected.log_likelihood
        if done.all():
            break
        chances = expected.acted + expected.not_acted
        best = np.divide(expected.acted, chances, out=here.copy(), where=chances > 0)
        here = np.where(done[layout.owner], here, layout.clip(best))
    return Climbed(here, value, taken, done)
