"""Levels under another parameter set (Q7); nothing is stored."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from graph_api.domain.failures import GroupTooSmall, ParameterSetNotFound
from graph_api.domain.learners.mastery import Evidence, Mastery, replay
from graph_api.domain.parameters.parameter_sets import ParameterSet
from graph_api.domain.targets import Target, TargetKind
from graph_api.store import answers, masteries, parameter_sets
from graph_api.store.answers import Pair
from graph_api.store.gateway import Gateway, Transaction
from graph_api.usecases.choose_targets import Targets
from graph_api.usecases.computing import compute
from graph_api.usecases.learners.choose_students import read_student_ids

STUDENTS_AT_A_TIME = 100


class Difference(NamedTuple):
    """A stored mastery, and its level under the other set; and the number of answers then, if that differs."""

    stored: Mastery
    level: float
    attempts: int | None = None

    @property
    def change(self) -> float:
        """The level under the other set minus the stored level."""
        return self.level - self.stored.level


async def replay_under(
    gateway: Gateway, set_id: str, targets: Targets, *, student_id: str | None, group_id: str | None
) -> tuple[ParameterSet, list[Difference]]:
    """Replay every mastery of a student or group on some targets under a set, the largest change first.

    Raises:
        InvalidInput: neither a student nor a group is named, or both are.
        ParameterSetNotFound, StudentNotFound, GroupNotFound, ConceptNotFound, SkillNotFound: not found.
        GroupTooSmall: the answers are of fewer students than analysts may see.
    """

    async def check(tx: Transaction) -> tuple[ParameterSet, list[str], set[Target]]:
        ids = await read_student_ids(tx, student_id, group_id)
        sets = await parameter_sets.read_by_ids(tx, [set_id])
        if not sets:
            raise ParameterSetNotFound("parameterSetId", "must exist", set_id, [set_id])
        chosen = {each.target for kind in TargetKind for each in await targets.read(tx, kind)}
        return sets[0], ids, chosen

    used, ids, chosen = await gateway.read(check)
    differences: list[Difference] = []
    for start in range(0, len(ids), STUDENTS_AT_A_TIME):
        some = ids[start : start + STUDENTS_AT_A_TIME]
        stored, evidence = await gateway.read(lambda tx, some=some: _read(tx, some, chosen))  # type: ignore[misc]
        differences += await compute(_differences, stored, evidence, used)
    if 0 < len({each.stored.student_id for each in differences}) < gateway.least_students:
        raise GroupTooSmall.of("conceptIds, skillCodes", gateway.least_students)
    return used, sorted(differences, key=lambda each: (-abs(each.change), each.stored.student_id, each.stored.target))


async def _read(
    tx: Transaction, student_ids: Sequence[str], chosen: set[Target]
) -> tuple[list[Mastery], dict[Pair, list[Evidence]]]:
    of_students = await masteries.read_of_students(tx, student_ids)
    stored = [row for rows in of_students.values() for row in rows if row.target in chosen]
    return stored, await answers.read_evidence(tx, [(row.student_id, row.target) for row in stored])


def _differences(
    stored: Sequence[Mastery], evidence: Mapping[Pair, Sequence[Evidence]], used: ParameterSet
) -> list[Difference]:
    differences = []
    for row in stored:
        after = replay(evidence[row.student_id, row.target], row.student_id, row.target, used)
        if after is not None:
            differences.append(Difference(row, after.level))
    return differences
