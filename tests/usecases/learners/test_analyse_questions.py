"""Item analysis follows the evidence parameters: what answers count as, and how much (Q13)."""

from datetime import UTC, datetime, timedelta
from typing import Any

from graph_api.domain.parameters.knowledge_tracing import Parameters
from graph_api.domain.targets import skill
from graph_api.store.target_questions import StudentAnswers
from graph_api.usecases.learners.analyse_questions import AnalysisOf, analyse_answers

START = datetime(2026, 1, 1, tzinfo=UTC)
USED = Parameters(0.3, 0.1, 0.2, 0.1)
KEY = AnalysisOf(skill("cases"))


def student(number: int, weights: list[float], *, seconds: float = 20.0, reverse: bool = False) -> StudentAnswers:
    """Answers to the questions q0, q1 … an hour apart, every other one correct; the last has its own time."""
    places = range(len(weights))
    columns = StudentAnswers(
        f"s{number:02}",
        [(START + timedelta(hours=place)).isoformat() for place in places],
        [(START + timedelta(hours=place)).isoformat() for place in places],
        [0 for _ in places],
        [f"s{number}-{place}" for place in places],
        [(place + number) % 2 == 0 for place in places],
        weights,
        [f"q{place}" for place in places],
        [20.0 for _ in places[:-1]] + [seconds],
    )
    rest: Any = columns[1:]
    return StudentAnswers(columns.student_id, *(column[::-1] for column in rest)) if reverse else columns


def test_rows_in_any_order_give_the_same_figures() -> None:
    weights = [1.0, 0.5, 1.0, 0.0, 1.0]
    rows = [student(number, weights) for number in range(30)]
    turned = [student(number, weights, reverse=True) for number in reversed(range(30))]

    assert analyse_answers(turned, USED, KEY) == analyse_answers(rows, USED, KEY)


def test_an_answer_of_weight_0_counts_only_for_time_and_for_no_level() -> None:
    ignored = dict(analyse_answers([student(number, [1.0, 0.0, 1.0]) for number in range(30)], USED, KEY))
    counted = dict(analyse_answers([student(number, [1.0, 1.0, 1.0]) for number in range(30)], USED, KEY))

    assert (ignored["q1"].answers, ignored["q1"].analysed, ignored["q1"].median_seconds) == (30, 0, 20.0)
    assert ignored["q0"] == counted["q0"]
    assert ignored["q2"].expected != counted["q2"].expected, "the level before the third answer is another one"


def test_a_weight_moves_the_levels_of_later_answers() -> None:
    whole = dict(analyse_answers([student(number, [1.0, 1.0]) for number in range(30)], USED, KEY))
    half = dict(analyse_answers([student(number, [0.5, 1.0]) for number in range(30)], USED, KEY))

    assert half["q0"] == whole["q0"]
    assert half["q1"].expected != whole["q1"].expected


def test_ignored_rapid_guesses_are_still_counted() -> None:
    rows = [
        student(number, [1.0, 0.0 if number < 6 else 1.0], seconds=1.0 if number < 6 else 20.0) for number in range(30)
    ]

    question = dict(analyse_answers(rows, USED, KEY))["q1"]

    assert (question.rapid_answers, question.rapid_share.value, question.analysed) == (6, 0.2, 24)
