"""Topics (T1-T5): worked values, every edge, and the laws."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_api.domain.answers.answers import Difficulty
from graph_api.domain.answers.order import Order
from graph_api.domain.failures import InvalidInput
from graph_api.domain.learners import topic as t
from graph_api.domain.learners.topic import Scored, Stage, Topic, combined, follow
from graph_api.domain.parameters.topic_parameters import ColdStart, DifficultyPolicy, TopicParameters

START = datetime(2026, 1, 1, tzinfo=UTC)
PLAIN = TopicParameters()
scores = st.floats(0, 1)
maybe = st.none() | scores
GOOD, MIDDLING, POOR = (0.9, 0.9), (0.5, 0.5), (0.1, 0.1)


def scored(n: int, semantic: float | None, keyword: float | None, seconds: float | None = None) -> Scored:
    return Scored(Order(START + timedelta(minutes=n)), (keyword or 0) > 0.6, semantic, keyword, seconds)


def many(*pairs: tuple[float, float], parameters: TopicParameters = PLAIN) -> list[Topic]:
    states, state = [], Topic()
    for n, (semantic, keyword) in enumerate(pairs):
        state = follow(state, scored(n, semantic, keyword), parameters)
        states.append(state)
    return states


@st.composite
def answers(draw_: st.DrawFn) -> list[Scored]:
    rows = draw_(st.lists(st.tuples(maybe, maybe, st.none() | st.floats(0, 86_400)), max_size=12))
    return [scored(n, a if a is not None or b is not None else 0.5, b, c) for n, (a, b, c) in enumerate(rows)]


def test_the_first_answer() -> None:
    state = follow(Topic(), scored(0, 0.82, 0.75, 38.5), PLAIN)

    assert state.semantic.raw == pytest.approx(0.246)
    assert state.keyword.raw == pytest.approx(0.225)
    assert state.mastery == state.velocity == pytest.approx(0.2397)
    assert state.seconds.raw == pytest.approx(11.55)
    assert (state.stage(PLAIN), state.last_mastery, state.attempted, state.correct) == (Stage.BEGINNER, 0, 1, 1)


# Ten answers of 0.82 and 0.75, by hand: after n, average = score · (1 - 0.7^n), mastery = 0.799 · (1 - 0.7^n).
TABLE = [
    0.2397,
    0.40749,
    0.524943,
    0.6071601,
    0.66471207,
    0.704998449,
    0.7331989143,
    0.75293924001,
    0.766757468007,
    0.7764302276049,
]


@pytest.mark.parametrize("n", range(10))
def test_ten_answers_by_hand(n: int) -> None:
    states = many(*[(0.82, 0.75)] * 10)

    assert states[n].mastery == pytest.approx(TABLE[n], abs=1e-12)
    assert states[n].velocity == pytest.approx(TABLE[n] - (TABLE[n - 1] if n else 0), abs=1e-12)
    assert states[n].last_mastery == pytest.approx(TABLE[n - 1] if n else 0, abs=1e-12)


@pytest.mark.parametrize(
    ("mastery", "stage"),
    [
        (0.2999999, Stage.BEGINNER),
        (0.3, Stage.INTERMEDIATE),
        (0.7, Stage.INTERMEDIATE),
        (0.1 * 7, Stage.INTERMEDIATE),
        (0.7000001, Stage.ADVANCED),
    ],
)
def test_stages_at_their_edges(mastery: float, stage: Stage) -> None:
    assert Topic(mastery=mastery).stage(PLAIN) is stage


@pytest.mark.parametrize(
    ("semantic", "keyword", "good", "poor"),
    [(0.7, 0.7, 0, 0), (0.71, 0.71, 1, 0), (0.4, 0.4, 0, 0), (0.39, 0.39, 0, 1), (0.5, 0.5, 0, 0)],
)
def test_streaks_at_their_edges(semantic: float, keyword: float, good: int, poor: int) -> None:
    (state,) = many((semantic, keyword))

    assert (state.good, state.poor) == (good, poor)


@pytest.mark.parametrize(("keyword", "correct"), [(0.6, 0), (0.6000001, 1)])
def test_correct_is_above_six_tenths_of_the_keywords(keyword: float, correct: int) -> None:
    assert many((0.9, keyword))[0].correct == correct


def test_velocity_falls_below_five_hundredths_and_not_at_it() -> None:
    assert not Topic(velocity=-0.05).falls(PLAIN)
    assert not Topic(velocity=0.25 - 0.3).falls(PLAIN)  # -0.04999999999999999, and rounding keeps it there
    assert Topic(velocity=-0.0500001).falls(PLAIN)


def test_one_score_alone_counts_as_both() -> None:
    state = follow(Topic(), scored(0, None, 0.8), PLAIN)

    assert combined(None, 0.8, PLAIN) == 0.8
    assert (state.semantic.n, state.semantic.imputed) == (0, 1)
    assert (state.keyword.n, state.keyword.imputed) == (1, 0)
    assert state.semantic.value(PLAIN) == state.keyword.value(PLAIN) == pytest.approx(0.24)
    assert state.mastery == pytest.approx(0.24)
    assert state.good == 1


@pytest.mark.parametrize(
    ("cold_start", "mastery"),
    [(ColdStart.ZERO, [0.27, 0.459]), (ColdStart.FIRST_VALUE, [0.9, 0.9]), (ColdStart.BIAS_CORRECTED, [0.9, 0.9])],
)
def test_each_cold_start_has_its_first_mastery(cold_start: ColdStart, mastery: list[float]) -> None:
    states = many(GOOD, GOOD, parameters=TopicParameters(cold_start=cold_start))

    assert [state.mastery for state in states] == pytest.approx(mastery)


E_, M_, H_ = Difficulty


@pytest.mark.parametrize(
    ("policy", "sequence", "trace"),
    [
        (DifficultyPolicy.JUMP, [GOOD] * 3, [M_, M_, H_]),
        (DifficultyPolicy.JUMP, [POOR] * 2, [M_, E_]),
        (DifficultyPolicy.JUMP, [GOOD, GOOD, MIDDLING, GOOD], [M_, M_, M_, M_]),
        (DifficultyPolicy.GRADUAL, [GOOD] * 3, [M_, H_, H_]),
        (DifficultyPolicy.GRADUAL, [POOR] * 2, [M_, E_]),
        (DifficultyPolicy.GRADUAL, [POOR] * 2 + [GOOD] * 3, [M_, E_, E_, M_, H_]),
        (DifficultyPolicy.GRADUAL, [GOOD, GOOD, MIDDLING, GOOD], [M_, H_, H_, H_]),
    ],
)
def test_difficulty_policies_traced(
    policy: DifficultyPolicy, sequence: list[tuple[float, float]], trace: list[Difficulty]
) -> None:
    states = many(*sequence, parameters=TopicParameters(policy=policy))

    assert [state.difficulty for state in states] == trace


@given(answers(), st.sampled_from(ColdStart), st.sampled_from(DifficultyPolicy))
def test_laws_of_topics(given_: list[Scored], cold_start: ColdStart, policy: DifficultyPolicy) -> None:
    parameters = TopicParameters(cold_start=cold_start, policy=policy)
    state = Topic()
    for n, each in enumerate(given_):
        before, state = state, follow(state, each, parameters)
        assert 0 <= state.mastery <= 1 + 1e-12
        for average in (state.semantic, state.keyword):
            assert 0 <= average.value(parameters) <= 1 + 1e-12
        assert not (state.good and state.poor)
        assert state.last_mastery == before.mastery
        assert state.velocity == state.mastery - before.mastery
        assert state.attempted == n + 1 >= state.correct
    assert t.fold(Topic(), reversed(given_), parameters) == state


@pytest.mark.parametrize(
    ("given_", "message"),
    [
        ({"alpha": 0}, "alpha must be > 0 and <= 1"),
        ({"semantic_weight": 1.2}, "semanticWeight must be from 0 to 1"),
        ({"jump_good": 0}, "jumpGood must be >= 1"),
        ({"beginner": 0.8}, "beginner must not be above advanced"),
        ({"poor": 0.9}, "poor must not be above good"),
        ({"falling": 0.1}, "falling must be from -1 to 0"),
        ({"unseen_seconds": float("nan")}, "unseenSeconds must be >= 0"),
    ],
)
def test_bad_parameters_are_named(given_: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        TopicParameters(**given_)

    assert message in refused.value.message


def test_parameters_survive_storage() -> None:
    own = TopicParameters(alpha=0.5, policy=DifficultyPolicy.GRADUAL, cold_start=ColdStart.FIRST_VALUE)

    assert TopicParameters.of_json(own.as_json()) == own
    assert TopicParameters.of_json({}) == PLAIN
