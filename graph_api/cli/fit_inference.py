"""`graph-api fit-inference` and `activate-inference`: the model of inferred levels."""

import uuid
from typing import Annotated

import typer
from rich.table import Table

from graph_api.app.running import utc_now
from graph_api.cli.console import out, run_behind, run_with_progress
from graph_api.cli.fit_options import Override
from graph_api.domain.parameters.inference.fit import FirstAnswerFigures
from graph_api.domain.targets import TargetKind
from graph_api.usecases.parameters.fit_inference import (
    InferenceFitReport,
    InferenceFitRequest,
    activate_inference,
    fit_stored_inference,
)


def fit_inference(
    *,
    kind: Annotated[TargetKind, typer.Option(help="Whether the targets are concepts or skills.")] = TargetKind.CONCEPT,
    activate: Annotated[bool, typer.Option(help="Put a model into effect that beats the prior.")] = True,
) -> None:
    """Fit inferred levels to first answers, judge the model on held-out students, store it, put it into effect."""
    request = InferenceFitRequest(kind, activate)
    run = request.run(uuid.uuid4().hex, "command", utc_now())
    report = run_with_progress(lambda running, show: fit_stored_inference(running.gateway, request, run, utc_now, show))
    out.print(_table(report))


def activate_inference_model(
    model: Annotated[str, typer.Argument(help="The model, as in inference-concept-v1.")],
    *,
    override: Override = False,
) -> None:
    """Put a model of inferred levels into effect."""
    run_behind(lambda running: activate_inference(running.gateway, model, override=override))
    out.print(f"{model} is in effect", highlight=False)


def _table(report: InferenceFitReport) -> Table:
    record = report.record
    table = Table("first answers of held-out students", "prior", "model", title=f"run {record.run_id}")
    for label, name in (("log-loss", "log_loss"), ("AUC", "auc")):
        table.add_row(label, *(_number(each, name) for each in (record.prior, record.fitted)))
    table.add_section()
    table.add_row("students", "", f"{record.students:,}")
    table.add_row("first answers", "", f"{record.first_answers:,}")
    table.add_section()
    table.add_row("result", "", record.result.lower().replace("_", " "))
    table.add_row("stored", "", report.stored.id if report.stored else "-")
    table.add_row("put into effect", "", "yes" if report.activated else "no")
    return table


def _number(figures: FirstAnswerFigures | None, name: str) -> str:
    value = None if figures is None else getattr(figures, name)
    return "-" if value is None else f"{value:.4f}"
