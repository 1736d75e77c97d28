"""How sure a fit is of each parameter."""

import numpy as np

from graph_api.domain.parameter_fitting.layout import Kind, Vector
from graph_api.domain.parameter_fitting.objective import Objective
from graph_api.domain.parameter_fitting.prefix_tree import PrefixTree

STEP = 1e-4


def standard_errors(tree: PrefixTree, objective: Objective, parameters: Vector) -> Vector:
    """The standard error of each parameter, shape (parameters,); NaN where the answers do not settle it.

    The observed information is the negative Hessian of the objective in the coordinates without bounds, by central
    differences of the exact gradient; its inverse is the covariance, carried back by the slope of the coordinates
    (delta method). A parameter at a bound, or a ridge in the likelihood, makes it singular or indefinite: NaN.

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
    settled = np.linalg.eigvalsh(information)[:, 0] > 1e-6  # noqa: PLR2004 - flat
    covariance = np.full_like(information, np.nan)
    covariance[settled] = np.linalg.inv(information[settled])
    deviation = np.sqrt(np.diagonal(covariance, axis1=1, axis2=2))
    errors = np.empty_like(parameters)
    for column, kind in enumerate(kinds):
        errors[layout.blocks[kind]] = deviation[:, column]
    return np.asarray(errors * layout.slope(parameters))
