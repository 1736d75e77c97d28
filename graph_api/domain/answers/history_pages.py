"""Pages of a student's answers in order: which page an answer belongs to, and where a full page is divided.

A place is the order of an answer (B6) as text; texts compare as answers are ordered. A page holds the places from its
start to the start of the next page. The first page starts at the empty text, so that every answer has its page. Within
a page the answers are in no particular order: a reader sorts them.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Generic, NamedTuple, TypeVar

from graph_api.domain.answers.order import UNNUMBERED, Order

MOST_ANSWERS = 50
"""Answers of a page; 50 are about 12 kB."""
MOST_ON_LAST = 10
"""Answers of the last page, to which most answers are added. Recording writes all of it again for each answer."""
FIRST = ""
"""Where the first page of each student starts."""
DIGITS = 12

T = TypeVar("T")


class HistoryPage(NamedTuple, Generic[T]):
    """A page: the places from `start` to before `until`; None: no page follows."""

    start: str
    until: str | None
    answers: Sequence[T]

    def holds(self, place: str) -> bool:
        """Whether a place lies in it."""
        return self.start <= place and (self.until is None or place < self.until)


def place_of(order: Order) -> str:
    """The order as text. A number that no answer has counts as the nearest that one can have.

    >>> noon = datetime(2026, 1, 31, 12, tzinfo=UTC)
    >>> place_of(Order(noon, noon, 9, "z")) < place_of(Order(noon, noon, 10, "a"))
    True
    """
    number = order.sequence - UNNUMBERED
    numbered = f"{_time(order.recorded_at)}{min(max(number, 0), 10**DIGITS - 1):0{DIGITS}}"
    answer_id = order.answer_id.encode(errors="surrogatepass").hex() if number >= 0 else ""
    return _time(order.at) + numbered + answer_id


def place_at(moment: datetime) -> str:
    """A place before all answers that were given at a moment or later, and after all earlier ones.

    >>> place_at(datetime(2026, 1, 31, 12, tzinfo=UTC))
    '2026-01-31T12:00:00.000000'
    """
    return _time(moment)


def divide(page: HistoryPage[tuple[str, T]]) -> list[HistoryPage[T]]:
    """A page as one or more pages of at most `MOST_ANSWERS`. Its answers come with their places, in any order.

    The last page of a history is filled from the left, because most answers come in order. Others are halved.
    """
    placed = sorted(page.answers, key=lambda each: each[0])
    parts = max(-(-len(placed) // MOST_ANSWERS), 1)
    if page.until is None:
        bounds = [min(number * MOST_ANSWERS, len(placed)) for number in range(parts + 1)]
    else:
        bounds = [number * len(placed) // parts for number in range(parts + 1)]
    starts = [page.start, *(_between(placed[at - 1][0], placed[at][0]) for at in bounds[1:-1])]
    untils = [*starts[1:], page.until]
    return [
        HistoryPage(start, until, [answer for _, answer in placed[low:high]])
        for start, until, (low, high) in zip(starts, untils, pairwise(bounds), strict=True)
    ]


class Closing(NamedTuple, Generic[T]):
    """Answers that leave the last page, where it starts without them, and the answers that stay."""

    moved: Sequence[T]
    start: str
    newest: Sequence[T]


def close(answers: Iterable[tuple[str, T]]) -> Closing[T]:
    """Leave only the newest answer on the last page. Its answers come with their places, in any order."""
    *before, newest = sorted(answers, key=lambda each: each[0])
    return Closing([answer for _, answer in before], _between(before[-1][0], newest[0]), [newest[1]])


def are_adjacent(pages: Iterable[HistoryPage[T]]) -> bool:
    """Whether each page ends where the next starts. A reader that meets a writer may have read pages that do not."""
    return all(before.until == after.start for before, after in pairwise(pages))


def _between(before: str, after: str) -> str:
    """The shortest start of a page that holds `after` and not `before`: the beginning of `after`."""
    same = next((n for n, (one, other) in enumerate(zip(before, after, strict=False)) if one != other), len(before))
    return after[: same + 1]


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00")
