"""Next steps: the outer fringe, the inner fringe and learning paths over random graphs (Q4)."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from graph_api.domain.course.course_graph import CourseGraph
from graph_api.domain.learners.next_steps import inner_fringe, learning_path, outer_fringe
from tests.course_graphs import graphs


@given(graphs(), st.data())
def test_fringes_and_learning_paths_respect_prerequisites(graph: CourseGraph, data: st.DataObject) -> None:
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
