"""`graph-api seed`, `import` and `export` of answers, masteries and single students."""

import asyncio
import contextlib
import csv
import io
import json
import sys
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import IO, Annotated

import typer

from graph_api.app.running import utc_now
from graph_api.cli.console import FAILED, behind, err, out, report_errors, stop
from graph_api.cli.import_answers import import_answers
from graph_api.domain.failures import StudentNotFound
from graph_api.store.engine.private_files import open_private
from graph_api.store.gateway import Gateway, Row
from graph_api.usecases.course.import_course import load_seeds
from graph_api.usecases.operations.export import export_answers, export_mastery, export_student

imports = typer.Typer(help="Import data.", no_args_is_help=True)
exports = typer.Typer(help="Export data.", no_args_is_help=True)

Out = Annotated[Path | None, typer.Option("--out", help="The file to write. Default: standard output.")]
OneStudent = Annotated[str | None, typer.Option("--student", help="Only this student.")]


class Format(StrEnum):
    """Formats of exports."""

    CSV = "csv"
    JSONL = "jsonl"


Form = Annotated[Format, typer.Option("--format", help="The format of rows.")]


def seed() -> None:
    """Store the courses that come with the service. Running it again changes nothing."""

    async def run() -> None:
        async with behind() as running:
            for course in await load_seeds(running.gateway, utc_now()):
                out.print(f"{len(course.skills)} skills, {len(course.concepts)} concepts", highlight=False)

    with report_errors():
        asyncio.run(run())


imports.command("answers")(import_answers)


@exports.command("answers")
def answers(form: Form = Format.CSV, student: OneStudent = None, path: Out = None) -> None:
    """Write every answer, in order of student and time. `import answers` reads it back, CSV and JSON lines alike."""
    write_rows(export_answers, form, student, path)


@exports.command("mastery")
def mastery(form: Form = Format.CSV, student: OneStudent = None, path: Out = None) -> None:
    """Write every mastery, in order of student and target."""
    write_rows(export_mastery, form, student, path)


@exports.command("student")
def student(student_id: Annotated[str, typer.Argument(metavar="ID", help="Whose data.")], path: Out = None) -> None:
    """Write all stored data of one student, as JSON: the answer to a request for access to personal data."""

    async def run() -> Row:
        async with behind() as running:
            return await export_student(running.gateway, student_id)

    with report_errors():
        try:
            stored = asyncio.run(run())
        except StudentNotFound as missing:
            stop(str(missing), FAILED)
    text = json.dumps(stored, ensure_ascii=False, indent=2, default=datetime.isoformat) + "\n"
    if path is None:
        sys.stdout.write(text)
    else:
        with open_private(path) as file:
            file.write(text.encode())


def write_rows(
    export: Callable[[Gateway, str | None], AsyncIterator[Row]], form: Format, student: str | None, path: Path | None
) -> None:
    """Write an export in a format, to a file or to standard output."""

    async def run() -> int:
        async with behind() as running:
            return await write_file(export(running.gateway, student), form, path)

    with report_errors():
        count = asyncio.run(run())
    err.print(f"{count:,} rows", highlight=False)


async def write_file(rows: AsyncIterator[Row], form: Format, path: Path | None) -> int:
    """Write rows to a file or to standard output; returns how many."""
    count = 0
    with contextlib.nullcontext(sys.stdout) if path is None else open_text(path) as file:
        writer = None
        async for row in rows:
            count += 1
            if form is Format.JSONL:
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
                continue
            if writer is None:
                writer = csv.DictWriter(file, fieldnames=list(row))
                writer.writeheader()
            writer.writerow({name: _cell(value) for name, value in row.items()})
    return count


def open_text(path: Path) -> IO[str]:
    """Open a text file for its owner only: rows hold personal data."""
    return io.TextIOWrapper(open_private(path), encoding="utf-8", newline="")


def _cell(value: object) -> object:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list) else value
