"""`graph-api fit`: parameters from history."""

import uuid
from typing import Annotated

import typer
from rich.table import Table

from graph_api.app.running import fit_defaults, utc_now
from graph_api.cli.console import FAILED, out, report_errors, run_with_progress, settings_for_command, stop
from graph_api.cli.fit_options import (
    Forgetting,
    MaxGuess,
    MaxGuessPlusSlip,
    MaxSlip,
    MethodOption,
    MinAnswers,
    MinMasteredCorrect,
    MinStudents,
    Tolerance,
)
from graph_api.domain.failures import Failure
from graph_api.domain.parameters.fitting.activation import ActivationRules
from graph_api.domain.parameters.fitting.fit import TOLERANCE, FitOptions, Method
from graph_api.domain.parameters.fitting.guard_rails import GuardRails
from graph_api.domain.parameters.fitting.layout import Bounds
from graph_api.usecases.choose_targets import Targets
from graph_api.usecases.parameters.fit_parameters import FitReport, FitRequest, fit_parameters


def fit(  # noqa: PLR0913 - an option each
    *,
    concept: Annotated[list[str] | None, typer.Option(help="Only this concept; may be given several times.")] = None,
    skill: Annotated[list[str] | None, typer.Option(help="Only this skill; may be given several times.")] = None,
    method: MethodOption = Method.EMPIRICAL_BAYES,
    forgetting: Forgetting = False,
    choose_forgetting: Annotated[
        bool, typer.Option(help="Fit with and without a chance to forget; keep what predicts better.")
    ] = False,
    max_guess: MaxGuess = 0.5,
    max_slip: MaxSlip = 0.5,
    max_guess_plus_slip: MaxGuessPlusSlip = None,
    min_mastered_correct: MinMasteredCorrect = None,
    significance: Annotated[
        float | None,
        typer.Option(
            help="The one-sided level of the test by which a fit must predict better than the set in effect.",
            show_default="as configured: 0.05",
        ),
    ] = None,
    tolerance: Tolerance = TOLERANCE,
    min_answers: MinAnswers = 50,
    min_students: MinStudents = 5,
    folds: Annotated[int, typer.Option(help="Number of folds of students for judging fits.")] = 5,
    seed: Annotated[int, typer.Option(min=0, help="Random seed for the fold split.")] = 0,
    activate: Annotated[bool, typer.Option(help="Activate fits that meet all activation criteria.")] = True,
) -> None:
    """Fit parameters to all answers, judge them on held-out students, store and activate them, replay levels."""
    with report_errors():
        try:
            defaults = fit_defaults(settings_for_command(log_level="warning"))
            rules = defaults.rules
            total = defaults.max_guess_plus_slip if max_guess_plus_slip is None else max_guess_plus_slip
            request = FitRequest(
                Targets(concept, skill),
                FitOptions(method, Bounds(max_guess, max_slip, total=total), forgetting, tolerance),
                GuardRails(min_answers, min_students),
                folds,
                seed,
                activate,
                ActivationRules(
                    rules.mastered,
                    rules.min_mastered_correct if min_mastered_correct is None else min_mastered_correct,
                    rules.significance if significance is None else significance,
                ),
                choose_forgetting,
            )
        except Failure as failure:
            stop(str(failure), FAILED)
    run = request.run(uuid.uuid4().hex, "command", utc_now())
    report = run_with_progress(lambda behind, show: fit_parameters(behind.gateway, request, run, utc_now, show))
    out.print(_table(report))


def _table(report: FitReport) -> Table:
    summary = report.summary()
    table = Table("what", "before", "now, on unseen students", title=f"run {report.run_id}")
    if report.before and report.held_out:
        for name in ("auc", "rmse", "logLoss", "accuracy"):
            table.add_row(name, *(_number(summary[side][name]) for side in ("before", "heldOut")))
        table.add_section()
    for reason, count in summary["reasons"].items():
        table.add_row(reason.lower().replace("_", " "), "", str(count))
    table.add_section()
    table.add_row("activated", "", str(summary["activated"]))
    table.add_row("levels replayed", "", str(report.replayed))
    return table


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.5f}"
