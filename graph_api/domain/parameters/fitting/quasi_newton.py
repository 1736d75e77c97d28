"""The fast climb: L-BFGS for many small problems side by side, scaled by what EM knows of the curvature.

Every target climbs on its own and keeps its own step length, but one pass over the tree serves all that still climb;
those that have converged are taken out of the tree.

References: K. Lange (1995), "A quasi-Newton acceleration of the EM algorithm", Statistica Sinica 5, 1-18. J. Nocedal,
S. Wright (2006), "Numerical Optimization", algorithms 3.1 and 7.4.
"""

from collections import deque
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from graph_api.domain.parameters.fitting.layout import Layout, Vector
from graph_api.domain.parameters.fitting.objective import Climbed, Objective, Value, gained_little
from graph_api.domain.parameters.fitting.prefix_tree import PrefixTree
from graph_api.domain.parameters.fitting.race import Race

SUFFICIENT = 1e-4
"""The share of the gain that the slope promises which a step must bring."""
SHORTENED = 0.3
LONGEST_STEP = 3.0
FURTHEST = 15.0
"""Logits beyond it are at the bound for every purpose."""
MEMORY = 6
LEAST_CURVATURE = 1e-12
LEAST_INFORMATION = 1e-3
WORTH_PRUNING = 0.7
"""The share of nodes still needed below which a smaller tree is made; making it costs about half a pass."""


def climb(  # noqa: PLR0913 - what, from where, how far
    tree: PrefixTree,
    objective: Objective,
    start: Vector,
    *,
    tolerance: float,
    passes: int,
    race: Race | None = None,
) -> Climbed:
    """Climb every target of the tree.

    Args:
        tree: the evidence.
        objective: what to maximise.
        start: shape (parameters,).
        tolerance: a target stops when a pass gains less than this share of its objective.
        passes: the most passes.
        race: drops targets that are copies of another, if not None. They do not count as converged.
    """
    layout = objective.layout
    climbers = _Climbers(layout, layout.to_free(start))
    taken = np.zeros(layout.targets, np.int64)
    lost = np.zeros(layout.targets, np.bool_)
    for _ in range(passes):
        taken += ~climbers.done
        climbers.judge(objective(tree, climbers.trial), tolerance)
        if race is not None:
            lost |= race.losers(layout.from_free(climbers.here), climbers.best.value) & ~climbers.done
            climbers.stop(lost)
        if climbers.done.all():
            break
        needed = ~climbers.done[tree.target[tree.roots :]]
        if np.count_nonzero(needed) < WORTH_PRUNING * len(needed):
            tree = tree.of_targets(~climbers.done)
    return Climbed(layout.from_free(climbers.here), climbers.best.value, taken, climbers.done & ~lost)


@dataclass
class _Climbers:
    """Where each target stands, the step that it is trying, and what it remembers of the way.

    `memory` holds, for each of the last steps, how far it moved, how much the gradient turned, and one over the product
    of the two, which is 0 for a target that did not move or met no curvature.
    """

    layout: Layout
    here: Vector
    trial: Vector = field(init=False)
    best: Value = field(init=False)
    done: NDArray[np.bool_] = field(init=False)
    direction: Vector = field(init=False)
    length: Vector = field(init=False)
    memory: deque[tuple[Vector, Vector, Vector]] = field(default_factory=lambda: deque(maxlen=MEMORY))

    def __post_init__(self) -> None:
        nothing = np.zeros_like(self.here)
        self.trial = self.here
        self.best = Value(np.full(self.layout.targets, -np.inf), nothing, nothing)
        self.done = np.zeros(self.layout.targets, np.bool_)
        self.direction = nothing
        self.length = np.ones(self.layout.targets)

    def judge(self, trial: Value, tolerance: float) -> None:
        """Take each trial that climbs enough, shorten the step of the others, and set out the next trials."""
        promised = self.length * self.layout.sums(self.direction * self.best.gradient)
        took = ~self.done & (trial.value >= self.best.value + SUFFICIENT * promised)
        little = gained_little(trial.value - self.best.value, self.best.value, tolerance)
        self.done |= little & (took | (self.length < SHORTENED))
        moved = took[self.layout.owner]
        self._remember(moved, trial.gradient)
        self.here = np.where(moved, self.trial, self.here)
        self.best = Value(
            np.where(took, trial.value, self.best.value),
            np.where(moved, trial.gradient, self.best.gradient),
            np.where(moved, trial.information, self.best.information),
        )
        self.direction = np.where(moved, self._uphill(), self.direction)
        self.length = np.where(took, 1.0, self.length * SHORTENED)
        step = np.where(self.done, 0, self.length)[self.layout.owner] * self.direction
        self.trial = np.clip(self.here + step, -FURTHEST, FURTHEST)

    def stop(self, stopped: NDArray[np.bool_]) -> None:
        """Leave some targets where they are."""
        self.done |= stopped

    def _remember(self, moved: NDArray[np.bool_], gradient: Vector) -> None:
        way = np.where(moved, self.trial - self.here, 0)
        turn = np.where(moved, self.best.gradient - gradient, 0)
        curvature = self.layout.sums(way * turn)
        usable = curvature > LEAST_CURVATURE
        self.memory.append((way, turn, np.divide(1, curvature, out=np.zeros_like(curvature), where=usable)))

    def _uphill(self) -> Vector:
        """The two-loop recursion, and no step longer than is wise."""
        sums, owner = self.layout.sums, self.layout.owner
        ahead, weights = self.best.gradient.copy(), []
        for way, turn, inverse in reversed(self.memory):
            weights.append(inverse * sums(way * ahead))
            ahead -= weights[-1][owner] * turn
        ahead /= np.maximum(self.best.information, LEAST_INFORMATION)
        for way, turn, inverse in self.memory:
            ahead += (weights.pop() - inverse * sums(turn * ahead))[owner] * way
        longest = np.zeros(self.layout.targets)
        np.maximum.at(longest, owner, np.abs(ahead))
        return np.asarray(ahead * np.minimum(1, LONGEST_STEP / np.maximum(longest, LONGEST_STEP))[owner])
