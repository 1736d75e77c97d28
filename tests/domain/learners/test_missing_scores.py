"""Answers with one score only (T1): a fold does not change its meaning when a score appears for the first time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_api.domain.answers.order import Order
from graph_api.domain.learners.topic import Scored, Topic, TopicUnder, fold, follow
from graph_api.domain.parameters.topic_parameters import ColdStart, MissingScore, TopicParameters, TopicParameterSet

START = datetime(2026, 1, 1, tzinfo=UTC)
PLAIN = TopicParameters()
NEAR = 1e-9
Pair = tuple[float | None, float | None]

score = st.floats(0, 1)
one_or_both = st.one_of(st.tuples(score, score), st.tuples(score, st.none()), st.tuples(st.none(), score))
histories = st.lists(one_or_both, max_size=15)
parameters = st.builds(
    TopicParameters,
    alpha=st.floats(0.05, 1),
    semantic_weight=st.floats(0, 1),
    cold_start=st.sampled_from(ColdStart),
    missing_score=st.sampled_from(MissingScore),
)
keeping = parameters.map(lambda each: replace(each, missing_score=MissingScore.KEEP))


def answers(pairs: list[Pair]) -> list[Scored]:
    return [
        Scored(
            order=Order(START + timedelta(minutes=n), answer_id=f"a{n:03}"), correct=(keyword or 0) > 0.6, semantic=semantic,
            keyword=keyword, seconds=None,
        )
        for n, (semantic, keyword) in enumerate(pairs)
    ]  # fmt: skip


def topic(pairs: list[Pair], used: TopicParameters = PLAIN) -> Topic:
    return fold(Topic(), answers(pairs), used)


def averages(state: Topic, used: TopicParameters) -> tuple[float, float]:
    return state.semantic.value(used), state.keyword.value(used)


@pytest.mark.parametrize("cold_start", ColdStart)
@pytest.mark.parametrize("missing_score", MissingScore)
@pytest.mark.parametrize("alone", [(1.0, None), (None, 1.0)])
def test_a_perfect_answer_is_no_fall_when_a_score_first_appears(
    cold_start: ColdStart, missing_score: MissingScore, alone: Pair
) -> None:
    used = TopicParameters(cold_start=cold_start, missing_score=missing_score)
    before, after = topic([alone] * 8, used), topic([alone] * 8 + [(1.0, 1.0)], used)

    assert after.mastery >= before.mastery - NEAR
    assert after.velocity >= -NEAR
    if cold_start is ColdStart.ZERO:
        assert (before.mastery, after.mastery) == pytest.approx((1 - 0.7**8, 1 - 0.7**9))


@given(histories, score, parameters)
def test_a_perfect_answer_never_lowers_a_mastery(history: list[Pair], which: float, used: TopicParameters) -> None:
    perfect: Pair = (1.0, 1.0) if which < 1 / 3 else (1.0, None) if which < 2 / 3 else (None, 1.0)

    state = topic([*history, perfect], used)

    assert state.velocity >= -NEAR
    assert not state.falls(used)


@given(histories, one_or_both, keeping)
def test_an_answer_at_or_above_its_averages_never_lowers_a_mastery(
    history: list[Pair], answer: Pair, used: TopicParameters
) -> None:
    """Whatever was given before, and whichever of the two scores the answer has."""
    before = topic(history, used)
    semantic, keyword = averages(before, used)
    better = tuple(
        None if given_ is None else min(average + (1 - average) * given_, 1.0)
        for given_, average in zip(answer, (semantic, keyword), strict=True)
    )

    assert topic([*history, (better[0], better[1])], used).velocity >= -NEAR


@given(histories, one_or_both)
def test_mastery_is_an_average_of_whole_answers_where_a_score_counts_for_both(history: list[Pair], last: Pair) -> None:
    used = TopicParameters(missing_score=MissingScore.IMPUTE)
    before, after = topic(history, used), topic([*history, last], used)
    semantic, keyword = last[0] if last[0] is not None else last[1], last[1] if last[1] is not None else last[0]

    assert semantic is not None
    assert keyword is not None
    assert after.mastery == pytest.approx(0.3 * (0.7 * semantic + 0.3 * keyword) + 0.7 * before.mastery)


@given(histories.filter(len), st.data(), parameters)
def test_a_better_score_never_lowers_a_mastery(history: list[Pair], data: st.DataObject, used: TopicParameters) -> None:
    """Raise any one score of any answer: the mastery then, and after every later answer, is no lower."""
    place = data.draw(st.integers(0, len(history) - 1))
    side = data.draw(st.sampled_from([n for n in (0, 1) if history[place][n] is not None]))
    raised = list(history[place])
    raised[side] = data.draw(st.floats(raised[side] or 0.0, 1))
    other = [*history[:place], (raised[0], raised[1]), *history[place + 1 :]]

    assert topic(other, used).mastery >= topic(history, used).mastery - NEAR


@given(histories, parameters)
def test_a_score_of_nothing_never_raises_a_mastery(history: list[Pair], used: TopicParameters) -> None:
    for nothing in ((0.0, 0.0), (0.0, None), (None, 0.0)):
        assert topic([*history, nothing], used).velocity <= NEAR


@given(histories, parameters)
def test_parts_sum_and_averages_are_shares(history: list[Pair], used: TopicParameters) -> None:
    state = Topic()
    for each in answers(history):
        state = follow(state, each, used)
        assert all(-NEAR <= average <= 1 + NEAR for average in averages(state, used))
        assert -NEAR <= state.mastery <= 1 + NEAR
        parts = TopicUnder(state, TopicParameterSet("own-v1", "own", 1, used)).parts
        assert sum(parts) == pytest.approx(state.mastery, abs=NEAR)
    assert fold(Topic(), reversed(answers(history)), used) == state


@given(st.lists(st.tuples(score, score), max_size=12), st.sampled_from(ColdStart), st.floats(0.05, 1))
def test_with_both_scores_the_averages_are_plain_moving_averages(
    history: list[tuple[float, float]], cold_start: ColdStart, alpha: float
) -> None:
    """An oracle that knows nothing of missing scores."""
    used = TopicParameters(alpha=alpha, cold_start=cold_start)
    sides: list[float] = []
    for values in ([each[0] for each in history], [each[1] for each in history]):
        average = 0.0
        for n, value in enumerate(values):
            average = value if n == 0 and cold_start is ColdStart.FIRST_VALUE else alpha * value + (1 - alpha) * average
        if cold_start is ColdStart.BIAS_CORRECTED and values:
            average /= 1 - (1 - alpha) ** len(values)
        sides.append(average)

    for missing_score in MissingScore:
        state = topic(list(history), replace(used, missing_score=missing_score))
        assert averages(state, used) == tuple(sides)
        assert state.mastery == 0.7 * sides[0] + (1 - 0.7) * sides[1]


@given(score, st.lists(st.sampled_from(["both", "semantic", "keyword"]), min_size=1, max_size=15), parameters)
def test_equal_scores_lead_to_one_mastery_whichever_of_them_are_given(
    value: float, kinds: list[str], used: TopicParameters
) -> None:
    sent: dict[str, Pair] = {"both": (value, value), "semantic": (value, None), "keyword": (None, value)}

    state, plain = topic([sent[kind] for kind in kinds], used), topic([(value, value)] * len(kinds), used)

    assert state.mastery == pytest.approx(plain.mastery, abs=NEAR)


@given(histories, histories, parameters)
def test_folding_on_is_folding_anew(first: list[Pair], rest: list[Pair], used: TopicParameters) -> None:
    everything = answers([*first, *rest])

    earlier = fold(Topic(), everything[: len(first)], used)

    assert fold(earlier, everything[len(first) :], used) == fold(Topic(), everything, used)
