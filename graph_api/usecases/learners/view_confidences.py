"""The confidences of the levels of a class, now or as of a moment (Q6, Q8)."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from graph_api.domain.answers.order import given_by
from graph_api.domain.learners.class_levels import ClassLevels
from graph_api.domain.learners.level_confidences import History, PairHistory, confidence_cells
from graph_api.domain.learners.mastery import Evidence, since_judged
from graph_api.domain.learners.uncertainty import ENOUGH
from graph_api.domain.parameters.knowledge_tracing import Parameters
from graph_api.domain.targets import Target, TargetKind
from graph_api.store import answers, level_histories, parameter_sets
from graph_api.store.gateway import Gateway, Transaction
from graph_api.store.level_histories import LevelHistory
from graph_api.usecases.computing import compute
from graph_api.usecases.learners.class_history import ClassHistory

Cells = Sequence[Sequence[str | None]]


async def read_confidences(gateway: Gateway, group_id: str, kind: TargetKind, levels: ClassLevels) -> Cells:
    """The confidences of the levels of a group, one row per student; None without a level.

    Answers that were recorded after the levels were read do not count, unless they came late (B3a).

    Raises:
        LookupError: a parameter set does not exist any more.
    """
    pairs = await gateway.read(lambda tx: _read(tx, group_id, kind, levels))
    return await compute(confidence_cells, levels, pairs)


async def _read(tx: Transaction, group_id: str, kind: TargetKind, levels: ClassLevels) -> list[PairHistory]:
    stored = await level_histories.read_of_group(tx, group_id, kind, ENOUGH)
    sets = {each.id: each for each in await parameter_sets.read_by_ids(tx, {row.set_id for row in stored})}
    if missing := {row.set_id for row in stored} - sets.keys():
        raise LookupError(f"parameter set {min(missing)} is gone")
    judged = [row for row in stored if row.judgements]
    evidence = await answers.read_evidence(tx, [(row.student_id, Target(kind, row.key)) for row in judged])
    of_answers = [row for row in stored if not row.judgements]
    return [
        *await compute(_of_answers, of_answers, {key: each.parameters for key, each in sets.items()}, levels),
        *(
            _of_evidence(row.student_id, row.key, sets[row.set_id].parameters, of_one)
            for row in judged
            if (of_one := evidence.get((row.student_id, Target(kind, row.key))))
        ),
    ]


def _of_answers(stored: Iterable[LevelHistory], sets: dict[str, Parameters], levels: ClassLevels) -> list[PairHistory]:
    rows = {student_id: place for place, student_id in enumerate(levels.student_ids)}
    columns = {key: place for place, key in enumerate(levels.keys)}
    pairs = []
    for row in stored:
        if row.student_id in rows and row.key in columns:
            count = int(levels.attempts[rows[row.student_id], columns[row.key]])
            history = History.of(sets[row.set_id], row.outcomes[:count], row.weights[:count])
            pairs.append(PairHistory(row.student_id, row.key, history))
    return pairs


def _of_evidence(student_id: str, key: str, used: Parameters, evidence: Iterable[Evidence]) -> PairHistory:
    """The history since the last judgement, which counts as a prior of its level, as in `estimate_intervals`."""
    start, since = since_judged(evidence, used)
    history = History.of(start, [each.correct for each in since], [each.weight for each in since])
    return PairHistory(student_id, key, history)


def confidences_at(history: ClassHistory, moment: datetime, levels: ClassLevels) -> Cells:
    """The confidences of the levels of a class as of a moment, one row per student; None without a level."""
    return confidence_cells(
        levels,
        [
            _of_evidence(pair.student_id, pair.target.key, pair.used.parameters, given_by(pair.evidence, moment))
            for pair in history.pairs
        ],
    )
