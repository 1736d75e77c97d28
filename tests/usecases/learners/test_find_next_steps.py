"""Concepts that a student is ready to learn: each has the level of the parameters in effect."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from graph_api.domain.answers.order import Order
from graph_api.domain.course.course_graph import CourseGraph
from graph_api.domain.learners.mastery import Mastery, Thresholds
from graph_api.domain.learners.weak_rules import WeakRule
from graph_api.domain.parameters.knowledge_tracing import Parameters
from graph_api.domain.parameters.parameter_sets import Origin, ParameterSet
from graph_api.domain.targets import Target, concept
from graph_api.usecases.learners.find_next_steps import find_ready_concepts
from tests.course_graphs import graphs


@given(graphs(), st.data())
async def test_the_level_of_an_unpractised_concept_is_the_prior_in_effect(
    graph: CourseGraph, data: st.DataObject
) -> None:
    """`readyToLearn` used the default set's prior, whatever was named or active for a concept."""
    sets = {
        concept(key): ParameterSet.of(
            key, 1, Parameters(data.draw(st.floats(0.01, 0.99)), 0.1, 0.2, 0.1), Origin.WRITTEN
        )
        for key in graph.ids
    }
    flags = data.draw(st.lists(st.sampled_from([None, 0.3, 0.97]), min_size=len(graph.ids), max_size=len(graph.ids)))
    rows = [
        Mastery("anna", concept(key), level, 5, 3, Order(datetime(2026, 1, 1, tzinfo=UTC)), "bkt-concept-v1")
        for key, level in zip(graph.ids, flags, strict=True)
        if level is not None
    ]

    async def read_sets(targets: list[Target]) -> list[ParameterSet | None]:
        return [sets[target] for target in targets]

    ready = await find_ready_concepts(graph, rows, Thresholds(), WeakRule(), read_sets)

    levels = {row.target.key: row.level for row in rows}
    for each in ready:
        expected = levels.get(each.concept_id, sets[concept(each.concept_id)].start)
        assert (each.level, each.status) == (expected, Thresholds().status(expected, each.attempts))
    order = [(-each.unlocks_weak, round(each.level, 12)) for each in ready]
    assert order == sorted(order)
