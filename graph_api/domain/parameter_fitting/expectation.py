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
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from graph_api.domain.parameter_fitting.layout import Kind, Layout, Vector
from graph_api.domain.parameter_fitting.prefix_tree import PrefixTree

FAINTEST = 1e-150
"""No state is ever thought less likely, so that what is gathered on the way up, at most a count over it, is finite."""


class Expected(NamedTuple):
    """What the answers say under some parameters.

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
    *_, evidence = _forward(tree, layout, parameters)
    return _log_likelihood(tree, evidence)


def expect(tree: PrefixTree, layout: Layout, parameters: Vector) -> Expected:
    """One pass down the tree and one back up.

    On the way up each node gathers B = Σ over the histories through it of P(rest | state) / (P(rest | state) · state);
    then B · state is the number of those histories, and the gradient with respect to a node's operator is the outer
    product of B and the parent's state over the node's evidence.
    """
    operators, applied, state, evidence = _forward(tree, layout, parameters)
    roots, levels = tree.roots, tree.levels
    through = np.zeros(len(tree.target))  # histories that go on below each node
    np.add.at(through, tree.parent, tree.weight)
    ended = tree.weight - through[roots:]
    behind = np.zeros((2, len(tree.target)))
    behind[:, roots:] = ended
    over = applied / evidence
    for start, stop in zip(levels[-2::-1].tolist(), levels[:0:-1].tolist(), strict=True):
        below = slice(start - roots, stop - roots)
        first = tree.parent[start - roots]
        parent = tree.parent[below] - first
        pulled = over[0, :, below] * behind[0, start:stop] + over[1, :, below] * behind[1, start:stop]
        for i in range(2):
            added = np.bincount(parent, pulled[i])
            behind[i, first : first + len(added)] += added
    before = state[:, tree.parent] / evidence
    gradient = np.empty_like(operators.powers)
    flat = gradient.transpose(1, 2, 0, 3)
    size = operators.powers.shape[0] * operators.powers.shape[3]
    for i in range(2):
        for j in range(2):
            summed = np.bincount(tree.operator, behind[i, roots:] * before[j], minlength=size)
            flat[i, j] = summed.reshape(flat[i, j].shape)
    steps = operators.powers[0] * operators.pulled_back(gradient)
    return _counted(layout, _log_likelihood(tree, evidence), steps, state[:, :roots] * behind[:, :roots])


def _log_likelihood(tree: PrefixTree, evidence: Vector) -> Vector:
    of_node = tree.weight * np.log(evidence)
    return np.asarray(np.bincount(tree.target[tree.roots :], of_node, minlength=tree.roots), np.float64)


def _forward(
    tree: PrefixTree, layout: Layout, parameters: Vector
) -> tuple[Operators, NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Operators, the operator of each node, the state after each node, and the evidence of each node but the roots."""
    operators = Operators.of(layout, parameters, tree.longest_run)
    applied = operators.powers.transpose(1, 2, 0, 3).reshape(2, 2, -1)[:, :, tree.operator]
    prior = parameters[layout.blocks[Kind.PRIOR]]
    state = np.empty((2, len(tree.target)))
    state[0, : tree.roots], state[1, : tree.roots] = 1 - prior, prior
    evidence = np.empty(len(tree.parent))
    for start, stop in pairwise(tree.levels.tolist()):
        below = slice(start - tree.roots, stop - tree.roots)
        before = state[:, tree.parent[below]]
        after = applied[:, 0, below] * before[0]
        after += applied[:, 1, below] * before[1]
        evidence[below] = after[0] + after[1]
        state[:, start:stop] = np.maximum(after / evidence[below], FAINTEST)
    return operators, applied, state, evidence


def _counted(layout: Layout, likelihood: Vector, steps: NDArray[np.float64], first: NDArray[np.float64]) -> Expected:
    """Expected counts of every parameter, from those of the steps (from j to i, by emission and outcome)."""
    acted, not_acted = np.empty(len(layout.owner)), np.empty(len(layout.owner))
    acted[layout.blocks[Kind.PRIOR]], not_acted[layout.blocks[Kind.PRIOR]] = first[1], first[0]
    steps = steps.reshape(2, 2, -1, 2)
    moved = steps.sum(axis=3)
    by_target = [
        [np.bincount(layout.emission_target, moved[i, j], minlength=layout.targets) for j in (0, 1)] for i in (0, 1)
    ]
    acted[layout.blocks[Kind.LEARN]], not_acted[layout.blocks[Kind.LEARN]] = by_target[1][0], by_target[0][0]
    if layout.forgetting:
        acted[layout.blocks[Kind.FORGET]], not_acted[layout.blocks[Kind.FORGET]] = by_target[0][1], by_target[1][1]
    answered = steps.sum(axis=0)
    acted[layout.blocks[Kind.GUESS]], not_acted[layout.blocks[Kind.GUESS]] = answered[0, :, 1], answered[0, :, 0]
    acted[layout.blocks[Kind.SLIP]], not_acted[layout.blocks[Kind.SLIP]] = answered[1, :, 0], answered[1, :, 1]
    return Expected(likelihood, acted, not_acted)


def _product(left: NDArray[np.float64], right: NDArray[np.float64]) -> NDArray[np.float64]:
    """Products of 2 x 2 matrices that stand on the first two axes."""
    return np.asarray(left[:, 0, None] * right[None, 0] + left[:, 1, None] * right[None, 1])
