"""The life of judgements over HTTP: recorded, shown, revoked, exported, erased; the audit names the author (G10)."""

import random
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from graph_api.domain.answers.order import Order
from graph_api.domain.learners.judgements import judgement_order
from graph_api.domain.learners.mastery import Evidence, replay
from graph_api.domain.learners.people import Group, Student
from graph_api.domain.parameters.parameter_sets import DEFAULTS
from graph_api.domain.targets import TargetKind, concept
from graph_api.store.gateway import Gateway
from graph_api.usecases.learners.edit_people import upsert_group, upsert_students
from graph_api.usecases.learners.watch_masteries import MasteryWatch
from graph_api.usecases.operations.check_consistency import find_inconsistencies
from graph_api.usecases.operations.export import export_student
from tests.application import Client, service
from tests.conftest import NOW, Ask
from tests.tokens import SECRET, signed

FAILURE = "failure { __typename code field rule value }"
JUDGEMENT = """nodeId id studentId kind level at author note concept { id } skill { code } target { name }
  mastery { level status } student { id } revocation { author note }"""
MASTERY = "id level status attempts judgementCount lastPracticedAt accuracy updatedAt"
PAYLOAD = f"... on JudgementsPayload {{ judgements {{ {JUDGEMENT} }} masteries {{ {MASTERY} }} }} {FAILURE}"
JUDGE = f"mutation($input: [JudgementInput!]!) {{ recordJudgements(input: $input) {{ {PAYLOAD} }} }}"
REVOKE = f"mutation($input: [RevokeJudgementInput!]!) {{ revokeJudgements(input: $input) {{ {PAYLOAD} }} }}"
RECORD = """mutation($input: RecordAnswersInput!) { recordAnswers(input: $input) { ... on RecordAnswersPayload { outcomes {
  ... on RecordAnswerPayload { changes { concept levelBefore levelAfter statusBefore status opportunity } } } } } }"""
SHOW = f"""{{ student(id: "anna") {{ mastery(conceptId: "dative") {{ {MASTERY} confidence interval {{ low high }} retrievability
  judgements {{ totalCount nodes {{ id kind revocation {{ author note }} }} }} }}
  masteries {{ nodes {{ id }} }} due {{ mastery {{ id }} }}
  explain(conceptId: "dative") {{ level status attempts steps {{ answerId before after }}
    evidence {{ at before after answer {{ answerId correct }} judgement {{ id author note }} }} }} }}
  concept(id: "dative") {{ masteries {{ nodes {{ id status }} }} statusCounts {{ status count }} }}
  group(id: "g") {{ distribution(kind: CONCEPT) {{ defined statuses {{ status count }} }} }} }}"""


def hour(n: float) -> str:
    return (NOW + timedelta(hours=n)).isoformat()


@pytest.fixture
async def http(course: None, database: dict[str, str], gateway: Gateway) -> AsyncIterator[Client]:
    await upsert_students(gateway, [Student("anna", "Anna"), Student("ben")], NOW)
    await upsert_group(gateway, Group("g", "G", ["anna"], ["tess"]), NOW)
    async with service(database, jwt_secret=SECRET, pseudonym_key="k" * 32, analyst_min_group=1) as connected:
        yield connected


@pytest.fixture
def send(http: Client) -> Ask:
    """Send a document as a principal, by default the teacher of anna; returns the data."""

    async def asked(document: str, role: str = "teacher", sub: str = "tess", **variables: Any) -> Any:
        headers = {"Authorization": f"Bearer {signed(sub=sub, role=role)}"}
        body = {"query": document, "variables": variables}
        reply = (await http.post("/graphql", json=body, headers=headers)).json()
        assert "errors" not in reply, reply["errors"]
        return reply["data"]

    return asked


async def judge(send: Ask, *given: dict[str, Any], **principal: Any) -> Any:
    common = {"studentId": "anna", "kind": "OVERRIDE", "conceptId": "dative"}
    return (await send(JUDGE, input=[common | each for each in given], **principal))["recordJudgements"]


async def revoke(send: Ask, *ids: str, **given: Any) -> Any:
    revoked = [{"studentId": "anna", "judgementId": each, "note": "an error"} for each in ids]
    return (await send(REVOKE, input=revoked, **given))["revokeJudgements"]


async def answer(send: Ask, *answers: tuple[str, float, bool], student: str = "anna") -> Any:
    rows = [
        {"id": key, "studentId": student, "conceptIds": ["dative"], "at": hour(at), "correct": correct}
        for key, at, correct in answers
    ]
    return (await send(RECORD, role="service", sub="quiz", input={"answers": rows}))["recordAnswers"]["outcomes"]


async def test_a_judgement_is_recorded_shown_and_revoked(send: Ask, gateway: Gateway) -> None:
    recorded = await judge(send, {"id": "j1", "level": 0.97, "at": hour(-3), "note": "oral exam"})

    (judgement,), (mastery,) = recorded["judgements"], recorded["masteries"]
    assert {key: judgement[key] for key in ("id", "studentId", "kind", "level", "author", "note", "revocation")} == {
        "id": "j1", "studentId": "anna", "kind": "OVERRIDE", "level": 0.97, "author": "tess", "note": "oral exam",
        "revocation": None,
    }  # fmt: skip
    assert judgement["target"] == {"name": "Dative"}
    assert judgement["mastery"] == {"level": 0.97, "status": "MASTERED"}
    assert (mastery["level"], mastery["status"], mastery["attempts"]) == (0.97, "MASTERED", 0)
    assert (mastery["judgementCount"], mastery["lastPracticedAt"], mastery["accuracy"]) == (1, None, None)
    again = await send(
        f'{{ node(id: "{judgement["nodeId"]}") {{ ... on Judgement {{ {JUDGEMENT} }} }} }}', "admin", "olga"
    )
    assert again["node"] == judgement

    shown = await send(SHOW)
    assert [each["id"] for each in shown["student"]["masteries"]["nodes"]] == ["anna/CONCEPT/dative"]
    assert shown["concept"]["masteries"]["nodes"] == [{"id": "anna/CONCEPT/dative", "status": "MASTERED"}]
    assert count_of(shown["concept"]["statusCounts"], "MASTERED") == 1
    assert count_of(shown["group"]["distribution"]["statuses"], "MASTERED") == 1
    assert shown["group"]["distribution"]["defined"] == 1
    assert shown["student"]["due"] == []
    assert (shown["student"]["mastery"]["retrievability"], shown["student"]["mastery"]["confidence"]) == (None, "LOW")
    (step,) = shown["student"]["explain"]["evidence"]
    assert (step["after"], step["answer"]) == (0.97, None)
    assert step["judgement"] == {"id": "j1", "author": "tess", "note": "oral exam"}

    (first,) = await answer(send, ("a1", -2, False))
    (change,) = [each for each in first["changes"] if each["concept"] == "dative"]
    assert (change["levelBefore"], change["statusBefore"], change["opportunity"]) == (0.97, "MASTERED", 1)
    await answer(send, ("a0", -4, True))
    later = (await send(SHOW))["student"]
    assert [each["judgement"] and each["judgement"]["id"] for each in later["explain"]["evidence"]] == [
        None,
        "j1",
        None,
    ]
    assert [each["answerId"] for each in later["explain"]["steps"]] == ["a0", "a1"]
    assert later["explain"]["level"] == later["mastery"]["level"] == change["levelAfter"]
    assert (later["explain"]["attempts"], later["mastery"]["attempts"]) == (2, 2)
    assert later["mastery"]["interval"]["low"] <= later["mastery"]["level"] <= later["mastery"]["interval"]["high"]


async def test_a_revoked_judgement_stays_visible_and_counts_nowhere(send: Ask, gateway: Gateway) -> None:
    at = f'{{ student(id: "anna") {{ levelAt(conceptId: "dative", at: "{hour(-2.5)}") }} }}'
    watch = MasteryWatch(gateway, "anna", None, lambda: datetime.now(NOW.tzinfo))
    assert await watch.look() == []
    await judge(send, {"id": "j1", "level": 0.97, "at": hour(-3), "note": "oral exam"})
    assert [(each.level, each.judgements) for each in await watch.look()] == [(0.97, 1)]
    await answer(send, ("a1", -2, False), ("a0", -4, True))
    await watch.look()
    assert (await send(at))["student"]["levelAt"] == 0.97

    preview = """mutation { replayEvidence(input: {evidence: "first-attempt-v1", studentId: "anna", conceptIds: ["dative"]}) {
      ... on ReplayEvidencePayload { masteries changed } failure { message } } }"""
    assert (await send(preview))["replayEvidence"] == {"masteries": 1, "changed": 0, "failure": None}

    revoked = await revoke(send, "j1")
    assert [each.judgements for each in await watch.look()] == [0]
    assert revoked["judgements"][0]["revocation"] == {"author": "tess", "note": "an error"}
    assert await revoke(send, "j1", role="admin", sub="olga") == revoked  # stays as it is
    await answer(send, ("b0", -4, True), ("b1", -2, False), student="ben")
    never = '{ student(id: "%s") { mastery(conceptId: "dative") { level attempts judgementCount } } }'
    levels = [(await send(never % student, "admin", "olga"))["student"]["mastery"] for student in ("anna", "ben")]
    assert levels[0] == levels[1]  # to the digit
    shown = (await send(SHOW))["student"]
    assert shown["mastery"]["judgements"] == {
        "totalCount": 1,
        "nodes": [{"id": "j1", "kind": "OVERRIDE", "revocation": {"author": "tess", "note": "an error"}}],
    }
    assert [each["judgement"] for each in shown["explain"]["evidence"]] == [None, None]
    assert (await send(at))["student"]["levelAt"] != 0.97
    assert await find_inconsistencies(gateway) == []

    (other,) = (await judge(send, {"conceptId": None, "skillCode": "talk", "status": "LEARNING"}))["judgements"]
    assert (other["skill"], other["mastery"]["status"]) == ({"code": "talk"}, "LEARNING")
    returned = await revoke(send, other["id"])
    assert [(each["status"], each["judgementCount"]) for each in returned["masteries"]] == [("NOT_STARTED", 0)]
    assert (await send(SHOW))["group"]["distribution"]["defined"] == 1  # her answers
    log = """{ auditLog { nodes { principal role mutation subjects outcome } } }"""
    entries = (await send(log, "admin", "olga"))["auditLog"]["nodes"]
    assert [each["principal"] for each in entries] == ["tess", "tess", "olga", "tess", "tess"]
    assert {each["mutation"] for each in entries} == {"recordJudgements", "revokeJudgements"}
    assert {(str(each["subjects"]), each["outcome"]) for each in entries} == {("[]", "JudgementsPayload")}


def count_of(counts: list[dict[str, Any]], status: str) -> int:
    return sum(each["count"] for each in counts if each["status"] == status)


async def test_what_cannot_be_judged_changes_nothing(send: Ask, counts: Ask) -> None:
    await judge(send, {"id": "j1", "level": 0.5, "at": hour(-1)})
    before = await counts()
    refused: list[tuple[dict[str, Any], str, str]] = [
        ({"level": 0.5, "status": "LEARNING"}, "InvalidInput", "level, status"),
        ({"level": 1.0}, "InvalidInput", "level"),
        ({"status": "NOT_STARTED"}, "InvalidInput", "status"),
        ({"level": 0.5, "skillCode": "talk"}, "InvalidInput", "conceptId, skillCode"),
        ({"level": 0.5, "at": (datetime.now(NOW.tzinfo) + timedelta(hours=1)).isoformat()}, "InvalidInput", "at"),
        ({"level": 0.5, "conceptId": "nope"}, "ConceptNotFound", "conceptId"),
        ({"level": 0.5, "conceptId": None, "skillCode": "nope"}, "SkillNotFound", "skillCode"),
        ({"level": 0.5, "studentId": "nobody"}, "StudentNotFound", "studentId"),
        ({"level": 0.5, "studentId": "ben"}, "StudentNotFound", "studentId"),
        ({"level": 0.6, "id": "j1"}, "JudgementIdConflict", "id"),
    ]
    for given, kind, field in refused:
        reply = await judge(send, {"level": 0.9}, {"note": ""} | given)
        assert (reply["failure"]["__typename"], reply["failure"]["field"]) == (kind, field), given
    assert (await send(JUDGE, input=[]))["recordJudgements"]["failure"]["field"] == "input"
    assert (await revoke(send, "nope"))["failure"]["__typename"] == "JudgementNotFound"
    archive = 'mutation { archiveConcepts(ids: ["dative"]) { __typename } }'
    await send(archive, "admin", "olga")
    assert (await judge(send, {"level": 0.9}))["failure"]["__typename"] == "TargetArchived"
    assert await counts() == before
    same = await judge(send, {"id": "j1", "level": 0.5, "at": hour(-1)})
    assert [each["id"] for each in same["judgements"]] == ["j1"]
    assert (await send('{ student(id: "anna") { judgements { totalCount } } }'))["student"]["judgements"] == {
        "totalCount": 1
    }


async def test_any_interleaving_leads_to_the_fold_in_order(send: Ask, gateway: Gateway) -> None:
    """Answers, judgements and revocations that come late, in two orders, against the fold of what counts."""
    rng = random.Random(7)
    hours = [-n / 4 for n in rng.sample(range(1, 40), 13)]
    answers = [(f"a{n}", at, rng.random() < 0.5) for n, at in enumerate(hours[:8])]
    judged = [(f"j{n}", at, round(rng.uniform(0.05, 0.95), 3)) for n, at in enumerate(hours[8:])]
    revoked = ["j1", "j3"]
    for student in ("anna", "ben"):
        calls: list[tuple[str, Any]] = [*(("answer", each) for each in answers), *(("judge", each) for each in judged)]
        rng.shuffle(calls)
        for key in revoked:
            place = next(n for n, (_, what) in enumerate(calls) if what[0] == key)
            calls.insert(rng.randint(place + 1, len(calls)), ("revoke", key))
        for call, what in calls:
            if call == "answer":
                await answer(send, (f"{student}-{what[0]}", *what[1:]), student=student)
            elif call == "judge":
                row = {"studentId": student, "id": what[0], "at": hour(what[1]), "level": what[2]}
                assert (await judge(send, row, role="service", sub="quiz"))["failure"] is None
            else:
                row = {"studentId": student, "judgementId": what}
                assert (await send(REVOKE, "service", "quiz", input=[row]))["revokeJudgements"]["failure"] is None
        document = f'{{ student(id: "{student}") {{ mastery(conceptId: "dative") {{ level attempts correct judgementCount }} }} }}'
        stored = (await send(document, "admin", "olga"))["student"]["mastery"]
        history = [Evidence(Order(NOW + timedelta(hours=at), answer_id=key), correct) for key, at, correct in answers]
        history += [
            Evidence.judged(judgement_order(Order(NOW + timedelta(hours=at), answer_id=key)), level)
            for key, at, level in judged
            if key not in revoked
        ]
        mastery = replay(history, student, concept("dative"), DEFAULTS[TargetKind.CONCEPT])
        assert mastery is not None
        assert stored == {
            "level": mastery.level, "attempts": 8, "correct": mastery.correct, "judgementCount": 3,
        }  # fmt: skip
    assert await find_inconsistencies(gateway) == []


async def test_pages_of_judgements_newest_first(send: Ask) -> None:
    levels = [0.2, 0.3, 0.4, 0.5]
    await judge(send, *({"id": f"j{n}", "level": level, "at": hour(-1)} for n, level in enumerate(levels)))
    await judge(send, {"id": "k", "level": 0.6, "at": hour(-2), "kind": "PRIOR_LEARNING"})
    await revoke(send, "j1")
    document = """query($after: String, $kind: JudgementKind, $revoked: Boolean! = true) { student(id: "anna") {
      judgements(first: 3, after: $after, kind: $kind, includeRevoked: $revoked) {
        totalCount nodes { id } pageInfo { endCursor hasNextPage } } } }"""

    async def page(**given: Any) -> Any:
        return (await send(document, **given))["student"]["judgements"]

    first = await page()
    rest = await page(after=first["pageInfo"]["endCursor"])
    assert [each["id"] for each in first["nodes"] + rest["nodes"]] == ["j3", "j2", "j1", "j0", "k"]
    assert (first["totalCount"], rest["pageInfo"]["hasNextPage"]) == (5, False)
    assert [each["id"] for each in (await page(kind="PRIOR_LEARNING"))["nodes"]] == ["k"]
    assert [each["id"] for each in (await page(revoked=False))["nodes"]] == ["j3", "j2", "j0"]


async def test_judgements_are_erased_with_the_student(send: Ask, gateway: Gateway, raw: Ask, tmp_path: Path) -> None:
    await judge(send, {"id": "j1", "level": 0.9, "note": "zoe-1f9c"}, {"id": "j2", "level": 0.8})
    await revoke(send, "j2")
    exported = await export_student(gateway, "anna")
    assert {(each["id"], each.get("revokes")) for each in exported["judged_on"]} >= {("j1", None), ("j2", None)}
    assert {each["author"] for each in exported["judged_on"]} == {"tess"}
    references = '{ references(conceptIds: ["dative"]) { judgements canDelete } }'
    assert (await send(references, "admin", "olga"))["references"] == [{"judgements": 2, "canDelete": False}]

    erase = 'mutation { deleteStudent(id: "anna") { ... on DeleteStudentPayload { judgements masteries answers } } }'
    assert (await send(erase, "admin", "olga"))["deleteStudent"] == {"judgements": 2, "masteries": 1, "answers": 0}

    assert await raw("MATCH ()-[judgement:JUDGED_ON]->() RETURN judgement.id AS id") == []
    assert (await judge(send, {"level": 0.9}, role="admin", sub="olga"))["failure"]["__typename"] == "StudentErased"
    assert (await judge(send, {"level": 0.9}))["failure"]["__typename"] == "StudentNotFound"
    log = await send("{ auditLog { nodes { principal subjects } } }", "admin", "olga")
    assert "anna" not in str(log)
