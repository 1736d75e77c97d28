"""The prerequisite graph: closure and root causes beside walking the graph for every question.

    python benchmarks/analysis.py [--concepts 2000] [--links 8000] [--students 1000]

The reference walks from each weak concept over all its ancestors, as one would write it first; it is run for some of
the students and scaled up. Both must agree.
"""

import argparse
import time

import numpy as np

from graph_api.domain.course.course_graph import CourseGraph
from graph_api.domain.learners.root_causes import find_root_causes, find_shared_causes

WALKED = 20
WEAK_SHARE = 0.1


def generate(concepts: int, links: int, seed: int = 1) -> CourseGraph:
    """A graph in which prerequisites come from a little before, as in courses."""
    rng = np.random.default_rng(seed)
    names = [f"c{n:05}" for n in range(concepts)]
    prerequisites: dict[str, list[str]] = {}
    for after in rng.integers(1, concepts, links).tolist():
        before = max(0, after - 1 - int(rng.exponential(concepts / 20)))
        prerequisites.setdefault(names[after], []).append(names[before])
    return CourseGraph.of(names, prerequisites)


def walk(graph: CourseGraph, weak: set[int]) -> set[int]:
    """The root causes of one student, by walking."""
    causes = set()
    for place in weak:
        seen, front = set[int](), [place]
        while front:
            for needed in graph.before[front.pop()]:
                if needed not in seen:
                    seen.add(needed)
                    front.append(needed)
        if not seen & weak:
            causes.add(place)
    return causes


def main() -> None:
    """Print everything."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--concepts", type=int, default=2_000)
    parser.add_argument("--links", type=int, default=8_000)
    parser.add_argument("--students", type=int, default=1_000)
    given = parser.parse_args()
    graph = generate(given.concepts, given.links)
    start = time.perf_counter()
    pairs = int(graph.ancestors.sum())
    took = time.perf_counter() - start
    print(f"closure of {given.concepts:,} concepts and {given.links:,} links: {took:.3f} s, {pairs:,} pairs")
    rng = np.random.default_rng(2)
    weak = rng.random((given.students, given.concepts)) < WEAK_SHARE
    deficits = np.where(weak, rng.uniform(0.05, 0.4, weak.shape), 0.0)
    start = time.perf_counter()
    shared = find_shared_causes(graph, deficits)
    together = time.perf_counter() - start
    start = time.perf_counter()
    alone = [{cause.place for cause in find_root_causes(graph, row)} for row in deficits[:WALKED]]
    one = (time.perf_counter() - start) / WALKED
    start = time.perf_counter()
    walked = [walk(graph, set(np.flatnonzero(row).tolist())) for row in deficits[:WALKED]]
    plain = (time.perf_counter() - start) / WALKED * given.students
    print(f"root causes of {given.students:,} students: {together:.2f} s together, walking {plain:.1f} s")
    print(f"{plain / together:.0f}x")
    print(f"one student: {one * 1e3:.1f} ms; {len(shared)} concepts are root causes of somebody")
    print("all agree" if alone == walked else "they differ")


if __name__ == "__main__":
    main()
