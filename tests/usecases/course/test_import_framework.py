"""A framework of more than a thousand items in the database: there, back, changed, and seen over GraphQL."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import networkx as nx
import pytest

from graph_api.domain.course.course import Concept, Skill
from graph_api.domain.failures import CourseNotFound, InvalidInput
from graph_api.store.gateway import Gateway
from graph_api.usecases.course.change_courses import delete_course
from graph_api.usecases.course.course_file import BadCourseFile
from graph_api.usecases.course.edit_course import upsert_concepts, upsert_skills
from graph_api.usecases.course.export_course import export_graph
from graph_api.usecases.course.export_framework import export_framework
from graph_api.usecases.course.graph_formats import graphml, links_csv
from graph_api.usecases.course.import_course import ImportedCourse, import_course
from graph_api.usecases.operations.back_up import back_up, restore
from tests.case_frameworks import by_identifier, case_framework
from tests.conftest import NOW, Ask

LARGE = case_framework(21, domains=10, clusters=10, standards=10)
COURSE = LARGE["CFDocument"]["identifier"]

pytestmark = pytest.mark.usefixtures("clean")


@pytest.fixture
def take(gateway: Gateway, tmp_path: Path) -> Callable[..., Any]:
    """Import a document or a text."""

    async def work(content: object) -> ImportedCourse:
        path = tmp_path / "framework.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return await import_course(gateway, path, NOW)

    return work


async def test_a_thousand_items_survive_a_round_trip(
    gateway: Gateway, take: Callable[..., Any], counts: Ask, record_property: Callable[[str, object], None]
) -> None:
    assert len(LARGE["CFItems"]) == 1_110
    kinds = {each["associationType"] for each in LARGE["CFAssociations"]}
    assert {"isChildOf", "precedes", "exactMatchOf", "isTranslationOf", "hasSkillLevel", "exemplar"} <= kinds

    imported = await take(LARGE)
    assert (len(imported.skills), len(imported.concepts)) == (110, 1_000)
    assert (await counts())["parts"] == 1_000
    exported = await export_framework(gateway, None, NOW)
    assert by_identifier(json.loads(exported)) == by_identifier(LARGE)

    before, graph = await counts(), await export_graph(gateway)
    again = await take(exported)
    assert {each.revision for each in (*again.skills, *again.concepts)} == {1}
    assert (await counts(), await export_graph(gateway)) == (before, graph)
    items, links = len(LARGE["CFItems"]), len(LARGE["CFAssociations"])
    record_property("figure", f"CASE round trip: {items} items and {links} associations came back equal")


class TestChanges:
    async def test_an_edited_export_changes_only_what_was_edited(
        self, gateway: Gateway, take: Callable[..., Any]
    ) -> None:
        framework = case_framework(2)
        await take(framework)
        leaves = [each for each in framework["CFItems"] if each["CFItemType"] == "Standard"]
        first, second = leaves[0]["identifier"], leaves[1]["identifier"]
        await upsert_concepts(gateway, [Concept("outside", "Outside", [], [])], NOW)
        stored = (await take(framework)).concepts
        mine = next(each for each in stored if each.id == second)
        await upsert_concepts(
            gateway, [Concept(second, "Mine", mine.skill_codes, [*(mine.prerequisite_ids or ()), "outside"])], NOW
        )

        edited = json.loads(await export_framework(gateway, None, NOW))
        item = next(each for each in edited["CFItems"] if each["identifier"] == first)
        item |= {"fullStatement": "New words", "abbreviatedStatement": None}
        again = await take(edited)

        changed = {each.id: each for each in again.concepts if each.revision != 1}
        assert changed.keys() == {first, second}  # the second by hand, before
        assert (changed[first].name, changed[first].revision) == ("New words", 2)
        assert changed[second].name == "Mine"
        assert "outside" in (changed[second].prerequisite_ids or ())
        assert {each.revision for each in again.skills} == {1}

    async def test_an_item_that_the_framework_has_dropped_stays_and_is_named(
        self, gateway: Gateway, take: Callable[..., Any]
    ) -> None:
        framework = case_framework(2)
        await take(framework)
        gone = framework["CFItems"][-1]
        rest = [each for each in framework["CFAssociations"] if gone["identifier"] not in json.dumps(each)]
        shorter = {**framework, "CFItems": framework["CFItems"][:-1], "CFAssociations": rest}
        again = await take(shorter)
        label = f"{gone['humanCodingScheme']} ({gone['identifier']})"
        assert [each for each in again.warnings if each.startswith(f"{label}: is no longer in the framework")]
        graph = await export_graph(gateway)
        assert gone["identifier"] in {each["id"] for each in graph["concepts"]}
        assert by_identifier(json.loads(await export_framework(gateway, None, NOW))) == by_identifier(shorter)

    async def test_a_cycle_with_what_is_stored_writes_nothing(
        self, gateway: Gateway, take: Callable[..., Any], counts: Ask
    ) -> None:
        framework = case_framework(2)
        await take(framework)
        link = next(each for each in framework["CFAssociations"] if each["associationType"] == "precedes")
        first, second = (link[name]["identifier"] for name in ("originNodeURI", "destinationNodeURI"))
        await upsert_concepts(gateway, [Concept("between", "Between", [], [])], NOW)
        without = [each for each in framework["CFAssociations"] if each["associationType"] != "precedes"]
        await take({**framework, "CFAssociations": without})
        await upsert_concepts(gateway, [Concept("between", "Between", [], [second])], NOW)
        await upsert_concepts(gateway, [Concept(first, "First", None, ["between"])], NOW)
        before = await counts()
        with pytest.raises(BadCourseFile, match="the links close a cycle"):
            await take(framework)
        assert await counts() == before

    async def test_the_text_goes_with_its_course_and_moves_with_the_graph(
        self, gateway: Gateway, take: Callable[..., Any], raw: Ask, tmp_path: Path
    ) -> None:
        framework = case_framework(2)
        await take(framework)
        graph = await export_graph(gateway)
        await back_up(gateway, tmp_path / "backup", NOW, lambda *_: None)
        await restore(gateway, tmp_path / "backup", replace=True, on_progress=lambda *_: None)
        assert await export_graph(gateway) == graph
        await raw("MATCH (n) WHERE n:Skill OR n:Concept OR n:Course OR n:SourceDocument DETACH DELETE n")
        await take(graph)
        assert await export_graph(gateway) == graph
        assert by_identifier(json.loads(await export_framework(gateway, None, NOW))) == by_identifier(framework)
        await delete_course(gateway, framework["CFDocument"]["identifier"], dry_run=False)
        assert await raw("MATCH (n:SourceDocument) RETURN n.id AS id") == []

    async def test_a_bad_text_in_a_graph_file_is_named(self, take: Callable[..., Any]) -> None:
        with pytest.raises(BadCourseFile) as caught:
            await take(
                {"skills": [], "frameworks": [{"courseId": "c", "text": "{"}, {"courseId": "d", "text": "{}"}, 1]}
            )
        faults = "\n".join(caught.value.faults)
        for each in (
            "frameworks[0].text: line 1: is not JSON",
            "frameworks[1].text: is no CASE",
            "frameworks[2]: must be",
        ):
            assert each in faults, faults


async def test_the_course_of_an_export_is_named(gateway: Gateway, take: Callable[..., Any]) -> None:
    with pytest.raises(InvalidInput, match="course: must name one of the 0 courses"):
        await export_framework(gateway, None, NOW)
    await take(case_framework(2))
    with pytest.raises(CourseNotFound, match="course: must name a course that exists, got 'c'"):
        await export_framework(gateway, "c", NOW)


async def test_the_source_is_seen_over_graphql_and_null_for_what_was_made_by_hand(
    take: Callable[..., Any], gateway: Gateway, ask: Ask
) -> None:
    framework = case_framework(2)
    await take(framework)
    await upsert_skills(gateway, [Skill("hand", "By hand", "topic")], NOW)
    domain, leaf = framework["CFItems"][0], framework["CFItems"][2]
    data = await ask(
        "query Source($skill: ID!, $concept: ID!) { skill(code: $skill) { source { framework uri code licence } } "
        'concept(id: $concept) { source { framework uri code licence } } hand: skill(code: "hand") { source { uri } } }',
        skill=domain["identifier"],
        concept=leaf["identifier"],
    )

    def source(item: Any) -> Any:
        code = item["humanCodingScheme"]
        return {"framework": "Fractions 2", "uri": item["uri"], "code": code, "licence": "CC BY 4.0"}

    assert data["skill"] == {"source": source(domain)}
    assert data["concept"] == {"source": source(leaf)}
    assert data["hand"] == {"source": None}


async def test_graphml_and_links_are_read_by_networkx_and_csv(gateway: Gateway, take: Callable[..., Any]) -> None:
    await take(case_framework(2))
    await upsert_skills(gateway, [Skill('a <&> "b"', 'Quotes, "and" more', "topic")], NOW)
    await upsert_concepts(gateway, [Concept("odd\ufffe", "Ä", ['a <&> "b"'], [])], NOW)
    course = await export_graph(gateway)
    read = nx.parse_graphml(graphml(course))

    assert read.is_directed()
    assert len(read) == sum(len(course[kind]) for kind in ("skills", "concepts", "courses"))
    for each in course["concepts"][:-1]:
        node = read.nodes[f"Concept:{each['id']}"]
        assert (node["label"], node["type"], node["key"]) == (each["name"], "Concept", each["id"])
        assert node.get("code") == each.get("source", {}).get("code")
    assert read.nodes['Skill:a <&> "b"']["label"] == 'Quotes, "and" more'
    expected = {
        *((f"Concept:{p}", f"Concept:{c['id']}", "PREREQUISITE_OF") for c in course["concepts"] for p in c["prerequisites"]),
        *((f"Concept:{c['id']}", f"Skill:{code}", "PART_OF") for c in course["concepts"] for code in c["skills"]),
        *((f"Skill:{code}", f"Course:{c['id']}", "IN_COURSE") for c in course["courses"] for code in c["skills"]),
    }  # fmt: skip
    written = {(a.replace("\ufffe", "\\ufffe"), b, kind) for a, b, kind in expected}
    assert {(a, b, data["type"]) for a, b, data in read.edges(data=True)} == written

    rows = list(csv.DictReader(io.StringIO(links_csv(course))))
    assert list(rows[0]) == ["Source", "Target", "Type", "Label", "Weight"]
    assert {(row["Source"], row["Target"], row["Label"]) for row in rows} == expected
    assert {(row["Type"], row["Weight"]) for row in rows} == {("Directed", "1.0")}
