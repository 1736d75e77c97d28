"""`graph-api fit-predictor`, `activate-predictor` and `deactivate-predictor`: the predictor of the next answer."""

import uuid
from typing import Annotated

import typer
from rich.table import Table

from graph_api.app.running import utc_now
from graph_api.cli.console import out, run_behind, run_with_progress
from graph_api.cli.fit_options import Override
from graph_api.domain.targets import TargetKind
from graph_api.usecases.parameters.fit_predictor import (
    PredictorFitReport,
    PredictorFitRequest,
    activate_predictor,
    deactivate_predictor,
    fit_stored_predictor,
)

Kind = Annotated[TargetKind, typer.Option(help="Answers to concepts, or to skills.")]


def fit_predictor(
    *,
    kind: Kind = TargetKind.CONCEPT,
    activate: Annotated[bool, typer.Option(help="Put a fit into effect that predicts better.")] = True,
) -> None:
    """Fit the predictor of the next answer, judge it on held-out students, store it, put it into effect."""
    request = PredictorFitRequest(kind, activate)
    run = request.run(uuid.uuid4().hex, "command", utc_now())
    report = run_with_progress(lambda running, show: fit_stored_predictor(running.gateway, request, run, utc_now, show))
    out.print(_table(report))


def activate_stored_predictor(
    predictor: Annotated[str, typer.Argument(help="The predictor, as in predictor-concept-v1.")],
    *,
    override: Override = False,
) -> None:
    """Put a predictor of the next answer into effect."""
    run_behind(lambda running: activate_predictor(running.gateway, predictor, override=override))
    out.print(f"{predictor} is in effect", highlight=False)


def return_to_knowledge_tracing(*, kind: Kind = TargetKind.CONCEPT) -> None:
    """Let knowledge tracing predict the next answers; the stored predictors stay."""
    run_behind(lambda running: deactivate_predictor(running.gateway, kind))
    out.print(f"knowledge tracing is in effect for {kind.lower()}s", highlight=False)


def _table(report: PredictorFitReport) -> Table:
    figures = report.record.figures
    table = Table("what", "knowledge tracing", "predictor", title=f"run {report.record.run_id}")
    qualities = figures.before, figures.after
    table.add_row("log-loss", *(_number(each and each.log_loss) for each in qualities))
    table.add_row("AUC", *(_number(each and each.auc) for each in qualities))
    table.add_row("calibration error", *map(_number, (figures.calibration_before, figures.calibration)))
    table.add_section()
    table.add_row("answers", "", f"{figures.answers:,}")
    table.add_row("students", "", f"{figures.students:,}")
    table.add_row("chance", "", _number(figures.chance))
    table.add_section()
    table.add_row("reason", "", figures.reason.lower().replace("_", " "))
    table.add_row("stored", "", report.stored.id if report.stored else "-")
    table.add_row("put into effect", "", "yes" if report.activated else "no")
    return table


def _number(figure: float | None) -> str:
    return "-" if figure is None else f"{figure:.4f}"
