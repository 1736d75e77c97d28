"""Rapid answers: the threshold follows the median time of each question (Q13)."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from graph_api.domain.learners.item_analysis.rapid import LONGEST, MIN_TIMES, SHARE_OF_MEDIAN, times

seconds = st.lists(st.sampled_from([float("nan"), 0.0, 0.5, 1.9, 2.0, 20.0, 300.0, 86_400.0]), max_size=40)


@given(seconds, seconds)
def test_an_answer_is_rapid_below_a_tenth_of_the_median_of_its_own_question(
    one: list[float], other: list[float]
) -> None:
    question = np.array([0] * len(one) + [1] * len(other), np.int64)
    spent = np.array([*one, *other], np.float64)

    of_both = times(question, spent, 3)
    rapid = of_both.rapid(question, spent)

    for number in range(3):
        own = spent[question == number]
        known = own[~np.isnan(own)]
        assert of_both.timed[number] == len(known)
        np.testing.assert_equal(of_both.median[number], np.median(known) if len(known) else np.nan)
        if len(known) < MIN_TIMES:
            assert not rapid[question == number].any()
        else:
            limit = min(SHARE_OF_MEDIAN * np.median(known), LONGEST)
            assert (rapid[question == number] == (own < limit)).all()
