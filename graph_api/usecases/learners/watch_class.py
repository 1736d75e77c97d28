"""The students of a group who may need help, with reasons (Q6)."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

import numpy as np

from graph_api.domain.answers.answers import CLOCK_TOLERANCE
from graph_api.domain.course.course_graph import CourseGraph
from graph_api.domain.learners.class_levels import ClassLevels, is_mastered
from graph_api.domain.learners.mastery import Status
from graph_api.domain.learners.risk import BlockingCause, RiskRule, RootCauseReason, Stuck, Student, find_causes
from graph_api.domain.learners.sampling import SamplingUnder
from graph_api.domain.learners.scope import ALL, Scope, relevant_deficits
from graph_api.domain.learners.threshold_sets import TargetThresholds
from graph_api.domain.learners.topic import TopicUnder
from graph_api.domain.learners.weak_rules import WeakRulesOf
from graph_api.domain.targets import TargetKind, concept, skill
from graph_api.store import samplings, topics
from graph_api.store.gateway import Transaction
from graph_api.store.recent_answers import StoredTrend, read_trends


class Watched(NamedTuple):
    """The evidence about the members of a group besides levels, by student."""

    trends: Mapping[str, StoredTrend]
    topics: Mapping[str, Mapping[str, TopicUnder]]
    samplings: Mapping[str, Mapping[str, SamplingUnder]]

    def within(self, scope: Scope) -> "Watched":
        """The topics and sampling records that a scope covers; trends were read for the scope."""
        if scope.is_all:
            return self
        topics = {
            student_id: {code: state for code, state in of_one.items() if scope.covers(skill(code))}
            for student_id, of_one in self.topics.items()
        }
        samplings = {
            student_id: {key: record for key, record in of_one.items() if scope.covers(concept(key))}
            for student_id, of_one in self.samplings.items()
        }
        return Watched(self.trends, topics, samplings)


async def read_watched(tx: Transaction, levels: ClassLevels, as_of: datetime, scope: Scope = ALL) -> Watched:
    """The evidence about the members of a group besides levels, now; see `past_states` for a past moment.

    Levels hold answers whose clock is a little ahead, and so does the time of the last practice.
    """
    return Watched(
        await read_trends(tx, levels.student_ids, as_of, as_of + CLOCK_TOLERANCE, scope),
        await topics.read_under(tx, levels.student_ids),
        await samplings.read_under(tx, levels.student_ids),
    ).within(scope)


def falling_bounds(watched: Watched) -> set[float]:
    """The velocities below which the topics fall, each by the parameters that it was computed under."""
    return {state.used.parameters.falling for of_one in watched.topics.values() for state in of_one.values()}


def at_risk(  # noqa: PLR0913, PLR0917 - what is known, by what rules, as of when
    graph: CourseGraph,
    levels: ClassLevels,
    watched: Watched,
    weak: WeakRulesOf,
    rule: RiskRule,
    thresholds: TargetThresholds,
    as_of: datetime,
    scope: Scope = ALL,
) -> list[Student]:
    """The members with a reason to look after them: most reasons first, then the lowest mean level, then by id.

    Args:
        graph: the course.
        levels: the class's, on concepts, by place in the graph.
        watched: what else is known; topics and records are judged by the parameters that they were computed under.
        weak: what is weak, by the rule of each concept.
        rule: what counts as a reason.
        thresholds: what the status of a level is; what is mastered is no reason.
        as_of: the moment to judge by.
        scope: root causes are those relevant to it, stuck concepts those that it covers.
    """
    columns, covered = weak.columns(TargetKind.CONCEPT, levels.keys), scope.mask(graph.ids)
    deficits = levels.deficits(columns)
    causes = find_causes(graph, relevant_deficits(graph, deficits, scope))
    stuck = covered & (deficits > 0) & (levels.attempts >= np.maximum(rule.stuck_attempts, columns.min_attempts))
    mastered = is_mastered(levels.level, thresholds.columns(TargetKind.CONCEPT, levels.keys))
    ranked = []
    for place, student_id in enumerate(levels.student_ids):
        seen = watched.trends.get(student_id)
        known = {levels.keys[n] for n in np.flatnonzero(mastered[place]).tolist()}
        student = Student(
            student_id,
            falling={
                code: state.topic.velocity
                for code, state in sorted(watched.topics.get(student_id, {}).items())
                if state.falls and not state.archived
            },
            causes=[
                _cause(cause, levels, thresholds, weak, place, graph.places[cause.concept_id])
                for cause in causes[place]
            ],
            missed=sorted(
                key
                for key, record in watched.samplings.get(student_id, {}).items()
                if record.is_stagnant and key not in known and key in graph.places
            ),
            stuck=[
                Stuck(
                    levels.keys[n], *_standing(levels, thresholds, place, n), weak.for_target(concept(levels.keys[n]))
                )
                for n in np.flatnonzero(stuck[place]).tolist()
            ],
            **({} if seen is None else seen._asdict()),
        )
        if reasons := student.reasons(rule, as_of):
            own = levels.level[place][levels.started[place] & covered]
            ranked.append((-reasons, float(own.mean()) if own.size else 0.0, student_id, student))
    return [student for *_, student in sorted(ranked, key=lambda each: each[:3])]


def _stuck(levels: ClassLevels, thresholds: TargetThresholds, weak: WeakRulesOf, student: int, target: int) -> Stuck:
    key = levels.keys[target]
    return Stuck(key, *_standing(levels, thresholds, student, target), weak.for_target(concept(key)))


def _cause(  # noqa: PLR0913, PLR0917 - whose, by what rules
    cause: BlockingCause,
    levels: ClassLevels,
    thresholds: TargetThresholds,
    weak: WeakRulesOf,
    student: int,
    target: int,
) -> RootCauseReason:
    level, _, status = _standing(levels, thresholds, student, target)
    return RootCauseReason(*cause, level, status, weak.for_target(concept(cause.concept_id)))


def _standing(
    levels: ClassLevels, thresholds: TargetThresholds, student: int, target: int
) -> tuple[float, int, Status]:
    level, attempts = float(levels.level[student, target]), int(levels.attempts[student, target])
    return level, attempts, thresholds.for_target(concept(levels.keys[target])).status(level, attempts)
