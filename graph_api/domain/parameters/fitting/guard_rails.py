"""When a fit must not be trusted (B8), whatever its likelihood."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from graph_api.domain.failures import InvalidInput, shown
from graph_api.domain.parameters.fitting.histories import Histories


class Reason(StrEnum):
    """Why a target got new parameters, or kept those it had."""

    IMPROVED = "IMPROVED"
    """The fit means what it should and predicts unseen students better by more than chance: activated on request."""
    MASTERED_TOO_UNCERTAIN = "MASTERED_TOO_UNCERTAIN"
    """Under the fit, students at the MASTERED level would answer, or did answer, correctly too rarely."""
    STATES_AT_BOUND = "STATES_AT_BOUND"
    """A parameter is at a bound where one of the two states is never occupied, or both answer alike."""
    WORSE_ON_HELD_OUT = "WORSE_ON_HELD_OUT"
    """Its log-loss on unseen students is not lower than that of the set in effect."""
    NO_BETTER_THAN_SHARE = "NO_BETTER_THAN_SHARE"
    """The fit predicts unseen students no better than the plain share of correct answers: no evidence of two states."""
    WORSE_RANKING = "WORSE_RANKING"
    """Its AUC on unseen students is lower than that of the set in effect."""
    WORSE_CALIBRATION = "WORSE_CALIBRATION"
    """Its calibration error on unseen students is larger than that of the set in effect."""
    WITHIN_CHANCE = "WITHIN_CHANCE"
    """Its log-loss on unseen students is lower, but by no more than chance explains."""
    NO_IMPROVEMENT = "NO_IMPROVEMENT"
    """Its log-likelihood is no higher than that of the set in effect: not stored."""
    TOO_FEW_ANSWERS = "TOO_FEW_ANSWERS"
    TOO_FEW_STUDENTS = "TOO_FEW_STUDENTS"
    ALL_CORRECT = "ALL_CORRECT"
    ALL_WRONG = "ALL_WRONG"
    CONSTANT_SEQUENCES = "CONSTANT_SEQUENCES"
    """No student ever changed between correct and incorrect: learning and knowing cannot be distinguished."""


@dataclass(frozen=True, slots=True)
class GuardRails:
    """What a target needs to be fitted at all.

    >>> GuardRails(answers=0)
    Traceback (most recent call last):
    graph_api.domain.failures.InvalidInput: minAnswers: must be >= 1, got '0'
    """

    answers: int = 50
    students: int = 5

    def __post_init__(self) -> None:
        if self.answers < 1:
            raise InvalidInput("minAnswers", "must be >= 1", shown(self.answers))
        if self.students < 2:  # noqa: PLR2004 - one to learn from, one to be judged by
            raise InvalidInput("minStudents", "must be >= 2", shown(self.students))

    def obstacles(self, histories: Histories, count: NDArray[np.int64] | None = None) -> list[Reason | None]:
        """For each target, why it cannot be fitted; None if it can.

        Args:
            histories: the answers.
            count: shape (sequences,), int; how many students have each sequence; one each if None.

        >>> GuardRails(answers=4, students=2).obstacles(Histories.of_answers([1, 1, 2, 2], [0] * 4, [1, 1, 0, 0]))
        [<Reason.CONSTANT_SEQUENCES: 'CONSTANT_SEQUENCES'>]
        """
        targets = histories.targets
        of_answer = histories.target[histories.sequence]
        by = np.ones(len(histories.target), np.int64) if count is None else count
        answers = np.bincount(histories.target, by * histories.lengths, minlength=targets)
        students = np.bincount(histories.target, by, minlength=targets)
        right = np.bincount(of_answer, histories.correct * by[histories.sequence], minlength=targets)
        first = histories.correct[histories.starts[:-1]][histories.sequence]
        changes = np.bincount(of_answer, histories.correct != first, minlength=targets)
        reasons: list[Reason | None] = []
        for target in range(targets):
            rules = (
                (answers[target] < self.answers, Reason.TOO_FEW_ANSWERS),
                (students[target] < self.students, Reason.TOO_FEW_STUDENTS),
                (right[target] == answers[target], Reason.ALL_CORRECT),
                (right[target] == 0, Reason.ALL_WRONG),
                (changes[target] == 0, Reason.CONSTANT_SEQUENCES),
            )
            reasons.append(next((reason for broken, reason in rules if broken), None))
        return reasons
