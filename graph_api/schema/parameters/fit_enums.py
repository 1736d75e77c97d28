"""How parameters are fitted, why a target got new ones, and what activates the others: enums and arguments of fits."""

from typing import Annotated

import strawberry

from graph_api.domain.parameters.fitting.fit import Method
from graph_api.domain.parameters.fitting.guard_rails import Reason
from graph_api.schema.enums import describe_values

__all__ = ["Method", "Override", "Reason"]

Override = Annotated[
    bool,
    strawberry.argument(
        description="Whether a version takes effect although its fit did not win on held-out students."
    ),
]

strawberry.enum(Method, name="FitMethod", description="How parameters are fitted; EMPIRICAL_BAYES predicts best.")
describe_values(
    Method,
    EM="Expectation maximisation: by the book, and slow.",
    MAXIMUM_LIKELIHOOD="Seeks the same maximum, fast.",
    EMPIRICAL_BAYES="Goes on from there with priors learnt from all targets: one with few answers leans on the others.",
)
