"""Sampling of concepts (T6): priorities, and draws without replacement."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chisquare

from graph_api.domain.answers.order import Order
from graph_api.domain.learners import sampling as s
from graph_api.domain.learners.sampling import Sampled, Sampling, draw, priority
from graph_api.domain.parameters.topic_parameters import TopicParameters

START = datetime(2026, 1, 1, tzinfo=UTC)


PLAIN = TopicParameters()


def test_eight_mentions_are_strong_and_seven_are_not() -> None:
    state, seen = Sampling(), []
    for n in range(10):
        state = s.follow(state, Sampled(Order(START + timedelta(minutes=n)), mentioned=True), PLAIN)
        seen.append((state.mastery, state.is_strong(PLAIN)))

    assert seen[6:8] == [(0.7, False), (0.8, True)]
    assert state.mastery == 1.0


def test_weak_is_low_and_missed_twice() -> None:
    assert not Sampling(missed=1, mastery=0.1).is_weak(PLAIN)
    assert Sampling(missed=2, mastery=0.49).is_weak(PLAIN)
    assert not Sampling(missed=2, mastery=0.5).is_weak(PLAIN)
    assert not Sampling(mentioned=2, mastery=0.9).is_strong(PLAIN)


@pytest.mark.parametrize(
    ("record", "falling", "uncapped"),
    [
        (Sampling(mastery=0.4, last=Order(START)), False, 0.6),
        (Sampling(mastery=0.4, last=Order(START - timedelta(seconds=3_600))), False, 0.6),
        (Sampling(mastery=0.4, last=Order(START - timedelta(seconds=3_601))), False, 0.7),
        (Sampling(mastery=0.4), False, 0.7),
        (Sampling(mastery=0.4, missed=2, last=Order(START)), False, 0.6),
        (Sampling(mastery=0.4, missed=3, last=Order(START)), False, 0.8),
        (Sampling(mastery=0.4, stagnation=1, last=Order(START)), False, 0.6),
        (Sampling(mastery=0.4, stagnation=2, last=Order(START)), False, 0.75),
        (Sampling(mastery=0.4, last=Order(START)), True, 0.8),
        (Sampling(missed=3, stagnation=3), True, 1.65),
    ],
)
def test_priorities_at_their_edges(record: Sampling, falling: bool, uncapped: float) -> None:
    urgency = priority(record, START, falling=falling, parameters=PLAIN)

    assert urgency == (min(uncapped, 1.0), uncapped)


@given(st.lists(st.booleans(), max_size=30))
def test_laws_of_sampling(outcomes: list[bool]) -> None:
    events = [Sampled(Order(START + timedelta(minutes=n)), mentioned) for n, mentioned in enumerate(outcomes)]
    state = Sampling()
    for event in events:
        state = s.follow(state, event, PLAIN)
        assert 0 <= state.mastery <= 1
        assert state.attempts == state.mentioned + state.missed
    assert state.attempts == len(outcomes)
    assert s.fold(Sampling(), reversed(events), PLAIN) == state


@given(st.lists(st.sampled_from([0.0, 0.1, 0.5, 1.0, 1.65]), max_size=8), st.integers(0, 10), st.integers(0, 99))
def test_a_draw_never_repeats_fills_up_and_is_reproducible(priorities: list[float], count: int, seed: int) -> None:
    places = draw(priorities, count, np.random.default_rng(seed))

    assert len(places) == len(set(places)) == min(count, len(priorities))
    positive = {place for place, each in enumerate(priorities) if each > 0}
    assert positive <= set(places) or set(places) <= positive
    assert places == draw(priorities, count, np.random.default_rng(seed))


def test_a_draw_follows_the_priorities() -> None:
    priorities, rng = [0.1, 0.2, 0.3, 0.4], np.random.default_rng(7)

    first = Counter(draw(priorities, 2, rng)[0] for _ in range(20_000))

    assert chisquare([first[n] for n in range(4)], [2_000, 4_000, 6_000, 8_000]).pvalue > 0.001


def test_a_draw_without_priorities_is_uniform() -> None:
    rng = np.random.default_rng(8)

    first = Counter(draw([0.0] * 4, 1, rng)[0] for _ in range(20_000))

    assert chisquare([first[n] for n in range(4)]).pvalue > 0.001
    assert draw([], 3, rng) == []
