"""Import answers from a file: streaming, resumable and idempotent, because every row has an event id."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import TypeAlias

from graph_api.domain.answers import Answer, AnswerInput
from graph_api.domain.course import Skill
from graph_api.domain.failures import Failure
from graph_api.domain.order import UNRECORDED
from graph_api.store import answers as answer_store
from graph_api.store import skills
from graph_api.store.gateway import Gateway
from graph_api.usecases.answer_batch import Outcome, Submission
from graph_api.usecases.answer_files import FileRow
from graph_api.usecases.edit_course import upsert_skills
from graph_api.usecases.record_answers import RecordAnswers, received

BATCH = 1_000


@dataclass(slots=True)
class ImportReport:
    """What became of the rows."""

    recorded: int = 0
    duplicates: int = 0
    rejected: int = 0

    @property
    def rows(self) -> int:
        """All rows that were read."""
        return self.recorded + self.duplicates + self.rejected


class BadRows(Exception):
    """Rows that cannot be recorded, line and reason; the rows before their batch are recorded."""

    def __init__(self, faults: Sequence[tuple[FileRow, Failure]], report: ImportReport) -> None:
        super().__init__("\n".join(f"line {row.line}: {failure.message}" for row, failure in faults))
        self.report = report


Reject: TypeAlias = Callable[[FileRow, Failure], None]


@dataclass(slots=True)
class ImportAnswers:
    """The use case. `reject` is handed rows that cannot be recorded; without it they stop the import."""

    gateway: Gateway
    clock: Callable[[], datetime]
    create_skills: bool = False
    reject: Reject | None = None
    _known_skills: set[str] = field(default_factory=set)
    _last_recorded_at: datetime = UNRECORDED

    async def __call__(
        self, rows: Iterator[FileRow], on_progress: Callable[[ImportReport, int], None] = lambda _report, _bytes: None
    ) -> ImportReport:
        """Record the answers of a file, a batch in a transaction.

        `on_progress` is told the report and how many bytes of the file were read.

        Raises:
            BadRows: rows cannot be recorded, and there is no `reject`.
            DatabaseUnavailable: run it again to go on.
        """
        record, report, seen_before = RecordAnswers(self.gateway), ImportReport(), False
        while batch := list(islice(rows, BATCH)):
            faults = [(row, row.answer) for row in batch if isinstance(row.answer, Failure)]
            self._refuse(faults, report)
            good = [(row, row.answer) for row in batch if not isinstance(row.answer, Failure)]
            if seen_before:  # a repeated import: looking first is cheaper than being refused
                known = await self._known(good)
                report.duplicates += len(known)
                good = [(row, sent) for row, sent in good if sent.id not in known]
            if self.create_skills:
                await self._create_skills(good)
            outcomes = await self._record(record, good)
            failed = [
                (row, outcome) for (row, _), outcome in zip(good, outcomes, strict=True) if isinstance(outcome, Failure)
            ]
            duplicates = sum(1 for outcome in outcomes if not isinstance(outcome, Failure) and outcome.duplicate)
            seen_before = seen_before or duplicates > 0
            report.duplicates += duplicates
            report.recorded += len(outcomes) - duplicates - len(failed)
            self._refuse(failed, report)
            on_progress(report, batch[-1].bytes_read)
        return report

    def _refuse(self, faults: Sequence[tuple[FileRow, Failure]], report: ImportReport) -> None:
        if not faults:
            return
        if self.reject is None:
            raise BadRows(faults, report)
        for row, failure in faults:
            self.reject(row, failure)
        report.rejected += len(faults)

    async def _record(self, record: RecordAnswers, good: Sequence[tuple[FileRow, AnswerInput]]) -> list[Outcome]:
        """Record rows in file order: lines are sequence numbers, and recording times never decrease."""
        now = self._last_recorded_at = max(self.clock(), self._last_recorded_at)
        outcomes: dict[int, Outcome] = {}
        answers: dict[int, Answer] = {}
        for place, (row, item) in enumerate(good):
            try:
                answers[place] = received(item, "", now, row.line)
            except Failure as failure:
                outcomes[place] = failure
        if answers:
            (recorded,) = await record([Submission(list(answers.values()))])
            outcomes |= dict(zip(answers, recorded, strict=True))
        return [outcomes[place] for place in range(len(good))]

    async def _known(self, good: Sequence[tuple[FileRow, AnswerInput]]) -> set[str]:
        keys = [(sent.student_id, sent.id or "") for _, sent in good]
        return await self.gateway.read(lambda tx: answer_store.read_known_ids(tx, keys)) if keys else set()

    async def _create_skills(self, good: Sequence[tuple[FileRow, AnswerInput]]) -> None:
        wanted = {code for _, sent in good for code in sent.skill_codes} - self._known_skills
        if not wanted:
            return
        stored = await self.gateway.read(lambda tx: skills.read_by_codes(tx, wanted))
        missing = [Skill(code, code, "imported") for code in sorted(wanted - stored.keys())]
        if missing:
            await upsert_skills(self.gateway, missing, self.clock())
        self._known_skills |= wanted
