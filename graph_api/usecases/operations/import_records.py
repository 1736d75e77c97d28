"""Import what `graph-api export` wrote of students, groups, sessions and parameters. Safe to run again.

A file is read whole and checked before anything is written. What is stored already with the same content stays; what is
stored with other content is a conflict, which is reported by line and never overwritten.
"""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from graph_api.domain.answers.answers import in_utc
from graph_api.domain.failures import Failure, InvalidInput
from graph_api.domain.learners.people import Group, Student
from graph_api.domain.learners.sessions import Session, SessionStatus
from graph_api.domain.patch import Patch
from graph_api.domain.text import identifier
from graph_api.store import courses, groups, sessions, students
from graph_api.store.gateway import Gateway, Transaction
from graph_api.usecases.exported_rows import read_rows
from graph_api.usecases.learners.archive_groups import archive_groups
from graph_api.usecases.learners.edit_people import upsert_group, upsert_students

T = TypeVar("T")
BATCH = 1_000

Cells = Mapping[str, str]


@dataclass(slots=True)
class RecordsReport:
    """How many rows had which outcome. Conflicts are lines with their reasons."""

    recorded: int = 0
    present: int = 0
    conflicts: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        conflicts = len(self.conflicts)
        rows = self.recorded + self.present + conflicts
        return f"{rows:,} rows: {self.recorded:,} recorded, {self.present:,} already present, {conflicts:,} conflicts"


class BadRecords(Exception):
    """Every row that cannot be read, with its line. Nothing was written."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = list(faults)


async def import_students(gateway: Gateway, path: Path, now: datetime) -> RecordsReport:
    """Register students; an empty cell leaves what is stored.

    Raises:
        BadRecords: rows cannot be read; nothing was written.
    """

    async def read(tx: Transaction, ids: Sequence[str]) -> Mapping[str, Student]:
        return await students.read_by_ids(tx, ids)

    async def write(new: Sequence[Student]) -> None:
        await upsert_students(gateway, new, now)

    def parse(cells: Cells) -> Student:
        choice = _flag(cells.get("recency_at_session_end"), "recency_at_session_end")
        return Student(parse_cell(cells, "id"), cells.get("name") or None, choice)

    def same(stored: Student, read_back: Student) -> bool:
        return Patch.of(read_back).apply(stored) == stored

    return await _import(gateway, path, parse, (read, write), same)


async def import_groups(gateway: Gateway, path: Path, now: datetime) -> RecordsReport:
    """Store groups with their members and courses, which must be stored, and their teachers.

    Raises:
        BadRecords: rows cannot be read; nothing was written.
        StudentNotFound, CourseNotFound: a member or course is not stored; the groups before are.
    """

    async def read(tx: Transaction, ids: Sequence[str]) -> Mapping[str, Group]:
        stored = await groups.read_by_ids(tx, ids)
        return {
            key: Group(
                key,
                each.name,
                await groups.read_member_ids(tx, key),
                sorted(each.teacher_ids),
                (await courses.read_ids_of_groups(tx, [key])).get(key, []),
            )
            for key, each in stored.items()
        }

    async def write(new: Sequence[Group]) -> None:
        for group in new:
            await upsert_group(gateway, group, now, may_take_archived=True)
            if group.archived_at is not None:
                await archive_groups(gateway, [group.id], group.archived_at)

    def parse(cells: Cells) -> Group:
        return Group(
            parse_cell(cells, "id"),
            parse_cell(cells, "name"),
            sorted(_list(cells, "student_ids")),
            sorted(_list(cells, "teacher_ids")),
            sorted(_list(cells, "course_ids")) if "course_ids" in cells else None,
            archived_at=parse_time(cells["archived_at"], "archived_at") if cells.get("archived_at") else None,
        )

    def same(stored: Group, read_back: Group) -> bool:
        return stored == (
            read_back if read_back.course_ids is not None else replace(read_back, course_ids=stored.course_ids)
        )

    return await _import(gateway, path, parse, (read, write), same)


async def import_sessions(gateway: Gateway, path: Path, now: datetime) -> RecordsReport:
    """Store sessions with their status and times; students who are not stored are created.

    Raises:
        BadRecords: rows cannot be read; nothing was written.
    """

    async def read(tx: Transaction, ids: Sequence[str]) -> Mapping[str, Session]:
        return {session.id: session for session in await sessions.read_by_ids(tx, ids)}

    async def write(new: Sequence[Session]) -> None:
        async def work(tx: Transaction) -> None:
            await students.touch(tx, {session.student_id for session in new}, now)
            await sessions.put(tx, new)

        await gateway.write(work)

    def same(stored: Session, read_back: Session) -> bool:
        return stored == read_back

    return await _import(gateway, path, _session, (read, write), same)


def _session(cells: Cells) -> Session:
    status = cells.get("status", "")
    if status not in SessionStatus.__members__:
        raise InvalidInput("status", f"must be one of {', '.join(SessionStatus)}", status)
    started_at = parse_time(parse_cell(cells, "started_at"), "started_at")
    ended_at = parse_time(cells["ended_at"], "ended_at") if cells.get("ended_at") else None
    if (ended_at is None) != (status == SessionStatus.IN_PROGRESS):
        raise InvalidInput(
            "ended_at", f"must be {'empty' if ended_at else 'a time'} for status {status}", str(ended_at or "")
        )
    if ended_at is not None and ended_at < started_at:
        raise InvalidInput("ended_at", "must not be before started_at", ended_at.isoformat())
    return Session(
        identifier(parse_cell(cells, "id"), "id"),
        identifier(parse_cell(cells, "student_id"), "student_id"),
        SessionStatus(status),
        started_at,
        ended_at,
    )


async def _import(
    gateway: Gateway,
    path: Path,
    parse: Callable[[Cells], T],
    stored: tuple[
        Callable[[Transaction, Sequence[str]], Awaitable[Mapping[str, T]]], Callable[[Sequence[T]], Awaitable[None]]
    ],
    same: Callable[[T, T], bool],
) -> RecordsReport:
    read, write = stored
    rows, report = read_records(path, parse), RecordsReport()
    for start in range(0, len(rows), BATCH):
        batch = rows[start : start + BATCH]
        known = await gateway.read(lambda tx, ids=[key for _, key, _ in batch]: read(tx, ids))  # type: ignore[misc]
        for line, key, item in batch:
            if key in known and not same(known[key], item):
                report.conflicts.append(f"line {line}: {key!r} is stored with other content")
            elif key in known:
                report.present += 1
        new = [item for _, key, item in batch if key not in known]
        if new:
            await write(new)
        report.recorded += len(new)
    return report


def read_id(cells: Cells) -> str:
    """The id of a row."""
    return cells.get("id", "")


def read_records(
    path: Path, parse: Callable[[Cells], T], read_key: Callable[[Cells], str] = read_id
) -> list[tuple[int, str, T]]:
    """Line, key and content of every row of a file.

    Raises:
        BadRecords: rows cannot be read, or use a key twice.
    """
    rows: list[tuple[int, str, T]] = []
    faults: list[str] = []
    lines: dict[str, int] = {}
    for line, cells in read_rows(path):
        try:
            if isinstance(cells, Failure):
                raise cells
            key = read_key(cells)
            rows.append((line, key, parse(cells)))
            if lines.setdefault(key, line) != line:
                raise InvalidInput("id", f"must not be used twice (also in line {lines[key]})", read_id(cells))
        except (Failure, ValueError) as error:
            faults.append(f"line {line}: {error}")
    if faults:
        raise BadRecords(faults)
    return rows


def parse_cell(cells: Cells, name: str) -> str:
    """The text of a cell that must not be empty.

    Raises:
        InvalidInput: naming the column.
    """
    if not cells.get(name):
        raise InvalidInput(name, "must not be empty")
    return cells[name]


def _flag(cell: str | None, name: str) -> bool | None:
    """A cell of true, false or nothing, as JSON and spreadsheets write them."""
    if not cell:
        return None
    if cell.lower() not in {"true", "false"}:
        raise InvalidInput(name, "must be true, false or empty", cell)
    return cell.lower() == "true"


def _list(cells: Cells, name: str) -> list[str]:
    values = json.loads(cells.get(name) or "[]")
    if not isinstance(values, list) or not all(isinstance(each, str) for each in values):
        raise InvalidInput(name, "must be a JSON list of texts", cells[name])
    return values


def parse_time(value: str, name: str) -> datetime:
    """The time in a cell.

    Raises:
        InvalidInput: naming the column.
    """
    try:
        return in_utc(datetime.fromisoformat(value), name)
    except ValueError:
        raise InvalidInput(name, "must be a time with an offset, as in 2026-01-31T09:30:00Z", value) from None
