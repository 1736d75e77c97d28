"""Columns of scalars and enums: what graphql-core makes of each value, or a fallback."""

from datetime import UTC, datetime
from enum import Enum
from typing import Any

import pytest
from graphql import GraphQLEnumType, GraphQLError, GraphQLScalarType
from hypothesis import given
from hypothesis import strategies as st

from graph_api.domain.learners.mastery import Status
from graph_api.domain.targets import TargetKind
from graph_api.execution.compiled.leaves import coerce_of
from graph_api.execution.compiled.unusual import Unusual
from tests.fuzz_world import SCHEMA

KINDS: list[Any] = [
    kind
    for name, kind in sorted(SCHEMA.type_map.items())
    if isinstance(kind, GraphQLScalarType | GraphQLEnumType) and not name.startswith("__")
]


class Odd(Enum):
    """An enum that the schema does not have."""

    ODD = "CONCEPT"


VALUES = st.one_of(
    st.integers(-(2**33), 2**33),
    st.floats(),
    st.booleans(),
    st.text(max_size=3),
    st.sampled_from([*Status, *TargetKind, Odd.ODD, datetime(2026, 1, 31, tzinfo=UTC), {"a": 1}, b"x"]),
)
COLUMNS = st.lists(VALUES, max_size=4) | VALUES.map(lambda value: [value] * 2)


def expected(kind: Any, column: list[Any]) -> list[Any] | None:
    """The column by graphql-core's own function of each value; None if one does not fit."""
    try:
        made = [kind.coerce_output_value(value) for value in column]
    except (GraphQLError, ValueError, TypeError, AttributeError, KeyError, OverflowError):
        return None
    return None if None in made else made


@given(st.sampled_from(KINDS), COLUMNS)
def test_a_column_is_what_graphql_core_makes_of_its_values(kind: Any, column: list[Any]) -> None:
    wanted = expected(kind, column)
    if wanted is None:
        with pytest.raises(Unusual):
            coerce_of(kind)(column)
        return
    made = coerce_of(kind)(column)
    assert list(map(repr, made)) == list(map(repr, wanted))
