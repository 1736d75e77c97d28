"""Course files and seeds: stored once, refused as a whole with every error, and never with a cycle (G2)."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from graph_api.store.gateway import Gateway
from graph_api.store.packaged import packaged
from graph_api.usecases.course.graph_files import BadCourseFile
from graph_api.usecases.course.import_course import import_course, load_seeds
from tests.conftest import NOW, Ask


class TestCourses:
    @pytest.mark.usefixtures("clean")
    async def test_the_seeds_are_stored_once(self, gateway: Gateway, counts: Ask) -> None:
        courses = await load_seeds(gateway, NOW)
        assert sum(len(course.concepts) for course in courses) == 127
        before = await counts()
        assert before["links"] == 172
        await load_seeds(gateway, NOW)
        assert await counts() == before

    @pytest.mark.usefixtures("clean")
    async def test_all_faults_at_once_and_nothing_written(self, gateway: Gateway, counts: Ask, tmp_path: Path) -> None:
        path = tmp_path / "bad.json"
        concepts = [
            {"id": "a", "name": "A", "skills": ["k"], "prerequisites": ["c"]},
            {"id": "b", "name": "B", "skills": ["nope"], "prerequisites": ["a", "dangling"]},
            {"id": "c", "name": "C", "prerequisites": ["b", "c"]},
            {"id": "c", "name": "C again"},
            {"id": "", "name": "no id"},
            {"name": "no id either"},
            "no object",
        ]
        path.write_text(
            json.dumps({"skills": [{"code": "k", "name": "K", "category": "x", "level": "Z9"}], "concepts": concepts})
        )
        before = await counts()

        with pytest.raises(BadCourseFile) as caught:
            await import_course(gateway, path, NOW)

        faults = "\n".join(caught.value.faults)
        for fault in (
            'skills[0].level: must be one of A1, A2, B1, B2, C1, C2, or empty (got "Z9")',
            "concepts[4].id: must not be empty",
            "concepts[5].id: must be a text",
            "concepts[6]: must be an object",
            "concepts[1]: no such skill 'nope'",
            "concepts[1]: no such prerequisite 'dangling'",
            "concepts[2]: 'c' is its own prerequisite",
            "concepts[3]: 'c' occurs twice, first in concepts[2]",
        ):
            assert fault in faults, faults
        assert await counts() == before

    @pytest.mark.parametrize("links", ["a,b\nb,c\nc,a\n", "a,b\nb,a\n"])
    @pytest.mark.usefixtures("clean")
    async def test_a_cycle_in_a_file_is_named(self, gateway: Gateway, counts: Ask, tmp_path: Path, links: str) -> None:
        path = tmp_path / "links.csv"
        path.write_text("prerequisite,concept\n" + links)
        with pytest.raises(BadCourseFile, match=r"line \d: the links close a cycle: a → b"):
            await import_course(gateway, path, NOW)
        assert (await counts())["links"] == 0

    @pytest.mark.usefixtures("clean")
    async def test_a_file_may_not_close_a_cycle_with_what_is_stored(self, gateway: Gateway, tmp_path: Path) -> None:
        path = tmp_path / "links.csv"
        path.write_text("prerequisite,concept,skill\na,b,k\n")
        course = await import_course(gateway, path, NOW)
        assert [skill.code for skill in course.skills] == ["k"]
        back = tmp_path / "back.json"
        back.write_text(json.dumps({"concepts": [{"id": "a", "name": "A", "prerequisites": ["b"]}]}))
        with pytest.raises(BadCourseFile, match="the links close a cycle: a → b → a"):
            await import_course(gateway, back, NOW)

    @pytest.mark.parametrize(
        ("text", "fault"),
        [("{", "Expecting property name"), ("[]", "must hold an object"), ('{"skills": 1}', "must be a list")],
    )
    async def test_an_invalid_file(self, gateway: Gateway, tmp_path: Path, text: str, fault: str) -> None:
        path = tmp_path / "x.json"
        path.write_text(text)
        with pytest.raises(BadCourseFile, match=fault):
            await import_course(gateway, path, NOW)

    @pytest.mark.usefixtures("clean")
    async def test_real_graphs_are_dirty(
        self, gateway: Gateway, data_file: Callable[[str], Path], tmp_path: Path
    ) -> None:
        track = json.loads(data_file("graphs/exercism/python-config.json").read_text())
        known = {slug for each in track["exercises"]["concept"] for slug in each["concepts"]}
        concepts: dict[str, set[str]] = {slug: set() for slug in known}
        for each in track["exercises"]["concept"]:
            for slug in each["concepts"]:
                concepts[slug] |= set(each["prerequisites"]) - {slug}
        path = tmp_path / "exercism.json"
        path.write_text(json.dumps({
            "concepts": [{"id": key, "name": key, "prerequisites": sorted(needed)} for key, needed in concepts.items()]
        }))  # fmt: skip
        dangling = {needed for of in concepts.values() for needed in of} - known
        if not dangling:
            assert len((await import_course(gateway, path, NOW)).concepts) == len(known)
            return
        with pytest.raises(BadCourseFile) as caught:
            await import_course(gateway, path, NOW)
        assert all(any(f"no such prerequisite '{slug}'" in fault for fault in caught.value.faults) for slug in dangling)


def test_the_seeds_say_where_they_come_from() -> None:
    for path in packaged("seeds").glob("*.json"):
        assert "Drafted for this project" in json.loads(path.read_text())["provenance"]
