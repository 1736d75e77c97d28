"""`graph-api seed`, `import` and `export`: data in and out."""

import asyncio
import contextlib
import csv
import io
import json
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import IO, Annotated

import typer

from graph_api.app.running import utc_now
from graph_api.cli.console import FAILED, USAGE, behind, err, faults_told, out, progress_bar, stop
from graph_api.domain.failures import Failure, StudentNotFound
from graph_api.store.gateway import Gateway, Row
from graph_api.store.private_files import open_private
from graph_api.usecases.answer_files import FIRST_TIME, LAYOUTS, FileRow, Layout, read_answers
from graph_api.usecases.course_file import BadCourseFile
from graph_api.usecases.export import export_answers, export_mastery, export_student
from graph_api.usecases.import_answers import BadRows, ImportAnswers, ImportReport
from graph_api.usecases.import_course import import_course, load_seeds

imports = typer.Typer(help="Bring data in.", no_args_is_help=True)
exports = typer.Typer(help="Take data out.", no_args_is_help=True)

Out = Annotated[Path | None, typer.Option("--out", help="The file to write; standard output if not given.")]
OneStudent = Annotated[str | None, typer.Option("--student", help="Only this student.")]


class Format(StrEnum):
    """Formats of exports."""

    CSV = "csv"
    JSONL = "jsonl"


Form = Annotated[Format, typer.Option("--format", help="How rows are written.")]


def seed() -> None:
    """Store the courses that come with the service. Doing it again changes nothing."""

    async def run() -> None:
        async with behind() as running:
            for course in await load_seeds(running.gateway, utc_now()):
                out.print(f"{len(course.skills)} skills, {len(course.concepts)} concepts", highlight=False)

    with faults_told():
        asyncio.run(run())


@imports.command("graph")
def import_graph(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="JSON as in seeds/, or CSV; plain or gzipped.")],
) -> None:
    """Store a course: skills, concepts and links, all or nothing. What the file does not state stays as stored."""

    async def run() -> None:
        async with behind() as running:
            course = await import_course(running.gateway, path, utc_now())
        for warning in course.warnings:
            err.print(f"{path.name}: {warning}", style="yellow", markup=False, highlight=False, soft_wrap=True)
        out.print(f"stored {len(course.skills)} skills and {len(course.concepts)} concepts", highlight=False)

    with faults_told():
        try:
            asyncio.run(run())
        except BadCourseFile as bad:
            stop(f"{bad}\n{len(bad.faults)} errors in {path.name}; nothing was written", FAILED)


@imports.command("answers")
def import_answers(  # noqa: PLR0913 - a column each
    path: Annotated[Path, typer.Argument(metavar="FILE", help="CSV with a header, or JSON lines; plain or gzipped.")],
    *,
    layout: Annotated[str, typer.Option(help=f"Columns by name: {', '.join(LAYOUTS)}.")] = "export",
    student: Annotated[str | None, typer.Option(help="The column of student ids.")] = None,
    correct: Annotated[str | None, typer.Option(help="The column of right (1) and wrong (0).")] = None,
    concept: Annotated[str | None, typer.Option(help="The column of concept ids; '' for none.")] = None,
    skill: Annotated[str | None, typer.Option(help="The column of skill codes; '' for none.")] = None,
    at: Annotated[str | None, typer.Option(help="The column of times with an offset; '' for none.")] = None,
    order: Annotated[str | None, typer.Option(help="The column of numbers that grow with time; '' for none.")] = None,
    id_column: Annotated[str | None, typer.Option("--id", help="The column of event ids; '' for none.")] = None,
    question: Annotated[str | None, typer.Option(help="The column of question ids; '' for none.")] = None,
    session: Annotated[str | None, typer.Option(help="The column of session ids, which must exist.")] = None,
    difficulty: Annotated[str | None, typer.Option(help="The column of EASY, MEDIUM, HARD; '' for none.")] = None,
    response_time: Annotated[str | None, typer.Option(help="The column of seconds; '' for none.")] = None,
    skill_prefix: Annotated[str | None, typer.Option(help="What goes before every skill code.")] = None,
    dataset: Annotated[str | None, typer.Option(help="What made-up event ids begin with; the file's name.")] = None,
    start: Annotated[datetime, typer.Option(help="When answers without times begin, UTC.")] = FIRST_TIME,
    create_skills: Annotated[
        bool | None, typer.Option(help="Create skills that are not there; done for assistments and pybkt.")
    ] = None,
    skip_bad: Annotated[
        Path | None, typer.Option(metavar="REJECTS", help="Write bad rows to this CSV file and go on.")
    ] = None,
) -> None:
    """Record the answers of a file. Run it again to go on after an interruption: no row is recorded twice."""
    if layout not in LAYOUTS:
        stop(f"--layout: must be one of {', '.join(LAYOUTS)}, got {layout!r}", USAGE)
    given = {
        "student": student, "correct": correct, "concept": concept, "skill": skill, "at": at, "order": order,
        "id": id_column, "question": question, "session": session, "difficulty": difficulty,
        "response_time": response_time, "skill_prefix": skill_prefix,
    }  # fmt: skip
    mapped = _mapped(LAYOUTS[layout], given)
    creating = layout != "export" if create_skills is None else create_skills
    rows = read_answers(path, mapped, dataset or path.name.split(".")[0], start.replace(tzinfo=FIRST_TIME.tzinfo))
    with faults_told(), _rejects(skip_bad) as rejects:
        try:
            report = asyncio.run(_import(path, path.stat().st_size, rows, rejects, create_skills=creating))
        except BadRows as bad:
            stop(f"{bad}\nstopped; {_said(bad.report)}; mend the file or use --skip-bad, and run it again", FAILED)
        except (Failure, OSError, UnicodeDecodeError) as fault:
            stop(f"{path.name}: {fault}", FAILED)
    out.print(_said(report), highlight=False)


async def _import(
    path: Path, size: int, rows: Iterator[FileRow], rejects: "Rejects | None", *, create_skills: bool
) -> ImportReport:
    async with behind() as running:
        with progress_bar() as bar:
            task = bar.add_task(path.name, total=size)

            def show(_report: ImportReport, bytes_read: int) -> None:
                bar.update(task, completed=bytes_read)

            reject = rejects.write if rejects else None
            return await ImportAnswers(running.gateway, utc_now, running.topic_set, create_skills, reject)(rows, show)


def _mapped(layout: Layout, given: dict[str, str | None]) -> Layout:
    """The layout with the columns that flags name; an empty one takes a column away."""
    columns = {name: column for name, column in given.items() if column is not None}
    required = ("student", "correct", "skill_prefix")
    return replace(
        layout,
        **{name: column if name in required else column or None for name, column in columns.items()},  # type: ignore[arg-type]
    )


def _said(report: ImportReport) -> str:
    return (
        f"{report.rows:,} rows: {report.recorded:,} recorded, {report.duplicates:,} there already, "
        f"{report.rejected:,} rejected"
    )


class Rejects:
    """A CSV file of rows that were not recorded: line, reason, and the row as it was."""

    def __init__(self, file: IO[str]) -> None:
        self._rows = csv.writer(file)
        self._rows.writerow(["line", "reason", "row"])

    def write(self, row: FileRow, failure: Failure) -> None:
        """Note one row."""
        self._rows.writerow([row.line, failure.message, json.dumps(row.cells, ensure_ascii=False)])


@contextlib.contextmanager
def _rejects(path: Path | None) -> Iterator[Rejects | None]:
    if path is None:
        yield None
        return
    with open_text(path) as file:
        yield Rejects(file)


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
    """Write everything that is kept about one student, as JSON: what they may ask to be given."""

    async def run() -> Row:
        async with behind() as running:
            return await export_student(running.gateway, student_id)

    with faults_told():
        try:
            found = asyncio.run(run())
        except StudentNotFound as missing:
            stop(str(missing), FAILED)
    text = json.dumps(found, ensure_ascii=False, indent=2, default=datetime.isoformat) + "\n"
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

    with faults_told():
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
