"""What an author should know about a question: a difficulty that its answers suggest, and warnings."""

from enum import StrEnum
from typing import NamedTuple

from graph_api.domain.answers.answers import Difficulty
from graph_api.domain.learners.item_analysis.analysis import QuestionFigures
from graph_api.domain.learners.item_analysis.estimates import MIN_ANSWERS, EstimateReason, Z

CLEAR = 0.5
"""Logits from which a question is easy or hard: odds of a correct answer 1.6 times as high or low as expected."""
LEAST_INFIT, MOST_INFIT = 0.7, 1.3
"""Infit outside these is misfit if it is also significant (T. G. Bond, C. M. Fox, "Applying the Rasch Model")."""
MUCH_RAPID = 0.1
"""The share of rapid answers from which they are a warning."""

MESSAGES = {
    EstimateReason.TOO_FEW_ANSWERS: f"Fewer than {MIN_ANSWERS} answers can be analysed.",
    EstimateReason.LEVELS_ALIKE: "The levels before the answers, or the answers, are nearly all the same.",
    EstimateReason.TOO_UNCERTAIN: "The answers leave too wide an interval.",
    EstimateReason.NO_TIMES: "Too few answers have a response time.",
}


class QuestionWarning(StrEnum):
    """Why an author should look at a question."""

    WORKS_BACKWARDS = "WORKS_BACKWARDS"
    MISFIT = "MISFIT"
    RAPID_ANSWERS = "RAPID_ANSWERS"


class Suggestion(NamedTuple):
    """A difficulty, or None, and the reason as a sentence for users."""

    difficulty: Difficulty | None
    message: str


def suggest_difficulty(figures: QuestionFigures) -> Suggestion:
    """EASY or HARD where the answers show it, else MEDIUM; None where they are too few.

    A question is easy or hard if its difficulty is at least 0.5 logits from 0, and its 99 % interval excludes 0.
    """
    value, low, high = figures.difficulty[:3]
    if value is None or low is None or high is None or figures.expected is None or figures.share.value is None:
        return Suggestion(None, MESSAGES[figures.difficulty.reason or EstimateReason.TOO_FEW_ANSWERS])
    shown = (
        f"{figures.share.value:.0%} of answers are correct, and {figures.expected:.0%} are expected at these levels "
        f"(difficulty {value:.2f}, {low:.2f} to {high:.2f})."
    )
    if value >= CLEAR and low > 0:
        return Suggestion(Difficulty.HARD, f"Harder than expected: {shown}")
    if value <= -CLEAR and high < 0:
        return Suggestion(Difficulty.EASY, f"Easier than expected: {shown}")
    return Suggestion(Difficulty.MEDIUM, f"Neither clearly easier nor clearly harder than expected: {shown}")


def warnings(figures: QuestionFigures) -> list[QuestionWarning]:
    """What is wrong with a question, as far as its answers show."""
    backwards = figures.discrimination.value is not None and (figures.discrimination.high or 0) < 0
    misfit = (
        figures.infit is not None and not LEAST_INFIT <= figures.infit <= MOST_INFIT and abs(figures.infit_z or 0) > Z
    )
    rapid = (figures.rapid_share.value or 0) >= MUCH_RAPID
    claims = {
        QuestionWarning.WORKS_BACKWARDS: backwards,
        QuestionWarning.MISFIT: misfit,
        QuestionWarning.RAPID_ANSWERS: rapid,
    }
    return [warning for warning, holds in claims.items() if holds]
