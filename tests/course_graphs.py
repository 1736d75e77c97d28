"""Course graphs for tests: random ones, a large generated one, and a stored one."""

import json
from pathlib import Path

import numpy as np
from hypothesis import strategies as st

from graph_api.domain.course.course_graph import CourseGraph


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


def by_walking(graph: CourseGraph, place: int) -> set[int]:
    """The ancestors, the plain way."""
    actual, front = set(), [place]
    while front:
        for needed in graph.before[front.pop()]:
            if needed not in actual:
                actual.add(needed)
                front.append(needed)
    return actual


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
