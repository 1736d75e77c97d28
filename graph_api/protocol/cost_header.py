"""The header with which a client requests the cost of an operation."""

COST_HEADER = "Graph-Api-Cost"
"""With `1` the reply has the operation's cost in its extensions."""


def shows_cost(sent: str) -> bool:
    """Whether the reply to a request with this value of the header shows its cost; empty: without the header."""
    return sent not in {"", "0"}
