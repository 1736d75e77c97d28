"""Cells of answer files: times, numbers, tags and missing values, whichever way data sets write them."""

import ast
import json
import math
import re
import warnings
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from graph_api.domain.answers.answers import Difficulty, in_utc
from graph_api.domain.failures import InvalidInput, shown

NO_VALUES = frozenset({".", "NA", "N/A", "#N/A", "nan", "NaN", "None", "null", "NULL", "\\N", "{}"})
"""Cells that stand for no value, besides empty ones."""

TRUE, FALSE = frozenset({"true", "yes", "t", "y", "correct"}), frozenset({"false", "no", "f", "n", "incorrect", "hint"})
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECONDS = {"s": 1_000_000, "ms": 1_000, "us": 1}
"""Units of numbers that are times: microseconds in each."""

_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_SEVERAL = re.compile(r"~~|(?<=\S);(?=\S)")
_ITEM = r"""(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[+-]?\d+(?:\.\d+)?|None|nan|NaN|null)"""
_PYTHON_LIST = re.compile(rf"\[\s*(?:{_ITEM}(?:\s*,\s*{_ITEM})*\s*,?\s*)?\]", re.ASCII)
_LARGEST_TIME = 1e20


@dataclass(frozen=True, slots=True)
class CellRules:
    """How the cells of a file are read.

    tag_separator: splits a cell of concepts or skills; "" means that a cell is one tag; None that a cell which looks
    like several is rejected. time_unit: what numbers in the time column count since 1970 (UTC); None refuses numbers.
    time_zone: the zone of times without an offset; None refuses them. time_zone_column: the column that names the zone
    of each row. time_formats: forms of times before ISO 8601, as in `%d.%m.%Y %H:%M`. time_since_start: whether numbers
    in the time column count from the start that the caller chooses, and not from 1970. decimal_comma: whether the comma
    is the decimal point. response_time_unit: the unit of response times. no_values: cells that stand for no value.
    """

    tag_separator: str | None = None
    time_unit: str | None = None
    time_zone: tzinfo | None = None
    time_zone_column: str | None = None
    time_formats: tuple[str, ...] = ()
    time_since_start: bool = False
    decimal_comma: bool = False
    response_time_unit: str = "s"
    no_values: frozenset[str] = NO_VALUES

    def value(self, cell: str) -> str | None:
        """The cell without outer spaces; None if it stands for no value.

        >>> CellRules().value(" a "), CellRules().value("."), CellRules(no_values=frozenset()).value(".")
        ('a', None, '.')
        """
        text = cell.strip()
        return None if not text or text in self.no_values else text

    def text(self, text: str, _column: str) -> str:
        """The text of a cell, as it is."""
        return text

    def difficulty(self, text: str, column: str) -> Difficulty:
        """A difficulty, in upper or lower case.

        Raises:
            InvalidInput: there is no such difficulty.
        """
        try:
            return Difficulty(text.upper())
        except ValueError:
            raise InvalidInput(column, f"must be {', '.join(Difficulty)} or empty", shown(text)) from None

    def number(self, text: str, column: str) -> float:
        """A finite number.

        Raises:
            InvalidInput: naming the column and the cell.

        >>> CellRules(decimal_comma=True).number("12,5", "secs")
        12.5
        """
        plain = text.replace(",", ".") if self.decimal_comma and "." not in text else text
        if not _NUMBER.fullmatch(plain):
            hint = "; use --decimal-comma if the comma is the decimal point" if "," in text else ""
            raise InvalidInput(column, f"must be a finite number{hint}", shown(text))
        value = float(plain)
        if not math.isfinite(value):
            raise InvalidInput(column, "must be a finite number", shown(text))
        return value

    def whole(self, text: str, column: str) -> int:
        """A whole number.

        Raises:
            InvalidInput: naming the column and the cell.

        >>> CellRules().whole("2.0", "Attempt At Step")
        2
        """
        value = self.number(text, column)
        if not value.is_integer():
            raise InvalidInput(column, "must be a whole number", shown(text))
        return int(value)

    def correct(self, text: str, column: str) -> bool:
        """Whether an answer is correct. A request for a hint, as tutors log it, is not.

        Raises:
            InvalidInput: the cell is neither 1 nor 0, true nor false.

        >>> CellRules().correct("TRUE", "ok"), CellRules().correct("0.0", "ok")
        (True, False)
        """
        if text.lower() in TRUE:
            return True
        if text.lower() in FALSE:
            return False
        plain = text.replace(",", ".") if self.decimal_comma else text
        if _NUMBER.fullmatch(plain) and float(plain) in (0, 1):
            return float(plain) == 1
        raise InvalidInput(column, "must be 1 or 0, true or false", shown(text))

    def response_time(self, text: str, column: str) -> float:
        """Seconds.

        Raises:
            InvalidInput: the cell is not a number.

        >>> CellRules(response_time_unit="ms").response_time("38500", "elapsed")
        38.5
        """
        per_second = MICROSECONDS["s"] // MICROSECONDS[self.response_time_unit]
        return self.number(text, column) / per_second

    def time(self, text: str, column: str, zone: tzinfo | None = None, start: datetime = EPOCH) -> datetime:
        """A time in UTC. `zone` is that of the row; `start` is what numbers count from.

        Raises:
            InvalidInput: the cell is not a time; or it is a number or has no offset, and no rule defines its meaning.

        >>> CellRules(time_unit="ms").time("1565096190868", "timestamp").isoformat()
        '2019-08-06T12:56:30.868000+00:00'
        """
        if self.time_unit is not None:
            value = self.number(text, column)
            try:
                if abs(value) < _LARGEST_TIME:
                    exact = Decimal(text.replace(",", ".") if self.decimal_comma else text)
                    return start + timedelta(microseconds=int(exact * MICROSECONDS[self.time_unit]))
            except OverflowError:
                pass
            rule = f"must lie in the years 1 to 9999, read as {self.time_unit} since {start:%Y}"
            raise InvalidInput(column, rule, shown(text))
        if _NUMBER.fullmatch(text):
            rule = "must be a time, not a number: use --time-unit s, ms or us if it counts from 1970, or --order"
            raise InvalidInput(column, rule, shown(text))
        moment = self._moment(text, column)
        if moment.tzinfo is None:
            if (known := zone or self.time_zone) is None:
                rule = "must have an offset, as in 2026-01-31T09:30:00Z; or use --time-zone"
                raise InvalidInput(column, rule, shown(text))
            moment = moment.replace(tzinfo=known)
        return in_utc(moment, column)

    def _moment(self, text: str, column: str) -> datetime:
        for form in self.time_formats:
            try:
                return datetime.strptime(text, form)  # noqa: DTZ007 - the zone follows
            except ValueError:
                continue
        try:
            return datetime.fromisoformat(text.removesuffix(" UTC") + ("Z" if text.endswith(" UTC") else ""))
        except ValueError:
            forms = f", or have the form {' or '.join(self.time_formats)}" if self.time_formats else ""
            rule = f"must be a time in ISO 8601, as in 2026-01-31T09:30:00Z{forms}"
            raise InvalidInput(column, rule, shown(text)) from None

    def tags(self, cell: str, column: str) -> list[str]:
        """The concepts or skills that a cell names: one, a list as JSON or Python write it, or split at the separator.

        Raises:
            InvalidInput: the cell is a list of something else, or looks like several tags and no separator is given.

        >>> CellRules().tags("['Add', 'Sub', None]", "skill"), CellRules(tag_separator="~~").tags("Add~~Sub", "skill")
        (['Add', 'Sub'], ['Add', 'Sub'])
        """
        text = self.value(cell)
        if text is None:
            return []
        if text.startswith("[") and text.endswith("]"):
            items = _list(text, column)
        elif text.startswith("{") and text.endswith("}"):
            raise InvalidInput(column, "must be one id, or a list of them", shown(text))
        elif self.tag_separator:
            items = text.split(self.tag_separator)
        elif self.tag_separator is None and (several := _SEVERAL.search(text)):
            rule = f"seems to hold several: use --tag-separator '{several[0]}', or --tag-separator '' if it is one"
            raise InvalidInput(column, rule, shown(text))
        else:
            items = [text]
        return [value for item in items if (value := self.value(item)) is not None]


def _list(text: str, column: str) -> list[str]:
    try:
        items = json.loads(text)
    except (ValueError, RecursionError):
        items = _python_list(text)
    if isinstance(items, list):
        texts = [_text(item) for item in items if item is not None]
        if None not in texts:
            return [each for each in texts if each is not None]
    raise InvalidInput(column, 'must be one id, or a list of ids as in ["a", "b"]', shown(text))


def _text(item: Any) -> str | None:  # noqa: ANN401 - whatever JSON holds
    """A list's item as an id; None if it cannot be one."""
    if isinstance(item, str):
        return item
    if isinstance(item, bool) or not isinstance(item, int | float):
        return None
    if isinstance(item, float):
        if math.isnan(item):
            return ""
        return str(int(item)) if item.is_integer() else str(item) if math.isfinite(item) else None
    return str(item)


def _python_list(text: str) -> list[str | None] | None:
    """The items of a list as Python prints it; None if the text is no such list. A missing comma joins nothing."""
    if not _PYTHON_LIST.fullmatch(text):
        return None
    items: list[str | None] = []
    for item in re.findall(_ITEM, text, re.ASCII):
        if item[0] not in "'\"":
            items.append(None if item in {"None", "nan", "NaN", "null"} else item)
        elif "\\" not in item:
            items.append(item[1:-1])
        else:
            try:
                with warnings.catch_warnings(action="ignore"):
                    items.append(ast.literal_eval(item))
            except (ValueError, SyntaxError):
                return None
    return items


@lru_cache(maxsize=256)
def zone_of(name: str, column: str) -> ZoneInfo:
    """The time zone that a cell names.

    Raises:
        InvalidInput: there is no such zone.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        rule = "must name a time zone, as in UTC or Europe/Berlin; --time-zone gives one for all rows"
        raise InvalidInput(column, rule, shown(name)) from None


DEFAULT_RULES = CellRules()
