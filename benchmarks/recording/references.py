"""The frozen references, which do not change with the service: their statements and their code are in this folder.

`naive`: one transaction of the driver for each answer, retried by the driver, with the seven statements of November
2026. `batched`: hand-written batches of one writer, three statements each. It has no HTTP, no GraphQL and no checks.
Each has as many students as the load, of its own.
"""

import random
import re
import time
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import neo4j

from benchmarks.recording.load import CHANCE_CORRECT, CONCEPTS, STUDENTS

HERE = Path(__file__).parent
NAMED = re.compile(r"// -- (\S+) --\n((?:.|\n)*?);\n")
PRIOR, LEARN, GUESS, SLIP = 0.3, 0.2, 0.2, 0.1
SEPARATOR = "\x1f"
Row = dict[str, Any]


def statements(name: str) -> dict[str, str]:
    """The statements of a file of this folder, by name."""
    return dict(NAMED.findall((HERE / f"{name}.cypher").read_text(encoding="utf-8")))


NAIVE, BATCHED = statements("naive"), statements("batched")


class Sent(NamedTuple):
    """An answer."""

    student_id: str
    concept_id: str
    correct: bool


def draw(chance: random.Random, of: str) -> Sent:
    """An answer of a random student to a random concept."""
    return Sent(f"{of}{chance.randrange(STUDENTS)}", f"c{chance.randrange(CONCEPTS)}", chance.random() < CHANCE_CORRECT)


def key(student_id: str, kind: str, target: str) -> str:
    """The key of a mastery."""
    return SEPARATOR.join((student_id, kind, target))


def step(level: float, *, correct: bool) -> float:
    """One step of Bayesian knowledge tracing."""
    right, wrong = (1 - SLIP, GUESS) if correct else (SLIP, 1 - GUESS)
    posterior = level * right / (level * right + (1 - level) * wrong)
    return posterior + (1 - posterior) * LEARN


async def rows(tx: neo4j.AsyncManagedTransaction, text: str, **params: object) -> list[Row]:
    """The rows of a statement."""
    return [record.data() async for record in await tx.run(text, params)]


def answer_row(  # noqa: PLR0913, PLR0917 - what makes a row
    sent: Sent, number: int, kind: str, target: str, before: Row | None, now: str, skill: str
) -> Row:
    """The relationship of an answer to a target, and the mastery that it leads to."""
    level = PRIOR if before is None else before["level"]
    after = step(level, correct=sent.correct)
    attempts = 1 if before is None else before["attempts"] + 1
    position = 0 if kind == "CONCEPT" else 1
    answer_id = f"{now}-{number}"
    return {
        "student_id": sent.student_id, "target": target, "key": f"{position}{SEPARATOR}{answer_id}{SEPARATOR}",
        "id": answer_id, "position": position, "digest": "", "at": now, "recorded_at": now, "sequence": number,
        "correct": sent.correct, "level_before": level, "level_after": after, "opportunity": attempts,
        "parameter_set_id": "frozen-v1", "concept_ids": [sent.concept_id], "skill_codes": [skill],
        "mastery": {
            "student_id": sent.student_id, "target": target, "key": key(sent.student_id, kind, target), "level": after,
            "attempts": attempts, "correct": (0 if before is None else before["correct"]) + sent.correct,
            "judgements": 0, "last_practiced_at": now, "last_recorded_at": now, "last_sequence": number,
            "last_answer_id": answer_id, "parameter_set_id": "frozen-v1", "updated_at": now,
        },
    }  # fmt: skip


ABSENT = (
    "judgements", "block", "year", "session_id", "question_id", "difficulty", "response_time", "semantic_score",
    "keyword_score", "mentioned", "missed", "hints", "attempt", "partial_score", "evidence_id", "weight", "counts_as",
)  # fmt: skip


async def record_naively(tx: neo4j.AsyncManagedTransaction, sent: Sent, number: int) -> None:
    """Record one answer, with seven statements."""
    moment = datetime.now(UTC)
    (tags,) = await rows(tx, NAIVE["concept/list_tags"], ids=[sent.concept_id])
    await rows(tx, NAIVE["student/touch"], rows=[{"student_id": sent.student_id, "hash": ""}], now=moment)
    skill = tags["skills"][0]["code"]
    pairs = {key(sent.student_id, kind, target): (kind, target) for kind, target in
             (("CONCEPT", sent.concept_id), ("SKILL", skill))}  # fmt: skip
    states = {
        row["key"]: row
        for row in await rows(tx, NAIVE["mastery/list_states"], students=[{"id": sent.student_id, "keys": list(pairs)}])
    }
    now = moment.isoformat()
    written = {
        kind: dict.fromkeys(ABSENT) | answer_row(sent, number, kind, target, states.get(each), now, skill)
        for each, (kind, target) in pairs.items()
    }
    for kind, noun in (("CONCEPT", "concepts"), ("SKILL", "skills")):
        await rows(tx, NAIVE[f"recording/create_on_{noun}"], rows=[written[kind]])
    for kind, noun in (("CONCEPT", "concepts"), ("SKILL", "skills")):
        await rows(tx, NAIVE[f"mastery/put_on_{noun}"], rows=[written[kind]["mastery"]])


PLACE = ("student_id", "target", "at", "recorded_at", "mastery")


async def record_batch(tx: neo4j.AsyncManagedTransaction, batch: Sequence[Sent], start: int) -> None:
    """Record a batch of answers, with three statements, or up to five while masteries are new."""
    moment = datetime.now(UTC)
    keys: dict[str, dict[str, None]] = {}
    for sent in batch:
        skill = f"k{int(sent.concept_id[1:]) % 10}"
        of_student = keys.setdefault(sent.student_id, {})
        of_student[key(sent.student_id, "CONCEPT", sent.concept_id)] = None
        of_student[key(sent.student_id, "SKILL", skill)] = None
    locked = [{"student_id": each, "hash": "", "keys": list(keys[each])} for each in sorted(keys)]
    (row,) = await rows(tx, BATCHED["recording/lock_students"], rows=locked, now=moment)
    states: dict[str, Row] = {
        state[0]: {"level": state[1], "attempts": state[2], "correct": state[3]}
        for _, _, of_student in row["students"]
        for state in of_student
    }
    known, now = set(states), moment.isoformat()
    written: dict[str, list[Row]] = {}
    for number, sent in enumerate(batch, start):
        skill = f"k{int(sent.concept_id[1:]) % 10}"
        for kind, target in (("CONCEPT", sent.concept_id), ("SKILL", skill)):
            pair = key(sent.student_id, kind, target)
            properties = answer_row(sent, number, kind, target, states.get(pair), now, skill)
            each = {name: properties.pop(name) for name in PLACE} | {"answer": properties}
            states[pair] = each["mastery"]
            noun = f"{'known' if pair in known else 'new'}_{kind.lower()}s"
            written.setdefault(f"recording/append_to_{noun}", []).append(each)
    for of_name in written.values():
        for each in of_name:
            each["mastery"] = states[each["mastery"]["key"]]
    for name, of_name in written.items():
        await rows(tx, BATCHED[name], rows=of_name)


async def measure(driver: neo4j.AsyncDriver, database: str | None, size: int, seconds: float) -> float:
    """Answers per second of a loop of transactions: naive for one answer each, else batches."""
    chance, done = random.Random(size), 0  # noqa: S311 - load, not secrets
    began, number = time.perf_counter(), int(uuid.uuid4().hex[:6], 16)
    async with driver.session(database=database) as session:
        while time.perf_counter() - began < seconds:
            batch = [draw(chance, "naive" if size == 1 else "batched") for _ in range(size)]

            if size == 1:
                await session.execute_write(record_naively, batch[0], number)
            else:
                await session.execute_write(record_batch, batch, number)
            number += size
            done += size
    return done / (time.perf_counter() - began)
