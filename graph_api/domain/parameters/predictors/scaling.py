"""Weights in units in which the loss curves alike in all directions, so that a fit needs few steps."""

from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from graph_api.domain.parameters.predictors.design import Block, Design, Vector

CURVATURE = 0.2
"""p(1 - p) of a typical answer."""
SMALLEST_SHARE = 1e-9
"""What is added to the curvature of a weight, as a share of it, where columns may be copies of each other."""


class Scaling(NamedTuple):
    """A linear map between scaled weights and weights, the intercept first.

    The weights of a block are whitened: with the curvature H = L Lᵀ of their part of the loss, weights = L⁻ᵀ scaled.
    The other weights are divided by the root of their curvature.

    Attributes:
        root: shape (1 + weights,); the root of the curvature of each weight.
        blocks: the weights of each block, shape (count, terms), and L⁻¹, shape (count, terms, terms).
    """

    root: Vector
    blocks: list[tuple[NDArray[np.int64], NDArray[np.float64]]]

    @classmethod
    def of(cls, design: Design) -> Self:
        """The scaling of a design.

        >>> design = Design(np.zeros((5, 1), np.int32), np.full((5, 1), 2.0), np.zeros(1))
        >>> Scaling.of(design).root.round(3).tolist()
        [1.0, 2.0]
        """
        squares = np.bincount(design.place.ravel(), design.value.ravel() ** 2, minlength=len(design.penalty))
        root = np.sqrt(np.append(CURVATURE * len(design.place), CURVATURE * squares + design.penalty))
        root[root == 0] = 1.0  # a weight without rows and without a penalty stays at 0
        return cls(root, [_whiten(design, block) for block in design.blocks if len(block.terms)])

    def weights(self, scaled: Vector) -> Vector:
        """The weights of scaled ones."""
        weights = scaled / self.root
        for own, inverse in self.blocks:
            weights[own] = np.einsum("bij,bi->bj", inverse, scaled[own])
        return weights

    def scaled(self, weights: Vector) -> Vector:
        """The scaled weights of weights."""
        scaled = weights * self.root
        for own, inverse in self.blocks:
            scaled[own] = np.linalg.solve(inverse.transpose(0, 2, 1), weights[own][:, :, None])[:, :, 0]
        return scaled

    def gradient(self, gradient: Vector) -> Vector:
        """The derivatives by scaled weights, of those by weights."""
        scaled = gradient / self.root
        for own, inverse in self.blocks:
            scaled[own] = np.einsum("bij,bj->bi", inverse, gradient[own])
        return scaled


def _whiten(design: Design, block: Block) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The weights of a block, the intercept as 0, and L⁻¹ of each of their numbers."""
    number, own = block.number(design.place), block.weights + 1
    penalty, columns = design.penalty[block.weights], [*design.value[:, block.terms].T.copy()]
    if block.intercept:
        own, penalty = np.insert(own, 0, 0, axis=1), np.insert(penalty, 0, 0, axis=1)
        columns.insert(0, np.ones(len(number)))
    count, terms = own.shape
    curvature = np.empty((count, terms, terms))
    for row in range(terms):
        for column in range(row + 1):
            sums = np.bincount(number, columns[row] * columns[column], minlength=count)
            curvature[:, row, column] = curvature[:, column, row] = CURVATURE * sums
        diagonal = curvature[:, row, row] * (1 + SMALLEST_SHARE) + penalty[:, row]
        curvature[:, row, row] = np.where(diagonal > 0, diagonal, 1.0)
    return own, np.asarray(np.linalg.inv(np.linalg.cholesky(curvature)))
