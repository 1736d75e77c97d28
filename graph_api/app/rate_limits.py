"""How often each principal may ask: a sliding window for each, kept in this process."""

import time

from limits import RateLimitItem, parse_many
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from graph_api.domain.failures import RateLimited
from graph_api.domain.principals import CLIENTS, WITHOUT_AUTHENTICATION, Principal


class RateLimits:
    """Limits such as `600/minute; 20/second`, of people and of client applications; empty for none."""

    def __init__(self, people: str, clients: str) -> None:
        self._people, self._clients = parsed(people), parsed(clients)
        self._windows = SlidingWindowCounterRateLimiter(MemoryStorage())

    def take(self, principal: Principal) -> None:
        """Count one request.

        Raises:
            RateLimited: there were too many; it is not counted.
        """
        if principal == WITHOUT_AUTHENTICATION:
            return
        whose = (principal.role.value, principal.id)
        for limit in self._clients if principal.role in CLIENTS else self._people:
            if not self._windows.hit(limit, *whose):
                wait = self._windows.get_window_stats(limit, *whose).reset_time - time.time()
                raise RateLimited("requests", f"must be at most {limit}", retry_after=round(max(wait, 0.1), 1))


def parsed(limits: str) -> list[RateLimitItem]:
    """The limits in a setting.

    Raises:
        ValueError: there is one that cannot be read.

    >>> parsed("10/second; 600/minute")
    [10 per 1 second, 600 per 1 minute]
    """
    return parse_many(limits) if limits.strip() else []
