"""`graph-api fit-forgetting` and `activate-forgetting`: the parameters of forgetting from history."""

import uuid
from typing import Annotated

import typer
from rich.table import Table

from graph_api.app.running import utc_now
from graph_api.cli.console import out, run_behind, run_with_progress
from graph_api.cli.fit_options import Override
from graph_api.domain.learners.forgetting_records import HeldOutFigures
from graph_api.domain.parameters.forgetting_parameters import Formula
from graph_api.usecases.parameters.fit_forgetting import (
    ForgettingFitReport,
    ForgettingFitRequest,
    activate_forgetting,
    fit_stored_forgetting,
)


def fit_forgetting(
    *,
    formula: Annotated[Formula, typer.Option(help="The formula whose values are fitted.")] = Formula.FSRS_6,
    activate: Annotated[bool, typer.Option(help="Put a fit into effect that predicts better.")] = True,
) -> None:
    """Fit forgetting to the answers after a pause, judge it on held-out students, store it, put it into effect."""
    request = ForgettingFitRequest(formula, activate)
    run = request.run(uuid.uuid4().hex, "command", utc_now())
    report = run_with_progress(
        lambda running, show: fit_stored_forgetting(
            running.gateway, request, running.forgetting_set, run, utc_now, show
        )
    )
    out.print(_table(report))


def activate_forgetting_parameters(
    forgetting: Annotated[str, typer.Argument(help="The forgetting parameters, as in fsrs-v0.")],
    *,
    override: Override = False,
) -> None:
    """Put forgetting parameters into effect."""
    run_behind(lambda running: activate_forgetting(running.gateway, forgetting, override=override))
    out.print(f"{forgetting} is in effect", highlight=False)


def _table(report: ForgettingFitReport) -> Table:
    record = report.record
    table = Table("what", f"before: {record.compared_with}", "fitted", title=f"run {record.run_id}")
    table.add_row("log-loss", *(_number(each, "log_loss") for each in (record.before, record.after)))
    table.add_row("calibration error", *(_number(each, "calibration_error") for each in (record.before, record.after)))
    table.add_section()
    table.add_row("answers after a pause", "", f"{record.pauses:,}")
    table.add_row("of them held out", "", f"{record.held_out:,}")
    for reason, count in record.reasons().items():
        table.add_row(f"targets: {reason.lower().replace('_', ' ')}", "", f"{count:,}")
    table.add_section()
    table.add_row("result", "", record.result.lower().replace("_", " "))
    table.add_row("stored", "", report.stored.id if report.stored else "-")
    table.add_row("put into effect", "", "yes" if report.activated else "no")
    return table


def _number(figures: HeldOutFigures | None, name: str) -> str:
    return "-" if figures is None else f"{getattr(figures, name):.4f}"
