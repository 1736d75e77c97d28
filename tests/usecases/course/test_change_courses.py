"""Courses survive export and import, backup and restore, and the upgrade from the version before them."""

import csv
import gzip
import hashlib
import json
import random
from pathlib import Path
from typing import Any

import pytest

from graph_api.domain.course.course import Course, Skill
from graph_api.domain.learners.people import Group
from graph_api.store import concepts, courses, groups
from graph_api.store.backups import Node, of_current_version
from graph_api.store.gateway import Gateway
from graph_api.store.migrations import load_migrations
from graph_api.store.packaged import packaged
from graph_api.usecases.course.change_courses import archive_course, upsert_courses
from graph_api.usecases.course.edit_course import upsert_skills
from graph_api.usecases.course.export_course import export_graph, export_groups
from graph_api.usecases.course.import_course import import_course
from graph_api.usecases.learners.edit_people import upsert_group
from graph_api.usecases.operations.back_up import back_up, encode, restore
from graph_api.usecases.operations.import_records import import_groups
from tests.conftest import NOW, Ask
from tests.graph_copy import empty

pytestmark = pytest.mark.usefixtures("clean")
CODES = [f"skill {n}" for n in range(8)]


async def draw_courses(gateway: Gateway, seed: int) -> None:
    """Random courses, some of them archived, and random groups that take them."""
    rng = random.Random(seed)
    await upsert_skills(gateway, [Skill(code, code, rng.choice(["vocabulary", "grammar"])) for code in CODES], NOW)
    ids = [f"course {n}" for n in range(rng.randint(1, 6))]
    drawn = [Course(key, f"Cöurse {key}", rng.choice(["", "A1"]), rng.sample(CODES, rng.randint(0, 8))) for key in ids]
    await upsert_courses(gateway, drawn, NOW)
    for n in range(3):
        taken = rng.sample(ids, rng.randint(0, len(ids)))
        await upsert_group(gateway, Group(f"g{n}", f"G{n}", [], ["teacher"], taken), NOW)
    for key in rng.sample(ids, rng.randint(0, len(ids))):
        await archive_course(gateway, key, NOW)


async def all_courses(gateway: Gateway) -> tuple[Any, Any]:
    """Every course with its skills, and the courses that each group takes."""

    async def read(tx: Any) -> tuple[Any, Any]:
        ids = [
            group.id for group in await groups.read_page(tx, after="", search=None, include_archived=True, limit=100)
        ]
        stored = await courses.read_by_ids(tx, await courses.read_ids(tx))
        return stored, {key: (await courses.read_ids_of_groups(tx, [key])).get(key, []) for key in ids}

    return await gateway.read(read)


@pytest.mark.parametrize("seed", range(5))
async def test_an_export_and_its_import_lose_no_course(gateway: Gateway, raw: Ask, tmp_path: Path, seed: int) -> None:
    await draw_courses(gateway, seed)
    before = await all_courses(gateway)
    graph, of_groups = tmp_path / "graph.json", tmp_path / "groups.csv"
    exported = await export_graph(gateway)
    graph.write_text(json.dumps(exported))
    rows = [row async for row in export_groups(gateway)]
    with of_groups.open("w", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows({k: json.dumps(v) if isinstance(v, list) else v for k, v in row.items()} for row in rows)

    await empty(raw)
    await import_course(gateway, graph, NOW)
    report = await import_groups(gateway, of_groups, NOW)

    assert (report.recorded, report.conflicts) == (3, [])
    assert await all_courses(gateway) == before
    assert await export_graph(gateway) == exported
    assert (await import_groups(gateway, of_groups, NOW)).present == 3


@pytest.mark.parametrize("seed", [10, 11])
async def test_a_backup_and_its_restore_lose_no_course(gateway: Gateway, tmp_path: Path, seed: int) -> None:
    await draw_courses(gateway, seed)
    before = await all_courses(gateway)
    await back_up(gateway, tmp_path / "backup", NOW, lambda *_: None)
    await restore(gateway, tmp_path / "backup", replace=True, on_progress=lambda *_: None)
    assert await all_courses(gateway) == before


async def test_a_csv_file_adds_skills_to_courses(gateway: Gateway, tmp_path: Path) -> None:
    await upsert_skills(gateway, [Skill("cases", "Cases", "grammar")], NOW)
    await upsert_courses(gateway, [Course("german", "German", "A1", ["cases"])], NOW)
    path = tmp_path / "links.csv"
    path.write_text(
        "prerequisite,concept,skill,course\nnominative,accusative,talk,german\n,dative,cases,school;german\n"
    )
    await import_course(gateway, path, NOW)
    stored, _ = await all_courses(gateway)
    assert stored == {
        "german": Course("german", "German", "A1", ("cases", "talk")),
        "school": Course("school", "school", "", ("cases",)),
    }


async def test_a_file_with_unknown_skills_of_a_course_is_rejected(gateway: Gateway, tmp_path: Path) -> None:
    path = tmp_path / "bad.json"
    path.write_text(json.dumps({"courses": [{"id": "german", "name": "German", "skills": ["none"]}]}))
    with pytest.raises(Exception, match=r"courses\[0\]: no such skill 'none'"):
        await import_course(gateway, path, NOW)
    assert (await all_courses(gateway))[0] == {}


async def test_the_migration_removes_only_the_old_node_that_counted_changes(gateway: Gateway, raw: Ask) -> None:
    await upsert_courses(gateway, [Course("german", "German")], NOW)
    await raw("CREATE (:Course {id: 'course', version: 3, mark: 'abc'})")
    (migration,) = [each for each in load_migrations(packaged("cypher") / "migrations") if each.name == "courses"]
    for command in migration.commands[1:]:
        await raw(command)
    assert list((await all_courses(gateway))[0]) == ["german"]
    assert await gateway.read(concepts.read_course_version) != ""


async def test_a_backup_of_the_version_before_is_restored(gateway: Gateway, tmp_path: Path) -> None:
    await upsert_courses(gateway, [Course("german", "German")], NOW)
    await back_up(gateway, tmp_path / "new", NOW, lambda *_: None)
    lines = gzip.decompress((tmp_path / "new").read_bytes()).splitlines(keepends=True)
    older = [line.replace(b'["CourseVersion"', b'["Course"') for line in lines[:-1] if b'["Course",' not in line]
    end = json.loads(lines[-1])["end"] | {"digest": hashlib.sha256(b"".join(older)).hexdigest()}
    end["nodes"] -= len(lines) - 1 - len(older)
    (tmp_path / "old").write_bytes(gzip.compress(b"".join(older) + encode({"end": end})))

    await restore(gateway, tmp_path / "old", replace=True, on_progress=lambda *_: None)

    assert (await all_courses(gateway))[0] == {}
    assert await gateway.read(concepts.read_course_version) != ""
    course = Node("Course", {"id": "german", "name": "German"})
    assert of_current_version(course) == course
