"""The prefix tree of all histories: whatever several students have in common is computed once.

Two histories of one target that start with the same answers share the path that stands for them, and a run of equal
answers is one node, because n equal steps are one matrix power. Real histories shrink to a fifth or less.
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from graph_api.domain.parameters.fitting.histories import Histories
from graph_api.domain.parameters.fitting.layout import ranges

LONGEST_RUN = 6
"""Longer runs are split: tables of powers stay small, and
the 6th power of the smallest probability that is allowed is still a normal float."""


class Level(NamedTuple):
    """The nodes of one level below the roots, and how they hang together with the level above.

    Attributes:
        nodes: where they stand among all nodes.
        below: where they stand among all nodes but the roots.
        parent: shape (nodes of the level,), int; their parents.
        parents: where the parents stand among all nodes, childless ones between them included.
        family: shape (2 · nodes of the level,), int; the place of each node's parent in `parents`, once for each of the
            two components of a state, so that one `bincount` sums children of both.
    """

    nodes: slice
    below: slice
    parent: NDArray[np.int64]
    parents: slice
    family: NDArray[np.int64]


@dataclass(frozen=True)
class PrefixTree:
    """A forest with one root a target; every other node is a run of equal answers after a given prefix.

    Nodes are numbered level by level, roots first, so that a level is a slice and parents come before children.

    Attributes:
        levels: shape (depth + 1,), int; where each level below the roots starts, and where the last one ends.
        parent: shape (nodes - targets,), int; the parent of each node that is no root.
        operator: shape (nodes - targets,), int; what the run does, as an index of `Operators`.
        weight: shape (nodes - targets,), float; how many histories pass through the node.
        target: shape (nodes,), int; whose tree it is.
        roots: how many targets there are.
        longest_run: the length of the longest run.
        emission_target: shape (emissions,), int; as in `Histories`.
    """

    levels: NDArray[np.int64]
    parent: NDArray[np.int64]
    operator: NDArray[np.int64]
    weight: NDArray[np.float64]
    target: NDArray[np.int64]
    roots: int
    longest_run: int
    emission_target: NDArray[np.int64]

    @classmethod
    def grow(cls, histories: Histories, longest_run: int = LONGEST_RUN, count: NDArray[np.int64] | None = None) -> Self:
        """The tree of some histories. Equal histories, counted, give the same tree as each of them on its own.

        Args:
            histories: the evidence.
            longest_run: where longer runs are split; 1 gives each answer its own node, for predictions.
            count: shape (sequences,), int; how many students have each sequence; one each if None.

        >>> histories = Histories.of_answers(student=[1, 1, 2, 2, 2], target=[0] * 5, correct=[1, 1, 1, 1, 0])
        >>> tree = PrefixTree.grow(histories)
        >>> tree.weight.tolist(), tree.parent.tolist()
        ([2.0, 1.0], [0, 1])
        """
        runs = _Runs.of(histories, longest_run)
        order = np.argsort(-runs.counts, kind="stable")  # the sequences of a level are a prefix of this order
        counts, first = runs.counts[order], runs.first[order]
        students = None if count is None else count[order]
        node = histories.target[order].astype(np.int64)
        parents, operators, weights = [], [], []
        levels = [histories.targets]
        span = 2 * len(histories.emission_target) * longest_run
        for level in range(int(counts.max(initial=0))):
            active = int(np.searchsorted(-counts, -level, side="left"))
            keys, node = np.unique(node[:active] * span + runs.operator[first[:active] + level], return_inverse=True)
            parents.append(keys // span)
            operators.append(keys % span)
            weights.append(np.bincount(node, None if students is None else students[:active]))
            node += levels[-1]
            levels.append(levels[-1] + len(keys))
        parent = np.concatenate([*parents, np.empty(0, np.int64)])
        target = np.concatenate([np.arange(histories.targets), np.empty(len(parent), np.int64)])
        for start, stop in pairwise(levels):
            target[start:stop] = target[parent[start - levels[0] : stop - levels[0]]]
        return cls(
            levels=np.array(levels),
            parent=parent,
            operator=np.concatenate([*operators, np.empty(0, np.int64)]),
            weight=np.concatenate([*weights, np.empty(0, np.int64)]).astype(np.float64),
            target=target,
            roots=histories.targets,
            longest_run=int(runs.length.max(initial=1)),
            emission_target=histories.emission_target,
        )

    @cached_property
    def passes(self) -> list[Level]:
        """The levels below the roots, from the top."""
        levels = []
        for start, stop in pairwise(self.levels.tolist()):
            below = slice(start - self.roots, stop - self.roots)
            parent = self.parent[below]
            first, end = int(parent[0]), int(parent[-1]) + 1
            family = np.concatenate([parent - first, parent - first + (end - first)])
            levels.append(Level(slice(start, stop), below, parent, slice(first, end), family))
        return levels

    @cached_property
    def ended(self) -> NDArray[np.float64]:
        """Shape (nodes - targets,): how many histories end at each node that is no root."""
        going_on = np.bincount(self.parent, self.weight, minlength=len(self.target))
        return np.asarray(self.weight - going_on[self.roots :])

    @cached_property
    def sizes(self) -> NDArray[np.int64]:
        """Shape (targets,): how many nodes below its root each target has."""
        return np.bincount(self.target[self.roots :], minlength=self.roots)

    @cached_property
    def depths(self) -> NDArray[np.int64]:
        """Shape (targets,): how many levels below its root each target has."""
        depth = np.zeros(self.roots, np.int64)
        for level, (start, stop) in enumerate(pairwise(self.levels.tolist()), 1):
            depth[self.target[start:stop]] = level
        return depth

    def replicate(self, targets: NDArray[np.int64]) -> Self:
        """The forest of copies of some targets: copy n is target n of it, with emissions of its own.

        Args:
            targets: shape (copies,), int; which target each copy is of.

        >>> histories = Histories.of_answers(student=[1, 1, 2], target=[0, 0, 1], correct=[1, 0, 0])
        >>> tree = PrefixTree.grow(histories).replicate(np.array([0, 0]))
        >>> tree.parent.tolist(), tree.target.tolist()
        ([0, 1, 2, 3], [0, 1, 0, 1, 0, 1])
        """
        copies = len(targets)
        first_emission = np.searchsorted(self.emission_target, np.arange(self.roots + 1))
        emissions = np.diff(first_emission)[targets]
        emission_shift = np.cumsum(emissions) - emissions - first_emission[:-1][targets]
        symbols = 2 * len(self.emission_target)
        run, symbol = np.divmod(self.operator, symbols)
        operator = run * (2 * int(emissions.sum()))
        nodes: list[NDArray[np.int64]] = []
        parents: list[NDArray[np.int64]] = []
        owners: list[NDArray[np.int64]] = []
        levels, copy = [copies], np.arange(copies)
        shift = copy - targets  # from a node of the level above to its copy
        for start, stop in pairwise(self.levels.tolist()):
            edges = start + np.searchsorted(self.target[start:stop], np.arange(self.roots + 1))
            count = np.diff(edges)[targets]
            if not count.any():
                break
            chosen = ranges(edges[:-1][targets], count)
            owner = np.repeat(copy, count)
            nodes.append(chosen - self.roots)
            parents.append(self.parent[chosen - self.roots] + shift[owner])
            owners.append(owner)
            shift = levels[-1] + np.cumsum(count) - count - edges[:-1][targets]
            levels.append(levels[-1] + len(chosen))
        nothing = np.empty(0, np.int64)
        node, owner = np.concatenate([*nodes, nothing]), np.concatenate([*owners, nothing])
        return type(self)(
            levels=np.array(levels),
            parent=np.concatenate([*parents, nothing]),
            operator=operator[node] + symbol[node] + 2 * emission_shift[owner],
            weight=self.weight[node],
            target=np.concatenate([copy, owner]),
            roots=copies,
            longest_run=int(run[node].max(initial=0)) + 1,
            emission_target=np.repeat(copy, emissions),
        )

    def of_targets(self, chosen: NDArray[np.bool_]) -> Self:
        """The tree without the nodes of other targets; every target keeps its root.

        Args:
            chosen: shape (targets,), bool.
        """
        is_chosen = chosen[self.target]
        is_chosen[: self.roots] = True
        number = np.cumsum(is_chosen) - 1
        below = is_chosen[self.roots :]
        operator = self.operator[below]
        return type(self)(
            levels=np.unique(number[self.levels - 1] + 1),  # below an empty level all are empty
            parent=number[self.parent[below]],
            operator=operator,
            weight=self.weight[below],
            target=self.target[is_chosen],
            roots=self.roots,
            longest_run=int(operator.max(initial=0)) // (2 * len(self.emission_target)) + 1,
            emission_target=self.emission_target,
        )


@dataclass(frozen=True)
class _Runs:
    """Runs of equal answers: what each does, how long it is, and of each sequence how many there are from where."""

    operator: NDArray[np.int64]
    length: NDArray[np.int64]
    counts: NDArray[np.int64]
    first: NDArray[np.int64]

    @classmethod
    def of(cls, histories: Histories, longest: int) -> Self:
        symbol = 2 * histories.emission.astype(np.int64) + histories.correct
        new = np.ones(len(symbol), np.bool_)
        new[1:] = symbol[1:] != symbol[:-1]
        new[histories.starts[:-1]] = True
        begin = np.flatnonzero(new)
        place = np.arange(len(symbol)) - np.repeat(begin, np.diff(np.append(begin, len(symbol))))
        begin = np.flatnonzero(place % longest == 0)
        length = np.diff(np.append(begin, len(symbol)))
        counts = np.bincount(histories.sequence[begin], minlength=len(histories.target))
        return cls(
            operator=(length - 1) * 2 * len(histories.emission_target) + symbol[begin],
            length=length,
            counts=counts,
            first=np.cumsum(counts) - counts,
        )
