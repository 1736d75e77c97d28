"""A reader who meets a level that is just being written reads again; a level that is stored invalid stays so."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from graph_api.domain.answers.answers import AnswerInput
from graph_api.domain.targets import TargetKind
from graph_api.store import class_pages, masteries
from graph_api.store.gateway import Gateway, Transaction
from graph_api.usecases.answers.answer_intake import AnswerIntake
from tests.conftest import NOW, Ask

Read = Callable[[Transaction], Awaitable[Any]]

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


def without_level(row: Any) -> Any:
    """The row as it is while its level is being written."""
    if "levels" in row:
        return row | {"levels": [-1.0 for _ in row["levels"]]}
    if "masteries" in row:
        return row | {"masteries": [[*each[:2], None, *each[3:]] for each in row["masteries"]]}
    return row | {"level": None, "parameter_set_id": None} if "level" in row else row


@pytest.fixture
async def answered(course: None, intake: AnswerIntake) -> None:
    await intake.submit([AnswerInput("anna", correct=True, concept_ids=["dative"], at=NOW)])


@pytest.mark.usefixtures("answered")
@pytest.mark.parametrize("read", READS)
@pytest.mark.parametrize("alone", [True, False], ids=["alone", "in a transaction"])
async def test_a_level_that_is_being_written_is_read_again(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch, read: str, *, alone: bool
) -> None:
    run = gateway.read_one if alone else gateway.read
    expected = await run(READS[read])
    fetch, runs = Transaction._fetch, []

    async def fetch_early(self: Transaction, name: str, /, **params: object) -> list[Any]:
        runs.append(name)
        rows = await fetch(self, name, **params)
        return list(map(without_level, rows)) if len(runs) == 1 else rows

    monkeypatch.setattr(Transaction, "_fetch", fetch_early)

    assert await run(READS[read]) == expected
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
