"""The rule for calls that take a list."""

from collections import Counter
from collections.abc import Sequence

from graph_api.domain.failures import InvalidInput

MAX_ITEMS = 5_000


def bounded(keys: Sequence[str], field: str) -> Sequence[str]:
    """The keys of a call's items: not too many, and none twice.

    Raises:
        InvalidInput: naming the rule and the key.

    >>> bounded(["a", "b"], "id")
    ['a', 'b']
    """
    if len(keys) > MAX_ITEMS:
        raise InvalidInput("input", f"must hold at most {MAX_ITEMS} items, holds {len(keys)}")
    if twice := [key for key, times in Counter(keys).items() if times > 1]:
        raise InvalidInput(field, "must not be given twice in one call", ", ".join(twice[:5]))
    return keys
