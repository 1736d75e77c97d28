"""Thresholds of courses and skills: which set a target uses, and one rule in its scalar and its array form (B4)."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_api.domain.failures import InvalidInput, RevisionConflict
from graph_api.domain.learners.class_levels import ClassLevels, deficits, is_mastered, is_weak, needs_focus
from graph_api.domain.learners.mastery import Comparison, Status, Thresholds
from graph_api.domain.learners.threshold_sets import (
    Links,
    ScopeKind,
    ThresholdScope,
    ThresholdSet,
    ThresholdsInEffect,
    ThresholdValues,
    check_scope,
    next_version,
    resolve_thresholds,
)
from graph_api.domain.learners.weak_rules import WeakRule, WeakRules
from graph_api.domain.targets import Target, TargetKind, concept, skill

VALUES = [0.2, 0.25, 0.4, 0.5, 0.8, 0.95]
BOUNDARIES = sorted({near for value in VALUES for near in (math.nextafter(value, 0), value, math.nextafter(value, 1))})
LEVELS = st.one_of(st.sampled_from(BOUNDARIES), st.floats(0.01, 0.99))
CODES, COURSES, CONCEPTS = ["s0", "s1", "s2"], ["k0", "k1"], ["c0", "c1", "c2", "c3"]


@st.composite
def thresholds(draw: st.DrawFn) -> Thresholds:
    focus, mastered = sorted(draw(st.sets(st.sampled_from(VALUES), min_size=2, max_size=2)))
    return Thresholds(
        mastered, focus, draw(st.sampled_from(VALUES)), draw(st.integers(1, 4)), draw(st.sampled_from(Comparison))
    )


@st.composite
def in_effect(draw: st.DrawFn) -> ThresholdsInEffect:
    """The thresholds of the concepts, any of which may have a set of their own."""
    own = draw(st.dictionaries(st.sampled_from(CODES), thresholds()))
    sets = [ThresholdSet(ThresholdScope(ScopeKind.SKILL, code), 1, each) for code, each in own.items()]
    parts = {code: [f"c{place}"] for place, code in enumerate(CODES)}
    return resolve_thresholds(draw(thresholds()), sets, Links({}, parts))


@given(LEVELS, st.integers(0, 5), thresholds())
def test_a_status_follows_the_comparison_of_its_set(level: float, attempts: int, used: Thresholds) -> None:
    def reaches(threshold: float) -> bool:
        return level > threshold if used.comparison is Comparison.STRICT else level >= threshold

    status = used.status(level, attempts)

    assert (status is Status.NOT_STARTED) == (attempts == 0)
    assert (status is Status.MASTERED) == (attempts > 0 and reaches(used.mastered))
    assert (status is Status.NEEDS_FOCUS) == (attempts > 0 and not reaches(used.focus))
    assert WeakRule.of(used).is_weak(level, attempts) == (
        attempts >= used.weak_attempts and not reaches(used.weak) and status is not Status.MASTERED
    )


@pytest.mark.parametrize("value", VALUES)
def test_a_level_that_equals_a_threshold(value: float) -> None:
    lower, upper = (0.1, value) if value > 0.1 else (value, 0.99)
    inclusive, strict = (Thresholds(upper, lower, value, 1, comparison) for comparison in Comparison)

    assert (inclusive.status(value, 1), strict.status(value, 1)) == (Status.MASTERED, Status.LEARNING)
    assert not WeakRule.of(inclusive).is_weak(value, 1)
    assert WeakRule.of(strict).is_weak(value, 1)


@given(st.lists(st.tuples(*[st.tuples(LEVELS, st.integers(0, 5))] * 4), max_size=4), in_effect(), st.data())
def test_the_array_form_is_the_scalar_form(
    rows: list[tuple[tuple[float, int], ...]], used: ThresholdsInEffect, data: st.DataObject
) -> None:
    given_ = data.draw(st.tuples(st.sampled_from([None, *VALUES, 1.0]), st.sampled_from([None, 1, 3])))
    rules = WeakRules(used, *given_)
    attempts = np.array([[n for _, n in row] for row in rows], np.int64).reshape(len(rows), 4)
    level = np.array([[each for each, _ in row] for row in rows], np.float64).reshape(len(rows), 4)
    level[attempts == 0] = np.nan
    columns, weak = used.columns(TargetKind.CONCEPT, CONCEPTS), rules.columns(TargetKind.CONCEPT, CONCEPTS)

    mastered, focus = is_mastered(level, columns), needs_focus(level, columns)
    is_weak_, missing = is_weak(level, attempts, weak), deficits(level, attempts, weak)
    cells = ClassLevels([str(n) for n in range(len(rows))], CONCEPTS, level, attempts).cells_by_status(columns)

    for row, column in np.ndindex(*level.shape):
        target, value, answers = concept(CONCEPTS[column]), float(level[row, column]), int(attempts[row, column])
        status = used.for_target(target).status(value, answers)
        assert mastered[row, column] == (status is Status.MASTERED)
        assert focus[row, column] == (status is Status.NEEDS_FOCUS)
        assert [each for each, pairs in cells.items() if pairs[row, column]] == [status]
        rule = rules.for_target(target)
        assert is_weak_[row, column] == rule.is_weak(value, answers) == (missing[row, column] > 0)
        if is_weak_[row, column]:
            assert missing[row, column] == pytest.approx(rule.threshold - value, abs=1e-12)


@st.composite
def courses(draw: st.DrawFn) -> dict[str, Any]:
    """Links between courses, skills and concepts, and sets of some of them, any of which may be a return."""
    scopes = [*((ScopeKind.COURSE, key) for key in COURSES), *((ScopeKind.SKILL, key) for key in CODES)]
    chosen = draw(st.sets(st.sampled_from(scopes)))
    return {
        "sets": {scope: None if draw(st.integers(0, 3)) == 0 else draw(thresholds()) for scope in sorted(chosen)},
        "skills": {key: draw(st.sets(st.sampled_from(CODES))) for key in COURSES},
        "parts": {key: draw(st.sets(st.sampled_from(CONCEPTS))) for key in CODES},
    }


def expected(of: dict[str, Any], target: Target, default: Thresholds) -> Thresholds:
    """The thresholds of a target, as the documentation words the rule."""
    codes = [target.key]
    if target.kind is TargetKind.CONCEPT:
        codes = sorted(code for code in CODES if target.key in of["parts"][code])
    for code in codes:
        if (own := of["sets"].get((ScopeKind.SKILL, code))) is not None:
            return own  # type: ignore[no-any-return]
    for course_id in sorted(COURSES):
        if of["skills"][course_id] & set(codes):
            own = of["sets"].get((ScopeKind.COURSE, course_id))
            if own is not None:
                return own  # type: ignore[no-any-return]
    return default


@given(courses(), thresholds())
def test_which_set_a_target_uses(of: dict[str, Any], default: Thresholds) -> None:
    sets = [ThresholdSet(ThresholdScope(*scope), 2, each) for scope, each in of["sets"].items()]
    used = resolve_thresholds(default, sets, Links(of["skills"], of["parts"]))

    for target in (*map(skill, CODES), *map(concept, CONCEPTS)):
        assert used.for_target(target) == expected(of, target, default)
        assert (target in used.sets) or used.for_target(target) == default
    for course_id in COURSES:
        own = of["sets"].get((ScopeKind.COURSE, course_id))
        assert used.for_course(course_id) == (own or default)
    for code in CODES:
        own_set = used.own_set(ThresholdScope(ScopeKind.SKILL, code))
        assert (own_set and own_set.thresholds) == of["sets"].get((ScopeKind.SKILL, code))


def test_versions_count_up_and_a_repeated_change_makes_none() -> None:
    scope = ThresholdScope(ScopeKind.COURSE, "german")
    first = next_version(scope, None, Thresholds(), if_revision=0)
    assert first is not None
    assert (first.id, first.thresholds) == ("course-german-v1", Thresholds())
    assert next_version(scope, first, Thresholds(), if_revision=1) is None
    back = next_version(scope, first, None, if_revision=None)
    assert back is not None
    assert (back.version, back.thresholds) == (2, None)
    with pytest.raises(RevisionConflict) as conflict:
        next_version(scope, first, None, if_revision=0)
    assert [tuple(each) for each in conflict.value.conflicts] == [("german", 1)]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"mastered": 0.3}, "mastered: must be above focus, got '0.3'"),
        ({"weak": 1.0}, "weak: must be > 0 and < 1, got '1.0'"),
        ({"weak_attempts": 0}, "weakAttempts: must be from 1 to 1000000, got '0'"),
        ({"focus": float("nan")}, "focus: must be > 0 and < 1, got 'nan'"),
    ],
)
def test_values_that_mean_nothing_are_refused(values: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        ThresholdValues(**values).over(Thresholds())
    assert str(refusal.value) == message


@pytest.mark.parametrize("scope", [(None, None), ("cases", "german")])
def test_a_change_names_one_scope(scope: tuple[str | None, str | None]) -> None:
    with pytest.raises(InvalidInput, match="skillCode: must be given, or courseId instead; not both"):
        check_scope(*scope)


@given(st.text(min_size=1, max_size=5), st.integers(1, 99), st.text(min_size=1, max_size=5), st.integers(1, 99))
def test_ids_of_versions_are_unique(key: str, version: int, other: str, another: int) -> None:
    ids = {
        ThresholdScope(ScopeKind.SKILL, key).version_id(version),
        ThresholdScope(ScopeKind.SKILL, other).version_id(another),
    }
    assert len(ids) == len({(key, version), (other, another)})
