"""The context of one request."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TypeAlias

import strawberry

from graph_api.domain.answers import in_utc
from graph_api.domain.principals import NOBODY_ASKED, Principal
from graph_api.schema.loaders import Loaders
from graph_api.schema.services import Services

Authenticate: TypeAlias = Callable[[str], Awaitable[Principal]]
"""Tells who sent an Authorization header; raises for nobody."""


class Context:
    """The services, and loaders that remember what this request has read."""

    def __init__(self, services: Services, principal: Principal = NOBODY_ASKED) -> None:
        self.services = services
        self.principal = principal
        self.authenticate: Authenticate | None = None
        self.handshake = ""
        """The Authorization header of a websocket's handshake."""
        self.connection_params: object = None
        """The payload of its `connection_init`."""
        self.loaders = Loaders(services.gateway)

    def forget(self) -> None:
        """Forget what was read: a mutation is about to change it."""
        self.loaders = Loaders(self.services.gateway)


Info: TypeAlias = strawberry.Info[Context, None]


def moment(info: Info, as_of: datetime | None) -> datetime:
    """The moment that a question is asked of: as given, with an offset, else now.

    Raises:
        InvalidInput: it has no offset.
    """
    return info.context.services.clock() if as_of is None else in_utc(as_of, "asOf")
