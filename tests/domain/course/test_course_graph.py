"""The course graph: its closure, order, depth, redundant links and components."""

import numpy as np
import pytest
from hypothesis import given

from graph_api.domain.course.course_graph import CourseGraph
from tests.course_graphs import by_walking, graphs


@given(graphs())
def test_the_closure_is_that_of_walking(graph: CourseGraph) -> None:
    for place in range(len(graph.ids)):
        assert set(np.flatnonzero(graph.ancestors[place]).tolist()) == by_walking(graph, place)


@given(graphs())
def test_order_depth_and_chain_respect_every_link(graph: CourseGraph) -> None:
    rank = {place: n for n, place in enumerate(graph.order)}
    assert sorted(graph.order) == list(range(len(graph.ids)))
    for place, before in enumerate(graph.before):
        for needed in before:
            assert rank[needed] < rank[place]
            assert graph.depth[needed] < graph.depth[place]
    assert len(graph.longest_chain) == max(graph.depth) + 1
    for one, other in zip(graph.longest_chain, graph.longest_chain[1:], strict=False):
        assert one in graph.before[other]


@given(graphs())
def test_a_redundant_link_can_go_without_changing_what_comes_before_what(graph: CourseGraph) -> None:
    redundant = set(graph.redundant_links)
    stored = {
        concept: [graph.ids[p] for p in graph.before[n] if (graph.ids[p], concept) not in redundant]
        for n, concept in enumerate(graph.ids)
    }
    np.testing.assert_array_equal(CourseGraph.of(graph.ids, stored).ancestors, graph.ancestors)
    assert sorted(key for part in graph.components for key in part) == list(graph.ids)
    assert set(graph.orphans) == {part[0] for part in graph.components if len(part) == 1}


def test_a_cycle_is_named() -> None:
    with pytest.raises(ValueError, match="a → b → a"):
        CourseGraph.of("ab", {"a": ["b"], "b": ["a"]})
