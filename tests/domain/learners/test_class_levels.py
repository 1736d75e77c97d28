"""A class at a glance, learning curves, and who is at risk (Q2, Q6)."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_api.domain.course.course_graph import CourseGraph
from graph_api.domain.failures import InvalidInput
from graph_api.domain.learners.class_levels import ClassLevels
from graph_api.domain.learners.forecast import forecast
from graph_api.domain.learners.learning_curve import learning_curve
from graph_api.domain.learners.mastery import Status, Thresholds
from graph_api.domain.learners.risk import (
    RiskRule,
    RootCauseReason,
    Stuck,
    Student,
    Trend,
    find_causes,
    stagnation_in_words,
)
from graph_api.domain.learners.root_causes import WeakRule, find_root_causes
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

    for row, found in zip(deficits, find_causes(graph, deficits), strict=True):
        alone = {graph.ids[each.place]: len(each.blocks) for each in find_root_causes(graph, row) if each.blocks}
        assert {each.concept_id: each.blocks for each in found} == alone
        assert [each.blocks for each in found] == sorted(alone.values(), reverse=True)


def test_columns_can_be_chosen() -> None:
    levels = ClassLevels(["a"], ["x", "y", "z"], np.array([[0.1, 0.2, 0.3]]), np.array([[1, 2, 3]]))

    assert levels.only(["z", "x", "other"]).keys == ["x", "z"]
    assert levels.only(["z"]).level.tolist() == [[0.3]]


def test_a_curve_has_its_numbers_and_intervals() -> None:
    first, second = learning_curve([(1, 10, 5), (2, 8, 0)])

    assert (first.error_rate, second.error_rate) == (0.5, 0.0)
    assert first.interval.low < 0.5 < first.interval.high
    assert second.interval.low == 0 < second.interval.high < 0.3


@pytest.mark.parametrize(
    ("trend", "falls"),
    [
        (Trend(60, 54, 30, 15), True),
        (Trend(60, 54, 30, 24), False),  # ten per cent less
        (Trend(6, 6, 4, 3), False),  # as chance would have it
        (Trend(0, 0, 10, 0), False),
        (Trend(10, 10, 0, 0), False),
        (Trend(60, 30, 30, 27), False),  # it rises
    ],
)
def test_what_a_falling_trend_takes(trend: Trend, falls: bool) -> None:
    assert trend.falls(0.15) is falls


@pytest.mark.parametrize(("days", "inactive"), [(0, False), (14, False), (14.001, True), (None, True), (-3, False)])
def test_what_inactivity_takes(days: float | None, inactive: bool) -> None:
    last = None if days is None else NOW - timedelta(days=days)

    assert Student("anna", last).inactive(RiskRule(), NOW) is inactive


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ({"inactive_days": 0}, "inactiveDays: must be >= 1, got '0'"),
        ({"drop": 0.0}, "drop: must be > 0 and <= 1, got '0.0'"),
        ({"drop": 1.1}, "drop: must be > 0 and <= 1, got '1.1'"),
        ({"stuck_attempts": 0}, "stuckAttempts: must be >= 1, got '0'"),
    ],
)
def test_rules_that_mean_nothing_are_refused(rule: dict[str, float], message: str) -> None:
    with pytest.raises(InvalidInput, match=message.split(",", maxsplit=1)[0]):
        RiskRule(**rule)  # type: ignore[arg-type]


@settings(deadline=None, max_examples=25)
@given(parameters(), st.floats(0.5, 0.98))
def test_nothing_is_mastered_before_the_first_answer(used: Parameters, threshold: float) -> None:
    """A prior above the threshold is NOT_STARTED (B4), so a forecast from it needs an answer."""
    level = clamp(used.prior)
    found = forecast(level, used, threshold, started=False)

    assert found.answers_to_mastery is None or found.answers_to_mastery >= 1 - 1e-9
    assert found.p_next_correct == pytest.approx(level * (1 - used.slip) + (1 - level) * used.guess)
    if level < threshold:
        assert found == forecast(level, used, threshold)


@given(st.floats(0.01, 0.99), st.integers(1, 30), st.floats(0.01, 1), st.floats(0.3, 0.99), st.floats(0.05, 0.29))
def test_a_reason_names_level_and_status_and_claims_nothing_else(
    level: float, attempts: int, threshold: float, mastered: float, focus: float
) -> None:
    thresholds = Thresholds(mastered=mastered, focus=focus)
    weak, status = WeakRule.of(thresholds, threshold, 1), thresholds.status(level, attempts)
    if not weak.is_weak(level, attempts):
        return
    sentences = (
        RootCauseReason("verbs", 2, level, status).in_words(weak),
        stagnation_in_words(["nouns"], [Stuck("verbs", level, attempts, status)], weak, RiskRule()),
    )
    for told in sentences:
        assert "LEARNING" in told if status is Status.LEARNING else "NEEDS_FOCUS" in told
        assert float(told.partition("(level ")[2][:4]) <= level
        assert f"below {min(threshold, mastered):g}" in told
        assert not any(word in told for word in ("weak", "stuck", "no progress", "mastered"))
