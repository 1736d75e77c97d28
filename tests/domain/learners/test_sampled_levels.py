"""Levels under many parameters at once are those of `trace`, and the sample varies as stated (Q8)."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_api.domain.learners.own_parameters import SPREAD, Spread, own_parameters, vary
from graph_api.domain.learners.sampled_levels import sampled_levels
from graph_api.domain.parameters.knowledge_tracing import Parameters, trace
from tests.strategies import parameters

WEIGHTS = st.sampled_from([0.0, 0.25, 1.0, 1.0])
HISTORIES = st.lists(st.lists(st.tuples(st.booleans(), WEIGHTS), max_size=90), min_size=1, max_size=4)


@settings(max_examples=40, deadline=None)
@given(st.lists(parameters(), min_size=2, max_size=3), st.sampled_from([0.0, 0.1]), HISTORIES)
def test_each_level_is_that_of_trace(
    sets: list[Parameters], forget: float, rows: list[list[tuple[bool, float]]]
) -> None:
    points = np.array([[each.prior, each.learn, each.guess, each.slip, forget] for each in sets]).T
    answers = [[right for right, _ in row] for row in rows]
    weights = [[weight for _, weight in row] for row in rows]

    level, log_likelihood = sampled_levels(np.repeat(points[:, None], len(rows), axis=1), answers, weights)

    for row, (given_, counts) in enumerate(zip(answers, weights, strict=True)):
        expected = []
        for column, each in enumerate(sets):
            own = Parameters(each.prior, each.learn, each.guess, each.slip, forget)
            steps = trace(given_, own, weights=counts)
            assert level[row, column] == pytest.approx(steps[-1].after if steps else np.clip(own.prior, 0.01, 0.99))
            parts = [
                step.before * (1 - own.slip if right else own.slip) ** weight
                + (1 - step.before) * (own.guess if right else 1 - own.guess) ** weight
                for right, weight, step in zip(given_, counts, steps, strict=True)
            ]
            expected.append(np.log(parts).sum())
        assert log_likelihood[row] == pytest.approx(np.array(expected), abs=1e-6)


def test_thousands_of_answers_leave_finite_likelihoods() -> None:
    points = own_parameters(Parameters(0.3, 0.09, 0.2, 0.1))[:, None]

    level, log_likelihood = sampled_levels(points, [[True, False] * 2_000])

    assert np.isfinite(level).all()
    assert np.isfinite(log_likelihood).all()
    assert log_likelihood.max() < -2_000


@given(parameters())
def test_the_sample_starts_with_the_set_and_keeps_guess_plus_slip_below_one(set_: Parameters) -> None:
    points = own_parameters(set_)

    assert points[:, 0].tolist() == [set_.prior, set_.learn, set_.guess, set_.slip, set_.forget]
    assert (points[2] + points[3] < 1).all()
    assert ((points[:4] > 0) & (points[:4] < 1)).all()


def test_means_stay_and_able_students_know_more_and_slip_less() -> None:
    set_ = Parameters(0.4, 0.1, 0.2, 0.15)
    normal = np.random.default_rng(3).standard_normal((4, 20_000))

    prior, learn, guess, slip = vary(set_, normal)

    assert [prior.mean(), learn.mean(), guess.mean(), slip.mean()] == pytest.approx([0.4, 0.1, 0.2, 0.15], abs=0.02)
    able = normal[0] > 1
    assert prior[able].mean() > 0.8
    assert slip[able].mean() < slip.mean() < slip[normal[0] < -1].mean()
    assert guess[able].mean() > guess.mean()
    assert np.corrcoef(normal[1], learn)[0, 1] > 0.9
    assert vary(set_, normal[:, :1], Spread(0, 0, 0, 0, 0, 0))[:, 0] == pytest.approx([0.4, 0.1, 0.2, 0.15])
    assert SPREAD.prior > SPREAD.guess
