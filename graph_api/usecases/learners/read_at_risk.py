"""The report of the students of a group who may need help, now or as of a past moment (Q6)."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from graph_api.domain.learners.risk import LEAST_GUESSES, RiskRule, Student
from graph_api.domain.learners.scope import ALL, Scope
from graph_api.domain.learners.weak_rules import WeakRule, WeakRulesOf
from graph_api.usecases.computing import compute
from graph_api.usecases.learners.analyse_course import Analysis, on_graph
from graph_api.usecases.learners.past_states import read_past_class
from graph_api.usecases.learners.watch_class import at_risk, falling_bounds, read_watched


class RiskReport(NamedTuple):
    """The members who may need help, and the rules that chose them.

    Attributes:
        members: how many members were examined.
        total: how many may need help; None, and `students` empty, if they are too few to be shown.
        students: those with most kinds of reasons first.
        falling_bounds: velocities below which topics count as falling, ascending.
        weak: what counted as weak.
        risk: what counted as a reason.
        as_of: the moment that was judged by.
    """

    members: int
    total: int | None
    students: Sequence[Student]
    falling_bounds: Sequence[float]
    weak: WeakRulesOf
    risk: RiskRule
    as_of: datetime

    @property
    def rule(self) -> str:
        """The rules as a sentence."""
        rule: WeakRule = self.weak.default
        return (
            f"accuracy fell by {self.risk.drop:g} or more, beyond chance; a topic's velocity below "
            f"{' or '.join(f'{bound:g}' for bound in self.falling_bounds)}; a root cause that blocks something; "
            f"no progress: missed repeatedly, or {rule.level_in_words} after "
            f"{self.risk.least_stuck(rule)} answers; inactive for over {self.risk.inactive_days} days; "
            f"at least {LEAST_GUESSES} rapid guesses in the last week, and {self.risk.rapid_share:.0%} of its timed "
            "answers"
        )


async def read_at_risk(  # noqa: PLR0913 - of whom, by what rules, as of when
    analysis: Analysis,
    group_id: str,
    *,
    weak: WeakRulesOf,
    risk: RiskRule,
    falling: float,
    as_of: datetime,
    is_past: bool,
    scope: Scope = ALL,
) -> RiskReport:
    """The members of a group who may need help.

    Args:
        analysis: what is read.
        group_id: the group.
        weak: what is weak.
        risk: what counts as a reason.
        falling: the velocity below which topics fall, by the parameters in effect.
        as_of: the moment to judge by.
        is_past: whether levels are replayed as of the moment, instead of read as they are now.
        scope: what is judged. Answers to other concepts and skills count for no reason.
    """
    graph = await analysis.graphs.now()
    if is_past:
        levels, watched = await read_past_class(analysis.reads.gateway, group_id, as_of, scope)
        levels = on_graph(levels, graph)
    else:
        levels = await analysis.read_group(group_id, graph)
        watched = await analysis.reads.gateway.read(lambda tx: read_watched(tx, levels, as_of, scope))
    students = await compute(at_risk, graph, levels, watched, weak, risk, analysis.thresholds, as_of, scope)
    is_hidden = 0 < len(students) < analysis.least_students
    return RiskReport(
        len(levels.student_ids),
        None if is_hidden else len(students),
        [] if is_hidden else students,
        sorted({falling} | falling_bounds(watched)),
        weak,
        risk,
        as_of,
    )
