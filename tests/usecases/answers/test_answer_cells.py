"""Cells of answer files: values as data sets write them, and values that must be refused by name."""

import json
import math
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_api.domain.failures import InvalidInput
from graph_api.domain.text import CODE_LENGTH
from graph_api.usecases.answers.answer_cells import NO_VALUES, CellRules
from graph_api.usecases.answers.derived_times import FIRST_TIME, time_of_order
from graph_api.usecases.answers.skill_names import skill_code

RULES = CellRules()
TAGS = st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=20).filter(
    lambda tag: tag not in NO_VALUES
)


@pytest.mark.parametrize(
    "cell", [*sorted(NO_VALUES), "", "  ", "[]", "[null]", "[None]", "[nan]", "['nan', None]", '["", "."]']
)
def test_no_value_is_never_a_tag(cell: str) -> None:
    assert RULES.tags(cell, "skill") == []


@pytest.mark.parametrize(
    "cell",
    ['[["x"]]', '[{"a": 1}]', "{'a': 1}", '{"a"}', "[true]", "['Add' 'Sub']", "[Add, Sub]", "[1e999]", "[" * 50_000 + "]",
     "a~~b", "24;26;182", "['\\N{nope}']"],
)  # fmt: skip
def test_what_is_no_tag_is_refused_by_name(cell: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        RULES.tags(cell, "skill")
    assert caught.value.field == "skill"


@given(st.lists(TAGS, max_size=6))
def test_lists_are_read_as_json_and_python_write_them(tags: list[str]) -> None:
    for cell in (json.dumps(tags), json.dumps(tags, ensure_ascii=False), repr(tags)):
        assert RULES.tags(cell, "skill") == tags


@given(st.lists(TAGS, min_size=1, max_size=6), st.sampled_from(["~~", ";", "|", ", "]))
def test_cells_are_split_only_at_the_separator(tags: list[str], separator: str) -> None:
    cell = separator.join(tags)
    if (cell[0], cell[-1]) in {("[", "]"), ("{", "}")}:
        return
    expected = [value for part in cell.split(separator) if (value := RULES.value(part))]
    assert CellRules(tag_separator=separator).tags(cell, "skill") == expected
    assert CellRules(tag_separator="").tags(cell, "skill") == [cell] if RULES.value(cell) else []


@pytest.mark.parametrize(
    "cell", ["inf", "-inf", "nan", "1e999", "1_000", "\u0661", "0x10", "12,5", "1 000", "Infinity", "--1", ""]
)
def test_numbers_that_are_not_finite_are_refused(cell: str) -> None:
    with pytest.raises(InvalidInput, match="n: must be a finite number"):
        RULES.number(cell, "n")


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_any_finite_number_is_read(value: float) -> None:
    assert RULES.number(repr(value), "n") == value
    assert RULES.response_time(repr(value), "n") == value  # to the same digits
    assert CellRules(decimal_comma=True).number(repr(value).replace(".", ","), "n") == value


@pytest.mark.parametrize(
    ("unit", "cell", "moment"),
    [
        ("s", "1565096190", "2019-08-06T12:56:30+00:00"),
        ("s", "1565096190.25", "2019-08-06T12:56:30.250000+00:00"),
        ("ms", "1565096190868", "2019-08-06T12:56:30.868000+00:00"),
        ("us", "1420714810324490", "2015-01-08T11:00:10.324490+00:00"),
    ],
)
def test_numbers_are_times_only_under_a_unit(unit: str, cell: str, moment: str) -> None:
    assert CellRules(time_unit=unit).time(cell, "t").isoformat() == moment
    with pytest.raises(InvalidInput, match="use --time-unit"):
        RULES.time(cell, "t")


@pytest.mark.parametrize("cell", ["1e999", "nan", "9" * 400, "1e19", "-1e17", "1e999999999", "x"])
@pytest.mark.parametrize("unit", ["s", "ms", "us"])
def test_times_out_of_range_are_refused(unit: str, cell: str) -> None:
    with pytest.raises(InvalidInput, match=r"^t: must"):
        CellRules(time_unit=unit).time(cell, "t")


def test_times_without_an_offset_need_a_zone() -> None:
    for cell in ("2019-11-29 19:47:00.000", "2006-10-26 09:51:58.0"):
        with pytest.raises(InvalidInput, match=r"must have an offset.*--time-zone"):
            RULES.time(cell, "t")
    berlin = CellRules(time_zone=ZoneInfo("Europe/Berlin"))
    assert berlin.time("2019-07-29 19:47:00", "t").isoformat() == "2019-07-29T17:47:00+00:00"
    assert berlin.time("2019-07-29 19:47:00Z", "t").isoformat() == "2019-07-29T19:47:00+00:00"
    assert RULES.time("2015-01-08 11:00:10 UTC", "t").isoformat() == "2015-01-08T11:00:10+00:00"


@pytest.mark.parametrize("cell", ["-1", "0.5", "2", "maybe", "nan", "CORRECT?"])
def test_outcomes_are_correct_or_incorrect(cell: str) -> None:
    with pytest.raises(InvalidInput, match=r"^ok: must be 1 or 0, true or false"):
        RULES.correct(cell, "ok")
    for text in ("1", "1.0", "TRUE", "True", "CORRECT", "yes", "1.00"):
        assert RULES.correct(text, "ok") is True
    for text in ("0", "0.0", "FALSE", "INCORRECT", "-0"):
        assert RULES.correct(text, "ok") is False


NAMES = st.text(st.characters(categories=["L", "N", "P", "Zs"], include_characters=" "), min_size=1, max_size=80).map(
    lambda text: text.strip() or "x"
).filter(str.isprintable)  # fmt: skip


@given(st.lists(NAMES, min_size=2, max_size=30, unique=True), st.text("abc-", max_size=30))
def test_names_have_codes_of_their_own(names: list[str], prefix: str) -> None:
    codes = [skill_code(name, prefix, "skill") for name in names]
    assert all(len(code) <= CODE_LENGTH and code.startswith(prefix) for code in codes)
    assert len(set(codes)) == len(names)
    assert codes == [skill_code(name, prefix, "skill") for name in names]


FINITE = st.floats(allow_nan=False, allow_infinity=False) | st.integers(0, 2**63).map(float)


@given(FINITE, FINITE)
def test_any_finite_order_gives_times_in_its_order(first: float, second: float) -> None:
    low, high = sorted([first, second])
    assert time_of_order(low, FIRST_TIME) <= time_of_order(high, FIRST_TIME)
    assert datetime(1976, 1, 1, tzinfo=UTC) < time_of_order(low, FIRST_TIME) < datetime(2024, 1, 1, tzinfo=UTC)


@given(st.integers(0, 400_000_000), st.integers(1_000_000_000_000, 9_000_000_000_000))
def test_small_orders_are_seconds_and_clocks_in_milliseconds_stay_distinct(small: int, clock: int) -> None:
    assert time_of_order(small, FIRST_TIME) == FIRST_TIME + timedelta(seconds=small)
    assert time_of_order(clock, FIRST_TIME) < time_of_order(clock + 1, FIRST_TIME)
    assert math.isfinite(time_of_order(clock, FIRST_TIME).timestamp())
