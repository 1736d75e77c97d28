"""Pages of each student's answers, so that a page of a long history is read without the rest of it.

    (:Student)-[:HAS_HISTORY]->(:History {id, bounds})-[:HAS_PAGE]->(:HistoryPage {id, start, until, answers})

The `ANSWERED` relationships are the truth; pages are written in the same transaction, and can be built from them again.
A page holds an answer as JSON. Pages are found by id: the student, and where the page ends. The id of the last page,
which most answers are added to, is therefore always the same. `bounds` lists where the other pages end, in order.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter, itemgetter
from typing import Any, NamedTuple

import orjson

from graph_api.domain.answers.answers import Answer
from graph_api.domain.answers.history_pages import (
    FIRST,
    MOST_ANSWERS,
    Closing,
    HistoryPage,
    are_adjacent,
    close,
    divide,
    place_at,
    place_of,
)
from graph_api.domain.answers.order import Order
from graph_api.domain.targets import SEPARATOR
from graph_api.store import answers as answer_store
from graph_api.store.answers import STATED, AnswerFilter, decode_answer
from graph_api.store.gateway import Row, Transaction
from graph_api.store.times import as_time

BUILT_AT_ONCE = 500
"""Answers of a student without pages that recording builds pages of. Longer histories are left to the background."""
MORE = 4
"""How many times as many pages are read if the first ones hold too few answers that fit."""

OF_ANSWER = ("id", "at", "recorded_at", "sequence", "digest", "evidence_id", "weight", "counts_as")
COLUMNS = (*STATED, *OF_ANSWER)
"""What a page holds of an answer, by name."""
EMPTY: Sequence[object] = (None, (), [])
_columns = attrgetter(*COLUMNS)

Page = HistoryPage[Answer]


def by_student(answers: Iterable[Answer]) -> dict[str, list[Answer]]:
    """Answers by the ids of their students."""
    of_students: dict[str, list[Answer]] = defaultdict(list)
    for answer in answers:
        of_students[answer.student_id].append(answer)
    return of_students


def rows(of_students: Mapping[str, Sequence[Answer]]) -> list[Row]:
    """Answers as the rows of `recording/append`, which adds them to the last pages of their students."""
    return [
        {
            "student_id": student_id,
            "page_id": student_id + SEPARATOR,
            "place": place_of(min(each.order for each in of_one)),
            "answers": list(map(encode_answer, of_one)),
        }
        for student_id, of_one in of_students.items()
    ]


async def fill(
    tx: Transaction, of_students: Mapping[str, Sequence[Answer]], grown: Mapping[str, Sequence[str] | None]
) -> None:
    """Add those of some answers to pages that do not belong to last pages, and close last pages that are too large.

    A student without pages gets them, unless their history is long: that is left to `build`. The students are locked.

    Args:
        tx: where to write.
        of_students: the answers that were just recorded.
        grown: the students whose answers are on their last pages, with all answers of a page that is too large.
    """
    closings = {each: _closing(answers) for each, answers in grown.items() if answers is not None}
    fitting = {each: closing for each, closing in closings.items() if len(closing.moved) <= MOST_ANSWERS}
    if fitting:
        closed = [closing._asdict() | {"student_id": each} for each, closing in fitting.items()]
        await tx.value("history_page/close", rows=closed, separator=SEPARATOR, most=MOST_ANSWERS)
    ends = [{"student_id": each, "end": ""} for each in closings.keys() - fitting.keys()]
    if elsewhere := of_students.keys() - grown.keys():
        ends += await _append_elsewhere(tx, {student_id: of_students[student_id] for student_id in sorted(elsewhere)})
    if ends:
        await _divide(tx, ends)


async def _append_elsewhere(tx: Transaction, of_students: Mapping[str, Sequence[Answer]]) -> list[dict[str, str]]:
    """Add answers to any pages, or create pages of new students; returns the ends of pages that are too large."""
    rows = [
        {"student_id": each.student_id, "place": place_of(each.order), "answer": encode_answer(each)}
        for of_one in of_students.values()
        for each in of_one
    ]
    grown = await tx.many("history_page/append", rows=rows, separator=SEPARATOR)
    if missing := of_students.keys() - {row["student_id"] for row in grown}:
        totals = await answer_store.count_of_students(tx, missing)
        new = [each for each in sorted(totals) if totals[each] == len(of_students[each])]
        await _create(tx, {student_id: of_students[student_id] for student_id in new})
        short = {each for each, total in totals.items() if total <= BUILT_AT_ONCE}
        await build(tx, sorted(short - set(new)))
    return [{"student_id": row["student_id"], "end": row["end"]} for row in grown if row["size"] > MOST_ANSWERS]


async def build(tx: Transaction, student_ids: Sequence[str]) -> None:
    """Write the pages of some students again, from their answers. The students are locked."""
    if not student_ids:
        return
    await delete(tx, student_ids)
    await _create(tx, by_student(await answer_store.read_weighed_by(tx, student_ids, None)))


async def _create(tx: Transaction, of_students: Mapping[str, Sequence[Answer]]) -> None:
    if of_students:
        pages = {student_id: pages_of(answers) for student_id, answers in of_students.items()}
        rows = [_row(student_id, [page.start for page in of][1:], of) for student_id, of in pages.items()]
        await tx.value("history_page/create", rows=rows, separator=SEPARATOR)


async def delete(tx: Transaction, student_ids: Iterable[str]) -> None:
    """Delete the pages of some students."""
    await tx.nothing("history_page/delete", student_ids=sorted(set(student_ids)))


def pages_of(answers: Iterable[Answer]) -> list[Page]:
    """The pages that a student's answers are written to when they are built."""
    return divide(HistoryPage(FIRST, None, [(place_of(each.order), each) for each in answers]))


async def read_stored(tx: Transaction, student_ids: Iterable[str]) -> dict[str, tuple[list[str], list[Page]]]:
    """For each student with pages, the bounds that are listed, and all pages in order.

    Raises:
        KeyError, TypeError, ValueError: a page cannot be read, or has another id than its end.
    """
    stored: dict[str, tuple[list[str], list[Page]]] = {}
    for row in await tx.many("history_page/list_of_students", student_ids=sorted(set(student_ids))):
        _, pages = stored.setdefault(row["student_id"], (row["bounds"], []))
        if row["id"] is not None:
            if row["id"] != row["student_id"] + SEPARATOR + (row["until"] or ""):
                raise ValueError("the id of a history page is not its end")
            of_page = [decode_answer(row["student_id"], each) for each in _decoded(row["answers"])]
            pages.append(HistoryPage(row["start"], row["until"], of_page))
    for _, pages in stored.values():
        pages.sort(key=lambda page: page.start)
    return stored


async def read_without(tx: Transaction, after: str, limit: int) -> list[str]:
    """At most `limit` students after one who have answers and no pages, in order."""
    rows = await tx.many("history_page/list_students_without", after_id=after, limit=limit)
    return [row["id"] for row in rows]


async def read_strayed(tx: Transaction, limit: int) -> list[str]:
    """The ids of at most `limit` nodes that belong to no student."""
    return [row["id"] for row in await tx.many("history_page/list_strayed", limit=limit)]


async def delete_strayed(tx: Transaction, ids: Sequence[str]) -> None:
    """Delete nodes that belong to no student."""
    await tx.nothing("history_page/delete_strayed", ids=ids)


async def read_page(  # noqa: PLR0913 - what makes a page
    tx: Transaction,
    student_ids: Iterable[str],
    filters: AnswerFilter,
    *,
    newest_first: bool,
    after: Order | None,
    limit: int,
) -> dict[str, list[Answer]]:
    """For each student, at most `limit` answers that fit, after a given one.

    Read from pages. Students without pages are read from the relationships, and so is a page that few answers fit. A
    session or a question has a small part of all answers.
    """
    remaining = sorted(set(student_ids))
    read: dict[str, list[Answer]] = {}
    wanted = _Wanted(filters, newest_first, after)
    pages = pages_for(limit)
    if filters.session_id is None and filters.question_id is None:
        for number in (pages, pages * MORE):
            windows = await _read_windows(tx, remaining, wanted, number)
            for student_id, window in windows.items():
                fitting = _fitting(window, wanted, limit)
                if len(fitting) >= limit or _is_whole(window, wanted):
                    read[student_id] = [decode_answer(student_id, row) for row in fitting[:limit]]
            remaining = [each for each in remaining if each not in read]
            if not windows.keys() & set(remaining):
                break
    if remaining:
        read |= await answer_store.read_page(
            tx, remaining, filters, newest_first=newest_first, after=after, limit=limit
        )
    return read


def newest_of(student_id: str, stored: Iterable[Sequence[Any]], limit: int) -> list[Answer] | None:
    """At most `limit` answers, newest first, of a student's last pages; None if these do not hold them.

    Args:
        student_id: the student.
        stored: start, until and answers of each page, as the database returns them.
        limit: of the answers.
    """
    wanted = _Wanted(AnswerFilter(), newest_first=True, after=None)
    window = sorted((HistoryPage[str](*page) for page in stored), key=lambda page: page.start)
    if not window or not _begins_at(window, **wanted.bound):
        return None
    fitting = _fitting(window, wanted, limit)
    if len(fitting) < limit and not _is_whole(window, wanted):
        return None
    return [decode_answer(student_id, each) for each in fitting[:limit]]


class _Wanted(NamedTuple):
    """Which answers to read, in which order, and after which one."""

    filters: AnswerFilter
    newest_first: bool
    after: Order | None

    @property
    def bound(self) -> dict[str, str | None]:
        """Where reading begins, as the parameter of a statement."""
        places = [] if self.after is None else [place_of(self.after)]
        if self.newest_first:
            places += [] if self.filters.until is None else [place_at(self.filters.until)]
            return {"before": min(places, default=None)}
        places += [] if self.filters.since is None else [place_at(self.filters.since)]
        return {"place": max(places, default=FIRST)}


def pages_for(limit: int) -> int:
    """The pages that most often hold at least `limit` answers: the last two may hold few."""
    return -(-limit // MOST_ANSWERS) + 2


async def _read_windows(
    tx: Transaction, student_ids: Sequence[str], wanted: _Wanted, pages: int
) -> dict[str, list[HistoryPage[str]]]:
    """For each student with pages, consecutive pages from where reading begins."""
    name = "history_page/list_newest" if wanted.newest_first else "history_page/list_oldest"
    windows: dict[str, list[HistoryPage[str]]] = defaultdict(list)
    async for row in tx.each(name, student_ids=student_ids, pages=pages, separator=SEPARATOR, **wanted.bound):
        windows[row["student_id"]].append(HistoryPage(row["start"], row["until"], row["answers"]))
    return {
        student_id: window
        for student_id, of_one in windows.items()
        if _begins_at((window := sorted(of_one, key=lambda page: page.start)), **wanted.bound)
    }


def _begins_at(window: Sequence[HistoryPage[str]], before: str | None = None, place: str | None = None) -> bool:
    """Whether pages are consecutive and begin where they should: a writer may have divided one between two reads."""
    if place is not None:
        return are_adjacent(window) and window[0].holds(place)
    last = window[-1].until
    return are_adjacent(window) and (last is None or (before is not None and last >= before))


def _is_whole(window: Sequence[HistoryPage[str]], wanted: _Wanted) -> bool:
    """Whether no other page can hold an answer that fits and comes after these in the order of reading."""
    since, until = wanted.filters.since, wanted.filters.until
    if wanted.newest_first:
        return window[0].start == FIRST or (since is not None and window[0].start <= place_at(since))
    last = window[-1].until
    return last is None or (until is not None and last >= place_at(until))


def _fitting(window: Sequence[HistoryPage[str]], wanted: _Wanted, limit: int) -> list[Row]:
    """The first answers of some pages that fit, in the order of reading; the rules of `answer/list_page_newest_first`.

    A page has only answers before those of the next one, so pages are decoded until there are enough.
    """
    fitting: list[Row] = []
    for page in reversed(window) if wanted.newest_first else window:
        placed = [(_order(row), row) for row in _decoded(page.answers) if _fits(row, wanted.filters)]
        if (after := wanted.after) is not None:
            placed = [each for each in placed if (each[0] < after if wanted.newest_first else each[0] > after)]
        placed.sort(key=itemgetter(0), reverse=wanted.newest_first)
        fitting += [row for _, row in placed]
        if len(fitting) >= limit:
            break
    return fitting


def _fits(answer: Row, filters: AnswerFilter) -> bool:
    return (
        (filters.since is None or answer["at"] >= filters.since)
        and (filters.until is None or answer["at"] < filters.until)
        and (filters.concept_id is None or filters.concept_id in answer.get("concept_ids", ()))
        and (filters.skill_code is None or filters.skill_code in answer.get("skill_codes", ()))
        and (filters.correct is None or answer["correct"] == filters.correct)
    )


def _order(answer: Row) -> Order:
    return Order.of(answer["at"], answer["recorded_at"], answer.get("sequence"), answer["id"])


async def _divide(tx: Transaction, ends: Sequence[Mapping[str, str]]) -> None:
    """Divide pages that have grown too large, of which the ends are given."""
    changed: dict[str, tuple[list[str], list[Page]]] = {}
    for row in await tx.many("history_page/list_by_ids", rows=ends, separator=SEPARATOR):
        of_page = [decode_answer(row["student_id"], each) for each in _decoded(row["answers"])]
        placed = [(place_of(each.order), each) for each in of_page]
        parts = divide(HistoryPage(row["start"], row["until"], placed))
        bounds, pages = changed.setdefault(row["student_id"], (row["bounds"], []))
        bounds += [part.start for part in parts[1:]]
        pages += parts
    rows = [_row(student_id, sorted(bounds), pages) for student_id, (bounds, pages) in changed.items()]
    await tx.value("history_page/put", rows=rows, separator=SEPARATOR)


def _closing(answers: Sequence[str]) -> Closing[str]:
    """The answers of a last page that is too large, of which most leave it."""
    return close((place_of(_order(row)), each) for row, each in zip(_decoded(answers), answers, strict=True))


def _row(student_id: str, bounds: Sequence[str], pages: Sequence[Page]) -> Row:
    """The pages of a student as a row of statements."""
    stored = [
        {
            "end": page.until or "",
            "start": page.start,
            "until": page.until,
            "answers": [encode_answer(each) for each in page.answers],
        }
        for page in pages
    ]
    return {"student_id": student_id, "bounds": bounds, "pages": stored}


def encode_answer(answer: Answer) -> str:
    """An answer as a page holds it: JSON without the student, and without what is empty."""
    columns = dict(zip(COLUMNS, _columns(answer), strict=True))
    if answer.weight == 1:
        del columns["weight"]
    return orjson.dumps({name: value for name, value in columns.items() if value not in EMPTY}).decode()


def _decoded(stored: Sequence[str]) -> list[Row]:
    """The answers of a page, as rows of columns."""
    answers: list[Row] = orjson.loads("[" + ",".join(stored) + "]")
    for answer in answers:
        answer["at"], answer["recorded_at"] = as_time(answer["at"]), as_time(answer["recorded_at"])
    return answers
