"""Shares of whole numbers, compared exactly: a bound of 0.56 holds for 14 of 25, which a float product misses."""

import math
from fractions import Fraction


def decimal(bound: float) -> Fraction:
    """A bound as the decimal number that it was written as: 0.56 is 14/25, not the nearest binary fraction.

    >>> decimal(0.56)
    Fraction(14, 25)
    """
    return Fraction(str(float(bound)))


def least_count(share: float, number: int) -> int:
    """The least count that is at least a share of a number.

    >>> least_count(0.56, 25), least_count(0.5, 3), least_count(1.0, 7)
    (14, 2, 7)
    """
    return math.ceil(decimal(share) * number)
