"""The formulas of recall: half-life and FSRS-6, over arrays of students (Q9).

Both give the memory after a first answer, the memory after another one, and the recall after a pause.
Memories and values are arrays that broadcast, so one pass follows many students, targets and guesses at parameters.
Pauses are days. A correct answer is the grade Good, an incorrect one Again.

References: B. Settles, B. Meeder (2016), "A trainable spaced repetition model for language learning", ACL 2016;
S. Leitner (1972), "So lernt man lernen"; J. Ye, J. Su, Y. Cao (2022), "A stochastic shortest path algorithm for
optimizing spaced repetition scheduling", KDD 2022; open-spaced-repetition, "The algorithm" (FSRS-6).
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from graph_api.domain.parameters.forgetting_parameters import Formula

Vector = NDArray[np.float64]
Flags = NDArray[np.bool_]
Values = Sequence[Vector] | Vector
"""One array for each value of the formula, each as long as the memories or of length 1."""

SHORTEST, LONGEST = 15 / 1440, 274.0
"""Bounds of the half-life in days: 15 minutes to 9 months, as in Settles and Meeder."""
AGAIN, GOOD, EASY = 1, 3, 4
LEAST_STABILITY = 0.001
LEAST_DIFFICULTY, MOST_DIFFICULTY = 1.0, 10.0


class Memory(NamedTuple):
    """What is remembered: the stability in days (see each formula), and the difficulty of FSRS-6, else 0."""

    stability: Vector
    difficulty: Vector


class RecallFormula(Protocol):
    """One formula of recall."""

    def begin(self, values: Values, correct: Flags) -> Memory:
        """The memory after a first answer."""

    def practise(self, values: Values, memory: Memory, correct: Flags, pause: Vector) -> Memory:
        """The memory after another answer, which came after a pause."""

    def recall(self, values: Values, memory: Memory, pause: Vector) -> Vector:
        """The probability of recall after a pause, 0..1."""

    def half_life(self, values: Values, memory: Memory) -> Vector:
        """The pause after which recall is one half, in days."""


class HalfLife:
    """Recall is 2 to the power of -pause / half-life. The stability is the half-life.

    A correct answer multiplies the half-life by gain to the power of 2(1 - recall): a lot after a long pause, nothing
    in cramming. An incorrect one divides it by loss.
    """

    def begin(self, values: Values, correct: Flags) -> Memory:
        """See RecallFormula."""
        start = np.clip(np.where(correct, values[0], values[1]), SHORTEST, LONGEST)
        return Memory(start, np.zeros_like(start))

    def practise(self, values: Values, memory: Memory, correct: Flags, pause: Vector) -> Memory:
        """See RecallFormula."""
        longer = values[2] ** (2 * (1 - self.recall(values, memory, pause)))
        life = memory.stability * np.where(correct, longer, 1 / np.asarray(values[3]))
        return Memory(np.clip(life, SHORTEST, LONGEST), memory.difficulty)

    def recall(self, _values: Values, memory: Memory, pause: Vector) -> Vector:
        """See RecallFormula."""
        return np.asarray(2.0 ** (-pause / memory.stability))

    def half_life(self, _values: Values, memory: Memory) -> Vector:
        """See RecallFormula."""
        return memory.stability


class Fsrs6:
    """Recall is (1 + factor · days / stability) to the power of -w20, over whole days; 0.9 after one stability.

    The same numbers as the package `fsrs`, which counts whole days; without fuzz, which only moves due dates.
    """

    def begin(self, values: Values, correct: Flags) -> Memory:
        """See RecallFormula."""
        stability = np.maximum(np.where(correct, values[2], values[0]), LEAST_STABILITY)
        easiest = np.where(correct, self._start_difficulty(values, GOOD), self._start_difficulty(values, AGAIN))
        return Memory(stability, np.clip(easiest, LEAST_DIFFICULTY, MOST_DIFFICULTY))

    def practise(self, values: Values, memory: Memory, correct: Flags, pause: Vector) -> Memory:
        """See RecallFormula."""
        recall = self.recall(values, memory, pause)
        later = np.where(correct, self._recalled(values, memory, recall), self._forgotten(values, memory, recall))
        stability = np.where(pause < 1, self._same_day(values, memory, correct), later)
        return Memory(np.maximum(stability, LEAST_STABILITY), self._next_difficulty(values, memory, correct))

    def recall(self, values: Values, memory: Memory, pause: Vector) -> Vector:
        """See RecallFormula."""
        factor = 0.9 ** (-1 / np.asarray(values[20])) - 1
        return np.asarray((1 + factor * np.floor(pause) / memory.stability) ** -np.asarray(values[20]))

    def half_life(self, values: Values, memory: Memory) -> Vector:
        """See RecallFormula."""
        decay = np.asarray(values[20])
        return np.asarray(memory.stability * (0.5 ** (-1 / decay) - 1) / (0.9 ** (-1 / decay) - 1))

    @staticmethod
    def _start_difficulty(values: Values, grade: int) -> Vector:
        return np.asarray(values[4] - np.exp(values[5] * (grade - 1)) + 1)

    def _next_difficulty(self, values: Values, memory: Memory, correct: Flags) -> Vector:
        change = np.where(correct, 0.0, -(values[6] * (AGAIN - GOOD)))
        damped = memory.difficulty + (MOST_DIFFICULTY - memory.difficulty) * change / 9
        reverted = values[7] * self._start_difficulty(values, EASY) + (1 - np.asarray(values[7])) * damped
        return np.clip(reverted, LEAST_DIFFICULTY, MOST_DIFFICULTY)

    @staticmethod
    def _same_day(values: Values, memory: Memory, correct: Flags) -> Vector:
        grade = np.where(correct, GOOD, AGAIN)
        raised = np.exp(values[17] * (grade - GOOD + values[18])) * memory.stability ** -np.asarray(values[19])
        return np.asarray(memory.stability * np.where(correct, np.maximum(raised, 1.0), raised))

    @staticmethod
    def _recalled(values: Values, memory: Memory, recall: Vector) -> Vector:
        spaced = np.exp((1 - recall) * values[10]) - 1
        growth = np.exp(values[8]) * (11 - memory.difficulty) * memory.stability ** -np.asarray(values[9]) * spaced
        return np.asarray(memory.stability * (1 + growth))

    @staticmethod
    def _forgotten(values: Values, memory: Memory, recall: Vector) -> Vector:
        after = (
            values[11]
            * memory.difficulty ** -np.asarray(values[12])
            * ((memory.stability + 1) ** np.asarray(values[13]) - 1)
            * np.exp((1 - recall) * values[14])
        )
        return np.asarray(np.minimum(after, memory.stability / np.exp(values[17] * values[18])))


FORMULAS: Mapping[Formula, RecallFormula] = {Formula.HALF_LIFE: HalfLife(), Formula.FSRS_6: Fsrs6()}


def p_correct_after(level: Vector, recall: Vector, guess: Vector, slip: Vector) -> Vector:
    """P(correct) after a pause: what was known and is recalled gives 1 - slip, all else guess.

    >>> round(float(p_correct_after(*map(np.array, (0.9, 0.5, 0.2, 0.1)))), 3)
    0.515
    """
    known = level * recall
    return known * (1 - slip) + (1 - known) * guess
