"""What students did: the times of their answers, and how long they took."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

import numpy as np

from graph_api.domain.learners.activity import AnswerColumns, GivenAnswer, SessionColumns, StudentActions
from graph_api.domain.learners.scope import ALL, Scope
from graph_api.domain.learners.sessions import Session
from graph_api.domain.targets import concept, skill
from graph_api.store import sessions
from graph_api.store.gateway import Row, Transaction
from graph_api.store.times import as_time

EVER = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


async def read_answers(
    tx: Transaction, student_ids: Iterable[str], since: datetime, until: datetime, scope: Scope = ALL
) -> list[GivenAnswer]:
    """The answers of some students from `since` to `until` that count towards something in a scope, each once."""
    params = {"student_ids": sorted(set(student_ids)), "since": since, "until": until}
    if scope.skill_codes is None or scope.concept_ids is None:
        rows = tx.each("activity/list_answers", **params)
    else:
        keys = {"concept_ids": sorted(scope.concept_ids), "skill_codes": sorted(scope.skill_codes)}
        rows = tx.each("activity/list_answers_in_scope", **params, **keys)
    answers: dict[tuple[str, str], GivenAnswer] = {}
    async for row in rows:
        student_id = row["student_id"]
        answers |= {(student_id, key): answer for key, answer in _answers(row).items()}
    return list(answers.values())


async def read_actions(tx: Transaction, student_ids: Iterable[str]) -> dict[str, StudentActions]:
    """What each of some students has done so far, in order of id."""
    ids = sorted(set(student_ids))
    rows: dict[str, Row] = {}
    async for row in tx.each("activity/list_answers_by_target", student_ids=ids):
        rows[row["student_id"]] = row
    started: dict[str, list[Session]] = defaultdict(list)
    for session in await sessions.read_started(tx, ids, *EVER):
        started[session.student_id].append(session)
    return {student_id: _actions(rows.get(student_id), started[student_id]) for student_id in ids}


def _answers(row: Row) -> dict[str, GivenAnswer]:
    """The answers in a row, by id: one may stand in several places."""
    return {
        key: GivenAnswer(row["student_id"], as_time(at), correct, seconds if seconds >= 0 else None)
        for key, at, correct, seconds in zip(row["ids"], row["at"], row["correct"], row["seconds"], strict=True)
    }


def _actions(row: Row | None, started: list[Session]) -> StudentActions:
    answers: Mapping[str, GivenAnswer] = {} if row is None else _answers(row)
    pairs = [] if row is None else list(zip(row["ids"], row["keys"], row["of_concept"], strict=True))
    targets = list(dict.fromkeys(concept(key) if of_concept else skill(key) for _, key, of_concept in pairs))
    answer_places = {key: place for place, key in enumerate(answers)}
    target_places = {target: place for place, target in enumerate(targets)}
    return StudentActions(
        AnswerColumns.of(answers.values()),
        targets,
        np.array([answer_places[key] for key, _, _ in pairs], np.int32),
        np.array([target_places[concept(key) if of_concept else skill(key)] for _, key, of_concept in pairs], np.int32),
        SessionColumns.of(started),
    )
