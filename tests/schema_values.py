"""Values and documents drawn from the schema itself: a new argument, input type or field is drawn without being named here."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    OperationType,
    get_named_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_required_argument,
    is_required_input_field,
)
from hypothesis import strategies as st

Drawn = st.SearchStrategy[Any]

ODD_TEXTS = [
    "", " ", "\0", "a\0b", "a\nb", "a\r\n\tb", "\u202eright to left", "e\u0301\u0323" * 20, "\ufeff", "\u200b", "\u2028",
    "\ud800", "a\udfffb", "\U0010ffff", "👩‍👩‍👧‍👦", "ß".upper(), "İ", "a" * 201, "a" * 5_000, "ä" * 100_000, "null", "0", "-1", "1e999",
    "' OR 1=1 //", "`}) DETACH DELETE n //", "$id", "${7*7}", "{{7*7}}", "<script>", "../../etc/passwd", "%00", "\\u0000", "\\",
    "Student:anna", "Nothing:anna", "Student:", ":", "anna\x1fben",
]  # fmt: skip
ODD_TIMES = [
    "0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59-12:00",
    "1582-10-05T00:00:00Z", "1970-01-01T00:00:00Z", "2026-01-31T09:30:00", "2026-01-31T09:30:00+05:45:30", "2024-02-29T00:00:00Z",
    "2016-12-31T23:59:60Z", "2026-02-30T00:00:00Z", "2026-01-31", "2026-W05-6", "-0001-01-01T00:00:00Z", "99999-01-01T00:00:00Z",
    "2026-01-31T09:30:00+23:59", "1677-09-21T00:00:00Z", "2262-04-12T00:00:00Z", "now", "", "0", "\0",
]  # fmt: skip
ODD_INTS = [0, -1, 499, 500, 501, 1_000_000, 2**31 - 1, -(2**31), 2**31, 2**53 + 1, 2**63, 10**30, -(10**30)]
ODD_FLOATS = [0, -0.0, 1, -1, 5e-324, 1e-300, 1e308, -1e308, 1 + 1e-12, 2**64, 10**30, 0.1 + 0.2]
WRONG_KINDS: list[Any] = [None, True, "1", 1.5, [], {}, [[]], {"a": 1}]

odd_texts = st.sampled_from(ODD_TEXTS) | st.text(st.characters(), max_size=30)
odd_times = (
    st.sampled_from(ODD_TIMES[:4])
    | st.sampled_from(ODD_TIMES)
    | st.datetimes().map(lambda moment: f"{moment.isoformat()}Z")
)
usual_times = st.sampled_from(["2026-01-31T09:30:00Z", "2026-03-01T12:00:00+01:00", "2025-12-24T18:00:00-05:00"])
json_values = st.recursive(
    st.none() | st.booleans() | st.sampled_from([*ODD_INTS, *ODD_FLOATS]) | odd_texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(odd_texts, inner, max_size=3),
    max_leaves=8,
) | st.integers(10, 600).map(lambda depth: json.loads("[" * depth + "]" * depth))


@dataclass(frozen=True)
class Known:
    """What is in the graph: ids by a word that arguments about them have in their names, and objects for JSON arguments.

    `odd` of ten values are odd: a call of many values comes past its first rule only if most are usual.
    """

    ids: Mapping[str, Sequence[str]]
    objects: Sequence[Mapping[str, Any]]
    odd: int = 1

    def mostly(self, usual: Drawn, odd: Drawn) -> Drawn:
        """Usual values, and odd ones."""
        return st.sampled_from([usual] * (10 - self.odd) + [odd] * self.odd).flatmap(lambda chosen: chosen)

    def ids_for(self, name: str) -> Drawn:
        """Ids of the type in the name, and now and then any other stored id."""
        everything = st.sampled_from([key for keys in self.ids.values() for key in keys])
        fitting = [key for word, keys in self.ids.items() if word in name.lower() for key in keys]
        return self.mostly(st.sampled_from(fitting), everything) if fitting else everything

    def scalar(self, kind: str, name: str) -> Drawn:
        """Values of a scalar, for an argument of this name; a new scalar has to be added here."""
        changed = st.sampled_from(self.objects).flatmap(
            lambda given: st.tuples(st.sampled_from(sorted(given)), self.mostly(st.floats(0, 1), json_values)).map(
                lambda pair: {**given, pair[0]: pair[1]}
            )
        )
        usual, odd = {
            "Int": (st.integers(1, 20), st.sampled_from(ODD_INTS) | st.integers(-(2**31), 2**31 - 1)),
            "Float": (st.floats(0, 1), st.sampled_from(ODD_FLOATS) | st.floats(allow_nan=False, allow_infinity=False)),
            "Boolean": (st.booleans(), st.booleans()),
            "ID": (self.ids_for(name), odd_texts | st.sampled_from(ODD_INTS)),
            "String": (st.text("abcxyz äß", min_size=1, max_size=8).map(str.strip), odd_texts),
            "DateTime": (usual_times, odd_times),
            "JSON": (changed, json_values),
        }[kind]
        return self.mostly(usual, odd | odd | st.sampled_from(WRONG_KINDS))

    def value(self, kind: Any, name: str) -> Drawn:
        """Values of an input type, for an argument of this name."""
        if is_non_null_type(kind):
            return self._non_null(kind.of_type, name)
        return self.mostly(self._non_null(kind, name), st.none())

    def _non_null(self, kind: Any, name: str) -> Drawn:
        if is_list_type(kind):
            inner = self.value(kind.of_type, name)
            repeated = st.tuples(inner, st.sampled_from([2, 60, 600])).map(lambda pair: [pair[0]] * pair[1])
            return self.mostly(st.lists(inner, min_size=1, max_size=4), st.just([]) | repeated | inner)
        if isinstance(kind, GraphQLInputObjectType):
            fields = {key: self.value(field.type, qualified(kind.name, key)) for key, field in kind.fields.items()}
            required = {key for key, field in kind.fields.items() if is_required_input_field(field)}
            return st.fixed_dictionaries(
                {key: drawn for key, drawn in fields.items() if key in required},
                optional={key: drawn for key, drawn in fields.items() if key not in required},
            )
        if isinstance(kind, GraphQLEnumType):
            return self.mostly(st.sampled_from(list(kind.values)), st.just("NOTHING_LIKE_IT") | odd_texts)
        return self.scalar(kind.name, name)


def qualified(parent: str, name: str) -> str:
    """A name that includes the type of the id.

    >>> qualified("deleteStudent", "id"), qualified("AnswerInput", "studentId")
    ('deleteStudent.id', 'studentId')
    """
    return f"{parent}.{name}" if name in {"id", "ids"} else name


@dataclass(frozen=True)
class Step:
    """A field on the way from a root type, and the type that has it."""

    parent: GraphQLObjectType
    name: str
    field: GraphQLField


@dataclass(frozen=True)
class Route:
    """The way to a field, which is the last step."""

    operation: OperationType
    steps: tuple[Step, ...]

    def __str__(self) -> str:
        return f"{self.steps[-1].parent.name}.{self.steps[-1].name}"


@st.composite
def calls(draw: st.DrawFn, route: Route, schema: GraphQLSchema, known: Known) -> tuple[str, dict[str, Any]]:
    """A document that selects the field, and its variables. On the way to it only required arguments are given."""
    known = replace(known, odd=draw(st.sampled_from([0, 1, 1, 3])))
    text, variables, types = selection(schema, route.steps[-1].field.type), {}, []
    for place, step in reversed(list(enumerate(route.steps))):
        given = []
        for name, argument in step.field.args.items():
            is_last = place == len(route.steps) - 1
            if is_required_argument(argument) or (is_last and draw(st.booleans())):
                variable = f"{name}{place}"
                variables[variable] = draw(known.value(argument.type, qualified(step.name, name)))
                types.append(f"${variable}: {argument.type}")
                given.append(f"{name}: ${variable}")
        called = step.name + (f"({', '.join(given)})" if given else "")
        text = f"{{ ... on {step.parent.name} {{ {called} {text} }} }}"
    declared = f"({', '.join(types)})" if types else ""
    return f"{route.operation.value}{declared} {text}", variables


def selection(schema: GraphQLSchema, kind: Any, depth: int = 2) -> str:
    """The fields that can be selected without required arguments, to a depth; empty for a value."""
    named = get_named_type(kind)
    if is_leaf_type(named):
        return ""
    is_result = isinstance(named, GraphQLInterfaceType) and "failure" in named.fields
    if isinstance(named, GraphQLInterfaceType) and not is_result:
        return f"{{ __typename {' '.join(name for name, field in named.fields.items() if is_leaf_type(get_named_type(field.type)))} }}"
    if isinstance(named, GraphQLUnionType | GraphQLInterfaceType):
        possible = schema.get_possible_types(named)
        failures = [each for each in possible if any(one.name == "Failure" for one in each.interfaces)]
        parts = [f"... on {each.name} {selection(schema, each, depth)}" for each in possible if each not in failures]
        failure = "... on Failure { code message field rule value }" if failures else ""
        return f"{{ __typename {' '.join(parts)} {failure} }}"
    fields = [
        f"{name} {selection(schema, field.type, depth - 1)}"
        for name, field in named.fields.items()
        if (depth > 1 or is_leaf_type(get_named_type(field.type)))
        and not any(map(is_required_argument, field.args.values()))
    ]
    return f"{{ __typename {' '.join(fields)} }}"


def routes(schema: GraphQLSchema) -> Iterator[Route]:
    """The shortest way to each field that takes arguments, and to each field of a root type; by a query, if there is one."""
    seen: set[GraphQLObjectType] = set()
    for operation in OperationType:
        root = schema.get_root_type(operation)
        ways = [Route(operation, (Step(root, name, field),)) for name, field in root.fields.items()] if root else []
        for way in ways:  # which grows: the nearest come first
            last = way.steps[-1]
            if last.field.args or len(way.steps) == 1:
                yield way
            for kind in objects(schema, last.field):
                if kind not in seen:
                    seen.add(kind)
                    ways += [
                        Route(operation, (*way.steps, Step(kind, name, field))) for name, field in kind.fields.items()
                    ]


def objects(schema: GraphQLSchema, field: GraphQLField) -> Sequence[GraphQLObjectType]:
    """The types of object that a field may give."""
    named = get_named_type(field.type)
    if isinstance(named, GraphQLUnionType | GraphQLInterfaceType):
        return schema.get_possible_types(named)
    return [named] if isinstance(named, GraphQLObjectType) else []
