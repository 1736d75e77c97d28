"""Rapid guesses: answers too fast for the question to have been read.

The threshold of a question is a tenth of the median time of its answers, and at most 10 seconds. This is the normative
threshold NT10, with the median instead of the mean, which a few long breaks would raise.

References: S. L. Wise, L. Ma (2012), "Setting response time thresholds for a CAT item pool: The normative threshold
method", NCME; S. L. Wise, C. E. DeMars (2006), "An application of item response time: The effort-moderated IRT model",
Journal of Educational Measurement 43.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from graph_api.domain.learners.item_analysis.cells import Index, Vector

SHARE_OF_MEDIAN, LONGEST = 0.1, 10.0
MIN_TIMES = 10
"""With fewer timed answers a question has no threshold."""


class Times(NamedTuple):
    """The times of answers by question, each of shape (questions,).

    Attributes:
        timed: how many answers have a time.
        median: seconds; NaN without times.
        threshold: seconds below which an answer is rapid; NaN with too few times.
    """

    timed: Index
    median: Vector
    threshold: Vector

    def rapid(self, question: Index, seconds: Vector) -> NDArray[np.bool_]:
        """Which answers are too fast, shape (answers,); none without a time or a threshold."""
        return np.asarray(seconds < self.threshold[question], np.bool_)


def times(question: Index, seconds: Vector, questions: int) -> Times:
    """The median time and the threshold of each question.

    Args:
        question: shape (answers,), int from 0.
        seconds: shape (answers,); NaN without a time.
        questions: how many questions there are.

    >>> of_one = times(np.zeros(12, np.int64), np.array([1.0] + [20.0] * 11), 1)
    >>> of_one.median.tolist(), of_one.threshold.tolist()
    ([20.0], [2.0])
    """
    known = ~np.isnan(seconds)
    question, seconds = question[known], seconds[known]
    order = np.lexsort((seconds, question))
    ordered = seconds[order]
    timed = np.bincount(question, minlength=questions)
    first = np.cumsum(timed) - timed
    median = np.full(questions, np.nan)
    some = timed > 0
    lower, upper = (first + (timed - 1) // 2)[some], (first + timed // 2)[some]
    median[some] = (ordered[lower] + ordered[upper]) / 2
    threshold = np.where(timed >= MIN_TIMES, np.minimum(SHARE_OF_MEDIAN * median, LONGEST), np.nan)
    return Times(timed, median, threshold)
