"""How good predictions are."""

from typing import Self

import strawberry

from graph_api.domain.parameters import prediction_metrics as domain


@strawberry.type(description="How good predictions of answers are, each made before the answer was seen.")
class Metrics:
    answers: int = strawberry.field(description="How many answers were predicted.")
    auc: float | None = strawberry.field(
        description="The chance that a right answer was given a higher prediction than a wrong one: 0.5 is guessing, 1 "
        "perfect; null if all answers are alike."
    )
    rmse: float = strawberry.field(description="Root of the mean squared error, 0..1; smaller is better.")
    log_loss: float = strawberry.field(description="Mean of -log P(the answer), in nats; smaller is better.")
    accuracy: float = strawberry.field(description="Share of answers on whose side of one half the prediction was.")

    @classmethod
    def of(cls, measured: domain.Metrics) -> Self:
        """The schema's view of metrics."""
        return cls(**measured._asdict())


@strawberry.type(description="Predictions that lie close together: a model is calibrated if both means agree.")
class CalibrationBin:
    low: float = strawberry.field(description="Predictions from here.")
    high: float = strawberry.field(description="Predictions to here.")
    answers: int = strawberry.field(description="How many.")
    predicted: float = strawberry.field(description="Their mean.")
    correct: float = strawberry.field(description="The share of these answers that were right.")

    @classmethod
    def of(cls, measured: domain.Bin) -> Self:
        """The schema's view of a bin."""
        return cls(**measured._asdict())
