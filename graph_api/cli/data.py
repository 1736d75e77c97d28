"""`graph-api seed`, `import answers` and `export student`."""

import asyncio
import json
from datetime import datetime
from typing import Annotated

import typer

from graph_api.app.running import utc_now
from graph_api.cli.console import FAILED, behind, out, report_errors, stop
from graph_api.cli.export_files import write_text
from graph_api.cli.exports import Out, exports
from graph_api.cli.import_answers import import_answers
from graph_api.domain.failures import StudentNotFound
from graph_api.store.gateway import Row
from graph_api.usecases.course.import_course import load_seeds
from graph_api.usecases.operations.export import export_student

imports = typer.Typer(help="Import data.", no_args_is_help=True)


def seed() -> None:
    """Store the courses that come with the service. Running it again changes nothing."""

    async def run() -> None:
        async with behind() as running:
            for course in await load_seeds(running.gateway, utc_now()):
                out.print(f"{len(course.skills)} skills, {len(course.concepts)} concepts", highlight=False)

    with report_errors():
        asyncio.run(run())


imports.command("answers")(import_answers)


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
    write_text(text, path)
