"""The service as a subgraph: composed by Apollo's library, and queried through Apollo's gateway."""

from pathlib import Path

import pytest

from tests.clients.conftest import GENERATED, KEYS, PATIENCE, tsx
from tests.clients.test_graphql_ws import post
from tests.processes import command, free_port, service_at

pytestmark = pytest.mark.timeout(400)
COURSE = """mutation { upsertStudents(input: [{id: "anna", name: "Anna"}, {id: "ben", name: "Ben"}]) { __typename }
  upsertSkills(input: [{code: "cases", name: "Cases", category: "grammar"}]) { __typename }
  upsertConcepts(input: [{id: "dative", name: "Dative", skillCodes: ["cases"]}]) { __typename }
  upsertCourses(input: [{id: "german", name: "German", skillCodes: ["cases"]}]) { __typename } }"""
ANSWERS = """mutation { recordAnswers(input: {answers: [
  {studentId: "anna", conceptIds: ["dative"], correct: true}, {studentId: "ben", conceptIds: ["dative"], correct: false}
  ]}) { __typename } }"""


def test_the_subgraph_composes_alone_and_with_another_service(tmp_path: Path) -> None:
    GENERATED.mkdir(exist_ok=True)
    file = GENERATED / "subgraph.graphql"
    file.write_text(command(tmp_path, "schema", "--subgraph").stdout, encoding="utf-8")

    assert "composed" in tsx("federation/compose.ts", file)


def test_a_gateway_serves_queries_across_both_services(tmp_path: Path) -> None:
    admin, service, student = (
        command(tmp_path, "token", subject, "--role", role, **KEYS).stdout.strip()
        for subject, role in (("operator", "admin"), ("gateway", "service"), ("anna", "student"))
    )
    with service_at(free_port(), PATIENCE, tmp_path, "--no-demo", GRAPH_API_FEDERATION="true", **KEYS) as (_, url):
        post(url, COURSE, admin)
        post(url, ANSWERS, service)
        printed = tsx("federation/main.ts", f"{url}/graphql", service, student)

    assert printed.count("passed") == 6, printed
