"""The fields of an upload's form: those of `graph-api import answers`, in camel case."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from graph_api.domain.failures import InvalidInput, shown
from graph_api.protocol.multipart_bodies import Form
from graph_api.usecases.answers.answer_columns import OPTIONS
from graph_api.usecases.answers.answer_layouts import PATTERN
from graph_api.usecases.answers.derived_times import FIRST_TIME
from graph_api.usecases.answers.import_options import ImportOptions, field_name
from graph_api.usecases.answers.layout_files import layout_names

FILE, METADATA = "file", "metadata"
FILES = frozenset({FILE, METADATA})
COLUMNS = {field_name(each.name): each.name for each in OPTIONS}
TEXTS = {
    field_name(name): name
    for name in (
        "layout", "one_skill", "evidence", "skill_prefix", "tag_separator", "time_unit", "time_zone",
        "response_time_unit", "delimiter", "encoding", "dataset",
    )
}  # fmt: skip
FLAGS = ("dryRun", "skipBad", "decimalComma", "createSkills")
REPEATED = ("set", "noValue")
FIELDS = (*COLUMNS, *TEXTS, *FLAGS, *REPEATED, "start")
UNITS = ("s", "ms", "us")
CHANGEABLE = frozenset({"skills", "outcome", "times", "cells", "evidence", "leave_out", "file", "sequences"})
"""Keys of a layout that an upload may change: those that name no files of this machine and hold no patterns."""


@dataclass(frozen=True, slots=True)
class UploadFields:
    """What a form states."""

    path: Path
    options: ImportOptions
    is_dry_run: bool
    skips_bad: bool


def parse_fields(form: Form) -> UploadFields:
    """The fields of a form, checked.

    Raises:
        InvalidInput: naming the field, the rule and the value.
    """
    paths = [path for name, path in form.files if name == FILE]
    if len(paths) != 1:
        raise InvalidInput(FILE, "must be one file", f"{len(paths)} files" if paths else "")
    once, repeated = _sorted(form)
    start = once.get("start")
    options: dict[str, Any] = {name: _column(key, once[key]) for key, name in COLUMNS.items() if key in once}
    texts: dict[str, Any] = {name: once[key] for key, name in TEXTS.items() if key in once}
    for key in ("timeUnit", "responseTimeUnit"):
        _choose(key, once.get(key), UNITS)
    _choose("layout", once.get("layout"), layout_names())
    creates = once.get("createSkills")
    return UploadFields(
        paths[0],
        ImportOptions(
            columns=options,
            changes=[_change(text) for text in repeated["set"]],
            metadata=[path for name, path in form.files if name == METADATA],
            no_values=repeated["noValue"] or None,
            decimal_comma=_flag("decimalComma", once.get("decimalComma")),
            start=FIRST_TIME if start is None else _time(start),
            create_skills=None if creates is None else _flag("createSkills", creates),
            **texts,
        ),
        _flag("dryRun", once.get("dryRun")),
        _flag("skipBad", once.get("skipBad")),
    )


def _sorted(form: Form) -> tuple[dict[str, str], dict[str, list[str]]]:
    """The fields that may come once, and those that may be repeated."""
    once: dict[str, str] = {}
    repeated: dict[str, list[str]] = {name: [] for name in REPEATED}
    for name, value in form.texts:
        if name in repeated:
            repeated[name].append(value)
        elif name in FILES:
            raise InvalidInput(name, "must be a file, not a text", shown(value))
        elif name not in FIELDS:
            raise InvalidInput(shown(name), f"is no field of an upload; the fields are {', '.join((*FILES, *FIELDS))}")
        elif name in once:
            raise InvalidInput(name, "must be sent once", shown(value))
        else:
            once[name] = value
    return once, repeated


def _column(field: str, value: str) -> str:
    if value.startswith(PATTERN):
        raise InvalidInput(field, f"must be the name of a column, not a pattern ({PATTERN})", shown(value))
    return value


def _change(text: str) -> str:
    try:
        keys: Mapping[str, object] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidInput("set", f'must be TOML, as in times.zone = "UTC": {error}', shown(text)) from None
    if other := sorted(keys.keys() - CHANGEABLE):
        rule = f"must change {', '.join(sorted(CHANGEABLE))} and no other key of a layout"
        raise InvalidInput("set", rule, shown(other[0]))
    return text


def _choose(field: str, value: str | None, choices: list[str] | tuple[str, ...]) -> None:
    if value is not None and value not in choices:
        raise InvalidInput(field, f"must be one of {', '.join(choices)}", shown(value))


def _flag(field: str, value: str | None) -> bool:
    if value not in {None, "true", "false"}:
        raise InvalidInput(field, "must be true or false", shown(value))
    return value == "true"


def _time(value: str) -> datetime:
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        raise InvalidInput("start", "must be a time in ISO 8601, as in 2026-03-01T08:00:00Z", shown(value)) from None
