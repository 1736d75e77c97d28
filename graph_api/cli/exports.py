"""What all `graph-api export` commands share: their options, and the way from the graph to a file."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from graph_api.app.running import analyst_rules, utc_now
from graph_api.cli.console import FAILED, USAGE, behind, err, report_errors, settings_for_command, stop
from graph_api.cli.export_files import Format, write_file
from graph_api.config import Settings
from graph_api.domain.answers.answers import in_utc
from graph_api.domain.failures import Failure, Forbidden, InvalidInput, shown
from graph_api.domain.operations.export_columns import ExportKind
from graph_api.domain.operations.export_extent import Extent
from graph_api.domain.operations.recorded_time import RecordedTime, recorded_between
from graph_api.store.gateway import Gateway, Row
from graph_api.store.viewers import AnalystRules
from graph_api.usecases.operations.pseudonymous_rows import extent_for_analysts, pseudonymous

exports = typer.Typer(help="Export data.", no_args_is_help=True)

SPARE = timedelta(seconds=15)
"""For the last commit of a batch, and for differences between the clocks of instances."""

OPTIONS = {"format": "--format", "since": "--since", "until": "--until", "timeZone": "--time-zone"}
"""The options behind fields that failures name."""

Export = Callable[[Gateway, Extent], AsyncIterator[Row]]


class ExportRole(StrEnum):
    """Whose rights an export has."""

    ADMIN = "admin"
    ANALYST = "analyst"


Out = Annotated[Path | None, typer.Option("--out", help="The file to write. Default: standard output.")]
Form = Annotated[Format, typer.Option("--format", help="The format of rows.")]
OneStudent = Annotated[str | None, typer.Option("--student", help="Only this student.")]
ForRole = Annotated[
    ExportRole, typer.Option("--role", help="analyst: under the pseudonyms that analysts see, without names and texts.")
]
Since = Annotated[
    str | None, typer.Option("--since", metavar="TIME", help="Only rows recorded or changed from then on.")
]
Until = Annotated[
    str | None,
    typer.Option(
        "--until",
        metavar="TIME",
        help="Only rows recorded or changed before then. With --since the default is about a minute ago.",
    ),
]


class Chosen(NamedTuple):
    """What the options of an export command choose."""

    form: Format = Format.CSV
    path: Path | None = None
    role: ExportRole = ExportRole.ADMIN
    student: str | None = None
    since: str | None = None
    until: str | None = None


def write_rows(kind: ExportKind, export: Export, chosen: Chosen) -> None:
    """Write an export in a format, to a file or to standard output."""
    write_with(kind, export, chosen, lambda rows: write_file(rows, kind, chosen.form, chosen.path))


def write_with(
    kind: ExportKind, export: Export, chosen: Chosen, write: Callable[[AsyncIterator[Row]], Awaitable[int]]
) -> None:
    """Hand the rows of an export to a writer, which returns how many there were."""
    settings = settings_for_command(log_level="warning")
    with report_failures(chosen.path):
        recorded = _recorded(chosen, settings)
        rules = _rules(chosen.role, settings)
        count = asyncio.run(_run(kind, export, Extent(chosen.student, recorded), rules, write))
    err.print(f"{count:,} rows", highlight=False)
    if recorded.until is not None:
        err.print(f"next: --since {recorded.until.isoformat()}", highlight=False, soft_wrap=True)


@contextmanager
def report_failures(path: Path | None) -> Iterator[None]:
    """End the command with one line for failures, and for a file that cannot be written."""
    with report_errors():
        try:
            yield
        except InvalidInput as invalid:
            if invalid.field not in OPTIONS:
                stop(str(invalid), FAILED)
            stop(str(InvalidInput(OPTIONS[invalid.field], invalid.rule, invalid.value)), USAGE)
        except Failure as failure:
            stop(str(failure), FAILED)
        except OSError as error:
            stop(f"{path or 'standard output'}: {error.strerror or error}", FAILED)


async def _run(
    kind: ExportKind,
    export: Export,
    extent: Extent,
    rules: AnalystRules | None,
    write: Callable[[AsyncIterator[Row]], Awaitable[int]],
) -> int:
    async with behind() as running:
        if rules is None:
            return await write(export(running.gateway, extent))
        own = await extent_for_analysts(running.gateway, kind, extent, rules)
        return await write(pseudonymous(export(running.gateway, own), kind, rules))


def _rules(role: ExportRole, settings: Settings) -> AnalystRules | None:
    """The rules for analysts, if the export is for one.

    Raises:
        Forbidden: no key for pseudonyms is configured.
    """
    if role is ExportRole.ADMIN:
        return None
    rules = analyst_rules(settings)
    if rules is None:
        raise Forbidden("role", "needs GRAPH_API_PSEUDONYM_KEY, the key of pseudonyms", role.value)
    return rules


def _recorded(chosen: Chosen, settings: Settings) -> RecordedTime:
    """The window of recorded times. An answer is written at most this long after the time that it is recorded under."""
    delay = timedelta(seconds=settings.intake_give_up_seconds + settings.database_retry_seconds) + SPARE
    since, until = (
        None if text is None else moment_of(text, field)
        for field, text in (("since", chosen.since), ("until", chosen.until))
    )
    return recorded_between(since, until, utc_now() - delay)


def moment_of(text: str, field: str) -> datetime:
    """The time that an option names, in UTC.

    Raises:
        InvalidInput: it is no time with an offset.

    >>> moment_of("2026-01-31T09:30:00+01:00", "since").isoformat()
    '2026-01-31T08:30:00+00:00'
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidInput(field, "must be a time in ISO 8601, as in 2026-01-31T09:30:00Z", shown(text)) from None
    return in_utc(moment, field)
