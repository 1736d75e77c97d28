"""Laws of inferred levels, over models and answers drawn at random."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.special import expit

from graph_api.domain.failures import InvalidInput
from graph_api.domain.parameters.inference.known import p_known
from graph_api.domain.parameters.inference.model import GRID, LOG_PRIOR, InferenceModel, TargetWeights, infer
from graph_api.domain.parameters.knowledge_tracing import Parameters
from graph_api.domain.targets import TargetKind

SIZE = 4
Counts = NDArray[np.float64]
LOGIT, SLOPE = st.floats(-5, 5), st.floats(0, 4)
WEIGHTS = st.builds(TargetWeights, LOGIT, SLOPE, LOGIT, SLOPE, st.floats(0.01, 0.99))


@st.composite
def models(draw: st.DrawFn) -> InferenceModel:
    targets = {f"t{n}": draw(WEIGHTS) for n in range(SIZE)}
    before = {"t1": ["t0"], "t2": ["t0", "t1"]}
    return InferenceModel(TargetKind.CONCEPT, targets, before, draw(st.floats(0, 3)), draw(st.floats(0, 3)))


@st.composite
def answers(draw: st.DrawFn) -> tuple[Counts, Counts]:
    """Attempts and correct answers of one student, each of shape (1, targets)."""
    attempts = np.array([draw(st.integers(0, 60)) for _ in range(SIZE)], np.float64)
    correct = np.array([draw(st.integers(0, int(each))) for each in attempts], np.float64)
    return attempts[None], correct[None]


@given(models(), answers())
def test_values_are_probabilities_within_their_intervals(model: InferenceModel, given: tuple[Counts, Counts]) -> None:
    inferred = infer(model, *given)

    assert np.isfinite(inferred).all()
    assert (np.array(inferred) >= 0).all()
    assert (np.array(inferred) <= 1).all()
    assert (inferred.low <= inferred.value).all()
    assert (inferred.value <= inferred.high).all()


@given(models(), answers(), st.integers(0, SIZE - 1), st.booleans())
def test_more_correct_answers_never_lower_a_value(
    model: InferenceModel, given: tuple[Counts, Counts], place: int, is_added: bool
) -> None:
    attempts, correct = given
    more_attempts, more_correct = attempts.copy(), correct.copy()
    more_correct[0, place] += 1
    more_attempts[0, place] = attempts[0, place] + 1 if is_added else max(attempts[0, place], more_correct[0, place])

    before, after = infer(model, attempts, correct).value, infer(model, more_attempts, more_correct).value

    assert (after >= before - 1e-12).all()


@given(models())
def test_without_answers_the_value_is_that_of_the_population(model: InferenceModel) -> None:
    none = np.zeros((1, SIZE))
    inferred, columns = infer(model, none, none), model.columns
    students = expit(np.asarray(columns.easiness)[:, None] + np.asarray(columns.slope)[:, None] * GRID)

    assert inferred.value[0] == pytest.approx(students @ np.exp(LOG_PRIOR))


def test_the_interval_is_widest_without_answers_and_narrows_with_them() -> None:
    own = TargetWeights(0.3, 1.2, 0.0, 1.2, 0.5)
    model = InferenceModel(TargetKind.SKILL, {f"t{n}": own for n in range(SIZE)})
    attempts = np.array([[0, 0, 0, 0], [4, 0, 0, 0], [4, 4, 4, 0], [40, 40, 40, 0]])

    inferred = infer(model, attempts, attempts / 2)
    width = (inferred.high - inferred.low)[:, 3]

    assert (np.diff(width) < 0).all()
    assert width[0] > 0.6


@given(models(), answers(), st.permutations(range(SIZE)))
def test_the_order_of_targets_and_of_students_changes_nothing(
    model: InferenceModel, given: tuple[Counts, Counts], order: list[int]
) -> None:
    targets = {model.keys[n]: model.targets[model.keys[n]] for n in order}
    shuffled = InferenceModel(model.kind, targets, model.before, model.weight_before, model.weight_after)
    two = [np.vstack([each, np.zeros((1, SIZE))]) for each in given]

    assert shuffled.keys == model.keys
    assert infer(shuffled, *two).value == pytest.approx(infer(model, *(each[::-1] for each in two)).value[::-1])


@given(models())
def test_a_model_is_stored_and_read_without_a_change_of_its_values(model: InferenceModel) -> None:
    again = InferenceModel.of_json(model.as_json())
    half = np.full((1, SIZE), 2.0)

    assert again.keys == model.keys
    assert infer(again, half, half / 2).value == pytest.approx(infer(model, half, half / 2).value, abs=1e-4)


@pytest.mark.parametrize(("attempts", "correct"), [(1.0, 2.0), (1.0, -1.0)])
def test_impossible_counts_are_refused(attempts: float, correct: float) -> None:
    model = InferenceModel(TargetKind.SKILL, {"a": TargetWeights(0, 1, 0, 1, 0.5)})
    with pytest.raises(InvalidInput, match="correct: must be from 0 to the number of attempts"):
        infer(model, np.array([[attempts]]), np.array([[correct]]))


@given(st.floats(0.01, 0.99), st.floats(0.01, 0.49), st.floats(0.01, 0.49))
def test_p_known_inverts_the_chance_of_a_correct_answer(level: float, guess: float, slip: float) -> None:
    used = Parameters(prior=0.1, learn=0.1, guess=guess, slip=slip)

    assert p_known(level * (1 - slip) + (1 - level) * guess, used) == pytest.approx(level)
    assert p_known(0.0, used) == pytest.approx(0.01)
