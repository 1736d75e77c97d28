"""The past answers of long histories, for late answers and predictions: history pages, as one row for each student."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import orjson

from graph_api.domain.answers.history_pages import FIRST, HistoryPage, are_adjacent, place_of
from graph_api.domain.answers.order import Order
from graph_api.domain.learners.late_answers import PastAnswers, signed
from graph_api.domain.learners.mastery import Evidence
from graph_api.domain.parameters.predictors.practice_state import PracticeState
from graph_api.domain.targets import Target, TargetKind
from graph_api.store.answers import Pair
from graph_api.store.gateway import Row, Transaction
from graph_api.store.pace import pace
from graph_api.store.times import as_time

KEYS = {TargetKind.CONCEPT: "concept_ids", TargetKind.SKILL: "skill_codes"}
UTC_TEXT = "+00:00"
"""How the texts of times end that compare as times do."""


async def read_past_answers(tx: Transaction, new: Mapping[Pair, Sequence[Evidence]]) -> dict[Pair, PastAnswers]:
    """For each pair, its stored answers around some new ones, from the history pages of its student.

    Pairs of students whose pages are missing are left out. Judgements are not read.
    """
    past: dict[Pair, PastAnswers] = {}
    async for student_id, pages in _read_whole(tx, {student_id for student_id, _ in new}):
        own = {target: items for (owner, target), items in new.items() if owner == student_id}
        collected = {target: _Collected(target, items) for target, items in own.items()}
        async for page, answers in _in_turns(pages):
            for each in collected.values():
                each.add(page, answers)
        for target, each in collected.items():
            if each.last is not None:
                past[student_id, target] = PastAnswers(each.before, each.around, each.after, _order(each.last))
    return past


async def read_practice(tx: Transaction, student_ids: Iterable[str], kind: TargetKind) -> dict[str, PracticeState]:
    """The practice of students on concepts or skills, from their history pages: one row and no level for each.

    Students whose pages are missing are left out. Judgements, and answers of weight 0, are no practice.
    """
    column, states = KEYS[kind], {}
    async for student_id, pages in _read_whole(tx, student_ids):
        state = states[student_id] = PracticeState()
        async for _, answers in _in_turns(pages):
            for answer in answers:
                if answer.get(column) and answer.get("weight") != 0:
                    state.record(answer[column], correct=counts_correct(answer))
    return states


async def _read_whole(
    tx: Transaction, student_ids: Iterable[str]
) -> AsyncIterator[tuple[str, Sequence[HistoryPage[str]]]]:
    """The pages of each student in order; students whose pages are missing are left out."""
    for row in await tx.many("history_page/list_whole", student_ids=sorted(set(student_ids))):
        pages = sorted((HistoryPage(*page) for page in row["pages"]), key=lambda page: page.start)
        if pages[0].start == FIRST and pages[-1].until is None and are_adjacent(pages):
            yield row["student_id"], pages


async def _in_turns(pages: Iterable[HistoryPage[str]]) -> AsyncIterator[tuple[HistoryPage[str], list[Row]]]:
    """Each page with its answers in order, in slices of the event loop."""
    turns = pace()
    for page in pages:
        yield page, _in_order(orjson.loads("[" + ",".join(page.answers) + "]"))
        if turns.is_spent():
            await turns.turn()


class _Collected:
    """What is collected of a pair, page by page."""

    def __init__(self, target: Target, new: Iterable[Evidence]) -> None:
        places = sorted(place_of(each.order) for each in new)
        self._first, self._last_new = places[0], places[-1]
        self._column, self._key = KEYS[target.kind], target.key
        self.before: list[float] = []
        self.around: list[Evidence] = []
        self.after: list[float] = []
        self.last: Row | None = None

    def add(self, page: HistoryPage[str], answers: Iterable[Row]) -> None:
        """Add the answers of a page, in order."""
        column, key = self._column, self._key
        counting = [each for each in answers if key in each.get(column, ()) and each.get("weight") != 0]
        if not counting:
            return
        self.last = counting[-1]
        if page.until is not None and page.until <= self._first:
            self.before += map(_signed, counting)
        elif page.start > self._last_new:
            self.after += map(_signed, counting)
        else:
            self.around += map(_evidence, counting)


def _in_order(answers: list[Row]) -> list[Row]:
    """The answers of a page in order. Most pages are already, by different times."""
    times = [each["at"] for each in answers]
    if all(text.endswith(UTC_TEXT) for text in times) and all(one < other for one, other in pairwise(times)):
        return answers
    return sorted(answers, key=_order)


def _order(answer: Row) -> Order:
    at, recorded_at = as_time(answer["at"]), as_time(answer["recorded_at"])
    return Order.of(at, recorded_at, answer.get("sequence"), answer["id"])


def _signed(answer: Row) -> float:
    weight: float = answer.get("weight", 1.0)
    return signed(correct=counts_correct(answer), weight=weight)


def counts_correct(answer: Mapping[str, Any]) -> bool:
    """Whether a stored answer counts as correct; without `counts_as` it counts as it was stated."""
    counted: bool | None = answer.get("counts_as")
    correct: bool = answer["correct"] if counted is None else counted
    return correct


def _evidence(answer: Row) -> Evidence:
    return Evidence(
        _order(answer), counts_correct(answer), answer.get("weight", 1.0), is_as_stated="counts_as" not in answer
    )
