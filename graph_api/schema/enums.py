"""What the values of enums mean. Most enums belong to the domain, which knows no GraphQL and cannot say it there."""

from enum import Enum
from typing import Any, cast

import strawberry

from graph_api.domain.answers.answers import Difficulty
from graph_api.domain.parameters.fitting.guard_rails import Reason
from graph_api.domain.parameters.predictors.predictor_sets import NextAnswerModel
from graph_api.domain.principals import Role


def describe_values(enum: type[Enum], **descriptions: str) -> None:
    """Say what each value of an enum means; strawberry has to know the enum already.

    Raises:
        KeyError: the enum has no such value.
    """
    values = {value.name: value for value in cast("Any", enum).__strawberry_definition__.values}
    for name, description in descriptions.items():
        values[name].description = description


strawberry.enum(Role, description="What a principal is.")
describe_values(
    Role,
    STUDENT="Sees their own data, answers for themselves.",
    TEACHER="Sees their groups.",
    ANALYST="Sees groups and all students under pseudonyms.",
    SERVICE="A client application.",
    ADMIN="Operates the service.",
)
strawberry.enum(Difficulty, description="The difficulty of a question, as the client states it.")
describe_values(
    Difficulty,
    EASY="Most students answer correctly.",
    MEDIUM="Between EASY and HARD.",
    HARD="Most students answer incorrectly.",
)
strawberry.enum(NextAnswerModel, description="What predicts the next answer of a student to a concept or skill.")
describe_values(
    NextAnswerModel,
    BKT="Knowledge tracing: the level, with guess and slip.",
    PREDICTOR="The predictor of the next answer: a logistic model of all answers of the student, and of the question.",
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
