"""Levels under other evidence parameters (Q7); nothing is stored."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from graph_api.domain.answers.answers import Answer
from graph_api.domain.answers.evidence_rules import DEFAULT_SET, EvidenceParameterSet
from graph_api.domain.failures import GroupTooSmall, ParameterSetNotFound
from graph_api.domain.learners.judgements import Judgement
from graph_api.domain.learners.mastery import Evidence, Mastery, replay
from graph_api.domain.parameters.parameter_sets import ParameterSet
from graph_api.domain.targets import Target, TargetKind
from graph_api.store import answers, judgements, masteries, parameter_sets
from graph_api.store.gateway import Gateway, Transaction
from graph_api.store.policy_sets import evidence_sets, read_evidence_in_effect
from graph_api.usecases.choose_targets import Targets
from graph_api.usecases.computing import compute
from graph_api.usecases.learners.choose_students import read_student_ids
from graph_api.usecases.learners.replay_under import STUDENTS_AT_A_TIME, Difference


class Reweighed(NamedTuple):
    """The differences under other evidence parameters, the largest first, and how many answers were weighed again.

    `changed_answers` count otherwise; `changed_students` gave them.
    """

    used: EvidenceParameterSet
    differences: Sequence[Difference]
    answers: int
    changed_answers: int
    changed_students: int


class _Stored(NamedTuple):
    masteries: Sequence[Mastery]
    sets: Mapping[str, ParameterSet]
    answers: Sequence[Answer]
    judgements: Sequence[Judgement]


async def replay_evidence(
    gateway: Gateway, evidence_id: str, targets: Targets, *, student_id: str | None, group_id: str | None
) -> Reweighed:
    """Weigh the answers of a student or group again that the parameters in effect weighed, and replay their levels.

    Each level is replayed under the set that it was computed with.

    Raises:
        InvalidInput: neither a student nor a group is named, or both are.
        ParameterSetNotFound, StudentNotFound, GroupNotFound, ConceptNotFound, SkillNotFound: not found.
        GroupTooSmall: the answers are of fewer students than analysts may see.
    """

    async def check(tx: Transaction) -> tuple[EvidenceParameterSet, str, list[str], set[Target]]:
        ids = await read_student_ids(tx, student_id, group_id)
        used = (await evidence_sets.read_by_ids(tx, [evidence_id])).get(evidence_id)
        if used is None:
            raise ParameterSetNotFound("evidence", "must be stored evidence parameters", evidence_id, [evidence_id])
        chosen = {each.target for kind in TargetKind for each in await targets.read(tx, kind)}
        return used, (await read_evidence_in_effect(tx)).set_id, ids, chosen

    used, in_effect, ids, chosen = await gateway.read(check)
    differences: list[Difference] = []
    weighed, changed, students = 0, 0, set[str]()
    for start in range(0, len(ids), STUDENTS_AT_A_TIME):
        some = ids[start : start + STUDENTS_AT_A_TIME]
        stored = await gateway.read(lambda tx, some=some: _read(tx, some, chosen))  # type: ignore[misc]
        before = [each for each in stored.answers if (each.evidence_id or DEFAULT_SET.id) == in_effect]
        after = {(each.student_id, each.id): each.weighed_by(used) for each in before}
        otherwise = [each for each in before if _counts(each) != _counts(after[each.student_id, each.id])]
        weighed, changed = weighed + len(before), changed + len(otherwise)
        students |= {each.student_id for each in otherwise}
        every = [after.get((each.student_id, each.id), each) for each in stored.answers]
        differences += await compute(_differences, stored, every)
    if 0 < len({each.stored.student_id for each in differences}) < gateway.least_students:
        raise GroupTooSmall.of("conceptIds, skillCodes", gateway.least_students)
    ordered = sorted(differences, key=lambda each: (-abs(each.change), each.stored.student_id, each.stored.target))
    return Reweighed(used, ordered, weighed, changed, len(students))


def _counts(answer: Answer) -> tuple[float, bool]:
    return answer.weight, answer.counts_as_correct


async def _read(tx: Transaction, student_ids: Sequence[str], chosen: AbstractSet[Target]) -> _Stored:
    of_students = await masteries.read_of_students(tx, student_ids)
    rows = [row for of_one in of_students.values() for row in of_one if row.target in chosen]
    sets = await parameter_sets.read_by_ids(tx, {row.parameter_set_id for row in rows})
    every = await answers.read_weighed_by(tx, student_ids, None)
    of_targets = [answer for answer in every if not chosen.isdisjoint(answer.targets)]
    judged_ids = {row.student_id for row in rows if row.judgements}
    judged = await judgements.read_of_students(tx, judged_ids) if judged_ids else {}
    return _Stored(
        rows, {each.id: each for each in sets}, of_targets, [each for one in judged.values() for each in one]
    )


def _differences(stored: _Stored, weighed: Iterable[Answer]) -> list[Difference]:
    evidence: dict[tuple[str, Target], list[Evidence]] = defaultdict(list)
    for answer in weighed:
        for target in answer.targets:
            evidence[answer.student_id, target].append(answer.evidence)
    for judgement in stored.judgements:
        if judgement.revocation is None:
            evidence[judgement.student_id, judgement.target].append(judgement.evidence)
    differences = []
    for row in stored.masteries:
        pair, used = (row.student_id, row.target), stored.sets[row.parameter_set_id]
        after = replay(evidence[pair], *pair, used)
        differences.append(
            Difference(row, used.start, 0) if after is None else Difference(row, after.level, after.attempts)
        )
    return differences
