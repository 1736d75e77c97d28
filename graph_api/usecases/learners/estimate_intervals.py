"""How far levels can be trusted: their intervals, worked out together (Q8)."""

from collections.abc import Iterable, Sequence

from graph_api.domain.learners.mastery import Evidence
from graph_api.domain.learners.uncertainty import LevelIntervals, level_intervals
from graph_api.domain.parameters.parameter_sets import ParameterSet
from graph_api.usecases.computing import compute


async def estimate_intervals(
    evidence: Sequence[Iterable[Evidence]], sets: Sequence[ParameterSet | None]
) -> list[LevelIntervals]:
    """The intervals of levels, in the order given; in a thread, because many take a while.

    Args:
        evidence: the answers behind each level, in any order.
        sets: the parameter set that each level was computed with.

    Raises:
        LookupError: a parameter set does not exist any more.
    """
    histories = [
        (used.parameters, [each.correct for each in sorted(of_one)])
        for used, of_one in zip(sets, evidence, strict=True)
        if used is not None
    ]
    if len(histories) != len(evidence):
        raise LookupError("a parameter set is gone")
    return await compute(level_intervals, histories)
