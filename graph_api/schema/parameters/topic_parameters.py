"""The parameters of topics and sampling: immutable versions, one of which is in effect."""

from datetime import datetime
from typing import Annotated, Self

import strawberry
from strawberry.scalars import JSON

from graph_api.domain import failures
from graph_api.domain.parameters.topic_parameters import TopicParameters
from graph_api.domain.parameters.topic_parameters import TopicParameterSet as StoredSet
from graph_api.schema.context import Info
from graph_api.schema.failures import InvalidInput, Unavailable
from graph_api.schema.mutations import mutation
from graph_api.schema.node import Node, node_id
from graph_api.schema.paging import DEFAULT_FIRST, First, bounded
from graph_api.store.policy_sets import topic_sets
from graph_api.usecases.parameters.edit_policy_sets import put_policy


@strawberry.type(description="An immutable version of the parameters of topics and sampling.")
class TopicParameterSet(Node):
    id: strawberry.ID = strawberry.field(description="Name and version.")
    name: str = strawberry.field(description="What its versions have in common.")
    version: int = strawberry.field(description="1, 2, 3 …")
    parameters: JSON = strawberry.field(description="Every constant by name.")
    created_at: datetime | None = strawberry.field(description="When it was stored.")
    in_effect: bool = strawberry.field(
        description="Whether it is in effect: topics and sampling records are computed under it. Set by "
        "GRAPH_API_TOPIC_PARAMETERS."
    )

    @classmethod
    async def load(cls, info: Info, id: str) -> Self | None:
        """The version with an id, or None."""
        stored = await info.context.loaders.topic_sets.load(id)
        return cls.of(stored, info.context.services.topic_set) if stored else None

    @classmethod
    def of(cls, stored: StoredSet, used: StoredSet) -> Self:
        """The schema's view of a version."""
        return cls(
            node_id=node_id("TopicParameterSet", stored.id),
            id=strawberry.ID(stored.id),
            name=stored.name,
            version=stored.version,
            parameters=JSON(stored.parameters.as_json()),
            created_at=stored.created_at,
            in_effect=stored.id == used.id,
        )


@strawberry.type(description="The version as it is stored.")
class TopicParametersPayload:
    parameter_set: TopicParameterSet = strawberry.field(description="The version.")


PutTopicParametersResult = Annotated[
    TopicParametersPayload | InvalidInput | Unavailable,
    strawberry.union("PutTopicParametersResult", description="The stored version, or why it was not stored."),
]


@strawberry.type
class TopicQuery:
    """Queries about the parameters of topics."""

    @strawberry.field(description="The versions of the parameters of topics and sampling, by name, newest first.")
    async def topic_parameter_sets(
        self,
        info: Info,
        name: Annotated[str | None, strawberry.argument(description="Only the versions of this name.")] = None,
        first: First = DEFAULT_FIRST,
    ) -> list[TopicParameterSet]:
        services, limit = info.context.services, bounded(first)
        stored = await info.context.gateway.read_one(lambda tx: topic_sets.read_all(tx, name=name, limit=limit))
        return [TopicParameterSet.of(each, services.topic_set) for each in stored]


@strawberry.type
class TopicMutation:
    """Mutations of the parameters of topics."""

    @mutation(
        description="Store parameters of topics and sampling as the next version of a name; what is not given takes "
        "its default. It takes effect when GRAPH_API_TOPIC_PARAMETERS names it and the service starts: then every "
        "topic is replayed under it, in a run."
    )
    async def put_topic_parameters(
        self,
        info: Info,
        name: Annotated[str, strawberry.argument(description="What its versions have in common.")],
        parameters: Annotated[JSON, strawberry.argument(description="Constants by name, as in alpha or policy.")],
    ) -> PutTopicParametersResult:
        services = info.context.services
        if not isinstance(parameters, dict):
            raise failures.InvalidInput("parameters", "must be an object of constants by name")
        made = TopicParameters.of_input(parameters)
        stored = await put_policy(info.context.gateway, topic_sets, name, made, services.clock())
        return TopicParametersPayload(parameter_set=TopicParameterSet.of(stored, services.topic_set))
