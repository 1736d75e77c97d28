"""Archiving, restoring and deleting skills, concepts and groups."""

import asyncio
import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import ANY

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph_api.domain.answers.answers import Answer, AnswerInput, Recorded
from graph_api.domain.course.course import Concept
from graph_api.domain.failures import ConceptNotFound, HasHistory, TargetArchived
from graph_api.domain.learners.people import Group, Student
from graph_api.domain.parameters.topic_parameters import DEFAULT_SET
from graph_api.store import backups
from graph_api.store.gateway import Gateway
from graph_api.usecases.answers.answer_batch import Submission
from graph_api.usecases.answers.record_answers import RecordAnswers, received
from graph_api.usecases.course.archive_course import archive_concepts, archive_skills
from graph_api.usecases.course.delete_course import delete_concepts
from graph_api.usecases.course.edit_course import upsert_concepts
from graph_api.usecases.course.export_course import export_graph, export_groups
from graph_api.usecases.course.import_course import import_course
from graph_api.usecases.learners.archive_groups import archive_groups
from graph_api.usecases.learners.edit_people import upsert_group, upsert_students
from graph_api.usecases.operations.back_up import encode, read_all_students
from graph_api.usecases.operations.export import export_answers, export_mastery
from tests.conftest import NOW, Ask
from tests.graph_copy import empty

FAILURE = "... on Failure { __typename code field message }"
LATER = NOW + timedelta(days=1)
REFERENCES = (
    "kind key canDelete answers masteries samplingRecords students prerequisites dependents concepts skills members "
    "teachers parameterSets"
)


@pytest.fixture
async def practised(course: None, gateway: Gateway) -> Gateway:
    """Anna, in group 8b of Tina, has answers to two of three concepts; the skill `talk` has none."""
    await upsert_students(gateway, [Student("anna", "Anna"), Student("ben", "Ben")], NOW)
    await upsert_group(gateway, Group("8b", "8b", ["anna", "ben"], ["tina"]), NOW)
    for n in range(8):
        concept = "nominative" if n < 4 else "accusative"
        at = NOW - timedelta(days=60 - n)
        await record(
            gateway,
            AnswerInput(
                "anna", n < 4, concept_ids=[concept], id=f"a{n}", at=at, mentioned=[concept], semantic_score=0.3
            ),
        )
    return gateway


async def record(gateway: Gateway, *sent: AnswerInput, now: datetime = LATER) -> list[Any]:
    answers: list[Answer] = [received(each, f"r{n}", now, n) for n, each in enumerate(sent)]
    return (await RecordAnswers(gateway, DEFAULT_SET)([Submission(answers)]))[0]


async def everything(gateway: Gateway) -> bytes:
    """A backup of all data, without revisions and times of change."""
    students = [student async for of_some in read_all_students(gateway) for student in of_some]
    nodes, links = await gateway.read(backups.read_rest)
    left_out = {"revision", "version", "mark"}

    def plain(properties: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in properties.items() if name not in left_out}

    rows = [
        *([plain(student.properties), sorted(map(encode, student.links))] for student in students),
        sorted(encode([node.label, plain(node.properties)]) for node in nodes if node.label != "AuditEntry"),
        sorted(map(encode, links)),
    ]
    exports = [
        await export_graph(gateway),
        [row async for row in export_groups(gateway)],
        [row async for row in export_answers(gateway)],
        [row async for row in export_mastery(gateway)],
    ]
    return json.dumps([repr(rows), exports], sort_keys=True).encode()


LISTS = """{
  skills { nodes { code concepts { nodes { id } } } } concepts { nodes { id prerequisites { id } unlocks { id } } }
  groups { nodes { id } } graphHealth { concepts links }
  group(id: "8b") { distribution(kind: CONCEPT) { targets } heatmap(kind: CONCEPT) { targetIds } }
  student(id: "anna") {
    groups { id } masteries { nodes { concept { id } skill { code } } }
    weakSkills(kind: CONCEPT, threshold: 0.9, minAttempts: 1) { concept { id } }
    readyToLearn { conceptId } toReview { id } due(kind: CONCEPT, below: 1, minLevel: 0) { mastery { concept { id } } }
    topic(skillCode: "grammar") { conceptCount } sampleConcepts(skillCode: "grammar", count: 5, seed: 1) { concept { id } }
  } }"""


async def test_an_archived_concept_is_in_no_list_and_is_still_read_by_id(practised: Gateway, ask: Ask) -> None:
    before = await ask(LISTS)
    assert '"accusative"' in json.dumps(before)
    reply = await ask(
        'mutation { archiveConcepts(ids: ["accusative"]) { ... on ConceptsPayload { concepts { id archivedAt revision } } } }'
    )
    (archived,) = reply["archiveConcepts"]["concepts"]
    assert (archived["id"], archived["revision"]) == ("accusative", 2)
    assert archived["archivedAt"] is not None

    after = await ask(LISTS)

    assert '"accusative"' not in json.dumps(after)
    assert after["graphHealth"] == {"concepts": 2, "links": 0}
    assert after["student"]["topic"]["conceptCount"] == before["student"]["topic"]["conceptCount"] - 1
    by_id = await ask('{ concept(id: "accusative") { archivedAt } concepts(includeArchived: true) { totalCount } '
                      'student(id: "anna") { mastery(conceptId: "accusative") { attempts } '
                      'masteries(kind: CONCEPT, includeArchived: true) { totalCount } } }')  # fmt: skip
    assert by_id["concept"] == {"archivedAt": archived["archivedAt"]}
    assert by_id["concepts"] == {"totalCount": 3}
    assert by_id["student"] == {"mastery": {"attempts": 4}, "masteries": {"totalCount": 2}}

    await ask('mutation { restoreConcepts(ids: ["accusative"]) { __typename } }')
    assert await ask(LISTS) == before


async def test_an_archived_skill_and_group_are_in_no_list(practised: Gateway, ask: Ask) -> None:
    before = await ask(LISTS)
    await ask('mutation { archiveSkills(codes: ["cases"]) { __typename } archiveGroups(ids: ["8b"]) { __typename } }')
    after = await ask(LISTS)
    assert '"cases"' not in json.dumps(after)
    assert (after["groups"]["nodes"], after["student"]["groups"]) == ([], [])
    assert after["group"] == before["group"]
    shown = await ask("{ groups(includeArchived: true) { nodes { id } } skills(includeArchived: true) { totalCount } }")
    assert shown == {"groups": {"nodes": [{"id": "8b"}]}, "skills": {"totalCount": 3}}
    await ask('mutation { restoreSkills(codes: ["cases"]) { __typename } restoreGroups(ids: ["8b"]) { __typename } }')
    assert await ask(LISTS) == before


async def test_the_time_of_an_answer_decides_whether_an_archived_concept_takes_it(practised: Gateway) -> None:
    await archive_concepts(practised, ["dative"], NOW)
    offline = AnswerInput("anna", correct=True, concept_ids=["dative"], id="early", at=NOW - timedelta(hours=1))
    late = AnswerInput(
        "anna", correct=True, concept_ids=["nominative", "dative"], id="late", at=NOW + timedelta(hours=1)
    )
    mentioning = AnswerInput(
        "anna", correct=True, concept_ids=["nominative"], id="m", at=NOW, missed=["dative"], semantic_score=0.5
    )

    accepted, refused, sampled = await record(practised, offline, late, mentioning)

    assert isinstance(accepted, Recorded)
    assert isinstance(refused, TargetArchived)
    assert (refused.field, refused.archived, refused.code) == ("conceptIds", ["dative"], "TARGET_ARCHIVED")
    assert isinstance(sampled, TargetArchived)
    assert sampled.field == "sampled"
    (without,) = await record(
        practised, AnswerInput("anna", correct=True, concept_ids=["nominative"], id="late", at=late.at)
    )
    assert isinstance(without, Recorded)
    (again,) = await record(practised, offline, now=LATER + timedelta(hours=1))
    assert (again.duplicate, again.answer.id) == (True, "early")


async def test_an_answer_that_was_recorded_before_its_concept_was_archived_is_a_duplicate(practised: Gateway) -> None:
    sent = AnswerInput("anna", correct=True, concept_ids=["dative"], id="once", at=LATER)
    await record(practised, sent)
    await archive_concepts(practised, ["dative"], NOW)
    (again,) = await record(practised, sent, now=LATER + timedelta(hours=1))
    assert again.duplicate


async def test_an_archived_skill_does_not_count_answers_to_its_concepts(practised: Gateway) -> None:
    await archive_skills(practised, ["cases"], NOW)
    early, late = await record(
        practised,
        AnswerInput("anna", correct=True, concept_ids=["accusative"], id="early", at=NOW - timedelta(hours=1)),
        AnswerInput("anna", correct=True, concept_ids=["accusative"], id="late", at=NOW + timedelta(hours=1)),
    )
    assert (set(early.answer.skill_codes), set(late.answer.skill_codes)) == ({"cases", "grammar"}, {"grammar"})


SUBJECTS = {"skill": ["grammar", "cases", "talk"], "concept": ["nominative", "accusative", "dative"], "group": ["8b"]}
CHOICE = st.sampled_from([(kind, key) for kind, keys in SUBJECTS.items() for key in keys])
ARCHIVE = {"skill": archive_skills, "concept": archive_concepts, "group": archive_groups}


@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chosen=st.lists(CHOICE, min_size=1, max_size=7), data=st.data())
async def test_archive_and_restore_lose_nothing(
    practised: Gateway, chosen: Sequence[tuple[str, str]], data: st.DataObject
) -> None:
    before = await everything(practised)
    for kind, key in chosen:
        await ARCHIVE[kind](practised, [key], NOW)
    assert await everything(practised) != before
    for kind, key in data.draw(st.permutations(chosen)):
        await ARCHIVE[kind](practised, [key], None)
    assert await everything(practised) == before


async def test_an_exported_course_and_groups_keep_what_is_archived(
    practised: Gateway, raw: Ask, tmp_path: Path
) -> None:
    await archive_skills(practised, ["talk"], NOW)
    await archive_concepts(practised, ["dative"], NOW)
    before = await export_graph(practised)
    path = tmp_path / "course.json"
    path.write_text(json.dumps(before))
    await empty(raw)
    await import_course(practised, path, LATER)
    assert await export_graph(practised) == before
    revisions = await raw("MATCH (n:Concept) RETURN n.id AS id, n.revision AS revision ORDER BY id")
    await import_course(practised, path, LATER)
    assert await raw("MATCH (n:Concept) RETURN n.id AS id, n.revision AS revision ORDER BY id") == revisions


async def references(ask: Ask, **keys: list[str]) -> Any:
    document = f"query($skillCodes: [ID!], $conceptIds: [ID!], $groupIds: [ID!]) {{ references(skillCodes: $skillCodes, conceptIds: $conceptIds, groupIds: $groupIds) {{ {REFERENCES} }} }}"
    return (await ask(document, **keys))["references"]


async def test_references_count_what_refers(practised: Gateway, ask: Ask) -> None:
    zero = dict.fromkeys(REFERENCES.split(), 0) | {"parameterSets": ANY}  # fits of other tests stay in the database
    assert await references(ask, skillCodes=["talk", "cases", "x"], conceptIds=["accusative", "dative"], groupIds=["8b"]) == [
        zero | {"kind": "SKILL", "key": "talk", "canDelete": True},
        zero | {"kind": "SKILL", "key": "cases", "canDelete": False, "answers": 4, "masteries": 1, "students": 1, "concepts": 2},
        zero | {
            "kind": "CONCEPT", "key": "accusative", "canDelete": False, "answers": 4, "masteries": 1,
            "samplingRecords": 1, "students": 1, "prerequisites": 1, "dependents": 1, "skills": 2,
        },
        zero | {"kind": "CONCEPT", "key": "dative", "canDelete": True, "prerequisites": 1, "skills": 1},
        zero | {"kind": "GROUP", "key": "8b", "canDelete": True, "members": 2, "teachers": 1},
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("call", "code"),
    [
        ('deleteConcepts(ids: ["dative", "accusative"])', "HAS_HISTORY"),
        ('deleteConcepts(ids: ["dative", "x"])', "CONCEPT_NOT_FOUND"),
        ('deleteConcepts(ids: ["dative", "dative"])', "INVALID_INPUT"),
        ('deleteSkills(codes: ["talk", "cases"])', "HAS_HISTORY"),
        ('deleteSkills(codes: ["talk", "x"])', "SKILL_NOT_FOUND"),
        ('deleteGroups(ids: ["8b", "x"])', "GROUP_NOT_FOUND"),
        ('archiveConcepts(ids: ["dative", "x"])', "CONCEPT_NOT_FOUND"),
        ('archiveSkills(codes: ["talk", "x"])', "SKILL_NOT_FOUND"),
        ('restoreGroups(ids: ["x"])', "GROUP_NOT_FOUND"),
        ('archiveGroups(ids: ["8b", "x"])', "GROUP_NOT_FOUND"),
    ],
)
async def test_refused_edits_are_named_and_write_nothing(practised: Gateway, ask: Ask, call: str, code: str) -> None:
    before = await everything(practised)
    assert (await ask(f"mutation {{ r: {call} {{ {FAILURE} }} }}"))["r"]["code"] == code
    assert await everything(practised) == before


async def test_a_deletion_leaves_no_link_and_changes_its_neighbours(practised: Gateway, ask: Ask, raw: Ask) -> None:
    await ask('mutation { linkPrerequisite(prerequisiteId: "dative", conceptId: "extra") { __typename } '
              'upsertConcepts(input: [{ id: "extra", name: "Extra", prerequisiteIds: ["dative"], skillCodes: ["talk"] }]) { __typename } }')  # fmt: skip
    reply = await ask('mutation { c: deleteConcepts(ids: ["dative"]) { ... on DeleteConceptsPayload { deletedIds } } '
                      's: deleteSkills(codes: ["talk"]) { ... on DeleteSkillsPayload { deletedCodes } } '
                      'g: deleteGroups(ids: ["8b"]) { ... on DeleteGroupsPayload { deletedIds } } }')  # fmt: skip
    assert reply == {"c": {"deletedIds": ["dative"]}, "s": {"deletedCodes": ["talk"]}, "g": {"deletedIds": ["8b"]}}
    assert (await ask('{ concept(id: "extra") { revision prerequisiteIds skillCodes } graphHealth { concepts } group(id: "8b") { id } }')) == {
        "concept": {"revision": 3, "prerequisiteIds": [], "skillCodes": []}, "graphHealth": {"concepts": 3}, "group": None,
    }  # fmt: skip
    (left,) = await raw(
        "RETURN COUNT { ()-[:MEMBER_OF]->() } AS members, COUNT { ()-[:TEACHES]->() } AS teaches, COUNT { (:Student) } AS students"
    )
    assert left == {"members": 0, "teaches": 0, "students": 2}


async def test_an_answer_and_a_deletion_at_the_same_time_lose_no_answer(practised: Gateway) -> None:
    for n in range(6):
        await upsert_concept(practised, f"new{n}")
        sent = AnswerInput("anna", correct=True, concept_ids=[f"new{n}"], id=f"race{n}", at=NOW)
        outcomes: list[Any] = await asyncio.gather(
            delete_concepts(practised, [f"new{n}"]), record(practised, sent), return_exceptions=True
        )
        deleted, recorded = outcomes
        if isinstance(recorded[0], Recorded):
            assert isinstance(deleted, HasHistory)
        else:
            assert isinstance(recorded[0], ConceptNotFound)
            assert deleted == [f"new{n}"]


async def upsert_concept(gateway: Gateway, key: str) -> None:

    await upsert_concepts(gateway, [Concept(key, key)], NOW)


async def test_the_audit_log_names_groups_and_no_students(practised: Gateway, ask: Ask) -> None:
    await ask(
        'mutation { addMembers(groupId: "8b", studentIds: ["anna"]) { __typename } archiveGroups(ids: ["8b"]) { __typename } }'
    )
    log = (await ask("{ auditLog(first: 2) { nodes { mutation subjects outcome } } }"))["auditLog"]["nodes"]
    assert sorted(log, key=lambda entry: entry["mutation"]) == [
        {"mutation": "addMembers", "subjects": ["8b"], "outcome": "RosterPayload"},
        {"mutation": "archiveGroups", "subjects": ["8b"], "outcome": "GroupsPayload"},
    ]
