"""Laws of the evidence for links, each on small random classes, and its parts against independent computations."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_api.domain.course.course_graph import CourseGraph
from graph_api.domain.course.links.ability import fit_abilities
from graph_api.domain.course.links.baseline import LEAST_STUDENTS, Baseline, measure
from graph_api.domain.course.links.false_discovery import reject
from graph_api.domain.course.links.first_answers import FirstAnswers, shows
from graph_api.domain.course.links.odds_ratios import SMOOTHING, tabulate
from graph_api.domain.course.links.suggestions import VERDICTS, SuggestionKind, analyse
from graph_api.domain.course.links.verdicts import Link, Verdict, judge

IDS = ("a", "b", "c", "d")
LINKS = {"b": ["a"], "c": ["a", "b"]}
GRAPH = CourseGraph.of(IDS, LINKS)
FIGURES = ("having", "lacking", "odds_ratio", "low", "high")


@dataclass(frozen=True)
class Class:
    """A seed and a number of students."""

    seed: int
    students: int

    def answers(self) -> FirstAnswers:
        """Answers of students who skip some of four concepts."""
        rng = np.random.default_rng(self.seed)
        shown = rng.integers(-1, 2, (self.students, len(IDS))).astype(np.int8)
        return FirstAnswers(shown, np.where(shown < 0, np.nan, rng.random(shown.shape)))


CLASSES = st.builds(Class, st.integers(0, 10**6), st.integers(0, 120))


@settings(max_examples=30, deadline=None)
@given(CLASSES, st.integers(0, 10**6))
def test_the_order_of_students_does_not_matter(drawn: Class, seed: int) -> None:
    answers = drawn.answers()
    order = np.random.default_rng(seed).permutation(drawn.students)

    one, other = analyse(GRAPH, answers), analyse(GRAPH, FirstAnswers(answers.shown[order], answers.begun[order]))

    assert [each[:4] for each in one.evidence] == [each[:4] for each in other.evidence]
    for left, right in zip(one.evidence, other.evidence, strict=True):
        assert (left.odds_ratio or 0) == pytest.approx(right.odds_ratio or 0, rel=1e-6)


@settings(max_examples=30, deadline=None)
@given(CLASSES)
def test_inputs_stay_and_all_figures_are_finite_and_ordered(drawn: Class) -> None:
    answers = drawn.answers()
    shown, begun = answers.shown.copy(), answers.begun.copy()

    analysis = analyse(GRAPH, answers)

    assert np.array_equal(answers.shown, shown)
    assert np.array_equal(answers.begun, begun, equal_nan=True)
    assert len(analysis.evidence) == 3
    assert [VERDICTS.index(each.verdict) for each in analysis.evidence] == sorted(
        VERDICTS.index(each.verdict) for each in analysis.evidence
    )
    for each in analysis.evidence:
        if each.odds_ratio is None or each.low is None or each.high is None:
            assert each.verdict is Verdict.TOO_FEW_ANSWERS
            assert [getattr(each, name) for name in FIGURES] == [None] * 5
        else:
            assert 0 < each.low < each.odds_ratio < each.high < np.inf


@settings(max_examples=30, deadline=None)
@given(CLASSES, st.integers(11, 60))
def test_a_viewer_who_needs_larger_groups_sees_no_smaller_side(drawn: Class, least: int) -> None:
    answers = drawn.answers()
    analysis = analyse(GRAPH, answers, least)

    for each in (*analysis.evidence, *(suggestion.evidence for suggestion in analysis.suggestions)):
        if each.having is not None and each.lacking is not None:
            assert min(each.having.students, each.lacking.students) >= least


@settings(max_examples=30, deadline=None)
@given(CLASSES)
def test_counts_and_odds_ratios_are_symmetric(drawn: Class) -> None:
    tables = tabulate(drawn.answers())

    assert np.array_equal(tables.counts, tables.counts.transpose(1, 0, 3, 2))
    assert np.array_equal(tables.log_odds_ratio, tables.log_odds_ratio.T)
    shown = drawn.answers().shown
    assert tables.counts[0, 1, 1, 0] == ((shown[:, 0] == 1) & (shown[:, 1] == 0)).sum()


def test_one_stratum_is_the_odds_ratio_of_the_table() -> None:
    shown = np.array([[1, 1]] * 40 + [[1, 0]] * 10 + [[0, 1]] * 20 + [[0, 0]] * 30, np.int8)
    tables = tabulate(FirstAnswers(shown, np.zeros(shown.shape)), strata=1)

    agree, differ = 40 * 30 / 100 + SMOOTHING, 10 * 20 / 100 + SMOOTHING
    assert tables.log_odds_ratio[0, 1] == pytest.approx(np.log(agree / differ))
    woolf = np.sqrt(1 / 40 + 1 / 10 + 1 / 20 + 1 / 30)
    assert tables.error[0, 1] == pytest.approx(woolf, rel=0.1), "near the error of the plain log odds ratio"


def test_ability_without_two_concepts_is_near_a_fit_without_them() -> None:
    rng = np.random.default_rng(1)
    shown = (rng.random((200, 20)) < 1 / (1 + np.exp(-rng.normal(0, 1, (200, 1))))).astype(np.int8)
    stepped = fit_abilities(shown).without(np.arange(200), 3, np.array([7]))[:, 0]
    exact = fit_abilities(np.delete(shown, [3, 7], axis=1)).ability

    assert np.corrcoef(stepped, exact)[0, 1] > 0.99
    assert np.abs(stepped - exact).max() < 0.3


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(0, 1), max_size=20), st.floats(0.001, 0.5))
def test_rejections_follow_their_definition(chances: list[float], rate: float) -> None:
    rejected = reject(np.array(chances), rate)
    ordered = sorted(chances)
    number = max((n for n, chance in enumerate(ordered, 1) if chance <= rate * n / len(ordered)), default=0)

    assert rejected.tolist() == [bool(number) and chance <= ordered[number - 1] for chance in chances]


@pytest.mark.parametrize(
    ("ratio", "students", "verdict"),
    [
        (8.0, 400, Verdict.SUPPORTED),
        (1.3, 400, Verdict.UNSUPPORTED),
        (1.0, 8_000, Verdict.CONTRADICTED),
        (1.5, 60, Verdict.TOO_FEW_ANSWERS),
    ],
)
def test_the_verdict_follows_the_odds_ratio_and_its_error(ratio: float, students: int, verdict: Verdict) -> None:
    quarter = students // 4
    odd = round(quarter * 2 * np.sqrt(ratio) / (1 + np.sqrt(ratio)))
    cells = {(1, 1): odd, (0, 0): odd, (1, 0): 2 * quarter - odd, (0, 1): 2 * quarter - odd}
    shown = np.array([pair for pair, number in cells.items() for _ in range(number)], np.int8)
    tables = tabulate(FirstAnswers(shown, np.zeros(shown.shape)), strata=1)
    baseline, strength = measure(tables, CourseGraph.of("ab", {"b": ["a"]}))

    assert baseline == Baseline(), "too few unconnected pairs"
    (evidence,) = judge([Link(0, 1)], tables, baseline, strength)
    assert evidence.verdict is verdict
    assert evidence.odds_ratio == pytest.approx(ratio, rel=0.12)


def test_too_few_students_on_one_side_give_no_figures() -> None:
    shown = np.array([[1, 1]] * 200 + [[0, 0]] * (LEAST_STUDENTS - 1), np.int8)
    (evidence,) = analyse(CourseGraph.of("ab", {"b": ["a"]}), FirstAnswers(shown, np.zeros(shown.shape))).evidence

    assert (evidence.verdict, evidence.odds_ratio, evidence.having) == (Verdict.TOO_FEW_ANSWERS, None, None)


def test_redundant_links_are_suggested_without_answers() -> None:
    analysis = analyse(GRAPH, Class(0, 0).answers())

    (suggestion,) = analysis.suggestions
    assert (suggestion.kind, suggestion.evidence.link) == (SuggestionKind.REDUNDANT_LINK, Link(0, 2))


def test_only_the_first_five_answers_count() -> None:
    assert shows([True, True, True, False, False, False, False]) == 1
    assert shows([False, False, False, True, True, True, True]) == 0
