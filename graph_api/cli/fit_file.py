"""`graph-api count-histories` and `fit-file`: parameters from files of answers, without a database."""

import signal
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import TaskID
from rich.table import Table

from graph_api.app.running import fit_defaults
from graph_api.cli.console import FAILED, out, progress_bar, settings_for_command, stop
from graph_api.cli.export_files import write_text
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
from graph_api.domain.failures import Failure, InvalidInput
from graph_api.domain.parameters.fitting.fit import TOLERANCE, FitOptions, Method
from graph_api.domain.parameters.fitting.guard_rails import GuardRails
from graph_api.domain.parameters.fitting.layout import Bounds
from graph_api.usecases.parameters.answer_rows import AnswerColumns
from graph_api.usecases.parameters.count_histories import ALL_STUDENTS, CountOptions, CountReport, count_histories
from graph_api.usecases.parameters.file_fit_report import FileFitReport
from graph_api.usecases.parameters.fit_files import FileFitRequest, fit_files
from graph_api.usecases.parameters.shards import Shard
from graph_api.usecases.run_ledger import OnProgress

TERMINATED = 128 + signal.SIGTERM

Files = Annotated[
    list[Path],
    typer.Argument(metavar="FILE...", help="Parquet files: all of answers, or all of counted histories."),
]
Student = Annotated[str, typer.Option(help="The column of students.")]
Correct = Annotated[str, typer.Option(help="The column of results: true and false, or 1 and 0.")]
At = Annotated[
    str | None,
    typer.Option(help="The column of times. Without times, rows are in order of time.", show_default="at"),
]
Concept = Annotated[
    str | None,
    typer.Option(help="The column of concepts, one or a list per answer.", show_default="concept_ids"),
]
Skill = Annotated[
    str | None,
    typer.Option(help="The column of skills, one or a list per answer.", show_default="skill_codes"),
]
TemporaryFolder = Annotated[
    Path | None, typer.Option(help="The folder for temporary files.", show_default="that of the system")
]


def count_histories_of_files(  # noqa: PLR0913, PLR0917 - an option each
    paths: Files,
    path: Annotated[Path, typer.Option("--out", help="The file of counted histories to write.")],
    shard: Annotated[
        str | None, typer.Option(help="Count only these students, as in 2/8: the second of eight parts.")
    ] = None,
    student: Student = "student_id",
    correct: Correct = "correct",
    at: At = None,
    concept: Concept = None,
    skill: Skill = None,
    temporary_folder: TemporaryFolder = None,
) -> None:
    """Count the histories of answers, all that `fit-file` needs; or merge files of counted histories."""
    with _reported(path) as on_progress:
        own = Shard.parse(shard) if shard else ALL_STUDENTS
        options = CountOptions(AnswerColumns(student, correct, at, concept, skill), own, temporary_folder)
        report = count_histories(paths, path, options, on_progress)
    _print_counts(report)


def fit_file(  # noqa: PLR0913, PLR0917 - an option each
    paths: Files,
    output: Annotated[
        Path | None, typer.Option(help="Write the fits and their figures as JSON.", show_default=False)
    ] = None,
    sets: Annotated[
        Path | None,
        typer.Option(help="Write the fits as JSON lines for `graph-api import parameters`.", show_default=False),
    ] = None,
    set_version: Annotated[int, typer.Option(min=1, help="The version of the sets in --sets.")] = 1,
    method: MethodOption = Method.EMPIRICAL_BAYES,
    forgetting: Forgetting = False,  # noqa: FBT002 - a flag
    max_guess: MaxGuess = 0.5,
    max_slip: MaxSlip = 0.5,
    max_guess_plus_slip: MaxGuessPlusSlip = None,
    min_mastered_correct: MinMasteredCorrect = None,
    tolerance: Tolerance = TOLERANCE,
    min_answers: MinAnswers = 50,
    min_students: MinStudents = 5,
    student: Student = "student_id",
    correct: Correct = "correct",
    at: At = None,
    concept: Concept = None,
    skill: Skill = None,
    temporary_folder: TemporaryFolder = None,
) -> None:
    """Fit parameters to Parquet files of answers, or of counted histories, in bounded memory. No database is used."""
    defaults = fit_defaults(settings_for_command(log_level="warning"))
    total = defaults.max_guess_plus_slip if max_guess_plus_slip is None else max_guess_plus_slip
    with _reported(output, sets) as on_progress:
        rules = defaults.rules
        if min_mastered_correct is not None:
            rules = replace(rules, min_mastered_correct=min_mastered_correct)
        options = FitOptions(method, Bounds(max_guess, max_slip, total=total), forgetting, tolerance)
        rails = GuardRails(min_answers, min_students)
        count = CountOptions(AnswerColumns(student, correct, at, concept, skill), folder=temporary_folder)
        report = fit_files(FileFitRequest(paths, count, options, rails, rules), on_progress)
        if output is not None:
            write_text(report.as_json(options, rails), output)
        if sets is not None:
            write_text("".join(report.as_sets(set_version)), sets)
    _print_counts(report.counted)
    out.print(_table(report))


@contextmanager
def _reported(*outputs: Path | None) -> Iterator[OnProgress]:
    """Show progress, and end the command with one line for a failure. SIGTERM removes temporary files."""
    tasks = dict[str, TaskID]()

    def show(step: str, done: int, total: int) -> None:
        word = step.split(",", maxsplit=1)[0]
        if word not in tasks:
            tasks[word] = bar.add_task(word, total=total or None)
        bar.update(tasks[word], description=step, completed=done)

    try:
        for path in outputs:
            if path is not None and not path.parent.is_dir():
                raise InvalidInput("file", "must be in an existing folder", str(path))
        with _exit_on_sigterm(), progress_bar() as bar:
            yield show
    except Failure as failure:
        stop(str(failure), FAILED)
    except OSError as error:
        stop(f"{error.filename or 'a temporary file, or the output'}: {error.strerror or error}", FAILED)


@contextmanager
def _exit_on_sigterm() -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():  # which alone receives signals
        yield
        return
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _print_counts(report: CountReport) -> None:
    left_out = "" if report.left_out is None else f", {report.left_out:,} left out"
    out.print(f"{report.answers:,} answers{left_out}, {report.rows:,} distinct histories", highlight=False)


def _table(report: FileFitReport) -> Table:
    reasons = Counter("fitted" if each.reason is None else each.reason.value for each in report.outcomes)
    table = Table("targets", "")
    for reason, count in sorted(reasons.items()):
        table.add_row(reason.lower().replace("_", " "), f"{count:,}")
    fitted = [each.fitted for each in report.outcomes if each.fitted is not None]
    table.add_section()
    table.add_row("converged", f"{sum(each.converged for each in fitted):,}")
    table.add_row("log-likelihood", f"{sum(each.log_likelihood for each in fitted):,.1f}")
    return table
