"""Queries about the service itself, and Relay's `node`."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import strawberry
from strawberry.dataloader import DataLoader

from graph_api.schema.concept import Concept
from graph_api.schema.context import Info
from graph_api.schema.group import Group
from graph_api.schema.node import Node, NodeId, parse_node_id
from graph_api.schema.run import Run
from graph_api.schema.session import Session
from graph_api.schema.skill import Skill
from graph_api.schema.student import Student


@strawberry.type(description="What this service is.")
class ServiceInfo:
    """What this service is."""

    name: str = strawberry.field(description="graph-api.")
    version: str = strawberry.field(description="Its version.")
    engine: str = strawberry.field(description="The database behind it: embedded or neo4j.")
    time: datetime = strawberry.field(description="What time it is here.")


@strawberry.type
class ServiceQuery:
    """Queries that are about no noun."""

    @strawberry.field(description="What this service is.")
    def service_info(self, info: Info) -> ServiceInfo:
        """Name, version, engine, time."""
        services = info.context.services
        return ServiceInfo(name="graph-api", version=services.version, engine=services.engine, time=services.clock())

    @strawberry.field(description="Any object again, by its nodeId; null if it is not there.")
    async def node(self, info: Info, id: NodeId) -> Node | None:
        """One object of any type."""
        type_name, key = parse_node_id(id)
        loaders = info.context.loaders
        sources: dict[str, tuple[DataLoader[str, Any], Callable[[Any], Node]]] = {
            "Student": (loaders.students, Student.of),
            "Skill": (loaders.skills, Skill.of),
            "Concept": (loaders.concepts, Concept.of),
            "Group": (loaders.groups, Group.of),
            "Session": (loaders.sessions, Session.of),
            "Run": (loaders.runs, Run.of),
        }
        if type_name not in sources:
            return None
        loader, of = sources[type_name]
        found = await loader.load(key)
        return of(found) if found else None
