"""Metrics of predictions: each is its definition, computed answer by answer."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from graph_api.domain.parameters.prediction_metrics import calibrate, measure


@given(
    st.integers(1, 40).flatmap(
        lambda n: st.tuples(
            hnp.arrays(np.float64, n, elements=st.sampled_from([0.0, 0.1, 0.3, 0.5, 0.5, 0.9, 1.0])),
            hnp.arrays(np.bool_, n),
        )
    )
)
def test_metrics_are_their_definitions(drawn: tuple[np.ndarray, np.ndarray]) -> None:
    predicted, correct = drawn

    actual = measure(predicted, correct)

    right, wrong = predicted[correct], predicted[~correct]
    pairs = [(a > b) + (a == b) / 2 for a, b in itertools.product(right, wrong)]
    assert actual.auc == (pytest.approx(np.mean(pairs)) if pairs else None)
    assert actual.rmse == pytest.approx(np.sqrt(((predicted - correct) ** 2).mean()))
    of_answer = [max(p if c else 1 - p, 1e-15) for p, c in zip(predicted, correct, strict=True)]
    assert actual.log_loss == pytest.approx(-np.log(of_answer).mean())
    assert actual.accuracy == np.mean((predicted >= 0.5) == correct)
    bins = calibrate(predicted, correct)
    assert sum(each.answers for each in bins) == len(correct)
    assert sum(each.answers * each.correct for each in bins) == pytest.approx(correct.sum())


def test_nothing_cannot_be_measured() -> None:
    with pytest.raises(ValueError, match="nothing"):
        measure(np.empty(0), np.empty(0, np.bool_))
