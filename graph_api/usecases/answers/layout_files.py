"""Layouts from TOML files, one per layout in seeds/layouts: read and checked, with each part that a flag replaces."""

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from graph_api.domain.failures import InvalidInput, shown
from graph_api.store.packaged import packaged
from graph_api.usecases.answers.answer_cells import MICROSECONDS, NO_VALUES, CellRules
from graph_api.usecases.answers.answer_columns import COLUMNS
from graph_api.usecases.answers.answer_layouts import PATTERN, Layout
from graph_api.usecases.answers.layout_parts import (
    FileNamePart,
    FileText,
    Join,
    LayoutParts,
    LeaveOut,
    OutcomeRule,
    Sequences,
    Signs,
    Wide,
)
from graph_api.usecases.csv_records import DELIMITERS

SUFFIX = ".toml"


def layout_names() -> list[str]:
    """The names of the layouts that come with the service."""
    return sorted(path.stem for path in _folder().glob(f"*{SUFFIX}"))


@cache
def layouts() -> dict[str, Layout]:
    """The layouts that come with the service, by name."""
    return {path.stem: read_layout(path) for path in sorted(_folder().glob(f"*{SUFFIX}"))}


def read_layout(path: Path, changes: Sequence[str] = ()) -> Layout:
    """A layout from its file. `changes` replace keys, each as in `times.zone = "UTC"`.

    Raises:
        InvalidInput: naming the key, the rule and the value.
        OSError: the file cannot be opened.
    """
    return layout_of(_parsed(path.read_text(encoding="utf-8"), path.name), path.stem, changes)


def find_layout(name: str, changes: Sequence[str] = ()) -> Layout:
    """A layout by its name, or by the path of a file, with changes.

    Raises:
        InvalidInput: there is no such layout, or a key is invalid.
    """
    if name in layout_names():
        return read_layout(_folder() / f"{name}{SUFFIX}", changes)
    path = Path(name)
    if path.suffix == SUFFIX and path.is_file():
        return read_layout(path, changes)
    raise InvalidInput("layout", f"must be one of {', '.join(layout_names())}, or a file that ends with {SUFFIX}", name)


def layout_of(keys: Mapping[str, Any], name: str, changes: Sequence[str] = ()) -> Layout:
    """A layout from the keys of its file.

    Raises:
        InvalidInput: naming the key, the rule and the value.
    """
    merged = {key: dict(value) if isinstance(value, dict) else value for key, value in keys.items()}
    for change in changes:
        for key, value in _parsed(change, change).items():
            table = merged.get(key)
            merged[key] = {**table, **value} if isinstance(table, dict) and isinstance(value, dict) else value
    table = _Table(merged, "")
    columns = _columns(table.table("columns"))
    layout = Layout(
        **columns,
        skill_prefix=(skills := table.table("skills")).text("prefix") or "",
        evidence_id=table.text("evidence"),
        required=table.texts("required"),
        parts=LayoutParts(
            name=name,
            title=table.text("title") or name,
            advice=table.text("advice"),
            file=_file(table.table("file")),
            signs=_signs(table.table("recognise")),
            cells=_cells(table, skills),
            outcome=_outcome(table.table("outcome")),
            leave_out=tuple(map(_leave_out, table.tables("leave_out"))),
            joins=tuple(map(_join, table.tables("join"))),
            sequences=_sequences(table.table("sequences")),
            wide=_wide(table.table("wide")),
            file_name=_file_name(table.table("file_name")),
            optional=frozenset(table.texts("optional")),
            offered=table.table("offered").all_texts(),
            drop_untagged=skills.choice("without", ("reject", "leave out")) == "leave out",
            create_skills=skills.flag("create"),
            one_skill=skills.text("one"),
            hint=table.table("hint").all_texts(),
        ),
    )
    skills.close()
    table.close()
    return layout


def _folder() -> Path:
    return packaged("seeds") / "layouts"


def _parsed(text: str, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidInput("layout", f'must be TOML, as in times.zone = "UTC": {error}', shown(name)) from None


class _Table:
    """A table of a layout file: each key is taken once, and `close` finds those that nothing reads."""

    def __init__(self, keys: Mapping[str, Any], path: str) -> None:
        self._keys, self._path, self._taken = keys, path, set[str]()

    def __bool__(self) -> bool:
        return bool(self._keys)

    def close(self) -> None:
        """Check that every key was taken."""
        if unknown := self._keys.keys() - self._taken:
            raise InvalidInput(self._name(min(unknown)), f"is no key of a layout; keys here: {self._known()}")

    def text(self, key: str, *, required: bool = False) -> str | None:
        value = self._take(key)
        if value is None and required:
            raise InvalidInput(self._name(key), "must be stated")
        return value if value is None else self._checked(key, value, str, "text")

    def needed(self, key: str) -> str:
        return self.text(key, required=True) or ""

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts, or one text."""
        value = self._take(key)
        if value is None:
            return ()
        items = value if isinstance(value, list) else [value]
        return tuple(self._checked(key, str(item) if isinstance(item, int) else item, str, "texts") for item in items)

    def flag(self, key: str) -> bool:
        value = self._take(key)
        return False if value is None else self._checked(key, value, bool, "true or false")

    def number(self, key: str, default: float) -> float:
        value = self._take(key)
        return default if value is None else float(self._checked(key, value, int | float, "a number"))

    def choice(self, key: str, choices: Sequence[str]) -> str | None:
        value = self.text(key)
        if value is not None and value not in choices:
            raise InvalidInput(self._name(key), f"must be {' or '.join(choices)}", value)
        return value

    def pattern(self, key: str) -> str | None:
        if (value := self.text(key)) is not None:
            try:
                re.compile(value)
            except re.error as error:
                raise InvalidInput(self._name(key), f"must be a regular expression: {error}", shown(value)) from None
        return value

    def table(self, key: str) -> "_Table":
        value = self._take(key)
        return _Table({} if value is None else self._checked(key, value, dict, "a table"), self._name(key))

    def tables(self, key: str) -> list["_Table"]:
        items = self._take(key)
        rows = self._checked(key, [] if items is None else items, list, "a list of tables")
        return [_Table(self._checked(key, row, dict, "a table"), self._name(key)) for row in rows]

    def all_texts(self) -> dict[str, str]:
        return {key: self.needed(key) for key in self._keys}

    def all_names(self) -> dict[str, tuple[str, ...]]:
        return {key: self.texts(key) for key in self._keys}

    def name_of(self, key: str) -> str:
        return self._name(key)

    def _take(self, key: str) -> Any:  # noqa: ANN401 - of any type
        self._taken.add(key)
        return self._keys.get(key)

    def _name(self, key: str) -> str:
        return f"{self._path}.{key}" if self._path else key

    def _known(self) -> str:
        return ", ".join(sorted(self._taken))

    def _checked(self, key: str, value: Any, kind: Any, words: str) -> Any:  # noqa: ANN401
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise InvalidInput(self._name(key), f"must be {words}", shown(repr(value)))
        return value


def _closed(make: Callable[[_Table], Any]) -> Callable[[_Table], Any]:
    """Check after a part is made that every key of its table was read."""

    def closing(table: _Table) -> Any:  # noqa: ANN401
        part = make(table)
        table.close()
        return part

    return closing


def _columns(table: _Table) -> dict[str, Any]:
    names = table.all_names()
    if unknown := names.keys() - COLUMNS.keys():
        rule = f"is no column of answers: {', '.join(COLUMNS)}"
        raise InvalidInput(table.name_of(min(unknown)), rule)
    for key, alternatives in names.items():
        for name in alternatives:
            if name.startswith(PATTERN):
                _Table({key: name.removeprefix(PATTERN)}, "columns").pattern(key)
    return {key: alternatives or None for key, alternatives in names.items()}


@_closed
def _file(table: _Table) -> FileText:
    delimiter = table.text("delimiter")
    return FileText(
        delimiter=DELIMITERS.get(delimiter or "", delimiter),
        encoding=table.text("encoding"),
        second_encoding=table.text("second_encoding"),
        names=table.texts("names"),
    )


@_closed
def _signs(table: _Table) -> Signs:
    columns = table._take("columns") or []  # noqa: SLF001 - a list of names or of alternatives
    return Signs(
        tuple((each,) if isinstance(each, str) else tuple(each) for each in columns),
        table.texts("without"),
        table.pattern("line"),
    )


def _cells(table: _Table, skills: _Table) -> CellRules:
    cells, times = table.table("cells"), table.table("times")
    rules = CellRules(
        tag_separator=skills.text("separator"),
        time_unit=times.choice("unit", tuple(MICROSECONDS)),
        time_zone=_zone(times),
        time_zone_column=times.text("zone_column"),
        time_formats=times.texts("formats"),
        time_since_start=times.choice("since", ("1970", "start")) == "start",
        response_time_unit=times.choice("response_unit", tuple(MICROSECONDS)) or "s",
        decimal_comma=cells.flag("decimal_comma"),
        no_values=NO_VALUES | frozenset(cells.texts("no_value")),
    )
    cells.close()
    times.close()
    return rules


def _zone(times: _Table) -> ZoneInfo | None:
    name = times.text("zone")
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InvalidInput("times.zone", "must name a time zone, as in UTC or Europe/Berlin", name or "") from None


@_closed
def _outcome(table: _Table) -> OutcomeRule:
    correct = table.texts("correct")
    out_of = table._take("out_of")  # noqa: SLF001 - a name or a number
    return OutcomeRule(
        correct=tuple(word.lower() for word in correct) or None,
        incorrect=tuple(word.lower() for word in table.texts("incorrect")),
        key=table.text("key"),
        points=table.flag("points"),
        out_of="1" if out_of is None else str(out_of),
        pass_mark=table.number("pass_mark", 1.0),
    )


@_closed
def _leave_out(table: _Table) -> LeaveOut:
    return LeaveOut(
        column=table.needed("column"),
        reason=table.needed("reason"),
        values=table.texts("values"),
        unless=table.texts("unless"),
        empty=table.flag("empty"),
    )


@_closed
def _join(table: _Table) -> Join:
    return Join(
        files=table.texts("files"),
        on=table.needed("on"),
        key=table.needed("key"),
        columns=table.texts("columns"),
        required=table.choice("required", ("yes", "no")) != "no",
    )


@_closed
def _sequences(table: _Table) -> Sequences | None:
    if not table:
        return None
    return Sequences(
        columns=table.texts("columns"),
        separator=table.text("separator") or ",",
        padding=table.text("padding") or "-1",
        repeat=table.text("repeat"),
    )


@_closed
def _wide(table: _Table) -> Wide | None:
    return Wide(table.pattern("pattern") or "", table.texts("no_answer") or ("-",)) if table else None


@_closed
def _file_name(table: _Table) -> FileNamePart | None:
    return FileNamePart(table.needed("column"), table.pattern("pattern") or "") if table else None
