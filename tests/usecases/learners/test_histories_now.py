"""The past of a class in memory is the stored one after every change, and is read only for those who changed."""

import random
from collections import deque
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, timedelta
from functools import partial
from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest

from graph_api.domain.answers.answers import AnswerInput
from graph_api.domain.course.course import Concept
from graph_api.domain.learners.activity import AnswerColumns, SessionColumns, sum_activity, sum_class
from graph_api.domain.learners.class_levels import ClassLevels
from graph_api.domain.learners.judgements import JudgementKind, NewJudgement
from graph_api.domain.learners.people import Student
from graph_api.domain.learners.scope import ALL, Scope
from graph_api.domain.learners.sessions import Session, SessionStatus
from graph_api.domain.learners.timeline import Period, Window, divide
from graph_api.domain.parameters.knowledge_tracing import Parameters
from graph_api.domain.parameters.parameter_sets import Origin, ParameterSet
from graph_api.domain.targets import TargetKind, concept
from graph_api.store import activity, answers, parameter_sets, sessions
from graph_api.store.gateway import Gateway, Transaction
from graph_api.store.viewers import OneStudent
from graph_api.usecases.answers.answer_intake import AnswerIntake
from graph_api.usecases.course.edit_course import upsert_concepts
from graph_api.usecases.learners.class_history import ClassCurves, HistoryOf, read_class_history
from graph_api.usecases.learners.edit_people import upsert_students
from graph_api.usecases.learners.histories_now import HistoriesNow, Members
from graph_api.usecases.learners.record_judgements import Judging, record_judgements
from graph_api.usecases.learners.student_memory import OVERHEAD, StudentMemory
from graph_api.usecases.operations.back_up import back_up, restore
from graph_api.usecases.operations.erase_students import erase_student
from graph_api.usecases.parameters.change_sets import replay_run, replay_stale
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

ANSWERS = "activity/list_answers_by_target"
EVIDENCE = "mastery/list_evidence_on_concepts"
WEEKS = divide(Window(Period.WEEK, NOW - timedelta(weeks=5), NOW, UTC))
STRICT = ParameterSet.of("strict", 1, Parameters(0.05, 0.05, 0.35, 0.05), Origin.WRITTEN)
SCOPES = [ALL, Scope.of(["cases"], ["dative", "accusative"]), Scope.of([], [])]


@pytest.fixture
async def classroom(course: None, gateway: Gateway, intake: AnswerIntake) -> None:
    await gateway.write(lambda tx: parameter_sets.create(tx, [STRICT], NOW))
    await write_class(gateway, intake)


async def members_now(gateway: Gateway) -> Members:
    head = await read_head(gateway)
    assert head.versions is not None
    return Members("class", head.mark, head.versions)


async def curves_now(histories: HistoriesNow, gateway: Gateway, kind: TargetKind = TargetKind.CONCEPT) -> ClassCurves:
    past = await histories.read_curves(gateway, await members_now(gateway), kind)
    assert past is not None
    stored = await gateway.read(lambda tx: read_class_history(tx, HistoryOf("class", kind, ALL)))
    return ClassCurves(list(past), stored.keys, list(past.values()))


def assert_equal(levels: Iterable[ClassLevels], others: Iterable[ClassLevels]) -> None:
    for one, other in zip(levels, others, strict=True):
        assert (list(one.student_ids), one.keys) == (list(other.student_ids), other.keys)
        np.testing.assert_array_equal(one.level, other.level)
        np.testing.assert_array_equal(one.attempts, other.attempts)


async def assert_is_stored(histories: HistoriesNow, gateway: Gateway) -> None:
    for kind in TargetKind:
        stored = await gateway.read(partial(read_class_history, asked=HistoryOf("class", kind, ALL)))
        curves = await curves_now(histories, gateway, kind)
        assert_equal(curves.at(WEEKS.moments), stored.curves().at(WEEKS.moments))
    members = await members_now(gateway)
    past = await histories.read_actions(gateway, members)
    assert past is not None
    window = WEEKS.starts[0], WEEKS.moments[-1]
    started = await gateway.read(lambda tx: sessions.read_started(tx, members.versions, *window))
    for scope in SCOPES:
        of_scope = await gateway.read(
            partial(activity.read_answers, student_ids=members.versions, since=window[0], until=window[1], scope=scope)
        )
        expected = sum_activity(WEEKS, AnswerColumns.of(of_scope), SessionColumns.of(started))
        assert sum_class(WEEKS, past.values(), scope) == expected


async def weigh_again(tx: Transaction, student_id: str, rng: random.Random) -> None:
    """What answers count as changes beside their facts."""
    stored = await answers.read_weighed_by(tx, [student_id], None)
    weighed = [replace(each, weight=rng.choice([0.0, 0.5, 1.0]), counts_as=rng.random() < 0.5) for each in stored]
    await answers.put_weights(tx, weighed)


async def use_other_set(gateway: Gateway, key: str, set_id: str | None) -> None:
    """Change the parameter set of a concept, and replay its levels."""
    await upsert_concepts(gateway, [Concept(key, key, parameter_set_id=set_id)], NOW)
    await replay_stale(gateway, replay_run(uuid4().hex, "changed", "test", NOW), lambda: NOW)


def change(rng: random.Random, gateway: Gateway, intake: AnswerIntake) -> Change:
    """A random change, which may be refused."""
    student_id, key, earlier = rng.choice(IDS), rng.choice(KEYS), timedelta(days=rng.choice([0, 0, 3, 20]))
    seconds = rng.choice([None, 0.1, 0.2, 12.5])
    answer = AnswerInput(
        student_id, correct=rng.random() < 0.5, concept_ids=[key], at=NOW - earlier, response_time=seconds
    )
    judgement = NewJudgement(student_id, concept(key), JudgementKind.OVERRIDE, rng.random())
    session = Session(f"s{rng.random()}", student_id, SessionStatus.SUBMITTED, NOW - earlier, NOW)
    changes: list[Change] = [
        lambda: intake.submit([answer, replace(answer, skill_codes=["talk"])]),
        lambda: intake.submit([answer]),
        partial(record_judgements, Judging(gateway, gateway, "tess", lambda: NOW), [judgement]),
        partial(gateway.write, lambda tx: sessions.put(tx, [session])),
        partial(gateway.write, lambda tx: weigh_again(tx, student_id, rng)),
        partial(use_other_set, gateway, key, rng.choice([STRICT.id, None])),
        *changes_of(gateway, rng, student_id, key),
    ]
    return rng.choice(changes)


@pytest.mark.usefixtures("classroom")
@pytest.mark.parametrize("seed", range(3))
async def test_after_every_change_it_is_the_stored_past(gateway: Gateway, intake: AnswerIntake, seed: int) -> None:
    """The past in memory gets no notice of changes: another process may write."""
    rng, histories = random.Random(seed), HistoriesNow(StudentMemory(settling=0))
    await check_after_each(30, partial(change, rng, gateway, intake), partial(assert_is_stored, histories, gateway))


@pytest.mark.usefixtures("classroom")
async def test_only_members_who_have_changed_are_read(
    gateway: Gateway, intake: AnswerIntake, statements_sent: deque[str], raw: Ask
) -> None:
    histories = HistoriesNow(StudentMemory(settling=0))
    first = await curves_now(histories, gateway)
    statements_sent.clear()
    past = await histories.read_curves(gateway, await members_now(gateway), TargetKind.CONCEPT)
    assert list(past or ()) == IDS[:3]
    assert EVIDENCE not in statements_sent
    await raw("MATCH (:Student {id: 'ben'})-[a:ANSWERED]->() SET a.correct = false")  # no revision rises
    await intake.submit([AnswerInput("anna", correct=False, concept_ids=["dative"], at=NOW)])

    second = await curves_now(histories, gateway)

    assert [len(each.at) for each in second.curves] == [2, 1, 1]
    assert second.curves[1] is first.curves[1]


@pytest.mark.usefixtures("classroom")
async def test_what_is_read_just_after_a_change_is_read_once_more(
    gateway: Gateway, statements_sent: deque[str]
) -> None:
    """The embedded engine may show a part of a commit before the rest."""
    now = [0.0]
    histories = HistoriesNow(StudentMemory(clock=lambda: now[0], settling=0.5))
    for seconds, reads in ((0.0, 1), (0.4, 1), (0.6, 1), (0.7, 0), (100.0, 0)):
        now[0] = seconds
        statements_sent.clear()
        await histories.read_actions(gateway, await members_now(gateway))
        assert statements_sent.count(ANSWERS) == reads, seconds


@pytest.mark.usefixtures("classroom")
async def test_a_restored_class_is_read_again(gateway: Gateway, intake: AnswerIntake, tmp_path: Path) -> None:
    """The restored students may have the revisions of those before, with other answers."""
    histories, path = HistoriesNow(StudentMemory(settling=0)), tmp_path / "b.gz"
    await back_up(gateway, path, NOW, lambda *_: None)
    await intake.submit([AnswerInput("anna", correct=False, concept_ids=["dative"], at=NOW)])
    await assert_is_stored(histories, gateway)
    await restore(gateway, path, replace=True, on_progress=lambda *_: None)
    await intake.submit([AnswerInput("anna", correct=True, concept_ids=["dative"], at=NOW)])

    await assert_is_stored(histories, gateway)


@pytest.mark.usefixtures("classroom")
async def test_a_student_who_was_changed_or_erased_is_forgotten_at_once(gateway: Gateway) -> None:
    memory = StudentMemory(settling=0)
    await assert_is_stored(HistoriesNow(memory), gateway)
    before, gateway.on_change = gateway.on_change, memory.forget
    whole = memory.bytes
    try:
        await upsert_students(gateway, [Student("anna", name="Anna")], NOW)
        assert memory.bytes == whole - whole // 3
        await erase_student(gateway, "ben")
        assert memory.bytes == whole - 2 * (whole // 3)
    finally:
        gateway.on_change = before


@pytest.mark.usefixtures("classroom")
async def test_a_student_whom_the_viewer_may_not_see_is_not_kept_as_one_without_answers(gateway: Gateway) -> None:
    """A viewer reads nothing of students out of reach: that must not become what others see of them."""
    histories, members = HistoriesNow(StudentMemory(settling=0)), await members_now(gateway)
    await histories.read_curves(gateway.seen_by(OneStudent("anna")), members, TargetKind.CONCEPT)

    await assert_is_stored(histories, gateway)


@pytest.mark.usefixtures("classroom")
async def test_a_student_with_a_corrupt_row_is_left_out_until_it_is_repaired(gateway: Gateway, raw: Ask) -> None:
    histories, members = HistoriesNow(StudentMemory(settling=0)), await members_now(gateway)
    set_level = "MATCH (:Student {id: 'ben'})-[m:HAS_MASTERY]->(:Concept) SET m.parameter_set_id = $id"
    stored = "MATCH (:Student {id: 'ben'})-[m:HAS_MASTERY]->(:Concept) RETURN m.parameter_set_id AS id"
    (row,) = await raw(stored)
    await raw(set_level, id="gone")
    past = await histories.read_curves(gateway, members, TargetKind.CONCEPT)
    assert list(past or ()) == ["anna", "cleo with spaces"]

    await raw(set_level, id=row["id"])

    assert list(await histories.read_curves(gateway, members, TargetKind.CONCEPT) or ()) == IDS[:3]


@pytest.mark.usefixtures("classroom")
async def test_memory_has_a_bound_and_unused_students_are_dropped(
    gateway: Gateway, statements_sent: deque[str]
) -> None:
    now, members = [0.0], await members_now(gateway)
    few = StudentMemory(3 * OVERHEAD, clock=lambda: now[0], settling=0)
    small = HistoriesNow(few)
    assert await small.read_actions(gateway, members) is None
    assert few.bytes == 0
    statements_sent.clear()
    assert await small.read_actions(gateway, members) is None
    assert ANSWERS not in statements_sent  # the class is known to be too large for a while

    assert await HistoriesNow(StudentMemory(0)).read_actions(gateway, members) is None

    many = StudentMemory(5 * OVERHEAD, clock=lambda: now[0], settling=0)
    wide = HistoriesNow(many)
    await wide.read_actions(gateway, members)
    one = many.bytes
    now[0] = 1.0
    await wide.read_curves(gateway, members, TargetKind.CONCEPT)
    assert 0 < many.bytes <= 5 * OVERHEAD
    assert len(await wide.read_actions(gateway, members) or ()) == 3
    now[0] = 1_000.0
    await wide.read_actions(gateway, members._replace(mark="another"))
    assert many.bytes == one
