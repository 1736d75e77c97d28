"""Statuses, folds, replay (B4-B6)."""

import random
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_api.domain.answers.order import Order
from graph_api.domain.failures import InvalidInput
from graph_api.domain.learners.mastery import Evidence, Status, Thresholds, fold, level_at, replay
from graph_api.domain.parameters.knowledge_tracing import trace
from graph_api.domain.parameters.parameter_sets import DEFAULTS, id_in_effect
from graph_api.domain.targets import TargetKind, concept
from tests.strategies import START, histories

CONCEPT, SKILL = DEFAULTS[TargetKind.CONCEPT], DEFAULTS[TargetKind.SKILL]
TARGET = concept("c")


@given(histories(), st.randoms(use_true_random=False))
def test_replay_does_not_depend_on_the_order_of_arrival(history: list[Evidence], rng: random.Random) -> None:
    shuffled = list(history)
    rng.shuffle(shuffled)
    before = list(shuffled)

    assert replay(shuffled, "s", TARGET, CONCEPT) == replay(sorted(history), "s", TARGET, CONCEPT)
    assert shuffled == before


@given(histories(), st.integers(0, 25))
def test_going_on_equals_starting_over(history: list[Evidence], cut: int) -> None:
    ordered = sorted(history)
    start = replay(ordered[:cut], "s", TARGET, CONCEPT)
    last = start
    for _, mastery in fold(start, ordered[cut:], "s", TARGET, CONCEPT):
        last = mastery

    assert last == replay(ordered, "s", TARGET, CONCEPT)


@given(histories())
def test_a_mastery_counts_its_answers(history: list[Evidence]) -> None:
    mastery = replay(history, "s", TARGET, CONCEPT)

    if mastery is None:
        assert not history
        return
    assert mastery.attempts == len(history)
    assert mastery.correct == sum(item.correct for item in history)
    assert mastery.last == max(e.order for e in history)
    assert not mastery.precedes(max(history))
    assert mastery.level == trace([e.correct for e in sorted(history)], CONCEPT.parameters)[-1].after


@given(histories())
def test_changes_are_a_chain(history: list[Evidence]) -> None:
    changes = [change for change, _ in fold(None, sorted(history), "s", TARGET, CONCEPT)]

    assert [change.opportunity for change in changes] == list(range(1, len(history) + 1))
    for one, next_one in pairwise(changes):
        assert one.level_after == next_one.level_before


@given(histories())
def test_the_level_as_of_a_moment_is_the_replay_until_then(history: list[Evidence]) -> None:
    moment = START + timedelta(seconds=15)
    until = replay([item for item in history if item.at <= moment], "s", TARGET, CONCEPT)

    assert level_at(history, moment, CONCEPT) == (until.level if until else CONCEPT.parameters.prior)


def test_equal_times_go_by_recording_time_then_sequence_then_id() -> None:
    """The literal order, written out: each answer differs from the one before it in the part that decides."""
    later = START + timedelta(seconds=1)
    in_order = [
        Order(START, answer_id="y"),  # recorded before sequence numbers were stored: by id, before all others
        Order(START, answer_id="z"),
        Order(START, START, 7, "x"),
        Order(START, START, 8, "b"),
        Order(START, START, 8, "c"),
        Order(START, later, 0, "a"),
        Order(later, START, 0, "a"),
    ]
    evidence = [Evidence(order, correct=n % 3 == 0) for n, order in enumerate(in_order)]
    expected = trace([item.correct for item in evidence], CONCEPT.parameters)[-1].after

    for shuffled in (evidence[::-1], evidence[3:] + evidence[:3]):
        mastery = replay(shuffled, "s", TARGET, CONCEPT)
        assert mastery is not None
        assert (mastery.level, mastery.last) == (expected, in_order[-1])
    assert all(not replay([one], "s", TARGET, CONCEPT).precedes(two) for two, one in pairwise(evidence))  # type: ignore[union-attr]
    assert all(replay([one], "s", TARGET, CONCEPT).precedes(two) for one, two in pairwise(evidence))  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("level", "attempts", "status"),
    [
        (0.95, 1, Status.MASTERED),
        (0.9499999, 1, Status.LEARNING),
        (0.4, 1, Status.LEARNING),
        (0.3999999, 1, Status.NEEDS_FOCUS),
        (0.01, 0, Status.NOT_STARTED),
        (0.99, 0, Status.NOT_STARTED),
    ],
)
def test_status_at_its_borders(level: float, attempts: int, status: Status) -> None:
    assert Thresholds().status(level, attempts) is status


@pytest.mark.parametrize(("used", "opportunity"), [(SKILL, 3), (CONCEPT, 4)])
def test_how_many_right_answers_it_takes(used: object, opportunity: int) -> None:
    assert used in (SKILL, CONCEPT)
    parameters = (SKILL if used == SKILL else CONCEPT).parameters
    statuses = [Thresholds().status(step.after, 1) for step in trace([True] * opportunity, parameters)]

    assert statuses[-1] is Status.MASTERED
    assert Status.MASTERED not in statuses[:-1]


@pytest.mark.parametrize("given", [{"mastered": 1.0}, {"focus": 0.0}, {"weak": 1.5}, {"mastered": 0.4, "focus": 0.4}])
def test_thresholds_are_checked(given: dict[str, float]) -> None:
    with pytest.raises(InvalidInput):
        Thresholds(**given)  # type: ignore[arg-type]


def test_the_set_in_effectb() -> None:
    kind = TargetKind.CONCEPT
    assert id_in_effect(kind, explicit="e", active="a", named="n") == "e"
    assert id_in_effect(kind, active="a", named="n") == "a"
    assert id_in_effect(kind, named="n") == "n"
    assert id_in_effect(kind) == "bkt-concept-v1"
    assert id_in_effect(TargetKind.SKILL) == "bkt-skill-v1"


@given(histories(), st.lists(st.booleans(), min_size=25, max_size=25))
def test_answers_of_no_weight_are_no_opportunities(history: list[Evidence], counted: list[bool]) -> None:
    weighed = [item._replace(weight=float(counts)) for item, counts in zip(history, counted, strict=False)]

    assert replay(weighed, "s", TARGET, CONCEPT) == replay([e for e in weighed if e.weight], "s", TARGET, CONCEPT)
    for item, (change, mastery) in zip(sorted(weighed), fold(None, sorted(weighed), "s", TARGET, CONCEPT), strict=True):
        assert item.weight or change.level_before == change.level_after
        assert change.opportunity == (mastery.attempts if mastery else 0)
