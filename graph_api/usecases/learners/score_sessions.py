"""Recompute recency when sessions end: by default, or for the students for whom that is chosen (G7, R6)."""

import uuid
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from graph_api.domain.operations.runs import Trigger
from graph_api.store import students
from graph_api.store.gateway import Gateway
from graph_api.usecases.learners.recompute_recency import RecomputeRequest, recompute_recency


@dataclass(frozen=True, slots=True)
class SessionScoring:
    """What the end of a session recomputes.

    Attributes:
        parameter_set_id: the recency parameters of the scores.
        by_default: whether it recomputes the scores of students without a choice of their own.
    """

    parameter_set_id: str
    by_default: bool = False


class ScoredSessions(NamedTuple):
    """What the ends of sessions have recomputed.

    Attributes:
        request: whose scores.
        run_id: the run that wrote them.
        students: the number of students.
    """

    request: RecomputeRequest
    run_id: str
    students: int


async def score_sessions(
    gateway: Gateway, student_ids: Collection[str], scoring: SessionScoring, clock: Callable[[], datetime]
) -> ScoredSessions | None:
    """Recompute the recency of students where the end of a session does so, in one run; None if there are none."""
    stored = await gateway.read_one(lambda tx: students.read_by_ids(tx, student_ids))
    choices = {each.id: each.recency_at_session_end for each in stored.values()}
    chosen = sorted(key for key, choice in choices.items() if (scoring.by_default if choice is None else choice))
    if not chosen:
        return None
    request = RecomputeRequest(student_ids=chosen, parameter_set_id=scoring.parameter_set_id)
    run = request.run(uuid.uuid4().hex, Trigger.SESSION, clock())
    await recompute_recency(gateway, request, run, clock)
    return ScoredSessions(request, run.id, len(chosen))
