"""The flags of `graph-api import answers`: units, and errors that name the flag."""

import contextlib
from collections.abc import Iterator
from enum import StrEnum

from graph_api.cli.console import USAGE, stop
from graph_api.usecases.answers.import_options import InvalidOption


class TimeUnit(StrEnum):
    """Units of numbers that are times."""

    S = "s"
    MS = "ms"
    US = "us"


@contextlib.contextmanager
def usage() -> Iterator[None]:
    """End the command if a flag is invalid."""
    try:
        yield
    except InvalidOption as invalid:
        flags = " and ".join(f"--{name.replace('_', '-')}" for name in invalid.field.split(" and "))
        value = f" (got {invalid.value!r})" if invalid.value else ""
        stop(f"{flags}: {invalid.rule}{value}", USAGE)
