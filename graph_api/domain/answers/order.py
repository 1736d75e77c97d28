"""The order of answers (B6): the one place that defines it. Everything that folds, pages or lists answers uses it.

By time; answers with equal times by when they were recorded, then by their place in the call or file, then by id. The
statements under `cypher/` that sort answers use the same order.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import NamedTuple, Protocol, TypeVar

UNNUMBERED = -1
"""The sequence number of answers that were recorded before sequence numbers were stored."""

UNRECORDED = datetime.min.replace(tzinfo=UTC)
"""The recording time that such answers are ordered by: their order among equal times is by id alone, as it was."""


class Order(NamedTuple):
    """The place of an answer among a student's answers; tuples compare as answers are ordered.

    >>> noon = datetime(2026, 1, 31, 12, tzinfo=UTC)
    >>> first, second = Order(noon, noon, 0, "z"), Order(noon, noon, 1, "a")
    >>> first < second
    True
    >>> Order.of(noon, noon, None, "old") < first
    True
    """

    at: datetime
    recorded_at: datetime = UNRECORDED
    sequence: int = UNNUMBERED
    answer_id: str = ""

    @classmethod
    def of(cls, at: datetime, recorded_at: datetime | None, sequence: int | None, answer_id: str) -> "Order":
        """The order of a stored answer; without a sequence number its recording time does not count."""
        if sequence is None or recorded_at is None:
            return cls(at, answer_id=answer_id)
        return cls(at, recorded_at, sequence, answer_id)


class Ordered(Protocol):
    """An answer, as some fold needs it."""

    @property
    def order(self) -> Order:
        """Its place among the student's answers."""


A = TypeVar("A", bound=Ordered)


def given_by(answers: Iterable[A], moment: datetime) -> list[A]:
    """The answers that were given by a moment (`at` <= moment), whenever they were recorded."""
    return [answer for answer in answers if answer.order.at <= moment]
