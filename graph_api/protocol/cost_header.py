"""The header with which a client requests the cost of an operation."""

from collections.abc import Mapping

COST_HEADER = "Graph-Api-Cost"
"""With `1` the reply has the operation's cost in its extensions."""


def shows_cost(headers: Mapping[str, str]) -> bool:
    """Whether the reply to a request shows its cost. The names of `headers` have no case."""
    return headers.get(COST_HEADER, "0") not in {"", "0"}
