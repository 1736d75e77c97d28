"""Pages of answers on the engine: what they give equals what the relationships give, whatever was done before."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from graph_api.domain.answers.answers import Answer, AnswerInput
from graph_api.domain.answers.history_pages import MOST_ANSWERS, MOST_ON_LAST
from graph_api.store import answers, history_pages
from graph_api.store.answers import AnswerFilter
from graph_api.store.gateway import Gateway
from graph_api.usecases.answers.answer_intake import AnswerIntake
from graph_api.usecases.operations import history_pages as usecase
from graph_api.usecases.operations.erase_students import erase_student
from tests.conftest import NOW, Ask

if TYPE_CHECKING:
    from graph_api.domain.answers.order import Order

pytestmark = pytest.mark.usefixtures("course")

SCANS = {"answer/list_page_newest_first", "answer/list_page_oldest_first"}
COUNT_PAGES = "RETURN COUNT { (:History) } AS histories, COUNT { (:HistoryPage) } AS pages"
TAGS: Sequence[dict[str, Any]] = (
    {"concept_ids": ["dative"]},
    {"skill_codes": ["talk"]},
    {"concept_ids": ["accusative"], "skill_codes": ["talk"], "hints": 1, "partial_score": 0.5},
)


def some_answer(rng: random.Random, key: str, student_id: str = "anna", latest: int = 900) -> AnswerInput:
    """An answer at a random time, often at the same second as others."""
    at = NOW - timedelta(seconds=rng.choice([5, 60, rng.randrange(latest)]))
    more = {"session_id": None, "question_id": rng.choice([None, "q1"]), "response_time": rng.choice([None, 2.5])}
    return AnswerInput(student_id, correct=rng.random() < 0.5, id=key, at=at, **more, **rng.choice(TAGS))  # type: ignore[arg-type]


async def record(intake: AnswerIntake, sent: Sequence[AnswerInput]) -> None:
    await intake.submit(sent)


def filters() -> list[AnswerFilter]:
    since, until = NOW - timedelta(seconds=600), NOW - timedelta(seconds=60)
    return [
        AnswerFilter(),
        AnswerFilter(since=since, until=until),
        AnswerFilter(skill_code="cases", correct=False),
        AnswerFilter(question_id="q1"),
    ]


async def compare(gateway: Gateway, student_ids: Sequence[str], limit: int) -> int:
    """Walk through all pages of every filter in both directions, and compare each with the relationships."""
    walked = 0
    for each in filters():
        for newest_first in (True, False):
            after: Order | None = None
            while True:
                page = {"filters": each, "newest_first": newest_first, "after": after, "limit": limit}
                actual = await gateway.read(partial(history_pages.read_page, student_ids=student_ids, **page))  # type: ignore[arg-type]
                expected = await gateway.read(partial(answers.read_page, student_ids=student_ids, **page))  # type: ignore[arg-type]
                assert {key: of for key, of in actual.items() if of} == expected, page
                walked += 1
                last: list[Answer] = expected.get("anna", [])
                if len(last) < limit:
                    break
                after = last[-1].order
    return walked


async def test_pages_equal_the_relationships(
    gateway: Gateway, intake: AnswerIntake, raw: Ask, statements_seen: list[str]
) -> None:
    rng = random.Random(18)
    number = 0
    for size in (1, 2 * MOST_ANSWERS + 7, 30, 40):
        sent = [some_answer(rng, f"e{number + place}", rng.choice(["anna", "anna", "ben"])) for place in range(size)]
        number += size
        await record(intake, sent)
        await record(intake, [*sent[:2], some_answer(rng, f"late{number}", latest=3_000)])  # two are duplicates
    await record(intake, [some_answer(rng, "first", latest=10**7)])
    assert await usecase.find_wrong_pages(gateway) == []

    del statements_seen[:]
    assert await gateway.read(
        partial(
            history_pages.read_page, student_ids=["anna", "ben"], filters=AnswerFilter(), newest_first=True,
            after=None, limit=101,
        )
    )  # fmt: skip
    assert statements_seen == ["history_page/list_newest"]
    assert await compare(gateway, ["anna", "ben", "none"], 90) > len(filters()) * 2
    await erase_student(gateway, "ben", NOW)
    await erase_student(gateway, "anna", NOW)
    assert await raw(COUNT_PAGES) == [{"histories": 0, "pages": 0}]


async def test_an_interrupted_build_is_continued(
    gateway: Gateway, intake: AnswerIntake, raw: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = random.Random(7)
    ids = [f"s{n}" for n in range(5)]
    await record(intake, [some_answer(rng, f"{student}-{n}", student) for student in ids for n in range(12)])
    await gateway.write(partial(history_pages.delete, student_ids=ids))
    assert await raw(COUNT_PAGES) == [{"histories": 0, "pages": 0}]
    monkeypatch.setattr(usecase, "ANSWERS_AT_A_TIME", 24)

    class Killed(BaseException):
        pass

    def kill(_built: int) -> None:
        raise Killed

    with pytest.raises(Killed):
        await usecase.build_missing(gateway, kill)
    assert await raw(COUNT_PAGES) == [{"histories": 2, "pages": 2}]

    async def die_within(tx: Any) -> None:
        await history_pages.build(tx, ids)
        raise Killed

    with pytest.raises(Killed):
        await gateway.write(die_within)
    assert await raw(COUNT_PAGES) == [{"histories": 2, "pages": 2}], (
        "a transaction that dies leaves nothing half-written"
    )
    monkeypatch.setattr(history_pages, "BUILT_AT_ONCE", 10)
    await record(intake, [some_answer(rng, f"{student}-new", student) for student in ids])
    assert await raw(COUNT_PAGES) == [{"histories": 2, "pages": 4}], "long histories are left to the build"

    assert await usecase.has_students_without_pages(gateway)
    assert await usecase.build_missing(gateway) == 3
    assert not await usecase.has_students_without_pages(gateway)
    assert await usecase.find_wrong_pages(gateway) == []
    assert await raw(COUNT_PAGES) == [{"histories": 5, "pages": 7}]


async def test_the_last_page_stays_small_and_fills_the_page_before_it(
    gateway: Gateway, intake: AnswerIntake, raw: Ask, statements_seen: list[str]
) -> None:
    async def sizes() -> list[int]:
        stored = "MATCH (p:HistoryPage) RETURN size(p.answers) AS size ORDER BY p.start"
        return [row["size"] for row in await raw(stored)]

    rng = random.Random(4)
    for number in range(2 * MOST_ANSWERS + 3 * MOST_ON_LAST):
        del statements_seen[:]
        sent = some_answer(rng, f"e{number}")
        await record(intake, [replace(sent, at=NOW - timedelta(seconds=900 - number))])
        assert (await sizes())[-1] <= MOST_ON_LAST
        of_pages = [name for name in statements_seen if name.startswith("history_page/")]
        assert of_pages in ([], ["history_page/close"]) or not number
    assert await sizes() == [MOST_ANSWERS, MOST_ANSWERS, 2 * MOST_ON_LAST, MOST_ON_LAST]
    many = [some_answer(rng, f"many{number}", latest=5) for number in range(MOST_ANSWERS)]
    await record(intake, many)
    assert max(await sizes()) <= MOST_ANSWERS
    assert await usecase.find_wrong_pages(gateway) == []
    assert await compare(gateway, ["anna"], 90) > len(filters()) * 2


DAMAGES = [
        ("MATCH (p:HistoryPage) WHERE p.until IS NULL SET p.answers = p.answers[1..]", usecase.PAGED),
        ("MATCH (p:HistoryPage) WHERE p.until IS NULL SET p.answers = p.answers + p.answers[0]", usecase.PAGED),
        ("MATCH (p:HistoryPage) WHERE p.until IS NULL DETACH DELETE p", usecase.PAGED),
        ("MATCH (p:HistoryPage) SET p.start = 'x'", usecase.PAGED),
        ("MATCH (h:History) SET h.bounds = h.bounds + 'x'", usecase.PAGED),
        ("MATCH (p:HistoryPage) WHERE p.until IS NULL SET p.answers = ['{}']", usecase.READABLE),
        ("MATCH (:Student)-[a:ANSWERED]->() WHERE a.id = 'e0' SET a.weight = 0.25", usecase.PAGED),
        ("CREATE (:History {id: 'gone', bounds: []})-[:HAS_PAGE]->(:HistoryPage {id: 'gone x', answers: []})", usecase.STRAYED),
]  # fmt: skip


async def test_the_doctor_finds_and_repairs_wrong_pages(gateway: Gateway, intake: AnswerIntake, raw: Ask) -> None:
    rng = random.Random(3)
    await record(intake, [some_answer(rng, f"e{n}") for n in range(MOST_ANSWERS + 10)])
    assert await usecase.find_wrong_pages(gateway) == []
    for damage, rule in DAMAGES:
        await raw(damage)

        findings = await usecase.find_wrong_pages(gateway)

        assert {each.rule for each in findings} == {rule}, (damage, findings)
        assert await usecase.repair_pages(gateway, findings) == len(findings)
        assert await usecase.find_wrong_pages(gateway) == [], damage
        assert await raw(COUNT_PAGES) == [{"histories": 1, "pages": 2}]
