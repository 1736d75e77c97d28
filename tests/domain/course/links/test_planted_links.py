"""Planted false and missing links in simulated classes are found with a precision of at least 0.9."""

import numpy as np

from benchmarks.link_evidence import Counts, answer, find, name, plant
from graph_api.domain.course.course_graph import CourseGraph
from graph_api.domain.course.links.suggestions import SuggestionKind, analyse

CLASSES, STUDENTS = 15, 1_000


def precision(counts: Counts) -> float:
    return counts.hits / counts.flagged


def test_planted_links_are_found() -> None:
    false, missing, supported = find(CLASSES, STUDENTS)

    assert precision(false) >= 0.9, false
    assert precision(missing) >= 0.9, missing
    assert false.hits >= 0.4 * false.planted, false
    assert missing.hits >= 0.35 * missing.planted, missing
    assert supported >= 0.9


def test_missing_links_together_close_no_cycle_and_follow_from_nothing() -> None:
    for seed in range(5):
        planted = plant(seed, STUDENTS)
        graph = planted.graph
        before = {key: [graph.ids[place] for place in graph.before[number]] for number, key in enumerate(graph.ids)}
        for suggestion in analyse(graph, planted.answers).suggestions:
            if suggestion.kind is SuggestionKind.MISSING_LINK:
                link = suggestion.evidence.link
                now = CourseGraph.of(graph.ids, before)
                assert not now.ancestors[link.concept, link.prerequisite], "a path exists"
                before[graph.ids[link.concept]].append(graph.ids[link.prerequisite])
        CourseGraph.of(graph.ids, before)  # raises if the links close a cycle


def test_ability_alone_suggests_no_links() -> None:
    rng = np.random.default_rng(8)
    for concepts in (4, 15):
        answers = answer(rng, STUDENTS, [[] for _ in range(concepts)])
        analysis = analyse(CourseGraph.of(map(name, range(concepts)), {}), answers)

        assert analysis.suggestions == []
        assert analysis.baseline.is_known is (concepts == 15)
