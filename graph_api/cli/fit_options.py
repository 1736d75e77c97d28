"""The options that several commands share: those of `fit` and `fit-file`, and of commands that activate a version."""

from typing import Annotated

import typer

from graph_api.domain.parameters.fitting.fit import Method

MethodOption = Annotated[Method, typer.Option(help="The method of fitting. The default predicts best.")]
Forgetting = Annotated[bool, typer.Option(help="Fit a chance to forget as well.")]
MaxGuess = Annotated[float, typer.Option(help="The largest guess.")]
MaxSlip = Annotated[float, typer.Option(help="The largest slip.")]
MaxGuessPlusSlip = Annotated[
    float | None, typer.Option(help="The largest guess + slip, at most 1.", show_default="as configured: 0.6")
]
MinMasteredCorrect = Annotated[
    float | None,
    typer.Option(
        help="The least P(next answer correct) at the MASTERED level that allows activation.",
        show_default="as configured: 0.7",
    ),
]
Tolerance = Annotated[
    float, typer.Option(help="Converged when a pass gains less than this share of the log-likelihood.")
]
MinAnswers = Annotated[int, typer.Option(help="Targets with fewer answers keep their parameters.")]
MinStudents = Annotated[int, typer.Option(help="Targets with fewer students keep their parameters.")]
Override = Annotated[
    bool, typer.Option("--override", help="Activate the version although its fit did not win on held-out students.")
]
