"""Recency as a prediction: the windows by brute force, smoothed, under the parameters in effect, and no strawman."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_api.domain.learners.recency import DIFFICULTIES
from graph_api.domain.parameters.fitting.histories import Histories
from graph_api.domain.parameters.model_comparison import Model, compare, find_caveats, ratio
from graph_api.domain.parameters.prediction_metrics import measure
from graph_api.domain.parameters.predictors.responses import Responses
from graph_api.domain.parameters.recency_parameters import Bucket, RecencyParameters
from graph_api.domain.parameters.recency_prediction import (
    STRENGTHS,
    count_windows,
    predict_by_recency,
    share_of_targets,
    smooth,
)
from graph_api.domain.parameters.splits import split_by_fold
from tests.domain.parameters.predictors.simulated_responses import evidence_of

DAY = 86_400.0
buckets = st.lists(
    st.builds(Bucket, st.integers(1, 60), st.floats(0, 1)), min_size=1, max_size=4, unique_by=lambda each: each.days
)
rows = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 1), st.booleans(), st.integers(0, 80), st.integers(-1, 2)),
    min_size=1, max_size=40,
)  # fmt: skip


def timed(drawn: list[tuple[int, int, bool, int, int]]) -> tuple[Histories, list[tuple[int, int, bool, int, int]]]:
    """Histories, and the same rows in the same order."""
    ordered = sorted(drawn, key=lambda row: (row[1], row[0], row[3]))
    student, target, correct, days, _ = map(list, zip(*ordered, strict=True))
    return Histories.of_answers(student, target, correct, targets=2, at=np.array(days) * DAY), ordered


@settings(max_examples=60, deadline=None)
@given(rows, buckets, st.integers(1, 90), st.booleans(), st.floats(0.5, 20))
def test_the_smoothed_score_is_that_of_brute_force(
    drawn: list[tuple[int, int, bool, int, int]], of: list[Bucket], lookback: int, hard: bool, strength: float
) -> None:
    how = RecencyParameters(lookback_days=lookback, buckets=of, use_difficulty=hard)
    sent, ordered = timed(drawn)
    mean = np.full(len(ordered), 0.6)
    difficulty = np.array([row[4] for row in ordered])
    actual = smooth(count_windows(sent, how, difficulty), mean, strength, how)

    for place, (student, target, _, day, _) in enumerate(ordered):
        before = [row for row in ordered[:place] if row[:2] == (student, target)]
        total = 0.0
        for days, weight in of:
            inside = [row for row in before if day - row[3] <= min(days, lookback)]
            counts = [how.difficulty_weights[DIFFICULTIES[row[4]]] if hard and row[4] >= 0 else 1.0 for row in inside]
            right = sum(count for count, row in zip(counts, inside, strict=True) if row[2])
            total += weight * (right + strength * 0.6) / (sum(counts) + strength)
        scale = sum(weight for _, weight in of)
        expected = total / scale if scale else 0.6
        assert actual[place] == pytest.approx(min(max(expected, 0.01), 0.99))


@settings(max_examples=30, deadline=None)
@given(rows, st.integers(2, 4))
def test_nothing_of_a_student_decides_their_own_prediction_but_their_earlier_answers(
    drawn: list[tuple[int, int, bool, int, int]], folds: int
) -> None:
    sent, ordered = timed(drawn)
    fold = np.asarray(sent.student % folds, np.int64)
    actual = predict_by_recency(sent, split_by_fold(fold[sent.sequence]), RecencyParameters())
    changed = [(s, t, not c if s == 0 else c, d, x) for s, t, c, d, x in ordered]
    flipped = predict_by_recency(timed(changed)[0], split_by_fold(fold[sent.sequence]), RecencyParameters())

    first = sent.starts[:-1][sent.student == 0]
    assert actual[first] == pytest.approx(flipped[first])


def test_recency_without_times_is_refused() -> None:
    with pytest.raises(ValueError, match="times"):
        count_windows(Histories.of_answers([0], [0], [True]), RecencyParameters())


def simulated(students: int, answers: int, rng: np.random.Generator) -> Histories:
    """Students whose chances differ and stay; one answer a day."""
    chance = np.repeat(rng.beta(4, 2, students), answers)
    correct = rng.random(len(chance)) < chance
    who = np.repeat(np.arange(students), answers)
    return Histories.of_answers(who, np.zeros(len(who)), correct, at=np.tile(np.arange(answers), students) * DAY)


def test_recency_is_no_strawman() -> None:
    """Where chances stay, the smoothed score predicts about as well as the share, and better than the raw score."""
    sent = simulated(300, 12, np.random.default_rng(2))
    fold = np.asarray(sent.student % 5, np.int64)
    how = RecencyParameters()
    smoothed = measure(predict_by_recency(sent, split_by_fold(fold[sent.sequence]), how), sent.correct).log_loss
    counts = count_windows(sent, how)
    raw = measure(smooth(counts, np.full(len(sent.correct), 0.5), 1e-9, how), sent.correct).log_loss

    assert smoothed < raw - 0.05
    assert smoothed < measure(ratio(sent), sent.correct).log_loss + 0.005


def test_the_parameters_in_effect_count() -> None:
    sent = simulated(60, 20, np.random.default_rng(3))
    fold = np.asarray(sent.student % 3, np.int64)
    short = predict_by_recency(sent, split_by_fold(fold[sent.sequence]), RecencyParameters(buckets=[Bucket(1, 1.0)]))
    long = predict_by_recency(sent, split_by_fold(fold[sent.sequence]), RecencyParameters(buckets=[Bucket(90, 1.0)]))

    assert np.abs(short - long).max() > 0.05


def test_a_target_without_answers_takes_the_share_of_all() -> None:
    sent = Histories.of_answers([0, 0, 1, 1], [0, 0, 0, 0], [True, True, True, False], targets=2)

    assert share_of_targets(sent).tolist() == pytest.approx([(3 + 2 * 4 / 6) / 6, 4 / 6])
    assert min(STRENGTHS) > 0


def test_a_comparison_states_that_the_sets_in_effect_are_worse_than_the_share() -> None:
    sent = simulated(40, 12, np.random.default_rng(4))
    student, place = sent.student[sent.sequence], np.arange(len(sent.correct))
    zeros = np.zeros(len(student), np.int32)
    rows = evidence_of(Responses(student, zeros, sent.correct, place, zeros, sent.at))
    compared = compare(
        rows, folds=2, rng=np.random.default_rng(0), models=(Model.RATIO, Model.BKT_IN_EFFECT, Model.PFA)
    )
    losses = {each.model: each.metrics.log_loss for each in compared}

    assert losses[Model.BKT_IN_EFFECT] > losses[Model.RATIO]
    (caveat,) = find_caveats(compared)
    assert f"{losses[Model.RATIO]:.4f}" in caveat
    better = [each for each in compared if each.model is not Model.BKT_IN_EFFECT]
    good = next(each for each in compared if each.metrics.log_loss == min(losses.values()))
    assert find_caveats([*better, good._replace(model=Model.BKT_IN_EFFECT)]) == []
