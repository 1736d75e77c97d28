"""The course in memory is the stored one after every edit, also while others read and edit it."""

import asyncio
import json
import random
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from graph_api.domain.course.course import CefrLevel, Concept, Course, Skill
from graph_api.domain.course.course_content import readable
from graph_api.domain.failures import Failure
from graph_api.domain.learners.mastery import Thresholds
from graph_api.domain.parameters.knowledge_tracing import Parameters
from graph_api.store import skills
from graph_api.store.concepts import lock_course
from graph_api.store.gateway import Gateway, Transaction
from graph_api.usecases.course.archive_course import archive_concepts, archive_skills
from graph_api.usecases.course.change_courses import upsert_courses
from graph_api.usecases.course.course_now import CourseNow
from graph_api.usecases.course.delete_course import delete_concepts, delete_skills
from graph_api.usecases.course.edit_course import (
    link_prerequisite,
    unlink_prerequisite,
    upsert_concepts,
    upsert_skills,
)
from graph_api.usecases.course.import_course import import_course
from graph_api.usecases.learners.thresholds_in_effect import ThresholdsNow
from graph_api.usecases.operations.back_up import back_up, restore
from graph_api.usecases.parameters.edit_parameter_sets import put_parameter_set
from tests.conftest import NOW, Ask

pytestmark = pytest.mark.usefixtures("course")

SKILLS, CONCEPTS = ["grammar", "cases", "talk", "new"], ["nominative", "accusative", "dative", "genitive", "fresh"]
STORED_CONCEPTS = """MATCH (c:Concept) RETURN c.id AS id, c.name AS name, c.named_set_id AS set_id, c.revision AS revision,
  c.archived_at IS NOT NULL AS archived, COLLECT { MATCH (c)-[:PART_OF]->(s:Skill) RETURN s.code ORDER BY s.code } AS skills,
  COLLECT { MATCH (p:Concept)-[:PREREQUISITE_OF]->(c) RETURN p.id ORDER BY p.id } AS needed ORDER BY id"""
STORED_SKILLS = """MATCH (s:Skill) RETURN s.code AS code, s.name AS name, s.level AS level, s.block AS block, s.named_set_id AS set_id,
  s.revision AS revision, s.archived_at IS NOT NULL AS archived ORDER BY code"""
"""Fresh reads, in the tests' own words."""


async def assert_is_stored(course: CourseNow, raw: Ask) -> None:
    content, graph = await course.content(), await course.now()
    concepts = readable(each.value for each in content.concepts.values())
    assert [
        (
            c.id,
            c.name,
            c.parameter_set_id,
            c.revision,
            c.archived_at is not None,
            [*(c.skill_codes or ())],
            [*(c.prerequisite_ids or ())],
        )
        for c in concepts
    ] == [tuple(row.values()) for row in await raw(STORED_CONCEPTS)]
    assert [
        (s.code, s.name, s.level and s.level.value, s.block, s.parameter_set_id, s.revision, s.archived_at is not None)
        for s in readable(each.value for each in content.skills.values())
    ] == [tuple(row.values()) for row in await raw(STORED_SKILLS)]
    active = {c.id: c.prerequisite_ids for c in concepts if c.archived_at is None}
    links = {(graph.ids[p], key) for n, key in enumerate(graph.ids) for p in graph.before[n]}
    assert graph.ids == tuple(sorted(active))
    assert links == {(p, key) for key, needed in active.items() for p in needed or () if p in active}


def edit(rng: random.Random, gateway: Gateway, folder: Path) -> Callable[[], Awaitable[Any]]:
    """A random edit, which may be refused."""
    code, key, other = rng.choice(SKILLS), rng.choice(CONCEPTS), rng.choice(CONCEPTS)
    at = rng.choice([None, NOW])
    file = folder / "course.json"
    node = {"id": key, "name": f"F{rng.random()}", "skills": [rng.choice(SKILLS[:3])]}
    file.write_text(json.dumps({"concepts": [node]}))
    skill = Skill(code, f"S{rng.random()}", "x", rng.choice([None, *CefrLevel]), block=rng.choice([None, "b"]))
    concept = Concept(key, f"C{rng.random()}", rng.sample(SKILLS[:3], rng.randrange(3)), rng.choice([None, []]))
    edits: list[Callable[[], Awaitable[Any]]] = [
        partial(upsert_skills, gateway, [skill], NOW),
        partial(upsert_concepts, gateway, [concept], NOW),
        partial(upsert_concepts, gateway, [replace(concept, parameter_set_id="named:1")], NOW),
        partial(link_prerequisite, gateway, key, other),
        partial(unlink_prerequisite, gateway, key, other),
        partial(archive_skills, gateway, [code], at),
        partial(archive_concepts, gateway, [key], at),
        partial(delete_concepts, gateway, [key]),
        partial(delete_skills, gateway, [code]),
        partial(import_course, gateway, file, NOW),
        partial(upsert_courses, gateway, [Course("course", "Course", skill_codes=[code])], NOW),
    ]
    return rng.choice(edits)


@pytest.mark.parametrize("seed", range(2))
async def test_after_every_edit_it_is_the_stored_course(gateway: Gateway, raw: Ask, tmp_path: Path, seed: int) -> None:
    rng, course, done = random.Random(seed), CourseNow(gateway, settling=0), 0
    await put_parameter_set(gateway, "named", Parameters(0.3, 0.1, 0.2, 0.1), NOW)
    for _ in range(30):
        try:
            await edit(rng, gateway, tmp_path)()
            done += 1
        except Failure:
            pass  # such as a cycle, or what does not exist
        await assert_is_stored(course, raw)
    assert done >= 10


async def test_a_restored_backup_is_the_course(gateway: Gateway, raw: Ask, tmp_path: Path) -> None:
    course, path = CourseNow(gateway, settling=0), tmp_path / "b.gz"
    before = (await course.content()).mark
    await back_up(gateway, path, NOW, lambda *_: None)
    await upsert_skills(gateway, [Skill("grammar", "Changed", "grammar")], NOW)
    await assert_is_stored(course, raw)
    await restore(gateway, path, replace=True, on_progress=lambda *_: None)

    await assert_is_stored(course, raw)
    assert (await course.content()).mark != before


async def test_an_unchanged_course_is_read_once(gateway: Gateway, statements_sent: deque[str]) -> None:
    course = CourseNow(gateway, settling=0)
    thresholds = ThresholdsNow(gateway, Thresholds())
    await course.now()
    await thresholds.now()
    statements_sent.clear()
    for _ in range(3):
        mark = await course.read_mark()
        assert await course.now(mark) is await course.now(mark)
        assert await course.content(mark) is await course.content(mark)
        await thresholds.now(mark)
    assert list(statements_sent) == ["course_version/read"] * 3


async def test_callers_share_one_read_and_none_returns_an_older_course(
    gateway: Gateway, statements_sent: deque[str]
) -> None:
    """A caller that reads the new mark has the new course, however slow the read of another one is."""
    course = CourseNow(gateway, settling=0)
    await course.content()

    async def change(number: int) -> None:
        await upsert_skills(gateway, [Skill("grammar", f"Version {number}", "grammar")], NOW)

    async def reader() -> list[str]:
        names = []
        for _ in range(20):
            skill = (await course.content()).skills["grammar"].value
            assert isinstance(skill, Skill)
            names.append(skill.name)
        return names

    readers = [asyncio.create_task(reader()) for _ in range(4)]
    for number in range(1, 4):
        await change(number)
        skill = (await course.content()).skills["grammar"].value
        assert isinstance(skill, Skill)
        assert skill.name == f"Version {number}"
    for names in await asyncio.gather(*readers):
        assert sorted(names) == names  # never back to an older version
    await change(4)
    mark = await course.read_mark()
    statements_sent.clear()
    await asyncio.gather(*(course.content(mark) for _ in range(10)))
    assert statements_sent.count("skill/list_all") == 1


async def test_what_is_read_just_after_a_change_is_read_once_more(
    gateway: Gateway, statements_sent: deque[str]
) -> None:
    """The embedded engine may show a part of a commit before the rest."""
    now = [0.0]
    course = CourseNow(gateway, clock=lambda: now[0], settling=0.5)
    await gateway.write(lock_course)
    await course.content()
    statements_sent.clear()
    await course.content()
    assert "skill/list_all" not in statements_sent
    now[0] = 0.6
    await course.content()
    assert statements_sent.count("skill/list_all") == 1
    now[0] = 100.0
    await course.content()
    assert statements_sent.count("skill/list_all") == 1


async def test_a_caller_that_gives_up_does_not_stop_the_read(gateway: Gateway) -> None:
    course = CourseNow(gateway)
    mark = await course.read_mark()
    first, second = (asyncio.create_task(course.content(mark)) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    assert (await second).skills.keys() == {"grammar", "cases", "talk"}
    with pytest.raises(asyncio.CancelledError):
        await first


async def test_a_course_that_keeps_changing_is_returned_and_not_kept(
    gateway: Gateway, statements_sent: deque[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    read_all = skills.read_all

    async def read_and_change(tx: Transaction) -> Any:
        stored = await read_all(tx)
        await gateway.write(lock_course)
        return stored

    course = CourseNow(gateway, settling=0)
    with monkeypatch.context() as patched:
        patched.setattr(skills, "read_all", read_and_change)
        assert (await course.content()).skills.keys() == {"grammar", "cases", "talk"}
    statements_sent.clear()
    await course.content()
    assert statements_sent.count("skill/list_all") == 1
