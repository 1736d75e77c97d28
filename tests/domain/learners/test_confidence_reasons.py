"""Why a confidence is not HIGH (Q8): there is a reason exactly then."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from graph_api.domain.learners.confidence_reasons import (
    ConfidenceReasonKind,
    confidence_of_recall,
    reasons_of_average,
    reasons_of_level,
    reasons_of_recall,
    reasons_of_share,
)
from graph_api.domain.learners.forgetting import Recall
from graph_api.domain.learners.uncertainty import Confidence, Interval, confidence

intervals = st.tuples(st.floats(0, 1), st.floats(0, 1)).map(lambda ends: Interval(*sorted(ends)))


@given(st.integers(0, 40), st.floats(0, 1), intervals)
def test_there_is_a_reason_exactly_where_the_confidence_is_not_high(
    answers: int, share: float, interval: Interval
) -> None:
    effective, high = answers * share, Confidence.HIGH

    assert bool(reasons_of_level(answers, interval)) is (confidence(answers, interval) is not high)
    assert bool(reasons_of_average(answers, interval)) is (confidence(answers, interval) is not high)
    assert bool(reasons_of_share(answers, effective, interval)) is (confidence(effective, interval) is not high)


@given(st.integers(1, 40), intervals, st.floats(0, 99), st.floats(0, 99))
def test_a_recall_names_what_has_not_been_tested(
    answers: int, interval: Interval, pause: float, longest: float
) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    recall = Recall(interval.low, interval, 9.0, now, answers, pause, longest)

    reasons = reasons_of_recall(recall)

    assert bool(reasons) is (confidence_of_recall(recall) is not Confidence.HIGH)
    kinds = {each.kind for each in reasons}
    if ConfidenceReasonKind.OLD_EVIDENCE in kinds:
        assert pause > longest >= 1
    if ConfidenceReasonKind.NO_ANSWER_AFTER_PAUSE in kinds:
        assert longest < 1
    assert (ConfidenceReasonKind.FEW_ANSWERS in kinds) is (bool(reasons) and answers < 10)
