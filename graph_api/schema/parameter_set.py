"""Parameter sets: the numbers behind a level."""

from typing import Self

import strawberry

from graph_api.domain import parameter_sets as domain

strawberry.enum(domain.Origin, name="ParameterSetOrigin", description="Where a parameter set came from.")


@strawberry.type(description="An immutable version of the four parameters of Bayesian Knowledge Tracing.")
class ParameterSet:
    """The parameters that a level was computed with."""

    id: strawberry.ID = strawberry.field(description="Name and version: it never means anything else again.")
    name: str = strawberry.field(description="What its versions have in common.")
    version: int = strawberry.field(description="1, 2, 3 …")
    prior: float = strawberry.field(description="P(L0): known before the first answer, 0..1.")
    learn: float = strawberry.field(description="P(T): learnt at an opportunity, 0..1.")
    guess: float = strawberry.field(description="P(G): right though not known, 0..1.")
    slip: float = strawberry.field(description="P(S): wrong though known, 0..1.")
    origin: domain.Origin = strawberry.field(description="Where it came from.")

    @classmethod
    def of(cls, stored: domain.ParameterSet) -> Self:
        """The schema's view of a stored set."""
        parameters = stored.parameters
        return cls(
            id=strawberry.ID(stored.id),
            name=stored.name,
            version=stored.version,
            prior=parameters.prior,
            learn=parameters.learn,
            guess=parameters.guess,
            slip=parameters.slip,
            origin=stored.origin,
        )
