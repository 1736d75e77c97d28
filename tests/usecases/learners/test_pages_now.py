"""Pages in memory are those of the database after every change, and read the levels of those who changed only."""

import asyncio
import random
from collections import deque
from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from graph_api.domain.answers.answers import AnswerInput
from graph_api.domain.learners.judgements import JudgementKind, NewJudgement
from graph_api.domain.learners.people import Student
from graph_api.domain.targets import TargetKind, concept
from graph_api.store.class_pages import GroupPage, Member, StudentPage, read_group_page, read_student_pages
from graph_api.store.dependencies import collected
from graph_api.store.gateway import Gateway
from graph_api.store.masteries import ShownLevels
from graph_api.store.viewers import OneStudent
from graph_api.usecases.answers.answer_intake import AnswerIntake
from graph_api.usecases.learners.edit_people import upsert_students
from graph_api.usecases.learners.pages_now import KEY_BYTES, PagesNow, Place
from graph_api.usecases.learners.record_judgements import Judging, record_judgements
from graph_api.usecases.learners.student_memory import OVERHEAD, StudentMemory
from graph_api.usecases.operations.back_up import back_up, restore
from graph_api.usecases.operations.erase_students import erase_student
from tests.conftest import NOW, Ask
from tests.usecases.learners.changed_class import IDS, KEYS, Change, changes_of, check_after_each, write_class

VERSIONS, GROUP_VERSIONS = "class_page/list_versions_of_students", "class_page/read_group_with_versions"
LEVELS, GROUP_LEVELS = "class_page/list_students_on_concepts", "class_page/read_group_on_concepts"
LIMITS = (2, 100)


@pytest.fixture
async def classroom(course: None, gateway: Gateway, intake: AnswerIntake) -> None:
    await write_class(gateway, intake)


def in_order(members: Iterable[Member]) -> list[Member]:
    """Members whose lists have one order."""
    return [
        each if each.levels is None else each._replace(levels=ShownLevels(*zip(*sorted(zip(*each.levels, strict=True)), strict=True)))
        for each in members
    ]  # fmt: skip


def of_student(page: StudentPage | None) -> object:
    return page and (page.mark, in_order([page.member]))


def of_group(page: GroupPage | None) -> object:
    return page and page._replace(members=in_order(page.members))


async def stored_student(gateway: Gateway, student_id: str, kind: TargetKind) -> StudentPage | None:
    pages = await gateway.read(partial(read_student_pages, ids=[student_id], kind=kind))
    return pages[0] if pages else None


async def stored_group(gateway: Gateway, place: Place) -> GroupPage | None:
    return await gateway.read(partial(read_group_page, group_id=place.group_id, kind=place.kind, limit=place.limit))


async def assert_is_stored(pages: PagesNow, gateway: Gateway) -> None:
    for kind in TargetKind:
        for student_id in IDS:
            page = await pages.read_student(gateway, student_id, kind)
            assert of_student(page) == of_student(await stored_student(gateway, student_id, kind))
        for place in [Place("class", kind, limit) for limit in LIMITS]:
            group = await pages.read_group(gateway, place)
            assert of_group(group) == of_group(await stored_group(gateway, place))


def change(rng: random.Random, gateway: Gateway, intake: AnswerIntake) -> Change:
    """A random change, which may be refused."""
    student_id, key = rng.choice(IDS), rng.choice(KEYS)
    answer = AnswerInput(student_id, correct=rng.random() < 0.5, concept_ids=[key], at=NOW)
    judgement = NewJudgement(student_id, concept(key), JudgementKind.OVERRIDE, rng.random())
    changes: list[Change] = [
        lambda: intake.submit([answer, replace(answer, skill_codes=["talk"])]),
        lambda: intake.submit([answer]),
        partial(record_judgements, Judging(gateway, gateway, "tess", lambda: NOW), [judgement]),
        *changes_of(gateway, rng, student_id, key),
    ]
    return rng.choice(changes)


@pytest.mark.usefixtures("classroom")
@pytest.mark.parametrize("seed", range(3))
async def test_after_every_change_they_are_the_stored_pages(gateway: Gateway, intake: AnswerIntake, seed: int) -> None:
    """What is in memory gets no notice of changes: another process may write."""
    rng, pages = random.Random(seed), PagesNow(StudentMemory(settling=0))
    await check_after_each(25, partial(change, rng, gateway, intake), partial(assert_is_stored, pages, gateway))


@pytest.mark.usefixtures("classroom")
async def test_only_the_levels_of_those_who_have_changed_are_read(
    gateway: Gateway, intake: AnswerIntake, statements_sent: deque[str]
) -> None:
    pages, place = PagesNow(StudentMemory(settling=0)), Place("class", TargetKind.CONCEPT, 100)

    async def sent() -> list[str]:
        statements_sent.clear()
        await pages.read_group(gateway, place)
        await pages.read_student(gateway, "anna", TargetKind.CONCEPT)
        return list(statements_sent)

    assert await sent() == [GROUP_LEVELS, VERSIONS]
    assert await sent() == [GROUP_VERSIONS, VERSIONS]
    await intake.submit([AnswerInput("anna", correct=True, concept_ids=["dative"], at=NOW)])
    assert await sent() == [GROUP_VERSIONS, LEVELS, VERSIONS]
    assert await sent() == [GROUP_VERSIONS, VERSIONS]


@pytest.mark.usefixtures("classroom")
async def test_a_change_of_this_process_is_read_at_once(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch, statements_sent: deque[str]
) -> None:
    memory = StudentMemory(settling=0)
    pages = PagesNow(memory)
    await pages.read_student(gateway, "anna", TargetKind.CONCEPT)
    monkeypatch.setattr(gateway, "on_change", memory.forget)
    await upsert_students(gateway, [Student("anna", name="Anna")], NOW)
    statements_sent.clear()

    page = await pages.read_student(gateway, "anna", TargetKind.CONCEPT)

    assert page is not None
    assert page.member.student.name == "Anna"
    assert list(statements_sent) == [LEVELS]


@pytest.mark.usefixtures("classroom")
async def test_levels_count_as_known_only_some_time_after_their_version_was_first_seen(
    gateway: Gateway, statements_sent: deque[str]
) -> None:
    now = [0.0]
    pages = PagesNow(StudentMemory(clock=lambda: now[0], settling=0.5))
    seen = []
    for now[0] in (0.0, 0.4, 0.6, 0.7):
        statements_sent.clear()
        await pages.read_student(gateway, "anna", TargetKind.CONCEPT)
        seen += list(statements_sent)

    assert seen == [LEVELS, LEVELS, LEVELS, VERSIONS]


@pytest.mark.usefixtures("classroom")
async def test_readers_that_overlap_let_levels_settle(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch, statements_sent: deque[str]
) -> None:
    """Under load, a reader always begins before another one has ended."""
    now, late = [0.0], asyncio.Event()
    pages = PagesNow(StudentMemory(clock=lambda: now[0], settling=0.5))
    read_one, waits = gateway.read_one, [False]

    async def read_late(work: Any) -> Any:
        read, wait = await read_one(work), waits[0]
        if wait:
            await late.wait()
        return read

    monkeypatch.setattr(gateway, "read_one", read_late)
    await pages.read_student(gateway, "anna", TargetKind.CONCEPT)
    now[0], waits[0] = 0.4, True
    overlapping = asyncio.create_task(pages.read_student(gateway, "anna", TargetKind.CONCEPT))
    await asyncio.sleep(0)
    now[0], waits[0] = 0.6, False
    await pages.read_student(gateway, "anna", TargetKind.CONCEPT)
    late.set()
    await overlapping
    statements_sent.clear()

    await pages.read_student(gateway, "anna", TargetKind.CONCEPT)

    assert list(statements_sent) == [VERSIONS]


@pytest.mark.usefixtures("classroom")
async def test_a_read_that_takes_long_settles_nothing(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch, statements_sent: deque[str]
) -> None:
    """What counts is when the read began: it may have seen a part of the change only."""
    now, read_one = [0.0], gateway.read_one
    pages = PagesNow(StudentMemory(clock=lambda: now[0], settling=0.5))

    async def read_slowly(work: Any) -> Any:
        read = await read_one(work)
        now[0] += 0.6
        return read

    monkeypatch.setattr(gateway, "read_one", read_slowly)
    await pages.read_student(gateway, "anna", TargetKind.CONCEPT)
    statements_sent.clear()
    for _ in range(2):
        await pages.read_student(gateway, "anna", TargetKind.CONCEPT)

    assert list(statements_sent) == [LEVELS, VERSIONS]


@pytest.mark.usefixtures("classroom")
async def test_requests_that_wait_share_a_statement_and_depend_on_their_own_student(
    gateway: Gateway, statements_sent: deque[str]
) -> None:
    pages = PagesNow(StudentMemory(settling=0))

    async def read(student_id: str) -> set[str]:
        with collected() as needs:
            page = await pages.read_student(gateway, student_id, TargetKind.CONCEPT)
        assert page is not None
        assert page.member.student.id == student_id
        assert needs.are_known
        return needs.students

    for student_id in IDS:
        assert await read(student_id) == {student_id}
    statements_sent.clear()

    assert await asyncio.gather(*map(read, IDS * 4)) == [{student_id} for student_id in IDS * 4]
    assert list(statements_sent) == [VERSIONS]


@pytest.mark.usefixtures("classroom")
async def test_a_restore_is_seen(gateway: Gateway, intake: AnswerIntake, tmp_path: Path) -> None:
    pages, path = PagesNow(StudentMemory(settling=0)), tmp_path / "b.gz"
    await back_up(gateway, path, NOW, lambda *_: None)
    await intake.submit([AnswerInput("anna", correct=False, concept_ids=["dative"], at=NOW)])
    await assert_is_stored(pages, gateway)
    await restore(gateway, path, replace=True, on_progress=lambda *_: None)
    await intake.submit([AnswerInput("anna", correct=True, concept_ids=["dative"], at=NOW)])

    await assert_is_stored(pages, gateway)


@pytest.mark.usefixtures("classroom")
async def test_a_viewer_sees_no_student_out_of_reach(gateway: Gateway) -> None:
    pages = PagesNow(StudentMemory(settling=0))
    await assert_is_stored(pages, gateway)
    anna = gateway.seen_by(OneStudent("anna"))

    assert await pages.read_student(anna, "ben", TargetKind.CONCEPT) is None
    assert await pages.read_student(anna, "anna", TargetKind.CONCEPT) is not None


@pytest.mark.usefixtures("classroom")
async def test_an_erased_student_has_no_page(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    memory = StudentMemory(settling=0)
    pages = PagesNow(memory)
    await assert_is_stored(pages, gateway)
    monkeypatch.setattr(gateway, "on_change", memory.forget)
    whole = memory.bytes
    await erase_student(gateway, "anna")

    assert await pages.read_student(gateway, "anna", TargetKind.CONCEPT) is None
    assert memory.bytes < whole


@pytest.mark.usefixtures("classroom")
async def test_an_invalid_level_is_never_in_memory(gateway: Gateway, raw: Ask) -> None:
    pages = PagesNow(StudentMemory(settling=0))
    await raw("MATCH (:Student {id: 'anna'})-[m:HAS_MASTERY]->(:Concept) SET m.level = 7.0")
    for _ in range(2):
        page = await pages.read_student(gateway, "anna", TargetKind.CONCEPT)
        assert page is not None
        assert not page.member.is_valid
    await raw("MATCH (:Student {id: 'anna'})-[m:HAS_MASTERY]->(:Concept) SET m.level = 0.7")

    await assert_is_stored(pages, gateway)


@pytest.mark.usefixtures("classroom")
async def test_memory_has_a_bound(gateway: Gateway, statements_sent: deque[str]) -> None:
    for limit, expected in ((0, LEVELS), (OVERHEAD, LEVELS), (10 * (OVERHEAD + KEY_BYTES), VERSIONS)):
        memory = StudentMemory(limit, settling=0)
        pages = PagesNow(memory)
        await pages.read_student(gateway, "anna", TargetKind.CONCEPT)
        assert memory.bytes <= limit
        statements_sent.clear()
        await pages.read_student(gateway, "anna", TargetKind.CONCEPT)
        assert list(statements_sent) == [expected]
