"""Bounds on shares hold exactly where a share equals its bound, whatever binary fractions make of both."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_api.domain.learners.risk import Trend
from graph_api.domain.learners.root_causes import mean_deficit
from graph_api.domain.shares import least_count


@pytest.mark.parametrize("number", range(1, 201))
def test_every_share_of_a_number_that_two_digits_can_write_is_reached(number: int) -> None:
    for cents in range(1, 101):
        share = cents / 100
        expected = -(-cents * number // 100)  # whole numbers only
        assert least_count(share, number) == expected
        for count in {max(expected - 1, 1), expected}:
            deficits = np.zeros((number, 1))
            deficits[:count] = 0.2
            hidden = mean_deficit(deficits, np.ones((number, 1), bool), share)[0] == 0
            assert hidden == (count < expected), (share, count, number)


@given(st.decimals("0.0001", 1, places=4), st.integers(1, 10_000))
def test_the_least_count_is_that_of_decimal_arithmetic(share: Decimal, number: int) -> None:
    least = least_count(float(share), number)

    assert least >= share * number > least - 1


@given(st.integers(1, 100), st.data())
def test_a_drop_of_exactly_the_bound_falls(cents: int, data: st.DataObject) -> None:
    before = data.draw(st.integers(cents, 100))
    many = Trend(before=10_000, before_correct=before * 100, recent=10_000, recent_correct=(before - cents) * 100)

    assert many.falls(cents / 100) == (cents >= 5 or many.falls(0.0001))
    if cents < 100:
        assert not many.falls((cents + 1) / 100)
