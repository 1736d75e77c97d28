"""Why a confidence is not HIGH: each reason with its data (Q8)."""

from enum import StrEnum
from typing import NamedTuple

from graph_api.domain.learners.forgetting import PAUSE_DAYS, Recall
from graph_api.domain.learners.uncertainty import MANY, NARROW, Confidence, Interval, confidence


class ConfidenceReasonKind(StrEnum):
    """A kind of reason why a confidence is not HIGH."""

    FEW_ANSWERS = "FEW_ANSWERS"
    FEW_EFFECTIVE_ANSWERS = "FEW_EFFECTIVE_ANSWERS"
    UNCERTAIN_PARAMETERS = "UNCERTAIN_PARAMETERS"
    NO_ANSWER_AFTER_PAUSE = "NO_ANSWER_AFTER_PAUSE"
    OLD_EVIDENCE = "OLD_EVIDENCE"


Kind = ConfidenceReasonKind


class ConfidenceReason(NamedTuple):
    """A reason, with the figures behind it.

    Attributes:
        kind: the kind of reason.
        answers: how many answers there were, or how many equal ones they are worth.
        width: the width of the interval.
        pause: days since the last answer; None unless recall is estimated.
        longest_pause: the longest pause that an answer ended, in days; None unless recall is estimated.
    """

    kind: Kind
    answers: float
    width: float
    pause: float | None = None
    longest_pause: float | None = None


def reasons_of_level(answers: int, interval: Interval) -> list[ConfidenceReason]:
    """Why the confidence in a level is not HIGH; empty if it is.

    >>> [each.kind.value for each in reasons_of_level(4, Interval(0.3, 0.9))]
    ['FEW_ANSWERS']
    >>> [each.kind.value for each in reasons_of_level(20, Interval(0.3, 0.9))]
    ['UNCERTAIN_PARAMETERS']
    """
    width = interval.high - interval.low
    if confidence(answers, interval) is Confidence.HIGH:
        return []
    return [ConfidenceReason(Kind.FEW_ANSWERS if answers < MANY else Kind.UNCERTAIN_PARAMETERS, answers, width)]


def reasons_of_share(answers: int, effective: float, interval: Interval) -> list[ConfidenceReason]:
    """Why the confidence in a share of correct answers is not HIGH; empty if it is.

    Args:
        answers: how many answers there were.
        effective: how many equally weighted ones they are worth.
        interval: the interval of the share.

    >>> [each.kind.value for each in reasons_of_share(30, 5.2, Interval(0.3, 0.9))]
    ['FEW_EFFECTIVE_ANSWERS']
    """
    width = interval.high - interval.low
    if confidence(effective, interval) is Confidence.HIGH:
        return []
    if answers < MANY or effective >= answers:
        return [ConfidenceReason(Kind.FEW_ANSWERS, answers, width)]
    return [ConfidenceReason(Kind.FEW_EFFECTIVE_ANSWERS, effective, width)]


def reasons_of_average(answers: int, interval: Interval) -> list[ConfidenceReason]:
    """Why the confidence in a moving average is not HIGH; empty if it is.

    After many answers it is because the average weighs the last ones most, so that they are worth fewer.

    >>> [each.kind.value for each in reasons_of_average(30, Interval(0.3, 0.9))]
    ['FEW_EFFECTIVE_ANSWERS']
    """
    if confidence(answers, interval) is Confidence.HIGH:
        return []
    kind = Kind.FEW_ANSWERS if answers < MANY else Kind.FEW_EFFECTIVE_ANSWERS
    return [ConfidenceReason(kind, answers, interval.high - interval.low)]


def confidence_of_recall(recall: Recall) -> Confidence:
    """The confidence in a recall, by the rule of levels."""
    return confidence(recall.answers, recall.interval)


def reasons_of_recall(recall: Recall) -> list[ConfidenceReason]:
    """Why the confidence in a recall is not HIGH; empty if it is.

    A half-life is an assumption until an answer after a pause has tested it, and for pauses up to that length only.
    """
    if confidence_of_recall(recall) is Confidence.HIGH:
        return []
    width = recall.interval.high - recall.interval.low
    kinds: list[Kind] = []
    if recall.answers < MANY:
        kinds.append(Kind.FEW_ANSWERS)
    if width > NARROW:
        kinds.append(_of_pauses(recall))
    return [ConfidenceReason(kind, recall.answers, width, recall.pause, recall.longest_pause) for kind in kinds]


def _of_pauses(recall: Recall) -> Kind:
    if recall.longest_pause < PAUSE_DAYS:
        return Kind.NO_ANSWER_AFTER_PAUSE
    return Kind.OLD_EVIDENCE if recall.pause > recall.longest_pause else Kind.UNCERTAIN_PARAMETERS
