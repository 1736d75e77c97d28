"""Compare models on the answers in the graph (Q10)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from graph_api.domain.failures import GroupTooSmall, InvalidInput, ParameterSetNotFound
from graph_api.domain.parameters.model_comparison import Compared, Evidence, Model, PredictorInEffect, compare
from graph_api.domain.parameters.parameter_sets import ParameterSet
from graph_api.domain.parameters.recency_parameters import DEFAULT_SET, RecencyParameters
from graph_api.domain.parameters.splits import HeldOut
from graph_api.domain.targets import Target, TargetKind
from graph_api.store import histories, parameter_sets, predictors
from graph_api.store.gateway import Gateway, Transaction
from graph_api.store.histories import TimedHistories
from graph_api.store.parameter_sets import TargetInEffect
from graph_api.store.policy_sets import read_difficulties, recency_sets
from graph_api.usecases.choose_targets import Targets
from graph_api.usecases.computing import compute

MOST_ANSWERS = 1_000_000


@dataclass(frozen=True, slots=True)
class Comparison:
    """Models on the same answers, best first; numbers of targets are places in `targets`.

    `predictor` is the predictor of the next answer in effect; None where knowledge tracing predicts.
    """

    answers: int
    students: int
    models: Sequence[Compared]
    targets: Sequence[Target]
    predictor: PredictorInEffect | None = None


@dataclass(frozen=True, slots=True)
class ComparisonRequest:
    """Which answers to compare models on, and how students are dealt.

    Attributes:
        kind: answers to concepts or to skills.
        targets: which of them.
        group_id: only this group's answers; None for all students.
        folds: parts that students are dealt into, 2 to 20.
        seed: the deal; the same seed gives the same comparison.
        recency_set_id: the set of the recency model.
        held_out: what is predicted unseen.
        models: which models; all by default.

    Raises:
        InvalidInput: the seed is negative.
    """

    kind: TargetKind
    targets: Targets
    group_id: str | None = None
    folds: int = 5
    seed: int = 0
    recency_set_id: str = DEFAULT_SET.id
    held_out: HeldOut = HeldOut.STUDENTS
    models: Collection[Model] = tuple(Model)

    def __post_init__(self) -> None:
        if self.seed < 0:
            raise InvalidInput("seed", "must be >= 0", str(self.seed))


async def compare_models(gateway: Gateway, request: ComparisonRequest) -> Comparison:
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
        recency = (await recency_sets.read_by_ids(tx, [request.recency_set_id])).get(request.recency_set_id)
        if recency is None:
            raise ParameterSetNotFound("parameterSetId", "must exist", request.recency_set_id, [request.recency_set_id])
        stored = await request.targets.read(tx, request.kind)
        if (answers := sum(each.answers for each in stored)) > MOST_ANSWERS:
            raise InvalidInput("conceptIds, skillCodes", f"must have at most {MOST_ANSWERS} answers", str(answers))
        keys = [each.target.key for each in stored]
        evidence, difficulty = await histories.read_histories_with_difficulties(
            tx, request.kind, keys, request.group_id, await read_difficulties(tx, recency.parameters)
        )
        sets = await parameter_sets.read_by_ids(tx, {each.set_id for each in stored})
        return stored, evidence, sets, recency.parameters, difficulty

    stored, evidence, sets, recency, difficulty = await gateway.read(read)
    students = len(np.unique(evidence.timed.student))
    if 0 < students < gateway.least_students:
        raise GroupTooSmall.of("groupId, conceptIds, skillCodes", gateway.least_students)
    in_effect = {stored.id: stored.parameters for stored in sets}
    compared = await compute(
        compare,
        Evidence(
            evidence.timed,
            evidence.by_question,
            evidence.responses,
            [in_effect[each.set_id] for each in stored],
            recency,
            difficulty,
        ),
        folds=request.folds,
        rng=np.random.default_rng(request.seed),
        held_out=request.held_out,
        models=request.models,
        least=gateway.least_students,
    )
    predictor = await gateway.read(partial(_read_predictor, kind=request.kind))
    return Comparison(len(evidence.timed.correct), students, compared, [each.target for each in stored], predictor)


async def _read_predictor(tx: Transaction, kind: TargetKind) -> PredictorInEffect | None:
    set_id = (await predictors.read_ids_in_effect(tx)).get(kind)
    if set_id is None:
        return None
    record = (await predictors.read_fits(tx, [set_id])).get(set_id)
    return PredictorInEffect(set_id, record.figures.after.log_loss if record and record.figures.after else None)
