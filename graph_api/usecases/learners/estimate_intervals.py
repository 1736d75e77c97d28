"""The intervals of levels, computed together (Q8)."""

from collections.abc import Sequence

from graph_api.domain.answers.order import given_by
from graph_api.domain.learners.mastery import since_judged
from graph_api.domain.learners.uncertainty import LevelIntervals, level_intervals
from graph_api.usecases.computing import compute
from graph_api.usecases.learners.reads import LearnerReads, LevelOf


async def estimate_intervals(reads: LearnerReads, levels: Sequence[LevelOf]) -> list[LevelIntervals]:
    """The intervals of levels, in the order given; in a thread, because many take a while.

    A judgement is as uncertain as a prior of that level, and what came before it does not count.

    Raises:
        LookupError: a parameter set does not exist any more.
    """
    evidence = await reads.evidence.load_many([(each.student_id, each.target) for each in levels])
    sets = await reads.parameter_sets.load_many([each.set_id for each in levels])
    histories, weights = [], []
    for level, answers, used in zip(levels, evidence, sets, strict=True):
        if used is None:
            raise LookupError(f"parameter set {level.set_id} is gone")
        counted = answers if level.past is None else given_by(answers, level.past)
        start, since = since_judged(counted, used.parameters)
        histories.append((start, [each.correct for each in since]))
        weights.append([each.weight for each in since])
    return await compute(level_intervals, histories, weights=weights)
