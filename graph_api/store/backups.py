"""The graph as rows, and back: every node and relationship with all its properties."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from graph_api.store.gateway import Row, Transaction

CREATE = {
    "Student": "restore/create_student",
    "Skill": "restore/create_skill",
    "Concept": "restore/create_concept",
    "Group": "restore/create_group",
    "Teacher": "restore/create_teacher",
    "ParameterSet": "restore/create_parameter_set",
    "PolicySet": "restore/create_policy_set",
    "ThresholdSet": "restore/create_threshold_set",
    "Run": "restore/create_run",
    "Job": "restore/create_job",
    "AuditEntry": "restore/create_audit_entry",
    "Course": "restore/create_course",
    "CourseVersion": "restore/create_course_version",
    "SourceDocument": "restore/create_source_document",
    "Erasure": "restore/create_erasure",
    "ErasureKey": "restore/create_erasure_key",
}
LINK = {
    ("ANSWERED", "Concept"): "restore/link_answered_concept",
    ("ANSWERED", "Skill"): "restore/link_answered_skill",
    ("JUDGED_ON", "Concept"): "restore/link_judged_on_concept",
    ("JUDGED_ON", "Skill"): "restore/link_judged_on_skill",
    ("HAS_MASTERY", "Concept"): "restore/link_has_mastery_concept",
    ("HAS_MASTERY", "Skill"): "restore/link_has_mastery_skill",
    ("SAMPLED", "Concept"): "restore/link_sampled_concept",
    ("HAS_SESSION", "Session"): "restore/link_has_session_session",
    ("MEMBER_OF", "Group"): "restore/link_member_of_group",
    ("PART_OF", "Skill"): "restore/link_part_of_skill",
    ("PREREQUISITE_OF", "Concept"): "restore/link_prerequisite_of_concept",
    ("IN_COURSE", "Course"): "restore/link_in_course_course",
    ("TAKES", "Course"): "restore/link_takes_course",
    ("TEACHES", "Group"): "restore/link_teaches_group",
}


class Node(NamedTuple):
    """A node that is not of one student."""

    label: str
    properties: Row


def of_current_version(node: Node) -> Node:
    """The node as this version labels it: older backups call the node that counts changes Course."""
    if node.label == "Course" and "mark" in node.properties:
        return Node("CourseVersion", node.properties)
    return node


class Link(NamedTuple):
    """A relationship, its ends and, if the target is a session, the properties of the session."""

    key: str
    type: str
    properties: Row
    to_label: str
    to_key: str
    target: Row | None = None


class StoredStudent(NamedTuple):
    """A student with all their relationships, in one order."""

    properties: Row
    links: Sequence[Link]


async def read_students(tx: Transaction, ids: Sequence[str]) -> dict[str, StoredStudent]:
    """All properties and relationships of some students."""
    links: dict[str, list[Link]] = defaultdict(list)
    for row in await tx.many("backup/list_links_of_students", ids=ids):
        to = row["label"], row["key"], row["target"]
        links[row["id"]].append(Link(row["id"], row["type"], row["properties"], *to))
    return {
        row["id"]: StoredStudent(row["properties"], sorted(links[row["id"]], key=_order))
        for row in await tx.many("backup/list_students", ids=ids)
    }


async def read_rest(tx: Transaction) -> tuple[list[Node], list[Link]]:
    """Every node that is not of one student, and their relationships, in one order."""
    nodes = [Node(row["label"], row["properties"]) for row in await tx.many("backup/list_nodes")]
    links = [
        Link(row["key"], row["type"], row["properties"], row["to_label"], row["to_key"])
        for row in await tx.many("backup/list_links")
    ]
    return sorted(nodes, key=lambda node: (node.label, repr(sorted(node.properties.items())))), sorted(
        links, key=_order
    )


async def read_erasures(tx: Transaction) -> list[Node]:
    """The keyed hashes of erased students, and their key."""
    nodes, _ = await read_rest(tx)
    return [node for node in nodes if node.label in ("Erasure", "ErasureKey")]


async def count_nodes(tx: Transaction) -> int:
    """Number of nodes, except those that a service creates by itself."""
    total: int = await tx.value("restore/count_nodes")
    return total


async def delete_rest(tx: Transaction) -> None:
    """Delete every node but migrations, after the students."""
    await tx.nothing("restore/delete_rest")


async def put_nodes(tx: Transaction, nodes: Iterable[Node]) -> None:
    """Put nodes back."""
    rows: dict[str, list[Row]] = defaultdict(list)
    for node in nodes:
        rows[node.label].append({"properties": node.properties})
    for label, of_label in rows.items():
        await _put(tx, CREATE[label], of_label)


async def put_links(tx: Transaction, links: Iterable[Link]) -> None:
    """Put relationships back; both ends must be stored."""
    rows: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for link in links:
        rows[link.type, link.to_label].append(link._asdict())
    for kind, of_kind in rows.items():
        await _put(tx, LINK[kind], of_kind)


async def _put(tx: Transaction, statement: str, rows: Sequence[Mapping[str, object]]) -> None:
    created: int = await tx.value(statement, rows=rows)
    if created != len(rows):
        raise LookupError(f"{statement}: {len(rows)} rows, {created} found both ends")


def _order(link: Link) -> tuple[str, ...]:
    at = link.properties.get("at")
    return link.type, link.key, link.to_label, link.to_key, str(at), str(link.properties.get("id", ""))
