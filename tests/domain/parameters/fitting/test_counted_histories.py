"""Counted histories are the sufficient statistic: same tree, same guard rails, same fit, whole, merged or in parts."""

from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_api.domain.failures import InvalidInput
from graph_api.domain.parameters.fitting.counted_histories import CountedHistories
from graph_api.domain.parameters.fitting.fit import FitOptions, Method, Part, fit, fit_in_parts
from graph_api.domain.parameters.fitting.guard_rails import GuardRails
from graph_api.domain.parameters.fitting.histories import Histories
from graph_api.domain.parameters.fitting.prefix_tree import PrefixTree
from graph_api.domain.parameters.knowledge_tracing import Parameters
from tests.domain.parameters.fitting.simulated_histories import histories, simulated

Counts = Counter[tuple[int, str]]


def count(sent: Histories) -> Counts:
    texts = (
        "".join("1" if each else "0" for each in sent.correct[start:stop])
        for start, stop in zip(sent.starts, sent.starts[1:], strict=False)
    )
    return Counter(zip(sent.target.tolist(), texts, strict=True))


def counted(counts: Counts, targets: int, seed: int) -> CountedHistories:
    """Counted histories in order of target, and within a target in any order."""
    rows = [list(counts)[place] for place in np.random.default_rng(seed).permutation(len(counts))]
    rows.sort(key=lambda row: row[0])
    ends = np.cumsum([0, *(len(text) for _, text in rows)])
    answers = "".join(text for _, text in rows).encode()
    return CountedHistories.of_texts(
        [target for target, _ in rows], answers, ends, [counts[row] for row in rows], targets=targets
    )


def assert_same_tree(actual: PrefixTree, expected: PrefixTree) -> None:
    for name in ("levels", "parent", "operator", "weight", "target", "emission_target"):
        np.testing.assert_array_equal(getattr(actual, name), getattr(expected, name), err_msg=name)
    assert (actual.roots, actual.longest_run) == (expected.roots, expected.longest_run)


@given(histories(students=12, targets=3), st.integers(0, 9), st.data())
@settings(max_examples=60, deadline=None)
def test_merged_shards_are_the_tree_of_all_histories(sent: Histories, seed: int, data: st.DataObject) -> None:
    shard = np.array(data.draw(st.lists(st.integers(0, 3), min_size=len(sent.target), max_size=len(sent.target))))
    order = data.draw(st.permutations(range(4)))

    merged: Counts = Counter()
    for each in order:
        merged.update(count(sent.choose(shard == each)))

    actual = counted(merged, sent.targets, seed)
    assert_same_tree(actual.tree(), PrefixTree.grow(sent))
    assert actual.answers.tolist() == np.bincount(sent.target, sent.lengths, minlength=sent.targets).tolist()
    assert actual.students.tolist() == np.bincount(sent.target, minlength=sent.targets).tolist()


@given(histories(students=10, targets=4), st.integers(1, 12), st.integers(2, 4))
@settings(max_examples=60, deadline=None)
def test_guard_rails_count_students(sent: Histories, answers: int, students: int) -> None:
    rails = GuardRails(answers, students)

    actual = counted(count(sent), sent.targets, 0)

    assert rails.obstacles(actual.histories, actual.count) == rails.obstacles(sent)


@pytest.mark.parametrize("method", Method)
@pytest.mark.parametrize("forgetting", [False, True])
def test_a_fit_in_parts_is_the_fit_to_the_last_digit(method: Method, forgetting: bool) -> None:
    rng = np.random.default_rng(1)
    sent = simulated(rng, Parameters(0.35, 0.12, 0.2, 0.1), students=40, answers=8, targets=12)
    sent = sent.choose(rng.random(len(sent.target)) < rng.uniform(0.1, 1, 12)[sent.target])  # uneven targets
    options = FitOptions(method=method, forgetting=forgetting, iterations=30)
    whole = fit(sent, options)

    for number in (1, 3, 12):
        of_part = rng.permutation(np.arange(12) % number)
        parts = [Part(own := np.flatnonzero(of_part == each), _growing(sent, own)) for each in range(number)]
        answered = np.bincount(sent.target, minlength=12) > 0
        split = fit_in_parts([parts[place] for place in rng.permutation(number)], whole.layout, answered, options)

        np.testing.assert_array_equal(split.parameters, whole.parameters)
        np.testing.assert_array_equal(split.log_likelihood, whole.log_likelihood)
        np.testing.assert_array_equal(split.iterations, whole.iterations)
        np.testing.assert_array_equal(split.converged, whole.converged)


def _growing(sent: Histories, targets: np.ndarray) -> Callable[[], PrefixTree]:
    own = sent.choose(np.isin(sent.target, targets))
    number = np.searchsorted(targets, own.target)
    numbered = Histories.of_answers(own.student[own.sequence], number[own.sequence], own.correct, targets=len(targets))
    return lambda: PrefixTree.grow(numbered)


@pytest.mark.parametrize(
    ("answers", "starts", "students", "message"),
    [
        (b"102", [0, 3], [1], "answers: must consist of 0 and 1, got '2'"),
        (b"", [0, 0], [1], "answers: must not be empty"),
        (b"10", [0, 2], [0], "students: must be >= 1, got '0'"),
    ],
)
def test_what_is_no_counted_history_is_named(
    answers: bytes, starts: list[int], students: list[int], message: str
) -> None:
    with pytest.raises(InvalidInput, match=message):
        CountedHistories.of_texts([0], answers, starts, students, targets=1)
