"""Rules for the strings that clients send: identifiers, names, free text.

Every script is accepted, and what is stored is what was sent: there is no normalisation. Refused are control characters
(keys join identifiers with one, see `graph_api.domain.targets`), line and paragraph separators, and lone surrogates,
which cannot be written as UTF-8. Joiners, soft hyphens and other invisible characters are part of names.
"""

import re
import unicodedata
from collections.abc import Sequence

from graph_api.domain.failures import InvalidInput, shown

IDENTIFIER_LENGTH = 200
NAME_LENGTH = 100
CODE_LENGTH = 50
DESCRIPTION_LENGTH = 2_000
REFUSED = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
INVISIBLE = frozenset({"Cf", "Zs"})
"""Categories of characters that alone make no identifier: formats, such as joiners, and spaces."""


def identifier(value: str, field: str, length: int = IDENTIFIER_LENGTH) -> str:
    """An identifier of at most `length` characters, at least one of them visible, without outer white space.

    White space is what Unicode calls so, U+3000 and the no-break space included. Inside an identifier it is accepted.

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
    text(value, field, length)
    if all(unicodedata.category(character) in INVISIBLE for character in value):
        raise InvalidInput(field, "must hold a visible character", shown(value))
    return value


def identifiers(values: Sequence[str], field: str, *, most: int, length: int = IDENTIFIER_LENGTH) -> tuple[str, ...]:
    """At most `most` identifiers, each once, in the order given.

    Raises:
        InvalidInput: naming the field, the rule and the value.

    >>> identifiers(["b", "a", "b"], "conceptIds", most=50)
    ('b', 'a')
    """
    if not values:  # most lists of an answer
        return ()
    if len(values) > most:
        raise InvalidInput(field, f"must name at most {most}, names {len(values)}")
    return tuple(dict.fromkeys(identifier(value, field, length) for value in values))


def text(value: str, field: str, length: int) -> str:
    """A string of at most `length` characters on one line, in any script.

    Raises:
        InvalidInput: naming the field, the rule and the value.
    """
    if len(value) > length:
        raise InvalidInput(field, f"must be at most {length} characters, has {len(value)}", shown(value))
    if match := REFUSED.search(value):
        names = {"Cc": "control characters", "Cs": "lone surrogates"}
        name = names.get(unicodedata.category(match[0]), "line or paragraph separators")
        raise InvalidInput(field, f"must not contain {name}", shown(value))
    return value
