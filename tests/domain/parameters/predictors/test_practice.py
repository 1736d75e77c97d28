"""Practice before each answer: counted by brute force, and answer by answer."""

import copy

import numpy as np
import pytest
from hypothesis import given, settings

from graph_api.domain.failures import InvalidInput
from graph_api.domain.parameters.predictors.practice import (
    SECONDS_A_DAY,
    STUDENT_DECAY,
    TARGET_DECAY,
    WINDOWS_DAYS,
    practice_of,
    windows_of,
)
from graph_api.domain.parameters.predictors.practice_state import PracticeState
from graph_api.domain.parameters.predictors.responses import Responses
from graph_api.domain.parameters.predictors.terms import Term, columns_of
from tests.domain.parameters.predictors.simulated_responses import of_rows, responses


def fading(outcomes: list[bool], decay: float) -> float:
    """The share by its definition: the last answer counts 1, the one before `decay`, and so on."""
    weights = [decay**age for age in range(len(outcomes) - 1, -1, -1)]
    start = decay ** len(outcomes)
    return float((start + np.dot(weights, outcomes)) / (2 * start + sum(weights)))


@settings(max_examples=60, deadline=None)
@given(responses())
def test_practice_counts_the_answers_before(sent: Responses) -> None:
    actual = practice_of(sent)

    for row in range(len(sent)):
        before = [
            n for n in range(len(sent)) if sent.student[n] == sent.student[row] and sent.moment[n] < sent.moment[row]
        ]
        before.sort(key=lambda n: int(sent.moment[n]))
        own = [bool(sent.correct[n]) for n in before if sent.target[n] == sent.target[row]]
        answers = {int(sent.moment[n]): bool(sent.correct[n]) for n in before}
        everything = list(answers.values())
        expected = (sum(own), len(own) - sum(own), fading(own, TARGET_DECAY))
        of_student = (sum(everything), len(everything) - sum(everything), fading(everything, STUDENT_DECAY))
        assert [column[row] for column in actual] == pytest.approx([*expected, *of_student])


@settings(max_examples=60, deadline=None)
@given(responses())
def test_windows_count_what_is_young_enough(sent: Responses) -> None:
    answers, right = windows_of(sent)

    assert sent.at is not None
    for row in range(len(sent)):
        for place, days in enumerate(WINDOWS_DAYS):
            own = [
                bool(sent.correct[n])
                for n in range(len(sent))
                if sent.student[n] == sent.student[row]
                and sent.target[n] == sent.target[row]
                and sent.moment[n] < sent.moment[row]
                and sent.at[n] >= sent.at[row] - days * SECONDS_A_DAY
            ]
            assert (answers[place, row], right[place, row]) == (len(own), sum(own))


@settings(max_examples=60, deadline=None)
@given(responses())
def test_answer_by_answer_gives_what_all_at_once_give(sent: Responses) -> None:
    columns = columns_of(sent, practice_of(sent), None)
    windows = np.log1p(np.concatenate(windows_of(sent)))
    assert sent.at is not None
    states: dict[int, PracticeState] = {}

    for moment in np.unique(sent.moment):
        rows = np.flatnonzero(sent.moment == moment)
        state = states.setdefault(int(sent.student[rows[0]]), PracticeState())
        at = float(sent.at[rows[0]])
        for row in rows:
            values = state.values(str(sent.target[row]))
            assert values == pytest.approx(
                {term: columns[term][row] for term in values if term is not Term.QUESTION} | {Term.QUESTION: 1.0}
            )
            assert state.window_values(str(sent.target[row]), at) == pytest.approx(windows[:, row])
        state.record([str(sent.target[row]) for row in rows], correct=bool(sent.correct[rows[0]]), at=at)


def test_looking_at_a_state_changes_nothing() -> None:
    state = PracticeState()
    state.record(["a"], correct=True, at=0.0)
    before = copy.deepcopy(state.values("a")), state.window_values("a", 10.0)

    state.values("b", 0.5)

    assert (state.values("a"), state.window_values("a", 10.0)) == before
    assert set(state.targets) == {"a"}


def test_columns_of_different_length_are_refused() -> None:
    two, three = np.zeros(2, np.int32), np.zeros(3, np.int32)

    with pytest.raises(InvalidInput, match="of one length"):
        Responses(two, two, two == 0, three.astype(np.int64), two)


def test_windows_need_times() -> None:
    timed = of_rows([(0, 0, True, 0, 0, 0.0)])
    untimed = Responses(timed.student, timed.target, timed.correct, timed.moment, timed.question)

    with pytest.raises(ValueError, match="times"):
        windows_of(untimed)
