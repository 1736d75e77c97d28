"""`graph-api count-histories` and `fit-file`: parameters from files of answers, without a database."""

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress, TaskID
from rich.table import Table

from graph_api.cli.console import FAILED, out, progress_bar, stop
from graph_api.domain.failures import Failure
from graph_api.domain.parameters.fitting.activation import LARGEST_SUM
from graph_api.domain.parameters.fitting.fit import TOLERANCE, FitOptions, Method
from graph_api.domain.parameters.fitting.guard_rails import GuardRails
from graph_api.domain.parameters.fitting.layout import Bounds
from graph_api.usecases.parameters.answer_rows import AnswerColumns
from graph_api.usecases.parameters.count_histories import CountOptions, CountReport, count_histories
from graph_api.usecases.parameters.counted_files import Shard
from graph_api.usecases.parameters.fit_file import FileFitReport, FileFitRequest
from graph_api.usecases.parameters.fit_file import fit_file as fit_files
from graph_api.usecases.run_ledger import OnProgress

Files = Annotated[
    list[Path],
    typer.Argument(metavar="FILE...", help="Parquet files: all of answers, or all of counted histories."),
]
Student = Annotated[str, typer.Option(help="The column of students.")]
Correct = Annotated[str, typer.Option(help="The column of results: true and false, or 1 and 0.")]
At = Annotated[
    str | None,
    typer.Option(help="The column of times. Default: at; a file without it is in order of time.", show_default=False),
]
Concept = Annotated[
    str | None,
    typer.Option(help="The column of concepts, one or a list per answer. Default: concept_ids.", show_default=False),
]
Skill = Annotated[
    str | None,
    typer.Option(help="The column of skills, one or a list per answer. Default: skill_codes.", show_default=False),
]
Temporary = Annotated[
    Path | None,
    typer.Option(help="The folder for temporary files. Default: that of the system.", show_default=False),
]


def count_history_files(  # noqa: PLR0913, PLR0917 - an option each
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
    temporary: Temporary = None,
) -> None:
    """Count the histories of answers, all that `fit-file` needs; or merge files of counted histories."""
    try:
        options = CountOptions(
            AnswerColumns(student, correct, at, concept, skill), Shard.parse(shard) if shard else None, temporary
        )
        with progress_bar() as bar:
            report = count_histories(paths, path, options, _watch(bar))
    except Failure as failure:
        stop(str(failure), FAILED)
    except OSError as error:
        stop(f"{error.filename}: {error.strerror}", FAILED)
    out.print(_counts(report), highlight=False)


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
    method: Annotated[
        Method, typer.Option(help="The method of fitting. The default predicts best.")
    ] = Method.EMPIRICAL_BAYES,
    forgetting: Annotated[bool, typer.Option("--forgetting", help="Fit a chance to forget as well.")] = False,  # noqa: FBT002 - a flag
    max_guess: Annotated[float, typer.Option(help="The largest guess.")] = 0.5,
    max_slip: Annotated[float, typer.Option(help="The largest slip.")] = 0.5,
    max_guess_plus_slip: Annotated[float, typer.Option(help="The largest guess + slip, at most 1.")] = LARGEST_SUM,
    tolerance: Annotated[
        float, typer.Option(help="Converged when a pass gains less than this share of the log-likelihood.")
    ] = TOLERANCE,
    min_answers: Annotated[int, typer.Option(help="Targets with fewer answers are not fitted.")] = 50,
    min_students: Annotated[int, typer.Option(help="Targets with fewer students are not fitted.")] = 5,
    student: Student = "student_id",
    correct: Correct = "correct",
    at: At = None,
    concept: Concept = None,
    skill: Skill = None,
    temporary: Temporary = None,
) -> None:
    """Fit parameters to Parquet files of answers, or of counted histories, in bounded memory. No database is used."""
    try:
        request = FileFitRequest(
            paths,
            CountOptions(AnswerColumns(student, correct, at, concept, skill), folder=temporary),
            FitOptions(method, Bounds(max_guess, max_slip, total=max_guess_plus_slip), forgetting, tolerance),
            GuardRails(min_answers, min_students),
        )
        with progress_bar() as bar:
            report = fit_files(request, _watch(bar))
        if output is not None:
            output.write_text(report.as_json(request), encoding="utf-8")
        if sets is not None:
            sets.write_text("".join(f"{line}\n" for line in report.as_sets(set_version)), encoding="utf-8")
    except Failure as failure:
        stop(str(failure), FAILED)
    except OSError as error:
        stop(f"{error.filename}: {error.strerror}", FAILED)
    out.print(_counts(report.counted), highlight=False)
    out.print(_table(report))


def _watch(bar: Progress) -> OnProgress:
    tasks: dict[str, TaskID] = {}

    def show(step: str, done: int, total: int) -> None:
        word = step.split(",", maxsplit=1)[0]
        if word not in tasks:
            tasks[word] = bar.add_task(word, total=total or None)
        bar.update(tasks[word], description=step, completed=done)

    return show


def _counts(report: CountReport) -> str:
    return f"{report.answers:,} answers, {report.left_out:,} rows left out, {report.rows:,} distinct histories"


def _table(report: FileFitReport) -> Table:
    reasons = Counter("fitted" if each.obstacle is None else each.obstacle.value for each in report.outcomes)
    table = Table("targets", "")
    for reason, count in sorted(reasons.items()):
        table.add_row(reason.lower().replace("_", " "), f"{count:,}")
    fitted = [each.fitted for each in report.outcomes if each.fitted is not None]
    table.add_section()
    table.add_row("converged", f"{sum(each.converged for each in fitted):,}")
    table.add_row("log-likelihood", f"{sum(each.log_likelihood for each in fitted):,.1f}")
    return table
