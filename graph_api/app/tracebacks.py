"""Exceptions as they may be logged: where and of what kind, without the values in them, which may be students' data."""

import re
import traceback
from collections.abc import Iterator
from types import TracebackType
from typing import TextIO, TypeAlias

ExcInfo: TypeAlias = tuple[type[BaseException], BaseException, TracebackType | None]

QUOTED = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")
LONGEST = 300
READ = 1_000
"""Characters of a message that are looked at: quotes in a long one would take seconds to pair."""
CUT = re.compile(rf"{QUOTED.pattern}|['\"][\s\S]*\Z")
"""Quoted texts of a message that was cut: the last one may not end."""


def traceback_of(exc_info: ExcInfo) -> str:
    """An exception with its causes, the first of them first; what stands in quotes is left out.

    >>> error = KeyError("anna")
    >>> traceback_of((KeyError, error, None))
    "KeyError: '…'"
    """
    return "\n\n".join(reversed(list(_told(exc_info[1]))))


def write_traceback(to: TextIO, info: ExcInfo) -> None:
    """The same, as consoles want it."""
    to.write(traceback_of(info))


def without_quoted(message: str) -> str:
    """A message without what stands in quotes.

    >>> without_quoted("no 'anna'"), without_quoted("no 'anna" + "a" * 5_000)
    ("no '…'", "no '…'")
    """
    return QUOTED.sub("'…'", message) if len(message) <= READ else CUT.sub("'…'", message[:READ])


def _told(error: BaseException | None) -> Iterator[str]:
    while error is not None:
        frames = "".join(traceback.format_tb(error.__traceback__))
        message = without_quoted(str(error))[:LONGEST]
        yield f"{frames}{type(error).__qualname__}: {message}"
        if isinstance(error, BaseExceptionGroup):
            for each in error.exceptions:
                yield from _told(each)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
