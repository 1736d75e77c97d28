"""The scope of a query: the concepts and skills that it covers (G8).

Levels do not depend on a scope. Analyses run on the whole prerequisite graph, and a scope selects from their results:

- lists of concepts or skills, and columns of a class, keep what the scope covers;
- root causes and clusters keep the weak concepts of the scope, and weak concepts outside it that come before one of
  these: they are why a student does not get on;
- a concept is ready to learn only if all its direct prerequisites are mastered, those outside the scope included.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from graph_api.domain.course.course_graph import CourseGraph
from graph_api.domain.targets import Target, TargetKind


@dataclass(frozen=True, slots=True)
class Scope:
    """The concepts and skills that a query covers. None: all of them.

    >>> Scope.of(["cases"], ["dative"]).covers(Target(TargetKind.CONCEPT, "verbs"))
    False
    >>> ALL.covers(Target(TargetKind.CONCEPT, "verbs"))
    True
    """

    skill_codes: frozenset[str] | None = None
    concept_ids: frozenset[str] | None = None

    @classmethod
    def of(cls, skill_codes: Iterable[str], concept_ids: Iterable[str]) -> Self:
        """The scope of some skills, with the concepts that are part of them."""
        return cls(frozenset(skill_codes), frozenset(concept_ids))

    @property
    def is_all(self) -> bool:
        """Whether everything is covered."""
        return self.skill_codes is None

    def keys(self, kind: TargetKind) -> frozenset[str] | None:
        """The keys of a kind that are covered; None for all."""
        return self.concept_ids if kind is TargetKind.CONCEPT else self.skill_codes

    def covers(self, target: Target) -> bool:
        """Whether a concept or skill is covered."""
        keys = self.keys(target.kind)
        return keys is None or target.key in keys

    def mask(self, ids: Sequence[str]) -> NDArray[np.bool_]:
        """Which of some concepts are covered, shape (concepts,).

        >>> Scope.of([], ["b"]).mask(["a", "b"]).tolist()
        [False, True]
        """
        if self.concept_ids is None:
            return np.ones(len(ids), np.bool_)
        return np.array([key in self.concept_ids for key in ids], np.bool_)


ALL = Scope()


def relevant_deficits(graph: CourseGraph, deficits: NDArray[np.float64], scope: Scope) -> NDArray[np.float64]:
    """The deficits of weak concepts of a scope, and of weak concepts that come before one of these; the others are 0.

    No weak ancestor of a remaining concept is lost, so a root cause of the result is one of the whole graph, too.

    Args:
        graph: the prerequisites of all courses.
        deficits: shape (concepts,) or (students, concepts); 0 for what is not weak.
        scope: what is covered.

    >>> graph = CourseGraph.of("abc", {"b": ["a"]})
    >>> relevant_deficits(graph, np.array([0.1, 0.2, 0.3]), Scope.of([], ["b"])).tolist()
    [0.1, 0.2, 0.0]
    """
    if scope.is_all:
        return deficits
    weak = deficits > 0
    covered = weak & scope.mask(graph.ids)
    before = covered.astype(np.float32) @ graph.ancestors.astype(np.float32) > 0
    return np.where(covered | (weak & before), deficits, 0.0)
