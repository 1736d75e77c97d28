"""Fit the parameters of many targets to their histories (B7)."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from graph_api.domain.failures import InvalidInput, shown
from graph_api.domain.knowledge_tracing import Parameters
from graph_api.domain.parameter_fitting.expectation import log_likelihood
from graph_api.domain.parameter_fitting.expectation_maximisation import climb_by_em
from graph_api.domain.parameter_fitting.histories import Histories
from graph_api.domain.parameter_fitting.layout import Bounds, Layout, Vector
from graph_api.domain.parameter_fitting.objective import BetaPriors, Climbed, Objective
from graph_api.domain.parameter_fitting.prefix_tree import PrefixTree
from graph_api.domain.parameter_fitting.quasi_newton import climb
from graph_api.domain.parameter_fitting.standard_errors import standard_errors

STARTS = (
    Parameters(0.3, 0.09, 0.2, 0.1, forget=0.01),
    Parameters(0.1, 0.2, 0.25, 0.1, forget=0.01),
    Parameters(0.2, 0.02, 0.1, 0.1, forget=0.01),
    Parameters(0.6, 0.3, 0.3, 0.2, forget=0.01),
)
"""Where climbs start: the default sets of skills and concepts first, then what is unlike them."""
HEAT = 6
"""How many passes each start gets before the best goes on alone."""
ROUGH = 1e-4
"""The tolerance on the way to priors, which need no exact maximum."""
ROUNDS = 2
"""How often priors are learnt from the targets and the targets fitted under them."""


class Method(StrEnum):
    """How parameters are fitted.

    EM and MAXIMUM_LIKELIHOOD seek the same maximum, one slowly and by the book, the other fast. EMPIRICAL_BAYES goes on
    from there with Beta priors that are learnt from all targets, so that a target with few answers leans on the
    others: it predicts best.
    """

    EM = "EM"
    MAXIMUM_LIKELIHOOD = "MAXIMUM_LIKELIHOOD"
    EMPIRICAL_BAYES = "EMPIRICAL_BAYES"


@dataclass(frozen=True, slots=True)
class FitOptions:
    """How to fit.

    Attributes:
        method: see `Method`.
        bounds: between which the parameters stay.
        forgetting: whether there is a chance to forget at every opportunity.
        tolerance: a target has converged when a pass gains less than this share of its log-likelihood.
        iterations: the most passes over a target's histories in one climb.
        starts: where to start from; every start runs a few passes, the best goes on. They are moved inside the bounds.

    Raises:
        InvalidInput: naming the option, the rule and the value.
    """

    method: Method = Method.EMPIRICAL_BAYES
    bounds: Bounds = field(default_factory=Bounds)
    forgetting: bool = False
    tolerance: float = 1e-6
    iterations: int = 100
    starts: Sequence[Parameters] = STARTS

    def __post_init__(self) -> None:
        if not 0 < self.tolerance < 1:
            raise InvalidInput("tolerance", "must be > 0 and < 1", shown(self.tolerance))
        if self.iterations < 1:
            raise InvalidInput("iterations", "must be >= 1", shown(self.iterations))
        if not self.starts:
            raise InvalidInput("starts", "must not be empty", "[]")


class Fit(NamedTuple):
    """What was fitted.

    Attributes:
        layout: what stands where in `parameters`.
        parameters: shape (parameters,).
        log_likelihood: shape (targets,); of the answers, without priors.
        iterations: shape (targets,), int; passes from the start that won to the end.
        converged: shape (targets,), bool.
        objective: what was maximised.
    """

    layout: Layout
    parameters: Vector
    log_likelihood: Vector
    iterations: NDArray[np.int64]
    converged: NDArray[np.bool_]
    objective: Objective

    def by_target(self) -> list[Parameters]:
        """The parameters of each target; see `Layout.parameters`."""
        return self.layout.parameters(self.parameters)

    def standard_errors(self, histories: Histories) -> Vector:
        """The standard error of each parameter, shape (parameters,); see `standard_errors`."""
        return standard_errors(PrefixTree.grow(histories), self.objective, self.parameters)


def fit(histories: Histories, options: FitOptions = FitOptions()) -> Fit:
    """Fit all targets at once; the same histories and options give the same fit.

    Args:
        histories: the answers; a target without any keeps the first start.
        options: how.

    Reference: R. S. J. d. Baker, A. T. Corbett, V. Aleven (2008), "More accurate student modeling through contextual
    estimation of slip and guess probabilities in Bayesian Knowledge Tracing", ITS 2008, on bounds and degenerate fits.

    >>> answers = [0, 0, 1, 1, 1, 0, 1, 1, 0, 1, 1, 1]
    >>> histories = Histories.of_answers(student=np.repeat([0, 1, 2], 4), target=[0] * 12, correct=answers)
    >>> fitted = fit(histories, FitOptions(method=Method.MAXIMUM_LIKELIHOOD))
    >>> fitted.by_target()[0].guess <= 0.5
    True
    """
    tree = PrefixTree.grow(histories)
    layout = Layout.of(histories, options.bounds, forgetting=options.forgetting)
    objective = Objective(layout)
    if options.method is not Method.EMPIRICAL_BAYES:
        climbed = _race(tree, objective, options)
    else:
        climbed = _race(tree, objective, replace(options, tolerance=max(options.tolerance, ROUGH)))
        answered = np.bincount(histories.target, minlength=histories.targets) > 0
        for _ in range(ROUNDS):
            objective = Objective(layout, BetaPriors.learnt(layout, climbed.parameters, answered))
            if objective.priors is not None:
                climbed = _on_from(climbed, tree, objective, options)
    likelihood = log_likelihood(tree, layout, climbed.parameters)
    return Fit(layout, climbed.parameters, likelihood, climbed.passes, climbed.converged, objective)


def _race(tree: PrefixTree, objective: Objective, options: FitOptions) -> Climbed:
    """Climb a little from every start, then on from the best."""
    layout = objective.layout
    heats = [
        _ascend(tree, objective, layout.clip(layout.spread(start)), options, min(HEAT, options.iterations))
        for start in options.starts
    ]
    winner = np.argmax([heat.value for heat in heats], axis=0)
    targets, parameters = np.arange(layout.targets), np.arange(len(layout.owner))
    best = Climbed(
        np.array([heat.parameters for heat in heats])[winner[layout.owner], parameters],
        np.array([heat.value for heat in heats])[winner, targets],
        np.array([heat.passes for heat in heats])[winner, targets],
        np.array([heat.converged for heat in heats])[winner, targets],
    )
    return best if best.converged.all() else _on_from(best, tree, objective, options)


def _on_from(before: Climbed, tree: PrefixTree, objective: Objective, options: FitOptions) -> Climbed:
    after = _ascend(tree, objective, before.parameters, options, options.iterations)
    return after._replace(passes=before.passes + after.passes)


def _ascend(tree: PrefixTree, objective: Objective, start: Vector, options: FitOptions, passes: int) -> Climbed:
    if options.method is Method.EM:
        return climb_by_em(tree, objective.layout, start, tolerance=options.tolerance, passes=passes)
    return climb(tree, objective, start, tolerance=options.tolerance, passes=passes)
