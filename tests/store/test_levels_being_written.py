"""A reader who meets a mastery that is just being written reads again; one that is stored invalid stays so."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from graph_api.domain.answers.answers import AnswerInput
from graph_api.domain.learners.level_lists import LevelFilter, LevelOrder, OrderBy
from graph_api.domain.learners.mastery import Thresholds
from graph_api.domain.learners.people import Group, Student
from graph_api.domain.parameters.parameter_sets import DEFAULTS
from graph_api.domain.targets import TargetKind, concept
from graph_api.store import class_pages, level_histories, masteries, target_masteries
from graph_api.store.gateway import Gateway, Transaction
from graph_api.usecases.answers.answer_intake import AnswerIntake
from graph_api.usecases.learners.edit_people import upsert_group, upsert_students
from tests.conftest import NOW, Ask

Read = Callable[[Transaction], Awaitable[Any]]
SET = DEFAULTS[TargetKind.CONCEPT].id

READS: dict[str, Read] = {
    "masteries of students": lambda tx: masteries.read_of_students(tx, ["anna"]),
    "changed masteries": lambda tx: masteries.read_changed(tx, ["anna"], NOW - timedelta(days=9)),
    "lists of levels": lambda tx: masteries.read_shown(tx, [("anna", TargetKind.CONCEPT)]),
    "levels of all": masteries.read_levels_of_all,
    "a student with all masteries": lambda tx: class_pages.read_student_head(
        tx, "anna", class_pages.Shown(masteries=True)
    ),
    "a student's page": lambda tx: class_pages.read_student_pages(tx, ["anna"], TargetKind.CONCEPT),
}
WHOLE_READS: dict[str, Read] = {
    **{name: READS[name] for name in ("masteries of students", "changed masteries", "a student with all masteries")},
    "masteries of a target": lambda tx: target_masteries.read_page(
        tx, [concept("dative")], group_id=None, matching=LevelFilter(), thresholds=Thresholds(),
        order=LevelOrder(OrderBy.STUDENT), after=None, limit=9,
    ),
    "masteries of a group on a target": lambda tx: target_masteries.read_of_group(
        tx, [concept("dative")], group_id="g", most=9
    ),
    "answers behind the levels of a group": lambda tx: level_histories.read_of_group(tx, "g", TargetKind.CONCEPT, 1),
}  # fmt: skip
"""Reads of all that a mastery has."""


def without_level(row: Any) -> Any:
    """The row as it is while its level is being written."""
    if "levels" in row:
        return row | {"levels": [-1.0 for _ in row["levels"]]}
    if "masteries" in row:
        return row | {"masteries": [[*each[:2], None, *each[3:]] for each in row["masteries"]]}
    return row | {"level": None, "parameter_set_id": None} if "level" in row else row


def without_set(row: Any) -> Any:
    """The row as it is while its parameter set, whose name has another length, is being written."""
    if isinstance(row, dict):
        return {name: None if name == "parameter_set_id" else without_set(value) for name, value in row.items()}
    if isinstance(row, list):
        return [None if value == SET else without_set(value) for value in row]
    return row


@pytest.fixture
async def answered(course: None, gateway: Gateway, intake: AnswerIntake) -> None:
    await upsert_students(gateway, [Student("anna", "Anna")], NOW)
    await upsert_group(gateway, Group("g", "Class", ["anna"], []), NOW)
    await intake.submit([AnswerInput("anna", correct=True, concept_ids=["dative"], at=NOW)])


@pytest.mark.usefixtures("answered")
@pytest.mark.parametrize("read", READS)
@pytest.mark.parametrize("alone", [True, False], ids=["alone", "in a transaction"])
async def test_a_level_that_is_being_written_is_read_again(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch, read: str, *, alone: bool
) -> None:
    await look_too_early(gateway.read_one if alone else gateway.read, READS[read], without_level, monkeypatch)


@pytest.mark.usefixtures("answered")
@pytest.mark.parametrize("read", WHOLE_READS)
async def test_a_mastery_that_has_no_parameter_set_yet_is_read_again(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch, read: str
) -> None:
    await look_too_early(gateway.read, WHOLE_READS[read], without_set, monkeypatch)


async def look_too_early(
    run: Callable[[Read], Awaitable[Any]], read: Read, torn: Callable[[Any], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Read while a mastery is being written, and check that the rows of a second read are returned."""
    expected = await run(read)
    fetch, runs = Transaction._fetch, []

    async def fetch_early(self: Transaction, name: str, /, **params: object) -> list[Any]:
        runs.append(name)
        rows = await fetch(self, name, **params)
        return list(map(torn, rows)) if len(runs) == 1 else rows

    monkeypatch.setattr(Transaction, "_fetch", fetch_early)

    assert await run(read) == expected
    assert len(runs) == 2


@pytest.mark.usefixtures("answered")
async def test_a_level_that_is_stored_invalid_is_read_twice_and_left_out(
    gateway: Gateway, raw: Ask, statements_sent: Any
) -> None:
    await raw("MATCH (:Student {id: 'anna'})-[m:HAS_MASTERY]->(:Concept {id: 'dative'}) SET m.level = 7.0")
    statements_sent.clear()

    (levels,) = await gateway.read(masteries.read_levels_of_all)

    assert list(levels.levels) == []
    assert list(statements_sent) == ["mastery/list_levels_of_all"] * 2
    with pytest.raises(ValueError, match="run graph-api doctor"):
        await gateway.read(READS["masteries of students"])
