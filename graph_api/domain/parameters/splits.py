"""Which answers models are fitted to, and which they predict unseen."""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

PAST = 0.8
"""The share of answers that are the past, where the rest is predicted."""


class HeldOut(StrEnum):
    """What a comparison predicts unseen."""

    STUDENTS = "STUDENTS"
    """Students whom the models were not fitted to."""
    FUTURE = "FUTURE"
    """The last fifth of all answers; the models are fitted to the answers before."""


class Split(NamedTuple):
    """Which rows a model is fitted to, and which it predicts: both of shape (rows,), bool."""

    training: NDArray[np.bool_]
    held_out: NDArray[np.bool_]


def split_by_fold(fold: NDArray[np.int64]) -> list[Split]:
    """One split for each fold, which is predicted by a fit to all others.

    Args:
        fold: shape (rows,); all rows of a student are in one fold.

    >>> [split.held_out.tolist() for split in split_by_fold(np.array([1, 0, 1]))]
    [[False, True, False], [True, False, True]]
    """
    return [Split(fold != out, fold == out) for out in np.unique(fold)]


def split_by_time(moment: NDArray[np.int64], past: float = PAST) -> list[Split]:
    """One split: the earliest answers, and those after them. Rows of one moment stay together.

    Args:
        moment: shape (rows,); the order of the answers.
        past: the share of rows that are the past, 0 to 1.

    >>> split_by_time(np.array([3, 1, 2, 4]), past=0.5)[0].held_out.tolist()
    [True, False, False, True]
    """
    if not len(moment):
        return []
    is_future = moment > np.quantile(moment, past, method="lower")
    return [Split(~is_future, is_future)]


def covered(splits: Sequence[Split], rows: int) -> NDArray[np.bool_]:
    """The rows that any split predicts: shape (rows,)."""
    return np.logical_or.reduce([split.held_out for split in splits]) if splits else np.zeros(rows, np.bool_)


def join_held_out(predicted: Sequence[NDArray[np.float64]], splits: Sequence[Split]) -> NDArray[np.float64]:
    """The predictions of each split for the rows that it holds out: shape (rows,), NaN where no split predicts.

    Args:
        predicted: for each split, shape (rows,).
        splits: at least one.
    """
    joined = np.full(len(splits[0].held_out), np.nan)
    for own, split in zip(predicted, splits, strict=True):
        joined[split.held_out] = own[split.held_out]
    return joined
