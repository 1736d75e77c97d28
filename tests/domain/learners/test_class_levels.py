"""Levels of a group: statuses, weak concepts, hardest first, and causes of its students (Q2)."""

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_api.domain.course.course_graph import CourseGraph
from graph_api.domain.learners.class_levels import ClassLevels, deficits, is_mastered, is_weak
from graph_api.domain.learners.forecast import forecast
from graph_api.domain.learners.mastery import Status, Thresholds
from graph_api.domain.learners.risk import (
    find_causes,
)
from graph_api.domain.learners.root_causes import (
    find_root_causes,
    mean_deficit,
)
from graph_api.domain.learners.weak_rules import WeakRule
from graph_api.domain.parameters.knowledge_tracing import Parameters, clamp
from tests.strategies import parameters

NOW = datetime(2026, 3, 1, tzinfo=UTC)


@st.composite
def classes(draw: st.DrawFn) -> ClassLevels:
    students, targets = draw(st.integers(0, 6)), draw(st.integers(0, 6))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    attempts = rng.integers(0, 8, (students, targets)) * (rng.random((students, targets)) < 0.7)
    level = np.where(attempts > 0, rng.choice([0.01, 0.2, 0.4, 0.5, 0.94, 0.95, 0.99], attempts.shape), np.nan)
    return ClassLevels([f"s{n}" for n in range(students)], [f"c{n}" for n in range(targets)], level, attempts)


@given(classes())
def test_statuses_count_every_pair_as_one_by_one(levels: ClassLevels) -> None:
    thresholds = Thresholds()
    counted = levels.distribution(thresholds)

    one_by_one = [
        thresholds.status(float(level), int(attempts))
        for level, attempts in zip(levels.level.flat, levels.attempts.flat, strict=True)
    ]
    assert counted == {status: one_by_one.count(status) for status in Status if status in one_by_one}


@given(classes(), st.integers(1, 4))
def test_the_hardest_come_first_and_enough_practised_them(levels: ClassLevels, least: int) -> None:
    hard = levels.hardest(Thresholds(), least)

    assert [each.mean_level for each in hard] == sorted(each.mean_level for each in hard)
    for each in hard:
        column = levels.level[:, levels.keys.index(each.key)]
        practised = column[~np.isnan(column)]
        assert each.students == practised.size >= least
        assert each.mean_level == pytest.approx(practised.mean())
        assert each.need_focus == (practised < 0.4).sum()


@given(classes())
def test_causes_of_a_class_are_those_of_its_students(levels: ClassLevels) -> None:
    ids = list(levels.keys)
    graph = CourseGraph.of(ids, {key: ids[max(0, n - 2) : n] for n, key in enumerate(ids)})
    deficits = levels.deficits(WeakRule(min_attempts=1))

    for row, causes in zip(deficits, find_causes(graph, deficits), strict=True):
        alone = {graph.ids[each.place]: len(each.blocks) for each in find_root_causes(graph, row) if each.blocks}
        assert {each.concept_id: each.blocks for each in causes} == alone
        assert [each.blocks for each in causes] == sorted(alone.values(), reverse=True)


def test_columns_can_be_chosen() -> None:
    levels = ClassLevels(["a"], ["x", "y", "z"], np.array([[0.1, 0.2, 0.3]]), np.array([[1, 2, 3]]))

    assert levels.only(["z", "x", "other"]).keys == ["x", "z"]
    assert levels.only(["z"]).level.tolist() == [[0.3]]


@settings(deadline=None, max_examples=25)
@given(parameters(), st.floats(0.5, 0.98))
def test_nothing_is_mastered_before_the_first_answer(used: Parameters, threshold: float) -> None:
    """A prior above the threshold is NOT_STARTED (B4), so a forecast from it needs an answer."""
    level = clamp(used.prior)
    prediction = forecast(level, used, threshold, started=False)

    assert prediction.answers_to_mastery is None or prediction.answers_to_mastery >= 1 - 1e-9
    assert prediction.p_next_correct == pytest.approx(level * (1 - used.slip) + (1 - level) * used.guess)
    if level < threshold:
        assert prediction == forecast(level, used, threshold)


@given(st.floats(0.01, 1), st.integers(1, 9), st.floats(0.3, 0.99), st.floats(0.01, 0.99), st.integers(0, 9))
def test_no_level_is_weak_and_mastered(
    threshold: float, least: int, mastered: float, level: float, attempts: int
) -> None:
    thresholds = Thresholds(mastered=mastered, focus=0.2)
    rule = WeakRule.of(thresholds, threshold, least)
    status = thresholds.status(level, attempts)
    weak = rule.is_weak(level, attempts)

    assert weak == (level < threshold and attempts >= least and status is not Status.MASTERED)
    value, number = np.array([level if attempts else np.nan]), np.array([attempts])
    assert is_weak(value, number, rule).tolist() == [weak]
    assert is_mastered(value, thresholds).tolist() == [status is Status.MASTERED]
    assert deficits(value, number, rule).tolist() == [pytest.approx(threshold - level) if weak else 0]
    assert (deficits(value, number, rule) > 0).tolist() == [weak]


def test_a_group_is_weak_where_enough_of_those_who_practised_are() -> None:
    missing = np.array([[0.2, 0.1], [0.4, 0.0], [0.0, 0.0]])
    practised = np.array([[True, True], [True, True], [False, True]])

    assert mean_deficit(missing, practised, 0.5) == pytest.approx([0.3, 0.0])
