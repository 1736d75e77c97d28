"""How parameters are fitted, and why a target got new ones: the enums of fits."""

import strawberry

from graph_api.domain.parameters.fitting.fit import Method
from graph_api.domain.parameters.fitting.guard_rails import Reason
from graph_api.schema.enums import describe_values

__all__ = ["Method", "Reason"]

strawberry.enum(Method, name="FitMethod", description="How parameters are fitted; EMPIRICAL_BAYES predicts best.")
describe_values(
    Method,
    EM="Expectation maximisation: by the book, and slow.",
    MAXIMUM_LIKELIHOOD="Seeks the same maximum, fast.",
    EMPIRICAL_BAYES="Goes on from there with priors learnt from all targets: one with few answers leans on the others.",
)
