"""Knowledge tracing with recall after a pause, as a prediction of the next answer: what FSRS-6 adds (Q9, Q10)."""

import numpy as np

from graph_api.domain.learners.recall_formulas import FORMULAS, Memory, p_correct_after
from graph_api.domain.parameters.fitting.histories import Histories
from graph_api.domain.parameters.fitting.layout import Vector
from graph_api.domain.parameters.forgetting_parameters import Formula, defaults_of

SECONDS_A_DAY = 86_400
MILLISECONDS = 3
"""Digits of a pause in seconds: a pause of whole days must not lose one to rounding."""


def predict_by_recall(
    histories: Histories, traced: Vector, guess: Vector, slip: Vector, formula: Formula = Formula.FSRS_6
) -> Vector:
    """P(correct) before each answer: what was known is recalled by a formula with its default values.

    The first answer of a student to a target is as knowledge tracing has it: nothing was practised before.

    Args:
        histories: the answers, with their times.
        traced: shape (answers,); P(correct) by knowledge tracing.
        guess: shape (answers,); of the parameters behind it.
        slip: shape (answers,).
        formula: how recall falls.

    Raises:
        ValueError: the histories have no times.

    >>> twice = Histories.of_answers([0, 0], [0, 0], [True, True], at=[0.0, 100 * SECONDS_A_DAY])
    >>> predict_by_recall(twice, np.array([0.5, 0.8]), np.full(2, 0.2), np.full(2, 0.1)).round(2).tolist()
    [0.5, 0.54]
    """
    if histories.at is None:
        raise ValueError("recall needs the times of the answers")
    recall_formula, values = FORMULAS[formula], np.array(defaults_of(formula))[:, None]
    longest_first = np.argsort(-np.diff(histories.starts), kind="stable")
    starts, lengths = histories.starts[:-1][longest_first], np.diff(histories.starts)[longest_first]
    level = (traced - guess) / (1 - slip - guess)
    predicted, memory = traced.copy(), Memory(np.empty(0), np.empty(0))
    for place in range(int(lengths.max(initial=0))):
        row = starts[: int(np.searchsorted(-lengths, -place, side="left"))] + place
        correct = histories.correct[row]
        if place == 0:
            memory = recall_formula.begin(values, correct)
            continue
        seconds = np.round(histories.at[row] - histories.at[row - 1], MILLISECONDS)
        pause = np.maximum(seconds, 0.0) / SECONDS_A_DAY
        known = Memory(memory.stability[: len(row)], memory.difficulty[: len(row)])
        recall = recall_formula.recall(values, known, pause)
        predicted[row] = p_correct_after(level[row], recall, guess[row], slip[row])
        memory = recall_formula.practise(values, known, correct, pause)
    return predicted
