"""`graph-api export` of what analysts read: answers, levels, scores, runs, parameters and links."""

from collections.abc import AsyncIterator
from functools import partial
from typing import Annotated

import typer

from graph_api.cli.export_files import Format, open_out, open_text
from graph_api.cli.exports import (
    Chosen,
    ExportRole,
    Form,
    ForRole,
    OneStudent,
    Out,
    Since,
    Until,
    exports,
    report_failures,
    write_rows,
    write_with,
)
from graph_api.domain.learners.timeline import Period
from graph_api.domain.operations import export_kinds as kinds
from graph_api.store.gateway import Row
from graph_api.usecases.answers.datashop_transactions import write_transactions
from graph_api.usecases.course.export_course import export_links, export_parameters
from graph_api.usecases.learners.time_zones import zone_of
from graph_api.usecases.operations.export import export_answers, export_mastery
from graph_api.usecases.operations.export_runs import export_runs
from graph_api.usecases.operations.export_scores import export_recency, export_series

__all__ = ["exports"]


@exports.command("answers")
def answers(  # noqa: PLR0913, PLR0917 - an option each
    form: Form = Format.CSV,
    role: ForRole = ExportRole.ADMIN,
    student: OneStudent = None,
    since: Since = None,
    until: Until = None,
    path: Out = None,
) -> None:
    """Write every answer, in order of student and time. `import answers` reads it back, whatever the format."""
    write_rows(kinds.ANSWERS, export_answers, Chosen(form, path, role, student, since, until))


@exports.command("datashop")
def datashop(
    role: ForRole = ExportRole.ADMIN,
    student: OneStudent = None,
    since: Since = None,
    until: Until = None,
    path: Out = None,
) -> None:
    """Write every answer as a transaction of DataShop. `import answers --layout datashop` reads it back."""

    async def write(rows: AsyncIterator[Row]) -> int:
        with open_out(path) as file, open_text(file) as text:
            return await write_transactions(rows, text)

    chosen = Chosen(path=path, role=role, student=student, since=since, until=until)
    write_with(kinds.ANSWERS, export_answers, chosen, write)


@exports.command("mastery")
def mastery(  # noqa: PLR0913, PLR0917 - an option each
    form: Form = Format.CSV,
    role: ForRole = ExportRole.ADMIN,
    student: OneStudent = None,
    since: Since = None,
    until: Until = None,
    path: Out = None,
) -> None:
    """Write every mastery, in order of student and target."""
    write_rows(kinds.MASTERY, export_mastery, Chosen(form, path, role, student, since, until))


@exports.command("series")
def series(  # noqa: PLR0913, PLR0917 - an option each
    form: Form = Format.CSV,
    by: Annotated[Period, typer.Option("--by", help="The length of the periods.")] = Period.WEEK,
    time_zone: Annotated[str, typer.Option("--time-zone", help="Where days begin, as in Europe/Berlin.")] = "UTC",
    role: ForRole = ExportRole.ADMIN,
    student: OneStudent = None,
    since: Since = None,
    until: Until = None,
    path: Out = None,
) -> None:
    """Write the level of every mastery at the end of each period with answers, in order of student and target."""
    with report_failures(path):
        export = partial(export_series, by=by, zone=zone_of(time_zone))
    write_rows(kinds.SERIES, export, Chosen(form, path, role, student, since, until))


@exports.command("recency")
def recency(  # noqa: PLR0913, PLR0917 - an option each
    form: Form = Format.CSV,
    role: ForRole = ExportRole.ADMIN,
    student: OneStudent = None,
    since: Since = None,
    until: Until = None,
    path: Out = None,
) -> None:
    """Write every recency score with its breakdown, in order of student and skill."""
    write_rows(kinds.RECENCY, export_recency, Chosen(form, path, role, student, since, until))


@exports.command("runs")
def runs(
    form: Form = Format.CSV,
    role: ForRole = ExportRole.ADMIN,
    since: Since = None,
    until: Until = None,
    path: Out = None,
) -> None:
    """Write the run ledger, newest first."""
    write_rows(kinds.RUNS, export_runs, Chosen(form, path, role, None, since, until))


@exports.command("parameters")
def parameters(form: Form = Format.CSV, role: ForRole = ExportRole.ADMIN, path: Out = None) -> None:
    """Write every parameter set, then the sets named on targets and active. `import parameters` reads it back."""
    write_rows(kinds.PARAMETERS, export_parameters, Chosen(form, path, role))


@exports.command("links")
def links(form: Form = Format.CSV, role: ForRole = ExportRole.ADMIN, path: Out = None) -> None:
    """Write the links of the course: prerequisites, concepts of skills, skills of courses."""
    write_rows(kinds.LINKS, export_links, Chosen(form, path, role))
