"""The learning speed of a student: laws, and recovery in simulations (Q15)."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import spearmanr

from benchmarks.learning_speed import simulate
from graph_api.domain.learners.learning_speed import LearningHistory, learning_speed, posterior
from graph_api.domain.learners.uncertainty import Confidence
from graph_api.domain.parameters.knowledge_tracing import Parameters
from tests.strategies import parameters

WEIGHTS = st.sampled_from([0.0, 0.5, 1.0])


@st.composite
def histories(draw: st.DrawFn) -> LearningHistory:
    rows = draw(st.lists(st.tuples(st.booleans(), WEIGHTS), max_size=12))
    return LearningHistory(draw(parameters()), tuple(right for right, _ in rows), tuple(weight for _, weight in rows))


def test_without_answers_the_speed_is_the_populations() -> None:
    none = learning_speed([])

    assert (none.value, none.answers, none.confidence) == (1.0, 0, Confidence.LOW)
    assert none.interval == pytest.approx((np.exp(-1.645 * 0.7), np.exp(1.645 * 0.7)), rel=0.01)
    uncounted = LearningHistory(Parameters(0.3, 0.1, 0.2, 0.1), (True, False), (0.0, 0.0))
    assert learning_speed([uncounted, LearningHistory(uncounted.parameters, ())]) == none


@settings(max_examples=30, deadline=None)
@given(st.lists(histories(), max_size=5), st.randoms(use_true_random=False))
def test_the_order_of_targets_is_irrelevant(of_student: list[LearningHistory], random: "np.random.Generator") -> None:
    speed = learning_speed(of_student)
    shuffled = of_student.copy()
    random.shuffle(shuffled)

    assert learning_speed(shuffled) == speed
    assert 0 < speed.interval.low < speed.interval.high
    assert speed.interval.low <= speed.value <= speed.interval.high
    assert speed.answers == sum(weight > 0 for each in of_student for weight in each.weights)


@settings(max_examples=20, deadline=None)
@given(parameters(), st.lists(st.booleans(), min_size=1, max_size=10))
def test_weights_of_one_are_no_weights(used: Parameters, answers: list[bool]) -> None:
    plain = LearningHistory(used, tuple(answers))
    assert learning_speed([plain]) == learning_speed([plain._replace(weights=(1.0,) * len(answers))])


def test_one_answer_alone_is_no_evidence_of_learning() -> None:
    """The first answer to a target comes before any opportunity to learn it."""
    single = [LearningHistory(Parameters(0.2 + 0.01 * n, 0.1, 0.2, 0.1), (True,)) for n in range(30)]

    speed = learning_speed(single)

    assert speed.value == pytest.approx(1.0, abs=1e-9)
    assert speed.interval == pytest.approx(learning_speed([]).interval, abs=1e-9)


def test_able_from_the_start_is_not_fast() -> None:
    skill = Parameters(0.3, 0.1, 0.2, 0.1)
    able = learning_speed([LearningHistory(skill, (True,) * 8)] * 10)
    fast = learning_speed([LearningHistory(skill, (False,) + (True,) * 7)] * 10)

    assert posterior([LearningHistory(skill, (True,) * 8)] * 10).sum() == pytest.approx(1)
    assert fast.value > 2 > able.value
    assert fast.interval.low > 1 > able.interval.low
    slow = learning_speed([LearningHistory(skill, (False,) * 8)] * 10)
    assert slow.interval.high < 1


def test_simulated_speeds_are_recovered_and_more_answers_narrow_the_interval() -> None:
    rank, widths = [], []
    for targets in (3, 25):
        rng = np.random.default_rng(11)
        drawn = [simulate(targets, rng) for _ in range(150)]
        speeds = [learning_speed(each) for each, _ in drawn]
        truth = np.array([speed for _, speed in drawn])
        rank.append(spearmanr([each.value for each in speeds], truth).statistic)
        widths.append(np.mean([np.log(each.interval.high / each.interval.low) for each in speeds]))
        inside = [each.interval.low <= own <= each.interval.high for each, own in zip(speeds, truth, strict=True)]
        assert 0.82 <= np.mean(inside) <= 0.97

    assert rank[0] > 0.3
    assert rank[1] > 0.7
    assert widths[1] < 0.75 * widths[0]
