"""Import an uploaded answer file in a run: with progress, cancellable, safe to repeat; or preview it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any, Self

from graph_api.domain.failures import Failure, InvalidInput
from graph_api.domain.operations.runs import Algorithm, Run
from graph_api.domain.parameters.topic_parameters import TopicParameterSet
from graph_api.store.gateway import Gateway
from graph_api.usecases.answers.answer_files import FileRow
from graph_api.usecases.answers.answer_layouts import Layout
from graph_api.usecases.answers.file_report import FIRST_ANSWERS, FileReport, answer_line, count_lines, layout_lines
from graph_api.usecases.answers.import_answers import BadRows, ImportAnswers, ImportReport, Taken, take
from graph_api.usecases.answers.import_options import AnswerFile, with_field_names
from graph_api.usecases.parameters.edit_policy_sets import read_evidence_set
from graph_api.usecases.run_ledger import KeptRun, recorded_run

VERSION = "1"
STEP = "recording answers"
BATCH = 200
"""Rows that one transaction records: fewer than on the command line, because other requests wait meanwhile."""
MOST_NAMED = 20
"""Rejected rows and conflicts that the output of a run names."""


class OpenFile:
    """An answer file of which the first row was read, in a thread of its own.

    Readers belong to the thread that opened them, and unpacking and parsing must not hold the event loop.
    """

    def __init__(self, file: AnswerFile) -> None:
        self.file = file
        self.report = FileReport()
        self.size = file.path.stat().st_size
        self.lines: list[str] = []
        """The layout in words, as the file has it."""
        self._first: list[FileRow] = []
        self._rows = file.rows(self.report, self._describe)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="upload")

    async def __aenter__(self) -> Self:
        """Open the file.

        Raises:
            BadFile: it cannot be read, or lacks a column that its layout requires.
        """
        try:
            self._first = [row async for row in self._begin()]
        except BaseException:
            await self.__aexit__()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close the file in its thread, after what is running there."""
        self._thread.submit(self._rows.close)
        self._thread.shutdown(wait=False)

    def rows(self) -> Iterator[FileRow]:
        """Every row."""
        return chain(self._first, self._rows)

    async def batches(self, size: int) -> AsyncIterator[list[FileRow]]:
        """Every row, `size` at a time.

        Raises:
            BadFile: the file is damaged; the rows before came already.
        """
        rows, end = self.rows(), None
        while end is None:
            batch, end = await self.take(rows, size)
            if not batch:
                break
            yield batch
        if end is not None:
            raise end

    async def take(self, rows: Iterator[FileRow], size: int) -> Taken:
        """The next rows, read in the thread."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, take, rows, size)

    async def _begin(self) -> AsyncIterator[FileRow]:
        """The first row, if there is one."""
        first, end = await self.take(self._rows, 1)
        if end is not None:
            raise end
        for row in first:
            yield row

    def _describe(self, layout: Layout) -> None:
        file = self.file
        self.lines = list(map(with_field_names, layout_lines(layout, file.rules, is_recognised=file.is_recognised)))


def import_run(run_id: str, file: OpenFile, trigger: str, now: datetime, *, skip_bad: bool) -> Run:
    """The run of an import. It does not name the file or its rows, which may name students."""
    of = file.file
    parameters = {
        "layout": of.layout.parts.name,
        "createSkills": of.create_skills,
        "skipBad": skip_bad,
        "evidence": of.layout.evidence_id,
    }
    given = {"dataset": of.dataset, "bytes": file.size}
    return Run(run_id, Algorithm.IMPORT_ANSWERS, VERSION, parameters, trigger, now, input=given)


@dataclass(frozen=True, slots=True)
class ImportUpload:
    """The use case: record the answers of an uploaded file in a run, whose output counts and names rejected rows."""

    gateway: Gateway
    clock: Callable[[], datetime]
    topic_set: TopicParameterSet
    batch: int = BATCH

    async def check(self, file: OpenFile) -> None:
        """Refuse what no import of the file can do.

        Raises:
            ParameterSetNotFound: the evidence parameters are not stored.
        """
        if file.file.layout.evidence_id is not None:
            await read_evidence_set(self.gateway, file.file.layout.evidence_id)

    async def __call__(self, file: OpenFile, run: Run, *, skip_bad: bool) -> Mapping[str, Any]:
        """Import the file; returns the output of the run.

        Raises:
            InvalidInput: a row cannot be recorded and `skip_bad` is False, or the file is damaged; the rows before
                were recorded, so that the same upload with a corrected file resumes.
            RunCancelled: the run was cancelled; what was recorded stays.
        """
        rejected, conflicts = NamedRows(), NamedRows()
        use_case = ImportAnswers(
            self.gateway,
            self.clock,
            self.topic_set,
            file.file.create_skills,
            rejected.name if skip_bad else None,
            conflicts.name,
            file.file.earlier_dataset,
            batch=self.batch,
            take=file.take,
        )
        async with recorded_run(self.gateway, run, self.clock) as recorded:
            size = file.size

            def note(report: ImportReport, bytes_read: int) -> None:
                recorded.report(STEP, min(bytes_read, size), size)
                _put_output(recorded, report, file.report, rejected, conflicts)

            try:
                await use_case(file.rows(), note)
            except BadRows as bad:
                rejected.rows = [_named(row, failure) for row, failure in bad.faults[:MOST_NAMED]]
                first = rejected.rows[0]
                rule = f"{first['rule']}; correct the file or send skipBad, and send it again"
                raise InvalidInput(f"line {first['line']}, {first['field']}", rule) from None
            except InvalidInput as invalid:
                raise InvalidInput(invalid.field, with_field_names(invalid.rule)) from None
            finally:
                note(use_case.report, recorded.progress.done)
            recorded.report(STEP, size, size)
        return recorded.output


class NamedRows:
    """The first rows of one outcome: line, column, rule and code.

    Values are left out: runs are kept, and a value may name a student who is erased later.
    """

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []

    def name(self, row: FileRow, failure: Failure) -> None:
        """Note a row, unless enough rows are named."""
        if len(self.rows) < MOST_NAMED:
            self.rows.append(_named(row, failure))


def _named(row: FileRow, failure: Failure) -> dict[str, Any]:
    return {"line": row.line, "field": failure.field, "rule": with_field_names(failure.rule), "code": failure.code}


def _put_output(
    recorded: KeptRun, report: ImportReport, counts: FileReport, rejected: NamedRows, conflicts: NamedRows
) -> None:
    """The outcome so far. Each row read is in one of the counts."""
    recorded.output.update(
        rows=report.rows + counts.left_out_count,
        recorded=report.recorded,
        alreadyPresent=report.duplicates,
        conflicts=report.conflicts,
        rejected=report.rejected,
        leftOut=counts.left_out_count,
        untried=report.untried,
        rejectedRows=rejected.rows,
        conflictRows=conflicts.rows,
        leftOutRows=_left_out(counts),
    )


def _left_out(report: FileReport) -> list[dict[str, Any]]:
    return [
        {"reason": reason, "count": rows.count, "firstLine": rows.first_line}
        for reason, rows in report.left_out.items()
    ]


async def preview(file: OpenFile) -> dict[str, Any]:
    """What an import would read, as a dry run of the command prints it. The database is not used.

    Raises:
        BadFile: the file is damaged.
    """
    answers: list[str] = []
    rejected: list[dict[str, Any]] = []
    async for batch in file.batches(BATCH):
        for row in batch:
            if isinstance(row.answer, Failure):
                if len(rejected) < FIRST_ANSWERS:
                    rejected.append({**_named(row, row.answer), "value": row.answer.value})
            elif len(answers) < FIRST_ANSWERS:
                answers.append(answer_line(row, row.answer))
    report = file.report
    return {
        "layout": file.lines,
        "counts": count_lines(report),
        "rows": report.answers + report.bad + report.left_out_count,
        "answers": report.answers,
        "rejected": report.bad,
        "leftOut": report.left_out_count,
        "firstAnswers": answers,
        "rejectedRows": rejected,
        "leftOutRows": _left_out(report),
    }
