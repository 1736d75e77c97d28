"""Rules for the strings that clients send: identifiers, names, free text."""

from collections.abc import Sequence

from graph_api.domain.failures import InvalidInput, shown

IDENTIFIER_LENGTH = 200
NAME_LENGTH = 100
CODE_LENGTH = 50
DESCRIPTION_LENGTH = 2_000


def identifier(value: str, field: str, length: int = IDENTIFIER_LENGTH) -> str:
    """A non-empty identifier of at most `length` characters, without control characters or outer spaces.

    Control characters are refused because keys join identifiers with one (see `graph_api.domain.targets`).

    Raises:
        InvalidInput: naming the field, the rule and the value.

    >>> identifier("vocab_b1", "code")
    'vocab_b1'
    >>> identifier(" ", "studentId")
    Traceback (most recent call last):
    graph_api.domain.failures.InvalidInput: studentId: must not be empty
    """
    if not value.strip():
        raise InvalidInput(field, "must not be empty")
    if value != value.strip():
        raise InvalidInput(field, "must not begin or end with a space", shown(value))
    return text(value, field, length)


def identifiers(values: Sequence[str], field: str, *, most: int, length: int = IDENTIFIER_LENGTH) -> tuple[str, ...]:
    """At most `most` identifiers, each once, in the order given.

    Raises:
        InvalidInput: naming the field, the rule and the value.

    >>> identifiers(["b", "a", "b"], "conceptIds", most=50)
    ('b', 'a')
    """
    if len(values) > most:
        raise InvalidInput(field, f"must name at most {most}, names {len(values)}")
    return tuple(dict.fromkeys(identifier(value, field, length) for value in values))


def text(value: str, field: str, length: int) -> str:
    """A string of at most `length` characters on one line.

    Raises:
        InvalidInput: naming the field, the rule and the value.
    """
    if len(value) > length:
        raise InvalidInput(field, f"must be at most {length} characters, has {len(value)}", shown(value))
    if not all(character.isprintable() for character in value):
        raise InvalidInput(field, "must not contain control characters", shown(value))
    return value
