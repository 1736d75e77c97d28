"""The laws of placement, on random prerequisite graphs, against a list of all knowledge states where there are few."""

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from graph_api.domain.course.course_graph import CourseGraph
from graph_api.domain.failures import InvalidInput
from graph_api.domain.learners.placement import structure as structure_module
from graph_api.domain.learners.placement.marginals import propagate
from graph_api.domain.learners.placement.posterior import posterior, prior_of
from graph_api.domain.learners.placement.questions import (
    Finding,
    Noise,
    PlacementRule,
    Response,
    StopReason,
    Verdict,
    expected_information,
    find,
    log_odds,
)
from graph_api.domain.learners.placement.structure import Structure

MOST = 7
CHANCES = st.floats(0.01, 0.45)
RULE = PlacementRule(certainty=0.95, max_questions=200, max_answers=2)


@st.composite
def structures(draw: st.DrawFn) -> Structure:
    size = draw(st.integers(1, MOST))
    ids = [f"c{place}" for place in range(size)]
    links = {
        ids[place]: draw(st.lists(st.sampled_from(ids[:place]), max_size=3)) if place else [] for place in range(size)
    }
    return Structure.of(CourseGraph.of(ids, links), ids)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Structure, list[Response], Noise]:
    structure = draw(structures())
    size = len(structure.ids)
    guess, slip = (np.array(draw(st.lists(CHANCES, min_size=size, max_size=size))) for _ in range(2))
    answers = draw(
        st.lists(st.tuples(st.integers(0, size - 1), st.booleans(), st.sampled_from([0.0, 0.5, 1.0])), max_size=12)
    )
    return structure, [Response(f"a{n}", *each) for n, each in enumerate(answers)], Noise(guess, slip)


def all_states(structure: Structure) -> NDArray[np.float64]:
    rows = product((False, True), repeat=len(structure.ids))
    return np.array([row for row in rows if structure.is_state(np.array(row))], np.float64)


def state_chances(structure: Structure, evidence: NDArray[np.float64]) -> NDArray[np.float64]:
    """The probability of each state, by Bayes' rule over the list of all."""
    states = all_states(structure)
    prior = np.zeros(len(states))
    for offset in prior_of(structure).offset:
        weight = np.exp(offset * states.sum(axis=1))
        prior += weight / weight.sum()
    chance = prior * np.exp(states @ evidence)
    return np.asarray(chance / chance.sum())


def entropy(chance: NDArray[np.float64]) -> float:
    return float(-(chance[chance > 0] * np.log2(chance[chance > 0])).sum())


@given(cases())
@settings(max_examples=30, deadline=None)
def test_probabilities_are_those_of_all_states(case: tuple[Structure, list[Response], Noise]) -> None:
    structure, responses, noise = case
    evidence = log_odds(responses, noise)
    chances = state_chances(structure, evidence)
    assert chances.sum() == pytest.approx(1)
    np.testing.assert_allclose(posterior(structure, evidence), chances @ all_states(structure), atol=1e-9)


@given(cases())
@settings(max_examples=30, deadline=None)
def test_the_result_respects_prerequisites(case: tuple[Structure, list[Response], Noise]) -> None:
    structure, responses, noise = case
    result = find(structure, responses, noise, RULE)
    assert np.all((result.known >= 0) & (result.known <= 1))
    for place, before in enumerate(structure.before):
        assert all(result.known[needed] >= result.known[place] - 1e-12 for needed in before)
    assert structure.is_state(result.is_known)


@given(cases(), st.randoms())
@settings(max_examples=30, deadline=None)
def test_the_order_of_answers_makes_no_difference(
    case: tuple[Structure, list[Response], Noise], random: object
) -> None:
    structure, responses, noise = case
    shuffled = list(responses)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = find(structure, responses, noise, RULE), find(structure, shuffled, noise, RULE)
    assert one.known.tolist() == other.known.tolist()
    assert (one.next, one.stop) == (other.next, other.stop)


@given(cases())
@settings(max_examples=30, deadline=None)
def test_information_is_the_expected_loss_of_entropy_over_states(case: tuple[Structure, list[Response], Noise]) -> None:
    structure, responses, noise = case
    evidence = log_odds(responses, noise)
    chances, states = state_chances(structure, evidence), all_states(structure)
    information = expected_information(posterior(structure, evidence), noise)
    assert np.all(information >= 0)
    for place in range(len(structure.ids)):
        correct = np.where(states[:, place] > 0, 1 - noise.slip[place], noise.guess[place])
        after = 0.0
        for outcome in (correct, 1 - correct):
            chance = float(chances @ outcome)
            after += chance * entropy(chances * outcome / chance)
        assert information[place] == pytest.approx(entropy(chances) - after, abs=1e-8)


@given(structures(), st.integers(0, 10_000), st.integers(1, 3))
@settings(max_examples=15, deadline=None)
def test_a_placement_stops_and_repeats_no_concept_beyond_the_rule(structure: Structure, seed: int, most: int) -> None:
    rng, size = np.random.default_rng(seed), len(structure.ids)
    noise, rule = Noise(np.full(size, 0.2), np.full(size, 0.1)), PlacementRule(0.95, 15, most)
    responses: list[Response] = []
    while (result := find(structure, responses, noise, rule)).next is not None:
        assert result.stop is None
        responses.append(Response(f"a{len(responses)}", result.next, bool(rng.random() < 0.5)))
    assert result.stop is not None
    assert len(responses) == result.questions <= min(15, most * size)
    assert all(sum(each.place == place for each in responses) <= most for place in range(size))
    assert (result.stop is StopReason.CERTAIN) == (result.certainty >= 0.95)


@pytest.mark.parametrize("size", [7, 31, 100])
def test_a_chain_takes_about_the_logarithm_of_its_length(size: int) -> None:
    structure = Structure(tuple(f"{n:03}" for n in range(size)), tuple((n - 1,) if n else () for n in range(size)))
    noise, rule = Noise(np.full(size, 1e-6), np.full(size, 1e-6)), PlacementRule(0.9999, max_answers=1)
    asked = []
    for known in range(0, size + 1, max(size // 7, 1)):
        result, responses = _place(structure, known, noise, rule)
        assert result.is_known.sum() == known
        asked.append(len(responses))
    assert max(asked) <= math.ceil(math.log2(size + 1)) + 2


def _place(structure: Structure, known: int, noise: Noise, rule: PlacementRule) -> tuple[Finding, list[Response]]:
    responses: list[Response] = []
    while (result := find(structure, responses, noise, rule)).next is not None:
        responses.append(Response(f"a{len(responses)}", result.next, result.next < known))
    return result, responses


@given(structures())
@settings(max_examples=15, deadline=None)
def test_a_correct_answer_lowers_no_concept(structure: Structure) -> None:
    size = len(structure.ids)
    noise, before = Noise(np.full(size, 0.2), np.full(size, 0.1)), posterior(structure, np.zeros(size))
    for place in range(size):
        after = posterior(structure, log_odds([Response("a", place, correct=True)], noise))
        assert np.all(after >= before - 1e-12)
        assert after[place] > before[place]


@given(structures(), st.integers(0, 1_000))
@settings(max_examples=15, deadline=None)
def test_the_approximation_for_dense_graphs_is_near_and_respects_prerequisites(structure: Structure, seed: int) -> None:
    evidence = np.random.default_rng(seed).normal(0, 1.5, (1, len(structure.ids)))
    states = all_states(structure)
    chances = np.exp(states @ evidence[0])
    known = propagate(structure, evidence)[0]
    assert np.abs(known - chances / chances.sum() @ states).mean() < 0.12
    assert structure.is_state(known >= 0.5)


def test_dense_graphs_are_approximated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(structure_module, "MOST_WIDTH", 1)
    ids = [f"dense{n}" for n in range(8)]
    graph = CourseGraph.of(ids, {ids[n]: ids[:4] for n in range(4, 8)})
    structure = Structure.of(graph, ids)
    noise = Noise(np.full(8, 0.2), np.full(8, 0.1))
    assert not structure.is_exact
    result = find(structure, [Response("a", 4, correct=True)], noise, RULE)
    assert np.all(result.known[:4] > 0.75)
    assert result.next is not None


def test_a_chance_of_everything_or_nothing_stays_a_number() -> None:
    structure = Structure(("a", "b"), ((), (0,)))
    noise = Noise(np.full(2, 1e-300), np.full(2, 1e-300))
    responses = [Response("1", 0, correct=False), Response("2", 1, correct=True)] * 3
    result = find(structure, responses, noise, RULE)
    assert np.isfinite(result.known).all()
    assert np.isfinite(result.information).all()


def test_no_concepts_is_a_finished_placement() -> None:
    nothing = Structure((), ())
    result = find(nothing, [], Noise(np.zeros(0), np.zeros(0)), RULE)
    assert (result.certainty, result.stop) == (1.0, StopReason.CERTAIN)


def test_answers_without_weight_count_as_questions_and_show_nothing() -> None:
    structure = Structure(("a",), ((),))
    noise, rule = Noise(np.array([0.2]), np.array([0.1])), PlacementRule(max_answers=1)
    result = find(structure, [Response("1", 0, correct=True, weight=0.0)], noise, rule)
    assert (result.questions, result.stop, result.verdict(0, rule)) == (1, StopReason.NO_QUESTION_LEFT, Verdict.UNSURE)


@pytest.mark.parametrize(
    ("name", "values"),
    [("certainty", (0.5, 5, 1)), ("maxQuestions", (0.9, 0, 1)), ("maxAnswersPerConcept", (0.9, 5, 0))],
)
def test_rules_are_checked(name: str, values: tuple[float, int, int]) -> None:
    with pytest.raises(InvalidInput, match=name):
        PlacementRule(*values)
