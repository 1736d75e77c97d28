"""`graph-api import answers`: the answers of a CSV file."""

import asyncio
import contextlib
import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from graph_api.app.running import utc_now
from graph_api.cli.console import FAILED, USAGE, behind, out, progress_bar, report_errors, stop
from graph_api.cli.rejects import Notes, open_notes
from graph_api.domain.failures import Failure
from graph_api.domain.text import identifier
from graph_api.store.gateway import DatabaseUnavailable
from graph_api.usecases.answers.answer_cells import NO_VALUES, CellRules
from graph_api.usecases.answers.answer_columns import OPTIONAL, OPTIONS
from graph_api.usecases.answers.answer_files import FileRow, dataset_name, read_answers
from graph_api.usecases.answers.answer_layouts import LAYOUTS, Layout
from graph_api.usecases.answers.derived_times import FIRST_TIME
from graph_api.usecases.answers.import_answers import BadRows, ImportAnswers, ImportReport
from graph_api.usecases.answers.skill_names import check_prefix
from graph_api.usecases.csv_rows import DELIMITERS, check_encoding

INTERRUPTED = 130


class TimeUnit(StrEnum):
    """Units of numbers that are times."""

    S = "s"
    MS = "ms"
    US = "us"


def import_answers(  # noqa: PLR0913 - one per column
    path: Annotated[Path, typer.Argument(metavar="FILE", help="CSV with a header, or JSON lines; plain or gzipped.")],
    *,
    layout: Annotated[str, typer.Option(help=f"Columns by name: {', '.join(LAYOUTS)}.")] = "export",
    skill_prefix: Annotated[str | None, typer.Option(help="What goes before every skill code.")] = None,
    tag_separator: Annotated[
        str | None, typer.Option(help="What splits a cell of several skills or concepts, as in '~~'; '' for nothing.")
    ] = None,
    time_unit: Annotated[
        TimeUnit | None, typer.Option(help="The unit of times that are numbers since 1970-01-01 UTC.")
    ] = None,
    time_zone: Annotated[
        str | None, typer.Option(help="The zone of times without an offset, as in UTC or Europe/Berlin.")
    ] = None,
    response_time_unit: Annotated[TimeUnit, typer.Option(help="The unit of response times.")] = TimeUnit.S,
    decimal_comma: Annotated[bool, typer.Option("--decimal-comma", help="Read 12,5 as a number.")] = False,
    no_value: Annotated[
        list[str] | None,
        typer.Option(help=f"A cell that stands for no value; repeat it. Default: {' '.join(sorted(NO_VALUES))}"),
    ] = None,
    delimiter: Annotated[
        str | None, typer.Option(help=f"{', '.join(DELIMITERS)}, or a character. Default: detected from the header.")
    ] = None,
    encoding: Annotated[
        str | None,
        typer.Option(help="The encoding, as in cp1252. Default: UTF-8, or UTF-16/32 with a byte order mark."),
    ] = None,
    dataset: Annotated[
        str | None, typer.Option(help="What generated event ids begin with. Default: the name of the file.")
    ] = None,
    start: Annotated[datetime, typer.Option(help="When answers without times begin, UTC.")] = FIRST_TIME,
    create_skills: Annotated[
        bool | None, typer.Option(help="Create unknown skills; the default for assistments and pybkt.")
    ] = None,
    skip_bad: Annotated[
        Path | None,
        typer.Option(metavar="REJECTS", help="Write bad rows and conflicts to this new CSV file and continue."),
    ] = None,
    **columns: str | None,
) -> None:
    """Record the answers of a file. Run it again to resume: no row is recorded twice.

    The last line counts the rows: recorded + already present (same id, same content) + conflicts (same id, other
    content) + rejected. The exit code is 0 only if the whole file was read, no row conflicts, and every rejected row
    was written to the file that --skip-bad names.
    """
    mapped, optional = _mapped(layout, columns, skill_prefix)
    rules = _rules(tag_separator, time_unit, time_zone, response_time_unit, no_value, decimal_comma=decimal_comma)
    name = dataset or dataset_name(path)
    with _usage("--dataset"):
        identifier(f"{name}:1", "dataset")
    if encoding is not None:
        with _usage("--encoding"):
            check_encoding(encoding)
    rows = read_answers(
        path, mapped, name, start.replace(tzinfo=start.tzinfo or FIRST_TIME.tzinfo), rules,
        optional=optional, encoding=encoding, delimiter=DELIMITERS.get(delimiter or "", delimiter),
    )  # fmt: skip
    earlier = path.name.split(".")[0]
    generated = mapped.id is None or (mapped.id == "id" and columns.get("id") is None and "id" in optional)
    with report_errors(), open_notes(skip_bad, path) as notes:
        importing = _Import(
            path,
            notes,
            create_skills=layout != "export" if create_skills is None else create_skills,
            earlier_dataset=earlier if dataset is None and generated and earlier not in {"", name} else None,
        )
        importing.run(rows)
    if importing.report.conflicts:
        raise typer.Exit(FAILED)


def _with_column_options(command: Callable[..., None]) -> inspect.Signature:
    """The parameters of the command with one option for each column of answer files, after `--layout`."""
    signature = inspect.signature(command, eval_str=True)
    own = [each for each in signature.parameters.values() if each.kind is not inspect.Parameter.VAR_KEYWORD]
    options = [
        inspect.Parameter(
            column.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=None,
            annotation=Annotated[str | None, typer.Option(f"--{column.name.replace('_', '-')}", help=column.help)],
        )
        for column in OPTIONS
    ]
    place = [each.name for each in own].index("layout") + 1
    return signature.replace(parameters=[*own[:place], *options, *own[place:]])


import_answers.__signature__ = _with_column_options(import_answers)  # type: ignore[attr-defined]  # typer reads it


@dataclass(slots=True)
class _Import:
    """One run of the command: it ends with the equation, whatever happens."""

    path: Path
    notes: Notes
    create_skills: bool
    earlier_dataset: str | None
    report: ImportReport = field(default_factory=ImportReport)

    def run(self, rows: Iterator[FileRow]) -> None:
        """Import, then print the outcome; ends the command if the file was not imported to its end."""
        try:
            asyncio.run(self._import(rows))
        except BadRows as bad:
            self._stop(f"{bad}\nstopped at line {bad.first_line}; correct the file or use --skip-bad, and run it again")
        except (Failure, DatabaseUnavailable) as failure:
            self._stop(f"{self.path.name}: {failure}")
        except OSError as error:
            self._stop(f"{self.path.name}: {error.strerror or error}")
        except KeyboardInterrupt:
            self._stop("interrupted; run it again to resume", INTERRUPTED)
        self.notes.print_rest()
        out.print(equation(self.report), highlight=False, soft_wrap=True)

    def _stop(self, message: str, code: int = FAILED) -> None:
        self.notes.print_rest()
        stop(f"{message}\n{equation(self.report, is_whole=False)}", code)

    async def _import(self, rows: Iterator[FileRow]) -> None:
        size = self.path.stat().st_size
        async with behind() as running:
            with progress_bar() as bar:
                task = bar.add_task(self.path.name, total=size)
                use_case = ImportAnswers(
                    running.gateway,
                    utc_now,
                    running.topic_set,
                    self.create_skills,
                    self.notes.reject if self.notes.is_file else None,
                    self.notes.conflict,
                    self.earlier_dataset,
                    report=self.report,
                )
                await use_case(rows, lambda _report, bytes_read: bar.update(task, completed=bytes_read))
                bar.update(task, completed=size)


def equation(report: ImportReport, *, is_whole: bool = True) -> str:
    """The counts of an import, which always add up.

    >>> equation(ImportReport(recorded=3, duplicates=2, conflicts=1))
    'rows of the file: 6 = 3 recorded + 2 already present + 1 conflicts + 0 rejected'
    """
    counts = (
        f"{report.rows:,} = {report.recorded:,} recorded + {report.duplicates:,} already present + "
        f"{report.conflicts:,} conflicts + {report.rejected:,} rejected"
    )
    if is_whole:
        return f"rows of the file: {counts}"
    untried = (
        f"; {report.untried:,} good rows beside them were not recorded; the next run takes them"
        if report.untried
        else ""
    )
    return f"rows read before the import stopped: {counts}{untried}"


def _mapped(layout: str, given: dict[str, str | None], skill_prefix: str | None) -> tuple[Layout, frozenset[str]]:
    """The layout with the columns that flags name, and which columns the file may lack.

    An empty column takes it away. Once flags name columns, those of the layout that they do not name are optional.
    """
    if layout not in LAYOUTS:
        stop(f"--layout: must be one of {', '.join(LAYOUTS)} (got {layout!r})", USAGE)
    columns = {name: column or None for name, column in given.items() if column is not None}
    for name in ("student", "correct"):
        if columns.get(name, "") is None:
            stop(f"--{name}: must name a column", USAGE)
    if columns.get("at") and columns.get("order"):
        stop("--at and --order: name one of them, not both", USAGE)
    for name, other in (("at", "order"), ("order", "at")):
        if columns.get(name):
            columns.setdefault(other, None)
    if skill_prefix is not None:
        with _usage("--skill-prefix"):
            check_prefix(skill_prefix)
    mapped = LAYOUTS[layout].with_columns(columns, skill_prefix)
    others = frozenset(given) - columns.keys() - {"student", "correct"} if columns else frozenset[str]()
    return mapped, OPTIONAL - columns.keys() | others


def _rules(  # noqa: PLR0913 - one per flag
    tag_separator: str | None,
    time_unit: TimeUnit | None,
    time_zone: str | None,
    response_time_unit: TimeUnit,
    no_value: list[str] | None,
    *,
    decimal_comma: bool,
) -> CellRules:
    try:
        zone = ZoneInfo(time_zone) if time_zone else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        stop(f"--time-zone: must name a time zone, as in UTC or Europe/Berlin (got {time_zone!r})", USAGE)
    return CellRules(
        tag_separator=tag_separator,
        time_unit=time_unit.value if time_unit else None,
        time_zone=zone,
        decimal_comma=decimal_comma,
        response_time_unit=response_time_unit.value,
        no_values=NO_VALUES if no_value is None else frozenset(no_value),
    )


@contextlib.contextmanager
def _usage(flag: str) -> Iterator[None]:
    try:
        yield
    except Failure as failure:
        stop(f"{flag}: {failure.rule} (got {failure.value!r})" if failure.value else f"{flag}: {failure.rule}", USAGE)
