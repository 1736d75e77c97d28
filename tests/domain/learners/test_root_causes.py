"""Root causes and clusters: planted causes, and the laws over random graphs (Q3)."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_api.domain.course.course_graph import CourseGraph
from graph_api.domain.failures import InvalidInput
from graph_api.domain.learners.root_causes import (
    ClusterMethod,
    find_clusters,
    find_root_causes,
    find_shared_causes,
    find_students_behind,
)
from graph_api.domain.learners.weak_rules import WeakRule
from tests.course_graphs import by_walking, generated_graph, graphs, stored_graph


@st.composite
def weak_graphs(draw: st.DrawFn) -> tuple[CourseGraph, np.ndarray]:
    graph = draw(graphs())
    values = st.sampled_from([0.0, 0.0, 0.1, 0.25, 0.4])
    return graph, np.array(draw(st.lists(values, min_size=len(graph.ids), max_size=len(graph.ids))))


@given(weak_graphs())
def test_a_root_cause_is_weak_without_a_weak_ancestor_and_every_weak_concept_has_one(
    drawn: tuple[CourseGraph, np.ndarray],
) -> None:
    graph, deficit = drawn
    causes = find_root_causes(graph, deficit)
    roots = {cause.place for cause in causes}
    for place in np.flatnonzero(deficit > 0).tolist():
        weak_before = {each for each in by_walking(graph, place) if deficit[each] > 0}
        assert (place in roots) == (not weak_before)
        assert place in roots or weak_before & roots
    for cause in causes:
        blocked = [p for p in range(len(deficit)) if deficit[p] > 0 and cause.place in by_walking(graph, p)]
        assert cause.blocks == blocked
        assert cause.score == pytest.approx(sum(deficit[p] for p in blocked))
    scores = [round(cause.score, 12) for cause in causes]
    assert scores == sorted(scores, reverse=True)


@given(weak_graphs(), st.sampled_from(ClusterMethod))
def test_every_weak_concept_is_in_exactly_one_cluster(
    drawn: tuple[CourseGraph, np.ndarray], method: ClusterMethod
) -> None:
    graph, deficit = drawn
    clusters = find_clusters(graph, deficit, method)
    members = [place for cluster in clusters for place in cluster.members]
    assert sorted(members) == np.flatnonzero(deficit > 0).tolist()
    roots = {cause.place for cause in find_root_causes(graph, deficit)}
    for cluster in clusters:
        assert cluster.causes == sorted(roots & set(cluster.members))
        if method is ClusterMethod.ROOT_CAUSE:
            assert len(cluster.causes) == 1


def test_a_concept_of_two_causes_goes_to_the_larger_score_and_to_the_nearer_on_a_tie() -> None:
    graph = CourseGraph.of("abcdxy", {"x": ["a", "b"], "y": ["b"], "c": ["a"], "d": ["c"]})
    larger = np.array([0.1, 0.1, 0, 0, 0.1, 0.3])
    assert [graph.ids[m] for m in find_clusters(graph, larger, ClusterMethod.ROOT_CAUSE)[0].members] == ["b", "x", "y"]
    tie = CourseGraph.of("abmx", {"m": ["a"], "x": ["m", "b"]})
    clusters = find_clusters(tie, np.array([0.1, 0.1, 0, 0.1]), ClusterMethod.ROOT_CAUSE)
    assert ["b", "x"] in [[tie.ids[m] for m in cluster.members] for cluster in clusters]


@given(graphs(), st.data())
def test_a_class_is_its_students(graph: CourseGraph, data: st.DataObject) -> None:
    rows = st.lists(st.sampled_from([0.0, 0.2, 0.4]), min_size=len(graph.ids), max_size=len(graph.ids))
    missing = np.array(data.draw(st.lists(rows, min_size=1, max_size=5)))
    shared = {cause.place: cause for cause in find_shared_causes(graph, missing)}
    alone = [{cause.place: cause for cause in find_root_causes(graph, row)} for row in missing]
    assert set(shared) == {place for causes in alone for place in causes}
    for place, cause in shared.items():
        mine = [causes[place] for causes in alone if place in causes]
        assert cause.students == len(mine)
        assert cause.blocked == sum(bool(each.blocks) for each in mine)
        assert cause.score == pytest.approx(sum(each.score for each in mine), abs=1e-12)


@given(graphs(), st.data())
def test_what_a_shared_cause_counts_can_be_listed(graph: CourseGraph, data: st.DataObject) -> None:
    rows = st.lists(st.sampled_from([0.0, 0.2, 0.4]), min_size=len(graph.ids), max_size=len(graph.ids))
    missing = np.array(data.draw(st.lists(rows, min_size=1, max_size=5)))
    alone = [{cause.place: cause for cause in find_root_causes(graph, row)} for row in missing]
    for cause in find_shared_causes(graph, missing):
        behind = find_students_behind(graph, missing, cause.place)
        assert (len(behind.held_back), len(behind.blocked), len(behind.weak)) == cause[1:4]
        assert behind.held_back == [n for n, causes in enumerate(alone) if cause.place in causes]
        assert behind.weak == np.flatnonzero(missing[:, cause.place] > 0).tolist()
        blocked = {n: len(alone[n][cause.place].blocks) for n in behind.held_back if alone[n][cause.place].blocks}
        assert dict(zip(behind.blocked, behind.blocks, strict=True)) == blocked


@pytest.fixture(params=["generated", "real"])
def large_graph(request: pytest.FixtureRequest) -> CourseGraph:
    """A course of 487 concepts: random links, or those of Metacademy."""
    if request.param == "generated":
        return generated_graph()
    find: Callable[[str], Path] = request.getfixturevalue("data_file")
    return stored_graph(find("graphs/metacademy/metacademy_full_487.json"))


@pytest.mark.parametrize("seed", range(20))
def test_two_planted_causes_are_the_two_that_are_found(large_graph: CourseGraph, seed: int) -> None:
    graph = large_graph
    rng = np.random.default_rng(seed)
    reach = graph.ancestors.sum(axis=0)
    while True:
        one, other = rng.choice(np.flatnonzero(reach >= 8), 2, replace=False)
        if not (graph.ancestors[one, other] or graph.ancestors[other, one]):
            break
    below = graph.ancestors[:, one] | graph.ancestors[:, other]
    weak = below & (rng.random(len(graph.ids)) < 0.5)
    weak[[one, other]] = True
    deficit = np.where(weak, rng.uniform(0.05, 0.4, len(weak)), 0)

    places = {cause.place for cause in find_root_causes(graph, deficit)}

    assert places == {one, other}
    foil = {place for place in np.flatnonzero(weak).tolist() if not any(weak[needed] for needed in graph.before[place])}
    assert foil > places  # looking only at direct prerequisites names more


@pytest.mark.parametrize("given_", [{"threshold": 0.0}, {"threshold": 1.1}, {"min_attempts": 0}])
def test_rules_that_mean_nothing_are_refused(given_: dict[str, float]) -> None:
    with pytest.raises(InvalidInput):
        WeakRule(**given_)  # type: ignore[arg-type]
