"""Recall (Q9): it falls without practice, spaced practice lasts, and FSRS-6 is that of the package."""

from datetime import UTC, datetime, timedelta
from itertools import accumulate

import fsrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_api.domain.answers.order import Order
from graph_api.domain.learners.confidence_reasons import confidence_of_recall, reasons_of_recall
from graph_api.domain.learners.forgetting import DAY, Learner, Recall, estimate_recall
from graph_api.domain.learners.mastery import Evidence
from graph_api.domain.learners.uncertainty import Confidence
from graph_api.domain.parameters.forgetting_parameters import (
    DEFAULT_PARAMETERS,
    VALUES,
    ForgettingParameters,
    Formula,
    defaults_of,
)
from graph_api.domain.parameters.knowledge_tracing import Parameters
from graph_api.domain.targets import concept

START = datetime(2026, 1, 1, tzinfo=UTC)
TRACING = Parameters(prior=0.3, learn=0.2, guess=0.2, slip=0.1)
FORMULAS = [ForgettingParameters(formula) for formula in Formula]

pauses = st.one_of(st.floats(0, 0.01), st.floats(0.5, 2), st.floats(0, 200))
histories = st.lists(st.tuples(pauses, st.booleans()), min_size=1, max_size=20)


def evidence(history: list[tuple[float, bool]]) -> list[Evidence]:
    """Answers, each some days after the one before."""
    times = accumulate((days for days, _ in history), initial=0.0)
    return [
        Evidence(Order(START + timedelta(days=at), answer_id=f"{n:03}"), correct)
        for n, (at, (_, correct)) in enumerate(zip(list(times)[1:], history, strict=True))
    ]


def estimate(answers: list[Evidence], moment: datetime, used: ForgettingParameters = DEFAULT_PARAMETERS) -> Recall:
    (recall,) = estimate_recall([Learner(concept("a"), answers, TRACING)], [moment], used)
    assert recall is not None
    return recall


@st.composite
def weights(draw: st.DrawFn) -> tuple[float, ...]:
    """Weights of FSRS-6 within their bounds: the defaults, or some near them."""
    near = draw(st.lists(st.floats(0.7, 1.4), min_size=21, max_size=21))
    return tuple(
        min(max(value.default * factor, value.low), value.high)
        for value, factor in zip(VALUES[Formula.FSRS_6], near, strict=True)
    )


@given(histories, st.one_of(st.just(defaults_of(Formula.FSRS_6)), weights()), st.floats(0, 400))
@settings(max_examples=200, deadline=None)
def test_fsrs_6_agrees_with_the_package(
    history: list[tuple[float, bool]], values: tuple[float, ...], days: float
) -> None:
    scheduler, card = fsrs.Scheduler(values, enable_fuzzing=False), fsrs.Card()
    answers = evidence(history)
    moment = answers[-1].at + timedelta(days=days)
    for answer in answers:
        card, _ = scheduler.review_card(card, fsrs.Rating.Good if answer.correct else fsrs.Rating.Again, answer.at)

    recall = estimate(answers, moment, ForgettingParameters(Formula.FSRS_6, values))

    assert recall.retrievability == pytest.approx(scheduler.get_card_retrievability(card, moment), abs=1e-9)


@pytest.mark.parametrize("used", FORMULAS)
@given(history=histories, days=st.floats(0, 300), later=st.floats(0, 300))
@settings(max_examples=60, deadline=None)
def test_recall_falls_until_something_is_practised(
    used: ForgettingParameters, history: list[tuple[float, bool]], days: float, later: float
) -> None:
    answers = evidence(history)
    moment = answers[-1].at + timedelta(days=days)

    now, then = (estimate(answers, at, used) for at in (moment, moment + timedelta(days=later)))

    assert 0 <= then.retrievability <= now.retrievability <= 1
    assert 0 <= now.interval.low <= now.retrievability <= now.interval.high <= 1
    assert now.half_life > 0
    assert estimate(answers[::-1], moment, used) == now
    assert bool(reasons_of_recall(now)) is (confidence_of_recall(now) is not Confidence.HIGH)


@pytest.mark.parametrize("used", FORMULAS)
@given(history=histories, pause=pauses)
@settings(max_examples=60, deadline=None)
def test_a_correct_answer_never_shortens_the_half_life(
    used: ForgettingParameters, history: list[tuple[float, bool]], pause: float
) -> None:
    before, after = evidence(history), evidence([*history, (pause, True)])

    shorter, longer = (estimate(answers, after[-1].at, used).half_life for answers in (before, after))

    assert longer >= shorter * (1 - 1e-12)


@pytest.mark.parametrize("used", FORMULAS)
@given(history=histories, place=st.integers(0, 20), correct=st.booleans(), days=st.floats(0, 100))
@settings(max_examples=60, deadline=None)
def test_an_answer_of_weight_0_is_no_practice(
    used: ForgettingParameters, history: list[tuple[float, bool]], place: int, correct: bool, days: float
) -> None:
    answers = evidence(history)
    moment = answers[-1].at + timedelta(days=days)
    beside = answers[min(place, len(answers) - 1)].at
    ignored = Evidence(Order(beside, answer_id="x"), correct, weight=0.0)

    assert estimate([*answers, ignored], moment, used) == estimate(answers, moment, used)


def test_spaced_practice_lasts_and_cramming_does_not() -> None:
    for used in FORMULAS:
        spaced, crammed = evidence([(10, True)] * 4), evidence([(0.0001, True)] * 4)
        lives = [estimate(answers, answers[-1].at, used).half_life for answers in (spaced, crammed)]
        assert lives[0] > 1.5 * lives[1]


def test_the_half_life_formula_starts_from_the_first_answer_doubles_and_halves() -> None:
    used = ForgettingParameters(Formula.HALF_LIFE, (8.0, 1.0, 2.0, 2.0))

    assert estimate(evidence([(0, True)]), START + 8 * DAY, used).retrievability == 0.5
    assert estimate(evidence([(0, True), (8, True)]), START + 8 * DAY, used).half_life == 16
    assert estimate(evidence([(0, True), (8, False)]), START + 8 * DAY, used).half_life == 4
    assert estimate(evidence([(0, False)]), START + 8 * DAY, used).half_life == 1


def test_what_comes_later_does_not_count() -> None:
    answers = evidence([(0, True), (5, False)])

    assert estimate(answers, START + DAY) == estimate(answers[:1], START + DAY)
    assert estimate_recall([Learner(concept("a"), answers, TRACING)], [START - DAY]) == [None]


def test_many_students_are_estimated_as_each_one_alone() -> None:
    rows = [evidence([(days, days % 2 == 0)] * count) for days, count in ((1, 3), (4, 9), (30, 1))]
    learners = [Learner(concept(f"c{n}"), answers, TRACING) for n, answers in enumerate(rows)]
    moments = [answers[-1].at + (n + 1) * DAY for n, answers in enumerate(rows)]

    together = estimate_recall([*learners, Learner(concept("none"), [], TRACING)], [*moments, START])

    assert together == [*(estimate(answers, at) for answers, at in zip(rows, moments, strict=True)), None]


def test_own_values_of_a_target_are_used() -> None:
    own = ForgettingParameters(Formula.HALF_LIFE, targets={concept("a"): (2.0, 1.0, 2.0, 2.0)})
    learners = [Learner(concept(key), evidence([(0, True)]), TRACING) for key in "ab"]

    of_a, of_b = estimate_recall(learners, [START, START], own)

    assert of_a is not None
    assert of_b is not None
    assert (of_a.half_life, of_b.half_life) == (2.0, defaults_of(Formula.HALF_LIFE)[0])
    assert ForgettingParameters.of_json(own.as_json()) == own
