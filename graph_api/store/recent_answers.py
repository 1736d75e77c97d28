"""The answers of students in the last weeks, from history pages: what is read does not grow with the histories."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import orjson

from graph_api.domain.answers.answers import earlier
from graph_api.domain.answers.history_pages import HistoryPage, are_adjacent, place_at
from graph_api.domain.learners.risk import BEFORE, RECENT, RapidGuesses, RecentAnswer, Trend
from graph_api.domain.learners.scope import ALL, Scope
from graph_api.domain.targets import SEPARATOR
from graph_api.store.gateway import Row, Transaction
from graph_api.store.pace import pace
from graph_api.store.past_answers import counts_correct
from graph_api.store.policy_sets import read_evidence_set_in_effect
from graph_api.store.times import as_time

AFTER = "~"
"""What follows a moment's place is after all answers of the moment: their places go on with digits."""


class StoredTrend(NamedTuple):
    """The last practice of a student, if any, the trend of their answers, and their rapid guesses."""

    last_practiced_at: datetime | None
    trend: Trend
    rapid: RapidGuesses


async def read_trends(
    tx: Transaction, student_ids: Iterable[str], as_of: datetime, latest: datetime, scope: Scope = ALL
) -> dict[str, StoredTrend]:
    """The trend of each student as of a moment, with rapid guesses by the evidence parameters in effect.

    Args:
        tx: where to read.
        student_ids: the students.
        as_of: where the last week ends.
        latest: answers after this moment do not count as the last practice.
        scope: answers that count towards nothing in it are left out.

    Raises:
        InvalidInput: the moment has no four weeks before it.
    """
    since, ids = earlier(as_of, RECENT + BEFORE, "asOf"), sorted(set(student_ids))
    seconds = (await read_evidence_set_in_effect(tx)).parameters.rapid_seconds
    recent = await _read_pages(tx, ids, since, latest, scope)
    recent |= await _read_relationships(tx, sorted(set(ids) - recent.keys()), since, latest, scope)
    last = {student_id: max(each.at for each in of_one) for student_id, of_one in recent.items() if of_one}
    last |= await _read_last(tx, sorted(set(ids) - last.keys()), latest, scope)
    return {
        student_id: StoredTrend(
            last.get(student_id),
            Trend.of(recent.get(student_id, ()), as_of),
            RapidGuesses.of(recent.get(student_id, ()), as_of, seconds),
        )
        for student_id in ids
    }


async def _read_pages(
    tx: Transaction, student_ids: Sequence[str], since: datetime, until: datetime, scope: Scope
) -> dict[str, list[RecentAnswer]]:
    """The answers up to a moment on the pages that have those since another, and on the page before.

    Students whose pages are missing are left out, and those whose page a writer has divided meanwhile.
    """
    first, last = place_at(since), place_at(until) + AFTER
    recent, turns = {}, pace()
    rows = tx.each("history_page/list_between", student_ids=student_ids, first=first, last=last, separator=SEPARATOR)
    async for row in rows:
        pages = sorted((HistoryPage[str](*page) for page in row["pages"]), key=lambda page: page.start)
        ends_after = pages[-1].until is None or pages[-1].until > last
        if pages[0].start <= first and ends_after and are_adjacent(pages):
            answers: list[Row] = orjson.loads(f"[{','.join(text for page in pages for text in page.answers)}]")
            given = [_recent(each) for each in answers if _is_covered(each, scope)]
            recent[row["student_id"]] = [each for each in given if each.at <= until]
        if turns.is_spent():
            await turns.turn()
    return recent


async def _read_relationships(
    tx: Transaction, student_ids: Sequence[str], since: datetime, until: datetime, scope: Scope
) -> dict[str, list[RecentAnswer]]:
    """The same of students whose pages cannot be used, since the first moment."""
    recent: dict[str, dict[str, RecentAnswer]] = defaultdict(dict)
    if student_ids:
        params = {"student_ids": student_ids, "since": since, "until": until, **_keys(scope)}
        async for row in tx.each("answer/list_recent", **params):
            recent[row["student_id"]] |= {answer["id"]: _recent(answer) for answer in row["answers"]}
    return {student_id: list(of_one.values()) for student_id, of_one in recent.items()}


async def _read_last(tx: Transaction, student_ids: Sequence[str], until: datetime, scope: Scope) -> dict[str, datetime]:
    """The last practice up to a moment of students who did not practise lately."""
    if not student_ids:
        return {}
    rows = await tx.many("answer/list_latest", student_ids=student_ids, until=until, **_keys(scope))
    return {row["student_id"]: as_time(row["at"]) for row in rows}


def _keys(scope: Scope) -> Mapping[str, list[str] | None]:
    if scope.concept_ids is None or scope.skill_codes is None:
        return {"concept_ids": None, "skill_codes": None}
    return {"concept_ids": sorted(scope.concept_ids), "skill_codes": sorted(scope.skill_codes)}


def _is_covered(answer: Mapping[str, Any], scope: Scope) -> bool:
    if scope.concept_ids is None or scope.skill_codes is None:
        return True
    in_concepts = not scope.concept_ids.isdisjoint(answer.get("concept_ids", ()))
    return in_concepts or not scope.skill_codes.isdisjoint(answer.get("skill_codes", ()))


def _recent(answer: Mapping[str, Any]) -> RecentAnswer:
    """An answer as a page or `answer/list_recent` has it; pages leave out what is empty."""
    return RecentAnswer(
        as_time(answer["at"]),
        counts_correct(answer),
        answer.get("weight", 1.0) != 0,
        answer.get("response_time"),
    )
