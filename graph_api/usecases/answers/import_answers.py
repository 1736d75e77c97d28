"""Import answers from a file: streaming, resumable and idempotent, because every row has an event id.

rows read = recorded + already present + conflicts + rejected (+ untried, if bad rows stopped the import).
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeAlias

from graph_api.domain.answers.answers import Answer, AnswerInput, Recorded, not_in_future
from graph_api.domain.answers.order import UNRECORDED
from graph_api.domain.course.course import Skill
from graph_api.domain.failures import AnswerIdConflict, Failure, InvalidInput, NotRecorded, SkillNotFound
from graph_api.domain.parameters.topic_parameters import TopicParameterSet
from graph_api.domain.text import NAME_LENGTH
from graph_api.store import answers as answer_store
from graph_api.store import masteries, skills
from graph_api.store.gateway import Gateway
from graph_api.usecases.answers.answer_batch import Outcome, Submission
from graph_api.usecases.answers.answer_files import FileRow
from graph_api.usecases.answers.compare_answers import differences
from graph_api.usecases.answers.derived_times import time_after
from graph_api.usecases.answers.record_answers import RecordAnswers, received
from graph_api.usecases.course.edit_course import upsert_skills
from graph_api.usecases.csv_rows import BadFile

BATCH = 1_000


@dataclass(slots=True)
class ImportReport:
    """How many rows had which outcome. `untried` rows are in a batch that bad rows stopped: a later run takes them."""

    recorded: int = 0
    duplicates: int = 0
    conflicts: int = 0
    rejected: int = 0
    untried: int = 0

    @property
    def rows(self) -> int:
        """All rows that were read and have an outcome."""
        return self.recorded + self.duplicates + self.conflicts + self.rejected


class BadRows(Exception):
    """Rows that cannot be recorded, line and reason. Nothing of their batch was recorded; all before it was settled."""

    def __init__(self, faults: Sequence[tuple[FileRow, Failure]], report: ImportReport) -> None:
        super().__init__("\n".join(f"line {row.line}: {failure.message}" for row, failure in faults))
        self.faults = faults
        self.report = report
        self.first_line = min(row.line for row, _ in faults)


Reject: TypeAlias = Callable[[FileRow, Failure], None]
Good: TypeAlias = tuple[FileRow, AnswerInput]
Fault: TypeAlias = tuple[FileRow, Failure]
Taken: TypeAlias = tuple[list[FileRow], BadFile | None]
"""The next rows of a file, and why there are no more if the file is damaged."""


async def take_here(rows: Iterator[FileRow], size: int) -> Taken:
    """Read the next rows on the event loop, for a process that does nothing else."""
    return take(rows, size)


@dataclass(slots=True)
class ImportAnswers:
    """The use case. `report` holds the outcome so far, also when a call raises.

    `reject` is called with each row that cannot be recorded; without it such rows stop the import, and nothing of their
    batch is recorded. `on_conflict`, else `reject`, is called with each row whose id is recorded with other content;
    these never stop the import. `earlier_dataset` is how ids of this file began in an earlier version: if its answers
    are recorded under such ids, the import is refused, because it would count them twice. `take` reads the next rows.
    """

    gateway: Gateway
    clock: Callable[[], datetime]
    topic_set: TopicParameterSet
    create_skills: bool = False
    reject: Reject | None = None
    on_conflict: Reject | None = None
    earlier_dataset: str | None = None
    batch: int = BATCH
    take: Callable[[Iterator[FileRow], int], Awaitable[Taken]] = take_here
    report: ImportReport = field(default_factory=ImportReport)
    _known_skills: set[str] = field(default_factory=set)
    _seen_before: bool = False
    _last_recorded_at: datetime = UNRECORDED

    async def __call__(
        self, rows: Iterator[FileRow], on_progress: Callable[[ImportReport, int], None] = lambda _report, _bytes: None
    ) -> ImportReport:
        """Record the answers of a file, a batch in a transaction.

        `on_progress` is called with the report and how many bytes of the file were read.

        Raises:
            BadRows: rows cannot be recorded, and there is no `reject`.
            BadFile: the file cannot be read any further; the rows before were imported.
            InvalidInput: the file was imported by an earlier version, under other ids.
            DatabaseUnavailable: run it again to resume.
        """
        record, is_first = RecordAnswers(self.gateway, self.topic_set), True
        end: BadFile | None = None
        while end is None:
            batch, end = await self.take(rows, self.batch)
            if not batch:
                break
            faults = [(row, row.answer) for row in batch if isinstance(row.answer, Failure)]
            good = [(row, row.answer) for row in batch if not isinstance(row.answer, Failure)]
            faults, good = await self._check_times(faults, good)
            self._refuse(faults, untried=len(good))
            if is_first and self.earlier_dataset is not None:
                await self._check_earlier_dataset(good, self.earlier_dataset)
            if self.create_skills:
                await self._create_skills(good)
            await self._settle(record, good)
            on_progress(self.report, batch[-1].bytes_read)
            is_first = False
        if end is not None:
            raise end
        return self.report

    async def _check_times(self, faults: list[Fault], good: list[Good]) -> tuple[list[Fault], list[Good]]:
        """Faults, and good rows, after a look at the times of rows: one in the future is a fault of this run.

        Rows whose ids are recorded are left: they are conflicts, which do not stop an import.
        """
        now, early = self.clock(), {}
        for row, sent in _split_repeats(good)[0]:
            try:
                if sent.at is not None:
                    not_in_future(sent.at, now)
            except Failure as failure:
                early[row.number] = failure
        if not early:
            return list(faults), list(good)
        stored = await self._stored([item for item in good if item[0].number in early])
        refused = [
            (row, early[row.number])
            for row, sent in good
            if row.number in early and (sent.student_id, sent.id or "") not in stored
        ]
        numbers = {row.number for row, _ in refused}
        ordered = sorted([*faults, *refused], key=lambda fault: fault[0].number)
        return ordered, [item for item in good if item[0].number not in numbers]

    def _refuse(self, faults: Sequence[tuple[FileRow, Failure]], *, untried: int) -> None:
        if not faults:
            return
        named = [(row, _in_words_of_the_file(row, failure)) for row, failure in faults]
        self.report.rejected += len(faults)
        if self.reject is None:
            self.report.untried += untried
            raise BadRows(named, self.report)
        for row, failure in named:
            self.reject(row, failure)

    async def _settle(self, record: RecordAnswers, good: Sequence[Good], *, look: bool = False) -> None:
        """Give each row its outcome. An id that the batch uses again is looked at when its first row is recorded."""
        waiting, again = _split_repeats(good)
        if look or self._seen_before:
            waiting = await self._settle_stored(waiting)
        latest = await self._latest_times(waiting)
        if not look and any(_follows(row, latest) for row, _ in waiting):
            waiting = await self._settle_stored(waiting)  # times are derived for rows that are new, and no others
        while waiting:
            waiting = await self._settle_recorded(record, waiting, latest, len(again))
        if again:
            await self._settle(record, again, look=True)

    async def _settle_stored(self, good: Sequence[Good]) -> list[Good]:
        """Settle rows whose ids are recorded: already present or conflicts. Returns the others."""
        stored = await self._stored(good)
        unknown = []
        for row, sent in good:
            match = stored.get((sent.student_id, sent.id or ""))
            if match is None:
                unknown.append((row, sent))
            else:
                self._compare(row, sent, match.answer)
        return unknown

    async def _settle_recorded(
        self, record: RecordAnswers, good: Sequence[Good], latest: Mapping[str, datetime], others: int
    ) -> list[Good]:
        """Record rows and settle them; returns rows to record again because conflicts stopped their atomic batch."""
        outcomes = list(zip(good, await self._record(record, good, latest), strict=True))
        used = [item for item, outcome in outcomes if isinstance(outcome, AnswerIdConflict)]
        if used:
            self._seen_before = True
            for row, sent in await self._settle_stored(used):
                self._note_conflict(row, sent, ["it is recorded for another student"])
        failures = {
            row.number: outcome
            for (row, _), outcome in outcomes
            if isinstance(outcome, Failure) and not isinstance(outcome, AnswerIdConflict | NotRecorded)
        }
        refused = await self._settle_stored([item for item, _ in outcomes if item[0].number in failures])
        failed = [(row, failures[row.number]) for row, _ in refused]
        settled = len(used) + len(failures) - len(failed)
        is_atomic = self.reject is None
        if is_atomic and failed:
            self._refuse(failed, untried=len(good) - settled - len(failed) + others)
        if is_atomic and settled:
            return [item for item, outcome in outcomes if isinstance(outcome, Recorded | NotRecorded)]
        self._refuse(failed, untried=0)
        recorded = [outcome for _, outcome in outcomes if isinstance(outcome, Recorded)]
        duplicates = sum(outcome.duplicate for outcome in recorded)
        self._seen_before = self._seen_before or duplicates > 0
        self.report.duplicates += duplicates
        self.report.recorded += len(recorded) - duplicates
        return []

    def _compare(self, row: FileRow, sent: AnswerInput, stored: Answer) -> None:
        if changed := differences(sent, stored, row.layout.columns()):
            self._note_conflict(row, sent, changed)
        else:
            self.report.duplicates += 1

    def _note_conflict(self, row: FileRow, sent: AnswerInput, changed: Sequence[str]) -> None:
        self.report.conflicts += 1
        rule = f"is recorded with other content: {'; '.join(changed)}"
        note = self.on_conflict or self.reject
        if note is not None:
            note(row, AnswerIdConflict(row.column_of("id"), rule, sent.id or ""))

    async def _record(
        self, record: RecordAnswers, good: Sequence[Good], latest: Mapping[str, datetime]
    ) -> list[Outcome]:
        """Record rows, without `reject` all or nothing; recording times never decrease.

        The numbers of rows, which are lines as a rule, are sequence numbers.
        """
        now = self._last_recorded_at = max(self.clock(), self._last_recorded_at)
        last = dict(latest)
        outcomes: dict[int, Outcome] = {}
        answers: dict[int, Answer] = {}
        for place, (row, item) in enumerate(good):
            try:
                answer = received(item, "", now, row.number)
            except Failure as failure:
                outcomes[place] = failure
                continue
            if row.earliest is not None:
                at = last[item.student_id] = time_after(last.get(item.student_id), row.earliest)
                answer = replace(answer, at=at)
            answers[place] = answer
        if self.reject is None and outcomes:
            return [outcomes.get(place, NotRecorded("row", "not tried")) for place in range(len(good))]
        if answers:
            (recorded,) = await record([Submission(list(answers.values()), atomic=self.reject is None)])
            outcomes |= dict(zip(answers, recorded, strict=True))
        return [outcomes[place] for place in range(len(good))]

    async def _latest_times(self, good: Sequence[Good]) -> dict[str, datetime]:
        ids = {sent.student_id for row, sent in good if row.earliest is not None}
        return await self.gateway.read(lambda tx: masteries.read_latest_times(tx, ids)) if ids else {}

    async def _stored(self, good: Sequence[Good]) -> dict[tuple[str, str], Recorded]:
        keys = [(sent.student_id, sent.id or "") for _, sent in good]
        stored = await self.gateway.read(lambda tx: answer_store.read_by_ids(tx, keys)) if keys else {}
        return {(each.answer.student_id, key): each for key, each in stored.items()}

    async def _check_earlier_dataset(self, good: Sequence[Good], dataset: str) -> None:
        renamed = [(row, replace(sent, id=f"{dataset}:{row.line}")) for row, sent in good]
        stored = await self._stored(renamed)
        for row, sent in renamed:
            match = stored.get((sent.student_id, sent.id or ""))
            if match is not None and not differences(sent, match.answer, row.layout.columns()):
                rule = (
                    f"line {row.line} is recorded as {sent.id!r}, as an earlier version named it: use "
                    f"--dataset {dataset} to resume that import, or another --dataset if this is another file"
                )
                raise InvalidInput("dataset", rule)

    async def _create_skills(self, good: Sequence[Good]) -> None:
        names = {
            code: name for row, _ in good for code, name in row.skill_names.items() if code not in self._known_skills
        }
        if not names:
            return
        stored = await self.gateway.read(lambda tx: skills.read_by_codes(tx, names))
        missing = [_imported_skill(code, names[code]) for code in sorted(names.keys() - stored.keys())]
        for start in range(0, len(missing), BATCH):
            await upsert_skills(self.gateway, missing[start : start + BATCH], self.clock())
        self._known_skills |= names.keys()


def take(rows: Iterator[FileRow], size: int) -> Taken:
    """At most `size` rows from here on; fewer at the end of the file."""
    batch: list[FileRow] = []
    try:
        for row in rows:
            batch.append(row)
            if len(batch) == size:
                break
    except BadFile as bad:
        return batch, bad
    return batch, None


def _split_repeats(good: Sequence[Good]) -> tuple[list[Good], list[Good]]:
    """Rows whose id comes for the first time, and those whose id a row before has."""
    first: dict[str | None, Good] = {}
    again = [item for item in good if first.setdefault(item[1].id, item) is not item]
    return list(first.values()), again


def _follows(row: FileRow, latest: Mapping[str, datetime]) -> bool:
    """Whether something is recorded after the place of the row, so that its time depends on what is recorded."""
    return (
        row.earliest is not None
        and not isinstance(row.answer, Failure)
        and (recorded := latest.get(row.answer.student_id)) is not None
        and recorded >= row.earliest
    )


def _imported_skill(code: str, name: str) -> Skill:
    if len(name) <= NAME_LENGTH:
        return Skill(code, name, "imported")
    return Skill(code, name[: NAME_LENGTH - 1].rstrip() + "…", "imported", description=name)


def _in_words_of_the_file(row: FileRow, failure: Failure) -> Failure:
    """The failure with the column for the field, the cell for a generated code, and what to do."""
    if failure is row.answer:
        return failure  # its reader has named it so
    column = row.column_of(failure.field)
    if isinstance(failure, SkillNotFound):
        names = ", ".join(row.skill_names.get(code, code) for code in failure.missing)
        rule = f"{failure.rule}; use --create-skills to create them"
        return SkillNotFound(column, rule, names, failure.missing)
    return row.in_its_words(failure)
