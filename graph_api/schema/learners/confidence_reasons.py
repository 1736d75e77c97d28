"""Why a confidence is not HIGH (Q8)."""

from typing import Self

import strawberry

from graph_api.domain.learners import confidence_reasons as domain
from graph_api.domain.learners.confidence_reasons import ConfidenceReasonKind
from graph_api.domain.locales import Locale
from graph_api.schema.enums import describe_values
from graph_api.schema.learners.locale import LocaleArgument, phrases

DIGITS = 4

strawberry.enum(ConfidenceReasonKind, description="A kind of reason why a confidence is not HIGH.")
describe_values(
    ConfidenceReasonKind,
    FEW_ANSWERS="Fewer answers than a HIGH confidence needs.",
    FEW_EFFECTIVE_ANSWERS="The answers weigh unequally, and are worth fewer than a HIGH confidence needs.",
    UNCERTAIN_PARAMETERS="There are enough answers, but parameters that differ between students leave a wide interval.",
    NO_ANSWER_AFTER_PAUSE="No answer came after a pause of a day, so that the half-life has not been tested.",
    OLD_EVIDENCE="The present pause is longer than every pause that an answer has tested.",
)


@strawberry.type(description="A reason why a confidence is not HIGH, with the figures behind it.")
class ConfidenceReason:
    kind: ConfidenceReasonKind = strawberry.field(description="The kind of reason.")
    answers: float = strawberry.field(
        description="The number of answers. For FEW_EFFECTIVE_ANSWERS of a recency score, the number of equally "
        "weighted answers that they are worth."
    )
    width: float = strawberry.field(description="The width of the interval, 0..1, to 4 digits.")
    pause_days: float | None = strawberry.field(
        description="The number of days since the last answer. Null unless the confidence is in a retrievability."
    )
    longest_pause_days: float | None = strawberry.field(
        description="The longest pause that an answer ended, in days. Null unless the confidence is in a "
        "retrievability."
    )

    @strawberry.field(description="The reason, as a sentence for users.")
    def message(self, locale: LocaleArgument = Locale.EN) -> str:
        figures = {"width": self.width, "pause": self.pause_days, "longest": self.longest_pause_days}
        return phrases(locale).say(f"confidence_{self.kind.value.lower()}", self.answers, **figures)

    @classmethod
    def of(cls, reason: domain.ConfidenceReason) -> Self:
        return cls(
            kind=reason.kind,
            answers=reason.answers,
            width=round(reason.width, DIGITS),
            pause_days=reason.pause,
            longest_pause_days=reason.longest_pause,
        )
