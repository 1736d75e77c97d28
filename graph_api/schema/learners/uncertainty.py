"""Uncertainty of estimates: intervals and confidence (Q8)."""

from typing import Self

import strawberry

from graph_api.domain.learners import uncertainty as domain
from graph_api.domain.learners.uncertainty import Confidence
from graph_api.schema.enums import describe_values

DIGITS = 4

strawberry.enum(
    Confidence,
    description="The confidence in an estimate. LOW, not enough data: fewer than 5 answers, or an "
    "interval wider than 0.5. HIGH: at least 10 answers, and an interval of at most 0.2.",
)
describe_values(
    Confidence,
    LOW="Not enough data: fewer than 5 answers, or an interval wider than 0.5.",
    MEDIUM="Between LOW and HIGH.",
    HIGH="At least 10 answers, and an interval of at most 0.2.",
)


@strawberry.type(description="A 90 % interval. That of a level contains 89 to 97 % of the true levels.")
class Interval:
    low: float = strawberry.field(description="The lower end, 0..1, to 4 digits.")
    high: float = strawberry.field(description="The upper end, 0..1, to 4 digits.")

    @classmethod
    def of(cls, interval: domain.Interval) -> Self:
        return cls(low=round(interval.low, DIGITS), high=round(interval.high, DIGITS))
