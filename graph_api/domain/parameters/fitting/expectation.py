"""The E step for all targets at once: exact log-likelihoods, and how often each parameter is expected to have acted.

Notation: a state is the pair (P(unknown, answers so far), P(known, answers so far)), divided by its sum at every node,
which is the probability of the node's run given what came before. Both are carried, never one minus the other, so that
nothing cancels near 0 and 1. One answer multiplies the state by

    M = [[1 - T, F], [T, 1 - F]] · diag(P(answer | unknown), P(answer | known))

and a run of n equal answers by the n-th power of M.

Reference: L. E. Baum, T. Petrie, G. Soules, N. Weiss (1970), "A maximization technique occurring in the statistical
analysis of probabilistic functions of Markov chains", Annals of Mathematical Statistics 41, 164-171.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from graph_api.domain.parameters.fitting.layout import Kind, Layout, Vector
from graph_api.domain.parameters.fitting.prefix_tree import PrefixTree

FAINTEST = 1e-150
"""No state is ever thought less likely, so that what is gathered on the way up, at most a count over it, is finite."""


class Expected(NamedTuple):
    """The evidence of the answers under some parameters.

    Attributes:
        log_likelihood: shape (targets,).
        acted: shape (parameters,); how often the event of each parameter is expected to have happened: known at first,
            learnt, forgotten, right though unknown, wrong though known.
        not_acted: shape (parameters,); how often it could have happened and did not.
    """

    log_likelihood: Vector
    acted: Vector
    not_acted: Vector

    def gradient(self, parameters: Vector) -> Vector:
        """The exact gradient of the log-likelihood (Fisher's identity): acted / p - not_acted / (1 - p)."""
        return np.asarray(self.acted / parameters - self.not_acted / (1 - parameters))

    def information(self, parameters: Vector) -> Vector:
        """The information that complete data would hold of each parameter: n / (p (1 - p))."""
        return np.asarray((self.acted + self.not_acted) / (parameters * (1 - parameters)))


@dataclass(frozen=True)
class Operators:
    """What a run of n equal answers does to a state: entry [i, j] of power n of each emission and outcome.

    Attributes:
        powers: shape (longest run, 2, 2, 2 · emissions); the last axis is 2 · emission + outcome.
    """

    powers: NDArray[np.float64]

    @classmethod
    def of(cls, layout: Layout, parameters: Vector, longest_run: int) -> "Operators":
        """The powers 1..longest_run of the step of each emission and outcome."""
        of_target = layout.emission_target
        learn, guess, slip = (parameters[layout.blocks[kind]] for kind in (Kind.LEARN, Kind.GUESS, Kind.SLIP))
        learn = learn[of_target]
        forget = parameters[layout.blocks[Kind.FORGET]][of_target] if layout.forgetting else np.zeros(len(of_target))
        unknown = np.stack([1 - guess, guess], axis=1)
        known = np.stack([slip, 1 - slip], axis=1)
        step = np.empty((2, 2, 2 * len(of_target)))
        step[0, 0] = ((1 - learn)[:, None] * unknown).ravel()
        step[1, 0] = (learn[:, None] * unknown).ravel()
        step[0, 1] = (forget[:, None] * known).ravel()
        step[1, 1] = ((1 - forget)[:, None] * known).ravel()
        powers = np.empty((longest_run, *step.shape))
        powers[0] = step
        for n in range(1, longest_run):
            powers[n] = _product(step, powers[n - 1])
        return cls(powers)

    def of_nodes(self, tree: PrefixTree) -> NDArray[np.float64]:
        """The operator of each node that is no root, shape (2, 2, N)."""
        return self.powers.transpose(1, 2, 0, 3).reshape(2, 2, -1).take(tree.operator, axis=2)

    def gradient(
        self, tree: PrefixTree, behind: NDArray[np.float64], before: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """The gradient with respect to every power, of the powers' shape: the outer products of its nodes, summed.

        Args:
            tree: which node applies what.
            behind: shape (2, N).
            before: shape (2, N); over the evidence.
        """
        runs, _, _, symbols = self.powers.shape
        summed = np.empty((2, 2, runs * symbols))
        for i in range(2):
            for j in range(2):
                summed[i, j] = np.bincount(tree.operator, behind[i] * before[j], minlength=runs * symbols)
        return summed.reshape(2, 2, runs, symbols).transpose(2, 0, 1, 3)

    def pulled_back(self, gradient: NDArray[np.float64]) -> NDArray[np.float64]:
        """The gradient with respect to one step, from that with respect to every power (both of the powers' shape).

        Power n + 1 is step · power n: working backwards, each power hands its gradient on to the one below.
        """
        transposed = self.powers[0].swapaxes(0, 1)
        of_step = np.zeros_like(gradient[0])
        handed_on = gradient[-1].copy()
        for n in range(len(gradient) - 1, 0, -1):
            of_step += _product(handed_on, self.powers[n - 1].swapaxes(0, 1))
            handed_on = gradient[n - 1] + _product(transposed, handed_on)
        return np.asarray(of_step + handed_on)


def log_likelihood(tree: PrefixTree, layout: Layout, parameters: Vector) -> Vector:
    """The log-likelihood of each target, shape (targets,): half the work of `expect`."""
    return _forward(tree, layout, parameters).log_likelihood(tree)


def expect(tree: PrefixTree, layout: Layout, parameters: Vector) -> Expected:
    """One pass down the tree and one back up.

    On the way up each node gathers B = Σ over the histories through it of P(rest | state) / (P(rest | state) · state);
    then B · state is the number of those histories, and the gradient with respect to a node's operator is the outer
    product of B and the parent's state over the node's evidence.
    """
    down = _forward(tree, layout, parameters)
    behind = np.zeros_like(down.state)
    behind[:, tree.roots :] = tree.ended
    over = down.applied / down.evidence
    from_unknown, from_known = over[0], over[1]
    for nodes, below, _, parents, family in reversed(tree.passes):
        here = behind[:, nodes]
        pulled = from_unknown[:, below] * here[0]
        pulled += from_known[:, below] * here[1]
        behind[:, parents] += np.bincount(family, pulled.ravel()).reshape(2, -1)
    gradient = down.operators.gradient(tree, behind[:, tree.roots :], down.before / down.evidence)
    steps = down.operators.powers[0] * down.operators.pulled_back(gradient)
    return _counted(layout, down.log_likelihood(tree), steps, down.state[:, : tree.roots] * behind[:, : tree.roots])


class _Forward(NamedTuple):
    """What the pass down the tree leaves behind; N nodes are no roots.

    Attributes:
        operators: the powers.
        applied: shape (2, 2, N); the operator of each node.
        state: shape (2, nodes); after each node.
        before: shape (2, N); the state before each node.
        evidence: shape (N,); P(run | what came before).
    """

    operators: Operators
    applied: NDArray[np.float64]
    state: NDArray[np.float64]
    before: NDArray[np.float64]
    evidence: Vector

    def log_likelihood(self, tree: PrefixTree) -> Vector:
        """Of each target, shape (targets,)."""
        of_node = tree.weight * np.log(self.evidence)
        return np.asarray(np.bincount(tree.target[tree.roots :], of_node, minlength=tree.roots), np.float64)


def _forward(tree: PrefixTree, layout: Layout, parameters: Vector) -> _Forward:
    operators = Operators.of(layout, parameters, tree.longest_run)
    applied = operators.of_nodes(tree)
    prior = parameters[layout.blocks[Kind.PRIOR]]
    state = np.empty((2, len(tree.target)))
    state[0, : tree.roots], state[1, : tree.roots] = 1 - prior, prior
    before, evidence = np.empty((2, len(tree.parent))), np.empty(len(tree.parent))
    from_unknown, from_known = applied[:, 0], applied[:, 1]
    for nodes, below, parent, _, _ in tree.passes:
        start = before[:, below] = state.take(parent, axis=1)
        after = from_unknown[:, below] * start[0]
        after += from_known[:, below] * start[1]
        seen = np.add(after[0], after[1], out=evidence[below])
        after /= seen
        np.maximum(after, FAINTEST, out=state[:, nodes])
    return _Forward(operators, applied, state, before, evidence)


def _counted(layout: Layout, likelihood: Vector, steps: NDArray[np.float64], first: NDArray[np.float64]) -> Expected:
    """Expected counts of every parameter.

    Args:
        layout: where they go.
        likelihood: shape (targets,).
        steps: shape (2, 2, 2 · emissions); expected steps to i from j, by emission and outcome.
        first: shape (2, targets); expected histories that begin in each state.
    """
    by_outcome = steps.reshape(2, 2, -1, 2)
    moved = by_outcome.sum(axis=3)
    answered = by_outcome.sum(axis=0)

    def of_target(counts: Vector) -> Vector:
        return np.asarray(np.bincount(layout.emission_target, counts, minlength=layout.targets), np.float64)

    counts = {
        Kind.PRIOR: (first[1], first[0]),
        Kind.LEARN: (of_target(moved[1, 0]), of_target(moved[0, 0])),
        Kind.FORGET: (of_target(moved[0, 1]), of_target(moved[1, 1])) if layout.forgetting else (np.empty(0),) * 2,
        Kind.GUESS: (answered[0, :, 1], answered[0, :, 0]),
        Kind.SLIP: (answered[1, :, 0], answered[1, :, 1]),
    }
    acted, not_acted = (np.concatenate([counts[kind][side] for kind in Kind]) for side in (0, 1))
    return Expected(likelihood, acted, not_acted)


def _product(left: NDArray[np.float64], right: NDArray[np.float64]) -> NDArray[np.float64]:
    """Products of 2 x 2 matrices that stand on the first two axes."""
    return np.asarray(left[:, 0, None] * right[None, 0] + left[:, 1, None] * right[None, 1])
