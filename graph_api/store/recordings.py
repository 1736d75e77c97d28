"""Answers as a batch records them: one statement locks and reads the students, one writes.

Each statement costs a round trip that every caller of the batch waits for.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from operator import itemgetter
from typing import NamedTuple

from graph_api.domain.answers.answers import Recorded, Tag
from graph_api.domain.answers.evidence_rules import DEFAULT_SET
from graph_api.domain.answers.history_pages import MOST_ON_LAST
from graph_api.domain.learners.mastery import Mastery
from graph_api.domain.targets import Target, TargetKind
from graph_api.store import answers, erasures, history_pages, masteries
from graph_api.store.answers import Pair
from graph_api.store.gateway import Interfered, Row, Transaction
from graph_api.store.times import as_text

STATE = ("key", *masteries.STORED)
"""The columns of a state in the lists that `recording/lock_students` returns."""

APPENDED = {
    (TargetKind.CONCEPT, True): "known_concepts",
    (TargetKind.CONCEPT, False): "new_concepts",
    (TargetKind.SKILL, True): "known_skills",
    (TargetKind.SKILL, False): "new_skills",
}
"""The rows of `recording/append` by the kind of the target, and whether the student has a mastery of it."""
NAMES = {TargetKind.CONCEPT: "concept", TargetKind.SKILL: "skill"}
"""What `recording/lock_students` calls the key of a target of each kind."""
NONE = dict.fromkeys(NAMES.values(), "")
"""The keys of no target, which are looked up faster than nulls."""
CREATE = {
    TargetKind.CONCEPT: "recording/create_on_concepts",
    TargetKind.SKILL: "recording/create_on_skills",
}


class Start(NamedTuple):
    """What the fold of a batch starts from, as read after its students were locked.

    `course_mark` is empty before the first change of a course. `revisions` are those of the students, as raised by the
    lock.
    """

    states: dict[Pair, Mastery]
    evidence_set_id: str
    course_mark: str
    revisions: dict[str, int]


async def lock_students(tx: Transaction, pairs: Iterable[Pair], now: datetime) -> Start:
    """Create the students of pairs that are new, lock all until the transaction ends, and read their states.

    As `graph_api.store.students.touch`, and in the same order of students.

    Raises:
        StudentErased: some of them are erased. The transaction must be rolled back.
    """
    by_key = {masteries.pair_key(*pair): pair for pair in pairs}
    targets: dict[str, list[Row]] = defaultdict(list)
    for key, (student_id, target) in by_key.items():
        targets[student_id].append({**NONE, "key": key, NAMES[target.kind]: target.key})
    rows = [hashed | {"targets": targets[hashed["student_id"]]} for hashed in erasures.as_rows(tx, targets)]
    row = await tx.one("recording/lock_students", rows=rows, now=now)
    students = [{"id": student[0], "erased": student[1], "mark": row["mark"]} for student in row["students"]]
    await erasures.refuse_erased(tx, students, "studentId")
    states: dict[Pair, Mastery] = {}
    for _, _, of_student, _ in row["students"]:
        for state in of_student:
            pair = by_key[state[0]]
            states[pair] = masteries.decode_or_replay(dict(zip(STATE, state, strict=True)), *pair)
    revisions = {student[0]: student[3] for student in row["students"]}
    return Start(states, row["evidence_set_id"] or DEFAULT_SET.id, row["course_mark"] or "", revisions)


async def append(
    tx: Transaction,
    recorded: Sequence[Recorded],
    states: Mapping[Pair, Mastery],
    known: Collection[Pair],
    tags: Mapping[Target, Tag],
) -> None:
    """Append answers to the history and to its pages, and write the masteries that they lead to.

    Rows are in order of target, then student, so that transactions that lock several targets do so in one order.

    Args:
        tx: where to write.
        recorded: the answers.
        states: the mastery of each pair after all answers; a pair without any has only answers of weight 0.
        known: the pairs that had a mastery before.
        tags: block and year of each skill.

    Raises:
        ConstraintViolated: an id is in the graph already.
        Interfered: a student, target or mastery was removed meanwhile; the transaction runs again and finds out which.
    """
    now = as_text(max(item.answer.recorded_at for item in recorded))
    written = {pair: masteries.encode(state, now) for pair, state in states.items()}
    appended: dict[str, list[Row]] = {name: [] for name in APPENDED.values()}
    created: dict[str, list[Row]] = {name: [] for name in CREATE.values()}
    for item in recorded:
        answer = item.answer
        facts, at, recorded_at = answers.encode(answer), as_text(answer.at), as_text(answer.recorded_at)
        for position, change in enumerate(item.changes):
            pair = answer.student_id, change.target
            row: Row = {
                "student_id": answer.student_id,
                "target": change.target.key,
                "at": at,
                "recorded_at": recorded_at,
            }
            properties = facts | answers.encode_effect(answer, position, change, tags)
            if pair in written:
                row |= {"answer": properties, "mastery": written[pair]}
                appended[APPENDED[change.target.kind, pair in known]].append(row)
            else:
                created[CREATE[change.target.kind]].append(properties | row)
    for rows in (*appended.values(), *created.values()):
        rows.sort(key=itemgetter("target", "student_id"))
    pages = history_pages.by_student(item.answer for item in recorded)
    done = await tx.one("recording/append", **appended, pages=history_pages.rows(pages), most=MOST_ON_LAST)
    _check(done["written"], appended.values())
    for name, rows in created.items():
        if rows:
            _check(await tx.value(name, rows=rows), [rows])
    await history_pages.fill(tx, pages, dict(done["grown"]))


def _check(written: int, rows: Iterable[Sequence[Row]]) -> None:
    if written != sum(map(len, rows)):
        raise Interfered("a student, target or mastery was removed while answers were being recorded")
