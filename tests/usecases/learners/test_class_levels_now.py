"""The levels of a class in memory are the stored ones after every change, and are read only for those who changed."""

import random
from collections import deque
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from graph_api.domain.answers.answers import AnswerInput
from graph_api.domain.learners.class_levels import ClassLevels
from graph_api.domain.learners.people import Student
from graph_api.domain.targets import TargetKind
from graph_api.store.gateway import Gateway
from graph_api.usecases.answers.answer_intake import AnswerIntake
from graph_api.usecases.learners.analyse_course import read_group_levels
from graph_api.usecases.learners.class_levels_now import CELL_BYTES, ClassLevelsNow, ClassOf
from graph_api.usecases.learners.edit_people import upsert_students
from graph_api.usecases.operations.back_up import back_up, restore
from graph_api.usecases.operations.erase_students import erase_student
from tests.conftest import NOW, Ask
from tests.usecases.learners.changed_class import (
    IDS,
    KEYS,
    Change,
    changes_of,
    check_after_each,
    read_head,
    write_class,
)

LEVELS = "mastery/list_levels_of_students_on_concepts"


@pytest.fixture
async def classroom(course: None, gateway: Gateway, intake: AnswerIntake) -> None:
    await write_class(gateway, intake)


async def read_now(
    classes: ClassLevelsNow, gateway: Gateway, kind: TargetKind = TargetKind.CONCEPT, keys: Sequence[str] = KEYS
) -> ClassLevels:
    head = await read_head(gateway)
    assert head.versions is not None
    return await classes.read(gateway, ClassOf("class", kind, head.mark, head.versions), keys)


async def assert_is_stored(classes: ClassLevelsNow, gateway: Gateway) -> None:
    for kind, keys in ((TargetKind.CONCEPT, KEYS), (TargetKind.SKILL, ["cases", "grammar", "talk"])):
        stored = await gateway.read_one(partial(read_group_levels, group_id="class", kind=kind, keys=keys))
        levels = await read_now(classes, gateway, kind, keys)
        assert (list(levels.student_ids), levels.keys) == (list(stored.student_ids), stored.keys)
        np.testing.assert_array_equal(levels.level, stored.level)
        np.testing.assert_array_equal(levels.attempts, stored.attempts)


def change(rng: random.Random, gateway: Gateway, intake: AnswerIntake) -> Change:
    """A random change, which may be refused."""
    student_id, key = rng.choice(IDS), rng.choice(KEYS)
    answer = AnswerInput(student_id, correct=rng.random() < 0.5, concept_ids=[key], at=NOW)
    changes: list[Change] = [
        lambda: intake.submit([answer]),
        lambda: intake.submit([answer]),
        *changes_of(gateway, rng, student_id, key),
    ]
    return rng.choice(changes)


@pytest.mark.usefixtures("classroom")
@pytest.mark.parametrize("seed", range(3))
async def test_after_every_change_they_are_the_stored_levels(gateway: Gateway, intake: AnswerIntake, seed: int) -> None:
    """The levels in memory get no notice of changes: another process may write."""
    rng, classes = random.Random(seed), ClassLevelsNow(settling=0)
    await check_after_each(25, partial(change, rng, gateway, intake), partial(assert_is_stored, classes, gateway))


@pytest.mark.usefixtures("classroom")
async def test_only_members_who_have_changed_are_read(
    gateway: Gateway, intake: AnswerIntake, statements_sent: deque[str], raw: Ask
) -> None:
    classes = ClassLevelsNow(settling=0)
    first = await read_now(classes, gateway)
    statements_sent.clear()
    assert await read_now(classes, gateway) is first
    assert LEVELS not in statements_sent
    await raw("MATCH (:Student {id: 'ben'})-[m:HAS_MASTERY]->() SET m.level = 0.123")  # no revision rises
    await intake.submit([AnswerInput("anna", correct=False, concept_ids=["dative"], at=NOW)])
    statements_sent.clear()

    second = await read_now(classes, gateway)

    assert statements_sent.count(LEVELS) == 1
    assert second.level[0, 1] < first.level[0, 1]
    assert second.level[1, 1] == first.level[1, 1]


@pytest.mark.usefixtures("classroom")
async def test_what_is_read_just_after_a_change_is_read_once_more(
    gateway: Gateway, intake: AnswerIntake, statements_sent: deque[str]
) -> None:
    """The embedded engine may show a part of a commit before the rest."""
    now = [0.0]
    classes = ClassLevelsNow(clock=lambda: now[0], settling=0.5)
    for seconds, reads in ((0.0, 1), (0.4, 1), (0.6, 1), (0.7, 0), (100.0, 0)):
        now[0] = seconds
        statements_sent.clear()
        await read_now(classes, gateway)
        assert statements_sent.count(LEVELS) == reads, seconds


@pytest.mark.usefixtures("classroom")
async def test_a_restored_class_is_read_again(gateway: Gateway, intake: AnswerIntake, tmp_path: Path) -> None:
    """The restored students may have the revisions of those before, with other levels."""
    classes, path = ClassLevelsNow(settling=0), tmp_path / "b.gz"
    await back_up(gateway, path, NOW, lambda *_: None)
    await intake.submit([AnswerInput("anna", correct=False, concept_ids=["dative"], at=NOW)])
    await assert_is_stored(classes, gateway)
    await restore(gateway, path, replace=True, on_progress=lambda *_: None)
    await intake.submit([AnswerInput("anna", correct=True, concept_ids=["dative"], at=NOW)])

    await assert_is_stored(classes, gateway)


@pytest.mark.usefixtures("classroom")
async def test_an_erased_student_is_forgotten_at_once(gateway: Gateway) -> None:
    classes = ClassLevelsNow(settling=0)
    await read_now(classes, gateway)
    before, gateway.on_change = gateway.on_change, classes.forget
    try:
        await upsert_students(gateway, [Student("anna", name="Anna")], NOW)
        assert classes.bytes == 3 * len(KEYS) * CELL_BYTES
        await erase_student(gateway, "anna")
        assert classes.bytes == 0
    finally:
        gateway.on_change = before


@pytest.mark.usefixtures("classroom")
async def test_memory_has_a_bound_and_unused_classes_are_dropped(gateway: Gateway) -> None:
    now = [0.0]
    small = ClassLevelsNow(len(KEYS) * 3 * CELL_BYTES - 1, settling=0)
    await read_now(small, gateway)
    assert small.bytes == 0  # the class is larger than the bound
    classes = ClassLevelsNow(len(KEYS) * 3 * CELL_BYTES, clock=lambda: now[0], settling=0)
    await read_now(classes, gateway)
    await read_now(classes, gateway, TargetKind.SKILL, ["cases"])
    assert classes.bytes == 3 * CELL_BYTES  # the class on concepts was requested before
    now[0] = 1_000.0
    await read_now(classes, gateway)
    assert classes.bytes == len(KEYS) * 3 * CELL_BYTES


@pytest.mark.usefixtures("classroom")
async def test_no_request_can_change_them(gateway: Gateway) -> None:
    levels = await read_now(ClassLevelsNow(settling=0), gateway)

    with pytest.raises(ValueError, match="read-only"):
        levels.level[0, 0] = 1.0
