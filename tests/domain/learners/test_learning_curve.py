"""Learning curves: a point per opportunity, with its interval."""

from graph_api.domain.learners.learning_curve import learning_curve


def test_a_curve_has_its_numbers_and_intervals() -> None:
    first, second = learning_curve([(1, 10, 5), (2, 8, 0)])

    assert (first.error_rate, second.error_rate) == (0.5, 0.0)
    assert first.interval.low < 0.5 < first.interval.high
    assert second.interval.low == 0 < second.interval.high < 0.3
