"""Why a level is what it is, and what comes of the next answers (Q5, Q7)."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, NamedTuple, Self

import strawberry

from graph_api.domain import forecast as forecast_domain
from graph_api.domain.failures import InvalidInput
from graph_api.domain.knowledge_tracing import Parameters, Step, clamp, trace
from graph_api.domain.mastery import Evidence
from graph_api.domain.parameter_sets import ParameterSet as StoredSet
from graph_api.domain.recency import Recency as StoredRecency
from graph_api.domain.recency import answer_weights
from graph_api.domain.recency_parameters import RecencyParameterSet
from graph_api.domain.targets import Target, TargetKind
from graph_api.schema.context import Info
from graph_api.schema.loaders import LevelOf
from graph_api.schema.mastery import Status
from graph_api.schema.parameter_set import ParameterSet
from graph_api.schema.recency import Recency
from graph_api.schema.target import one_target
from graph_api.schema.topic import DIGITS
from graph_api.schema.uncertainty import Interval
from graph_api.store.gateway import Transaction
from graph_api.store.policy_sets import recency_sets
from graph_api.store.recencies import RecentAnswers, read_recent_answers

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


@strawberry.type(description="What a topic's mastery is made of.")
class TopicParts:
    """The parts of a topic (T1)."""

    semantic: float = strawberry.field(description="0.7 of the semantic average, to 3 digits.")
    keyword: float = strawberry.field(description="0.3 of the keyword average, to 3 digits.")
    mastery: float = strawberry.field(description="Their sum, to 3 digits.")


@strawberry.type(description="Why a level is what it is.")
class Explanation:
    """An explanation (Q5)."""

    used: strawberry.Private[StoredSet]
    level: float = strawberry.field(description="The level that the answers lead to.")
    status: Status = strawberry.field(description="What it means.")
    rule: str = strawberry.field(description="The rule of the status, in words.")
    attempts: int = strawberry.field(description="All answers.")
    steps: list[LevelStep] = strawberry.field(description="The last answers, oldest first.")
    recency: Recency | None = strawberry.field(description="The recency-weighted score last computed, for a skill.")
    recency_weights: list[RecencyWeight] = strawberry.field(
        description="What each answer weighs in that score, newest first, as the answers are now."
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
        description="How many answers to expect until it is mastered; null if likelier not within 100."
    )
    p_mastered_within: list[float] = strawberry.field(description="P(mastered within n answers), n = 1, 2 … 100.")


class Known(NamedTuple):
    """What is known of a student and a target: the answers in order, the set in force, and where each answer led."""

    target: Target
    evidence: list[Evidence]
    used: StoredSet
    steps: list[Step]

    @property
    def level(self) -> float:
        """The level that the answers lead to."""
        return self.steps[-1].after if self.steps else clamp(self.parameters.prior)

    @property
    def parameters(self) -> Parameters:
        """The parameters in force."""
        return self.used.parameters


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
        thresholds, attempts = info.context.services.thresholds, len(known.steps)
        pairs = list(zip(known.evidence, known.steps, strict=True))[-last:]
        of_skill = known.target.kind is TargetKind.SKILL
        recency = await self._recency(info, known.target.key) if of_skill else None
        return Explanation(
            used=known.used,
            level=known.level,
            status=thresholds.status(known.level, attempts),
            rule=f"mastered from {thresholds.mastered:g}, needs focus below {thresholds.focus:g}, else learning",
            attempts=attempts,
            steps=[LevelStep.of(step, correct=each.correct, evidence=each) for each, step in pairs],
            recency=Recency.of(recency) if recency else None,
            recency_weights=await self._recency_weights(info, known.target.key, recency) if recency else [],
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
        found = forecast_domain.forecast(known.level, known.parameters, threshold)
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
        steps = trace(outcomes, known.parameters, known.level)
        return [LevelStep.of(step, correct=correct) for step, correct in zip(steps, outcomes, strict=True)]

    async def _known(self, info: Info, concept_id: str | None, skill_code: str | None) -> Known | None:
        target, loaders = one_target(concept_id, skill_code), info.context.loaders
        set_id = await loaders.set_ids_in_force.load(target)
        used = await loaders.parameter_sets.load(set_id) if set_id else None
        if used is None:
            return None
        evidence = sorted(await loaders.evidence.load((self.id, target)))
        return Known(target, evidence, used, trace([each.correct for each in evidence], used.parameters))

    async def _recency(self, info: Info, code: str) -> StoredRecency | None:
        return (await info.context.loaders.recency_of_student.load(self.id) or {}).get(code)

    async def _recency_weights(self, info: Info, code: str, recency: StoredRecency) -> list[RecencyWeight]:
        async def read(tx: Transaction) -> tuple[RecencyParameterSet, RecentAnswers]:
            (used,) = (await recency_sets.read_by_ids(tx, [recency.parameter_set_id])).values()
            since = recency.as_of - timedelta(days=used.parameters.lookback_days)
            return used, await read_recent_answers(tx, [self.id], [code], since, recency.as_of, in_order=True)

        used, recent = await info.context.gateway.read(read)
        weights = answer_weights(recent.age, recent.difficulty, used.parameters).tolist()
        rows = zip(recent.age.tolist(), recent.correct.tolist(), weights, strict=True)
        return [
            RecencyWeight(at=recency.as_of - timedelta(microseconds=age), correct=correct, weight=weight)
            for age, correct, weight in reversed(list(rows))
        ]

    async def _topic_parts(self, info: Info, code: str) -> TopicParts | None:
        stored = (await info.context.loaders.topics_of_student.load(self.id) or {}).get(code)
        if stored is None:
            return None
        parameters = info.context.services.topic_set.parameters
        semantic = parameters.semantic_weight * stored.topic.semantic.value(parameters)
        keyword = (1 - parameters.semantic_weight) * stored.topic.keyword.value(parameters)
        return TopicParts(
            semantic=round(semantic, DIGITS),
            keyword=round(keyword, DIGITS),
            mastery=round(stored.topic.mastery, DIGITS),
        )
