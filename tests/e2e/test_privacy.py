"""Students' data is where it belongs: not in logs, not in metrics, not in replies to others; and it can be exported."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from graph_api.app.tracebacks import traceback_of
from tests.processes import ask, command, get, service

WHO, NAME, TEXT = "zoe-1f9c", "Zoe Zimmermann", "photosynthesis happens in the leaves"
MUTATION = f"""mutation {{
  upsertStudents(input: [{{id: "{WHO}", name: "{NAME}"}}]) {{ __typename }}
  startSession(input: {{studentId: "{WHO}", id: "session-of-{WHO}"}}) {{ __typename }}
  recordAnswer(input: {{studentId: "{WHO}", id: "event-of-{WHO}", conceptIds: ["CONCEPT"], sessionId: "session-of-{WHO}",
    answerText: "{TEXT}", expected: {{keywords: ["leaves"]}}}}) {{ __typename }}
  again: recordAnswer(input: {{studentId: "{WHO}", id: "event-of-{WHO}", conceptIds: ["CONCEPT"], correct: false}}) {{ __typename }}
  bad: recordAnswer(input: {{studentId: "{WHO}", conceptIds: ["of {WHO}"], correct: false}}) {{ __typename }}
  upsertGroup(input: {{id: "g", name: "G", studentIds: ["{WHO}", "nobody-{WHO}"]}}) {{ __typename }}
  group: upsertGroup(input: {{id: "g", name: "G", studentIds: ["{WHO}"]}}) {{ __typename }}
  recomputeRecency(input: {{studentId: "{WHO}"}}) {{ __typename }}
  missing: recomputeRecency(input: {{studentId: "nobody-{WHO}"}}) {{ __typename }} }}"""
QUERIES = [
    f'{{ student(id: "{WHO}") {{ name masteries {{ nodes {{ level }} }} answers {{ nodes {{ id }} }} }} }}',
    f'{{ student(id: "{WHO}") {{ {WHO.replace("-", "_")} }} }}',
    f'{{ node(id: "{WHO}") {{ nodeId }} students(search: "{NAME}", after: "{WHO}") {{ totalCount }} }}',
    f'{{ student(id: "{WHO}" ',
]


def test_nothing_of_a_student_is_logged_or_measured_and_everything_can_be_exported(tmp_path: Path) -> None:
    settings = {"GRAPH_API_LOG_FORMAT": "json", "GRAPH_API_LOG_LEVEL": "debug"}
    with service(tmp_path, **settings) as (_, url):
        concept = ask(url, "{ concepts(first: 1) { nodes { id } } }")["data"]["concepts"]["nodes"][0]["id"]
        data = ask(url, MUTATION.replace("CONCEPT", concept))["data"]
        assert {name: payload["__typename"] for name, payload in data.items()} == {
            "upsertStudents": "UpsertStudentsPayload", "startSession": "SessionPayload",
            "recordAnswer": "RecordAnswerPayload", "again": "AnswerIdConflict", "bad": "ConceptNotFound",
            "upsertGroup": "StudentNotFound", "group": "UpsertGroupPayload",
            "recomputeRecency": "RecomputeRecencyPayload", "missing": "StudentNotFound",
        }  # fmt: skip
        for query in QUERIES:
            assert "INTERNAL" not in str(ask(url, query))
        get(f"{url}/graphql?query={{student(id:%22{WHO}%22){{name}}}}")
        get(f"{url}/students/{WHO}")
        metrics = get(url + "/metrics")[1]

        exported = command(tmp_path, "export", "student", WHO)
        missing = command(tmp_path, "export", "student", "nobody")
        assert (missing.returncode, "must name a student that exists" in missing.stderr) == (1, True)
        assert "deleteStudent" in str(ask(url, f'mutation {{ deleteStudent(id: "{WHO}") {{ __typename }} }}'))

    logs = (tmp_path / "serve.log").read_text()
    assert '"path":"/graphql"' in logs
    for secret in (WHO, "1f9c", NAME, "Zimmermann", TEXT, "photosynthesis"):
        assert secret not in logs
        assert secret not in metrics
        assert secret not in missing.stderr
    whole = json.loads(exported.stdout)
    assert {name: len(rows) for name, rows in whole.items() if isinstance(rows, list)} == {
        "answered": len(whole["answered"]), "has_mastery": len(whole["has_mastery"]), "has_session": 1, "member_of": 1,
        "runs": 1,
    }  # fmt: skip
    assert whole["student"]["name"] == NAME
    assert {row["id"] for row in whole["answered"]} == {f"event-of-{WHO}"}
    assert whole["has_session"][0]["session"] == f"session-of-{WHO}"
    assert whole["member_of"] == [{"group": "g"}]
    assert datetime.fromisoformat(whole["answered"][0]["at"]).tzinfo == UTC
    assert TEXT not in exported.stdout, "texts are not kept"


def broken(step: int) -> None:
    if step:
        try:
            broken(step - 1)
        except ValueError as fault:
            raise LookupError(f"Node(1) already exists with label `Student` and property `id` = '{WHO}'") from fault
    raise ValueError(f'no number: "{WHO}"')


def test_a_traceback_has_places_and_no_names() -> None:
    with pytest.raises(LookupError) as caught:
        broken(1)
    info: Any = (caught.type, caught.value, caught.tb)

    printed = traceback_of(info)

    assert WHO not in printed
    assert printed.index("ValueError: no number: '…'") < printed.index("LookupError: Node(1) already exists")
    assert "property `id` = '…'" in printed
    assert printed.count("in broken") >= 2
    group = ExceptionGroup("two", [ValueError(f"'{WHO}'"), KeyError(WHO)])
    assert WHO not in traceback_of((type(group), group, None))
    assert "KeyError" in traceback_of((type(group), group, None))
