"""How parameters are fitted, and why a target got new ones: the enums of fits."""

import strawberry

from graph_api.domain.parameters.fitting.fit import Method
from graph_api.domain.parameters.fitting.guard_rails import Reason
from graph_api.schema.enums import describe_values

__all__ = ["Method", "Reason"]

strawberry.enum(Method, name="FitMethod", description="How parameters are fitted; EMPIRICAL_BAYES predicts best.")
describe_values(
    Method,
    EM="Expectation maximisation: by the book, and slow.",
    MAXIMUM_LIKELIHOOD="Seeks the same maximum, fast.",
    EMPIRICAL_BAYES="Goes on from there with priors learnt from all targets: one with few answers leans on the others.",
)
strawberry.enum(Reason, name="FitReason", description="Why a target got new parameters, or kept those it had.")
describe_values(
    Reason,
    IMPROVED="The fit meets all rules and predicts unseen students better by more than chance: stored, and activated "
    "if `activate` is true.",
    MASTERED_TOO_UNCERTAIN="P(next answer correct) at the MASTERED level is below minMasteredCorrect, or unseen "
    "students at that level answered correctly less often: stored, not activated.",
    STATES_AT_BOUND="A parameter is at a bound where one state is never occupied or both answer alike: stored, not "
    "activated.",
    NO_BETTER_THAN_SHARE="The fit does not predict unseen students better than the plain share of correct answers by "
    "more than chance: stored, not activated.",
    WORSE_RANKING="The AUC on unseen students, compared within folds, keeps less than two thirds of its distance to "
    "0.5 under the set in effect, with a tolerance of 0.01: stored, not activated.",
    WORSE_CALIBRATION="The calibration error on unseen students is more than 0.02 above that of the set in effect: "
    "stored, not activated.",
    WORSE_ON_HELD_OUT="The log-loss on unseen students is not below that of the set in effect: stored, not activated.",
    WITHIN_CHANCE="The log-loss on unseen students is lower, but chance explains the difference at the level of "
    "`significance`: stored, not activated.",
    NO_IMPROVEMENT="The log-likelihood is not above that of the set in effect: not stored.",
    TOO_FEW_ANSWERS="Fewer answers than the minimum.",
    TOO_FEW_STUDENTS="Fewer students than the minimum.",
    ALL_CORRECT="Every answer is right.",
    ALL_WRONG="Every answer is wrong.",
    CONSTANT_SEQUENCES="No student changed from right to wrong or back: answers do not separate learning from knowing.",
)
