"""Next steps of a student (Q4): concepts to learn, concepts to review, and the path to a concept."""

from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from graph_api.domain.course.course_graph import CourseGraph
from graph_api.domain.failures import ConceptNotFound
from graph_api.domain.learners import next_steps
from graph_api.domain.learners.class_levels import is_mastered
from graph_api.domain.learners.mastery import Mastery, Status
from graph_api.domain.learners.scope import ALL, Scope
from graph_api.domain.learners.threshold_sets import TargetThresholds
from graph_api.domain.learners.weak_rules import WeakRule, WeakRulesOf
from graph_api.domain.parameters.parameter_sets import ParameterSet
from graph_api.domain.targets import Target, TargetKind, concept
from graph_api.usecases.learners.analyse_course import Analysis, Standing, standing
from graph_api.usecases.learners.infer_levels import read_inferred_levels

ReadSets = Callable[[list[Target]], Awaitable[Sequence[ParameterSet | None]]]
"""Reads the parameter set in effect for each target, in their order."""


class ReadyConcept(NamedTuple):
    """A concept that a student is ready to learn. `level` is the prior in effect without answers.

    `inferred_ids` are the direct prerequisites without answers that count because they are inferred as known.
    """

    concept_id: str
    level: float
    status: Status
    attempts: int
    unlocks_weak: int
    inferred_ids: Sequence[str] = ()


async def read_ready_concepts(
    analysis: Analysis, student_id: str, rule: WeakRulesOf, scope: Scope = ALL, *, inferred: bool = False
) -> list[ReadyConcept]:
    """The concepts of a scope that a student is ready to learn, as `find_ready_concepts` orders them.

    With `inferred`, prerequisites without answers count as mastered if the P(known) inferred of them reaches the
    threshold of MASTERED.
    """
    graph, rows = await analysis.read_student(student_id)
    sets = analysis.reads.sets_in_effect
    presumed = await _read_presumed(analysis, student_id) if inferred else ()
    return await find_ready_concepts(graph, rows, analysis.thresholds, rule, sets, scope, presumed)


async def _read_presumed(analysis: Analysis, student_id: str) -> Collection[str]:
    """The ids of the concepts without answers that are inferred as known."""
    levels = await read_inferred_levels(analysis.reads, student_id, TargetKind.CONCEPT)
    least = analysis.thresholds.for_target
    return {each.target.key for each in levels if each.p_known.value >= least(each.target).mastered_from}


async def read_concepts_to_review(analysis: Analysis, student_id: str, scope: Scope = ALL) -> list[str]:
    """The ids of the concepts of a scope that a student should review, latest practice first."""
    graph, rows = await analysis.read_student(student_id)
    ids = find_concepts_to_review(graph, rows, analysis.thresholds)
    return [key for key in ids if scope.covers(concept(key))]


async def read_learning_path(analysis: Analysis, student_id: str, concept_id: str) -> list[str]:
    """The ids of the concepts that a student has not mastered on the way to a concept, in order of learning.

    Raises:
        ConceptNotFound: the concept does not exist, or is archived.
    """
    graph, rows = await analysis.read_student(student_id)
    return find_learning_path(graph, rows, analysis.thresholds, concept_id)


async def find_ready_concepts(  # noqa: PLR0913, PLR0917 - of whom, by what rules, of which concepts
    graph: CourseGraph,
    rows: Iterable[Mastery],
    thresholds: TargetThresholds,
    rule: WeakRulesOf,
    read_sets: ReadSets,
    scope: Scope = ALL,
    presumed: Collection[str] = (),
) -> list[ReadyConcept]:
    """The concepts that a student is ready to learn: most weak concepts unlocked first, then lowest level, then id.

    Args:
        graph: the course.
        rows: the student's masteries.
        thresholds: what counts as mastered, by concept.
        rule: what is weak.
        read_sets: reads the parameter sets in effect, of the unpractised concepts among them.
        scope: concepts outside it are left out; as prerequisites, and as weak concepts that are unlocked, they count.
        presumed: the ids of concepts that count as mastered prerequisites as well.
    """
    state = standing(graph, rows, rule)
    mastered = is_mastered(state.level, thresholds.columns(TargetKind.CONCEPT, graph.ids))
    covered = scope.mask(graph.ids)
    is_presumed = np.array([key in presumed for key in graph.ids], np.bool_)
    places = [place for place in next_steps.outer_places(graph, mastered, is_presumed) if covered[place]]
    new = [place for place in places if not state.attempts[place]]
    sets = await read_sets([concept(graph.ids[place]) for place in new]) if new else []
    level = next_steps.levels_to_start(state.level, {n: used.start for n, used in zip(new, sets, strict=True) if used})
    known = [place for place in places if not np.isnan(level[place])]  # the others were deleted meanwhile
    ordered = next_steps.order_fringe(graph, known, level, state.deficit > 0)
    return [_ready(graph, state, level, thresholds, ready, is_presumed & ~mastered) for ready in ordered]


def find_concepts_to_review(graph: CourseGraph, rows: Sequence[Mastery], thresholds: TargetThresholds) -> list[str]:
    """The ids of what is mastered with nothing mastered behind it, latest practice first."""
    fringe = {graph.ids[place] for place in next_steps.inner_fringe(graph, _mastered(graph, rows, thresholds))}
    reviewed = [row for row in rows if row.target.kind is TargetKind.CONCEPT and row.target.key in fringe]
    reviewed.sort(key=lambda row: (-row.practiced_order.timestamp(), row.target.key))
    return [row.target.key for row in reviewed]


def find_learning_path(
    graph: CourseGraph, rows: Iterable[Mastery], thresholds: TargetThresholds, concept_id: str
) -> list[str]:
    """The ids of what is not mastered on the way to a concept, it included; empty if nothing is missing.

    Raises:
        ConceptNotFound: the concept does not exist.
    """
    if concept_id not in graph.places:
        raise ConceptNotFound("conceptId", "must exist and not be archived", concept_id, [concept_id])
    mastered = _mastered(graph, rows, thresholds)
    return [graph.ids[place] for place in next_steps.learning_path(graph, graph.places[concept_id], mastered)]


def _mastered(graph: CourseGraph, rows: Iterable[Mastery], thresholds: TargetThresholds) -> NDArray[np.bool_]:
    state = standing(graph, rows, WeakRule())  # whose deficits nothing here reads
    return is_mastered(state.level, thresholds.columns(TargetKind.CONCEPT, graph.ids))


def _ready(  # noqa: PLR0913, PLR0917 - a concept, and what is known of the others
    graph: CourseGraph,
    state: Standing,
    level: NDArray[np.float64],
    thresholds: TargetThresholds,
    ready: next_steps.Ready,
    is_presumed: NDArray[np.bool_],
) -> ReadyConcept:
    value, attempts = float(level[ready.place]), int(state.attempts[ready.place])
    is_started = not np.isnan(state.level[ready.place])
    status = thresholds.for_target(concept(graph.ids[ready.place])).status(value, int(is_started))
    inferred = tuple(graph.ids[place] for place in graph.before[ready.place] if is_presumed[place])
    return ReadyConcept(graph.ids[ready.place], value, status, attempts, ready.unlocks_weak, inferred)
