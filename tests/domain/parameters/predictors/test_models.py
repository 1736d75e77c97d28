"""Laws of every model: batch equals singles, nothing of the future counts, inputs stay, chances are chances."""

import copy

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit

from graph_api.domain.parameters.predictors.design import Design
from graph_api.domain.parameters.predictors.elo import EloState, predict_by_elo, rate
from graph_api.domain.parameters.predictors.family import LOGISTIC, fit_terms
from graph_api.domain.parameters.predictors.logistic import fit_logistic, predict_logistic
from graph_api.domain.parameters.predictors.practice_state import PracticeState
from graph_api.domain.parameters.predictors.responses import Responses
from graph_api.domain.parameters.predictors.scaling import Scaling
from graph_api.domain.parameters.predictors.terms import Term, design_of
from graph_api.domain.parameters.predictors.weights import LogisticWeights
from tests.domain.parameters.predictors.simulated_responses import a_class, responses

EVERY_ROW = slice(None)


def chances(sent: Responses) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Some P(correct) of each row for the term of knowledge tracing: what stands there matters to no law."""
    return 0.2 + 0.6 * ((7 * sent.moment + 3 * sent.target) % 11) / 11


@pytest.mark.parametrize("model", LOGISTIC)
@settings(max_examples=15, deadline=None)
@given(sent=responses())
def test_one_answer_at_a_time_is_predicted_as_all_at_once(model: str, sent: Responses) -> None:
    terms, bkt = LOGISTIC[model], chances(sent)
    design = design_of(sent, terms, bkt)
    fit = fit_terms(sent, design, np.ones(len(sent), np.bool_))
    batch = predict_logistic(design, fit)
    names = [str(n) for n in range(sent.targets)], [f"q{n}" for n in range(sent.questions)]
    weights = LogisticWeights.of(fit, terms, *names)
    assert sent.at is not None
    states: dict[int, PracticeState] = {}

    for moment in np.unique(sent.moment):
        rows = np.flatnonzero(sent.moment == moment)
        state = states.setdefault(int(sent.student[rows[0]]), PracticeState())
        at = float(sent.at[rows[0]])
        for row in rows.tolist():
            target = str(sent.target[row])
            question = f"q{sent.question[row]}" if sent.question[row] >= 0 else None
            values = state.values(target, float(bkt[row]))
            windows = state.window_values(target, at) if Term.WINDOWS in terms else ()
            single = weights.p_correct(weights.contributions(values, target, question, windows))
            assert 0 < single < 1
            assert single == pytest.approx(batch[row], abs=1e-9)
        state.record([str(sent.target[row]) for row in rows], correct=bool(sent.correct[rows[0]]), at=at)


@pytest.mark.parametrize("model", [*LOGISTIC, "ELO"])
@settings(max_examples=15, deadline=None)
@given(sent=responses(), pick=st.integers(0, 10**6))
def test_a_prediction_depends_on_no_answer_at_its_moment_or_later(model: str, sent: Responses, pick: int) -> None:
    everything = np.ones(len(sent), np.bool_)
    place = pick % len(sent)
    own = (sent.student == sent.student[place]) & (sent.moment >= sent.moment[place])
    changed = Responses(
        sent.student, sent.target, sent.correct ^ own, sent.moment, sent.question, sent.at, sent.targets, sent.questions
    )
    first = (sent.student == sent.student[place]) & (sent.moment == sent.moment[place])

    if model == "ELO":
        difficulties = rate(sent)
        before, after = predict_by_elo(sent, difficulties), predict_by_elo(changed, difficulties)
    else:
        design = design_of(sent, LOGISTIC[model], chances(sent))
        fit = fit_terms(sent, design, everything)
        before = predict_logistic(design, fit)
        after = predict_logistic(design_of(changed, LOGISTIC[model], chances(sent)), fit)

    assert after[first] == pytest.approx(before[first])
    assert np.isfinite(before).all()


@pytest.mark.parametrize("model", [*LOGISTIC, "ELO"])
@settings(max_examples=10, deadline=None)
@given(sent=responses(), seed=st.integers(0, 99))
def test_the_order_of_rows_changes_nothing_and_inputs_stay(model: str, sent: Responses, seed: int) -> None:
    order = np.random.default_rng(seed).permutation(len(sent))
    shuffled, original = sent.choose(order), copy.deepcopy(sent)

    def predicted(of: Responses) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        if model == "ELO":
            return predict_by_elo(of, rate(of))
        design = design_of(of, LOGISTIC[model], chances(of))
        return predict_logistic(design, fit_terms(of, design, np.ones(len(of), np.bool_)))

    assert predicted(shuffled) == pytest.approx(predicted(sent)[order], abs=0.02 if model != "ELO" else 1e-12)
    for name in ("student", "target", "correct", "moment", "question", "at"):
        assert np.array_equal(getattr(sent, name), getattr(original, name))


def test_the_fit_is_where_the_penalised_loss_is_least() -> None:
    """Against Newton's method on dense columns, which shares no code."""
    rng = np.random.default_rng(5)
    rows, weights = 400, 6
    place = rng.integers(0, weights, (rows, 2)).astype(np.int32)
    value, penalty = rng.normal(size=(rows, 2)), np.full(weights, 0.7)
    dense = np.zeros((rows, weights + 1))
    dense[:, 0] = 1
    np.add.at(dense, (np.arange(rows)[:, None], place + 1), value)
    correct = rng.random(rows) < expit(dense @ rng.normal(size=weights + 1))
    best, ridge = np.zeros(weights + 1), np.append(0, penalty)
    for _ in range(30):
        chance = expit(dense @ best)
        hessian = (dense * (chance * (1 - chance))[:, None]).T @ dense + np.diag(ridge)
        best -= np.linalg.solve(hessian, dense.T @ (chance - correct) + ridge * best)

    actual = fit_logistic(Design(place, value, penalty), correct)

    assert actual.converged
    assert predict_logistic(Design(place, value, penalty), actual) == pytest.approx(expit(dense @ best), abs=2e-3)


@pytest.mark.parametrize("model", LOGISTIC)
def test_blocks_do_not_change_where_a_fit_ends(model: str) -> None:
    sent = a_class(np.random.default_rng(3))
    design = design_of(sent, LOGISTIC[model], chances(sent))

    together, apart = (fit_logistic(each, sent.correct) for each in (design, design._replace(blocks=())))

    assert together.converged
    assert apart.converged
    assert together.iterations <= apart.iterations + 1
    predicted = predict_logistic(design, together)
    assert predicted == pytest.approx(predict_logistic(design, apart), abs=5e-3)


@pytest.mark.parametrize("model", LOGISTIC)
def test_scaled_weights_and_weights_are_the_same_point(model: str) -> None:
    sent = a_class(np.random.default_rng(3))
    scaling = Scaling.of(design_of(sent, LOGISTIC[model], chances(sent)))
    weights, gradient = np.random.default_rng(4).normal(size=(2, len(scaling.root)))

    scaled = scaling.scaled(weights)

    assert scaling.weights(scaled) == pytest.approx(weights)
    assert scaling.gradient(gradient) @ scaled == pytest.approx(gradient @ weights)


def test_more_penalty_means_smaller_weights() -> None:
    sent = a_class(np.random.default_rng(1))
    design = design_of(sent, (Term.TARGET, Term.QUESTION))

    sizes = [
        float(np.abs(fit_logistic(design._replace(penalty=design.penalty * times), sent.correct).weights).sum())
        for times in (0.1, 1, 10, 1000)
    ]

    assert sizes == sorted(sizes, reverse=True)


def test_a_question_without_answers_counts_as_an_average_one() -> None:
    sent = a_class(np.random.default_rng(1))
    terms = LOGISTIC["BEST_LR"]
    fit = fit_terms(sent, design_of(sent, terms), np.ones(len(sent), np.bool_))
    weights = LogisticWeights.of(fit, terms, ["0", "1", "2", "3"], [f"q{n}" for n in range(12)])
    values = PracticeState().values("0")

    unknown = weights.p_correct(weights.contributions(values, "0", "new"))

    assert unknown == weights.p_correct(weights.contributions(values, "0"))
    assert unknown != weights.p_correct(weights.contributions(values, "0", "q1"))


@given(st.lists(st.booleans(), max_size=30), st.floats(-3, 3))
def test_a_correct_answer_raises_a_rating_and_an_incorrect_one_lowers_it(outcomes: list[bool], ease: float) -> None:
    states = EloState(), EloState()
    for state in states:
        for correct in outcomes:
            state.record({"a": ease}, correct=correct)
    before = states[0].p_correct("a", ease)

    states[0].record({"a": ease}, correct=True)
    states[1].record({"a": ease}, correct=False)

    assert states[1].p_correct("a", ease) < before < states[0].p_correct("a", ease)


def test_ratings_find_which_questions_are_hard() -> None:
    rng = np.random.default_rng(2)
    sent = a_class(rng, students=200, difficulty=1.5)

    difficulties = rate(sent)

    share = [sent.correct[sent.question == n].mean() for n in range(12)]
    ratings = [difficulties.of(n) for n in range(12)]
    assert np.corrcoef(share, ratings)[0, 1] < -0.9


def test_without_answers_every_answer_is_even() -> None:
    sent = a_class(np.random.default_rng(1), students=1)
    nothing = np.zeros(len(sent), np.bool_)
    design = design_of(sent, LOGISTIC["BEST_LR"])

    assert set(predict_logistic(design, fit_terms(sent, design, nothing))) == {0.5}
    assert predict_by_elo(sent, rate(sent.choose(nothing)))[0] == 0.5
