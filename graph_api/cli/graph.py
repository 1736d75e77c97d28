"""`graph-api import graph` and `export graph`: courses in and out."""

import asyncio
import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from graph_api.app.running import utc_now
from graph_api.cli.console import FAILED, USAGE, behind, err, out, report_errors, stop
from graph_api.cli.data import imports
from graph_api.cli.export_files import write_text
from graph_api.cli.exports import Out, exports
from graph_api.domain.failures import CourseNotFound, InvalidInput
from graph_api.store.gateway import Gateway
from graph_api.usecases.course.course_file import BadCourseFile
from graph_api.usecases.course.export_course import export_graph
from graph_api.usecases.course.export_framework import export_framework
from graph_api.usecases.course.graph_formats import graphml, links_csv
from graph_api.usecases.course.import_course import import_course

__all__ = ["exports", "imports"]


class GraphFormat(StrEnum):
    """Formats of exports of the course."""

    JSON = "json"
    CASE = "case"
    GRAPHML = "graphml"
    LINKS_CSV = "links-csv"


SkillTypes = Annotated[
    str,
    typer.Option(
        "--skill-types",
        metavar="TYPE,…",
        help="Types of the items of a CASE package that become skills. Default: items with children become skills.",
    ),
]
GraphForm = Annotated[
    GraphFormat,
    typer.Option("--format", help="json: as `import graph` reads it. case: CASE 1.1, one course. Others: for Gephi."),
]
OneCourse = Annotated[
    str | None, typer.Option("--course", metavar="ID", help="The course of a CASE package. Default: the only one.")
]


@imports.command("graph")
def import_graph(
    path: Annotated[
        Path, typer.Argument(metavar="FILE", help="JSON as in seeds/, a CASE package, or CSV; plain or gzipped.")
    ],
    skill_types: SkillTypes = "",
) -> None:
    """Store a course: skills, concepts and links, all or nothing. What the file does not state stays as stored."""
    types = frozenset(filter(None, map(str.strip, skill_types.split(","))))

    async def run() -> None:
        async with behind() as running:
            course = await import_course(running.gateway, path, utc_now(), skill_types=types)
        for warning in course.warnings:
            err.print(f"{path.name}: {warning}", style="yellow", markup=False, highlight=False, soft_wrap=True)
        out.print(f"stored {len(course.skills)} skills and {len(course.concepts)} concepts", highlight=False)

    with report_errors():
        try:
            asyncio.run(run())
        except BadCourseFile as bad:
            stop(f"{bad}\n{len(bad.faults)} errors in {path.name}; nothing was written", FAILED)


@exports.command("graph")
def export(form: GraphForm = GraphFormat.JSON, course: OneCourse = None, path: Out = None) -> None:
    """Write skills, concepts and links. `import graph` reads the formats json and case back."""
    if course is not None and form is not GraphFormat.CASE:
        stop("--course: is only for --format case", USAGE)

    async def run() -> str:
        async with behind() as running:
            return await text_of(running.gateway, form, course)

    with report_errors():
        try:
            text = asyncio.run(run())
        except (CourseNotFound, InvalidInput) as failure:
            stop(f"--{failure}", FAILED)
    write_text(text, path)


async def text_of(gateway: Gateway, form: GraphFormat, course_id: str | None) -> str:
    """The text of an export of the course in a format."""
    if form is GraphFormat.CASE:
        return await export_framework(gateway, course_id, utc_now())
    course = await export_graph(gateway)
    if form is GraphFormat.JSON:
        return json.dumps(course, ensure_ascii=False, indent=1) + "\n"
    return graphml(course) if form is GraphFormat.GRAPHML else links_csv(course)
