"""The prediction of the next answer: what counts as practice, and how an interval moves with it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_api.domain.answers.order import Order
from graph_api.domain.learners.mastery import Evidence
from graph_api.domain.learners.next_answer import NextAnswer, practice_of_student, predict_next
from graph_api.domain.learners.uncertainty import Interval
from graph_api.domain.parameters.fitting.guard_rails import Reason
from graph_api.domain.parameters.predictors.family import PREDICTOR
from graph_api.domain.parameters.predictors.predictor_sets import (
    NextAnswerModel,
    PredictorParameters,
    PredictorSet,
    TargetChoice,
)
from graph_api.domain.parameters.predictors.terms import PER_TARGET, Term
from graph_api.domain.parameters.predictors.weights import LogisticWeights
from graph_api.domain.targets import TargetKind, concept

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
DATIVE, GENITIVE = concept("dative"), concept("genitive")
SHARED: dict[Term, float] = {term: 0.1 for term in PREDICTOR if term not in PER_TARGET and term is not Term.QUESTION}
chances = st.floats(0.01, 0.99)


def given_at(minute: int, *, correct: bool = True, weight: float = 1.0) -> Evidence:
    at = NOON + timedelta(minutes=minute)
    return Evidence(Order(at, at, 0, f"a{minute}"), correct, weight)


def a_set(**choices: Reason) -> PredictorSet:
    weights = LogisticWeights(PREDICTOR, 0.2, SHARED, {"dative": (0.1,) * 7}, {"q1": 0.7})
    of_targets = {key: TargetChoice(reason) for key, reason in choices.items()}
    return PredictorSet(
        "predictor-concept-v1", "predictor-concept", 1, PredictorParameters(TargetKind.CONCEPT, weights, of_targets)
    )


@given(
    rows=st.lists(st.tuples(st.integers(0, 30), st.sampled_from(["dative", "genitive"]), st.booleans())),
    shuffled=st.randoms(use_true_random=False),
)
def test_practice_does_not_depend_on_the_order_in_which_answers_are_read(
    rows: list[tuple[int, str, bool]], shuffled: object
) -> None:
    outcome = {minute: correct for minute, _, correct in rows}
    evidence = [(key, given_at(minute, correct=outcome[minute])) for minute, key in {(m, k) for m, k, _ in rows}]
    mixed = sorted(evidence, key=lambda _: shuffled.random())  # type: ignore[attr-defined]

    one, other = practice_of_student(evidence), practice_of_student(mixed)

    assert [one.values(key) for key in ("dative", "genitive")] == [other.values(key) for key in ("dative", "genitive")]
    assert one.student.right + one.student.wrong == len(outcome), "an answer with two concepts counts once"


def test_judgements_and_answers_of_weight_0_are_no_practice() -> None:
    ignored = given_at(2, weight=0.0)
    judged = Evidence.judged(Order(NOON, answer_id="j1"), 0.9)

    state = practice_of_student([("dative", given_at(1)), ("dative", ignored), ("dative", judged)])

    assert (state.student.right, state.student.wrong) == (1, 0)


def test_the_model_is_that_of_the_target_and_its_parts_sum_to_the_log_odds() -> None:
    used, practice = a_set(genitive=Reason.WORSE_ON_HELD_OUT), practice_of_student([("dative", given_at(1))])

    traced = predict_next(GENITIVE, 0.4, used, practice)
    predicted = predict_next(DATIVE, 0.4, used, practice, "q1")

    assert (traced.model, traced.p_correct, traced.contributions) == (NextAnswerModel.BKT, 0.4, ())
    assert (predicted.model, predicted.p_correct_bkt) == (NextAnswerModel.PREDICTOR, 0.4)
    assert predicted.p_correct > predict_next(DATIVE, 0.4, used, practice, "unknown").p_correct
    assert predict_next(DATIVE, 0.4) == traced


@given(low=chances, high=chances, bkt=chances, p=chances)
def test_a_shifted_interval_contains_the_prediction_and_stays_within_0_and_1(
    low: float, high: float, bkt: float, p: float
) -> None:
    interval = Interval(min(low, bkt), max(high, bkt))

    shifted = NextAnswer(p, bkt, a_set()).shift(interval)

    assert 0 <= shifted.low <= p <= shifted.high <= 1
    assert NextAnswer(bkt, bkt).shift(interval) is interval
    if p > bkt:
        assert shifted.low >= interval.low - 1e-4
        assert shifted.high >= interval.high - 1e-4


def test_an_interval_moves_by_the_difference_of_the_log_odds() -> None:
    assert NextAnswer(0.8, 0.5, a_set()).shift(Interval(0.5, 0.6)) == pytest.approx((0.8, 6 / 7))
