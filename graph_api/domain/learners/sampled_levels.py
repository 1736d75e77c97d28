"""Levels of students under many parameters at once, and how likely each makes their answers."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from graph_api.domain.parameters.knowledge_tracing import HIGHEST_LEVEL, LOWEST_LEVEL

Vector = NDArray[np.float64]

RESCALED_AFTER = 16
"""Answers after which likelihoods are scaled again. Their product stays far above the smallest number until then."""


def sampled_levels(
    points: Vector, histories: Sequence[Sequence[bool]], weights: Sequence[Sequence[float]] | None = None
) -> tuple[Vector, Vector]:
    """The level after each history at each of its points, and the likelihood of the history there.

    The probabilities that the student does and does not know the target are carried together with that of the answers.
    So an answer takes no division and no logarithm. The level is that of `trace`, with its clamp.

    Args:
        points: shape (5, histories, points): prior, learn, guess, slip and forget.
        histories: the answers of each, oldest first.
        weights: how much each answer of each history counts, 0 to 1; None if each counts 1. An answer of weight 0 is no
            opportunity and changes nothing.

    Returns:
        Level and log-likelihood, both of shape (histories, points).

    >>> point = np.array([[0.3], [0.09], [0.2], [0.1], [0.0]])[:, :, None]
    >>> level, log_likelihood = sampled_levels(point, [[True, True, False]])
    >>> level.round(4).tolist(), np.exp(log_likelihood).round(4).tolist()
    ([[0.6182]], [[0.0442]])
    """
    if weights is not None and any(0 in of_one for of_one in weights):
        chosen = [[n for n, weight in enumerate(of_one) if weight] for of_one in weights]
        histories = [[answers[n] for n in of_one] for answers, of_one in zip(histories, chosen, strict=True)]
        weights = [[all_of[n] for n in of_one] for all_of, of_one in zip(weights, chosen, strict=True)]
    lengths = np.array([len(each) for each in histories], np.intp)
    order = np.argsort(-lengths, kind="stable")  # the longest first, so that those with more answers are one slice
    prior, learn, guess, slip, forget = points[:, order]
    lengths, longest = lengths[order], int(lengths.max(initial=0))
    answers = np.zeros((len(order), longest), np.intp)
    for row, n in enumerate(order):
        answers[row, : lengths[row]] = histories[n]
    powers = _in_rows(weights, order, longest)
    if_known, if_unknown = np.stack([slip, 1 - slip]), np.stack([1 - guess, guess])  # (2, histories, points)
    if powers is not None:
        if_known, if_unknown = np.log(if_known), np.log(if_unknown)
    stays, forgets = 1 - learn, bool(forget.any())
    known = np.clip(prior, LOWEST_LEVEL, HIGHEST_LEVEL)
    unknown, both, logs = 1 - known, np.ones_like(known), np.zeros_like(known)
    for place in range(longest):
        on = slice(int((lengths > place).sum()))
        rows = answers[on, place], np.arange(on.stop)
        of_known, of_unknown = if_known[rows], if_unknown[rows]
        if powers is not None:
            of_known, of_unknown = (np.exp(each * powers[on, place, None]) for each in (of_known, of_unknown))
        of_known *= known[on]
        of_unknown *= unknown[on]
        total = np.add(of_known, of_unknown, out=both[on])
        of_unknown *= stays[on]
        if forgets:
            of_unknown += of_known * forget[on]
        np.maximum(of_unknown, total * (1 - HIGHEST_LEVEL), out=of_unknown)
        np.minimum(of_unknown, total * (1 - LOWEST_LEVEL), out=unknown[on])
        np.subtract(total, unknown[on], out=known[on])
        if place % RESCALED_AFTER == RESCALED_AFTER - 1:
            logs[on] += np.log(total)
            known[on] /= total
            unknown[on] /= total
            total[:] = 1
    back = np.argsort(order)
    level = np.clip(known / both, LOWEST_LEVEL, HIGHEST_LEVEL)
    return level[back], (logs + np.log(both))[back]


def _in_rows(weights: Sequence[Sequence[float]] | None, order: NDArray[np.intp], longest: int) -> Vector | None:
    """Weights in the shape of the answers; None if all are 1."""
    if weights is None or all(each == 1 for of_one in weights for each in of_one):
        return None
    rows = np.ones((len(order), longest))
    for row, n in enumerate(order):
        rows[row, : len(weights[n])] = weights[n]
    return rows
