"""What Neo4j makes of bookmarks."""

import httpx
import pytest

pytestmark = [pytest.mark.neo4j, pytest.mark.usefixtures("course")]


async def test_bookmarks_of_another_database_are_named(client: httpx.AsyncClient) -> None:
    reply = await client.post(
        "/graphql", json={"query": "{ students { totalCount } }"}, headers={"Graph-Api-Bookmarks": "nonsense"}
    )

    (error,) = reply.json()["errors"]
    assert error["message"] == "bookmarks: must be as a reply of this service gave them, got 'nonsense'"
    assert error["extensions"]["code"] == "INVALID_INPUT"
