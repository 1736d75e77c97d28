"""The intervals of levels, computed together (Q8)."""

from collections.abc import Sequence

from graph_api.domain.answers.order import given_by
from graph_api.domain.learners.uncertainty import LevelIntervals, level_intervals
from graph_api.usecases.computing import compute
from graph_api.usecases.learners.reads import LearnerReads, LevelOf


async def estimate_intervals(reads: LearnerReads, levels: Sequence[LevelOf]) -> list[LevelIntervals]:
    """The intervals of levels, in the order given; in a thread, because many take a while.

    Raises:
        LookupError: a parameter set does not exist any more.
    """
    evidence = await reads.evidence.load_many([(each.student_id, each.target) for each in levels])
    sets = await reads.parameter_sets.load_many([each.set_id for each in levels])
    histories = []
    for level, answers, used in zip(levels, evidence, sets, strict=True):
        if used is None:
            raise LookupError(f"parameter set {level.set_id} is gone")
        counted = answers if level.past is None else given_by(answers, level.past)
        histories.append((used.parameters, [each.correct for each in sorted(counted)]))
    return await compute(level_intervals, histories)
