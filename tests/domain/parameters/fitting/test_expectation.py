import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_api.domain.parameters.fitting.expectation import expect, log_likelihood
from graph_api.domain.parameters.fitting.histories import Histories
from graph_api.domain.parameters.fitting.layout import Bounds, Kind, Layout
from graph_api.domain.parameters.fitting.prefix_tree import PrefixTree
from graph_api.domain.parameters.knowledge_tracing import Parameters
from tests.domain.parameters.fitting.simulated_histories import PARAMETERS, histories


def by_enumeration(answers: list[bool], p: Parameters) -> tuple[float, dict[Kind, tuple[float, float]]]:
    """P(answers), and how often each event happened and did not, over every path of the hidden state."""
    total, counts = 0.0, {kind: np.zeros(2) for kind in Kind}
    for path in itertools.product((False, True), repeat=len(answers) + 1):
        chance = p.prior if path[0] else 1 - p.prior
        seen = {kind: np.zeros(2) for kind in Kind}
        seen[Kind.PRIOR][0 if path[0] else 1] += 1
        for known, after, correct in zip(path, path[1:], answers, strict=False):
            right, moved = (1 - p.slip, p.forget) if known else (p.guess, p.learn)
            chance *= right if correct else 1 - right
            chance *= moved if after != known else 1 - moved
            answering, moving = (Kind.SLIP, Kind.FORGET) if known else (Kind.GUESS, Kind.LEARN)
            seen[answering][0 if correct != known else 1] += 1
            seen[moving][0 if after != known else 1] += 1
        total += chance
        for kind in Kind:
            counts[kind] += chance * seen[kind]
    return total, {kind: tuple(counts[kind] / total) for kind in Kind}


@given(st.lists(st.booleans(), min_size=1, max_size=7), PARAMETERS)
def test_posterior_is_that_of_enumerating_every_hidden_path(answers: list[bool], parameters: Parameters) -> None:
    sent = Histories.of_answers([0] * len(answers), [0] * len(answers), answers)
    layout = Layout.of(sent, Bounds(), forgetting=True)

    actual = expect(PrefixTree.grow(sent), layout, layout.spread(parameters))

    chance, counts = by_enumeration(answers, parameters)
    assert actual.log_likelihood[0] == pytest.approx(math.log(chance), abs=1e-12)
    for kind, (acted, not_acted) in counts.items():
        assert actual.acted[layout.blocks[kind]][0] == pytest.approx(acted, abs=1e-12)
        assert actual.not_acted[layout.blocks[kind]][0] == pytest.approx(not_acted, abs=1e-12)


@given(histories(), PARAMETERS)
def test_gradient_is_that_of_the_likelihood(sent: Histories, parameters: Parameters) -> None:
    layout = Layout.of(sent, Bounds(), forgetting=True)
    at = layout.clip(layout.spread(parameters))
    tree = PrefixTree.grow(sent)

    gradient = expect(tree, layout, at).gradient(at)

    for place in range(len(at)):
        step = np.zeros_like(at)
        step[place] = 1e-4 * at[place]
        rise = (log_likelihood(tree, layout, at + step) - log_likelihood(tree, layout, at - step)).sum()
        assert gradient[place] == pytest.approx(rise / (2 * step[place]), rel=1e-3, abs=1e-3)


@given(histories(students=4, answers=40, targets=3), PARAMETERS, st.integers(1, 7))
def test_where_runs_are_split_changes_nothing(sent: Histories, parameters: Parameters, longest: int) -> None:
    layout = Layout.of(sent, Bounds(), forgetting=True)
    at = layout.spread(parameters)

    answer_by_answer = expect(PrefixTree.grow(sent, longest_run=1), layout, at)
    in_runs = expect(PrefixTree.grow(sent, longest_run=longest), layout, at)

    for one, other in zip(answer_by_answer, in_runs, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-9)


@given(histories(targets=3), PARAMETERS)
def test_targets_are_independent_of_each_other(sent: Histories, parameters: Parameters) -> None:
    layout = Layout.of(sent, Bounds())
    at = layout.clip(layout.spread(parameters))
    tree = PrefixTree.grow(sent)
    chosen = np.array([True, False, True])

    whole, part = expect(tree, layout, at), expect(tree.of_targets(chosen), layout, at)

    stored = chosen[layout.owner]
    np.testing.assert_allclose(whole.log_likelihood[chosen], part.log_likelihood[chosen])
    np.testing.assert_allclose(whole.acted[stored], part.acted[stored], atol=1e-12)


@given(histories(targets=1), st.permutations(range(8)))
def test_who_answered_does_not_matter(sent: Histories, names: list[int]) -> None:
    layout = Layout.of(sent, Bounds())
    at = layout.spread(Parameters(0.3, 0.1, 0.2, 0.1))
    renamed = Histories.of_answers(
        np.array(names)[sent.student][sent.sequence], np.zeros(len(sent.correct)), sent.correct
    )

    one, other = (log_likelihood(PrefixTree.grow(each), layout, at) for each in (sent, renamed))

    np.testing.assert_allclose(one, other)


def test_a_very_long_history_neither_underflows_nor_overflows() -> None:
    answers = [True] * 2_000 + [False] * 2_000
    sent = Histories.of_answers([0] * 4_000, [0] * 4_000, answers)
    layout = Layout.of(sent, Bounds())
    at = layout.clip(layout.spread(Parameters(0.5, 1e-5, 1e-5, 1e-5)))

    actual = expect(PrefixTree.grow(sent), layout, at)

    assert np.isfinite(actual.log_likelihood).all()
    assert np.isfinite(actual.gradient(at)).all()


def test_identical_histories_are_one_path() -> None:
    answers = [True, True, False, True]
    sent = Histories.of_answers(np.repeat(np.arange(1_000), 4), [0] * 4_000, answers * 1_000)

    tree = PrefixTree.grow(sent)

    assert len(tree.parent) == 3
    assert tree.weight.tolist() == [1_000] * 3
