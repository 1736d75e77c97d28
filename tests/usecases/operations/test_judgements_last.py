"""Judgements outlive exports, imports, backups and replays, and the doctor examines them (G10)."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from graph_api.domain.answers.answers import AnswerInput
from graph_api.domain.learners.judgements import Judgement, JudgementKind, NewJudgement, NewRevocation
from graph_api.domain.learners.people import Student
from graph_api.domain.operations.runs import Algorithm, Run
from graph_api.domain.targets import concept, skill
from graph_api.store import judgements
from graph_api.store.gateway import Gateway
from graph_api.usecases.answers.answer_intake import AnswerIntake
from graph_api.usecases.learners.edit_people import upsert_students
from graph_api.usecases.learners.rebuild_levels import rebuild_levels
from graph_api.usecases.learners.record_judgements import Judging, record_judgements, revoke_judgements
from graph_api.usecases.operations.back_up import back_up, restore
from graph_api.usecases.operations.check_consistency import find_inconsistencies
from graph_api.usecases.operations.export import export_judgements, export_mastery
from graph_api.usecases.operations.import_judgements import import_judgements
from graph_api.usecases.operations.import_records import BadRecords
from tests.conftest import NOW, Ask

pytestmark = pytest.mark.usefixtures("judged")
ON_TALK = "MATCH (:Student {id: 'anna'})-[e:JUDGED_ON {id: 'j1'}]->() "
OF_CASES = "MATCH (:Student {id: 'ben'})-[m:HAS_MASTERY]->(:Skill {code: 'cases'}) "
PROPERTIES = "a judgement has all its properties and a level from 0.01 to 0.99, a revocation its judgement"


def now() -> datetime:
    return NOW + timedelta(days=1)


@pytest.fixture
async def judged(course: None, gateway: Gateway, intake: AnswerIntake) -> None:
    """Answers and judgements of two students, one of them revoked, and one on a skill without answers."""
    await upsert_students(gateway, [Student("anna"), Student("ben")], NOW)
    sent = [AnswerInput("anna", correct=n != 2, skill_codes=["talk"], at=NOW + timedelta(hours=n)) for n in range(4)]
    await intake.submit(sent)
    judging = Judging(gateway, gateway, "tess", now)
    at = NOW + timedelta(hours=1.5)
    await record_judgements(
        judging,
        [
            NewJudgement("anna", skill("talk"), JudgementKind.OVERRIDE, 0.42, "why, exactly?", "j1", at),
            NewJudgement("anna", skill("talk"), JudgementKind.OVERRIDE, 0.9, "", "j2"),
            NewJudgement("ben", skill("cases"), JudgementKind.PRIOR_LEARNING, 0.8, "course abroad", "j1"),
            NewJudgement("ben", concept("dative"), JudgementKind.PRIOR_LEARNING, 0.7, "", "j3"),
        ],
    )
    await revoke_judgements(judging, [NewRevocation("anna", "j2", "mistaken"), NewRevocation("ben", "j3")])


async def levels(gateway: Gateway) -> list[dict[str, Any]]:
    return [row async for row in export_mastery(gateway)]


async def stored(gateway: Gateway) -> dict[str, list[Judgement]]:
    return await gateway.read(lambda tx: judgements.read_of_students(tx, ["anna", "ben"]))


def quiet(_what: str, _done: int, _total: int) -> None:
    """Show nothing."""


async def test_an_export_comes_back_to_the_digit(gateway: Gateway, raw: Ask, tmp_path: Path) -> None:
    before, history, path = await levels(gateway), await stored(gateway), tmp_path / "judgements.jsonl"
    assert [(row["student_id"], row["skill_code"], row["attempts"], row["judgements"]) for row in before] == [
        ("anna", "talk", 4, 1),
        ("ben", "cases", 0, 1),
    ]
    rows = [row async for row in export_judgements(gateway)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    await raw("MATCH (:Student {id: 'anna'})-[e:JUDGED_ON]->() DELETE e")
    await raw("MATCH (s:Student {id: 'ben'}) DETACH DELETE s")

    assert str(await import_judgements(gateway, path, now)) == "4 rows: 4 recorded, 0 already present, 0 conflicts"

    assert (await levels(gateway), await stored(gateway)) == (before, history)
    assert await find_inconsistencies(gateway) == []
    again = await import_judgements(gateway, path, now)
    assert (again.recorded, again.present) == (0, 4)
    await raw("MATCH ()-[e:JUDGED_ON {revokes: 'j2'}]->() DELETE e")
    revoked = await import_judgements(gateway, path, now)
    assert (revoked.recorded, revoked.present, await stored(gateway)) == (1, 3, history)
    assert await levels(gateway) == before

    path.write_text(json.dumps(rows[0] | {"level": 0.5}) + "\n")
    assert (await import_judgements(gateway, path, now)).conflicts == ["line 1: 'j1' is stored with other content"]
    bad: list[dict[str, Any]] = [
        {"level": 2},
        {"kind": "GUESS"},
        {"concept_id": "dative"},
        {"at": "yesterday"},
        {"sequence": "x"},
    ]
    path.write_text("".join(json.dumps(rows[0] | {"id": f"x{n}"} | each) + "\n" for n, each in enumerate(bad)))
    with pytest.raises(BadRecords) as refused:
        await import_judgements(gateway, path, now)
    assert [fault.partition(":")[0] for fault in refused.value.faults] == [f"line {n}" for n in range(1, 6)]


async def test_a_backup_comes_back_and_a_replay_writes_what_is_missing(
    gateway: Gateway, raw: Ask, tmp_path: Path
) -> None:
    before, history = await levels(gateway), await stored(gateway)
    await back_up(gateway, tmp_path / "b.jsonl.gz", NOW, quiet)
    await raw("MATCH (s:Student) DETACH DELETE s")
    await restore(gateway, tmp_path / "b.jsonl.gz", replace=True, on_progress=quiet)
    assert (await levels(gateway), await stored(gateway)) == (before, history)

    for damage, rule in (
        (OF_CASES + "DELETE m", "what was judged has a mastery"),
        ("MATCH (:Student {id: 'anna'})-[m:HAS_MASTERY]->() SET m.level = 0.5", "a level is what a replay of its"),
    ):
        await raw(damage)
        assert any(each.rule.startswith(rule) for each in await find_inconsistencies(gateway))
        run = Run("repair", Algorithm.REPLAY_LEVELS, "1", {}, "test", NOW)
        assert (await rebuild_levels(gateway, run, now)).replayed_levels == 1
        assert await levels(gateway) == before
        assert await find_inconsistencies(gateway) == []
    for damage in (
        "SET e.level = 2.0",
        "REMOVE e.kind SET e.level = 0.42",
        "SET e.kind = 'OVERRIDE', e.revokes = 'gone'",
    ):
        await raw(ON_TALK + damage)
        assert [str(each.subject) for each in await find_inconsistencies(gateway) if each.rule == PROPERTIES] == [
            "anna"
        ]
