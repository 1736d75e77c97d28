"""Course files: a file changes only what it states, and each error names its path or line (G2, G9)."""

import gzip
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from graph_api.domain.course.course import CefrLevel, Concept, Skill
from graph_api.store import concepts as concept_store
from graph_api.store import skills as skill_store
from graph_api.store.gateway import Gateway
from graph_api.usecases.course.course_file import BadCourseFile
from graph_api.usecases.course.edit_course import upsert_concepts, upsert_skills
from graph_api.usecases.course.import_course import ImportedCourse, import_course
from tests.conftest import NOW, Ask

SKILL = {"code": "k", "name": "K", "category": "c"}
FULL = Skill("k", "Kay", "topic", CefrLevel.B2, "About K", "spring", 7)

pytestmark = pytest.mark.usefixtures("clean")


@pytest.fixture
def take(gateway: Gateway, tmp_path: Path) -> Callable[..., Any]:
    """Import a text, or a document as JSON, from a file of any name."""

    async def work(content: object, name: str = "course") -> ImportedCourse:
        path = tmp_path / name
        written = content if isinstance(content, str | bytes) else json.dumps(content)
        path.write_bytes(written if isinstance(written, bytes) else written.encode())
        return await import_course(gateway, path, NOW)

    return work


async def stored_concept(gateway: Gateway, key: str) -> Concept:
    return (await gateway.read(lambda tx: concept_store.read_by_ids(tx, [key])))[key]


async def stored_skill(gateway: Gateway, code: str) -> Skill:
    return (await gateway.read(lambda tx: skill_store.read_by_codes(tx, [code])))[code]


async def faults_of(take: Callable[..., Any], content: object) -> str:
    with pytest.raises(BadCourseFile) as caught:
        await take(content)
    return "\n".join(caught.value.faults)


class TestPartialStatements:
    async def test_links_in_csv_wipe_nothing(self, gateway: Gateway, take: Callable[..., Any]) -> None:
        """A random course; any part of its links in any order, under other headers, changes none of it."""
        rng = random.Random(13)
        await upsert_skills(gateway, [FULL, Skill("l", "El", "c")], NOW)
        ids = [f"c{n}" for n in range(30)]
        course = [
            Concept(key, f"Name of {key}", rng.choice((["k"], ["l"], ["k", "l"])), rng.sample(ids[:n], min(n, 3)))
            for n, key in enumerate(ids)
        ]
        before = await upsert_concepts(gateway, course, NOW)
        links = [(needed, each.id) for each in course for needed in each.prerequisite_ids or ()]
        for header in ("prerequisite,concept,skill", "prerequisiteIds,conceptId,skillCodes"):
            rows = [f"{needed},{key},{rng.choice(['k', ''])}" for needed, key in rng.sample(links, 20)]
            rows = [row if not row.endswith(",k") or "k" in _skills_of(before, row) else row[:-1] for row in rows]
            await take("\n".join([header, *rows, f",{ids[0]},"]))
            assert await gateway.read(lambda tx: concept_store.read_by_ids(tx, ids)) == {c.id: c for c in before}
        assert await stored_skill(gateway, "k") == FULL

    async def test_links_in_csv_are_added(self, gateway: Gateway, take: Callable[..., Any]) -> None:
        await upsert_skills(gateway, [FULL], NOW)
        await upsert_concepts(gateway, [Concept("a", "A", [], []), Concept("b", "B", ["k"], ["a"])], NOW)
        await take("prerequisite,concept,skill\nnew,b,other\n")
        assert await stored_concept(gateway, "b") == Concept("b", "B", ["k", "other"], ["a", "new"])
        assert await stored_concept(gateway, "new") == Concept("new", "new", [], [])
        assert await stored_skill(gateway, "other") == Skill("other", "other", "imported")

    async def test_json_changes_what_it_states(self, gateway: Gateway, take: Callable[..., Any]) -> None:
        await upsert_skills(gateway, [FULL], NOW)
        await upsert_concepts(gateway, [Concept("a", "A", [], []), Concept("b", "B", ["k"], ["a"])], NOW)
        await take({"skills": [{"code": "k", "year": 8, "block": None}], "concepts": [{"id": "b", "name": "Bee"}]})
        assert await stored_skill(gateway, "k") == Skill("k", "Kay", "topic", CefrLevel.B2, "About K", None, 8)
        assert await stored_concept(gateway, "b") == Concept("b", "Bee", ["k"], ["a"])
        await take({"concepts": [{"id": "b", "prerequisites": [], "skills": None}]})
        assert await stored_concept(gateway, "b") == Concept("b", "Bee", ["k"], [])

    async def test_what_creates_states_what_is_required(self, take: Callable[..., Any], counts: Ask) -> None:
        before = await counts()
        actual = await faults_of(take, {"skills": [{"code": "x", "name": "X"}], "concepts": [{"id": "y"}]})
        assert "skills[0].category: must be given to create 'x'" in actual
        assert "concepts[0].name: must be given to create 'y'" in actual
        assert await counts() == before


def _skills_of(stored: list[Concept], row: str) -> Any:
    return next(each.skill_codes for each in stored if each.id == row.split(",")[1])


BAD: dict[str, tuple[object, list[str]]] = {
    "a fraction as year": ({"skills": [{**SKILL, "year": 2.5}]}, ["skills[0].year: must be a whole number (got 2.5)"]),
    "true as year": ({"skills": [{**SKILL, "year": True}]}, ["skills[0].year: must be a whole number (got true)"]),
    "a text as year": ({"skills": [{**SKILL, "year": "7"}]}, ['skills[0].year: must be a whole number (got "7")']),
    "an enormous year": ({"skills": [{**SKILL, "year": 10**30}]}, ["skills[0].year: must be from 0 to 9999"]),
    "a number as block": ({"skills": [{**SKILL, "block": 3}]}, ["skills[0].block: must be a text (got 3)"]),
    "a list as block": ({"skills": [{**SKILL, "block": ["A1"]}]}, ['skills[0].block: must be a text (got ["A1"])']),
    "an object as name": ({"skills": [{**SKILL, "name": {}}]}, ["skills[0].name: must be a text (got {})"]),
    "a number as description": ({"skills": [{**SKILL, "description": 0}]}, ["skills[0].description: must be a text"]),
    "an unknown level": ({"skills": [{**SKILL, "level": "b1"}]}, ["skills[0].level: must be one of A1, A2"]),
    "false as level": ({"skills": [{**SKILL, "level": False}]}, ["skills[0].level: must be one of A1, A2"]),
    "a text as list": ({"concepts": [{"id": "q", "name": "q", "skills": "k"}]}, ["concepts[0].skills: must be a list"]),
    "a number in a list": (
        {"concepts": [{"id": "q", "name": "q", "prerequisiteIds": ["a", 1]}]},
        ["concepts[0].prerequisiteIds[1]: must be a text (got 1)"],
    ),
    "a misspelt key": (
        {"concepts": [{"id": "q", "name": "q", "prerequsites": []}]},
        ["concepts[0].prerequsites: unknown key (did you mean prerequisites?)"],
    ),
    "an unknown key": ({"skills": [{**SKILL, "colour": "red"}]}, ["skills[0].colour: unknown key"]),
    "an unknown key of the file": ({"skill": [], "concepts": []}, ["skill: unknown key (did you mean skills?)"]),
    "both spellings": (
        {"concepts": [{"id": "q", "name": "q", "skills": [], "skillCodes": []}]},
        ["concepts[0].skillCodes: states the same as skills"],
    ),
    "a key twice": ('{"skills": [{"code": "k", "name": "a", "name": "b", "category": "c"}]}', ["skills[0].name: occurs twice"]),
    "a lone surrogate": ('{"skills": [{"code": "k\\ud800", "name": "a", "category": "c"}]}', ["skills[0].code: must not contain"]),
    "NaN": ('{"skills": [{"code": "k", "year": NaN}]}', ["NaN is not a number"]),
    "several errors": (
        {"skills": [{**SKILL, "year": 2.5, "block": 1}, 5], "concepts": [{"name": "x"}, {"id": "b", "name": 1}]},
        ["skills[0].year", "skills[0].block", "skills[1]: must be an object (got 5)", "concepts[0].id", "concepts[1].name"],
    ),
    "cut off": ('{"skills": [\n{"code"', ["line 2: is not JSON"]),
    "nested too deeply": ("[" * 200_000, ["nested too deeply"]),
    "latin-1": ('{"skills": [\n{"code": "ä"}]}'.encode("latin-1"), ["line 2: is not UTF-8 (byte 0xE4)"]),
    "empty": (b"\xef\xbb\xbf \n", ["the file is empty"]),
    "a cut-off gzip": (gzip.compress(json.dumps({"skills": [SKILL] * 99}).encode())[:-12], ["is cut short"]),
    "no columns": ("a,b\n1,2\n", ["line 1: the header must name the columns prerequisite and concept; it holds a, b"]),
    "a column twice": ("prerequisite,concept,concept\n", ["the column 'concept' must occur once"]),
    "a column in two spellings": ("prerequisite,concept,skill,skills\n", ["'skill' and 'skills'"]),
    "no concept": ("prerequisite,concept\na,\n,\n", ["line 2: concept: must not be empty", "line 3: concept"]),
    "control characters in CSV": ("prerequisite,concept\na,b\x07\n", ["line 2: concept: must not contain control"]),
    "a row that is too short": ("prerequisite,concept\na\nb,c,d\n", ["line 2: must have 2 cells", "line 3: must have 2"]),
}  # fmt: skip


@pytest.mark.parametrize(("content", "expected"), BAD.values(), ids=BAD)
async def test_each_error_is_named_with_its_place_and_nothing_is_stored(
    take: Callable[..., Any], counts: Ask, content: object, expected: list[str]
) -> None:
    before = await counts()
    actual = await faults_of(take, content)
    for fault in expected:
        assert fault in actual
    assert await counts() == before


GOOD = {"skills": [{**SKILL, "level": "", "year": 2.0}], "concepts": [{"id": "q", "name": "Q", "skillCodes": ["k"]}]}


@pytest.mark.parametrize("name", ["course.json", "course.csv", "course.txt", "course.json.gz", "course"])
@pytest.mark.parametrize("packed", [bytes, gzip.compress])
@pytest.mark.parametrize("content", [
    json.dumps(GOOD).encode(), b"\xef\xbb\xbf" + json.dumps(GOOD).encode(), json.dumps(GOOD).encode("utf-16"),
    b"prerequisite,concept,skill\n,q,k\n", "\ufeffprerequisite;concept;skill\r\n;q;k\r\n".encode(),
    "prerequisite\tconcept\tskill\n\tq\tk\n".encode("utf-16"),
], ids=["json", "json with a mark", "json in utf-16", "csv", "semicolons with a mark", "tabs in utf-16"])  # fmt: skip
async def test_the_content_determines_the_format(
    take: Callable[..., Any], gateway: Gateway, name: str, packed: Callable[[bytes], bytes], content: bytes
) -> None:
    await take(packed(content), name)
    assert (await stored_concept(gateway, "q")).skill_codes == ("k",)


@pytest.mark.parametrize("cell", ['"a,b"', "a;b", "a|b", "a~~b", '"[""a"", ""b""]"', "\"['a', 'b']\"", '" a , b "'])
async def test_a_list_in_a_cell_is_several_links(take: Callable[..., Any], gateway: Gateway, cell: str) -> None:
    await take(f"prerequisite,concept,skill\n{cell},q,{cell}\n")
    actual = await stored_concept(gateway, "q")
    assert (actual.prerequisite_ids, actual.skill_codes) == (("a", "b"), ("a", "b"))


async def test_an_id_with_a_comma_is_no_list(take: Callable[..., Any], gateway: Gateway) -> None:
    await upsert_concepts(gateway, [Concept("Keys, values", "Keys")], NOW)
    await take('prerequisite,concept\n"Keys, values",q\n"Sets, bags",q\n"nan","Sets, bags"\n')
    assert (await stored_concept(gateway, "q")).prerequisite_ids == ("Keys, values", "Sets, bags")


async def test_a_column_that_is_not_read_is_named(take: Callable[..., Any]) -> None:
    actual = await take("prerequisite,concept,skil,weight\na,b,k,1\n")
    assert actual.warnings == [
        "line 1: the column 'skil' is not read (did you mean skill?)", "line 1: the column 'weight' is not read",
    ]  # fmt: skip


async def test_a_case_package_that_users_have_is_read(
    take: Callable[..., Any], data_file: Callable[[str], Path]
) -> None:
    course = await take(data_file("cases/i01_case.json").read_bytes())
    assert {each.id: each.prerequisite_ids for each in course.concepts} == {"i-1": (), "i-2": ("i-1",)}
    assert [each.name for each in course.courses] == ["Sample framework"]


CASES = {
    "cases/i02_canvas_outcomes.csv": ["is a Canvas outcomes file"],
    "cases/i03_graph_quotes.csv": ["line 2: ", "line 4: must have 2 cells", "line 5: a quote must be closed"],
    "cases/i05_graph_dup.csv": ["line 1: the column 'concept' must occur once"],
    "cases/g0_block_number.json": ["skills[0].block: must be a text (got 3)"],
    "cases/g4_year_2_5.json": ["skills[0].year: must be a whole number (got 2.5)"],
    "cases/g5_block_list.json": ["skills[0].block: must be a text"],
    "cases/g7_misspelt_key.json": ["concepts[0].prerequsites: unknown key (did you mean prerequisites?)"],
    "graphs/exercism/python-config.json": ["is an Exercism track"],
    "graphs/opendsa/opendsa_graph.json": ["is a node-link graph"],
    "graphs/metacademy/metacademy_full_487.json": ["is a node-link graph"],
}


@pytest.mark.parametrize(("name", "expected"), CASES.items(), ids=CASES)
async def test_a_course_file_that_users_have_is_refused_by_name(
    gateway: Gateway, counts: Ask, data_file: Callable[[str], Path], name: str, expected: list[str]
) -> None:
    before = await counts()
    with pytest.raises(BadCourseFile) as caught:
        await import_course(gateway, data_file(name), NOW)
    for fault in expected:
        assert fault in str(caught.value)
    assert await counts() == before


async def test_a_reference_to_a_bad_skill_or_concept_is_no_further_error(gateway: Gateway, tmp_path: Path) -> None:
    path = tmp_path / "course.json"
    skill, concept = {"code": "k", "block": 3}, {"id": "a", "name": 4}
    path.write_text(
        json.dumps(
            {
                "skills": [skill],
                "concepts": [concept, {"id": "b", "name": "B", "skills": ["k"], "prerequisites": ["a"]}],
            }
        )
    )
    with pytest.raises(BadCourseFile) as caught:
        await import_course(gateway, path, NOW)
    assert caught.value.faults == [
        "skills[0].block: must be a text (got 3)",
        "concepts[0].name: must be a text (got 4)",
    ]


async def test_course_files_that_users_have_are_read(gateway: Gateway, data_file: Callable[[str], Path]) -> None:
    await import_course(gateway, data_file("cases/r03_prereq_list.csv"), NOW)
    assert (await stored_concept(gateway, "jj_box")).prerequisite_ids == ("jj_add", "jj_mul")
    await upsert_concepts(gateway, [Concept("rr_triangle", "Triangles", [], ["jj_add"])], NOW)
    await import_course(gateway, data_file("cases/r04_lonely.csv"), NOW)
    assert await stored_concept(gateway, "rr_triangle") == Concept("rr_triangle", "Triangles", [], ["jj_add"])
