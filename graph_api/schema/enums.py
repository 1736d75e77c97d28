"""What the values of enums mean. Most enums belong to the domain, which knows no GraphQL and cannot say it there."""

from enum import Enum
from typing import Any, cast

import strawberry

from graph_api.domain.answers.answers import Difficulty
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
