"""Statements come to a concept, a skill or a group from the side that has few relationships.

Tens of thousands of students have answers and masteries of one concept. To find its prerequisites from there, the
embedded engine walks all of these. `tests/faults/test_many_students.py` measures it.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from graph_api.store.cypher_files import load
from graph_api.store.packaged import packaged

NODE = r"\((?P<{0}>\w*)(?::[\w|]+)?\s*(?P<{0}_map>\{{[^}}]*\}})?\)"
PATTERN = re.compile(NODE.format("left") + r"(?P<to_left><)?-\[\w*(?::(?P<types>[\w|]+))?[^\]]*\]-(?P<to_right>>)?")
RIGHT = re.compile(NODE.format("right"))
NAMED = re.compile(r"\bAS (\w+)|\bUNWIND [^\n]*? AS (\w+)")

OF_THE_COURSE = {"PART_OF", "PREREQUISITE_OF"}
"""Relationships that end at nodes with many others from students."""
EXCEPTIONS = {
    "reference/list_links_of_concepts": "beside it, all that students have of each concept is counted",
    "reference/list_links_of_skills": "likewise",
    "reference/list_concepts_of_skills": "skills without history are deleted",
    "skill/unlink_concepts": "skills without history are deleted",
}
COUNTS = {"active_set/list_on_concepts", "active_set/list_on_skills"}
"""Count the answers to every target, for fits."""
OF_STUDENTS = {"ANSWERED", "HAS_MASTERY", "JUDGED_ON", "SAMPLED"}
STATEMENTS = load(packaged("cypher"))


class Walk(NamedTuple):
    """A relationship that is walked from its end, because only the end is known before."""

    type: str
    start: str


class Step(NamedTuple):
    """A relationship of a pattern, with the node on its left and on its right.

    Attributes:
        left, right: the text of the node's name and of its properties.
        is_known: whether the left and the right node are known before: by name, or by given properties.
    """

    match: re.Match[str]
    left: tuple[str, str]
    right: tuple[str, str]
    is_known: tuple[bool, bool]


def steps(text: str) -> Iterator[Step]:
    """The relationships of a statement, in the order of the text."""
    known: set[str] = set()
    place = 0
    while match := PATTERN.search(text, place):
        before = text[: match.start()]
        known |= {name for names in NAMED.findall(before) for name in names if name}
        known |= {each["right"] for each in RIGHT.finditer(before) if each["right"]}
        end = RIGHT.match(text, match.end())
        assert end is not None, text[match.start() :]
        left, right = (match["left"], match["left_map"]), (end["right"], end["right_map"])
        is_known = bool(left[1]) or left[0] in known, bool(right[1]) or right[0] in known
        yield Step(match, left, right, is_known)
        known |= {name for name, _ in (left, right) if name}
        place = match.end()  # the right node is the left one of the next relationship


def walks_from_the_end(text: str) -> Iterator[Walk]:
    """The relationships of a statement whose end is known where its start is not, in the order of the text."""
    for step in steps(text):
        start, end = (1, 0) if step.match["to_left"] else (0, 1)
        if step.is_known[end] and not step.is_known[start]:
            for kind in (step.match["types"] or "").split("|"):
                yield Walk(kind, (step.left, step.right)[start][0])


def given_last(text: str) -> list[str]:
    """The patterns whose right node is given by its properties, and whose left node is not known."""
    return [step.match.group() for step in steps(text) if step.right[1] and not step.is_known[0]]


def test_walks_are_recognised() -> None:
    text = """UNWIND $ids AS id MATCH (concept:Concept {id: id})<-[:PREREQUISITE_OF]-(p) MATCH (a:A)-[:X]->(b:B) MATCH (b)<-[y:Y|Z]-(c)
      MATCH (d:D {id: 2}) MATCH (f:F)-[:Q]->(d)
      MATCH (s {id: 1})-[:W]->(t) MATCH (:U)-[:V]->(t)-[:T]->(e) RETURN COUNT { (e)<-[:R]-() }"""
    assert [*walks_from_the_end(text)] == [
        ("PREREQUISITE_OF", "p"), ("Y", "c"), ("Z", "c"), ("Q", "f"), ("V", ""), ("R", ""),
    ]  # fmt: skip


def test_patterns_begin_at_the_node_whose_key_is_given() -> None:
    """The embedded engine walks from left to right. From all students it looks at all that they have."""
    assert given_last("MATCH (a:A)-[:X]->(b:B {id: $id})") == ["(a:A)-[:X]->"]
    assert given_last("MATCH (b:B {id: $id})<-[:X]-(a:A) MATCH (a)-[:Y]->(c:C {id: 1})") == []

    others = {name: patterns for name, each in STATEMENTS.items() if (patterns := given_last(each.text))}
    assert others == {}, "turn these patterns round"


def test_the_course_is_not_read_through_what_students_have() -> None:
    walked = {
        name
        for name, each in STATEMENTS.items()
        if OF_THE_COURSE & {walk.type for walk in walks_from_the_end(each.text)}
    }
    assert walked == EXCEPTIONS.keys(), "start at the other end"


def test_only_reads_about_all_students_walk_from_a_concept_or_skill() -> None:
    walked = {
        name
        for name, each in STATEMENTS.items()
        if each.mode == "read" and OF_STUDENTS & {walk.type for walk in walks_from_the_end(each.text)}
    }
    about_some = {name for name in walked if STATEMENTS[name].about.whose != "all students"}
    assert about_some == COUNTS, "start at the students"
