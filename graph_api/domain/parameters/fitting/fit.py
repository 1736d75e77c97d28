"""Fit the parameters of many targets to their histories (B7)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from graph_api.domain.failures import InvalidInput, shown
from graph_api.domain.parameters.fitting.expectation import log_likelihood
from graph_api.domain.parameters.fitting.expectation_maximisation import climb_by_em
from graph_api.domain.parameters.fitting.histories import Histories
from graph_api.domain.parameters.fitting.layout import Bounds, Layout, Vector, ranges
from graph_api.domain.parameters.fitting.objective import BetaPriors, Climbed, Objective
from graph_api.domain.parameters.fitting.prefix_tree import PrefixTree
from graph_api.domain.parameters.fitting.quasi_newton import climb
from graph_api.domain.parameters.fitting.race import Race, ranked
from graph_api.domain.parameters.fitting.standard_errors import standard_errors
from graph_api.domain.parameters.knowledge_tracing import Parameters

STARTS = tuple(
    Parameters(*each, forget=0.01)
    for each in (
        (0.3, 0.09, 0.2, 0.1),
        (0.2, 0.1, 0.45, 0.08),
        (0.85, 0.4, 0.45, 0.08),
        (0.85, 0.4, 0.45, 0.42),
        (0.85, 0.003, 0.45, 0.2),
        (0.2, 0.4, 0.1, 0.4),
        (0.1, 0.2, 0.25, 0.1),
        (0.5, 0.003, 0.25, 0.42),
        (0.5, 0.4, 0.08, 0.2),
        (0.6, 0.3, 0.3, 0.2),
    )
)
"""Where climbs start: the default set of skills first, then points that are unlike it and each other."""
HALF = 0.5
LOPSIDED = (Parameters(0.4, 0.1, 0.75, 0.1, forget=0.01), Parameters(0.4, 0.1, 0.1, 0.75, forget=0.01))
"""Further starts where guess or slip may exceed one half."""
FEWEST_STARTS, STARTED_NODES = 3, 1_100
"""A target of n nodes gets STARTED_NODES / n starts, at least the first: small targets have more local maxima."""
SMALL = 210
"""The most nodes of a small target; see `Race`."""
TOGETHER = 100_000
"""Copies of targets climb side by side up to this number of nodes: more would leave the processor's caches."""
TOLERANCE = 1e-8
"""By default a target has converged when a pass gains less than this share of its log-likelihood."""
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
        starts: where to start from, the most important first. Each runs a few passes, then the best go on to the end.
            They are moved inside the bounds. Of the default starts, targets with many answers use the first ones only.

    Raises:
        InvalidInput: naming the option, the rule and the value.
    """

    method: Method = Method.EMPIRICAL_BAYES
    bounds: Bounds = field(default_factory=Bounds)
    forgetting: bool = False
    tolerance: float = TOLERANCE
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


class Part(NamedTuple):
    """Some of the targets that are fitted.

    Attributes:
        targets: shape (targets of the part,), int, ascending; where they stand among all targets.
        tree: grows the tree of their histories, with a root for each; it is called for every use.
    """

    targets: NDArray[np.int64]
    tree: Callable[[], PrefixTree]


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
    answered = np.bincount(histories.target, minlength=histories.targets) > 0
    return fit_in_parts([Part(np.arange(histories.targets), lambda: tree)], layout, answered, options)


def fit_in_parts(
    parts: Sequence[Part], layout: Layout, answered: NDArray[np.bool_], options: FitOptions = FitOptions()
) -> Fit:
    """Fit targets part by part, so that only one part's evidence is in memory.

    The result does not depend on the parts, to the last digit: each target climbs on its own, and priors are learnt
    from all targets in their order. Each tree is used two to four times.

    Args:
        parts: every target once.
        layout: of all targets.
        answered: shape (targets,), bool; the targets with answers, from which priors are learnt.
        options: how.
    """
    objective = Objective(layout)
    if options.method is not Method.EMPIRICAL_BAYES:
        climbed = _climb_parts(parts, objective, options)
    else:
        climbed = _climb_parts(parts, objective, replace(options, tolerance=max(options.tolerance, ROUGH)))
        for _ in range(ROUNDS):
            objective = Objective(layout, BetaPriors.learnt(layout, climbed.parameters, answered))
            if objective.priors is not None:
                climbed = _climb_parts(parts, objective, options, climbed)
    likelihood = np.empty(layout.targets)
    for part in parts:
        own, source = layout.replicate(part.targets)
        likelihood[part.targets] = log_likelihood(part.tree(), own, climbed.parameters[source])
    return Fit(layout, climbed.parameters, likelihood, climbed.passes, climbed.converged, objective)


def _climb_parts(
    parts: Sequence[Part], objective: Objective, options: FitOptions, before: Climbed | None = None
) -> Climbed:
    """Climb each part, on from where it was `before`, or from the starts; and put the ends together."""
    layout = objective.layout
    size = layout.targets
    after = Climbed(np.empty(len(layout.owner)), np.empty(size), np.empty(size, np.int64), np.empty(size, np.bool_))
    for targets, tree in parts:
        own, source = objective.replicate(targets)
        if before is None:
            climbed = _race(tree(), own, options)
        else:
            ended = _ascend(tree(), own, before.parameters[source], options)
            climbed = ended._replace(passes=before.passes[targets] + ended.passes)
        after.parameters[source] = climbed.parameters
        after.value[targets], after.passes[targets] = climbed.value, climbed.passes
        after.converged[targets] = climbed.converged
    return after


def _starts(options: FitOptions) -> Sequence[Parameters]:
    if options.starts is not STARTS or max(options.bounds.guess, options.bounds.slip) <= HALF:
        return options.starts
    return [*STARTS[:FEWEST_STARTS], *LOPSIDED, *STARTS[FEWEST_STARTS:]]


def _race(tree: PrefixTree, objective: Objective, options: FitOptions) -> Climbed:
    """Climb from several starts side by side, drop the losers of each target on the way, and take the best."""
    layout = objective.layout
    starts = np.array([layout.inside(layout.spread(start)) for start in _starts(options)])
    nodes = np.maximum(tree.sizes, 1)
    least = len(starts) if options.starts is not STARTS else len(starts) - len(STARTS) + FEWEST_STARTS
    entered = np.minimum(np.maximum(STARTED_NODES // nodes, least), len(starts))
    shallow_first = np.argsort(tree.depths, kind="stable")  # a pass takes as long as its deepest target
    load = (entered * nodes)[shallow_first]
    group = (np.cumsum(load) - load) // TOGETHER
    raced = []
    for each in np.unique(group):
        targets = np.sort(shallow_first[group == each])
        target = np.repeat(targets, entered[targets])
        start = ranges(np.zeros_like(targets), entered[targets])
        raced.append(_race_together(tree, objective, target, starts, start, options))
    parameters, value = np.empty(len(layout.owner)), np.empty(layout.targets)
    passes, converged = np.empty(layout.targets, np.int64), np.empty(layout.targets, np.bool_)
    for own, climbed in raced:
        parameters[layout.replicate(own)[1]] = climbed.parameters
        value[own], passes[own], converged[own] = climbed.value, climbed.passes, climbed.converged
    return Climbed(parameters, value, passes, converged)


def _race_together(  # noqa: PLR0913, PLR0917 - what, from where, how far
    tree: PrefixTree,
    objective: Objective,
    target: NDArray[np.int64],
    starts: NDArray[np.float64],
    start: NDArray[np.int64],
    options: FitOptions,
) -> tuple[NDArray[np.int64], Climbed]:
    """Race the starts of some targets; returns these targets and where the best start of each ended.

    Args:
        tree: the evidence of all targets.
        objective: what to maximise, for all targets.
        target: shape (copies,), ascending; the target of each copy.
        starts: shape (starts, parameters).
        start: shape (copies,); the start of each copy.
        options: how.
    """
    copies, source = objective.replicate(target)
    layout = copies.layout
    race = Race(layout, target, tree.sizes[target] <= SMALL)
    climbed = _ascend(tree.replicate(target), copies, starts[start[layout.owner], source], options, race)
    best = np.flatnonzero(ranked(target, climbed.value)[0] == 0)
    at = layout.replicate(best)[1]
    return target[best], Climbed(
        climbed.parameters[at], climbed.value[best], climbed.passes[best], climbed.converged[best]
    )


def _ascend(
    tree: PrefixTree, objective: Objective, start: Vector, options: FitOptions, race: Race | None = None
) -> Climbed:
    if options.method is Method.EM:
        layout = objective.layout
        return climb_by_em(tree, layout, start, tolerance=options.tolerance, passes=options.iterations, race=race)
    return climb(tree, objective, start, tolerance=options.tolerance, passes=options.iterations, race=race)
