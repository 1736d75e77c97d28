"""Questions in the generated schema of @neo4j/graphql, and its replies in the form of ours.

It has no field for the status of a level, since a property of a relationship cannot be computed: `status` is left out
of the comparison, which makes its work a little less than that of the others.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

Json = Any
MASTERED = 'students(where: { id: { eq: "demo-16" } })'
LEVELS = "masteredConceptsConnection(first: 100, sort: [{ node: { id: ASC } }])"
DOCUMENTS = {
    "a": "{ __typename }",
    "b": f"""{{ {MASTERED} {{ name {LEVELS} {{
        edges {{ properties {{ level attempts }} node {{ id name skills(sort: [{{ code: ASC }}]) {{ code name }} }} }}
    }} }} }}""",
    "c": """{ groups(where: { id: { eq: "demo" } }) { name
        members(limit: 30, sort: [{ name: ASC }, { id: ASC }]) { id name
            masteredSkillsConnection(first: 20, sort: [{ node: { code: ASC } }]) {
                edges { properties { level attempts } node { code name } } } } } }""",
    "d": """{ students(where: { id: { eq: "history-1000" } }) {
        answeredConceptsConnection(
            first: 100, where: { edge: { position: { eq: 0 } } }, sort: [{ edge: { at: DESC } }]
        ) { pageInfo { hasNextPage endCursor }
            edges { properties { id at correct difficulty conceptIds skillCodes } } } } }""",
    "f": f"""{{
        concepts(limit: 200, sort: [{{ id: ASC }}]) {{ id name prerequisites(sort: [{{ id: ASC }}]) {{ id name }} }}
        {MASTERED} {{ {LEVELS} {{ edges {{ properties {{ level }} node {{ id }} }} }} }} }}""",
    "g": """{ groupsConnection { aggregate { count { nodes } } }
        groups(limit: 50, sort: [{ id: ASC }]) { id name
            teachers(sort: [{ id: ASC }]) { id } membersConnection { aggregate { count { nodes } } } } }""",
}
DOCUMENTS["d10k"] = DOCUMENTS["d"].replace("history-1000", "history-10000")


def _masteries(connection: Json, kind: str, *fields: str) -> Json:
    nodes = [
        {**{name: edge["properties"][name] for name in fields}, kind: edge["node"]} for edge in connection["edges"]
    ]
    return {"nodes": nodes}


def _student(data: Json) -> Json:
    (student,) = data["students"]
    masteries = _masteries(student["masteredConceptsConnection"], "concept", "level", "attempts")
    return {"student": {"name": student["name"], "masteries": masteries}}


def _class(data: Json) -> Json:
    (group,) = data["groups"]
    nodes = [
        {
            "id": each["id"],
            "name": each["name"],
            "masteries": _masteries(each["masteredSkillsConnection"], "skill", "level", "attempts"),
        }
        for each in group["members"]
    ]
    return {"group": {"name": group["name"], "members": {"nodes": nodes}}}


def _answers(data: Json) -> Json:
    (student,) = data["students"]
    page = student["answeredConceptsConnection"]
    return {
        "student": {"answers": {"pageInfo": page["pageInfo"], "nodes": [edge["properties"] for edge in page["edges"]]}}
    }


def _concepts(data: Json) -> Json:
    (student,) = data["students"]
    masteries = _masteries(student["masteredConceptsConnection"], "concept", "level")
    return {"concepts": {"nodes": data["concepts"]}, "student": {"masteries": masteries}}


def _groups(data: Json) -> Json:
    nodes = [
        {
            "id": group["id"],
            "name": group["name"],
            "size": group["membersConnection"]["aggregate"]["count"]["nodes"],
            "teacherIds": [teacher["id"] for teacher in group["teachers"]],
        }
        for group in data["groups"]
    ]
    return {"groups": {"totalCount": data["groupsConnection"]["aggregate"]["count"]["nodes"], "nodes": nodes}}


def without_status(value: Json) -> Json:
    """A reply without statuses.

    >>> without_status({"level": 0.5, "status": "LEARNING"})
    {'level': 0.5}
    """
    if isinstance(value, dict):
        return {key: without_status(each) for key, each in value.items() if key != "status"}
    return [without_status(each) for each in value] if isinstance(value, list) else value


class Dialect(NamedTuple):
    """A schema that is not ours.

    Attributes:
        documents: the questions in it, by name.
        to_ours: the form of a reply's data in our schema, by name.
        known: our data without what the server cannot know.
    """

    documents: Mapping[str, str]
    to_ours: Mapping[str, Callable[[Json], Json]]
    known: Callable[[Json], Json]


NEO4J_GRAPHQL = Dialect(
    DOCUMENTS,
    {
        "a": lambda data: data,
        "b": _student,
        "c": _class,
        "d": _answers,
        "d10k": _answers,
        "f": _concepts,
        "g": _groups,
    },
    without_status,
)
