"""Judgements: evidence on a level that is no answer, and their revocations (G10)."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from graph_api.domain.learners import judgements as domain
from graph_api.domain.targets import Target, TargetKind
from graph_api.schema.context import Info
from graph_api.schema.course.concept import Concept, load_target
from graph_api.schema.course.skill import Skill
from graph_api.schema.learners.judgement_lists import JudgementKind
from graph_api.schema.node import Node, TargetNode, joined_id, node_id, split_id

if TYPE_CHECKING:
    from graph_api.schema.learners.mastery import Mastery
    from graph_api.schema.learners.student import Student


@strawberry.type(description="The event that revoked a judgement.")
class Revocation:
    recorded_at: datetime = strawberry.field(description="The time when the judgement was revoked.")
    author: str | None = strawberry.field(
        description="The id of the principal who revoked the judgement. Null if authentication was off."
    )
    note: str = strawberry.field(description="The reason, in the words of the author. It may be empty.")

    @classmethod
    def of(cls, revocation: domain.Revocation) -> Self:
        """The schema's view of a revocation."""
        return cls(recorded_at=revocation.recorded_at, author=revocation.author, note=revocation.note)


@strawberry.type(
    description="A judgement: it states the level of a student on one concept or skill from a moment on. Later answers "
    "update the level from there. A judgement is no answer: recency, topics and recall do not change."
)
class Judgement(Node):
    of_target: strawberry.Private[Target]
    id: strawberry.ID = strawberry.field(
        description="The client's id of the judgement, or the id that the server generated. Unique for the student."
    )
    student_id: strawberry.ID = strawberry.field(description="The id of the student.")
    kind: JudgementKind = strawberry.field(description="What the judgement is based on.")
    level: float = strawberry.field(description="The level that the judgement states, 0.01 to 0.99.")
    at: datetime = strawberry.field(description="The moment from which the judgement counts.")
    recorded_at: datetime = strawberry.field(description="The time when the judgement was recorded.")
    author: str | None = strawberry.field(
        description="The id of the principal who recorded the judgement. Null if authentication was off."
    )
    note: str = strawberry.field(description="The reason, in the words of the author. It may be empty.")
    revocation: Revocation | None = strawberry.field(
        description="The event that revoked the judgement. Null while the judgement counts."
    )

    @strawberry.field(description="The concept or skill. Null if it does not exist any more.")
    async def target(self, info: Info) -> TargetNode | None:
        return await load_target(info, self.of_target)

    @strawberry.field(description="The concept. Null for a skill.")
    async def concept(self, info: Info) -> Concept | None:
        return await Concept.load(info, self.of_target.key) if self.of_target.kind is TargetKind.CONCEPT else None

    @strawberry.field(description="The skill. Null for a concept.")
    async def skill(self, info: Info) -> Skill | None:
        return await Skill.load(info, self.of_target.key) if self.of_target.kind is TargetKind.SKILL else None

    @strawberry.field(description="The student. Null if the student does not exist any more.")
    async def student(
        self, info: Info
    ) -> Annotated["Student", strawberry.lazy("graph_api.schema.learners.student")] | None:
        from graph_api.schema.learners.student import Student  # noqa: PLC0415 - the two nouns know each other

        return await Student.load(info, self.student_id)

    @strawberry.field(
        description="The student's mastery of the target now. Null if the target does not exist any more."
    )
    async def mastery(
        self, info: Info
    ) -> Annotated["Mastery", strawberry.lazy("graph_api.schema.learners.mastery")] | None:
        from graph_api.schema.learners.mastery import Mastery  # noqa: PLC0415 - the two nouns know each other

        return await Mastery.of_student(info, self.student_id, self.of_target)

    @classmethod
    async def load(cls, info: Info, key: str) -> Self | None:
        """The judgement with a key, or None."""
        parts = split_id(key)
        return await cls.of_student(info, *parts) if len(parts) == 2 else None  # noqa: PLR2004 - student and id

    @classmethod
    async def of_student(cls, info: Info, student_id: str, judgement_id: str) -> Self | None:
        """A student's judgement with an id, or None."""
        stored = await info.context.loaders.judgements_of_student.load(student_id)
        return next((cls.of(each) for each in stored if each.id == judgement_id), None)

    @classmethod
    def of(cls, judgement: domain.Judgement) -> Self:
        """The schema's view of a judgement."""
        return cls(
            node_id=node_id("Judgement", joined_id(judgement.student_id, judgement.id)),
            of_target=judgement.target,
            id=strawberry.ID(judgement.id),
            student_id=strawberry.ID(judgement.student_id),
            kind=judgement.kind,
            level=judgement.level,
            at=judgement.at,
            recorded_at=judgement.recorded_at,
            author=judgement.author,
            note=judgement.note,
            revocation=Revocation.of(judgement.revocation) if judgement.revocation else None,
        )
