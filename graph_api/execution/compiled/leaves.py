"""Values of scalars and enums, a column at a time: exactly what graphql-core makes of each."""

from collections.abc import Callable, Mapping, Sequence
from math import isfinite
from typing import Any, TypeAlias

from graphql import GraphQLEnumType, GraphQLError, GraphQLLeafType
from graphql.pyutils import Undefined
from graphql.type.scalars import GRAPHQL_MAX_INT, GRAPHQL_MIN_INT

from graph_api.execution.compiled.unusual import Unusual

Column: TypeAlias = list[Any]
Coerce: TypeAlias = Callable[[Column], Column]
"""The values of a column as they stand in the reply; the column itself if they all do already. None is not in it."""


def coerce_of(kind: GraphQLLeafType) -> Coerce:
    """The function that makes the values of a type ready for the reply.

    Columns of the usual Python types are checked as a whole. Each value of any other goes through the type's own
    function, so that both ways of execution give the same.

    >>> from graphql import GraphQLFloat
    >>> coerce_of(GraphQLFloat)([0.5, 1.0]), coerce_of(GraphQLFloat)([0.5, 1])
    ([0.5, 1.0], [0.5, 1.0])
    """
    if isinstance(kind, GraphQLEnumType):
        return _enum(kind)
    usual = USUAL.get(kind.name)
    each = one_by_one(kind)

    def coerce(values: Column) -> Column:
        return values if usual is not None and usual(values) else each(values)

    return coerce


def one_by_one(kind: GraphQLLeafType) -> Coerce:
    """The function that takes each value through the type's own.

    Raises:
        Unusual: a value does not fit the type.
    """

    def coerce(values: Column) -> Column:
        try:
            coerced = list(map(kind.coerce_output_value, values))
        except Exception as fault:
            raise Unusual("value") from fault
        if any(value is None or value is Undefined for value in coerced):
            raise Unusual("value")
        return coerced

    return coerce


def _enum(kind: GraphQLEnumType) -> Coerce:
    """Names of members, which are looked up in a table if all values are members."""
    members: type[Any] | None = getattr(kind, "wrapped_cls", None)
    each, names = one_by_one(kind), _names(kind, members)

    def coerce(values: Column) -> Column:
        if not {members}.issuperset(map(type, values)):
            return each(values)
        try:
            return [names[value] for value in values]
        except KeyError as fault:
            raise Unusual("value") from fault

    return coerce


def _names(kind: GraphQLEnumType, members: Any) -> Mapping[Any, str]:  # noqa: ANN401 - the class of an enum
    names = {}
    for member in members or ():
        try:
            names[member] = kind.coerce_output_value(member)
        except (GraphQLError, ValueError):  # a member that the schema does not have
            continue
    return names


def _are(*kinds: type) -> Callable[[Sequence[Any]], bool]:
    expected = frozenset(kinds)
    return lambda values: expected.issuperset(map(type, values))


_are_floats, _are_ints = _are(float), _are(int)

USUAL: Mapping[str, Callable[[Sequence[Any]], bool]] = {
    "String": _are(str),
    "ID": _are(str),
    "Boolean": _are(bool),
    "Float": lambda values: _are_floats(values) and all(map(isfinite, values)),
    "Int": lambda values: (
        _are_ints(values) and (not values or (min(values) >= GRAPHQL_MIN_INT and max(values) <= GRAPHQL_MAX_INT))
    ),
}
"""By the name of a scalar: whether a column needs no conversion."""
