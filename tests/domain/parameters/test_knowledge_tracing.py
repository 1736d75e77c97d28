"""The laws of Bayesian Knowledge Tracing (B1-B3), and its golden values."""

import json
import math
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from graph_api.domain.failures import InvalidInput
from graph_api.domain.parameters.knowledge_tracing import Parameters, clamp, p_correct, posterior, trace, update
from graph_api.domain.parameters.parameter_sets import DEFAULTS
from graph_api.domain.targets import TargetKind
from tests.strategies import levels, parameters

GOLDEN = json.loads((Path(__file__).parent / "golden" / "knowledge_tracing.json").read_text())
SETS = {default.id: default.parameters for default in DEFAULTS.values()}
CONCEPT = DEFAULTS[TargetKind.CONCEPT].parameters
SKILL = DEFAULTS[TargetKind.SKILL].parameters


@pytest.mark.parametrize(("set_id", "sequence"), [(s, q) for s in GOLDEN for q in GOLDEN[s]])
def test_golden_sequences_without_the_clamp(set_id: str, sequence: str) -> None:
    # The reference sequences run on past 0.99, so each step is taken from its own prior.
    for correct, prior, right, post, after in GOLDEN[set_id][sequence]:
        step = update(prior, correct=correct, parameters=SETS[set_id])
        assert math.isclose(step.p_correct, right, rel_tol=1e-12)
        assert math.isclose(step.posterior, post, rel_tol=1e-12)
        assert math.isclose(step.after, clamp(after), rel_tol=1e-12)


def test_four_right_answers_to_a_concept() -> None:
    levels = [step.after for step in trace([True] * 4, CONCEPT)]

    assert [round(level, 6) for level in levels] == [0.428571, 0.783784, 0.943060, 0.986804]


def test_the_clamp_follows_every_answer() -> None:
    steps = trace([True] * 8 + [False] * 3, SKILL)

    assert round(steps[-1].after, 4) == 0.2706
    assert max(step.after for step in steps) == 0.99


@given(levels, parameters(), st.booleans())
def test_a_level_stays_in_range(level: float, used: Parameters, correct: bool) -> None:
    step = update(level, correct=correct, parameters=used)

    assert 0.01 <= step.after <= 0.99
    assert 0 <= step.posterior <= 1
    assert min(used.guess, 1 - used.slip) <= step.p_correct + 1e-12
    assert step.p_correct <= max(used.guess, 1 - used.slip) + 1e-12


@given(levels, st.floats(0.001, 0.999), st.floats(0.001, 0.999))
def test_a_right_answer_speaks_for_knowing_exactly_if_knowing_makes_it_likelier(
    level: float, guess: float, slip: float
) -> None:
    assume(guess + slip < 1)
    used = Parameters(0.5, 0.5, guess, slip)

    right = posterior(level, correct=True, parameters=used)
    wrong = posterior(level, correct=False, parameters=used)

    assert (right >= wrong) == (1 - slip > guess)


@given(parameters(), st.lists(st.booleans(), max_size=30), st.integers(0, 30))
def test_a_batch_equals_its_answers_one_by_one(used: Parameters, answers: list[bool], cut: int) -> None:
    whole = trace(answers, used)
    first = trace(answers[:cut], used)
    rest = trace(answers[cut:], used, level=first[-1].after if first else None)

    assert whole == first + rest


@given(parameters(), levels)
def test_learning_never_lowers_the_posterior(used: Parameters, level: float) -> None:
    step = update(level, correct=False, parameters=used)

    assert step.after >= min(step.posterior, 0.99)


def test_an_impossible_answer_leaves_the_level() -> None:
    impossible = Parameters.__new__(Parameters)  # parameters that the rules refuse: nobody who knows it can be wrong
    for name, value in {"prior": 0.5, "learn": 0.1, "guess": 1.0, "slip": 0.0}.items():
        object.__setattr__(impossible, name, value)

    assert posterior(0.7, correct=False, parameters=impossible) == 0.7


def test_a_wrong_answer_raises_a_low_level_with_the_concept_set() -> None:
    fixed_point = 0.2308

    assert update(fixed_point - 0.01, correct=False, parameters=CONCEPT).after > fixed_point - 0.01
    assert update(fixed_point + 0.01, correct=False, parameters=CONCEPT).after < fixed_point + 0.01


@pytest.mark.parametrize("name", ["prior", "learn", "guess", "slip"])
@pytest.mark.parametrize("value", [0.0, 1.0, -0.1, 1.1, math.nan, math.inf])
def test_each_parameter_is_a_probability_strictly_inside(name: str, value: float) -> None:
    values = {"prior": 0.1, "learn": 0.1, "guess": 0.1, "slip": 0.1, name: value}

    with pytest.raises(InvalidInput) as caught:
        Parameters(**values)
    assert (caught.value.field, caught.value.rule) == (name, "must be > 0 and < 1")


@pytest.mark.parametrize(("guess", "slip"), [(0.5, 0.5), (0.6, 0.5), (0.25, 0.75)])
def test_guess_and_slip_together_stay_below_one(guess: float, slip: float) -> None:
    with pytest.raises(InvalidInput, match=r"guess \+ slip: must be < 1"):
        Parameters(0.1, 0.1, guess, slip)


def test_p_correct_of_a_new_student() -> None:
    assert p_correct(CONCEPT.prior, CONCEPT) == pytest.approx(0.315)


@given(levels, parameters(), st.booleans(), st.integers(1, 6))
def test_answers_of_a_part_of_the_weight_amount_to_one_answer(
    level: float, used: Parameters, correct: bool, parts: int
) -> None:
    in_parts = level
    for _ in range(parts):
        in_parts = posterior(in_parts, correct=correct, parameters=used, weight=1 / parts)

    assert math.isclose(in_parts, posterior(level, correct=correct, parameters=used), rel_tol=1e-9)


@given(levels, parameters(), st.booleans())
def test_an_answer_of_no_weight_changes_nothing(level: float, used: Parameters, correct: bool) -> None:
    assert update(level, correct=correct, parameters=used, weight=0.0).after == level
