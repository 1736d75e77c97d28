"""What students did between two moments: the times of their answers, and how long they took."""

from collections.abc import Iterable
from datetime import datetime

from graph_api.domain.learners.activity import GivenAnswer
from graph_api.domain.learners.scope import ALL, Scope
from graph_api.store.gateway import Transaction
from graph_api.store.times import as_time


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
        for key, at, correct, seconds in zip(row["ids"], row["at"], row["correct"], row["seconds"], strict=True):
            answers[student_id, key] = GivenAnswer(student_id, as_time(at), correct, seconds if seconds >= 0 else None)
    return list(answers.values())
