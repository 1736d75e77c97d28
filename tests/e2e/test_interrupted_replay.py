"""Levels that a dead process left half replayed, or that the service never wrote: found and repaired from outside."""

import contextlib
import signal
import threading
import time
from http.client import HTTPException
from pathlib import Path
from typing import Any

import httpx
import neo4j

from graph_api.domain.parameters.knowledge_tracing import Parameters, trace
from graph_api.store.engine.embedded import find_running
from tests.processes import ask, command, service, wait_for

SETUP = """mutation {
  put: putParameterSet(input: {name: "own", prior: 0.4, learn: 0.3, guess: 0.1, slip: 0.2}) { __typename }
  upsertConcepts(input: [{id: "c", name: "C"}]) { __typename } }"""
NAME = 'mutation { upsertConcepts(input: [{id: "c", name: "C", parameterSet: "own-v1"}]) { __typename } }'
OWN = trace([True], Parameters(0.4, 0.3, 0.1, 0.2))[-1].after
STUDENTS, AT_A_TIME = 1_500, 500
LEVELS = '{ concept(id: "c") { id } group(id: "g") { heatmap(kind: CONCEPT) { levels } } }'


def send(url: str, query: str, **variables: object) -> Any:
    """The data of a reply."""
    reply = httpx.post(url + "/graphql", json={"query": query, "variables": variables}, timeout=60).json()
    assert "errors" not in reply, reply
    return reply["data"]


def answer(url: str, start: int) -> None:
    """One correct answer each of some students."""
    rows = [
        {"studentId": f"s{n}", "conceptIds": ["c"], "correct": True, "at": f"2026-01-0{n % 9 + 1}T09:00:00.123456Z"}
        for n in range(start, start + AT_A_TIME)
    ]
    done = send(
        url,
        "mutation($rows: [AnswerInput!]!) { recordAnswers(input: {answers: $rows}) "
        "{ ... on RecordAnswersPayload { outcomes { __typename } } } }",
        rows=rows,
    )
    assert {each["__typename"] for each in done["recordAnswers"]["outcomes"]} == {"RecordAnswerPayload"}


def levels(url: str) -> set[float]:
    cells = ask(url, LEVELS)["data"]["group"]["heatmap"]["levels"]
    assert len(cells) == STUDENTS
    return {level for (level,) in cells}


def plant(data: Path, text: str) -> None:
    """Change the graph of a running service as only a stranger does."""
    engine = find_running(data)
    assert engine
    with neo4j.GraphDatabase.driver(engine.uri, auth=(engine.user, engine.password)) as driver:
        driver.execute_query(text, database_=engine.database)


def test_a_service_that_is_killed_while_it_replays_goes_on_after_its_start(tmp_path: Path) -> None:
    with service(tmp_path, "--no-demo", GRAPH_API_SCHEDULER="false") as (process, url):
        ask(url, SETUP)
        for start in range(0, STUDENTS, AT_A_TIME):
            answer(url, start)
        group = {"id": "g", "name": "G", "studentIds": [f"s{n}" for n in range(STUDENTS)]}
        send(url, "mutation($group: GroupInput!) { upsertGroup(input: $group) { __typename } }", group=group)
        (default,) = levels(url)

        def name() -> None:
            with contextlib.suppress(OSError, HTTPException):
                ask(url, NAME)

        naming = threading.Thread(target=name)
        naming.start()
        while not ask(url, "{ runs(status: RUNNING) { totalCount } }")["data"]["runs"]["totalCount"]:
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.wait()
        naming.join()
    with service(tmp_path, "--no-demo", GRAPH_API_SCHEDULER="false") as (process, url):
        wait_for(lambda: levels(url) == {round(OWN, 4)}, process, tmp_path)
        assert round(OWN, 4) != default
        wait_for(lambda: statuses(url)[:1] == ["SUCCESS"], process, tmp_path)
        assert sorted(statuses(url)) == ["FAILED", "SUCCESS"]
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    assert command(tmp_path, "doctor").returncode == 0


def statuses(url: str) -> list[str]:
    return [run["status"] for run in ask(url, "{ runs { nodes { status } } }")["data"]["runs"]["nodes"]]


def test_the_doctor_fails_and_names_the_repair_of_a_level(tmp_path: Path) -> None:
    with service(tmp_path, "--no-demo", GRAPH_API_SCHEDULER="false") as (_, url):
        ask(url, SETUP)
        answer(url, 0)
        assert command(tmp_path, "doctor").returncode == 0
        plant(tmp_path / "data", "MATCH (:Student {id: 's3'})-[m:HAS_MASTERY]->() SET m.level = 0.77")
        plant(tmp_path / "data", "MATCH (c:Concept) SET c.named_set_id = 'own-v1'")

        sick = command(tmp_path, "doctor", COLUMNS="300")
        missing = command(tmp_path, "replay", "--student", "nobody")
        one = command(tmp_path, "replay", "--student", "s3")
        repaired = command(tmp_path, "replay")
        healthy = command(tmp_path, "doctor", COLUMNS="300")

        assert sick.returncode == 1
        assert "bkt-concept-v1, in effect is own-v1" in sick.stdout
        assert "graph-api replay computes levels again" in sick.stdout
        assert (missing.returncode, "nobody" in missing.stderr) == (1, True)
        assert "1 students: 1 levels checked, 1 written" in one.stdout
        assert f"{AT_A_TIME} students: {AT_A_TIME} levels checked, {AT_A_TIME - 1} written" in repaired.stdout
        assert healthy.returncode == 0, healthy.stdout
        shown: Any = ask(
            url, '{ student(id: "s3") { mastery(conceptId: "c") { level } explain(conceptId: "c") { level } } }'
        )
        assert {each["level"] for each in shown["data"]["student"].values()} == {OWN}
