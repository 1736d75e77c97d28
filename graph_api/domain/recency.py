"""Recency-weighted mastery (R): how right somebody has been lately, explainable to the last digit."""

from typing import NamedTuple

SECONDS_A_DAY = 86_400


class Bucket(NamedTuple):
    """A window that ends now: the last `days` days, and how much its accuracy counts."""

    days: int
    weight: float


DEFAULT_BUCKETS = (Bucket(7, 0.5), Bucket(30, 0.3), Bucket(90, 0.2))
