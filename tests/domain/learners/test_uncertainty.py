"""Intervals and confidence: laws, coverage by simulation, golden values (Q8)."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_api.domain.answers.order import Order
from graph_api.domain.learners.own_parameters import vary
from graph_api.domain.learners.recency import Breakdown, BucketShare, RecencyStatus, answer_weights, score
from graph_api.domain.learners.topic import Scored, Topic, fold
from graph_api.domain.learners.uncertainty import (
    Confidence,
    Interval,
    confidence,
    effective_answers,
    level_intervals,
    wilson,
)
from graph_api.domain.parameters.knowledge_tracing import HIGHEST_LEVEL, LOWEST_LEVEL, Parameters, p_correct, trace
from graph_api.domain.parameters.recency_parameters import RecencyParameters
from graph_api.domain.parameters.topic_parameters import ColdStart, TopicParameters
from tests.strategies import parameters

START = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
SETS = [Parameters(0.3, 0.09, 0.2, 0.1), Parameters(0.1, 0.2, 0.25, 0.1), Parameters(0.6, 0.04, 0.27, 0.24)]


def simulated(set_: Parameters, students: int, rng: np.random.Generator) -> tuple[list[list[bool]], list[float]]:
    """Answers of students with parameters of their own, 10 to 40 each, and P(the next one is right) under these."""
    answers, p_next, _ = drawn(set_, students, (10, 41), rng)
    return answers, p_next


def drawn(
    set_: Parameters, students: int, lengths: tuple[int, int], rng: np.random.Generator
) -> tuple[list[list[bool]], list[float], list[float]]:
    """Answers of students with parameters of their own, and P(the next one is right) and the level under these."""
    answers: list[list[bool]] = []
    p_next: list[float] = []
    levels: list[float] = []
    for mine in vary(set_, rng.standard_normal((4, students))).T:
        own = Parameters(*mine.tolist())
        known, given_ = rng.random() < own.prior, []
        for _ in range(rng.integers(*lengths)):
            given_.append(bool(rng.random() < (1 - own.slip if known else own.guess)))
            known = known or rng.random() < own.learn
        answers.append(given_)
        levels.append(trace(given_, own)[-1].after)
        p_next.append(p_correct(levels[-1], own))
    return answers, p_next, levels


@pytest.mark.parametrize("set_", SETS, ids=["skill", "concept", "glops"])
def test_intervals_cover_the_truth_nine_times_in_ten(set_: Parameters) -> None:
    answers, truth = simulated(set_, 3_000, np.random.default_rng(7))

    intervals = level_intervals([(set_, given_) for given_ in answers])

    inside = [each.p_correct.low <= p <= each.p_correct.high for each, p in zip(intervals, truth, strict=True)]
    assert 0.87 <= np.mean(inside) <= 0.93


@pytest.mark.parametrize("set_", SETS, ids=["skill", "concept", "glops"])
@pytest.mark.parametrize(
    ("lengths", "least", "most"), [((1, 4), 0.87, 0.94), ((4, 10), 0.9, 0.965), ((10, 41), 0.915, 0.985)]
)
def test_the_coverage_of_levels_is_as_documented(
    set_: Parameters, lengths: tuple[int, int], least: float, most: float
) -> None:
    """What docs/models.md states of the interval of a level, and why it is more than 90 %: true levels at the clamp."""
    rng = np.random.default_rng(7)
    answers, _, truth = drawn(set_, 1_500, lengths, rng)

    intervals = level_intervals([(set_, given_) for given_ in answers])

    inside = np.array([each.level.low <= t <= each.level.high for each, t in zip(intervals, truth, strict=True)])
    between = np.array([LOWEST_LEVEL < t < HIGHEST_LEVEL for t in truth])
    assert least <= inside.mean() <= most
    assert 0.83 <= inside[between].mean() <= 0.92
    if lengths[0] == 10:
        assert 0.4 <= 1 - between.mean() <= 0.84
        assert inside[~between].mean() > inside[between].mean()


def test_intervals_that_cover_more_are_wider_and_cover_more() -> None:
    answers, truth = simulated(SETS[0], 1_000, np.random.default_rng(8))
    shares = []
    for coverage in (0.5, 0.9, 0.99):
        intervals = level_intervals([(SETS[0], given_) for given_ in answers], coverage)
        inside = [each.p_correct.low <= p <= each.p_correct.high for each, p in zip(intervals, truth, strict=True)]
        shares.append(np.mean(inside))
    assert shares[0] < 0.6 < shares[1] < shares[2]


@given(parameters(), st.lists(st.lists(st.booleans(), max_size=30), max_size=5))
def test_the_level_itself_is_inside_and_together_is_as_alone(set_: Parameters, histories: list[list[bool]]) -> None:
    intervals = level_intervals([(set_, given_) for given_ in histories])

    assert [level_intervals([(set_, given_)])[0] for given_ in histories] == intervals
    for given_, each in zip(histories, intervals, strict=True):
        if given_:
            level = trace(given_, set_)[-1].after
            assert each.level.low - 1e-9 <= level <= each.level.high + 1e-9
            assert each.p_correct.low - 1e-9 <= p_correct(level, set_) <= each.p_correct.high + 1e-9


@given(parameters(), st.lists(st.tuples(st.booleans(), st.floats(0.01, 1)), min_size=1, max_size=30))
def test_the_level_under_weights_is_inside(set_: Parameters, history: list[tuple[bool, float]]) -> None:
    answers, weights = zip(*history, strict=True)
    (weighed,) = level_intervals([(set_, answers)], weights=[weights])
    level = trace(answers, set_, weights=weights)[-1].after
    assert weighed.level.low - 1e-9 <= level <= weighed.level.high + 1e-9
    (plain,) = level_intervals([(set_, answers)], weights=[[1.0] * len(answers)])
    assert plain == level_intervals([(set_, answers)])[0]


def test_answers_that_agree_narrow_the_interval() -> None:
    one, ten = level_intervals([(SETS[0], [True]), (SETS[0], [True] * 10)])

    assert one.level.high - one.level.low > 0.5
    assert ten.level.high - ten.level.low < 0.1
    assert confidence(1, one.level) is Confidence.LOW
    assert confidence(10, ten.level) is Confidence.HIGH


@pytest.mark.parametrize(
    ("answers", "width", "expected"),
    [
        (4, 0.0, Confidence.LOW),
        (5, 0.5, Confidence.MEDIUM),
        (5, 0.51, Confidence.LOW),
        (9, 0.1, Confidence.MEDIUM),
        (10, 0.2, Confidence.HIGH),
        (10, 0.21, Confidence.MEDIUM),
    ],
)
def test_what_confidence_takes(answers: int, width: float, expected: Confidence) -> None:
    assert confidence(answers, Interval(0.0, width)) is expected


@given(st.floats(0, 1), st.floats(0.5, 500))
def test_the_score_interval_holds_the_share(share: float, answers: float) -> None:
    low, high = wilson(share, answers)

    assert 0 <= low <= share + 1e-12
    assert share - 1e-12 <= high <= 1


@given(st.lists(st.floats(0.001, 10), min_size=1, max_size=50))
def test_weighted_answers_are_worth_at_most_their_number(weights: list[float]) -> None:
    assert 1 - 1e-9 <= effective_answers(weights) <= len(weights) + 1e-9


def test_the_interval_of_the_worked_recency_example() -> None:
    windows = [BucketShare(7, 3, 2, 2 / 3, 0.5, 1 / 3), BucketShare(30, 5, 4, 0.8, 0.3, 0.24)]
    windows.append(BucketShare(90, 12, 9, 0.75, 0.2, 0.15))
    breakdown = Breakdown(0.7233333333333333, RecencyStatus.SCORED, 12, 5, windows, use_difficulty=False)

    assert breakdown.effective_answers == pytest.approx(5.226480836, abs=1e-9)
    assert breakdown.interval(0.95) == pytest.approx((0.3225702556, 0.9348746378), abs=1e-6)


def test_no_score_no_interval() -> None:
    breakdown = Breakdown(
        0.0, RecencyStatus.INSUFFICIENT_DATA, 1, 5, [BucketShare(7, 1, 1, 1, 0.5, 0.5)], use_difficulty=False
    )

    assert breakdown.interval() is None
    assert breakdown.confidence is Confidence.LOW


@given(
    st.lists(st.tuples(st.integers(0, 100 * 86_400), st.booleans(), st.integers(-1, 2)), min_size=5, max_size=30),
    st.booleans(),
)
def test_weights_of_right_answers_sum_to_the_score(rows: list[tuple[int, bool, int]], hard: bool) -> None:
    age = np.array([seconds for seconds, _, _ in rows]) * 1_000_000
    correct, difficulty = np.array([right for _, right, _ in rows]), np.array([level for _, _, level in rows])
    how = RecencyParameters(use_difficulty=hard, min_attempts=1)

    (whole,) = score(np.zeros(len(rows), int), age, correct, difficulty, 1, how).score

    assert answer_weights(age, difficulty, how)[correct].sum() == pytest.approx(whole, abs=1e-12)


@pytest.mark.parametrize("cold_start", list(ColdStart))
def test_a_topic_never_weighs_more_than_its_last_answers(cold_start: ColdStart) -> None:
    how = TopicParameters(cold_start=cold_start)
    rows = [
        Scored(Order(START + timedelta(minutes=n)), correct=True, semantic=0.8, keyword=0.8, seconds=None)
        for n in range(40)
    ]
    low, high = fold(Topic(), rows, how).interval(how)

    assert 0 <= low <= 0.8 <= high <= 1
    assert high - low > 0.3
