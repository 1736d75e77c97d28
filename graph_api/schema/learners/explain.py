"""Why a level is what it is, and what comes of the next answers (Q5, Q7)."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from graph_api.domain.failures import InvalidInput
from graph_api.domain.learners.mastery import Evidence
from graph_api.domain.learners.recency import Recency as StoredRecency
from graph_api.domain.learners.topic import TopicUnder
from graph_api.domain.parameters.knowledge_tracing import Step
from graph_api.domain.parameters.parameter_sets import ParameterSet as StoredSet
from graph_api.domain.targets import TargetKind
from graph_api.schema.context import Info
from graph_api.schema.learners.mastery import Status
from graph_api.schema.learners.recency import Recency
from graph_api.schema.learners.thresholds import MasteryThresholds
from graph_api.schema.learners.topic import DIGITS
from graph_api.schema.learners.uncertainty import Interval
from graph_api.schema.loaders import LevelOf
from graph_api.schema.parameters.parameter_set import ParameterSet
from graph_api.schema.targets import one_target
from graph_api.usecases.computing import compute
from graph_api.usecases.learners.explain_level import AnswerWeight, Known, read_answer_weights

MOST_STEPS = 500
SHOWN = 30

ConceptChoice = Annotated[strawberry.ID | None, strawberry.argument(description="The concept, or a skill.")]
SkillChoice = Annotated[strawberry.ID | None, strawberry.argument(description="The skill, or a concept.")]


@strawberry.type(
    description="What one answer does to a level: prior, P(correct), posterior, and the level after learning."
)
class LevelStep:
    """One step of knowledge tracing (B2)."""

    correct: bool = strawberry.field(description="Whether the answer is right.")
    before: float = strawberry.field(description="The level before it.")
    p_correct: float = strawberry.field(description="P(it is right) before it was seen.")
    posterior: float = strawberry.field(description="P(known) given the answer.")
    after: float = strawberry.field(description="The level after the chance to learn, kept in 0.01 to 0.99.")
    answer_id: strawberry.ID | None = strawberry.field(description="The answer; null for an imagined one.")
    at: datetime | None = strawberry.field(description="When it was given; null for an imagined one.")

    @classmethod
    def of(cls, step: Step, *, correct: bool, evidence: Evidence | None = None) -> Self:
        """The schema's view of a step."""
        return cls(
            correct=correct,
            before=step.before,
            p_correct=step.p_correct,
            posterior=step.posterior,
            after=step.after,
            answer_id=strawberry.ID(evidence.answer_id) if evidence else None,
            at=evidence.at if evidence else None,
        )


@strawberry.type(description="What one answer weighs in a recency-weighted score: the right ones' weights sum to it.")
class RecencyWeight:
    """An answer's weight (R1)."""

    at: datetime = strawberry.field(description="When it was given.")
    correct: bool = strawberry.field(description="Whether it was right.")
    weight: float = strawberry.field(description="Its share of every window that it lies in, added up.")

    @classmethod
    def of(cls, weight: AnswerWeight) -> Self:
        """The schema's view of a weight."""
        return cls(**weight._asdict())


@strawberry.type(description="What a topic's mastery is made of.")
class TopicParts:
    """The parts of a topic (T1)."""

    semantic: float = strawberry.field(
        description="The semantic average times its weight (0.7 by default), to 3 digits."
    )
    keyword: float = strawberry.field(
        description="The rest of the mastery, to 3 digits: the keyword average times its weight (0.3 by default)."
    )
    mastery: float = strawberry.field(
        description="The topic's mastery, to 3 digits: exactly the sum of the two parts, and equal to masteryLevel."
    )

    @classmethod
    def of(cls, state: TopicUnder) -> Self:
        """The parts of a topic. They are rounded together, so that what is shown sums."""
        mastery, semantic = round(state.topic.mastery, DIGITS), round(state.parts.semantic, DIGITS)
        return cls(semantic=semantic, keyword=round(max(mastery - semantic, 0.0), DIGITS), mastery=mastery)


@strawberry.type(description="Why a level is what it is.")
class Explanation:
    """An explanation (Q5)."""

    used: strawberry.Private[StoredSet]
    level: float = strawberry.field(description="The level that the answers lead to.")
    status: Status = strawberry.field(description="What it means.")
    rule: str = strawberry.field(description="The rule of the status, in words.")
    thresholds: MasteryThresholds = strawberry.field(description="The thresholds that the status was decided by.")
    attempts: int = strawberry.field(description="All answers.")
    steps: list[LevelStep] = strawberry.field(description="The last answers, oldest first.")
    recency: Recency | None = strawberry.field(description="The recency-weighted score last computed, for a skill.")
    recency_weights: list[RecencyWeight] = strawberry.field(
        description="What each answer weighs in that score, newest first: the weights of the correct ones sum to the "
        "score before its cut at 1. Empty without a score, and if late answers or ended sessions have changed what the "
        "score would be: recompute it."
    )
    topic: TopicParts | None = strawberry.field(
        description="The parts of the topic's mastery, for a skill that has one."
    )

    @strawberry.field(description="The parameters.")
    def parameters(self) -> ParameterSet:
        """Its parameter set."""
        return ParameterSet.of(self.used)


@strawberry.type(description="What to expect if they go on answering.")
class Forecast:
    """A forecast (Q7)."""

    level: float = strawberry.field(description="The level now.")
    p_next_correct: float = strawberry.field(description="P(the next answer is right).")
    interval: Interval = strawberry.field(description="Where that lies, if the parameters fit only roughly (Q8).")
    threshold: float = strawberry.field(description="The level that counts as mastered.")
    answers_to_mastery: float | None = strawberry.field(
        description="The expected number of answers until it is mastered, where a course that takes more than 100 "
        "counts as 100; null if it is likelier not to be mastered within 100."
    )
    p_mastered_within: list[float] = strawberry.field(description="P(mastered within n answers), n = 1, 2 … 100.")


@strawberry.type
class StudentExplained:
    """The fields of a student that explain levels and look ahead."""

    if TYPE_CHECKING:
        id: strawberry.ID

    @strawberry.field(description="Why a level is what it is, answer by answer (Q5); null if the target is not there.")
    async def explain(
        self,
        info: Info,
        concept_id: ConceptChoice = None,
        skill_code: SkillChoice = None,
        last: Annotated[int, strawberry.argument(description=f"How many answers, 1 to {MOST_STEPS}.")] = SHOWN,
    ) -> Explanation | None:
        """An explanation."""
        if not 1 <= last <= MOST_STEPS:
            raise InvalidInput("last", f"must be from 1 to {MOST_STEPS}", str(last))
        known = await self._known(info, concept_id, skill_code)
        if known is None:
            return None
        thresholds, attempts = info.context.services.thresholds, known.attempts
        of_skill = known.target.kind is TargetKind.SKILL
        recency = await self._recency(info, known.target.key) if of_skill else None
        return Explanation(
            used=known.used,
            level=known.level,
            status=thresholds.status(known.level, attempts),
            rule=thresholds.rule(attempts),
            thresholds=MasteryThresholds.of(thresholds),
            attempts=attempts,
            steps=[LevelStep.of(step, correct=each.correct, evidence=each) for each, step in known.last_steps(last)],
            recency=Recency.of(recency) if recency else None,
            recency_weights=await self._weights(info, known.target.key, recency) if recency else [],
            topic=await self._topic_parts(info, known.target.key) if of_skill else None,
        )

    @strawberry.field(description="What to expect of the next answers (Q7); null if the target is not there.")
    async def forecast(
        self, info: Info, concept_id: ConceptChoice = None, skill_code: SkillChoice = None
    ) -> Forecast | None:
        """A forecast."""
        known = await self._known(info, concept_id, skill_code)
        if known is None:
            return None
        threshold = info.context.services.thresholds.mastered
        found = await compute(known.forecast, info.context.services.thresholds)
        near = await info.context.loaders.level_intervals.load(LevelOf(self.id, known.target, known.used.id))
        told = {**found._asdict(), "interval": Interval.of(near.p_correct)}
        return Forecast(level=known.level, threshold=threshold, **told)

    @strawberry.field(
        description="What answers would do to a level, writing nothing (Q7); null if the target is not there."
    )
    async def simulate(
        self,
        info: Info,
        outcomes: Annotated[list[bool], strawberry.argument(description=f"Right or wrong, 1 to {MOST_STEPS}.")],
        concept_id: ConceptChoice = None,
        skill_code: SkillChoice = None,
    ) -> list[LevelStep] | None:
        """Imagined answers."""
        if not 1 <= len(outcomes) <= MOST_STEPS:
            raise InvalidInput("outcomes", f"must hold 1 to {MOST_STEPS}, holds {len(outcomes)}")
        known = await self._known(info, concept_id, skill_code)
        if known is None:
            return None
        steps = known.simulate(outcomes)
        return [LevelStep.of(step, correct=correct) for step, correct in zip(steps, outcomes, strict=True)]

    async def _known(self, info: Info, concept_id: str | None, skill_code: str | None) -> Known | None:
        target, loaders = one_target(concept_id, skill_code), info.context.loaders
        used = await loaders.set_of_level(self.id, target)
        if used is None:
            return None
        return await compute(Known.of, target, await loaders.evidence.load((self.id, target)), used)

    async def _recency(self, info: Info, code: str) -> StoredRecency | None:
        return (await info.context.loaders.recency_of_student.load(self.id) or {}).get(code)

    async def _weights(self, info: Info, code: str, recency: StoredRecency) -> list[RecencyWeight]:
        weights = await read_answer_weights(info.context.gateway, self.id, code, recency)
        return [RecencyWeight.of(each) for each in weights]

    async def _topic_parts(self, info: Info, code: str) -> TopicParts | None:
        state = (await info.context.loaders.topics_of_student.load(self.id) or {}).get(code)
        return None if state is None else TopicParts.of(state)
