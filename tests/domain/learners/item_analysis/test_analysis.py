"""Item analysis: laws of all figures, and thin evidence (Q13)."""

from random import Random
from typing import TypeAlias

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_api.domain.learners.item_analysis.analysis import Responses, analyse
from graph_api.domain.learners.item_analysis.estimates import MIN_ANSWERS, Estimate, EstimateReason
from graph_api.domain.learners.item_analysis.ranking import QuestionOrder, place_of
from graph_api.domain.learners.item_analysis.suggestions import QuestionWarning, suggest_difficulty, warnings
from graph_api.domain.parameters.knowledge_tracing import Parameters

PARAMETERS = Parameters(0.3, 0.1, 0.2, 0.1)
ESTIMATES = ("share", "difficulty", "discrimination", "guess", "slip", "rapid_share")
QUESTIONS = 3

Rows: TypeAlias = list[tuple[int, int, float, bool, float]]

rows = st.lists(
    st.tuples(
        st.integers(0, QUESTIONS - 1),
        st.integers(0, 9),
        st.sampled_from([0.01, 0.2, 0.5, 0.73, 0.99]) | st.floats(0.01, 0.99),
        st.booleans(),
        st.sampled_from([float("nan"), 0.5, 3.0, 20.0, 400.0]),
    ),
    max_size=120,
)


def columns(of: Rows) -> Responses:
    question, student, level, correct, seconds = zip(*of, strict=True) if of else ((),) * 5
    return Responses(
        np.array(question, np.int64),
        np.array(student, np.int64),
        np.array(level, np.float64),
        np.array(correct, np.bool_),
        np.array(seconds, np.float64),
    )


def simulated(
    rng: np.random.Generator, answers: int, guess: float, slip: float, rapid: float = 0.0, question: int = 0
) -> Responses:
    """Answers of one student each to a question; rapid ones take a second and are correct with a chance of a quarter."""
    level = np.clip(rng.beta(0.7, 0.7, answers), 0.01, 0.99)
    fast = rng.random(answers) < rapid
    p = np.where(fast, 0.25, level * (1 - slip) + (1 - level) * guess)
    seconds = np.where(fast, rng.uniform(0.2, 1.2, answers), rng.lognormal(3.2, 0.3, answers))
    student = np.arange(answers)
    return Responses(np.full(answers, question), student, level, rng.random(answers) < p, seconds)


def joined(*parts: Responses) -> Responses:
    return Responses(*(np.concatenate(each) for each in zip(*parts, strict=True)))


@settings(max_examples=30)
@given(rows, st.randoms())
def test_the_order_of_answers_changes_no_digit(of: Rows, chance: Random) -> None:
    shuffled = list(of)
    chance.shuffle(shuffled)

    assert analyse(columns(shuffled), PARAMETERS, QUESTIONS) == analyse(columns(of), PARAMETERS, QUESTIONS)


@settings(max_examples=30)
@given(rows)
def test_other_questions_change_no_digit(of: Rows) -> None:
    together = analyse(columns(of), PARAMETERS, QUESTIONS)

    for question in range(QUESTIONS):
        alone = [(0, *row[1:]) for row in of if row[0] == question]
        assert analyse(columns(alone), PARAMETERS, 1) == [together[question]]


@settings(max_examples=30)
@given(rows)
def test_figures_lie_in_their_intervals_and_bounds(of: Rows) -> None:
    bounds = {"difficulty": 6.0, "discrimination": 1.0}
    for figures in analyse(columns(of), PARAMETERS, QUESTIONS):
        assert figures.rapid_guesses <= figures.rapid_answers == figures.answers - figures.analysed
        assert figures.correct <= figures.analysed
        for name in ESTIMATES:
            estimate: Estimate = getattr(figures, name)
            assert (estimate.value is None) == (estimate.reason is not None)
            if estimate.low is not None and estimate.high is not None:
                lowest = -bounds[name] if name in bounds else 0.0
                assert lowest <= estimate.low <= estimate.high <= bounds.get(name, 1.0)
                if estimate.value is not None:
                    assert estimate.low <= estimate.value <= estimate.high
        assert figures.information is None or 0 <= figures.information <= 1


@settings(max_examples=30)
@given(rows)
def test_few_answers_give_reasons_and_no_figures(of: Rows) -> None:
    for figures in analyse(columns(of[: MIN_ANSWERS - 1]), PARAMETERS, QUESTIONS):
        for name in ("difficulty", "discrimination", "guess", "slip"):
            assert getattr(figures, name) == Estimate(None, None, None, EstimateReason.TOO_FEW_ANSWERS)
        assert (figures.information, figures.infit, figures.outfit, figures.infit_z) == (None,) * 4
        assert suggest_difficulty(figures).difficulty is None
        assert set(warnings(figures)) <= {QuestionWarning.RAPID_ANSWERS}


@settings(max_examples=30)
@given(rows)
def test_every_order_holds_each_question_once_and_those_without_the_figure_last(
    of: Rows,
) -> None:
    figures = analyse(columns(of), PARAMETERS, QUESTIONS)
    for order in QuestionOrder:
        places = sorted(place_of(order, f"q{n}", each) for n, each in enumerate(figures))
        assert sorted(place[2] for place in places) == [f"q{n}" for n in range(QUESTIONS)]
        assert [place[0] for place in places] == sorted(place[0] for place in places)


def test_levels_that_are_alike_show_neither_discrimination_nor_guess_and_slip() -> None:
    alike = Responses(
        *(np.zeros(40, np.int64), np.arange(40), np.full(40, 0.5), np.arange(40) % 3 > 0, np.full(40, 9.0))
    )

    (figures,) = analyse(alike, PARAMETERS, 1)

    assert figures.difficulty.value is not None
    for estimate in (figures.discrimination, figures.guess, figures.slip):
        assert estimate == Estimate(None, None, None, EstimateReason.LEVELS_ALIKE)


def test_a_question_that_all_students_answer_correctly_has_no_difficulty_but_a_bound() -> None:
    answers = simulated(np.random.default_rng(1), 60, 0.2, 0.1)._replace(correct=np.ones(60, np.bool_))

    (figures,) = analyse(answers, PARAMETERS, 1)

    assert figures.difficulty.value is None
    assert figures.difficulty.reason is EstimateReason.TOO_UNCERTAIN
    assert figures.difficulty.low == -6
    assert figures.difficulty.high is not None
    assert figures.difficulty.high < 0


def test_the_figures_name_the_question_that_is_bad() -> None:
    rng = np.random.default_rng(3)
    good, hard, backwards, hasty = (
        simulated(rng, 400, 0.2, 0.1, question=0),
        simulated(rng, 400, 0.05, 0.35, question=1),
        simulated(rng, 400, 0.9, 0.8, question=2),
        simulated(rng, 400, 0.2, 0.1, rapid=0.3, question=3),
    )

    figures = analyse(joined(good, hard, backwards, hasty), PARAMETERS, 4)

    assert [suggest_difficulty(each).difficulty for each in figures][:2] == ["MEDIUM", "HARD"]
    assert warnings(figures[0]) == []
    assert QuestionWarning.WORKS_BACKWARDS in warnings(figures[2])
    assert QuestionWarning.MISFIT in warnings(figures[2])
    assert warnings(figures[3]) == [QuestionWarning.RAPID_ANSWERS]
    first = {
        order: min((place_of(order, str(n), each), n) for n, each in enumerate(figures))[1] for order in QuestionOrder
    }
    assert first[QuestionOrder.LEAST_DISCRIMINATING] == first[QuestionOrder.MOST_MISFIT] == 2
    assert first[QuestionOrder.MOST_RAPID] == 3


def test_rapid_answers_count_in_no_figure_but_their_own() -> None:
    rng = np.random.default_rng(4)
    honest, hasty = simulated(rng, 200, 0.2, 0.1), simulated(rng, 30, 0.2, 0.1, rapid=1.0)

    (with_rapid,) = analyse(joined(honest, hasty), PARAMETERS, 1)
    (without,) = analyse(honest, PARAMETERS, 1)

    assert (with_rapid.answers, with_rapid.analysed, with_rapid.rapid_answers) == (230, 200, 30)
    same: list[str] = ["correct", "share", "difficulty", "discrimination", "guess", "slip", "infit", "outfit"]
    assert {name: getattr(with_rapid, name) for name in same} == {name: getattr(without, name) for name in same}
