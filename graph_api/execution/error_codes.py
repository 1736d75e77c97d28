"""The code of an error in a reply."""

from graphql import GraphQLError
from strawberry.schema.exceptions import CannotGetOperationTypeError

from graph_api.domain.failures import Failure, Overloaded, Unavailable
from graph_api.execution.trusted_documents import PersistedQueryError
from graph_api.store.gateway import DatabaseUnavailable


def may_be_sent_again(error: GraphQLError) -> bool:
    """Whether nothing is wrong but that the service cannot do it now."""
    return isinstance(error.original_error, DatabaseUnavailable | Unavailable | Overloaded)


def code_of(error: GraphQLError) -> str:
    """The code that clients see of an error, see `formatted`.

    >>> code_of(GraphQLError("Syntax Error")), code_of(GraphQLError("x", original_error=ZeroDivisionError()))
    ('BAD_REQUEST', 'INTERNAL')
    """
    cause = error.original_error
    if isinstance(cause, DatabaseUnavailable):
        return Unavailable.code
    if isinstance(cause, Failure | PersistedQueryError):
        return cause.code
    if isinstance(cause, CannotGetOperationTypeError):
        return "BAD_REQUEST"
    return "BAD_REQUEST" if (cause is None or isinstance(cause, GraphQLError)) and not is_unsound(error) else "INTERNAL"


def is_unsound(error: GraphQLError) -> bool:
    """Whether a value of ours cannot be shown, such as a float that is not a number. Values of clients have no path."""
    return bool(error.path) and " cannot represent " in error.message
