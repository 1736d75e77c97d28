"""Compare models on the answers in the graph (Q10)."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from graph_api.domain.failures import GroupTooSmall, InvalidInput
from graph_api.domain.model_comparison import Compared, compare
from graph_api.domain.parameter_sets import ParameterSet
from graph_api.domain.targets import TargetKind
from graph_api.store import histories, parameter_sets
from graph_api.store.gateway import Gateway, Transaction
from graph_api.store.histories import TimedHistories
from graph_api.store.parameter_sets import TargetInForce
from graph_api.usecases.choose_targets import Targets

MOST_ANSWERS = 1_000_000


@dataclass(frozen=True, slots=True)
class Comparison:
    """Models on the same answers, best first."""

    answers: int
    students: int
    models: Sequence[Compared]


async def compare_models(  # noqa: PLR0913 - whose answers, and how they are dealt
    gateway: Gateway, kind: TargetKind, targets: Targets, *, group_id: str | None, folds: int, seed: int
) -> Comparison:
    """Compare on the answers to targets of one kind, of everyone or of a group.

    Raises:
        ConceptNotFound, SkillNotFound: something named is not there.
        InvalidInput: there are not 2 to 20 folds, or too many answers for one query.
        GroupTooSmall: an analyst asks about the answers of too few students.
    """

    async def read(tx: Transaction) -> tuple[list[TargetInForce], TimedHistories, list[ParameterSet]]:
        found = await targets.read(tx, kind)
        if (answers := sum(each.answers for each in found)) > MOST_ANSWERS:
            raise InvalidInput("conceptIds, skillCodes", f"must have at most {MOST_ANSWERS} answers", str(answers))
        evidence = await histories.read_timed_histories(tx, kind, [each.target.key for each in found], group_id)
        return found, evidence, await parameter_sets.read_by_ids(tx, {each.set_id for each in found})

    found, evidence, sets = await gateway.read(read)
    students = len(np.unique(evidence.timed.student))
    if 0 < students < gateway.least_students:
        raise GroupTooSmall.of("groupId, conceptIds, skillCodes", gateway.least_students)
    in_force = {stored.id: stored.parameters for stored in sets}
    compared = await asyncio.to_thread(
        compare,
        evidence.timed,
        evidence.by_question,
        [in_force[each.set_id] for each in found],
        folds=folds,
        rng=np.random.default_rng(seed),
        least=gateway.least_students,
    )
    return Comparison(len(evidence.timed.correct), students, compared)
