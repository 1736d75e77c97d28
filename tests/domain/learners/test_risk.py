"""Students at risk (Q6): what each reason requires."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_api.domain.failures import InvalidInput
from graph_api.domain.learners.mastery import Status, Thresholds
from graph_api.domain.learners.risk import (
    RiskRule,
    RootCauseReason,
    Stuck,
    Student,
    Trend,
)
from graph_api.domain.learners.risk_messages import describe_root_cause, describe_stagnation
from graph_api.domain.learners.weak_rules import WeakRule
from graph_api.domain.locales import Locale
from graph_api.store.locales import read_phrases

NOW = datetime(2026, 3, 1, tzinfo=UTC)
ENGLISH = read_phrases(Locale.EN)


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


@given(st.floats(0.01, 0.99), st.integers(1, 30), st.floats(0.01, 1), st.floats(0.3, 0.99), st.floats(0.05, 0.29))
def test_a_reason_names_level_and_status_and_claims_nothing_else(
    level: float, attempts: int, threshold: float, mastered: float, focus: float
) -> None:
    thresholds = Thresholds(mastered=mastered, focus=focus)
    weak, status = WeakRule.of(thresholds, threshold, 1), thresholds.status(level, attempts)
    if not weak.is_weak(level, attempts):
        return
    sentences = (
        describe_root_cause(ENGLISH, "Verbs", RootCauseReason("verbs", 2, level, status, weak)),
        describe_stagnation(
            ENGLISH, {"verbs": "Verbs"}, ["nouns"], [Stuck("verbs", level, attempts, status, weak)], RiskRule()
        ),
    )
    for sentence in sentences:
        assert "learning" in sentence if status is Status.LEARNING else "needs focus" in sentence
        assert "Verbs (level" in sentence
        assert float(sentence.partition("(level ")[2][:4]) <= level
        assert f"below {min(threshold, mastered):g}" in sentence
        assert not any(word in sentence for word in ("weak", "stuck", "no progress", "mastered"))
