"""Standard errors of fitted parameters."""

import numpy as np
from numpy.typing import NDArray

from graph_api.domain.parameters.fitting.layout import Kind, Layout, Vector
from graph_api.domain.parameters.fitting.objective import Objective
from graph_api.domain.parameters.fitting.prefix_tree import PrefixTree

STEP = 1e-4
NEAR_BOUND = 1e-3
NEAR_CERTAIN = 1e-4


def standard_errors(tree: PrefixTree, objective: Objective, parameters: Vector) -> Vector:
    """The standard error of each parameter, shape (parameters,); NaN where the answers do not settle it.

    The observed information is the negative Hessian of the objective in the coordinates without bounds, by central
    differences of the exact gradient; its inverse is the covariance, carried back by the slope of the coordinates
    (delta method). A parameter at a bound has no error: it is held there, and the errors of the others are conditional
    on it. A ridge in the likelihood makes the information singular or indefinite: NaN for all.

    Args:
        tree: the evidence of the fit.
        objective: what the fit maximised; guess and slip must be one each a target.
        parameters: shape (parameters,); where it ended.

    Reference: B. Efron, D. V. Hinkley (1978), "Assessing the accuracy of the maximum likelihood estimator: Observed
    versus expected Fisher information", Biometrika 65, 457-483.
    """
    layout = objective.layout
    kinds = [kind for kind in Kind if layout.blocks[kind].start < layout.blocks[kind].stop]
    free = layout.to_free(parameters)
    information = np.empty((layout.targets, len(kinds), len(kinds)))
    for column, kind in enumerate(kinds):
        ends = []
        for sign in (1, -1):
            moved = free.copy()
            moved[layout.blocks[kind]] += sign * STEP
            ends.append(objective(tree, moved).gradient)
        change = (ends[1] - ends[0]) / (2 * STEP)
        information[:, :, column] = np.stack([change[layout.blocks[row]] for row in kinds], axis=1)
    information = (information + information.swapaxes(1, 2)) / 2
    is_fixed = np.stack([at_bound(layout, parameters)[layout.blocks[kind]] for kind in kinds], axis=1)
    information[is_fixed] = 0
    information.swapaxes(1, 2)[is_fixed] = 0
    target, fixed = np.nonzero(is_fixed)
    information[target, fixed, fixed] = 1
    is_settled = np.linalg.eigvalsh(information)[:, 0] > 1e-6  # noqa: PLR2004 - flat
    covariance = np.full_like(information, np.nan)
    covariance[is_settled] = np.linalg.inv(information[is_settled])
    covariance[target, fixed] = covariance[target, :, fixed] = 0
    carry = np.zeros_like(information)
    slope = layout.slope(parameters)
    for column, kind in enumerate(kinds):
        carry[:, column, column] = slope[layout.blocks[kind]]
    guess, slip = kinds.index(Kind.GUESS), kinds.index(Kind.SLIP)
    carry[:, slip, guess] = layout.slip_by_guess(parameters) * slope[layout.blocks[Kind.GUESS]]
    variance = np.diagonal(carry @ covariance @ carry.swapaxes(1, 2), axis1=1, axis2=2)
    deviation = np.where(is_fixed, np.nan, np.sqrt(variance))
    errors = np.empty_like(parameters)
    for column, kind in enumerate(kinds):
        errors[layout.blocks[kind]] = deviation[:, column]
    return errors


def at_bound(layout: Layout, parameters: Vector) -> NDArray[np.bool_]:
    """Whether each parameter is at a bound, shape (parameters,): there the curvature gives no standard error.

    That is within 0.001 of its upper bound, or within 0.0001 of 0 or 1. Where the sum of guess and slip is at its
    bound, both are.
    """
    near = parameters >= layout.high - NEAR_BOUND
    near |= (parameters <= NEAR_CERTAIN) | (parameters >= 1 - NEAR_CERTAIN)
    guess, slip = layout.blocks[Kind.GUESS], layout.blocks[Kind.SLIP]
    if layout.is_cut:
        is_full = parameters[guess] + parameters[slip] >= layout.bounds.largest_sum - NEAR_BOUND
        near[guess] |= is_full
        near[slip] |= is_full
    return np.asarray(near, np.bool_)
