"""Series equal the state of each moment, folded by itself."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from graph_api.domain.answers.order import Order, given_by
from graph_api.domain.learners import topic as topic_domain
from graph_api.domain.learners.class_levels import ClassLevels
from graph_api.domain.learners.mastery import Evidence, Status, Thresholds, level_at, replay
from graph_api.domain.learners.movement import Direction, Movement, Threshold
from graph_api.domain.learners.recency import MICROSECONDS_A_DAY, score
from graph_api.domain.learners.topic import Scored, Topic
from graph_api.domain.learners.trends import (
    DatedAnswers,
    LevelCurves,
    PairHistory,
    follow_class,
    follow_level,
    follow_recency,
    follow_topic,
    mean_levels,
)
from graph_api.domain.parameters.parameter_sets import DEFAULTS
from graph_api.domain.parameters.recency_parameters import RecencyParameters
from graph_api.domain.parameters.topic_parameters import ColdStart, TopicParameters
from graph_api.domain.targets import TargetKind, concept

USED = DEFAULTS[TargetKind.CONCEPT]
START = datetime(2026, 1, 1, tzinfo=UTC)
HOURS = st.integers(0, 40)
"""Few, so that answers share times with each other and with moments."""
MOMENTS = st.lists(HOURS, min_size=1, max_size=8).map(lambda hours: [START + timedelta(hours=h) for h in sorted(hours)])


@st.composite
def answers(draw: st.DrawFn) -> list[Evidence]:
    """The answers of a pair, in any order, some of which count only in part or not at all."""
    rows = draw(st.lists(st.tuples(HOURS, st.booleans(), st.sampled_from([0.0, 0.4, 1.0])), max_size=12))
    return [
        Evidence(Order(START + timedelta(hours=hour), START, n, str(n)), correct, weight)
        for n, (hour, correct, weight) in enumerate(rows)
    ]


@given(evidence=answers(), moments=MOMENTS)
def test_a_series_of_levels_equals_level_at_each_moment(evidence: list[Evidence], moments: list[datetime]) -> None:
    points = follow_level(evidence, moments, USED)
    assert [point.level for point in points] == [level_at(evidence, moment, USED) for moment in moments]
    for point, moment in zip(points, moments, strict=True):
        state = replay(given_by(evidence, moment), "anna", concept("verbs"), USED)
        assert point.attempts == (state.attempts if state else 0)


@given(
    rows=st.lists(st.tuples(HOURS, st.floats(0, 1) | st.none(), st.floats(0, 1)), max_size=10),
    moments=MOMENTS,
    cold_start=st.sampled_from(ColdStart),
)
def test_a_series_of_topics_equals_the_fold_by_each_moment(
    rows: list[tuple[int, float | None, float]], moments: list[datetime], cold_start: ColdStart
) -> None:
    parameters = TopicParameters(cold_start=cold_start)
    scored = [
        Scored(Order(START + timedelta(hours=hour), START, n, str(n)), n % 2 == 0, semantic, keyword, None)
        for n, (hour, semantic, keyword) in enumerate(rows)
    ]
    for topic, moment in zip(follow_topic(scored, moments, parameters), moments, strict=True):
        known = given_by(scored, moment)
        assert topic == (topic_domain.fold(Topic(), known, parameters) if known else None)


@given(
    rows=st.lists(
        st.tuples(st.integers(0, 2), st.integers(0, 130), st.booleans(), st.integers(-1, 2), st.booleans()), max_size=40
    ),
    days=st.lists(st.integers(0, 140), min_size=1, max_size=6).map(sorted),
    use_difficulty=st.booleans(),
    shares=st.none() | st.lists(st.sampled_from([0.25, 0.5, 1.0]), min_size=40, max_size=40),
)
def test_a_series_of_recency_equals_a_recomputation_as_of_each_moment(
    rows: list[tuple[int, int, bool, int, bool]], days: list[int], use_difficulty: bool, shares: list[float] | None
) -> None:
    parameters = RecencyParameters(min_attempts=2, use_difficulty=use_difficulty)
    pair = np.array([row[0] for row in rows], np.int64)
    at = np.array([row[1] * MICROSECONDS_A_DAY + row[4] for row in rows], np.int64)  # at an edge, or just after it
    correct = np.array([row[2] for row in rows], np.bool_)
    difficulty = np.array([row[3] for row in rows], np.int64)
    moments = np.array(days, np.int64) * MICROSECONDS_A_DAY
    weight = None if shares is None else np.array(shares[: len(rows)])  # of which sums are exact
    series = follow_recency(DatedAnswers(pair, at, correct, difficulty, weight), moments, 3, parameters)
    for place, moment in enumerate(moments.tolist()):
        alone = score(pair, moment - at, correct, difficulty, 3, parameters, weight)
        own = slice(place * 3, place * 3 + 3)
        assert series.score[own].tolist() == alone.score.tolist()
        assert series.attempts[own].tolist() == alone.attempts.tolist()


@st.composite
def classes(draw: st.DrawFn) -> dict[tuple[int, int], list[Evidence]]:
    """The answers of a class of three students on two targets."""
    pairs = [(row, column) for row in range(3) for column in range(2)]
    return {pair: draw(answers()) for pair in pairs}


def levels_at(small: dict[tuple[int, int], list[Evidence]], moment: datetime) -> ClassLevels:
    """The levels of a class as of a moment: a replay of each pair, the slow way."""
    level, attempts = np.full((3, 2), np.nan), np.zeros((3, 2), np.int64)
    for place, evidence in small.items():
        if state := replay(given_by(evidence, moment), "", concept(""), USED):
            level[place], attempts[place] = state.level, state.attempts
    return ClassLevels(["anna", "ben", "cleo"], ["a", "b"], level, attempts)


@given(small=classes(), moments=MOMENTS)
def test_a_series_of_a_class_equals_its_levels_at_each_moment(
    small: dict[tuple[int, int], list[Evidence]], moments: list[datetime]
) -> None:
    others = "ab", "bc", "ca"  # the targets of a student stand in any order, and there may be others
    curves = [
        LevelCurves.of(
            PairHistory("", concept(key), small.get((row, "ab".find(key)), small[0, 0]), USED)
            for key in sorted({*others[row], *"ab"}, reverse=bool(row))
        )
        for row in range(3)
    ]
    series = list(follow_class(["anna", "ben", "cleo"], ["a", "b"], curves, moments))
    for levels, moment in zip(series, moments, strict=True):
        alone = levels_at(small, moment)
        np.testing.assert_array_equal(levels.level, alone.level)
        np.testing.assert_array_equal(levels.attempts, alone.attempts)
        assert levels.distribution(Thresholds()) == alone.distribution(Thresholds())
        means = [[each for each in row if not np.isnan(each)] for row in alone.level]
        expected = [np.mean(row) if row else np.nan for row in means]
        np.testing.assert_allclose(mean_levels(levels), expected)


@given(small=classes(), hours=st.tuples(HOURS, HOURS).map(sorted))
def test_movement_equals_the_difference_of_two_distributions(
    small: dict[tuple[int, int], list[Evidence]], hours: list[int]
) -> None:
    before, after = (levels_at(small, START + timedelta(hours=hour)) for hour in hours)
    thresholds = Thresholds(mastered=0.7, focus=0.3)
    movement = Movement.of(before, after, thresholds)

    transitions = movement.transitions()
    left, arrived = Counter[Status](), Counter[Status]()
    for each in transitions:
        left[each.before] += each.pairs
        arrived[each.after] += each.pairs
        assert 1 <= each.students <= each.pairs
    assert left == before.distribution(thresholds)
    assert arrived == after.distribution(thresholds)

    reached = {
        Threshold.FOCUS: (Status.LEARNING, Status.MASTERED),
        Threshold.MASTERED: (Status.MASTERED,),
    }
    for crossing in movement.crossings():
        was, is_now = (sum(counts[status] for status in reached[crossing.threshold]) for counts in (left, arrived))
        assert crossing.up - crossing.down == is_now - was
        assert crossing.up == len(movement.moves(Direction.UP, crossing.threshold))
        assert crossing.down == len(movement.moves(Direction.DOWN, crossing.threshold))

    moves = movement.moves()
    assert Counter((move.before, move.after) for move in moves) == Counter(
        {(each.before, each.after): each.pairs for each in transitions if each.before is not each.after}
    )
    for move in moves:
        place = before.student_ids.index(move.student_id), before.keys.index(move.key)
        assert (move.level_before is None) == (move.before is Status.NOT_STARTED)
        assert move.level_after == after.level[place]
