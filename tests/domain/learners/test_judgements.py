"""Judgements in the fold of a level, and what a caller may state (G10)."""

import random
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_api.domain.answers.order import Order, given_by
from graph_api.domain.failures import InvalidInput
from graph_api.domain.learners.forgetting import counted_by
from graph_api.domain.learners.judgements import (
    JudgementKind,
    NewJudgement,
    NewRevocation,
    judgement_id,
    judgement_order,
    level_of_status,
)
from graph_api.domain.learners.mastery import (
    Evidence,
    Status,
    Thresholds,
    answers_in,
    fold,
    from_last_judgement,
    level_at,
    replay,
)
from graph_api.domain.parameters.knowledge_tracing import trace
from graph_api.domain.parameters.parameter_sets import DEFAULTS
from graph_api.domain.targets import TargetKind, concept
from graph_api.usecases.learners.explain_level import Known
from tests.strategies import START, histories, levels

CONCEPT = DEFAULTS[TargetKind.CONCEPT]
TARGET = concept("c")


@st.composite
def judged(draw: st.DrawFn) -> list[Evidence]:
    """Answers and judgements, some with the same time and even the same id, in no particular order."""
    answers = draw(histories())
    judgements = [
        Evidence.judged(judgement_order(each.order), draw(levels)) for each in draw(histories()) if draw(st.booleans())
    ]
    return draw(st.permutations(answers + judgements))


def oracle(evidence: Iterable[Evidence]) -> tuple[float, int, int, int]:
    """Level, attempts, correct answers and judgements by the formulas of B2 and B3, written out once more."""
    prior, learn, guess, slip = 0.1, 0.2, 0.25, 0.1
    level, attempts, correct, judgements = prior, 0, 0, 0
    for item in sorted(evidence, key=lambda each: tuple(each.order)):
        if item.level is not None:
            level, judgements = item.level, judgements + 1
            continue
        known, unknown = (1 - slip, guess) if item.correct else (slip, 1 - guess)
        level = level * known / (level * known + (1 - level) * unknown)
        level = min(max(level + (1 - level) * learn, 0.01), 0.99)
        attempts, correct = attempts + 1, correct + item.correct
    return level, attempts, correct, judgements


@given(judged(), st.randoms(use_true_random=False))
def test_evidence_in_any_order_leads_to_the_fold_in_order(evidence: list[Evidence], rng: random.Random) -> None:
    mastery = replay(evidence, "s", TARGET, CONCEPT)
    shuffled = list(evidence)
    rng.shuffle(shuffled)

    assert replay(shuffled, "s", TARGET, CONCEPT) == mastery
    if mastery is None:
        assert not evidence
        return
    level, *counts = oracle(evidence)
    assert mastery.level == pytest.approx(level, abs=1e-12)
    assert [mastery.attempts, mastery.correct, mastery.judgements] == counts
    answers = answers_in(evidence)
    assert mastery.last == max((each.order for each in answers), default=None)
    assert mastery.last_practiced_at == (mastery.last and mastery.last.at)
    assert mastery.accuracy == (mastery.correct / len(answers) if answers else None)
    assert Thresholds().status(mastery.level, mastery.evidence) is not Status.NOT_STARTED
    if mastery.judgements:
        assert not mastery.precedes(Evidence(Order(START + timedelta(days=9)), correct=True))


@given(judged())
def test_a_level_without_judgements_keeps_its_digits(evidence: list[Evidence]) -> None:
    answers = answers_in(evidence)
    mastery = replay(answers, "s", TARGET, CONCEPT)

    assert (mastery is None) == (not answers)
    if mastery is not None:
        assert mastery.level == trace([each.correct for each in sorted(answers)], CONCEPT.parameters)[-1].after
        assert (mastery.judgements, mastery.evidence) == (0, len(answers))


@given(judged(), st.integers(-1, 31))
def test_levels_of_the_past_explanations_and_intervals_follow_the_same_fold(evidence: list[Evidence], at: int) -> None:
    moment = START + timedelta(seconds=at)
    past = replay(given_by(evidence, moment), "s", TARGET, CONCEPT)
    assert level_at(evidence, moment, CONCEPT) == (past.level if past else CONCEPT.start)

    mastery, known = replay(evidence, "s", TARGET, CONCEPT), Known.of(TARGET, evidence, CONCEPT)
    assert known.level == (mastery.level if mastery else CONCEPT.start)
    assert known.attempts == (mastery.attempts if mastery else 0)
    changes = [change for change, _ in fold(None, sorted(evidence), "s", TARGET, CONCEPT)]
    assert [(step.before, step.after) for step in known.steps] == [(c.level_before, c.level_after) for c in changes]
    for n, change in enumerate(changes):
        assert change.opportunity == len(answers_in(known.evidence[: n + 1]))
        assert change.judgements == n - len(answers_in(known.evidence[:n]))

    stated, since = from_last_judgement(evidence)
    steps = trace([each.correct for each in since], CONCEPT.parameters, stated)
    assert known.level == (steps[-1].after if steps else CONCEPT.start if stated is None else stated)


@given(judged())
def test_judgements_are_no_practice(evidence: list[Evidence]) -> None:
    later = START + timedelta(days=1)
    assert counted_by(evidence, later) == sorted(answers_in(evidence))


@given(st.floats(0.001, 0.998), st.floats(0.001, 0.998), st.sampled_from(list(Status)[1:]))
def test_the_level_of_a_status_has_the_status(one: float, other: float, status: Status) -> None:
    if one == other:
        return
    thresholds = Thresholds(mastered=max(one, other), focus=min(one, other))
    bounds = [0.01, thresholds.focus, thresholds.mastered, 0.99]
    low, high = (min(max(each, 0.01), 0.99) for each in bounds[list(Status)[1:].index(status) :][:2])
    if high - low < 1e-9:
        return  # no level has it, or hardly any
    level = level_of_status(status, thresholds)
    assert 0.01 <= level <= 0.99
    assert thresholds.status(level, evidence=1) is status


def test_a_status_without_levels_is_refused() -> None:
    with pytest.raises(InvalidInput, match="under the thresholds"):
        level_of_status(Status.MASTERED, Thresholds(mastered=0.995))
    with pytest.raises(InvalidInput, match="revoke"):
        level_of_status(Status.NOT_STARTED, Thresholds())


@given(st.text(min_size=1))
def test_an_id_survives_the_order(key: str) -> None:
    order = judgement_order(Order(START, answer_id=key))
    assert judgement_id(Evidence.judged(order, 0.5)) == key
    assert order != Order(START, answer_id=key)


@pytest.mark.parametrize(
    ("given_", "field"),
    [
        ({"level": 0.0}, "level"),
        ({"level": 1.0}, "level"),
        ({"level": float("nan")}, "level"),
        ({"note": "x" * 2_001}, "note"),
        ({"note": "a\nb"}, "note"),
        ({"student_id": " "}, "studentId"),
        ({"id": ""}, "id"),
    ],
)
def test_what_a_caller_states_is_checked(given_: dict[str, Any], field: str) -> None:
    stated: dict[str, Any] = {"student_id": "anna", "target": TARGET, "kind": JudgementKind.OVERRIDE, "level": 0.9}
    with pytest.raises(InvalidInput) as raised:
        NewJudgement(**stated | given_)
    assert raised.value.field == field


def test_a_revocation_names_its_judgement() -> None:
    with pytest.raises(InvalidInput, match="judgementId"):
        NewRevocation("anna", "")
