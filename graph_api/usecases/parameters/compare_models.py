"""Compare models on the answers in the graph (Q10)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graph_api.domain.failures import GroupTooSmall, InvalidInput, ParameterSetNotFound
from graph_api.domain.parameters.model_comparison import Compared, compare
from graph_api.domain.parameters.parameter_sets import ParameterSet
from graph_api.domain.parameters.recency_parameters import DEFAULT_SET, RecencyParameters
from graph_api.domain.targets import TargetKind
from graph_api.store import histories, parameter_sets
from graph_api.store.gateway import Gateway, Transaction
from graph_api.store.histories import TimedHistories
from graph_api.store.parameter_sets import TargetInEffect
from graph_api.store.policy_sets import recency_sets
from graph_api.usecases.choose_targets import Targets
from graph_api.usecases.computing import compute

MOST_ANSWERS = 1_000_000


@dataclass(frozen=True, slots=True)
class Comparison:
    """Models on the same answers, best first."""

    answers: int
    students: int
    models: Sequence[Compared]


async def compare_models(  # noqa: PLR0913 - whose answers, and how they are dealt
    gateway: Gateway,
    kind: TargetKind,
    targets: Targets,
    *,
    group_id: str | None,
    folds: int,
    seed: int,
    recency_set_id: str = DEFAULT_SET.id,
) -> Comparison:
    """Compare on the answers to targets of one kind, of all students or of a group.

    Raises:
        ConceptNotFound, SkillNotFound: a named concept or skill does not exist.
        ParameterSetNotFound: the set of recency does not exist.
        InvalidInput: there are not 2 to 20 folds, or too many answers for one query.
        GroupTooSmall: an analyst requests the answers of too few students.
    """

    async def read(
        tx: Transaction,
    ) -> tuple[list[TargetInEffect], TimedHistories, list[ParameterSet], RecencyParameters, NDArray[np.int64]]:
        recency = (await recency_sets.read_by_ids(tx, [recency_set_id])).get(recency_set_id)
        if recency is None:
            raise ParameterSetNotFound("parameterSetId", "must exist", recency_set_id, [recency_set_id])
        stored = await targets.read(tx, kind)
        if (answers := sum(each.answers for each in stored)) > MOST_ANSWERS:
            raise InvalidInput("conceptIds, skillCodes", f"must have at most {MOST_ANSWERS} answers", str(answers))
        keys = [each.target.key for each in stored]
        evidence, difficulty = await histories.read_histories_with_difficulties(tx, kind, keys, group_id)
        sets = await parameter_sets.read_by_ids(tx, {each.set_id for each in stored})
        return stored, evidence, sets, recency.parameters, difficulty

    stored, evidence, sets, recency, difficulty = await gateway.read(read)
    students = len(np.unique(evidence.timed.student))
    if 0 < students < gateway.least_students:
        raise GroupTooSmall.of("groupId, conceptIds, skillCodes", gateway.least_students)
    in_effect = {stored.id: stored.parameters for stored in sets}
    compared = await compute(
        compare,
        evidence.timed,
        evidence.by_question,
        [in_effect[each.set_id] for each in stored],
        folds=folds,
        rng=np.random.default_rng(seed),
        recency=recency,
        difficulty=difficulty,
        least=gateway.least_students,
    )
    return Comparison(len(evidence.timed.correct), students, compared)
