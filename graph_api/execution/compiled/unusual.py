"""What a compiled query leaves to graphql-core: the private exception, and its reason for the metric."""

from typing import Literal, TypeAlias, get_args

Reason: TypeAlias = Literal["construct", "variables", "failure", "null", "value", "budget"]
"""Why an operation was run by graphql-core after all.

construct: the document has something that is never compiled. variables: they do not fit their types. failure: a
resolver raised. null: a field that must not be null was. value: a value does not fit its type. budget: the reply had
too many objects, or cost too much.
"""
REASONS: tuple[Reason, ...] = get_args(Reason)


class Unusual(Exception):
    """Something that the compiled execution does not do: graphql-core runs the operation, and makes the errors."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason
