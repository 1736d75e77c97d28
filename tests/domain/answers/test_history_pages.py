"""Pages of answers: the order of places, and the laws of dividing pages, for answers in any order."""

from bisect import bisect_right
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from graph_api.domain.answers.history_pages import (
    FIRST,
    MOST_ANSWERS,
    HistoryPage,
    are_adjacent,
    close,
    divide,
    place_at,
    place_of,
)
from graph_api.domain.answers.order import UNNUMBERED, UNRECORDED, Order

moments = st.datetimes(timezones=st.just(UTC)) | st.integers(0, 3).map(
    lambda second: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=second)
)
ids = st.text(min_size=1, max_size=4) | st.sampled_from(["a", "b", "\ue000", "\U00010000"])
numbered = st.builds(Order, moments, moments, st.integers(0, 3) | st.integers(0, 10**9), ids)
unnumbered = st.builds(Order, moments, st.just(UNRECORDED), st.just(UNNUMBERED), ids)
orders = numbered | unnumbered


@given(orders, orders)
def test_places_compare_as_answers_are_ordered(one: Order, other: Order) -> None:
    assert (place_of(one) < place_of(other)) == (one < other)
    assert (place_of(one) < place_at(other.at)) == (one.at < other.at)


@given(st.builds(Order, moments, moments, st.integers(-(2**63), 2**63 - 1), ids), orders)
def test_the_place_of_a_forged_cursor_divides_the_answers_as_its_order_does(cursor: Order, stored: Order) -> None:
    assert (place_of(stored) < place_of(cursor)) == (stored < cursor)


@settings(max_examples=40)
@given(st.lists(st.lists(orders, max_size=MOST_ANSWERS + 15), max_size=6))
def test_pages_hold_every_answer_once_in_its_place(batches: list[list[Order]]) -> None:
    """Whatever comes in whatever order: add each batch to the pages that it belongs to, and divide those that are full."""
    pages: list[HistoryPage[Order]] = [HistoryPage(FIRST, None, [])]
    stored: list[Order] = []
    for batch in batches:
        new = sorted(set(batch) - set(stored))
        stored += new
        for order in new:
            at = bisect_right([page.start for page in pages], place_of(order)) - 1
            page = pages[at]
            assert page.holds(place_of(order))
            pages[at] = page._replace(answers=[*page.answers, order])
        placed = [
            HistoryPage(page.start, page.until, [(place_of(order), order) for order in page.answers]) for page in pages
        ]
        pages = [part for page in placed for part in divide(page)]

        assert pages[0].start == FIRST
        assert pages[-1].until is None
        assert are_adjacent(pages)
        assert all(len(page.answers) <= MOST_ANSWERS for page in pages)
        assert [order for page in pages for order in sorted(page.answers)] == sorted(stored)


def test_answers_in_order_fill_pages() -> None:
    placed = [(f"{number:03}", number) for number in range(2 * MOST_ANSWERS + 1)]

    last = divide(HistoryPage(FIRST, None, placed))
    middle = divide(HistoryPage(FIRST, "9", placed))

    assert [len(page.answers) for page in last] == [MOST_ANSWERS, MOST_ANSWERS, 1]
    assert [len(page.answers) for page in middle] == [33, 34, 34]
    assert [page.start for page in last] == [FIRST, "05", "1"], "starts are as short as they can be"


@given(st.lists(orders, min_size=2, max_size=15, unique=True))
def test_a_closed_page_keeps_its_newest_answer_only(answers: list[Order]) -> None:
    closing = close((place_of(order), order) for order in answers)

    assert sorted([*closing.moved, *closing.newest]) == sorted(answers)
    assert list(closing.newest) == [max(answers)]
    assert all(place_of(order) < closing.start for order in closing.moved)
    assert closing.start <= place_of(max(answers))
