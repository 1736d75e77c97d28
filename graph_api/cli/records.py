"""`graph-api export` and `import` of students, groups, sessions and judgements; `import parameters`."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated

import typer

from graph_api.app.running import utc_now
from graph_api.cli.console import FAILED, behind, out, report_errors, stop
from graph_api.cli.export_files import Format
from graph_api.cli.exports import Chosen, ExportRole, Form, ForRole, OneStudent, Out, Since, Until, exports, write_rows
from graph_api.cli.graph import imports
from graph_api.domain.failures import Failure
from graph_api.domain.operations import export_kinds as kinds
from graph_api.store.gateway import Gateway
from graph_api.usecases.course.export_course import export_groups
from graph_api.usecases.operations.export import export_judgements, export_sessions, export_students
from graph_api.usecases.operations.import_judgements import import_judgements
from graph_api.usecases.operations.import_parameters import import_parameters
from graph_api.usecases.operations.import_records import (
    BadRecords,
    RecordsReport,
    import_groups,
    import_sessions,
    import_students,
)

__all__ = ["exports", "imports"]

In = Annotated[
    Path, typer.Argument(metavar="FILE", help="CSV or JSON lines, plain or gzipped, or Parquet, as exported.")
]


@exports.command("students")
def students(
    form: Form = Format.CSV, role: ForRole = ExportRole.ADMIN, student: OneStudent = None, path: Out = None
) -> None:
    """Write every student with their name. `import students` reads it back."""
    write_rows(kinds.STUDENTS, export_students, Chosen(form, path, role, student))


@exports.command("groups")
def groups(form: Form = Format.CSV, role: ForRole = ExportRole.ADMIN, path: Out = None) -> None:
    """Write every group with its members, teachers and courses. `import groups` reads it back."""
    write_rows(kinds.GROUPS, export_groups, Chosen(form, path, role))


@exports.command("sessions")
def sessions(
    form: Form = Format.CSV, role: ForRole = ExportRole.ADMIN, student: OneStudent = None, path: Out = None
) -> None:
    """Write every session with its status. `import sessions` reads it back."""
    write_rows(kinds.SESSIONS, export_sessions, Chosen(form, path, role, student))


@exports.command("judgements")
def judgements(  # noqa: PLR0913, PLR0917 - an option each
    form: Form = Format.CSV,
    role: ForRole = ExportRole.ADMIN,
    student: OneStudent = None,
    since: Since = None,
    until: Until = None,
    path: Out = None,
) -> None:
    """Write every judgement with its author, note and revocation. `import judgements` reads it back."""
    write_rows(kinds.JUDGEMENTS, export_judgements, Chosen(form, path, role, student, since, until))


@imports.command("parameters")
def read_parameters(path: In) -> None:
    """Store exported parameter sets, and name and activate them for their targets. Import the course first."""
    _import(path, lambda gateway: import_parameters(gateway, path, utc_now))


@imports.command("students")
def read_students(path: In) -> None:
    """Register exported students with their names."""
    _import(path, lambda gateway: import_students(gateway, path, utc_now()))


@imports.command("groups")
def read_groups(path: In) -> None:
    """Store exported groups. Import their students and courses first."""
    _import(path, lambda gateway: import_groups(gateway, path, utc_now()))


@imports.command("sessions")
def read_sessions(path: In) -> None:
    """Store exported sessions with their status. Import them before the answers that belong to them."""
    _import(path, lambda gateway: import_sessions(gateway, path, utc_now()))


@imports.command("judgements")
def read_judgements(path: In) -> None:
    """Store exported judgements, and replay the levels. Import the course first."""
    _import(path, lambda gateway: import_judgements(gateway, path, utc_now))


def _import(path: Path, work: Callable[[Gateway], Awaitable[RecordsReport]]) -> None:
    async def run() -> RecordsReport:
        async with behind() as running:
            return await work(running.gateway)

    with report_errors():
        try:
            report = asyncio.run(run())
        except BadRecords as bad:
            stop(f"{bad}\n{len(bad.faults)} bad rows in {path.name}; nothing was written", FAILED)
        except (Failure, OSError, UnicodeDecodeError) as error:
            stop(f"{path.name}: {error}", FAILED)
    if report.conflicts:
        stop("\n".join([*report.conflicts, f"{report}; what is stored was not changed"]), FAILED)
    out.print(str(report), highlight=False)
