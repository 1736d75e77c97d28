"""A program that uses the types that sgqlc generated: python sgqlc_client.py URL, next to generated_schema.py."""

import sys

from generated_schema import generated_schema as schema
from sgqlc.endpoint.http import HTTPEndpoint
from sgqlc.operation import Operation


def main(url: str) -> None:
    """Query and mutate."""
    endpoint = HTTPEndpoint(url)
    query = Operation(schema.Query)
    members = query.group(id="demo").members(first=3)
    members.nodes.id()
    members.nodes.name()
    reply = query + endpoint(query)
    assert all(each.id.startswith("demo-") for each in reply.group.members.nodes), reply

    mutation = Operation(schema.Mutation)
    variables = {"student_id": "demo-08", "concept_ids": ["no-such-concept"], "correct": True}
    result = mutation.record_answer(input=variables)
    result.__as__(schema.ConceptNotFound).code()
    refused = mutation + endpoint(mutation)
    assert refused.record_answer.code == "CONCEPT_NOT_FOUND", refused
    print("query, mutation: passed")


if __name__ == "__main__":
    main(sys.argv[1])
