"""The course as GraphML and as a table of links, for programs that draw and measure graphs.

Nodes are known by kind and key, as `Concept:dative`, because a skill may have the code that a concept has as its id.
"""

import csv
import io
import re
from collections.abc import Iterator
from typing import NamedTuple
from xml.etree import ElementTree as ET

from graph_api.store.gateway import Row

NAMESPACE = "http://graphml.graphdrawing.org/xmlns"
NODE_KEYS = ("label", "type", "key", "category", "level", "framework", "uri", "code", "licence", "archived_at")
"""Properties of nodes. Gephi shows `label` by itself, yEd after `label` is chosen in its properties mapper."""
LINK_COLUMNS = ("Source", "Target", "Type", "Label", "Weight")
"""The columns of Gephi's table of edges; its `Type` is whether an edge has a direction, ours is the `Label`."""
NO_XML = re.compile("[\ufffe\uffff]")
"""Characters that identifiers may have and XML may not."""


class Node(NamedTuple):
    """A node of the course: Skill, Concept or Course, and its id or code."""

    kind: str
    key: str

    @property
    def name(self) -> str:
        """What no other node is called."""
        return f"{self.kind}:{self.key}"


class Link(NamedTuple):
    """A link of the course between two nodes."""

    type: str
    source: Node
    target: Node


def nodes_of(course: Row) -> Iterator[tuple[Node, Row]]:
    """Each node of a course as `export_graph` returns it, and those of its properties that have a value."""
    kinds = (("Skill", "skills", "code"), ("Concept", "concepts", "id"), ("Course", "courses", "id"))
    for kind, kinds_key, key_name in kinds:
        for each in course[kinds_key]:
            values = {"label": each["name"], "type": kind, "key": each[key_name]}
            values |= {name: each.get(name) for name in ("category", "level")}
            values |= {name: (each.get("source") or {}).get(name) for name in ("framework", "uri", "code", "licence")}
            values["archived_at"] = each.get("archived_at") or each.get("archivedAt")
            yield Node(kind, each[key_name]), {name: value for name, value in values.items() if value is not None}


def links_of(course: Row) -> Iterator[Link]:
    """Each link of a course: from prerequisite to concept, from concept to skill, from skill to course."""
    for concept in course["concepts"]:
        node = Node("Concept", concept["id"])
        yield from (Link("PREREQUISITE_OF", Node("Concept", key), node) for key in concept["prerequisites"])
        yield from (Link("PART_OF", node, Node("Skill", code)) for code in concept["skills"])
    for each in course["courses"]:
        yield from (Link("IN_COURSE", Node("Skill", code), Node("Course", each["id"])) for code in each["skills"])


def graphml(course: Row) -> str:
    """The course as GraphML: labels and types are data of nodes and edges.

    >>> empty = {"skills": [], "concepts": [], "courses": []}
    >>> graphml(empty).splitlines()[1][:8]
    '<graphml'
    """
    root = ET.Element("graphml", xmlns=NAMESPACE)
    for name in NODE_KEYS:
        ET.SubElement(root, "key", {"id": name, "for": "node", "attr.name": name, "attr.type": "string"})
    for key, name, kind in (("link_type", "type", "string"), ("weight", "weight", "double")):
        ET.SubElement(root, "key", {"id": key, "for": "edge", "attr.name": name, "attr.type": kind})
    graph = ET.SubElement(root, "graph", id="course", edgedefault="directed")
    for node, values in nodes_of(course):
        element = ET.SubElement(graph, "node", id=_xml(node.name))
        for key, value in values.items():
            ET.SubElement(element, "data", key=key).text = _xml(str(value))
    for link in links_of(course):
        edge = ET.SubElement(graph, "edge", source=_xml(link.source.name), target=_xml(link.target.name))
        ET.SubElement(edge, "data", key="link_type").text = link.type
        ET.SubElement(edge, "data", key="weight").text = "1.0"
    ET.indent(root, " ")
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def links_csv(course: Row) -> str:
    """The links of the course as CSV, in the form of Gephi's table of edges."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(LINK_COLUMNS)
    rows = ((link.source.name, link.target.name, "Directed", link.type, "1.0") for link in links_of(course))
    writer.writerows(rows)
    return file.getvalue()


def _xml(text: str) -> str:
    return NO_XML.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
