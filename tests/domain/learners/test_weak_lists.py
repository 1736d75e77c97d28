"""Weak and strong lists by level and by the plain share of correct answers (Q1)."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_api.domain.answers.order import Order
from graph_api.domain.failures import InvalidInput
from graph_api.domain.learners.mastery import Mastery
from graph_api.domain.learners.weak_lists import WeakMeasure, choose_strong, choose_weak
from graph_api.domain.learners.weak_rules import WeakRule
from graph_api.domain.targets import Target, TargetKind

AT = Order(datetime(2026, 3, 1, tzinfo=UTC))
ROWS = st.lists(
    st.tuples(
        st.sampled_from(TargetKind), st.integers(0, 9), st.floats(0.01, 0.99), st.integers(0, 12), st.integers(0, 12)
    ),
    max_size=20,
    unique_by=lambda row: row[:2],
).map(
    lambda drawn: [
        Mastery("anna", Target(kind, f"t{n}"), level, max(first, second), min(first, second), AT, "set")
        for kind, n, level, first, second in drawn
    ]
)
KINDS = st.sampled_from(TargetKind)


@given(ROWS, KINDS, st.floats(0.01, 1), st.integers(1, 12))
def test_weak_by_accuracy_compares_the_plain_ratio(
    rows: list[Mastery], kind: TargetKind, threshold: float, least: int
) -> None:
    weak = choose_weak(rows, kind, WeakRule(threshold, least), WeakMeasure.ACCURACY)

    ratios = {row.target: row.correct / row.attempts for row in rows if row.attempts}
    expected = {
        row.target
        for row in rows
        if row.target.kind is kind and row.attempts >= least and ratios[row.target] < threshold
    }
    assert {row.target for row in weak} == expected
    assert len(weak) == len(expected)
    keys = [(ratios[row.target], row.target) for row in weak]
    assert keys == sorted(keys)


@given(ROWS, KINDS, st.floats(0.01, 1), st.integers(1, 12), st.sampled_from([WeakMeasure.LEVEL, WeakMeasure.ACCURACY]))
def test_every_counted_mastery_is_weak_or_strong(
    rows: list[Mastery], kind: TargetKind, threshold: float, least: int, measure: WeakMeasure
) -> None:
    rule = WeakRule(threshold, least, mastered=1.0)
    weak = {row.target for row in choose_weak(rows, kind, rule, measure)}
    strong = {row.target for row in choose_strong(rows, kind, measure, threshold=threshold, min_attempts=least)}

    assert not weak & strong
    assert weak | strong == {row.target for row in rows if row.target.kind is kind and row.attempts >= least}


@given(ROWS, KINDS)
def test_strongest_is_weakest_turned_round(rows: list[Mastery], kind: TargetKind) -> None:
    strong = choose_strong(rows, kind, WeakMeasure.LEVEL, threshold=0, min_attempts=1)
    levels = [row.level for row in strong]

    assert levels == sorted(levels, reverse=True)


def test_recency_has_a_list_of_its_own() -> None:
    with pytest.raises(InvalidInput, match="weakByRecency"):
        choose_weak([], TargetKind.SKILL, WeakRule(), WeakMeasure.RECENCY)
    with pytest.raises(InvalidInput, match="threshold: must be from 0 to 1"):
        choose_strong([], TargetKind.SKILL, WeakMeasure.LEVEL, threshold=1.5, min_attempts=1)
