"""The columns of a logistic model, and which of its weights meet in a row."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]


class Block(NamedTuple):
    """Terms that use weights of the same number in every row: those of one target, or those that all targets share.

    Attributes:
        terms: shape (terms of the block,), int; where they stand among the terms.
        weights: shape (count, terms of the block), int; the weights that are used together. No other block has them.
        intercept: whether the intercept belongs to the block; of one at most, whose count is 1.
    """

    terms: NDArray[np.int64]
    weights: NDArray[np.int64]
    intercept: bool = False

    def number(self, place: NDArray[np.int32]) -> NDArray[np.int32]:
        """Which weights of the block each row uses: shape (rows,), int from 0."""
        return place[:, self.terms[0]] - np.int32(self.weights[0, 0])


class Design(NamedTuple):
    """The columns of a model.

    Attributes:
        place: shape (rows, terms), int; which weight each term of a row uses.
        value: shape (rows, terms); what that weight is multiplied with.
        penalty: shape (weights,); the precision of the normal prior of each weight, in 1 / logit².
        blocks: which terms use their weights together. They make a fit faster and do not change where it ends.
    """

    place: NDArray[np.int32]
    value: Vector
    penalty: Vector
    blocks: Sequence[Block] = ()
