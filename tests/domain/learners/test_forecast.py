"""Forecasts agree with simulated courses, and with every course followed by itself; none crosses what cannot be crossed."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from graph_api.domain.learners.forecast import FURTHEST, forecast
from graph_api.domain.parameters.knowledge_tracing import HIGHEST_LEVEL, LOWEST_LEVEL, Parameters, update

SKILL = Parameters(0.3, 0.09, 0.2, 0.1)


def simulate(
    level: float, of: Parameters, threshold: float, courses: int
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """How many answers each course takes until the level reaches the threshold, at most 101, shape (courses,)."""
    rng = np.random.default_rng(5)
    took = np.full(courses, FURTHEST + 1)
    levels, on = np.full(courses, level), np.arange(courses)
    for n in range(1, FURTHEST + 1):
        right = rng.random(len(on)) < levels * (1 - of.slip) + (1 - levels) * of.guess
        known = levels * np.where(right, 1 - of.slip, of.slip)
        unknown = (1 - levels) * np.where(right, of.guess, 1 - of.guess)
        share = known / (known + unknown)
        levels = np.clip(share * (1 - of.forget) + (1 - share) * of.learn, LOWEST_LEVEL, HIGHEST_LEVEL)
        took[on[levels >= threshold]] = n
        on, levels = on[levels < threshold], levels[levels < threshold]
    return took


def every_course(level: float, of: Parameters, threshold: float, answers: int) -> list[float]:
    """P(the threshold is reached within n answers) by following each of the 2^n courses, with the product's own fold."""
    courses, reached, within = [(level, 1.0)], 0.0, []
    for _ in range(answers):
        after = []
        for here, chance in courses:
            for correct in (True, False):
                step = update(here, correct=correct, parameters=of)
                part = chance * (step.p_correct if correct else 1 - step.p_correct)
                if step.after >= threshold:
                    reached += part
                else:
                    after.append((step.after, part))
        courses = after
        within.append(reached)
    return within


chances = st.floats(0.001, 0.6)
sets = st.builds(
    lambda prior, learn, guess, slip, forget: Parameters(prior, learn, guess, min(slip, 0.95 - guess), forget),
    chances, chances, st.floats(0.02, 0.5), st.floats(0.02, 0.5), st.sampled_from([0.0, 0.0, 0.01, 0.04, 0.2]),
)  # fmt: skip
levels = st.floats(0.01, 0.99)
thresholds = st.sampled_from([0.3, 0.5, 0.8, 0.95, 0.97])


@settings(max_examples=12, deadline=None)
@given(levels, sets, thresholds)
def test_every_course_followed_by_itself_agrees(level: float, of: Parameters, threshold: float) -> None:
    assume(level < threshold)
    prediction = forecast(level, of, threshold).p_mastered_within

    assert prediction[:12] == pytest.approx(every_course(level, of, threshold, 12), abs=2e-3)


@settings(max_examples=12, deadline=None)
@given(levels, sets, thresholds)
def test_simulated_courses_agree(level: float, of: Parameters, threshold: float) -> None:
    assume(level < threshold)
    prediction, took = forecast(level, of, threshold), simulate(level, of, threshold, 20_000)

    assert prediction.p_mastered_within[-1] == pytest.approx((took <= FURTHEST).mean(), abs=0.02)
    if prediction.answers_to_mastery is not None:
        capped = np.minimum(took, FURTHEST)
        margin = 5 * capped.std() / np.sqrt(len(took)) + 0.01
        assert prediction.answers_to_mastery == pytest.approx(capped.mean(), abs=margin)


@pytest.mark.parametrize(("level", "of", "threshold"), [
    (0.3, SKILL, 0.95),
    (0.1, Parameters(0.1, 0.2, 0.25, 0.1), 0.95),
    (0.9499, Parameters(0.3, 1e-4, 0.45, 0.45), 0.95),
    (0.5, Parameters(0.3, 0.1, 0.2, 0.1, 0.0399), 0.95),
    (0.9599, Parameters(0.3, 1e-4, 0.4, 0.3), 0.96),
])  # fmt: skip
def test_a_million_courses_agree(level: float, of: Parameters, threshold: float) -> None:
    prediction, took = (
        forecast(level, of, threshold),
        np.minimum(simulate(level, of, threshold, 1_000_000), FURTHEST + 1),
    )

    capped = np.minimum(took, FURTHEST)
    assert prediction.answers_to_mastery == pytest.approx(capped.mean(), abs=4.5 * capped.std() / 1_000)
    shares = np.searchsorted(np.sort(took), np.arange(1, FURTHEST + 1), side="right") / len(took)
    assert prediction.p_mastered_within == pytest.approx(shares, abs=2.5e-3)


def test_the_documented_figure() -> None:
    assert forecast(0.3, SKILL, 0.95).answers_to_mastery == pytest.approx(11.408, abs=0.008)


@settings(max_examples=15, deadline=None)
@given(sets, levels, st.floats(1e-9, 1e-3))
def test_what_no_answers_reach_is_never_reached(of: Parameters, level: float, short: float) -> None:
    """The highest level that right answers lead to is the bound of all courses that begin below it."""
    highest = 0.5
    for _ in range(10_000):
        highest = update(highest, correct=True, parameters=of).after
    threshold = highest + short
    assume(level < highest)
    assume(threshold < 1)
    prediction = forecast(level, of, threshold)

    assert prediction.answers_to_mastery is None
    assert not any(prediction.p_mastered_within)


@pytest.mark.parametrize("level", [0.3, 0.5, 0.9, 0.9499])
def test_a_fixed_point_just_below_the_threshold_does_not_leak(level: float) -> None:
    prediction = forecast(level, Parameters(0.3, 0.1, 0.2, 0.1, forget=0.0401), 0.95)
    top = level
    for _ in range(1_000):
        top = update(top, correct=True, parameters=Parameters(0.3, 0.1, 0.2, 0.1, forget=0.0401)).after

    assert top < 0.95
    assert (prediction.answers_to_mastery, prediction.p_mastered_within[-1]) == (None, 0.0)


@given(levels, sets, thresholds)
@settings(max_examples=10, deadline=None)
def test_chances_rise_and_lie_in_0_to_1(level: float, of: Parameters, threshold: float) -> None:
    within = forecast(level, of, threshold).p_mastered_within

    assert list(within) == sorted(within)
    assert 0 <= within[0] <= within[-1] <= 1
