"""What an answer counts as, and how much: one rule for levels, recency, topics, fits and comparisons (issue 17).

An answer keeps the facts that it was recorded with: hints, attempt number, partial score, response time. A version of
evidence parameters, which never changes, weighs these facts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple, Protocol, Self

from graph_api.domain.failures import InvalidInput

MOST_SECONDS = 3_600.0
"""The longest response time, in seconds, that a rapid guess can have."""

HALF = 0.5


class HintedAnswers(StrEnum):
    """What an answer after at least one hint counts as."""

    AS_ANSWERED = "AS_ANSWERED"
    INCORRECT = "INCORRECT"
    IGNORED = "IGNORED"


class PartialScores(StrEnum):
    """What an answer with a partial score counts as."""

    AS_STATED = "AS_STATED"
    """As its field `correct` states."""
    PASS_MARK = "PASS_MARK"  # noqa: S105 - no password
    """Correct from the pass mark on."""
    SHARE = "SHARE"
    """Correct from 0.5 on, with the weight |2 · score - 1|: a score of 0.5 is evidence of nothing."""


class EvidenceReason(StrEnum):
    """A rule that changed what an answer counts as, or how much."""

    LATER_ATTEMPT = "LATER_ATTEMPT"
    HINT_USED = "HINT_USED"
    PARTIAL_SCORE = "PARTIAL_SCORE"
    RAPID_GUESS = "RAPID_GUESS"


class Facts(Protocol):
    """The recorded facts of an answer that parameters weigh."""

    @property
    def correct(self) -> bool:
        """Whether it is correct, as stated."""

    @property
    def hints(self) -> int | None:
        """How many hints were used; None is not known, and weighed as none used."""

    @property
    def attempt(self) -> int | None:
        """Its number among the attempts at the question, from 1; None is not known, and weighed as the first."""

    @property
    def partial_score(self) -> float | None:
        """The share of the points, 0..1."""

    @property
    def response_time(self) -> float | None:
        """In seconds."""


class Weighed(NamedTuple):
    """What an answer counts as, how much (0..1; 0 is no opportunity), and the rules that changed either."""

    weight: float
    correct: bool
    reasons: Sequence[EvidenceReason] = ()


@dataclass(frozen=True, slots=True)
class EvidenceParameters:
    """What counts as an opportunity, and what each answer means. By default every answer counts as it is stated.

    Raises:
        InvalidInput: naming every rule that is broken, all at once.

    >>> EvidenceParameters(later_attempt_weight=2, pass_mark=0)
    Traceback (most recent call last):
    graph_api.domain.failures.InvalidInput: laterAttemptWeight, passMark: laterAttemptWeight must be from 0 to 1 \
(got 2); passMark must be > 0 and <= 1 (got 0)
    """

    later_attempt_weight: float = 1.0
    """The weight of attempts after the first; 0 leaves them out."""
    hinted_answers: HintedAnswers = HintedAnswers.AS_ANSWERED
    partial_scores: PartialScores = PartialScores.AS_STATED
    pass_mark: float = 0.6
    """The least partial score that counts as correct, under PASS_MARK."""
    rapid_seconds: float = 3.0
    """An incorrect answer in less time is a rapid guess; 0 finds none."""
    rapid_weight: float = 1.0
    """The weight of rapid guesses; 0 leaves them out."""

    def __post_init__(self) -> None:
        rules = [
            (0 <= self.later_attempt_weight <= 1, "later_attempt_weight", "must be from 0 to 1"),
            (0 < self.pass_mark <= 1, "pass_mark", "must be > 0 and <= 1"),
            (0 <= self.rapid_seconds <= MOST_SECONDS, "rapid_seconds", f"must be from 0 to {MOST_SECONDS:g}"),
            (0 <= self.rapid_weight <= 1, "rapid_weight", "must be from 0 to 1"),
        ]
        if faults := [(_camel(name), rule, getattr(self, name)) for held, name, rule in rules if not held]:
            raise InvalidInput(
                ", ".join(name for name, _, _ in faults),
                "; ".join(f"{name} {rule} (got {value:g})" for name, rule, value in faults),
            )

    def as_json(self) -> dict[str, Any]:
        """As stored."""
        return {_camel(name): value for name, value in asdict(self).items()}

    @classmethod
    def of_json(cls, stored: Mapping[str, Any]) -> Self:
        """The inverse of `as_json`; missing values take their defaults."""
        values = {each.name: stored[_camel(each.name)] for each in fields(cls) if _camel(each.name) in stored}
        if "hinted_answers" in values:
            values["hinted_answers"] = HintedAnswers(values["hinted_answers"])
        if "partial_scores" in values:
            values["partial_scores"] = PartialScores(values["partial_scores"])
        return cls(**values)


@dataclass(frozen=True, slots=True)
class EvidenceParameterSet:
    """One version of the parameters. `id` is `name-vN` and never means anything else again."""

    id: str
    name: str
    version: int
    parameters: EvidenceParameters
    created_at: datetime | None = None


DEFAULT_SET = EvidenceParameterSet("evidence-v1", "evidence", 1, EvidenceParameters())
"""Every answer is an opportunity, and counts as it is stated."""

FIRST_ATTEMPT_SET = EvidenceParameterSet(
    "first-attempt-v1",
    "first-attempt",
    1,
    EvidenceParameters(later_attempt_weight=0.0, hinted_answers=HintedAnswers.INCORRECT),
)
"""DataShop's rule: the first attempt at a step is the opportunity, and a hint makes it an error."""

SHIPPED_SETS = (DEFAULT_SET, FIRST_ATTEMPT_SET)


def weigh(facts: Facts, parameters: EvidenceParameters) -> Weighed:
    """What an answer counts as, and how much: each rule that applies multiplies the weight.

    A hint that makes an answer incorrect makes it wholly so, whatever its partial score. A rapid guess is one that
    counts as incorrect by the rules of partial scores and hints.

    A better answer never counts less: the weight, negative if incorrect, never falls with `correct` and the partial
    score. A later attempt never weighs more than a first one.

    >>> from dataclasses import dataclass
    >>> @dataclass
    ... class Given:
    ...     correct: bool
    ...     hints: int | None = None
    ...     attempt: int | None = None
    ...     partial_score: float | None = None
    ...     response_time: float | None = None
    >>> weigh(Given(True, hints=2, attempt=1), FIRST_ATTEMPT_SET.parameters)
    Weighed(weight=1.0, correct=False, reasons=(<EvidenceReason.HINT_USED: 'HINT_USED'>,))
    >>> weigh(Given(True, attempt=2), FIRST_ATTEMPT_SET.parameters).weight
    0.0
    """
    weight, correct = 1.0, facts.correct
    reasons: list[EvidenceReason] = []
    if facts.partial_score is not None and parameters.partial_scores is not PartialScores.AS_STATED:
        share = parameters.partial_scores is PartialScores.SHARE
        correct = facts.partial_score >= (HALF if share else parameters.pass_mark)
        weight = abs(2 * facts.partial_score - 1) if share else 1.0
        if (weight, correct) != (1.0, facts.correct):
            reasons.append(EvidenceReason.PARTIAL_SCORE)
    if facts.hints and parameters.hinted_answers is HintedAnswers.IGNORED:
        weight = 0.0
        reasons.append(EvidenceReason.HINT_USED)
    elif facts.hints and parameters.hinted_answers is HintedAnswers.INCORRECT and (correct or weight < 1):
        weight, correct = 1.0, False
        reasons = [EvidenceReason.HINT_USED]
    if parameters.rapid_weight < 1 and is_rapid_guess(facts.response_time, parameters, correct=correct):
        weight *= parameters.rapid_weight
        reasons.append(EvidenceReason.RAPID_GUESS)
    if (facts.attempt or 1) > 1 and parameters.later_attempt_weight < 1:
        weight *= parameters.later_attempt_weight
        reasons.append(EvidenceReason.LATER_ATTEMPT)
    return Weighed(weight, correct, tuple(reasons))


def is_rapid_guess(response_time: float | None, parameters: EvidenceParameters, *, correct: bool) -> bool:
    """Whether an answer is too fast and incorrect.

    >>> [is_rapid_guess(1.2, EvidenceParameters(), correct=correct) for correct in (False, True)]
    [True, False]
    """
    return not correct and response_time is not None and response_time < parameters.rapid_seconds


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)
