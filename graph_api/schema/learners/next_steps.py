"""Next steps of a student: concepts to learn, concepts to review, and the path to a concept (Q4)."""

from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from graph_api.domain.learners.weak_rules import WeakRules
from graph_api.domain.locales import Locale
from graph_api.domain.targets import Target, concept
from graph_api.schema.context import Info
from graph_api.schema.course.concept import Concept
from graph_api.schema.learners.analysis import MinAttempts, Threshold, analysis_of, rules_of
from graph_api.schema.learners.locale import LocaleArgument, name_of, phrases
from graph_api.schema.learners.root_causes import First
from graph_api.schema.learners.scope import AllCourses, CourseId, SkillCodes, scope_of_student
from graph_api.schema.learners.status_counts import Status
from graph_api.schema.learners.thresholds import JudgedByThresholds
from graph_api.schema.paging import bounded
from graph_api.usecases.learners import find_next_steps as usecase


@strawberry.type(description="A concept that a student is ready to learn.")
class ReadyConcept(JudgedByThresholds):
    concept_id: strawberry.ID = strawberry.field(description="The concept's id.")
    level: float = strawberry.field(
        description="The student's level in the concept, 0..1. Without answers the prior of the parameter set "
        "in effect for the concept, as in `mastery`."
    )
    status: Status = strawberry.field(description="The status of the level; never MASTERED.")
    attempts: int = strawberry.field(description="The number of answers that count towards the concept.")
    unlocks_weak: int = strawberry.field(description="The number of weak concepts that come after the concept.")
    inferred_prerequisite_ids: list[strawberry.ID] = strawberry.field(
        description="The ids of the direct prerequisites without answers that counted as mastered because they are "
        "inferred as known. Empty unless the argument `inferred` is true."
    )
    threshold: float = strawberry.field(
        description="Levels that did not reach this counted as weak in unlocksWeak, 0..1; concepts with thresholds of "
        "their own use those."
    )
    min_attempts: int = strawberry.field(description="The minimum number of answers of a weak concept in unlocksWeak.")
    mastered_from: float = strawberry.field(
        description="Levels of the concept that reach this count as mastered, 0..1."
    )

    def judged(self) -> Target:
        """The concept, whose thresholds decide the status."""
        return concept(self.concept_id)

    @strawberry.field(description="The concept.")
    async def concept(self, info: Info) -> Concept | None:
        return await Concept.load(info, self.concept_id)

    @strawberry.field(description="The reason why the concept is listed, as a sentence for users, with its name.")
    async def reason(self, info: Info, locale: LocaleArgument = Locale.EN) -> str:
        name, count = await name_of(info, self.judged()), len(self.inferred_prerequisite_ids)
        ready = phrases(locale).say("ready", self.unlocks_weak, name=name)
        return f"{ready}; {phrases(locale).say('ready_inferred', count)}" if count else ready

    @classmethod
    def of(cls, ready: usecase.ReadyConcept, rules: WeakRules) -> Self:
        default = rules.default
        return cls(
            concept_id=strawberry.ID(ready.concept_id),
            level=ready.level,
            status=ready.status,
            attempts=ready.attempts,
            unlocks_weak=ready.unlocks_weak,
            inferred_prerequisite_ids=list(map(strawberry.ID, ready.inferred_ids)),
            threshold=default.threshold,
            min_attempts=default.min_attempts,
            mastered_from=rules.for_target(concept(ready.concept_id)).mastered,
        )


@strawberry.type
class StudentNextSteps:
    """The fields of a student about next steps."""

    if TYPE_CHECKING:
        id: strawberry.ID

    @strawberry.field(
        description="The concepts that the student is ready to learn: not mastered, with all direct "
        "prerequisites mastered (the outer fringe), or with `inferred` also inferred as known. The most weak "
        "concepts unlocked first, then "
        "the lowest level."
    )
    async def ready_to_learn(
        self,
        info: Info,
        threshold: Threshold = None,
        min_attempts: MinAttempts = None,
        first: First = 10,
        skill_codes: SkillCodes = None,
        course_id: CourseId = None,
        all_courses: AllCourses = False,
        *,
        inferred: Annotated[
            bool,
            strawberry.argument(
                description="Whether prerequisites without answers count as mastered if their inferred P(known) "
                "reaches the threshold of MASTERED. No effect while no model is in effect, see `fitInference`."
            ),
        ] = False,
    ) -> list[ReadyConcept]:
        limit, rules = bounded(first), await rules_of(info, threshold, min_attempts)
        scope = await scope_of_student(info, self.id, skill_codes, course_id, all_courses)
        ready = await usecase.read_ready_concepts(await analysis_of(info), self.id, rules, scope, inferred=inferred)
        return [ReadyConcept.of(each, rules) for each in ready[:limit]]

    @strawberry.field(
        description="The concepts to review: mastered, without a mastered concept that depends on them (the "
        "inner fringe). The latest practice first."
    )
    async def to_review(
        self,
        info: Info,
        first: First = 10,
        skill_codes: SkillCodes = None,
        course_id: CourseId = None,
        all_courses: AllCourses = False,
    ) -> list[Concept]:
        limit = bounded(first)
        scope = await scope_of_student(info, self.id, skill_codes, course_id, all_courses)
        ids = await usecase.read_concepts_to_review(await analysis_of(info), self.id, scope)
        return await Concept.load_many(info, ids[:limit])

    @strawberry.field(
        description="The concepts to learn on the way to a concept, which is the last; each follows its "
        "prerequisites. Mastered concepts are left out. Empty if the concept and all concepts "
        "before it are mastered."
    )
    async def learning_path(
        self,
        info: Info,
        concept_id: Annotated[strawberry.ID, strawberry.argument(description="The id of the concept to reach.")],
    ) -> list[Concept]:
        ids = await usecase.read_learning_path(await analysis_of(info), self.id, concept_id)
        return await Concept.load_many(info, ids)
