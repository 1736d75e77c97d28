"""Recency-weighted mastery (R1-R5): worked examples, boundaries, rules, and the laws."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_api.domain.answers.answers import Difficulty
from graph_api.domain.failures import InvalidInput
from graph_api.domain.learners.recency import DIFFICULTIES, MICROSECONDS_A_DAY, Breakdown, RecencyStatus, score
from graph_api.domain.parameters.recency_parameters import Bucket, RecencyParameters

DAY = MICROSECONDS_A_DAY
DEFAULT = RecencyParameters()

ANSWERS = st.lists(
    st.tuples(
        st.sampled_from([0, 1, 7 * DAY, 7 * DAY + 1, 30 * DAY, 30 * DAY + 1, 90 * DAY, 90 * DAY + 1, -1])
        | st.integers(0, 120 * DAY),
        st.booleans(),
        st.sampled_from([None, *DIFFICULTIES]),
    ),
    max_size=30,
)
PARAMETERS = st.builds(
    RecencyParameters,
    lookback_days=st.integers(1, 120),
    min_attempts=st.integers(1, 6),
    buckets=st.lists(
        st.builds(Bucket, st.integers(1, 120), st.floats(0, 1)), min_size=1, max_size=4, unique_by=lambda b: b.days
    ),
    use_difficulty=st.booleans(),
)


def one(answers: Sequence[tuple[float, bool, Difficulty | None]], parameters: RecencyParameters = DEFAULT) -> Breakdown:
    """The breakdown of one pair; ages in microseconds."""
    (breakdown,) = score(
        np.zeros(len(answers), np.int64),
        np.array([age for age, _, _ in answers], np.int64),
        np.array([correct for _, correct, _ in answers], np.bool_),
        np.array([-1 if each is None else DIFFICULTIES.index(each) for _, _, each in answers], np.int64),
        1,
        parameters,
    ).breakdowns(parameters)
    return breakdown


def aged(days: float, right: int, wrong: int) -> list[tuple[float, bool, None]]:
    return [(days * DAY, True, None)] * right + [(days * DAY, False, None)] * wrong


def test_the_worked_example() -> None:
    breakdown = one([*aged(3, 2, 1), *aged(20, 2, 0), *aged(60, 5, 2)])

    assert breakdown.attempts == 12
    assert [(each.correct, each.attempts) for each in breakdown.buckets] == [(2, 3), (4, 5), (9, 12)]
    assert [round(each.contribution, 4) for each in breakdown.buckets] == [0.3333, 0.24, 0.15]
    assert round(breakdown.score, 4) == 0.7233
    assert breakdown.score == pytest.approx(0.7233333333333333, abs=1e-15)


def test_all_right_within_a_week_is_one() -> None:
    assert one(aged(1, 5, 0)).score == 1.0


def test_five_right_answers_sixty_days_ago() -> None:
    assert one(aged(60, 5, 0)).score == 0.2


@pytest.mark.parametrize(
    ("age", "inside"),
    [
        (7 * DAY, 3),
        (7 * DAY + 1, 2),
        (30 * DAY, 2),
        (30 * DAY + 1, 1),
        (90 * DAY, 1),
        (90 * DAY + 1, 0),
        (0, 3),
        (-1, 0),
    ],
)
def test_boundaries_are_inside_to_the_microsecond(age: int, inside: int) -> None:
    breakdown = one([(age, True, None)], RecencyParameters(min_attempts=1))

    assert sum(each.attempts for each in breakdown.buckets) == inside


def test_too_few_answers_have_no_score_and_say_so() -> None:
    breakdown = one(aged(1, 4, 0))

    assert (breakdown.score, breakdown.status, breakdown.reason) == (
        0,
        RecencyStatus.INSUFFICIENT_DATA,
        "insufficient_attempts",
    )
    assert (breakdown.required, breakdown.attempts) == (5, 4)


def test_difficulty_counts_only_when_configuredb() -> None:
    answers = [(DAY, True, Difficulty.HARD), (DAY, False, Difficulty.EASY), (DAY, True, None)]
    weighted = RecencyParameters(min_attempts=1, use_difficulty=True)

    assert one(answers, weighted).buckets[0].accuracy == pytest.approx((1.1 + 1.0) / (1.1 + 0.9 + 1.0))
    assert one(answers, RecencyParameters(min_attempts=1)).buckets[0].accuracy == pytest.approx(2 / 3)


def test_a_window_beyond_the_lookback_counts_what_the_lookback_holds() -> None:
    parameters = RecencyParameters(lookback_days=10, min_attempts=1, buckets=[Bucket(90, 1.0)])

    assert one([*aged(5, 1, 0), *aged(20, 0, 5)], parameters).score == 1.0


@given(ANSWERS, PARAMETERS)
def test_the_score_is_that_of_a_plain_loop(
    answers: list[tuple[int, bool, Difficulty | None]], parameters: RecencyParameters
) -> None:
    breakdown = one(answers, parameters)

    counted = [each for each in answers if 0 <= each[0] <= parameters.lookback_days * DAY]
    total = 0.0
    for bucket, share in zip(parameters.buckets, breakdown.buckets, strict=True):
        inside = [each for each in counted if each[0] <= bucket.days * DAY]
        weights = [
            parameters.difficulty_weights[level] if parameters.use_difficulty and level else 1.0
            for _, _, level in inside
        ]
        right = sum(weight for weight, (_, correct, _) in zip(weights, inside, strict=True) if correct)
        accuracy = right / sum(weights) if inside else 0.0
        assert (share.attempts, share.correct) == (len(inside), sum(correct for _, correct, _ in inside))
        assert share.accuracy == pytest.approx(accuracy)
        total += accuracy * bucket.weight
    enough = len(counted) >= parameters.min_attempts
    assert breakdown.score == pytest.approx(min(max(total, 0), 1) if enough else 0)


@given(ANSWERS, PARAMETERS, st.randoms(use_true_random=False))
def test_the_order_of_answers_changes_no_digit(answers: list[Any], parameters: RecencyParameters, chance: Any) -> None:
    shuffled = answers.copy()
    chance.shuffle(shuffled)

    assert one(answers, parameters) == one(shuffled, parameters)


@given(ANSWERS, PARAMETERS)
def test_the_score_can_be_recomputed_from_its_breakdown(answers: list[Any], parameters: RecencyParameters) -> None:
    breakdown = one(answers, parameters)

    assert 0 <= breakdown.score <= 1
    if breakdown.status is RecencyStatus.SCORED:
        total = 0.0
        for each in breakdown.buckets:
            assert each.contribution == each.accuracy * each.weight
            total += each.contribution
        assert breakdown.score == min(total, 1.0)


@given(st.lists(ANSWERS, min_size=1, max_size=5), PARAMETERS)
def test_many_pairs_at_once_are_each_alone(of_pairs: list[list[Any]], parameters: RecencyParameters) -> None:
    flat = [(pair, *answer) for pair, answers in enumerate(of_pairs) for answer in answers]
    breakdowns = score(
        np.array([each[0] for each in flat], np.int64),
        np.array([each[1] for each in flat], np.int64),
        np.array([each[2] for each in flat], np.bool_),
        np.array([-1 if each[3] is None else DIFFICULTIES.index(each[3]) for each in flat], np.int64),
        len(of_pairs),
        parameters,
    ).breakdowns(parameters)

    assert breakdowns == [one(answers, parameters) for answers in of_pairs]


@pytest.mark.parametrize(
    ("given_", "message"),
    [
        ({"lookback_days": 0}, "lookbackDays must be >= 1"),
        ({"min_attempts": 0}, "minAttempts must be >= 1"),
        ({"buckets": []}, "buckets must hold 1 to 20 buckets"),
        ({"buckets": [Bucket(0, 0.5)]}, "buckets[0].days must be >= 1"),
        ({"buckets": [Bucket(7, -0.1)]}, "buckets[0].weight must be from 0 to 1"),
        ({"buckets": [Bucket(7, 1.1)]}, "buckets[0].weight must be from 0 to 1"),
        ({"buckets": [Bucket(7, math.nan)]}, "buckets[0].weight must be from 0 to 1"),
        ({"buckets": [Bucket(7, 0.5), Bucket(7, 0.5)]}, "buckets must have distinct days"),
        ({"difficulty_weights": {Difficulty.HARD: 0}}, "difficultyWeights.hard must be > 0"),
        ({"difficulty_weights": {Difficulty.EASY: math.inf}}, "difficultyWeights.easy must be > 0"),
    ],
)
def test_each_rule_is_named(given_: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        RecencyParameters(**given_)

    assert message in refused.value.message


def test_all_errors_are_reported_at_onceb() -> None:
    with pytest.raises(InvalidInput) as refused:
        RecencyParameters(
            lookback_days=0, min_attempts=0, buckets=[Bucket(0, 2)], difficulty_weights={Difficulty.EASY: -1}
        )

    assert refused.value.field == (
        "lookbackDays, minAttempts, buckets[0].days, buckets[0].weight, difficultyWeights.easy"
    )


def test_partial_parameters_take_the_defaults_and_survive_storage() -> None:
    partial = RecencyParameters(min_attempts=3, difficulty_weights={Difficulty.HARD: 2.0})

    assert partial.buckets == DEFAULT.buckets
    assert partial.difficulty_weights[Difficulty.EASY] == 0.9
    assert RecencyParameters.of_json(partial.as_json()) == partial
    assert not partial.warnings
    assert RecencyParameters(buckets=[Bucket(7, 0.9), Bucket(30, 0.9)]).warnings
    assert one(aged(1, 9, 0), RecencyParameters(buckets=[Bucket(7, 0.9), Bucket(30, 0.9)])).score == 1.0
