"""CASE packages: what is read of them, every error with its path, and what an export makes of changes."""

import json
import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_api.domain.course.course import Concept, Course, Skill
from graph_api.domain.course.source import Source
from graph_api.usecases.course.case_course import read_case
from graph_api.usecases.course.case_export import case_text
from graph_api.usecases.course.course_file import BadCourseFile, CourseFile
from graph_api.usecases.course.course_slice import CourseSlice
from graph_api.usecases.course.graph_files import Stored, check
from graph_api.usecases.course.json_document import parse_json
from tests.case_frameworks import by_identifier, case_framework, opensalt_package, opensalt_tree

NOW = datetime(2026, 3, 1, tzinfo=UTC)
SMALL = case_framework(1)


def read(document: object, known: CourseSlice | None = None, skill_types: tuple[str, ...] = ()) -> CourseFile:
    text = document if isinstance(document, str) else json.dumps(document)
    concepts, skills = (known.concepts, known.skills) if known else ({}, {})
    return read_case(text, parse_json("file", text.encode()), concepts, skills, skill_types)


def stored(course: CourseFile, before: CourseSlice | None = None) -> CourseSlice:
    """What the graph holds after an import: into an empty graph, or over what it held."""
    known = before or CourseSlice(Course("none", "None"), {}, {})
    needs = {key: each.prerequisite_ids or () for key, each in known.concepts.items()}
    graph = Stored(known.skills, known.concepts, needs, {known.course.id: known.course})
    skills, concepts, (made,) = check(course, graph)
    of_skills = {**known.skills, **{each.code: each for each in skills}}
    return CourseSlice(made, of_skills, {**known.concepts, **{each.id: each for each in concepts}})


def content(course: CourseSlice) -> Any:
    """What an export and an import must keep: all but where things came from."""

    def links(keys: Any) -> list[str]:
        return sorted(keys or ())

    return (
        (course.course.id, course.course.name, course.course.description, links(course.course.skill_codes)),
        {key: (each.name, each.description) for key, each in course.skills.items()},
        {
            key: (each.name, links(each.skill_codes), links(each.prerequisite_ids))
            for key, each in course.concepts.items()
        },
    )


def item(framework: Mapping[str, Any], code: str) -> Any:
    return next(each for each in framework["CFItems"] if each["humanCodingScheme"] == code)


def key(code: str) -> str:
    return str(item(SMALL, code)["identifier"])


class TestReading:
    def test_items_with_children_are_skills_and_links_are_read(self) -> None:
        course = stored(read(SMALL))
        assert {each.source.code for each in course.skills.values() if each.source} == {
            "0", "1", "0.0", "0.1", "1.0", "1.1",
        }  # fmt: skip
        assert len(course.concepts) == 12
        leaf = course.concepts[key("1.0.2")]
        assert leaf.skill_codes == (key("1.0"),)
        assert leaf.source == Source(
            "Fractions 1", SMALL["CFDocument"]["identifier"], item(SMALL, "1.0.2")["uri"], "1.0.2", "CC BY 4.0"
        )
        precedes = {
            (each["originNodeURI"]["identifier"], each["destinationNodeURI"]["identifier"])
            for each in SMALL["CFAssociations"]
            if each["associationType"] == "precedes"
        }
        assert precedes
        assert {(p, c.id) for c in course.concepts.values() for p in c.prerequisite_ids or ()} == precedes
        assert set(course.course.skill_codes or ()) == course.skills.keys()

    def test_skill_types_override_the_structure(self) -> None:
        course = stored(read(SMALL, skill_types=("Domain",)))
        assert course.skills.keys() == {key("0"), key("1")}
        assert course.concepts[key("0.1")].skill_codes == (key("0"),)
        assert course.concepts[key("0.1.0")].skill_codes == ()

    def test_an_item_stays_what_it_is_stored_as(self) -> None:
        before = stored(read(SMALL))
        edited = json.loads(json.dumps(SMALL))
        edited["CFAssociations"][-1] |= {
            "associationType": "isChildOf",
            "originNodeURI": {"identifier": key("0.0.1"), "title": "", "uri": ""},
            "destinationNodeURI": {"identifier": key("0.0.0"), "title": "", "uri": ""},
        }
        course = read(edited, before)
        assert stored(course, before).skills.keys() == before.skills.keys()
        assert any(f"0.0.0 ({key('0.0.0')}): stays a concept" in each for each in course.warnings)

    @pytest.mark.parametrize("form", [opensalt_package, opensalt_tree, lambda each: {"CFPackage": each}])
    def test_other_forms_mean_the_same(self, form: Callable[[Any], Any]) -> None:
        def without_short_forms(framework: Any) -> Any:
            items = [{k: v for k, v in each.items() if k != "abbreviatedStatement"} for each in framework["CFItems"]]
            return framework | {"CFItems": items}

        plain = without_short_forms(SMALL)
        other = read(form(plain))
        assert stored(other) == stored(read(plain))
        assert case_text(stored(other), json.dumps(form(plain)), NOW) == json.dumps(form(plain))

    def test_dangling_links_and_what_is_not_used_are_reported(self) -> None:
        course = read(SMALL)
        outside = [each for each in SMALL["CFAssociations"] if each["associationType"] == "exactMatchOf"]
        assert len(outside) == 3
        for each in outside:
            place = SMALL["CFAssociations"].index(each)
            ends = f"({each['originNodeURI']['identifier']}) → {each['destinationNodeURI']['identifier']}"
            assert any(
                line.startswith(f"CFAssociations[{place}]: exactMatchOf: ") and ends in line and "no item" in line
                for line in course.warnings
            )
        (summary,) = [line for line in course.warnings if "no links of the graph" in line]
        assert "exactMatchOf 3" in summary
        assert "isChildOf 6" in summary  # of domains to the document, and of clusters to domains


def broken(change: Callable[[Any], object]) -> Any:
    held = json.loads(json.dumps(SMALL))
    change(held)
    return held


def add_links(kind: str, *codes: str) -> Callable[[Any], object]:
    def change(held: Any) -> None:
        for place, (origin, destination) in enumerate(pairwise(codes)):
            ends = {
                "originNodeURI": {"identifier": key(origin)},
                "destinationNodeURI": {"identifier": key(destination)},
            }
            held["CFAssociations"].append({"identifier": f"new-{place}", "associationType": kind, **ends})

    return change


def labels(*codes: str) -> str:
    return " → ".join(f"{code} ({key(code)})" for code in codes)


BAD: dict[str, tuple[Any, list[str]]] = {
    "several errors": (
        broken(lambda held: (
            held["CFItems"][0].pop("identifier"), held["CFItems"][1].update(fullStatement=5),
            held["CFItems"].append(7), held["CFAssociations"][2].update(associationType=" "),
            held["CFAssociations"][3].pop("originNodeURI"), held["CFDocument"].pop("title"),
        )),
        [
            "CFItems[0].identifier: must be a text (got nothing)", "CFItems[1].fullStatement: must be a text (got 5)",
            "CFItems[18]: must be an object (got 7)", "CFAssociations[2].associationType: must not be empty",
            "CFAssociations[3].originNodeURI: must be an object (got nothing)",
            "CFDocument.title: must be a text (got nothing)",
        ],
    ),
    "an item twice": (
        broken(lambda held: held["CFItems"].append(held["CFItems"][0])),
        [f"CFItems[18].identifier: '{key('0')}' occurs twice, first in CFItems[0]"],
    ),
    "lists that are none": (
        broken(lambda held: held.update(CFItems={}, CFRubrics=1, CFDefinitions=[])),
        ["CFItems: must be a list", "CFRubrics: must be a list", "CFDefinitions: must be an object"],
    ),
    "a definition": (
        broken(lambda held: held["CFDefinitions"]["CFItemTypes"].append({})),
        ["CFDefinitions.CFItemTypes[3].identifier: must be a text"],
    ),
    "a control character": (
        broken(lambda held: item(held, "0.0.0").update(fullStatement="a\x07b", abbreviatedStatement=None)),
        ["CFItems[2].fullStatement: must not contain control characters (got 'a\\\\x07b')"],
    ),
    "an identifier that is too long for a code": (
        broken(lambda held: held["CFDocument"].update(identifier="x" * 51)),
        ["CFDocument.identifier: must be at most 50 characters, has 51"],
    ),
    "a cycle of parents": (
        broken(add_links("isChildOf", "0.0", "0.0.0")),
        ["CFItems[2]: the isChildOf links close a cycle: " + labels("0.0.0", "0.0", "0.0.0")],
    ),
    "a key twice": (
        json.dumps(SMALL).replace('"creator":', '"title": "lost", "creator":', 1),
        ["CFDocument.title: occurs twice"],
    ),
    "a note that is no object": (
        broken(lambda held: held["CFItems"][0].update(extensions={"graphApi": 1})),
        ["CFItems[0].extensions.graphApi: must be an object (got 1)"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("document", "expected"), BAD.values(), ids=BAD)
def test_each_error_is_named_with_its_path(document: Any, expected: list[str]) -> None:
    with pytest.raises(BadCourseFile) as caught:
        read(document)
    faults = "\n".join(caught.value.faults)
    for each in expected:
        assert each in faults, faults


def test_each_cycle_is_named_once_with_codes_and_identifiers() -> None:
    def change(held: Any) -> None:
        held["CFAssociations"] = [each for each in held["CFAssociations"] if each["associationType"] != "precedes"]
        add_links("precedes", "0.0.0", "0.0.1", "0.0.0")(held)
        held["CFAssociations"].append(
            {
                "identifier": "loop",
                "associationType": "precedes",
                "originNodeURI": {"identifier": key("1.1.0")},
                "destinationNodeURI": {"identifier": key("1.1.0")},
            }
        )

    with pytest.raises(BadCourseFile) as caught:
        read(broken(change))
    first, second = sorted(["0.0.0", "0.0.1"], key=key)
    cycles = {each.partition("cycle: ")[2] for each in caught.value.faults}
    assert cycles == {labels(first, second, first), labels("1.1.0", "1.1.0")}


class TestExport:
    def test_an_unchanged_framework_is_exported_as_its_very_text(self) -> None:
        text = json.dumps(SMALL, indent=3)
        assert case_text(stored(read(text)), text, NOW) == text

    @settings(max_examples=25)
    @given(seed=st.integers(0, 2**32), is_tree=st.booleans())
    def test_what_was_changed_here_comes_back_and_nothing_else_changes(self, seed: int, is_tree: bool) -> None:
        framework = opensalt_tree(SMALL) if is_tree else SMALL
        text = json.dumps(framework)
        before = stored(read(text))
        edited, touched = edits(before, random.Random(seed))
        exported = case_text(edited, text, NOW)

        assert content(stored(read(exported, edited), edited)) == content(edited)
        assert content(stored(read(exported))) == content(edited)
        assert case_text(edited, exported, NOW) == exported
        result = by_identifier(json.loads(exported))
        for name in ("CFItems", "CFAssociations"):
            rest = {each["identifier"]: each for each in by_identifier(framework)[name]}
            for each in result[name]:
                if each["identifier"] in rest and each["identifier"] not in touched:
                    assert without_note(each) == without_note(rest[each["identifier"]])
        assert result["CFDefinitions"] == by_identifier(framework)["CFDefinitions"]

    def test_a_course_that_was_made_here_becomes_a_package_and_comes_back(self) -> None:
        skills = {"k": Skill("k", "Kay", "topic", description="About  K"), "l": Skill("l", "El", "topic")}
        concepts = {"a": Concept("a", "A", ["k"], []), "b": Concept("b", "B", ["k", "l"], ["a"])}
        made = CourseSlice(Course("c", "A course", "", ["k", "l"]), skills, concepts)
        text = case_text(made, None, NOW)
        again = stored(read(text))
        assert content(again) == content(made)
        assert {each.source for each in again.skills.values()} == {None}
        assert {each.source for each in again.concepts.values()} == {None}
        assert {each.category for each in again.skills.values()} == {"topic"}
        assert case_text(made, text, NOW) == text

    def test_what_was_deleted_here_is_left_out_with_its_links(self) -> None:
        before, gone = stored(read(SMALL)), key("0.0.0")
        others = {
            each.id: replace(each, prerequisite_ids=[p for p in each.prerequisite_ids or () if p != gone])
            for each in before.concepts.values()
            if each.id != gone
        }
        exported = case_text(before._replace(concepts=others), json.dumps(SMALL), NOW)
        assert gone in json.dumps(SMALL)
        assert gone not in exported
        assert len(json.loads(exported)["CFItems"]) == len(SMALL["CFItems"]) - 1


def without_note(held: Mapping[str, Any]) -> Any:
    """An item without the note of its kind, which an item gets that an import would take for the other kind."""
    extensions = {name: each for name, each in held.get("extensions", {}).items() if name != "graphApi"}
    return {**held, "extensions": extensions}


def edits(before: CourseSlice, chance: random.Random) -> tuple[CourseSlice, set[str]]:
    """Changes as mutations make them, and the identifiers of the items that they rename."""

    def name() -> str:
        return chance.choice(["a", "é", "two  spaces", "b" * 100])

    skills, concepts, touched = dict(before.skills), dict(before.concepts), set[str]()
    for code in chance.sample(sorted(skills), chance.randrange(3)):
        description = chance.choice([skills[code].description, "", "About it"])
        skills[code] = replace(skills[code], name=name(), description=description)
        touched.add(code)
    for identifier in chance.sample(sorted(concepts), chance.randrange(3)):
        concepts[identifier] = replace(concepts[identifier], name=name())
        touched.add(identifier)
    if chance.random() < 0.5:
        skills["new skill"] = Skill("new skill", name(), "topic", description=chance.choice(["", "New"]))
        concepts["new"] = Concept("new", name(), [chance.choice(sorted(skills))], [])
    order = list(before.concepts)
    for place, identifier in enumerate(order):
        if chance.random() < 0.2:
            needs = chance.sample(order[:place], min(place, chance.randrange(3)))
            parts = chance.sample(sorted(skills), chance.randrange(3))
            concepts[identifier] = replace(concepts[identifier], skill_codes=parts, prerequisite_ids=needs)
    course = replace(before.course, name=name(), skill_codes=sorted(skills))
    return CourseSlice(course, skills, concepts), touched
