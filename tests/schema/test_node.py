"""Objects by their node id."""

import pytest

from tests.conftest import Ask

pytestmark = pytest.mark.usefixtures("course")


FAILURE = "... on Failure { __typename code message field rule value }"


UPSERT_STUDENTS = (
    "mutation($input: [StudentInput!]!) { upsertStudents(input: $input) { __typename "
    f"... on UpsertStudentsPayload {{ students {{ id name nodeId groups {{ id }} }} }} {FAILURE} }} }}"
)


UPSERT_GROUP = (
    "mutation($input: GroupInput!) { upsertGroup(input: $input) { __typename ... on UpsertGroupPayload { group { "
    "id name size teacherIds members { totalCount nodes { id name } } } } ... on StudentNotFound { missing } "
    f"{FAILURE} }} }}"
)


async def test_nodes(ask: Ask) -> None:
    await ask(UPSERT_STUDENTS, input=[{"id": "anna", "name": "Anna"}])
    await ask(UPSERT_GROUP, input={"id": "g", "name": "G"})
    await ask('mutation { startSession(input: {studentId: "anna", id: "p"}) { __typename } }')
    for node_id in ("Student:anna", "Group:g", "Skill:cases", "Concept:dative", "Session:p"):
        reply = (await ask("query($id: ID!) { node(id: $id) { __typename nodeId } }", id=node_id))["node"]
        assert reply == {"__typename": node_id.split(":")[0], "nodeId": node_id}
    for node_id in ("Student:nobody", "Unknown:x"):
        assert (await ask("query($id: ID!) { node(id: $id) { nodeId } }", id=node_id))["node"] is None
