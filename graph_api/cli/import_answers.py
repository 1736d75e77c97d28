"""`graph-api import answers`: the answers of a file."""

import asyncio
import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from graph_api.app.running import utc_now
from graph_api.cli.answer_flags import TimeUnit, usage
from graph_api.cli.console import FAILED, behind, out, progress_bar, report_errors, stop
from graph_api.cli.rejects import Notes, open_notes
from graph_api.domain.failures import Failure
from graph_api.store.gateway import DatabaseUnavailable
from graph_api.usecases.answers.answer_cells import NO_VALUES
from graph_api.usecases.answers.answer_columns import OPTIONS
from graph_api.usecases.answers.answer_files import FileRow
from graph_api.usecases.answers.answer_layouts import Layout
from graph_api.usecases.answers.derived_times import FIRST_TIME
from graph_api.usecases.answers.file_report import FIRST_ANSWERS, FileReport, answer_line, count_lines, layout_lines
from graph_api.usecases.answers.import_answers import BadRows, ImportAnswers, ImportReport
from graph_api.usecases.answers.import_options import OWN_COLUMNS, AnswerFile, ImportOptions, understand
from graph_api.usecases.answers.layout_files import layout_names
from graph_api.usecases.csv_rows import DELIMITERS
from graph_api.usecases.parameters.edit_policy_sets import read_evidence_set

INTERRUPTED = 130


def import_answers(  # noqa: PLR0913 - one per column
    path: Annotated[Path, typer.Argument(metavar="FILE", help="CSV, JSON lines or Parquet; plain, gzip, zstd or zip.")],
    *,
    layout: Annotated[
        str | None,
        typer.Option(help=f"{', '.join(layout_names())}, or a TOML file. Default: recognised from the file."),
    ] = None,
    changes: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="KEY=VALUE", help="Replace a key of the layout, as in times.zone='\"UTC\"'; repeat it."
        ),
    ] = None,
    metadata: Annotated[
        list[Path] | None,
        typer.Option(help="A file of questions or answers that the layout looks up, as questions.csv; repeat it."),
    ] = None,
    one_skill: Annotated[str | None, typer.Option(help="The skill that all answers of the file are about.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Record nothing: print the first ten answers as they would be recorded.")
    ] = False,
    evidence: Annotated[
        str | None,
        typer.Option(
            help="The evidence parameters that weigh the answers, as in first-attempt-v1, which is the default for "
            "datashop. Default: as the layout or the file names, else those in effect."
        ),
    ] = None,
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
    response_time_unit: Annotated[TimeUnit | None, typer.Option(help="The unit of response times. Default: s.")] = None,
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
        bool | None, typer.Option(help="Create unknown skills; the default for most layouts of other programs.")
    ] = None,
    skip_bad: Annotated[
        Path | None,
        typer.Option(metavar="REJECTS", help="Write bad rows and conflicts to this new CSV file and continue."),
    ] = None,
    **columns: str | None,
) -> None:
    """Record the answers of a file. Run it again to resume: no row is recorded twice.

    The layout is recognised from the file, and what was understood is printed first. The last line counts the rows:
    recorded + already present (same id, same content) + conflicts (same id, other content) + rejected, and those that
    the layout leaves out because they hold no answer. The exit code is 0 only if the whole file was read, no row
    conflicts, and every rejected row was written to the file that --skip-bad names.
    """
    options = ImportOptions(
        columns=columns,
        layout=layout,
        changes=changes or (),
        metadata=metadata or (),
        one_skill=one_skill,
        evidence=evidence,
        skill_prefix=skill_prefix,
        tag_separator=tag_separator,
        time_unit=time_unit and time_unit.value,
        time_zone=time_zone,
        response_time_unit=response_time_unit and response_time_unit.value,
        decimal_comma=decimal_comma,
        no_values=no_value,
        delimiter=delimiter,
        encoding=encoding,
        dataset=dataset,
        start=start,
        create_skills=create_skills,
    )
    with usage():
        file = understand(path, options)
    report = FileReport()

    def describe(layout: Layout) -> None:
        for line in layout_lines(layout, file.rules, is_recognised=file.is_recognised):
            out.print(line, markup=False, highlight=False, soft_wrap=True)

    rows = file.rows(report, describe)
    if dry_run:
        _preview(path, rows, report)
        return
    is_own = file.layout.parts.name == OWN_COLUMNS
    with report_errors(), open_notes(skip_bad, path) as notes:
        importing = _Import(file, notes, report, prints_counts=not is_own or file.is_recognised)
        importing.run(rows)
    if importing.report.conflicts:
        raise typer.Exit(FAILED)


def _preview(path: Path, rows: Iterator[FileRow], report: FileReport) -> None:
    """Read the whole file and print the first answers, the first bad rows and the counts; the database stays closed."""
    bad = 0
    try:
        with progress_bar() as bar:
            task = bar.add_task(path.name, total=path.stat().st_size)
            for row in rows:
                if isinstance(row.answer, Failure):
                    bad += 1
                    if bad <= FIRST_ANSWERS:
                        _print(f"line {row.line}: {row.answer.message}")
                elif report.answers <= FIRST_ANSWERS:
                    _print(answer_line(row, row.answer))
                if (report.answers + bad) % 1_000 == 0:
                    bar.update(task, completed=row.bytes_read)
            bar.update(task, completed=path.stat().st_size)
    except Failure as failure:
        stop(f"{path.name}: {failure}", FAILED)
    except OSError as error:
        stop(f"{path.name}: {error.strerror or error}", FAILED)
    for line in count_lines(report):
        _print(line)
    total = report.answers + report.bad + report.left_out_count
    _print(
        f"dry run, nothing was recorded; rows of the file: {total:,} = {report.answers:,} answers + "
        f"{report.bad:,} bad + {report.left_out_count:,} left out"
    )
    if report.bad:
        raise typer.Exit(FAILED)


def _print(line: str) -> None:
    out.print(line, markup=False, highlight=False, soft_wrap=True)


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

    file: AnswerFile
    notes: Notes
    counts: FileReport
    prints_counts: bool
    report: ImportReport = field(default_factory=ImportReport)

    def run(self, rows: Iterator[FileRow]) -> None:
        """Import, then print the outcome; ends the command if the file was not imported to its end."""
        try:
            asyncio.run(self._import(rows))
        except BadRows as bad:
            self._stop(f"{bad}\nstopped at line {bad.first_line}; correct the file or use --skip-bad, and run it again")
        except (Failure, DatabaseUnavailable) as failure:
            self._stop(f"{self.file.path.name}: {failure}")
        except OSError as error:
            self._stop(f"{self.file.path.name}: {error.strerror or error}")
        except KeyboardInterrupt:
            self._stop("interrupted; run it again to resume", INTERRUPTED)
        self.notes.print_rest()
        if self.prints_counts:
            for line in count_lines(self.counts):
                _print(line)
        _print(equation(self.report, left_out=self.counts.left_out_count))

    def _stop(self, message: str, code: int = FAILED) -> None:
        self.notes.print_rest()
        stop(f"{message}\n{equation(self.report, left_out=self.counts.left_out_count, is_whole=False)}", code)

    async def _import(self, rows: Iterator[FileRow]) -> None:
        size = self.file.path.stat().st_size
        async with behind() as running:
            if self.file.layout.evidence_id is not None:
                await read_evidence_set(running.gateway, self.file.layout.evidence_id, "--evidence")
            with progress_bar() as bar:
                task = bar.add_task(self.file.path.name, total=size)
                use_case = ImportAnswers(
                    running.gateway,
                    utc_now,
                    running.topic_set,
                    self.file.create_skills,
                    self.notes.reject if self.notes.is_file else None,
                    self.notes.conflict,
                    self.file.earlier_dataset,
                    report=self.report,
                )
                await use_case(rows, lambda _report, bytes_read: bar.update(task, completed=bytes_read))
                bar.update(task, completed=size)


def equation(report: ImportReport, *, left_out: int = 0, is_whole: bool = True) -> str:
    """The counts of an import, which always add up. `left_out` rows hold no answer.

    >>> equation(ImportReport(recorded=3, duplicates=2, conflicts=1))
    'rows of the file: 6 = 3 recorded + 2 already present + 1 conflicts + 0 rejected'
    """
    counts = (
        f"{report.rows + left_out:,} = {report.recorded:,} recorded + {report.duplicates:,} already present + "
        f"{report.conflicts:,} conflicts + {report.rejected:,} rejected"
    )
    counts += f" + {left_out:,} left out" if left_out else ""
    if is_whole:
        return f"rows of the file: {counts}"
    untried = (
        f"; {report.untried:,} good rows beside them were not recorded; the next run takes them"
        if report.untried
        else ""
    )
    return f"rows read before the import stopped: {counts}{untried}"
