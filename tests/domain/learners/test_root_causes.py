"""Root causes, clusters, what next and graph health: planted causes, and the laws over random graphs (Q3, Q4)."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_api.domain.answers.order import Order
from graph_api.domain.course.course_graph import CourseGraph
from graph_api.domain.failures import InvalidInput
from graph_api.domain.learners.class_levels import deficits, is_mastered, is_weak
from graph_api.domain.learners.mastery import Mastery, Status, Thresholds
from graph_api.domain.learners.next_steps import inner_fringe, learning_path, outer_fringe
from graph_api.domain.learners.root_causes import (
    ClusterMethod,
    WeakRule,
    find_clusters,
    find_root_causes,
    find_shared_causes,
    find_students_behind,
    mean_deficit,
)
from graph_api.domain.parameters.knowledge_tracing import Parameters
from graph_api.domain.parameters.parameter_sets import Origin, ParameterSet
from graph_api.domain.targets import Target, concept
from graph_api.usecases.learners.find_next_steps import find_ready_concepts


@st.composite
def graphs(draw: st.DrawFn) -> CourseGraph:
    size = draw(st.integers(1, 14))
    links = draw(st.sets(st.tuples(st.integers(0, size - 1), st.integers(0, size - 1)), max_size=30))
    names = draw(st.permutations([f"c{n:02}" for n in range(size)]))
    prerequisites: dict[str, list[str]] = {}
    for one, other in links:
        if one != other:
            prerequisites.setdefault(names[max(one, other)], []).append(names[min(one, other)])
    return CourseGraph.of(names, prerequisites)


@st.composite
def weak_graphs(draw: st.DrawFn) -> tuple[CourseGraph, np.ndarray]:
    graph = draw(graphs())
    values = st.sampled_from([0.0, 0.0, 0.1, 0.25, 0.4])
    return graph, np.array(draw(st.lists(values, min_size=len(graph.ids), max_size=len(graph.ids))))


def by_walking(graph: CourseGraph, place: int) -> set[int]:
    """The ancestors, the plain way."""
    found, front = set(), [place]
    while front:
        for needed in graph.before[front.pop()]:
            if needed not in found:
                found.add(needed)
                front.append(needed)
    return found


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
    kept = {
        concept: [graph.ids[p] for p in graph.before[n] if (graph.ids[p], concept) not in redundant]
        for n, concept in enumerate(graph.ids)
    }
    np.testing.assert_array_equal(CourseGraph.of(graph.ids, kept).ancestors, graph.ancestors)
    assert sorted(key for part in graph.components for key in part) == list(graph.ids)
    assert set(graph.orphans) == {part[0] for part in graph.components if len(part) == 1}


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


@given(st.floats(0.01, 1), st.integers(1, 9), st.floats(0.3, 0.99), st.floats(0.01, 0.99), st.integers(0, 9))
def test_no_level_is_weak_and_mastered(
    threshold: float, least: int, mastered: float, level: float, attempts: int
) -> None:
    thresholds = Thresholds(mastered=mastered, focus=0.2)
    rule = WeakRule.of(thresholds, threshold, least)
    status = thresholds.status(level, attempts)
    weak = rule.is_weak(level, attempts)

    assert weak == (level < threshold and attempts >= least and status is not Status.MASTERED)
    value, number = np.array([level if attempts else np.nan]), np.array([attempts])
    assert is_weak(value, number, rule).tolist() == [weak]
    assert is_mastered(value, number, thresholds).tolist() == [status is Status.MASTERED]
    assert deficits(value, number, rule).tolist() == [pytest.approx(threshold - level) if weak else 0]
    assert (deficits(value, number, rule) > 0).tolist() == [weak]


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


def test_a_group_is_weak_where_enough_of_those_who_practised_are() -> None:
    missing = np.array([[0.2, 0.1], [0.4, 0.0], [0.0, 0.0]])
    practised = np.array([[True, True], [True, True], [False, True]])

    assert mean_deficit(missing, practised, 0.5) == pytest.approx([0.3, 0.0])


@given(graphs(), st.data())
def test_fringes_and_paths(graph: CourseGraph, data: st.DataObject) -> None:
    size = len(graph.ids)
    flags = st.lists(st.booleans(), min_size=size, max_size=size)
    mastered, weak = np.array(data.draw(flags)), np.array(data.draw(flags))
    level = np.where(mastered, 0.97, 0.3)
    ready = {each.place for each in outer_fringe(graph, mastered, level, weak)}
    assert not ready & set(np.flatnonzero(mastered).tolist())
    for place in ready:
        assert all(mastered[needed] for needed in graph.before[place])
    for place in inner_fringe(graph, mastered):
        assert mastered[place]
        assert not any(mastered[later] for later in graph.after[place])
    target = data.draw(st.integers(0, size - 1))
    path = learning_path(graph, target, mastered)
    assert not any(mastered[place] for place in path)
    for n, place in enumerate(path):
        assert {each for each in graph.before[place] if not mastered[each]} <= set(path[:n])
    one_more = mastered.copy()
    one_more[data.draw(st.integers(0, size - 1))] = True
    reachable, more = (
        {p for p in range(size) if known[p] or all(known[n] for n in graph.before[p])} for known in (mastered, one_more)
    )
    assert reachable <= more


def stored_graph(path: Path) -> CourseGraph:
    stored = json.loads(path.read_text())
    prerequisites: dict[str, list[str]] = {}
    for link in stored["edges"]:
        prerequisites.setdefault(link["concept"], []).append(link["prerequisite"])
    return CourseGraph.of([node["id"] for node in stored["nodes"]], prerequisites)


def generated_graph() -> CourseGraph:
    rng = np.random.default_rng(0)
    names = [f"c{n:03}" for n in range(487)]
    return CourseGraph.of(names, {names[n]: [names[p] for p in rng.integers(0, n, 3)] for n in range(1, 487)})


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

    found = {cause.place for cause in find_root_causes(graph, deficit)}

    assert found == {one, other}
    foil = {place for place in np.flatnonzero(weak).tolist() if not any(weak[needed] for needed in graph.before[place])}
    assert foil > found  # looking only at direct prerequisites names more


def test_a_cycle_is_named() -> None:
    with pytest.raises(ValueError, match="a → b → a"):
        CourseGraph.of("ab", {"a": ["b"], "b": ["a"]})


@pytest.mark.parametrize("given_", [{"threshold": 0.0}, {"threshold": 1.1}, {"min_attempts": 0}])
def test_rules_that_mean_nothing_are_refused(given_: dict[str, float]) -> None:
    with pytest.raises(InvalidInput):
        WeakRule(**given_)  # type: ignore[arg-type]
