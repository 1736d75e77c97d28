"""The context of one request."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import cached_property
from typing import TypeAlias

import strawberry

from graph_api.domain.answers.answers import in_utc
from graph_api.domain.failures import Forbidden
from graph_api.domain.learners.threshold_sets import ThresholdsInEffect
from graph_api.domain.principals import WITHOUT_AUTHENTICATION, Principal
from graph_api.execution.batching import DataLoader
from graph_api.execution.operation_outcomes import Operation
from graph_api.schema.loaders import Loaders
from graph_api.schema.services import Services
from graph_api.store.dependencies import beside_the_reply
from graph_api.store.gateway import Gateway
from graph_api.store.viewers import viewer_of

Authenticate: TypeAlias = Callable[[str], Awaitable[Principal]]
"""Returns the principal of an Authorization header; raises if it is invalid."""


class Context:
    """The principal, the services, and loaders that remember what this request has read."""

    def __init__(self, services: Services, principal: Principal = WITHOUT_AUTHENTICATION) -> None:
        self.services = services
        self.authenticate: Authenticate | None = None
        self.can_stream = True
        """Whether the reply may be several results: over a websocket, not over HTTP."""
        self.shows_cost = False
        """Whether the reply has the operation's cost in its extensions."""
        self.is_compiled = True
        """Whether queries are executed as they were compiled, see GRAPH_API_COMPILED."""
        self.on_operation: Callable[[Operation], None] | None = None
        """Called with each operation when it has ended."""
        self.handshake = ""
        """The Authorization header of a websocket's handshake."""
        self.take: Callable[[Principal], None] | None = None
        """Counts an operation of a websocket; raises for too many."""
        self.connection_params: object = None
        """The payload of its `connection_init`."""
        self.serve(principal)

    def serve(self, principal: Principal) -> None:
        """Serve everything from here on in the name of a principal."""
        self.principal = principal
        self.__dict__.pop("gateway", None)
        self.forget()

    @cached_property
    def gateway(self) -> Gateway:
        """The database, as far as the principal may see it. `services.gateway` is the service's own."""
        return self.services.gateway.seen_by(viewer_of(self.principal, self.services.analysts))

    @cached_property
    def loaders(self) -> Loaders:
        """What reads, and remembers what it has read. Requests that only record answers have none."""
        of = self.services
        return Loaders(self.gateway, of.forgetting, of.course, of.predictors, of.classes, of.histories)

    @property
    def least_students(self) -> int:
        """The smallest number of students that a figure in the reply may be about: more than 1 for analysts."""
        return self.gateway.least_students

    def count(self) -> None:
        """Count an operation over a websocket; requests are counted before they come here.

        Raises:
            RateLimited: there were too many.
        """
        if self.take is not None:
            self.take(self.principal)

    def check_token(self) -> None:
        """Refuse to go on when the token, good when a connection was made, has ended.

        Raises:
            Forbidden: it has.
        """
        until = self.principal.until
        if until is None:
            return
        with beside_the_reply():
            now = self.services.clock()
        if now > until:
            raise Forbidden("token", "has ended; connect again with a new one", until.isoformat())

    def end(self) -> None:
        """Let go of what was read, when the only operation of a request has ended."""
        if "loaders" in self.__dict__:
            self.loaders.release()
        self.__dict__.pop("_thresholds", None)

    def forget(self) -> None:
        """Forget what was read: a mutation is about to change it."""
        for name in ("loaders", "_thresholds"):
            self.__dict__.pop(name, None)
        self._now: datetime | None = None

    def now(self) -> datetime:
        """The present: the same for all fields of a request, so that their reads can be one."""
        if self._now is None:
            self._now = self.services.clock()
        return self._now

    async def thresholds(self) -> ThresholdsInEffect:
        """The thresholds of every target: the same for all fields of a request, which reads them once at most."""
        return await self._thresholds.load("")

    @cached_property
    def _thresholds(self) -> DataLoader[str, ThresholdsInEffect]:
        return DataLoader(self._read_thresholds)

    async def _read_thresholds(self, keys: list[str]) -> list[ThresholdsInEffect | BaseException]:
        thresholds = await self.services.thresholds.now(await self.loaders.course_mark.load(""))
        return [thresholds for _ in keys]


Info: TypeAlias = strawberry.Info[Context, None]


AS_OF = (
    "The moment to judge by, with an offset. Everything is replayed from the answers given by then, by their `at`, "
    "whenever they were recorded; the course, the groups and the parameters are those of the present. Null: now."
)
"""The description of every `asOf`."""


def moment(info: Info, as_of: datetime | None) -> datetime:
    """The moment of a query: as given, with an offset, else now.

    Raises:
        InvalidInput: it has no offset.
    """
    return info.context.services.clock() if as_of is None else in_utc(as_of, "asOf")
