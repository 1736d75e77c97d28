"""What the first answers of students show: whether a student could do a concept when they began it."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

FIRST = 5
"""First answers of a student to a concept that count. Later ones show what practice has changed."""
UNANSWERED, NOT_SHOWN, SHOWN = -1, 0, 1


class FirstAnswers(NamedTuple):
    """What students show of concepts, and when they began them.

    Attributes:
        shown: shape (students, concepts): SHOWN, NOT_SHOWN, or UNANSWERED.
        begun: shape (students, concepts), the time of the first answer in any unit; NaN where unanswered.
    """

    shown: NDArray[np.int8]
    begun: NDArray[np.float64]


def shows(outcomes: Sequence[bool]) -> int:
    """Whether first answers show a concept: more than half of them are correct.

    Args:
        outcomes: the first answers of a student to a concept, in order; those after the fifth do not count.

    >>> shows([True, False, True]), shows([True, False]), shows([])
    (1, 0, -1)
    """
    first = outcomes[:FIRST]
    if not first:
        return UNANSWERED
    return SHOWN if 2 * sum(first) > len(first) else NOT_SHOWN
