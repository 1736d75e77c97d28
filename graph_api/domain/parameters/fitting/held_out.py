"""Predictions for students that a fit has not seen."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from graph_api.domain.failures import InvalidInput, shown
from graph_api.domain.parameters.fitting.fit import FitOptions, fit
from graph_api.domain.parameters.fitting.histories import Histories
from graph_api.domain.parameters.fitting.layout import Vector
from graph_api.domain.parameters.fitting.prediction import foresee
from graph_api.domain.parameters.splits import Split

MOST_FOLDS = 20


def check_folds(folds: int) -> None:
    """Raise InvalidInput unless there are 2 to 20 folds: one to learn from, one to judge by, and an end to the work."""
    if not 2 <= folds <= MOST_FOLDS:  # noqa: PLR2004 - as in the docstring
        raise InvalidInput("folds", f"must be from 2 to {MOST_FOLDS}", shown(folds))


def deal(histories: Histories, folds: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Deal the students into folds of equal size, give or take one: shape (sequences,).

    All sequences of a student are in one fold, so that nothing about a student is known where the student is judged.

    Raises:
        InvalidInput: there are not 2 to 20 folds.

    >>> histories = Histories.of_answers(student=[1, 2, 3, 1], target=[0, 0, 0, 1], correct=[1, 0, 1, 1])
    >>> dealt = deal(histories, 3, np.random.default_rng(1))
    >>> bool(dealt[0] == dealt[3]), sorted(set(dealt.tolist()))
    (True, [0, 1, 2])
    """
    check_folds(folds)
    students, place = np.unique(histories.student, return_inverse=True)
    return (rng.permutation(len(students)) % folds)[place]


def foresee_held_out(histories: Histories, options: FitOptions, fold: NDArray[np.int64]) -> tuple[Vector, Vector]:
    """P(correct) of every answer, and the level before it, from a fit to the students of all other folds.

    Args:
        histories: the answers.
        options: how to fit.
        fold: shape (sequences,); from `deal`.

    Returns:
        Both of shape (answers,).
    """
    predicted, levels = np.empty(len(histories.correct)), np.empty(len(histories.correct))
    for out in np.unique(fold):
        held = fold == out
        fitted = fit(histories.choose(~held), options)
        answers = np.repeat(held, histories.lengths)
        predicted[answers], levels[answers] = foresee(histories.choose(held), fitted.layout, fitted.parameters)
    return predicted, levels


def share_held_out(histories: Histories, fold: NDArray[np.int64]) -> Vector:
    """P(correct) of every answer, shape (answers,): its target's share of correct answers in all other folds.

    One correct and one incorrect answer are added to each share, so that it is never 0 or 1.

    >>> histories = Histories.of_answers(student=[1, 1, 2, 2], target=[0] * 4, correct=[1, 1, 0, 1])
    >>> share_held_out(histories, np.array([0, 1])).tolist()
    [0.5, 0.5, 0.75, 0.75]
    """
    folds = int(fold.max(initial=0)) + 1
    cell = (histories.target * folds + fold)[histories.sequence]
    shape = (histories.targets, folds)
    answers = np.bincount(cell, minlength=histories.targets * folds).reshape(shape)
    correct = np.bincount(cell, histories.correct, minlength=histories.targets * folds).reshape(shape)
    share = (correct.sum(axis=1, keepdims=True) - correct + 1) / (answers.sum(axis=1, keepdims=True) - answers + 2)
    return np.asarray(share.ravel()[cell])


def predict_by_splits(histories: Histories, options: FitOptions, splits: Iterable[Split]) -> list[Vector]:
    """P(correct) of every answer by a fit to the training answers of each split: one of shape (answers,) per split.

    Earlier answers of the same sequence count, whether or not the fit has seen them.
    """
    predicted = []
    for split in splits:
        fitted = fit(histories.choose_answers(split.training), options)
        predicted.append(foresee(histories, fitted.layout, fitted.parameters)[0])
    return predicted
