"""Recency scores in the graph, stored beside the levels."""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import numpy as np
import orjson
from numpy.typing import NDArray

from graph_api.domain.learners.recency import DIFFICULTIES, Breakdown, BucketShare, Recency, RecencyStatus
from graph_api.domain.parameters.question_difficulties import QuestionDifficulties
from graph_api.store.answers import Pair
from graph_api.store.gateway import Row, Transaction
from graph_api.store.masteries import read_skill_pairs
from graph_api.store.times import as_text, as_time

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
PLACE = {"": -1} | {difficulty.value: place for place, difficulty in enumerate(DIFFICULTIES)}

LIST_ANSWERS = {
    "plain": "recency/list_answers",
    "with questions": "recency/list_answers_with_questions",
    "in order": "recency/list_answers_in_order",
}


class RecentAnswers(NamedTuple):
    """Answers of some students to skills, unsorted unless `in_order`.

    Attributes:
        pairs: every student-skill pair that has a mastery, with or without recent answers.
        pair: shape (answers,), int; an index of `pairs`.
        age: shape (answers,), int; microseconds before `until`.
        correct: shape (answers,), bool; what each answer counts as.
        difficulty: shape (answers,), int; an index of `DIFFICULTIES`, or -1.
        answer_ids: their ids if they are in order; else empty.
        weight: shape (answers,), how much each counts, over 0 to 1; None if every answer counts 1.
    """

    pairs: list[Pair]
    pair: NDArray[np.int64]
    age: NDArray[np.int64]
    correct: NDArray[np.bool_]
    difficulty: NDArray[np.int64]
    answer_ids: Sequence[str] = ()
    weight: NDArray[np.float64] | None = None


async def read_recent_answers(  # noqa: PLR0913 - whose, to what, when, how
    tx: Transaction,
    student_ids: Iterable[str],
    skill_codes: Iterable[str] | None,
    since: datetime,
    until: datetime,
    *,
    difficulties: QuestionDifficulties | None = None,
    in_order: bool = False,
) -> RecentAnswers:
    """The answers from `since` to `until` that count (G7), to some skills or all. An answer of weight 0 is left out.

    With `difficulties`, questions that have one there have that, instead of the difficulty that the answer states.
    Scores do not depend on the order of answers, so they are sorted only for `in_order` (B6).
    """
    ids = sorted(set(student_ids))
    codes = None if skill_codes is None else set(skill_codes)
    pairs = sorted(pair for pair in await read_skill_pairs(tx, ids) if codes is None or pair[1].key in codes)
    places = {(student_id, target.key): place for place, (student_id, target) in enumerate(pairs)}
    uncounted = [row["id"] for row in await tx.many("session/list_uncounted", student_ids=ids)]
    how = "in order" if in_order else "plain" if difficulties is None else "with questions"
    rows = await tx.many(LIST_ANSWERS[how], student_ids=ids, since=since, until=until, uncounted=uncounted)
    pair, at, correct, difficulty = array("q"), array("q"), array("b"), array("q")
    weight = array("d")
    answer_ids: list[str] = []
    for row in rows:
        place = places.get((row["student_id"], row["skill_code"]))
        if place is not None:
            pair.extend([place] * len(row["at"]))
            at.extend((as_time(text) - EPOCH) // MICROSECOND for text in row["at"])
            correct.extend(row["correct"])
            weight.extend(row["weight"])
            difficulty.extend(_places(row, difficulties))
            answer_ids.extend(row.get("answer_ids", ()))
    return RecentAnswers(
        pairs,
        np.array(pair, np.int64),
        (until - EPOCH) // MICROSECOND - np.array(at, np.int64),
        np.array(correct, np.bool_),
        np.array(difficulty, np.int64),
        answer_ids,
        None if weight.count(1.0) == len(weight) else np.array(weight, np.float64),
    )


def _places(row: Row, difficulties: QuestionDifficulties | None) -> Iterable[int]:
    """The difficulty of each answer of a row, as an index of `DIFFICULTIES`."""
    stated = (PLACE[level] for level in row["difficulty"])
    if difficulties is None:
        return stated
    own = difficulties.by_skill.get(row["skill_code"], {})
    placed = {question_id: PLACE[each.value] for question_id, each in own.items()}
    return (placed.get(question_id, place) for question_id, place in zip(row["question_ids"], stated, strict=True))


async def put(tx: Transaction, recencies: Mapping[Pair, Recency]) -> int:
    """Write scores; returns how many."""
    rows: dict[str, dict[str, Row]] = defaultdict(dict)
    for (student_id, target), recency in recencies.items():
        rows[student_id][target.key] = _row(recency)
    students = [{"id": student_id, "rows": of_one} for student_id, of_one in rows.items()]
    written: int = await tx.value("recency/put", students=students)
    return written


async def read_stale_students(tx: Transaction, student_ids: Iterable[str], set_id: str) -> list[str]:
    """Those of some students with a score that was computed under another parameter set."""
    rows = await tx.many("recency/list_stale", student_ids=sorted(set(student_ids)), set_id=set_id)
    return [row["student_id"] for row in rows]


async def read_of_students(tx: Transaction, student_ids: Iterable[str]) -> dict[str, dict[str, Recency]]:
    """The scores of each student, by skill code."""
    scores: dict[str, dict[str, Recency]] = defaultdict(dict)
    async for row in tx.each("recency/list_of_students", student_ids=sorted(set(student_ids))):
        scores[row["student_id"]][row["skill_code"]] = Recency(
            _decode(orjson.loads(row["breakdown"])),
            as_time(row["as_of"]),
            row["run_id"],
            row["set_id"],
            row["version"],
        )
    return scores


class MemberScores(NamedTuple):
    """The scores of a member of a group, by skill; -1 where there is none.

    Attributes:
        student_id: the member.
        keys: the skills with answers.
        scores: the score of each skill.
        attempts: the number of all answers to each skill.
        as_of: the earliest moment of the scores; None before the first run.
    """

    student_id: str
    keys: Sequence[str]
    scores: Sequence[float]
    attempts: Sequence[int]
    as_of: datetime | None


async def read_of_group(tx: Transaction, group_id: str) -> list[MemberScores]:
    """The scores of the members of a group, in order of student."""
    members = [
        MemberScores(**row | {"as_of": as_time(row["as_of"]) if row["as_of"] else None})
        async for row in tx.each("recency/list_of_group", group_id=group_id)
    ]
    return sorted(members, key=lambda each: each.student_id)


def _row(recency: Recency) -> Row:
    breakdown = recency.breakdown
    content = breakdown._asdict() | {"buckets": [bucket._asdict() for bucket in breakdown.buckets]}
    return {
        "score": breakdown.score,
        "status": breakdown.status.value,
        "breakdown": orjson.dumps(content).decode(),
        "as_of": as_text(recency.as_of),
        "run_id": recency.run_id,
        "set_id": recency.parameter_set_id,
        "version": recency.version,
    }


def _decode(content: Row) -> Breakdown:
    buckets = [BucketShare(**bucket) for bucket in content["buckets"]]
    return Breakdown(**content | {"buckets": buckets, "status": RecencyStatus(content["status"])})
