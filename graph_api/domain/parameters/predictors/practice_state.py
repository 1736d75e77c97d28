"""The practice of one student, answer by answer: what `practice_of` counts for many at once."""

import math
from collections import deque
from collections.abc import Iterable

from graph_api.domain.parameters.predictors.practice import (
    SECONDS_A_DAY,
    START_ANSWERS,
    START_CORRECT,
    STUDENT_DECAY,
    TARGET_DECAY,
    WINDOWS_DAYS,
    Practice,
)
from graph_api.domain.parameters.predictors.terms import SUREST, Term, values_of


class Window:
    """The answers to a target within some days before a moment; each answer enters and leaves once."""

    __slots__ = ("answers", "right", "seconds")

    def __init__(self, days: float) -> None:
        self.seconds = days * SECONDS_A_DAY
        self.answers: deque[tuple[float, bool]] = deque()
        self.right = 0

    def add(self, at: float, *, correct: bool) -> None:
        """Count an answer."""
        self.answers.append((at, correct))
        self.right += correct

    def counts(self, at: float) -> tuple[int, int]:
        """Answers and correct answers within the window before a moment, which is not before earlier ones."""
        while self.answers and self.answers[0][0] < at - self.seconds:
            self.right -= self.answers.popleft()[1]
        return len(self.answers), self.right


class Tally:
    """Answers so far: correct, incorrect, and the fading share of correct ones."""

    __slots__ = ("answers", "correct", "decay", "right", "wrong")

    def __init__(self, decay: float) -> None:
        self.decay = decay
        self.right, self.wrong = 0, 0
        self.correct, self.answers = START_CORRECT, START_ANSWERS

    def add(self, *, correct: bool) -> None:
        """Count an answer."""
        self.right += correct
        self.wrong += not correct
        self.correct = self.correct * self.decay + correct
        self.answers = self.answers * self.decay + 1

    @property
    def share(self) -> float:
        """The fading share of correct answers."""
        return self.correct / self.answers


class PracticeState:
    """The practice of a student so far. An answer costs the same, however many came before.

    >>> state = PracticeState()
    >>> state.record(["fractions"], correct=True)
    >>> [round(state.values(target)[Term.TARGET_RIGHT], 3) for target in ("fractions", "verbs")]
    [0.693, 0.0]
    """

    def __init__(self) -> None:
        self.student = Tally(STUDENT_DECAY)
        self.targets: dict[str, Tally] = {}
        self.windows: dict[str, list[Window]] = {}

    def record(self, targets: Iterable[str], *, correct: bool, at: float | None = None) -> None:
        """Count one answer, which is not before those counted already.

        Args:
            targets: what it counts for.
            correct: whether it counts as correct.
            at: seconds; needed only by models with windows.
        """
        self.student.add(correct=correct)
        for target in targets:
            tally = self.targets.get(target)
            if tally is None:
                tally = self.targets[target] = Tally(TARGET_DECAY)
            tally.add(correct=correct)
            if at is not None:
                windows = self.windows.setdefault(target, [Window(days) for days in WINDOWS_DAYS])
                for window in windows:
                    window.add(at, correct=correct)

    def values(self, target: str, p_correct: float | None = None) -> dict[Term, float]:
        """The value of each term before the next answer to a target.

        Args:
            target: the target of the next answer.
            p_correct: P(correct) by knowledge tracing; without it, there is no term BKT.
        """
        own, student = self.targets.get(target) or Tally(TARGET_DECAY), self.student
        practice: Practice[float] = Practice(
            own.right, own.wrong, own.share, student.right, student.wrong, student.share
        )
        values = values_of(practice, math.log1p, logit) | {Term.TARGET: 1.0, Term.QUESTION: 1.0}
        return values if p_correct is None else values | {Term.BKT: logit(p_correct)}

    def window_values(self, target: str, at: float) -> list[float]:
        """The values of the term WINDOWS: first the answers of each window, then the correct ones."""
        counts = [window.counts(at) for window in self.windows.get(target, ())] or [(0, 0)] * len(WINDOWS_DAYS)
        return [math.log1p(each) for column in zip(*counts, strict=True) for each in column]


def logit(chance: float) -> float:
    """The logit of a probability that is kept within 0.0001 of 0 and 1.

    >>> logit(0.5)
    0.0
    """
    inner = min(max(chance, SUREST), 1 - SUREST)
    return math.log(inner / (1 - inner))
