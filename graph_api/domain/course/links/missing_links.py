"""Links that the answers suggest and the graph lacks.

Concepts go together for many reasons. A pair is suggested only if no path, no common prerequisite and no third concept
explains it: of three concepts in a row, the two ends go together less than each goes with the middle. That is the data
processing inequality, as used by A. A. Margolin et al. (2006), "ARACNE", BMC Bioinformatics 7.
"""

import numpy as np
from numpy.typing import NDArray

from graph_api.domain.course.course_graph import CourseGraph
from graph_api.domain.course.links.baseline import Strength
from graph_api.domain.course.links.false_discovery import reject
from graph_api.domain.course.links.odds_ratios import PairTables
from graph_api.domain.course.links.verdicts import Link

RATE = 0.01
"""The false discovery rate of candidates: stricter than that of verdicts, because most pairs have no link."""
MOST_BEGIN = 0.6
"""The share of students who begin the prerequisite first, from which the direction of a link is clear."""
BY_COMMON_PREREQUISITE = 0.4
"""A common prerequisite explains a pair if it goes with both at least this many times as much."""
BY_PREREQUISITE = 0.6
"""The same of a prerequisite of the later concept."""
BY_EARLIER = 0.8
"""The same of a concept that most students begin before both."""
BY_DEPENDENT = 0.85
"""The same of a concept after the earlier one."""


def find_missing_links(graph: CourseGraph, tables: PairTables, strength: Strength) -> list[Link]:
    """Links to consider, strongest first. All of them together close no cycle, and none follows from the others.

    Candidates are pairs without a path whose odds ratio is above the baseline (Benjamini and Hochberg over all such
    pairs). Direction: most students begin the prerequisite first. Each accepted candidate counts as a link when weaker
    ones are examined.
    """
    size = len(graph.ids)
    reaches = graph.ancestors.T.copy()
    is_pair = np.triu(~(reaches | reaches.T), 1)
    chances = np.maximum(strength.chance_above(0.0), strength.chance_above(0.0).T)
    pairs = np.argwhere(is_pair)
    pairs = pairs[reject(chances[is_pair], RATE)]
    effects = np.where(np.isfinite(strength.error), strength.effect, -np.inf)
    pairs = pairs[np.argsort(-effects[tuple(pairs.T)], kind="stable")]
    order = _rank(tables.begun_first)
    missing: list[Link] = []
    for one, other in pairs.tolist():
        link = _direct(one, other, tables.begun_first)
        if link is None or reaches[one, other] or reaches[other, one] or _is_explained(link, effects, reaches, order):
            continue
        missing.append(link)
        own = np.eye(size, dtype=np.bool_)
        reaches |= np.outer((reaches | own)[:, link.prerequisite], (reaches | own)[link.concept])
    return missing


def _direct(one: int, other: int, begun_first: NDArray[np.int64]) -> Link | None:
    """The link from the concept that most students begin first; None if neither is."""
    ahead, behind = int(begun_first[one, other]), int(begun_first[other, one])
    if max(ahead, behind) < MOST_BEGIN * (ahead + behind) or ahead == behind:
        return None
    return Link(one, other) if ahead > behind else Link(other, one)


def _rank(begun_first: NDArray[np.int64]) -> NDArray[np.float64]:
    """How early each concept is begun: the share of comparisons in which it comes second."""
    total = begun_first.sum(axis=0) + begun_first.sum(axis=1)
    return np.asarray(begun_first.sum(axis=0) / np.maximum(total, 1))


def _is_explained(
    link: Link, effects: NDArray[np.float64], reaches: NDArray[np.bool_], order: NDArray[np.float64]
) -> bool:
    """Whether a third concept goes with both so much that it explains the pair."""
    before, after = reaches[:, link.concept], reaches[link.prerequisite]
    is_earlier = order < min(order[link.prerequisite], order[link.concept])
    share = np.select(
        [reaches[:, link.prerequisite] & before, before, after, is_earlier],
        [BY_COMMON_PREREQUISITE, BY_PREREQUISITE, BY_DEPENDENT, BY_EARLIER],
        1.0,
    )
    with_both = np.minimum(effects[link.prerequisite], effects[:, link.concept])
    with_both[list(link)] = -np.inf
    return bool((with_both > share * effects[link]).any())
