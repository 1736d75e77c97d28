"""The answers behind the levels of a group, as columns: what intervals of levels need, and no more."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from graph_api.domain.targets import TargetKind
from graph_api.store.gateway import Transaction
from graph_api.store.masteries import reread

LIST: Mapping[TargetKind, str] = {
    TargetKind.CONCEPT: "level_history/list_of_group_on_concepts",
    TargetKind.SKILL: "level_history/list_of_group_on_skills",
}


class LevelHistory(NamedTuple):
    """The answers behind the level of a student on a target, oldest first (B6).

    Attributes:
        student_id: the student.
        key: the concept id or skill code.
        set_id: the parameter set of the level.
        judgements: how many judgements the level rests on. They are not in the lists.
        outcomes: whether each answer counts as correct.
        weights: how much each counts; none is 0.
    """

    student_id: str
    key: str
    set_id: str
    judgements: int
    outcomes: Sequence[bool]
    weights: Sequence[float]


async def read_of_group(tx: Transaction, group_id: str, kind: TargetKind, least: int) -> list[LevelHistory]:
    """The histories of the members' levels on concepts or skills that at least some number of answers count towards."""
    histories = [
        LevelHistory(row["student_id"], *of_target)
        async for row in tx.each(LIST[kind], group_id=group_id, least=least)
        for of_target in row["histories"]
    ]
    reread(tx, is_invalid=any(history.set_id is None for history in histories))
    return histories
