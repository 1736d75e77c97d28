"""Answers of a JSON request as the schema's inputs, for documents that are compiled (`compiled_recording`).

Only what is plain is taken here: values of exactly the right types. Everything else is coerced, or refused with the
right words, by graphql-core.
"""

from collections.abc import Callable, Mapping
from typing import Any

from graphql import GraphQLError, GraphQLSchema
from strawberry.utils.str_converters import to_camel_case

from graph_api.domain.answers.answers import Difficulty
from graph_api.schema.answers.record_answer import AnswerInput

LARGEST_INT = 2**31 - 1
EXACT = 2**53
"""Whole numbers up to here are floats without a loss."""
NOT_PLAIN = frozenset({"sampled", "answer_text", "expected"})
"""Fields that are null or left out in a plain answer."""


class NotPlain(Exception):
    """The request takes the usual path. Nothing was done yet."""


def _text(value: object) -> str:
    if type(value) is str:
        return value
    raise NotPlain


def _texts(value: object) -> list[str]:
    if type(value) is list and all(type(each) is str for each in value):
        return value
    raise NotPlain


def _truth(value: object) -> bool:
    if type(value) is bool:
        return value
    raise NotPlain


def _float(value: object) -> float:
    if type(value) is float:
        return value
    if type(value) is int and -EXACT <= value <= EXACT:
        return float(value)
    raise NotPlain


def _int(value: object) -> int:
    if type(value) is int and -LARGEST_INT <= value <= LARGEST_INT:
        return value
    raise NotPlain


class AnswerReader:
    """Makes answers of JSON objects, by the fields of the input type."""

    def __init__(self, schema: GraphQLSchema) -> None:
        kinds: dict[str, Callable[[object], Any]] = {
            "ID": _text,
            "[ID!]": _texts,
            "Boolean": _truth,
            "Float": _float,
            "Int": _int,
            "DateTime": _parsed(schema.type_map["DateTime"]),
            "Difficulty": _difficulty,
        }
        declared: Any = schema.type_map["AnswerInput"]
        self._fields: dict[str, tuple[str, Callable[[object], Any]]] = {}
        for field in AnswerInput.__strawberry_definition__.fields:  # type: ignore[attr-defined]
            if field.python_name not in NOT_PLAIN:
                name = to_camel_case(field.python_name)
                self._fields[name] = field.python_name, kinds[str(declared.fields[name].type).removesuffix("!")]
        self._required = {name for name, field in declared.fields.items() if str(field.type).endswith("!")}
        self._absent = {to_camel_case(name) for name in NOT_PLAIN}

    def read(self, value: object) -> AnswerInput:
        """The answer of a JSON object.

        Raises:
            NotPlain: it is not a plain one.
        """
        if type(value) is not dict or not self._required <= value.keys():
            raise NotPlain
        given: dict[str, Any] = {}
        for name, item in value.items():
            if item is None:
                if name in self._required or (name not in self._fields and name not in self._absent):
                    raise NotPlain
            elif name in self._fields:
                python_name, read = self._fields[name]
                given[python_name] = read(item)
            else:
                raise NotPlain
        return AnswerInput(**given)


def read_atomic(sent: Mapping[str, Any]) -> bool:
    """Whether all answers of a sequence are to be recorded or none.

    Raises:
        NotPlain: that is not stated plainly.
    """
    return _truth(sent.get("atomic", False))


def _parsed(scalar: Any) -> Callable[[object], Any]:  # noqa: ANN401 - a type of the schema
    def parse(value: object) -> Any:  # noqa: ANN401 - what the scalar stands for
        try:
            return scalar.parse_value(_text(value))
        except (GraphQLError, ValueError, OverflowError) as fault:
            raise NotPlain from fault

    return parse


def _difficulty(value: object) -> Difficulty:
    known = Difficulty.__members__.get(_text(value))
    if known is None:
        raise NotPlain
    return known
