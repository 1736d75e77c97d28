"""The context of one request."""

from typing import TypeAlias

import strawberry

from graph_api.schema.loaders import Loaders
from graph_api.schema.services import Services


class Context:
    """The services, and loaders that remember what this request has read."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.loaders = Loaders(services.gateway)

    def forget(self) -> None:
        """Forget what was read: a mutation is about to change it."""
        self.loaders = Loaders(self.services.gateway)


Info: TypeAlias = strawberry.Info[Context, None]
