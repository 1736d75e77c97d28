"""How fast a student learns, relative to the population (Q15)."""

from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from graph_api.domain.learners import learning_speed as domain
from graph_api.domain.learners.uncertainty import Confidence
from graph_api.domain.locales import Locale
from graph_api.domain.targets import TargetKind
from graph_api.schema.context import Info
from graph_api.schema.learners.locale import LocaleArgument, phrases
from graph_api.usecases.learners.read_learning_speed import read_learning_speed

DIGITS = 4


@strawberry.type(
    description="A student's own odds of learning at an answer, relative to those of the population, with a 90 % "
    "interval. They change no level. See docs/models.md for the model."
)
class LearningSpeed:
    value: float = strawberry.field(
        description="The speed, above 0, to 4 digits. 1: as the parameter sets state. 2: the odds of learning are "
        "twice as high on every target. With few answers the value stays near 1; without answers it is 1."
    )
    low: float = strawberry.field(description="The lower end of the 90 % interval, to 4 digits.")
    high: float = strawberry.field(description="The upper end of the 90 % interval, to 4 digits.")
    answers: int = strawberry.field(
        description="The number of answers behind the value. An answer to several targets counts for each. Answers "
        "before the last judgement on a target do not count."
    )
    confidence: Confidence = strawberry.field(
        description="The confidence in the value, by the rule of levels, with each end v of the interval placed at "
        "v / (1 + v)."
    )

    @strawberry.field(description="The speed, as a sentence for users.")
    def message(self, locale: LocaleArgument = Locale.EN) -> str:
        figures = {"value": self.value, "low": self.low, "high": self.high}
        key = "learning_speed" if self.answers else "learning_speed_unknown"
        return phrases(locale).say(key, self.answers, **figures)

    @classmethod
    def of(cls, speed: domain.LearningSpeed) -> Self:
        low, high = (round(end, DIGITS) for end in speed.interval)
        return cls(
            value=round(speed.value, DIGITS), low=low, high=high, answers=speed.answers, confidence=speed.confidence
        )


@strawberry.type
class StudentLearningSpeed:
    """The field of a student about the speed of learning."""

    if TYPE_CHECKING:
        id: strawberry.ID

    @strawberry.field(
        description="How fast the student learns, relative to the population, from all answers to skills or to "
        "concepts."
    )
    async def learning_speed(
        self,
        info: Info,
        kind: Annotated[
            TargetKind, strawberry.argument(description="Whether the targets are concepts or skills.")
        ] = TargetKind.SKILL,
    ) -> LearningSpeed:
        return LearningSpeed.of(await read_learning_speed(info.context.loaders, self.id, kind))
