"""Objects again by their node ids: Relay's `node`, and `nodes` for many at once."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any, Final

import strawberry

from graph_api.domain.failures import InvalidInput
from graph_api.schema.access import may_see
from graph_api.schema.context import Info
from graph_api.schema.course.concept import Concept
from graph_api.schema.course.skill import Skill
from graph_api.schema.learners.answer import Answer
from graph_api.schema.learners.group import Group
from graph_api.schema.learners.mastery import Mastery
from graph_api.schema.learners.recency import Recency
from graph_api.schema.learners.session import Session
from graph_api.schema.learners.student import Student
from graph_api.schema.learners.topic import ConceptSampling, Topic
from graph_api.schema.node import Node, NodeId, parse_node_id
from graph_api.schema.operations.run import Run
from graph_api.schema.parameters.parameter_set import ParameterSet
from graph_api.schema.parameters.recency_parameters import RecencyParameterSet
from graph_api.schema.parameters.topic_parameters import TopicParameterSet

MOST_NODES = 500

Load = Callable[[Info, str], Awaitable[Node | None]]
LOADS: Final[Mapping[str, Load]] = {
    "Student": Student.load,
    "Group": Group.load,
    "Session": Session.load,
    "Answer": Answer.load,
    "Mastery": Mastery.load,
    "Recency": Recency.load,
    "Topic": Topic.load,
    "ConceptSampling": ConceptSampling.load,
    "Skill": Skill.load,
    "Concept": Concept.load,
    "ParameterSet": ParameterSet.load,
    "RecencyParameterSet": RecencyParameterSet.load,
    "TopicParameterSet": TopicParameterSet.load,
    "Run": Run.load,
}
"""How an object is read by its key in the node id, for each type that implements `Node`."""


async def load_node(info: Info, node_id: str) -> Node | None:
    """The object with a node id; None if it does not exist, or is hidden from the principal.

    Raises:
        InvalidInput: the text is not of the form Type:key.
    """
    type_name, key = parse_node_id(node_id)
    load = LOADS.get(type_name) if may_see(info.context.principal.role, type_name) else None
    return await load(info, key) if load else None


async def _load_or_none(info: Info, node_id: str) -> Node | None:
    try:
        return await load_node(info, node_id)
    except InvalidInput:  # a text that names nothing
        return None


@strawberry.type
class NodeQuery:
    """Queries for objects of any type."""

    @strawberry.field(description="Any object again, by its nodeId; null if it does not exist.")
    async def node(self, info: Info, id: NodeId) -> Node | None:
        return await load_node(info, id)

    @strawberry.field(
        description="Objects again, by their nodeIds, in the order of the ids. Null for an id that does not exist, "
        "that is hidden from the caller, or that is not a nodeId."
    )
    async def nodes(
        self,
        info: Info,
        ids: Annotated[
            list[strawberry.ID], strawberry.argument(description=f"The `nodeId`s of objects, at most {MOST_NODES}.")
        ],
    ) -> list[Node | None]:
        if len(ids) > MOST_NODES:
            raise InvalidInput("ids", f"must hold at most {MOST_NODES} items, holds {len(ids)}")
        loads = (_load_or_none(info, each) for each in ids)
        loaded: list[Any] = await asyncio.gather(*loads, return_exceptions=True)
        return loaded  # an exception is the error of its own place
