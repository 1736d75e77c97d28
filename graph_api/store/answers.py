"""Answers in the graph: append-only relationships, one for each target that an answer counts towards (G4)."""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import TypeAlias

from graph_api.domain.answers.answers import CONTENT, Answer, Recorded, Tag, content_from
from graph_api.domain.answers.evidence_rules import DEFAULT_SET
from graph_api.domain.answers.order import Order
from graph_api.domain.learners.judgements import judgement_order
from graph_api.domain.learners.mastery import Change, Evidence
from graph_api.domain.operations.recorded_time import ALL_TIMES, RecordedTime
from graph_api.domain.targets import SEPARATOR, Target, TargetKind, concept, skill
from graph_api.store.gateway import Row, Transaction
from graph_api.store.orders import decode_order
from graph_api.store.pace import in_slices
from graph_api.store.rows_by_kind import by_kind

LIST_CURVE = {
    TargetKind.CONCEPT: "answer/list_curve_on_concepts",
    TargetKind.SKILL: "answer/list_curve_on_skills",
}
LIST_EVIDENCE = {
    TargetKind.CONCEPT: "mastery/list_evidence_on_concepts",
    TargetKind.SKILL: "mastery/list_evidence_on_skills",
}

Pair: TypeAlias = tuple[str, Target]
"""A student's id and a target."""


NO_TAG = Tag(None, None)

STATED = tuple(name for name in CONTENT if name != "student_id")
"""What an answer states, without its student, whom relationships and pages are reached from."""
FACTS = (*STATED, "id", "sequence", "digest", "evidence_id", "weight", "counts_as")
_facts = attrgetter(*FACTS)


def unique_key(answer_id: str, position: int) -> str:
    """The unique key of an answer's relationship: an event id can be used once in the whole graph.

    The first relationship of every answer has position 0, so two answers with one id always collide there.
    Separators on both sides let a violated key be recognised in a database's message.
    """
    return f"{position}{SEPARATOR}{answer_id}{SEPARATOR}"


async def count_of_students(tx: Transaction, student_ids: Iterable[str]) -> dict[str, int]:
    """The number of answers of each student; an answer to several targets counts once."""
    rows = await tx.many("answer/count_of_students", student_ids=sorted(set(student_ids)))
    return {row["student_id"]: row["total"] for row in rows}


async def read_evidence(
    tx: Transaction, pairs: Iterable[Pair], *, with_ignored: bool = False
) -> dict[Pair, list[Evidence]]:
    """Every answer of each pair that counts, and every judgement that was not revoked, in no particular order.

    On request also answers of weight 0.
    """
    evidence: dict[Pair, list[Evidence]] = defaultdict(list)
    judgements: dict[Pair, list[tuple[Order, Row]]] = defaultdict(list)
    for kind, of_kind in by_kind((target.kind, pair_row((student, target))) for student, target in pairs).items():
        async for row in tx.each(LIST_EVIDENCE[kind], pairs=of_kind, with_ignored=with_ignored):
            pair = row["student_id"], Target(kind, row["target"])
            if row["judgement"] is None:
                evidence[pair].append(_evidence(row))
            else:
                judgements[pair].append((decode_order(row), row["judgement"]))
    for pair, events in judgements.items():
        revoked = {stated["revokes"] for _, stated in events}
        counting = [
            Evidence.judged(judgement_order(order), stated["level"])
            for order, stated in events
            if stated["revokes"] is None and order.answer_id not in revoked
        ]
        if counting:
            evidence[pair] += counting
    return evidence


async def read_ignored(tx: Transaction, pairs: Iterable[Pair]) -> dict[Pair, list[Evidence]]:
    """The answers of weight 0 of each pair, in no particular order."""
    evidence = await read_evidence(tx, pairs, with_ignored=True)
    return {
        pair: [each for each in of_one if not each.weight and each.level is None] for pair, of_one in evidence.items()
    }


async def read_curve(
    tx: Transaction, student_ids: Iterable[str], kind: TargetKind, keys: Iterable[str] | None, longest: int
) -> list[tuple[int, int, int]]:
    """Opportunity, answers and incorrect answers, over every pair of some students and targets, or all targets.

    For an analyst, opportunities of too few students are left out.
    """
    rows = await tx.many(
        LIST_CURVE[kind],
        student_ids=sorted(set(student_ids)),
        keys=None if keys is None else sorted(set(keys)),
        longest=longest,
    )
    return [(row["opportunity"], row["answers"], row["wrong"]) for row in rows if row["students"] >= tx.least_students]


def pair_row(pair: Pair) -> Row:
    """A pair as a row of statements about pairs."""
    student_id, target = pair
    return {"student_id": student_id, "target": target.key}


async def read_by_ids(tx: Transaction, answers: Iterable[tuple[str, str]]) -> dict[str, Recorded]:
    """Stored answers by id, looked up from their students: pairs of student id and answer id."""
    pairs = sorted(set(answers))
    rows = await tx.many(
        "recording/list_by_ids",
        student_ids=sorted({student_id for student_id, _ in pairs}),
        ids=sorted({answer_id for _, answer_id in pairs}),
    )
    by_id = [list(stored) for _, stored in groupby(rows, key=lambda row: row["answer"]["id"])]
    return {recorded.answer.id: recorded for recorded in await in_slices(decode_recorded, by_id, ahead=True)}


async def read_known_ids(tx: Transaction, answers: Iterable[tuple[str, str]]) -> set[str]:
    """The ids of the answers that are recorded, of pairs of student id and answer id."""
    pairs = sorted(set(answers))
    rows = await tx.many(
        "recording/list_known_ids",
        student_ids=sorted({student_id for student_id, _ in pairs}),
        ids=[answer_id for _, answer_id in pairs],
    )
    return {row["id"] for row in rows}


async def read_weighed_by(
    tx: Transaction, student_ids: Iterable[str], evidence_ids: Iterable[str] | None
) -> list[Answer]:
    """The answers of some students that some evidence parameters weighed, or all, in no particular order."""
    rows = await tx.many(
        "weight/list_answers",
        student_ids=sorted(set(student_ids)),
        evidence_ids=None if evidence_ids is None else sorted(set(evidence_ids)),
        default_id=DEFAULT_SET.id,
    )
    return [decode_answer(row["student_id"], row["answer"]) for row in rows]


async def read_students_weighed_by(
    tx: Transaction, student_ids: Iterable[str], evidence_ids: Iterable[str]
) -> list[str]:
    """Those of some students who have answers that some evidence parameters weighed."""
    ids = {"student_ids": sorted(set(student_ids)), "evidence_ids": sorted(set(evidence_ids))}
    rows = await tx.many("weight/list_students", **ids, default_id=DEFAULT_SET.id)
    return sorted(row["student_id"] for row in rows)


async def put_weights(tx: Transaction, answers: Iterable[Answer]) -> None:
    """Write what answers count as, beside the facts, which never change."""
    rows: dict[str, dict[str, Row]] = defaultdict(dict)
    for answer in answers:
        rows[answer.student_id][answer.id] = _weight(answer)
    await tx.value("weight/put", students=[{"id": student_id, "rows": of} for student_id, of in rows.items()])


async def stream_of_students(
    tx: Transaction, student_ids: Iterable[str], recorded: RecordedTime = ALL_TIMES
) -> AsyncIterator[Answer]:
    """All answers of some students that were recorded at some time, in order of student, then of answers (B6)."""
    ids = sorted(set(student_ids))
    async for row in tx.stream(
        "export/list_answers_of_students", student_ids=ids, since=recorded.since, until=recorded.until
    ):
        yield decode_answer(row["student_id"], row["answer"])


async def read_tags_of_students(tx: Transaction, student_ids: Iterable[str]) -> dict[str, dict[str, Tag]]:
    """The tags that were recorded with the answers of some students, by answer id and skill code."""
    tags: dict[str, dict[str, Tag]] = defaultdict(dict)
    for row in await tx.many("export/list_tags_of_students", student_ids=sorted(set(student_ids))):
        tags[row["id"]][row["skill_code"]] = Tag(row["block"], row["year"])
    return tags


async def read_frozen_tags(
    tx: Transaction, answers: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], dict[str, Tag]]:
    """The tags that were frozen with answers, by skill code; pairs of student id and answer id."""
    pairs = sorted(set(answers))
    tags: dict[tuple[str, str], dict[str, Tag]] = defaultdict(dict)
    rows = await tx.many(
        "answer/list_frozen_tags",
        student_ids=sorted({student_id for student_id, _ in pairs}),
        ids=sorted({answer_id for _, answer_id in pairs}),
    )
    for row in rows:
        tags[row["student_id"], row["id"]][row["skill_code"]] = Tag(row["block"], row["year"])
    return tags


@dataclass(frozen=True, slots=True)
class AnswerFilter:
    """A filter of a student's answers, `since` inclusive to `until` exclusive. None: no restriction."""

    since: datetime | None = None
    until: datetime | None = None
    concept_id: str | None = None
    skill_code: str | None = None
    session_id: str | None = None
    question_id: str | None = None
    correct: bool | None = None

    def params(self) -> Row:
        """The parameters of statements that filter answers."""
        return asdict(self)


async def read_page(  # noqa: PLR0913 - what makes a page
    tx: Transaction,
    student_ids: Iterable[str],
    filters: AnswerFilter,
    *,
    newest_first: bool,
    after: Order | None,
    limit: int,
) -> dict[str, list[Answer]]:
    """For each student, at most `limit` answers that fit, after a given one."""
    after_at, after_recorded_at, after_sequence, after_id = after or (None, None, None, None)
    rows = tx.each(
        "answer/list_page_newest_first" if newest_first else "answer/list_page_oldest_first",
        student_ids=sorted(set(student_ids)),
        after_at=after_at,
        after_recorded_at=after_recorded_at,
        after_sequence=after_sequence,
        after_id=after_id,
        limit=limit,
        **filters.params(),
    )
    pages: dict[str, list[Answer]] = defaultdict(list)
    async for row in rows:
        pages[row["student_id"]].append(decode_answer(row["student_id"], row["answer"]))
    for page in pages.values():
        page.sort(key=lambda answer: answer.order, reverse=newest_first)
    return pages


async def count(tx: Transaction, student_id: str, filters: AnswerFilter) -> int:
    """Number of a student's answers that fit."""
    total: int = await tx.value("answer/count", student_id=student_id, **filters.params())
    return total


def decode_recorded(rows: Sequence[Row]) -> Recorded:
    """One answer from the rows of its relationships, in order of position."""
    changes = [
        Change(
            concept(row["concept_id"]) if row["concept_id"] is not None else skill(row["skill_code"]),
            row["answer"]["level_before"],
            row["answer"]["level_after"],
            row["answer"]["opportunity"],
            row["answer"]["parameter_set_id"],
            row["answer"].get("judgements") or 0,
        )
        for row in rows
    ]
    return Recorded(decode_answer(rows[0]["student_id"], rows[0]["answer"]), changes)


def decode_answer(student_id: str, stored: Row) -> Answer:
    """An answer from the properties of one of its relationships."""
    return Answer(
        **content_from({**stored, "student_id": student_id}),
        id=stored["id"],
        at=stored["at"],
        recorded_at=stored["recorded_at"],
        sequence=stored.get("sequence"),
        digest=stored["digest"],
        evidence_id=stored.get("evidence_id"),
        weight=1.0 if (weight := stored.get("weight")) is None else weight,
        counts_as=stored.get("counts_as"),
    )


def _evidence(row: Row) -> Evidence:
    counts_as, weight = row["counts_as"], row["weight"]
    correct = row["correct"] if counts_as is None else counts_as
    return Evidence(decode_order(row), correct, 1.0 if weight is None else weight, is_as_stated=counts_as is None)


def _weight(answer: Answer) -> Row:
    return {
        "evidence_id": answer.evidence_id,
        "weight": None if answer.weight == 1 else answer.weight,
        "counts_as": answer.counts_as,
    }


def encode(answer: Answer) -> Row:
    """What all relationships of an answer have in common beside its times, without what is empty."""
    facts = dict(zip(FACTS, _facts(answer), strict=True))
    facts["weight"] = None if answer.weight == 1 else answer.weight
    facts["difficulty"] = answer.difficulty and answer.difficulty.value
    facts["mentioned"], facts["missed"] = list(answer.mentioned) or None, list(answer.missed) or None
    filled = {name: value for name, value in facts.items() if value is not None}
    return filled | {"concept_ids": list(answer.concept_ids), "skill_codes": list(answer.skill_codes)}


def encode_effect(answer: Answer, position: int, change: Change, tags: Mapping[Target, Tag]) -> Row:
    """What the relationship of an answer to one of its targets has of its own, without what is empty."""
    effect = {
        "key": unique_key(answer.id, position),
        "position": position,
        "level_before": change.level_before,
        "level_after": change.level_after,
        "opportunity": change.opportunity,
        "parameter_set_id": change.parameter_set_id,
    }
    if change.judgements:
        effect["judgements"] = change.judgements
    if answer.frozen is not None and change.target.kind is TargetKind.SKILL:
        tag = answer.frozen.get(change.target.key, NO_TAG)
    else:
        tag = tags.get(change.target, NO_TAG)
    return effect | {name: value for name, value in (("block", tag.block), ("year", tag.year)) if value is not None}
