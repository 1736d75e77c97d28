"""Tokens that are requested together are read together, and are those that each request reads alone."""

import asyncio
import random
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from graph_api.domain.answers.answers import AnswerInput
from graph_api.domain.learners.people import Group, Student
from graph_api.store.bookmarks import Bookmarks
from graph_api.store.database_failures import DatabaseUnavailable
from graph_api.store.dependencies import Dependencies
from graph_api.store.gateway import Gateway
from graph_api.store.reply_tokens import ReplyToken, ReplyTokens
from graph_api.usecases.answers.answer_intake import AnswerIntake
from graph_api.usecases.learners.edit_people import upsert_group, upsert_students
from tests.conftest import NOW

STUDENTS = ["anna", "ben", "cleo", "dora"]
GROUPS = ["first", "second"]


def needs(
    students: set[str] | None = None,
    groups: set[str] | None = None,
    memberships: set[str] | None = None,
    seen: set[str] | None = None,
) -> Dependencies:
    of = Dependencies()
    of.students, of.groups, of.memberships, of.seen = (
        students or set(),
        groups or set(),
        memberships or set(),
        seen or set(),
    )
    return of


@pytest.fixture
async def people(course: None, gateway: Gateway) -> None:
    await upsert_students(gateway, list(map(Student, STUDENTS)), NOW)
    await upsert_group(gateway, Group("first", "First", ["anna", "ben"]), NOW)
    await upsert_group(gateway, Group("second", "Second", ["ben", "cleo"]), NOW)


async def alone(gateway: Gateway, of: Dependencies) -> ReplyToken | None:
    return await ReplyTokens(gateway, 5).read(of)


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize("seed", range(3))
async def test_tokens_read_together_are_those_read_alone(gateway: Gateway, seed: int) -> None:
    rng, tokens = random.Random(seed), ReplyTokens(gateway, 5)

    def some(names: list[str]) -> set[str]:
        return set(rng.sample([*names, "unknown"], rng.randrange(3)))

    every = [needs(some(STUDENTS), some(GROUPS), some(STUDENTS), some(STUDENTS)) for _ in range(12)]

    together = await asyncio.gather(*map(tokens.read, every))

    assert together == [await alone(gateway, of) for of in every]
    assert len({token and token.digest for token in together}) > 3


@pytest.mark.usefixtures("people")
async def test_those_who_wait_share_a_statement(gateway: Gateway, statements_sent: deque[str]) -> None:
    tokens = ReplyTokens(gateway, 5)
    statements_sent.clear()

    await asyncio.gather(*(tokens.read(needs({student_id})) for student_id in STUDENTS * 4))

    assert statements_sent.count("reply_token/list_students") == 1
    await tokens.read(needs({"anna"}))
    assert statements_sent.count("reply_token/list_students") == 2


@pytest.mark.usefixtures("people")
async def test_a_token_is_never_older_than_its_request(
    gateway: Gateway, intake: AnswerIntake, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A request that comes while a statement runs takes the next one."""
    tokens, before = ReplyTokens(gateway, 5), await alone(gateway, needs({"anna"}))
    begun, may_end = asyncio.Event(), asyncio.Event()
    read_one = gateway.read_one

    async def read_slowly(work: Callable[..., Awaitable[Any]]) -> Any:
        rows = await read_one(work)
        begun.set()
        await may_end.wait()
        return rows

    monkeypatch.setattr(gateway, "read_one", read_slowly)
    first = asyncio.create_task(tokens.read(needs({"anna"})))
    await begun.wait()
    await intake.submit([AnswerInput("anna", correct=True, concept_ids=["dative"], at=NOW)])
    second = asyncio.create_task(tokens.read(needs({"anna"})))
    await asyncio.sleep(0)
    may_end.set()

    assert await first == before
    assert await second not in {before, None}


@pytest.mark.usefixtures("people")
async def test_a_failure_reaches_those_who_wait_and_no_later_caller(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokens = ReplyTokens(gateway, 5)

    async def fail(_work: object) -> Any:
        raise DatabaseUnavailable("the database is down")

    with monkeypatch.context() as broken:
        broken.setattr(gateway, "read_one", fail)
        both = await asyncio.gather(*(tokens.read(needs({"anna"})) for _ in range(2)), return_exceptions=True)
    assert [type(each) for each in both] == [DatabaseUnavailable] * 2

    assert await tokens.read(needs({"anna"})) == await alone(gateway, needs({"anna"}))


@pytest.mark.usefixtures("people")
async def test_a_database_that_does_not_answer_holds_callers_for_a_bounded_time(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokens = ReplyTokens(gateway, 0.05)
    with monkeypatch.context() as silent:
        silent.setattr(gateway, "read_one", lambda _work: asyncio.sleep(60))
        with pytest.raises(TimeoutError):
            await tokens.read(needs({"anna"}))

    assert await tokens.read(needs({"anna"})) is not None


@pytest.mark.usefixtures("people")
async def test_a_caller_that_gives_up_does_not_stop_the_others(gateway: Gateway) -> None:
    tokens = ReplyTokens(gateway, 5)
    first, second = (asyncio.create_task(tokens.read(needs({"anna"}))) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()

    assert await second == await alone(gateway, needs({"anna"}))


@pytest.mark.usefixtures("people")
async def test_a_client_with_bookmarks_reads_alone_and_with_them(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[frozenset[str]] = []
    session = gateway._session

    def note(access: str, bookmarks: frozenset[str]) -> Any:
        sent.append(bookmarks)
        return session(access, frozenset())

    monkeypatch.setattr(gateway, "_session", note)
    tokens = ReplyTokens(gateway, 5)

    async def with_bookmark() -> None:
        with Bookmarks(["a bookmark"]).followed():
            await tokens.read(needs({"anna"}))

    await asyncio.gather(tokens.read(needs({"ben"})), with_bookmark())

    assert sorted(sent, key=len) == [frozenset(), frozenset({"a bookmark"})]
