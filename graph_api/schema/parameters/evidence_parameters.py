"""Evidence parameters: what answers count as and how much; immutable versions, one of which is in effect."""

import uuid
from datetime import datetime
from typing import Annotated, Self

import strawberry

from graph_api.domain.answers import evidence_rules as how
from graph_api.schema.context import Info
from graph_api.schema.enums import describe_values
from graph_api.schema.failures import InvalidInput, ParameterSetNotFound, RunCancelled, Unavailable
from graph_api.schema.mutations import mutation
from graph_api.schema.node import Node, node_id
from graph_api.schema.operations.run import Run, read_run
from graph_api.schema.paging import DEFAULT_FIRST, First, bounded
from graph_api.store.policy_sets import evidence_sets
from graph_api.usecases.learners.weigh_again import Weighed
from graph_api.usecases.parameters.activate_evidence import activate_evidence, evidence_run
from graph_api.usecases.parameters.edit_policy_sets import put_policy

DEFAULT = how.EvidenceParameters()

strawberry.enum(how.HintedAnswers, description="What an answer after at least one hint counts as.")
describe_values(
    how.HintedAnswers,
    AS_ANSWERED="As it was answered: hints do not matter.",
    INCORRECT="Incorrect.",
    IGNORED="Nothing: its weight is 0.",
)
strawberry.enum(how.PartialScores, description="What an answer with a partial score counts as.")
describe_values(
    how.PartialScores,
    AS_STATED="As its field `correct` states.",
    PASS_MARK="Correct from the pass mark on, else incorrect.",  # noqa: S106 - no password
    SHARE="Correct from 0.5 on, with the weight |2 * score - 1|: a score of 0.5 is evidence of nothing.",
)
strawberry.enum(how.EvidenceReason, description="A rule that changed what an answer counts as, or its weight.")
describe_values(
    how.EvidenceReason,
    LATER_ATTEMPT="It is not the first attempt at the question.",
    HINT_USED="A hint was used.",
    PARTIAL_SCORE="It has a partial score.",
    RAPID_GUESS="It was too fast and incorrect.",
)


@strawberry.type(
    description="An immutable version of the rule that weighs recorded answers: what each counts as, and how much."
)
class EvidenceParameterSet(Node):
    id: strawberry.ID = strawberry.field(description="Name and version, such as `first-attempt-v1`.")
    name: str = strawberry.field(description="The name that its versions share.")
    version: int = strawberry.field(description="The number of the version: 1, 2, 3 …")
    later_attempt_weight: float = strawberry.field(
        description="The weight of attempts after the first at a question, 0..1. 0: only first attempts count."
    )
    hinted_answers: how.HintedAnswers = strawberry.field(description="What an answer after a hint counts as.")
    partial_scores: how.PartialScores = strawberry.field(description="What an answer with a partial score counts as.")
    pass_mark: float = strawberry.field(description="The least partial score that counts as correct, under PASS_MARK.")
    rapid_seconds: float = strawberry.field(
        description="An incorrect answer in less time, in seconds, is a rapid guess. 0: none is."
    )
    rapid_weight: float = strawberry.field(description="The weight of rapid guesses, 0..1. 0: they do not count.")
    created_at: datetime | None = strawberry.field(description="The time when the version was stored.")

    @strawberry.field(
        description="Whether it is in effect: it weighs the answers for which the caller names no other. "
        "Set by `activateEvidence`."
    )
    async def in_effect(self, info: Info) -> bool:
        return bool(await info.context.loaders.evidence_in_effect.load(self.id))

    @classmethod
    async def load(cls, info: Info, id: str) -> Self | None:
        """The version with an id, or None."""
        stored = await info.context.loaders.evidence_sets.load(id)
        return cls.of(stored) if stored else None

    @classmethod
    def of(cls, stored: how.EvidenceParameterSet) -> Self:
        """The schema's view of a version."""
        parameters = stored.parameters
        return cls(
            node_id=node_id("EvidenceParameterSet", stored.id),
            id=strawberry.ID(stored.id),
            name=stored.name,
            version=stored.version,
            later_attempt_weight=parameters.later_attempt_weight,
            hinted_answers=parameters.hinted_answers,
            partial_scores=parameters.partial_scores,
            pass_mark=parameters.pass_mark,
            rapid_seconds=parameters.rapid_seconds,
            rapid_weight=parameters.rapid_weight,
            created_at=stored.created_at,
        )


@strawberry.input(description="Evidence parameters. By default every answer counts as it is stated, with weight 1.")
class EvidenceParametersInput:
    name: str = strawberry.field(description="The name that its versions share.")
    later_attempt_weight: float = strawberry.field(
        default=DEFAULT.later_attempt_weight,
        description="The weight of attempts after the first at a question, 0..1. 0: only first attempts count.",
    )
    hinted_answers: how.HintedAnswers = strawberry.field(
        default=DEFAULT.hinted_answers, description="What an answer after a hint counts as."
    )
    partial_scores: how.PartialScores = strawberry.field(
        default=DEFAULT.partial_scores, description="What an answer with a partial score counts as."
    )
    pass_mark: float = strawberry.field(
        default=DEFAULT.pass_mark,
        description="The least partial score that counts as correct under PASS_MARK, above 0, to 1.",
    )
    rapid_seconds: float = strawberry.field(
        default=DEFAULT.rapid_seconds,
        description="An incorrect answer in less time, in seconds, is a rapid guess; 0 to 3600. 0: none is.",
    )
    rapid_weight: float = strawberry.field(
        default=DEFAULT.rapid_weight, description="The weight of rapid guesses, 0..1. 0: they do not count."
    )

    def parse(self) -> how.EvidenceParameters:
        """The parameters, checked."""
        return how.EvidenceParameters(
            later_attempt_weight=self.later_attempt_weight,
            hinted_answers=self.hinted_answers,
            partial_scores=self.partial_scores,
            pass_mark=self.pass_mark,
            rapid_seconds=self.rapid_seconds,
            rapid_weight=self.rapid_weight,
        )


@strawberry.type(description="The version as it is stored.")
class EvidenceParametersPayload:
    parameter_set: EvidenceParameterSet = strawberry.field(description="The version.")


@strawberry.input(description="The evidence parameters to put into effect.")
class ActivateEvidenceInput:
    id: strawberry.ID = strawberry.field(description="The id of the evidence parameters to put into effect.")
    from_id: strawberry.ID | None = strawberry.field(
        default=None,
        name="from",
        description="Answers that these evidence parameters weighed are weighed again. Null: those in effect.",
    )


@strawberry.type(description="The evidence parameters are in effect, and every estimate follows them.")
class ActivateEvidencePayload:
    stored_id: strawberry.Private[str]
    run: Run = strawberry.field(description="The run that weighed the answers and replayed the estimates.")
    weighed_answers: int = strawberry.field(description="The number of answers that were weighed again.")
    changed_answers: int = strawberry.field(description="The number of answers that count otherwise than before.")
    replayed_levels: int = strawberry.field(description="The number of levels that were replayed.")

    @classmethod
    def of(cls, set_id: str, run: Run, weighed: Weighed) -> Self:
        return cls(
            stored_id=set_id,
            run=run,
            weighed_answers=weighed.answers,
            changed_answers=weighed.changed,
            replayed_levels=weighed.levels,
        )

    @strawberry.field(description="The evidence parameters that are in effect.")
    async def parameter_set(self, info: Info) -> EvidenceParameterSet | None:
        return await EvidenceParameterSet.load(info, self.stored_id)


ActivateEvidenceResult = Annotated[
    ActivateEvidencePayload | ParameterSetNotFound | RunCancelled | Unavailable,
    strawberry.union("ActivateEvidenceResult", description="What was activated, or why it was not."),
]

PutEvidenceParametersResult = Annotated[
    EvidenceParametersPayload | InvalidInput | Unavailable,
    strawberry.union("PutEvidenceParametersResult", description="The stored version, or why it was not stored."),
]


@strawberry.type
class EvidenceParametersQuery:
    """Queries about evidence parameters."""

    @strawberry.field(description="The versions of evidence parameters, by name, newest first.")
    async def evidence_parameter_sets(
        self,
        info: Info,
        name: Annotated[str | None, strawberry.argument(description="Only the versions of this name.")] = None,
        first: First = DEFAULT_FIRST,
    ) -> list[EvidenceParameterSet]:
        limit = bounded(first)
        stored = await info.context.gateway.read_one(lambda tx: evidence_sets.read_all(tx, name=name, limit=limit))
        return [EvidenceParameterSet.of(each) for each in stored]


@strawberry.type
class EvidenceParametersMutation:
    """Mutations of evidence parameters."""

    @mutation(
        description="Store evidence parameters as the next version of a name. They weigh answers of callers that name "
        "them, and all others after `activateEvidence`."
    )
    async def put_evidence_parameters(
        self, info: Info, input: Annotated[EvidenceParametersInput, strawberry.argument(description="The parameters.")]
    ) -> PutEvidenceParametersResult:
        services, parameters = info.context.services, input.parse()
        stored = await put_policy(info.context.gateway, evidence_sets, input.name, parameters, services.clock())
        return EvidenceParametersPayload(parameter_set=EvidenceParameterSet.of(stored))

    @mutation(
        description="Put evidence parameters into effect. Answers that the previous ones weighed are weighed again; "
        "levels, topics and recency scores are replayed in the same run. Answers that were recorded under other "
        "named parameters keep their weight."
    )
    async def activate_evidence(
        self, info: Info, input: Annotated[ActivateEvidenceInput, strawberry.argument(description="What to activate.")]
    ) -> ActivateEvidenceResult:
        services = info.context.services
        run = evidence_run(uuid.uuid4().hex, input.id, "mutation", services.clock())
        weighed = await activate_evidence(
            info.context.gateway, input.id, input.from_id, services.topic_set, run, services.clock
        )
        return ActivateEvidencePayload.of(input.id, await read_run(info, run), weighed)
