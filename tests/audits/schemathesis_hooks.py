"""What schemathesis knows of this service: ids that exist, values of its scalars, and what every error owes its reader.

It runs in schemathesis' own environment, where nothing of the service is installed.
"""

import json
from typing import Any

import schemathesis
from graphql import NameNode, ObjectFieldNode
from hypothesis import strategies as st
from schemathesis.graphql import nodes, scalar

THERE = ["demo", "demo-01", "demo-27", "gr_articles", "grammar_a1", "bkt-concept-v1", "recency-v0", "topic-v1", "Student:demo-01"]  # fmt: skip
TIMES = ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "2026-01-31T09:30:00", "2026-01-31T09:30:00+05:45:30"]  # fmt: skip
INTERNALS = ("Traceback", 'File \\"/', "graph_api.", "neo4j", "Neo.", "arcadedb", "java.", "object at 0x", "UNWIND")


def node(value: Any) -> Any:
    """A JSON value as a literal of GraphQL."""
    if value is None:
        return nodes.Null
    if isinstance(value, dict):
        return nodes.Object(
            [ObjectFieldNode(name=NameNode(value=name), value=node(each)) for name, each in value.items()]
        )
    if isinstance(value, list):
        return nodes.List([node(each) for each in value])
    return {bool: nodes.Boolean, int: nodes.Int, float: nodes.Float, str: nodes.String}[type(value)](value)


names = st.sampled_from(["alpha", "policy", "jumpGood", "unseenSeconds", "beta"])
leaves = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
scalar("ID", (st.sampled_from(THERE) | st.text()).map(nodes.String))
scalar("DateTime", (st.sampled_from(TIMES) | st.datetimes().map(lambda at: f"{at.isoformat()}Z")).map(nodes.String))
scalar("JSON", st.dictionaries(names, leaves | st.lists(leaves), max_size=4).map(node))


def errors_say_what_they_may(_context: object, response: Any, _case: object) -> None:
    """Every error has a code, none is a fault, and no reply speaks of what is inside."""
    assert response.status_code < 500, response.text[:500]
    for word in INTERNALS:
        assert word not in response.text, f"{word!r} in a reply: {response.text[:500]}"
    for error in json.loads(response.text).get("errors", ()) if response.status_code == 200 else ():
        code = error.get("extensions", {}).get("code")
        assert code, f"no code: {error}"
        assert code not in {"INTERNAL", "UNAVAILABLE"}, f"a fault: {error}"


schemathesis.check(errors_say_what_they_may)
