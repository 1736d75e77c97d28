"""Check the prerequisite links against the answers (Q15)."""

from collections.abc import Awaitable, Callable, Sequence

from graph_api.domain.course.course_graph import CourseGraph
from graph_api.domain.course.links.suggestions import LinkAnalysis, analyse
from graph_api.domain.failures import Failure, GroupTooSmall, InvalidInput
from graph_api.store.first_answers import read_first_answers
from graph_api.store.gateway import Gateway
from graph_api.usecases.computing import compute

MOST_PAIRS = 2_000_000
"""Pairs of a student and a concept that one query analyses: twice 10,000 students and 100 concepts."""
MOST_CONCEPTS = 1_000
"""Concepts that one query compares with each other: time and memory grow with their square."""


async def analyse_links(
    gateway: Gateway, graph_now: Callable[[], Awaitable[CourseGraph]], group_ids: Sequence[str | None]
) -> list[LinkAnalysis | BaseException]:
    """For each group, or for all students whom the caller may see (None), the analysis or the failure to make it.

    A failure is `InvalidInput` if there is too much for one query, and `GroupTooSmall` if an analyst reads about too
    few students.
    """
    graph = await graph_now()
    analyses: list[LinkAnalysis | BaseException] = []
    for group_id in group_ids:
        try:
            analyses.append(await _analyse(gateway, graph, group_id))
        except Failure as failure:
            analyses.append(failure)
    return analyses


async def _analyse(gateway: Gateway, graph: CourseGraph, group_id: str | None) -> LinkAnalysis:
    if (size := len(graph.ids)) > MOST_CONCEPTS:
        raise InvalidInput("graphHealth", f"can check the links of at most {MOST_CONCEPTS} concepts", str(size))
    answers = await gateway.read(lambda tx: read_first_answers(tx, graph.ids, group_id=group_id, most=MOST_PAIRS))
    if answers is None:
        raise InvalidInput("groupId", f"must be given where students began more than {MOST_PAIRS} concepts in all")
    if 0 < len(answers.shown) < gateway.least_students:
        raise GroupTooSmall.of("groupId", gateway.least_students)
    return await compute(analyse, graph, answers, gateway.least_students)
