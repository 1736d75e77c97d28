"""Scopes: what a scoped analysis has is what the whole analysis has, filtered (G8)."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from graph_api.domain.course.course_graph import CourseGraph
from graph_api.domain.learners.root_causes import find_root_causes, find_shared_causes
from graph_api.domain.learners.scope import ALL, Scope, relevant_deficits
from graph_api.domain.targets import TargetKind, concept, skill
from tests.course_graphs import by_walking, graphs

VALUES = st.sampled_from([0.0, 0.0, 0.1, 0.25, 0.4])


@st.composite
def scoped(draw: st.DrawFn) -> tuple[CourseGraph, np.ndarray, Scope]:
    """A graph, the deficits of up to four students, and a scope of some of its concepts."""
    graph = draw(graphs())
    row = st.lists(VALUES, min_size=len(graph.ids), max_size=len(graph.ids))
    deficits = np.array(draw(st.lists(row, min_size=1, max_size=4)))
    return graph, deficits, Scope.of([], draw(st.sets(st.sampled_from(graph.ids))))


@given(scoped())
def test_weak_concepts_stay_in_the_scope_and_before_it(drawn: tuple[CourseGraph, np.ndarray, Scope]) -> None:
    graph, deficits, scope = drawn
    result = relevant_deficits(graph, deficits, scope)
    for student, row in enumerate(deficits):
        covered = {n for n, key in enumerate(graph.ids) if row[n] > 0 and scope.covers(concept(key))}
        before = {each for n in covered for each in by_walking(graph, n) if row[each] > 0}
        expected = [row[n] if n in covered | before else 0.0 for n in range(len(graph.ids))]
        assert result[student].tolist() == expected
        assert relevant_deficits(graph, row, scope).tolist() == expected


@given(scoped())
def test_root_causes_of_a_scope_are_those_of_all_that_matter_to_it(
    drawn: tuple[CourseGraph, np.ndarray, Scope],
) -> None:
    graph, deficits, scope = drawn
    for row in deficits:
        relevant = relevant_deficits(graph, row, scope)
        covered = {n for n, key in enumerate(graph.ids) if row[n] > 0 and scope.covers(concept(key))}
        whole = find_root_causes(graph, row)
        expected = {
            each.place: [place for place in each.blocks if relevant[place] > 0]
            for each in whole
            if each.place in covered or covered & set(each.blocks)
        }
        assert {each.place: each.blocks for each in find_root_causes(graph, relevant)} == expected


@given(scoped())
def test_without_a_scope_every_digit_stays(drawn: tuple[CourseGraph, np.ndarray, Scope]) -> None:
    graph, deficits, _ = drawn
    assert relevant_deficits(graph, deficits, ALL) is deficits
    everything = Scope.of([], graph.ids)
    assert find_shared_causes(graph, relevant_deficits(graph, deficits, everything)) == find_shared_causes(
        graph, deficits
    )
    assert ALL.covers(skill("any"))
    assert ALL.keys(TargetKind.SKILL) is None


def test_an_empty_course_covers_nothing() -> None:
    nothing = Scope.of([], [])
    assert not nothing.is_all
    assert nothing.mask(["a"]).tolist() == [False]
    assert not nothing.covers(skill("a"))
