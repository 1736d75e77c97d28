"""Masteries in the graph: at most one relationship per student-target pair (G3)."""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from math import isfinite
from operator import itemgetter
from typing import Any, NamedTuple, Self

import structlog

from graph_api.domain.answers.order import UNRECORDED, Order
from graph_api.domain.learners.mastery import Mastery
from graph_api.domain.parameters.knowledge_tracing import HIGHEST_LEVEL, LOWEST_LEVEL
from graph_api.domain.targets import Target, TargetKind, concept, joined, skill
from graph_api.store.answers import Pair
from graph_api.store.gateway import Interfered, Row, Transaction
from graph_api.store.orders import decode_last, encode_last
from graph_api.store.pace import in_slices
from graph_api.store.rows_by_kind import by_kind
from graph_api.store.times import as_text, as_time

log = structlog.get_logger(__name__)

PUT = {
    TargetKind.CONCEPT: "mastery/put_on_concepts",
    TargetKind.SKILL: "mastery/put_on_skills",
}

FLOATS = frozenset({float})
LIST_OF_GROUP = {
    TargetKind.CONCEPT: "mastery/list_levels_of_group_on_concepts",
    TargetKind.SKILL: "mastery/list_levels_of_group_on_skills",
}
LIST_OF_STUDENTS = {
    TargetKind.CONCEPT: "mastery/list_levels_of_students_on_concepts",
    TargetKind.SKILL: "mastery/list_levels_of_students_on_skills",
}
LIST_SHOWN = {
    TargetKind.CONCEPT: "mastery/list_shown_on_concepts",
    TargetKind.SKILL: "mastery/list_shown_on_skills",
}
STORED = (
    "level",
    "attempts",
    "correct",
    "judgements",
    "last_practiced_at",
    "last_recorded_at",
    "last_sequence",
    "last_answer_id",
    "parameter_set_id",
    "updated_at",
)
"""What is stored of a mastery, in the order of the lists that statements return."""
required = itemgetter("attempts", "correct", "parameter_set_id", "updated_at")
"""What every mastery has, beside its level, out of a row."""
COLUMNS = ("concept_id", "skill_code", *STORED, "archived")
"""What lists of all masteries of a student have of each, in their order."""
LIST_STALE = {
    TargetKind.CONCEPT: "mastery/list_stale_on_concepts",
    TargetKind.SKILL: "mastery/list_stale_on_skills",
}


def reread(tx: Transaction, *, is_invalid: bool) -> None:
    """Have the transaction run again, once, where it read an invalid mastery.

    Both engines write the parts of a transaction one after the other. A reader who comes between two of them finds
    a record without some of its properties. A mastery that is invalid in the second run, too, is stored so.

    Raises:
        Interfered: the mastery is invalid, and this is the first run.
    """
    if is_invalid and tx.is_first_run:
        raise Interfered("a mastery was being written")


async def read_states(tx: Transaction, pairs: Iterable[Pair]) -> dict[Pair, Mastery]:
    """The mastery of each student-target pair that has one."""
    by_key = {pair_key(*pair): pair for pair in pairs}
    keys: dict[str, list[str]] = defaultdict(list)
    for key, (student_id, _) in by_key.items():
        keys[student_id].append(key)
    rows = await tx.many(
        "mastery/list_states", students=[{"id": student_id, "keys": of_one} for student_id, of_one in keys.items()]
    )
    return {by_key[row["key"]]: decode_or_replay(row, *by_key[row["key"]]) for row in rows}


async def read_stale_students(tx: Transaction, target: Target, set_id: str) -> list[str]:
    """The ids of students whose level on a target was computed under another set."""
    rows = await tx.many(LIST_STALE[target.kind], target=target.key, set_id=set_id)
    return sorted(row["student_id"] for row in rows)


async def read_skill_pairs(tx: Transaction, student_ids: Iterable[str]) -> list[Pair]:
    """Every pair of some students and the skills that they have answered."""
    rows = await tx.many("mastery/list_skills_of_students", student_ids=sorted(set(student_ids)))
    return [(row["student_id"], skill(code)) for row in rows for code in row["skill_codes"]]


async def read_latest_times(tx: Transaction, student_ids: Iterable[str]) -> dict[str, datetime]:
    """The last practice of each student; students without answers are left out."""
    rows = await tx.many("mastery/list_latest_of_students", student_ids=sorted(set(student_ids)))
    return {row["student_id"]: as_time(row["last_practiced_at"]) for row in rows if row["last_practiced_at"]}


class Levels(NamedTuple):
    """A student's levels on concepts or skills, and the number of answers behind each."""

    student_id: str
    keys: Sequence[str]
    levels: Sequence[float]
    attempts: Sequence[int]


async def read_levels_of_all(tx: Transaction) -> list[Levels]:
    """The levels on concepts of all students who have any, in order of student."""
    return await _levels(tx, tx.each("mastery/list_levels_of_all"))


async def read_levels_of_group(tx: Transaction, group_id: str, kind: TargetKind) -> list[Levels]:
    """The levels of the members of a group, in order of student."""
    return await _levels(tx, tx.each(LIST_OF_GROUP[kind], group_id=group_id))


async def read_levels_of_students(tx: Transaction, student_ids: Iterable[str], kind: TargetKind) -> list[Levels]:
    """The levels of students, in order of student; students that do not exist are left out."""
    return await _levels(tx, tx.each(LIST_OF_STUDENTS[kind], student_ids=sorted(set(student_ids))))


async def _levels(tx: Transaction, rows: AsyncIterator[Row]) -> list[Levels]:
    """Invalid levels are left out, so that one invalid row does not hide a whole group."""
    stored = [Levels(**row) async for row in rows]
    valid = await in_slices(_valid, stored, ahead=True)
    if any(after is not before for before, after in zip(stored, valid, strict=True)):
        reread(tx, is_invalid=True)
        log.error("invalid levels are left out: run graph-api doctor")
    return sorted(valid, key=lambda each: each.student_id)


class ShownLevels(NamedTuple):
    """What lists show of a student's masteries of one kind: as many keys as levels, answers and judgements."""

    keys: Sequence[str]
    levels: Sequence[float]
    attempts: Sequence[int]
    judgements: Sequence[int]

    @classmethod
    def of(cls, masteries: Iterable[Mastery], kind: TargetKind) -> Self:
        """What lists show of masteries that were read whole."""
        rows = [row for row in masteries if row.target.kind is kind and not row.archived]
        return cls(
            [row.target.key for row in rows],
            [row.level for row in rows],
            [row.attempts for row in rows],
            [row.judgements for row in rows],
        )

    def with_evidence(self, kind: TargetKind) -> list[tuple[Target, float, int]]:
        """Each target with its level, and the number of answers and judgements behind it."""
        rows = zip(self.keys, self.levels, self.attempts, self.judgements, strict=True)
        return [(Target(kind, key), level, attempts + judgements) for key, level, attempts, judgements in rows]


async def read_shown(
    tx: Transaction, keys: Iterable[tuple[str, TargetKind]]
) -> dict[tuple[str, TargetKind], ShownLevels]:
    """The masteries of students on concepts or skills that are not archived; students without any are left out.

    Raises:
        ValueError: a stored level or count is invalid.
    """
    shown = {}
    for kind, ids in by_kind((kind, student_id) for student_id, kind in keys).items():
        async for row in tx.each(LIST_SHOWN[kind], student_ids=sorted(set(ids))):
            levels = ShownLevels(row["keys"], row["levels"], row["attempts"], row["judgements"])
            if not is_valid(levels):
                reread(tx, is_invalid=True)
                raise ValueError("a stored level is invalid: run graph-api doctor")
            shown[row["student_id"], kind] = levels
    return shown


def is_valid(shown: ShownLevels) -> bool:
    """Whether stored levels and counts can be shown."""
    levels = shown.levels
    if not levels:
        return True
    are_floats = FLOATS.issuperset(map(type, levels)) and isfinite(sum(levels))  # the sum, since NaN has no order
    return are_floats and min(levels) >= LOWEST_LEVEL and max(levels) <= HIGHEST_LEVEL and min(shown.attempts) >= 0


def is_level(value: object) -> bool:
    """Whether a stored value can be a level (B3)."""
    return isinstance(value, float) and LOWEST_LEVEL <= value <= HIGHEST_LEVEL


def is_whole(row: Row) -> bool:
    """Whether a row has a level and all else that every mastery has."""
    return is_level(row["level"]) and None not in required(row)


def _valid(levels: Levels) -> Levels:
    if all(map(is_level, levels.levels)):
        return levels
    rows = [row for row in zip(levels.keys, levels.levels, levels.attempts, strict=True) if is_level(row[1])]
    keys, values, attempts = zip(*rows, strict=True) if rows else ((), (), ())
    return Levels(levels.student_id, keys, values, attempts)


async def put(tx: Transaction, masteries: Iterable[Mastery], updated_at: datetime) -> None:
    """Write the mastery of each pair in place."""
    written_at = as_text(updated_at)
    rows = ((mastery.target.kind, encode(mastery, written_at)) for mastery in masteries)
    for kind, of_kind in by_kind(rows).items():
        await tx.value(PUT[kind], rows=of_kind)


async def delete(tx: Transaction, pairs: Iterable[Pair]) -> None:
    """Delete the masteries of pairs: they have no answer or judgement that counts."""
    keys: dict[str, list[str]] = defaultdict(list)
    for student_id, target in pairs:
        keys[student_id].append(pair_key(student_id, target))
    if keys:
        await tx.nothing("mastery/delete", students=[{"id": each, "keys": of_one} for each, of_one in keys.items()])


async def read_of_students(tx: Transaction, student_ids: Iterable[str]) -> dict[str, list[Mastery]]:
    """Every mastery of each student, in no particular order."""
    of_students: dict[str, list[Mastery]] = defaultdict(list)
    async for row in tx.each("mastery/list_of_students", student_ids=sorted(set(student_ids))):
        of_students[row["student_id"]] = decode_all(tx, row["student_id"], row["masteries"])
    return of_students


def decode_all(tx: Transaction, student_id: str, masteries: Iterable[Sequence[Any]]) -> list[Mastery]:
    """The masteries of a student from a list of lists.

    Raises:
        TypeError, ValueError: one of them is invalid.
    """
    rows = [dict(zip(COLUMNS, each, strict=True), student_id=student_id) for each in masteries]
    reread(tx, is_invalid=not all(map(is_whole, rows)))
    return list(map(_of_row, rows))


async def read_changed(tx: Transaction, student_ids: Iterable[str], since: datetime) -> list[Mastery]:
    """The masteries of some students that were written at a moment or later, in order of that time."""
    rows = await tx.many("mastery/list_changed", student_ids=sorted(set(student_ids)), since=since)
    reread(tx, is_invalid=not all(map(is_whole, rows)))
    return sorted(map(_of_row, rows), key=lambda each: (str(each.updated_at), each.student_id, each.target))


def _of_row(row: Row) -> Mastery:
    target = skill(row["skill_code"]) if row["concept_id"] is None else concept(row["concept_id"])
    mastery = decode(row, row["student_id"], target)
    return replace(mastery, archived=True) if row["archived"] else mastery


def pair_key(student_id: str, target: Target) -> str:
    """The unique key of a pair's relationship."""
    return joined(student_id, *target)


def decode_or_replay(row: Row, student_id: str, target: Target) -> Mastery:
    """The mastery of a pair. An invalid one is returned without a parameter set, so that it is replayed."""
    try:
        return decode(row, student_id, target)
    except (TypeError, ValueError):
        log.error("an invalid mastery is replayed")  # noqa: TRY400 - a trace would show whose
        return Mastery(student_id, target, LOWEST_LEVEL, 0, 0, Order(UNRECORDED), "")


def decode(row: Row, student_id: str, target: Target) -> Mastery:
    """A mastery from a row with its properties.

    Raises:
        TypeError, ValueError: the row is invalid.
    """
    if not is_whole(row):
        raise ValueError("a stored mastery is invalid: run graph-api doctor")
    return Mastery(
        student_id=student_id,
        target=target,
        level=row["level"],
        attempts=row["attempts"],
        correct=row["correct"],
        last=decode_last(row, row["last_practiced_at"]) if row["last_practiced_at"] else None,
        parameter_set_id=row["parameter_set_id"],
        updated_at=as_time(row["updated_at"]),
        judgements=row["judgements"],
    )


def encode(mastery: Mastery, updated_at: str) -> Row:
    """The parameters of statements that write a mastery; `updated_at` is a time as text."""
    return {
        "student_id": mastery.student_id,
        "target": mastery.target.key,
        "key": pair_key(mastery.student_id, mastery.target),
        "level": mastery.level,
        "attempts": mastery.attempts,
        "correct": mastery.correct,
        "judgements": mastery.judgements,
        "last_practiced_at": mastery.last_practiced_at and as_text(mastery.last_practiced_at),
        **encode_last(mastery.last),
        "parameter_set_id": mastery.parameter_set_id,
        "updated_at": updated_at,
    }
