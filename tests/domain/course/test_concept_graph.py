"""Cycles in the prerequisite graph (G2)."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from graph_api.domain.course.concept_graph import find_cycle

graphs = st.dictionaries(st.sampled_from("abcdefgh"), st.sets(st.sampled_from("abcdefgh"), max_size=3), max_size=8)


def acyclic(graph: dict[str, set[str]]) -> bool:
    """The plain way: take away concepts without prerequisites until nothing is left, or nothing moves."""
    left = {key: set(needed) for key, needed in graph.items()}
    for needed in graph.values():
        for key in needed:
            left.setdefault(key, set())
    while free := [key for key, needed in left.items() if not needed & left.keys()]:
        for key in free:
            del left[key]
    return not left


@given(graphs)
def test_a_cycle_is_found_exactly_if_there_is_one(graph: dict[str, set[str]]) -> None:
    assert (find_cycle(graph) is None) == acyclic(graph)


@given(graphs)
def test_the_cycle_named_is_one(graph: dict[str, set[str]]) -> None:
    cycle = find_cycle(graph)
    if cycle is None:
        return
    assert cycle[0] == cycle[-1]
    assert len(cycle) == len(set(cycle)) + 1
    for prerequisite, concept in pairwise(cycle):
        assert prerequisite in graph[concept]
