"""The parameters of recency: immutable versions."""

from datetime import datetime
from typing import Annotated, Self

import strawberry

from graph_api.domain.answers.answers import Difficulty
from graph_api.domain.parameters import recency_parameters as how
from graph_api.schema.context import Info
from graph_api.schema.failures import InvalidInput, Unavailable
from graph_api.schema.mutations import mutation
from graph_api.schema.node import Node, node_id
from graph_api.schema.paging import DEFAULT_FIRST, First, bounded
from graph_api.store.policy_sets import recency_sets
from graph_api.usecases.parameters.edit_policy_sets import put_recency_parameters


@strawberry.type(description="A window and how much its accuracy counts.")
class RecencyWindow:
    days: int = strawberry.field(description="Answers at most this number of days old.")
    weight: float = strawberry.field(description="0..1.")


@strawberry.type(description="An immutable version of the parameters of recency.")
class RecencyParameterSet(Node):
    id: strawberry.ID = strawberry.field(description="Name and version.")
    name: str = strawberry.field(description="What its versions have in common.")
    version: int = strawberry.field(description="0, 1, 2 …")
    lookback_days: int = strawberry.field(description="Older answers count nowhere.")
    min_attempts: int = strawberry.field(description="With fewer answers there is no score.")
    buckets: list[RecencyWindow] = strawberry.field(description="The windows; each holds the shorter ones.")
    easy_weight: float = strawberry.field(description="What an easy answer counts.")
    medium_weight: float = strawberry.field(description="What an answer of medium difficulty counts.")
    hard_weight: float = strawberry.field(description="What a hard answer counts.")
    use_difficulty: bool = strawberry.field(description="Whether difficulties count at all.")
    question_difficulties: strawberry.ID | None = strawberry.field(
        description="The id of the version of difficulties from data. Null: the difficulties that answers state."
    )
    created_at: datetime | None = strawberry.field(description="When it was stored.")
    in_effect: bool = strawberry.field(
        description="Whether it is in effect: scores are computed under it where a call names no other. Set by "
        "GRAPH_API_RECENCY_PARAMETERS."
    )

    @classmethod
    async def load(cls, info: Info, id: str) -> Self | None:
        """The version with an id, or None."""
        stored = await info.context.loaders.recency_sets.load(id)
        return cls.of(stored, info.context.services.recency_set_id) if stored else None

    @classmethod
    def of(cls, stored: how.RecencyParameterSet, used_id: str) -> Self:
        """The schema's view of a version."""
        parameters, difficulties = stored.parameters, stored.parameters.question_difficulties
        easy, medium, hard = (parameters.difficulty_weights[each] for each in Difficulty)
        return cls(
            node_id=node_id("RecencyParameterSet", stored.id),
            id=strawberry.ID(stored.id),
            name=stored.name,
            version=stored.version,
            lookback_days=parameters.lookback_days,
            min_attempts=parameters.min_attempts,
            buckets=[RecencyWindow(days=bucket.days, weight=bucket.weight) for bucket in parameters.buckets],
            easy_weight=easy,
            medium_weight=medium,
            hard_weight=hard,
            use_difficulty=parameters.use_difficulty,
            question_difficulties=None if difficulties is None else strawberry.ID(difficulties),
            created_at=stored.created_at,
            in_effect=stored.id == used_id,
        )


@strawberry.input(description="A window and how much its accuracy counts.")
class RecencyWindowInput:
    days: int = strawberry.field(description="At least 1.")
    weight: float = strawberry.field(description="0..1.")


@strawberry.input(description="Parameters of recency; what is not given takes the default.")
class RecencyParametersInput:
    name: str = strawberry.field(description="What its versions have in common.")
    lookback_days: int = strawberry.field(default=90, description="Older answers count nowhere; at least 1.")
    min_attempts: int = strawberry.field(default=5, description="With fewer answers there is no score; at least 1.")
    buckets: list[RecencyWindowInput] | None = strawberry.field(
        default=None, description="1 to 20 windows of distinct days; 7 days 0.5, 30 days 0.3, 90 days 0.2 if not given."
    )
    easy_weight: float = strawberry.field(default=0.9, description="What an easy answer counts, above 0.")
    medium_weight: float = strawberry.field(default=1.0, description="What one of medium difficulty counts, above 0.")
    hard_weight: float = strawberry.field(default=1.1, description="What a hard answer counts, above 0.")
    use_difficulty: bool = strawberry.field(default=False, description="Whether difficulties count at all.")
    question_difficulties: strawberry.ID | None = strawberry.field(
        default=None,
        description="The id of a version of difficulties from data, see `applyQuestionDifficulties`. Questions that "
        "the version leaves out keep the stated difficulty. Null: the difficulties that answers state.",
    )

    def parse(self) -> how.RecencyParameters:
        """The parameters, checked."""
        given = how.DEFAULT_BUCKETS if self.buckets is None else [(each.days, each.weight) for each in self.buckets]
        return how.RecencyParameters(
            self.lookback_days,
            self.min_attempts,
            [how.Bucket(*bucket) for bucket in given],
            dict(zip(Difficulty, (self.easy_weight, self.medium_weight, self.hard_weight), strict=True)),
            self.use_difficulty,
            self.question_difficulties,
        )


@strawberry.type(description="The version as it is stored.")
class RecencyParametersPayload:
    parameter_set: RecencyParameterSet = strawberry.field(description="The version.")
    warnings: list[str] = strawberry.field(description="What is allowed and perhaps not meant.")


PutRecencyParametersResult = Annotated[
    RecencyParametersPayload | InvalidInput | Unavailable,
    strawberry.union("PutRecencyParametersResult", description="The stored version, or why it was not stored."),
]


@strawberry.type
class RecencyParametersQuery:
    """Queries about the parameters of recency."""

    @strawberry.field(description="The versions of the parameters of recency, by name, newest first.")
    async def recency_parameter_sets(
        self,
        info: Info,
        name: Annotated[str | None, strawberry.argument(description="Only the versions of this name.")] = None,
        first: First = DEFAULT_FIRST,
    ) -> list[RecencyParameterSet]:
        limit = bounded(first)
        stored = await info.context.gateway.read_one(lambda tx: recency_sets.read_all(tx, name=name, limit=limit))
        return [RecencyParameterSet.of(each, info.context.services.recency_set_id) for each in stored]


@strawberry.type
class RecencyParametersMutation:
    """Mutations of the parameters of recency."""

    @mutation(
        description="Store parameters of recency as the next version of a name. They take effect when "
        "GRAPH_API_RECENCY_PARAMETERS names them and the service starts: then every score is computed again, in a run."
    )
    async def put_recency_parameters(
        self, info: Info, input: Annotated[RecencyParametersInput, strawberry.argument(description="The parameters.")]
    ) -> PutRecencyParametersResult:
        services, parameters = info.context.services, input.parse()
        stored = await put_recency_parameters(info.context.gateway, input.name, parameters, services.clock())
        return RecencyParametersPayload(
            parameter_set=RecencyParameterSet.of(stored, services.recency_set_id),
            warnings=stored.parameters.warnings,
        )
