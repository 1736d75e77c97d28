"""Discrimination of each question: the point-biserial correlation of correctness with the level before the answer.

The level does not contain the answer itself, so the correlation needs no correction for it.

References: R. A. Fisher (1921), "On the 'probable error' of a coefficient of correlation deduced from a small sample",
Metron 1; J. H. Steiger, A. R. Hakstian (1982), "The asymptotic distribution of elements of a correlation matrix",
British Journal of Mathematical and Statistical Psychology 35 (a standard error for any distribution).
"""

import numpy as np

from graph_api.domain.learners.item_analysis.cells import Index, Vector
from graph_api.domain.learners.item_analysis.estimates import Estimates, Z

FEWEST = 4
"""Fisher's transformation needs more than 3 answers."""
SMALLEST = 1e-12
NEAR_ONE = 1 - 1e-9


def discrimination(question: Index, level: Vector, correct: Vector, questions: int) -> Estimates:
    """The correlation and its interval for each question; NaN where levels or outcomes do not vary.

    The interval is Fisher's, with the larger of two standard errors: 1/√(n - 3) of normal data, and the one that holds
    for any distribution. Correctness has two values and levels pile up near 0 and 1, so neither is enough alone.

    Args:
        question: shape (answers,), int from 0.
        level: shape (answers,); P(known) before the answer.
        correct: shape (answers,), 0 or 1.
        questions: how many questions there are.

    >>> level, correct = np.array([0.1, 0.3, 0.5, 0.7, 0.9]), np.array([0.0, 0.0, 1.0, 0.0, 1.0])
    >>> round(float(discrimination(np.zeros(5, np.int64), level, correct, 1).value[0]), 4)
    0.5774
    """
    order = np.lexsort((correct, level, question))
    question, level, correct = question[order], level[order], correct[order]

    def mean(values: Vector) -> Vector:
        return np.asarray(np.bincount(question, values, questions) / answers)

    with np.errstate(divide="ignore", invalid="ignore"):
        answers = np.bincount(question, minlength=questions).astype(np.float64)
        x, y = level - mean(level)[question], correct - mean(correct)[question]
        across, down = mean(x * x), mean(y * y)
        varies = (across > SMALLEST) & (down > SMALLEST) & (answers >= FEWEST)
        value = np.where(varies, mean(x * y) / np.sqrt(across * down), np.nan)
        x, y = x / np.sqrt(across)[question], y / np.sqrt(down)[question]
        influence = x * y - value[question] * (x * x + y * y) / 2
        value = np.clip(value, -NEAR_ONE, NEAR_ONE)
        any_shape = np.sqrt(mean(influence**2) / answers) / (1 - value**2)
        error = np.maximum(any_shape, 1 / np.sqrt(np.maximum(answers - FEWEST + 1, 1)))
        middle = np.arctanh(value)
        return Estimates(value, np.tanh(middle - Z * error), np.tanh(middle + Z * error))
