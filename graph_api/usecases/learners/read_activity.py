"""What students did by day or week (Q12)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from graph_api.domain.learners.activity import AnswerColumns, PeriodActivity, SessionColumns, sum_activity, sum_class
from graph_api.domain.learners.scope import Scope
from graph_api.domain.learners.timeline import Timeline
from graph_api.store import groups, sessions
from graph_api.store.activity import read_answers
from graph_api.store.gateway import Transaction
from graph_api.usecases.computing import compute
from graph_api.usecases.learners.reads import Actions, ActionsOf, LearnerReads


async def read_actions(tx: Transaction, keys: Iterable[ActionsOf]) -> dict[ActionsOf, Actions]:
    """The actions of students: one read for all with the same window and scope."""
    alike: dict[tuple[datetime, datetime, Scope], list[ActionsOf]] = defaultdict(list)
    for key in keys:
        alike[key.since, key.until, key.scope].append(key)
    actions: dict[ActionsOf, Actions] = {}
    for (since, until, scope), of_window in alike.items():
        read = await _read(tx, [key.student_id for key in of_window], since, until, scope)
        answers, started = defaultdict(list), defaultdict(list)
        for answer in read.answers:
            answers[answer.student_id].append(answer)
        for session in read.sessions:
            started[session.student_id].append(session)
        actions |= {key: Actions(answers[key.student_id], started[key.student_id]) for key in of_window}
    return actions


async def read_student_activity(
    reads: LearnerReads, student_id: str, timeline: Timeline, scope: Scope
) -> Sequence[PeriodActivity]:
    """The activity of a student in each period."""
    window = timeline.starts[0], timeline.moments[-1]
    actions = await reads.actions.load(ActionsOf(student_id, *window, scope)) or Actions((), ())
    return await compute(_sum, timeline, actions)


async def read_group_activity(
    reads: LearnerReads, group_id: str, timeline: Timeline, scope: Scope
) -> Sequence[PeriodActivity]:
    """The activity of the members of a group in each period."""
    if (past := await reads.class_actions.load(group_id)) is not None:
        return await compute(sum_class, timeline, past, scope)

    async def read(tx: Transaction) -> Actions:
        ids = await groups.read_member_ids(tx, group_id)
        return await _read(tx, ids, timeline.starts[0], timeline.moments[-1], scope)

    return await compute(_sum, timeline, await reads.gateway.read(read))


async def _read(tx: Transaction, student_ids: Sequence[str], since: datetime, until: datetime, scope: Scope) -> Actions:
    answers = await read_answers(tx, student_ids, since, until, scope)
    return Actions(answers, await sessions.read_started(tx, student_ids, since, until))


def _sum(timeline: Timeline, actions: Actions) -> Sequence[PeriodActivity]:
    return sum_activity(timeline, AnswerColumns.of(actions.answers), SessionColumns.of(actions.sessions))
