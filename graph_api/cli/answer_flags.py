"""The flags of `graph-api import answers`: which layout a file has, and what the flags change of it."""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from graph_api.cli.console import USAGE, stop
from graph_api.domain.failures import Failure
from graph_api.usecases.answers.answer_cells import CellRules
from graph_api.usecases.answers.answer_columns import OPTIONAL
from graph_api.usecases.answers.answer_layouts import Layout
from graph_api.usecases.answers.layout_files import find_layout, layouts
from graph_api.usecases.answers.recognise_layout import read_head, recognise
from graph_api.usecases.answers.skill_names import check_prefix

OWN_COLUMNS = "export"
"""The layout of a file that no layout fits: the names of exports, or those that flags give."""


class TimeUnit(StrEnum):
    """Units of numbers that are times."""

    S = "s"
    MS = "ms"
    US = "us"


def chosen_layout(  # noqa: PLR0913 - each is a flag
    path: Path,
    name: str | None,
    columns: Mapping[str, str | None],
    changes: Sequence[str],
    *,
    encoding: str | None,
    delimiter: str | None,
) -> tuple[Layout, bool]:
    """The layout of a file, and whether it was recognised.

    A file whose student and correct are named by flags has the columns of its owner, whatever else it resembles. A pipe
    is read only once, so its layout must be named.
    """
    is_recognised = False
    if name is None:
        name = OWN_COLUMNS
        if not (columns.get("student") and columns.get("correct")) and path.is_file():
            with contextlib.suppress(Failure, OSError):  # the import itself reports them
                found_name = recognise(read_head(path, encoding=encoding, delimiter=delimiter))
                is_recognised = found_name is not None and layouts()[found_name].parts.advice is None
                name = found_name if is_recognised and found_name is not None else OWN_COLUMNS
    with usage("--set" if changes and name in layouts() else "--layout"):
        return find_layout(name, changes), is_recognised
    raise AssertionError  # for mypy: `usage` ends the command


def mapped_columns(
    base: Layout, columns: Mapping[str, str | None], skill_prefix: str | None
) -> tuple[Layout, frozenset[str]]:
    """The layout with the columns that flags name, and which columns the file may lack.

    An empty column takes it away. Once flags name columns of a file that no layout fits, the other columns are
    optional.
    """
    given = {name: column or None for name, column in columns.items() if column is not None}
    for name in ("student", "correct"):
        if given.get(name, "") is None:
            stop(f"--{name}: must name a column", USAGE)
    if given.get("at") and given.get("order"):
        stop("--at and --order: name one of them, not both", USAGE)
    for name, other in (("at", "order"), ("order", "at")):
        if given.get(name):
            given.setdefault(other, None)
    if skill_prefix is not None:
        with usage("--skill-prefix"):
            check_prefix(skill_prefix)
    mapped = base.with_columns(given, skill_prefix)
    names_rest = bool(given)
    others = frozenset(columns) - given.keys() - {"student", "correct"} if names_rest else frozenset[str]()
    optional = OPTIONAL | base.parts.optional
    return mapped, (optional - given.keys() | others) - mapped.required


def cell_rules(  # noqa: PLR0913 - one per flag
    base: Layout,
    *,
    tag_separator: str | None,
    time_unit: TimeUnit | None,
    time_zone: str | None,
    response_time_unit: TimeUnit | None,
    no_value: list[str] | None,
    decimal_comma: bool,
) -> CellRules:
    """The rules of the layout with those that flags give."""
    try:
        zone = ZoneInfo(time_zone) if time_zone else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        stop(f"--time-zone: must name a time zone, as in UTC or Europe/Berlin (got {time_zone!r})", USAGE)
    given: dict[str, Any] = {
        "tag_separator": tag_separator,
        "time_unit": time_unit and time_unit.value,
        "time_zone": zone,
        "decimal_comma": decimal_comma or None,
        "response_time_unit": response_time_unit and response_time_unit.value,
        "no_values": None if no_value is None else frozenset(no_value),
    }
    return replace(base.parts.cells, **{name: value for name, value in given.items() if value is not None})


@contextlib.contextmanager
def usage(flag: str) -> Iterator[None]:
    """End the command if a flag is invalid."""
    try:
        yield
    except Failure as failure:
        key = f"{failure.field}: " if flag == "--set" else ""
        value = f" (got {failure.value!r})" if failure.value else ""
        stop(f"{flag}: {key}{failure.rule}{value}", USAGE)
