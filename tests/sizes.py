"""How large scenarios are: small in each run, large in `make test-deep`."""

import os

DEEP = "GRAPH_API_TEST_DEEP" in os.environ


def size(usual: int, deep: int) -> int:
    """The usual number, or the deep one if the environment sets GRAPH_API_TEST_DEEP."""
    return deep if DEEP else usual
