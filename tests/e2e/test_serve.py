"""The service as people start it: one command, its own database, a clean end."""

import asyncio
import json
import os
import re
import signal
import socket
from pathlib import Path

import pytest
import websockets

from graph_api.app.examples import CLASS
from graph_api.store.packaged import packaged
from tests.processes import ask, child_of, command, engine, get, service, wait_for

MIGRATIONS = len(list((packaged("cypher") / "migrations").glob("*.cypher")))


def test_the_first_start_shows_a_class_and_the_second_keeps_it(tmp_path: Path, repository: Path) -> None:
    readme = (repository / "README.md").read_text()
    with service(tmp_path) as (process, url):
        assert f"ready: {url}/graphql\ndashboard: {url}/dashboard\n" in (tmp_path / "serve.log").read_text()
        shown = ask(url, CLASS)
        promised = readme.split("```json\n")[1].split("```")[0]
        assert shown == json.loads(promised)
        assert readme.split("```graphql\n")[1].split("```")[0] in CLASS
        before = ask(url, '{ student(id: "demo-01") { answers { totalCount } } }')
        child = child_of(process.pid)
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    assert not Path(f"/proc/{child}").exists()
    with service(tmp_path) as (process, url):
        assert ask(url, CLASS) == shown
        assert ask(url, '{ student(id: "demo-01") { answers { totalCount } } }') == before
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0


def test_it_lives_through_the_death_of_its_database(tmp_path: Path) -> None:
    with service(tmp_path, "--no-demo") as (process, url):
        assert ask(url, "{ students { totalCount } }")["data"]["students"]["totalCount"] == 0
        assert get(url + "/healthz")[0] == 200
        os.kill(child_of(process.pid), signal.SIGKILL)
        wait_for(lambda: "graph_api_embedded_restarts 1.0" in get(url + "/metrics")[1], process, tmp_path)
        wait_for(lambda: get(url + "/readyz")[0] == 200, process, tmp_path)
        assert ask(url, "{ students { totalCount } }")["data"]["students"]["totalCount"] == 0

        second = command(tmp_path, "serve", "--port", "0")
        assert second.returncode == 1
        assert f"{tmp_path}/data is in use by process" in second.stderr.replace("\n", "")
        assert "Traceback" not in second.stderr


def test_a_port_in_use_is_reported_in_one_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        result = command(tmp_path, "serve", "--port", port)
    assert result.returncode == 1
    assert result.stderr.startswith(f"cannot listen on 127.0.0.1:{port}: ")
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (
            {
                "GRAPH_API_PORT": "many",
                "GRAPH_API_MASTERED_LEVEL": "1.5",
                "GRAPH_API_INTAKE_BATCH": "0",
                "GRAPH_API_LOG_LEVEL": "loud",
            },
            [
                "GRAPH_API_PORT: Input should be a valid integer",
                "GRAPH_API_MASTERED_LEVEL: Input should be less than 1, got '1.5'",
                "GRAPH_API_INTAKE_BATCH: ",
                "GRAPH_API_LOG_LEVEL: ",
            ],
        ),
        ({"GRAPH_API_MASTERED_LEVEL": "0.3"}, ["GRAPH_API_MASTERED_LEVEL: must be above GRAPH_API_FOCUS_LEVEL"]),
        (
            {"GRAPH_API_HOST": "0.0.0.0"},  # noqa: S104 - rejected
            ["GRAPH_API_HOST: 0.0.0.0 is reachable from other machines, but authentication is off"],
        ),
    ],
    ids=["each", "levels", "host"],
)
def test_an_invalid_setting_is_named(tmp_path: Path, settings: dict[str, str], said: list[str]) -> None:
    result = command(tmp_path, "serve", **settings)

    assert result.returncode == 2
    assert [message for message in said if message not in result.stderr] == []
    assert "Traceback" not in result.stderr


def test_a_database_that_does_not_answer_is_reported(tmp_path: Path) -> None:
    result = command(
        tmp_path,
        "serve",
        "--port",
        "0",
        GRAPH_API_NEO4J_URI="bolt://127.0.0.1:9",
        GRAPH_API_DATABASE_WAIT_SECONDS="0.5",
    )

    assert result.returncode == 1
    assert "waiting for the database" in result.stderr
    assert "the database did not become ready" in result.stderr
    assert "Traceback" not in result.stderr


def test_commands_that_look(tmp_path: Path) -> None:
    assert "ok" in command(tmp_path, "doctor").stdout
    broken = command(
        tmp_path, "doctor", GRAPH_API_NEO4J_URI="bolt://127.0.0.1:9", GRAPH_API_DATABASE_WAIT_SECONDS="0.3"
    )
    assert broken.returncode == 1
    assert "failed" in broken.stdout
    assert f"{MIGRATIONS} migrations pending" in command(tmp_path, "migrate", "--dry-run").stdout
    assert f"{MIGRATIONS} migrations carried out" in command(tmp_path, "migrate").stdout
    assert "0 migrations pending" in command(tmp_path, "migrate", "--dry-run").stdout
    assert "type Query" in command(tmp_path, "schema").stdout
    assert command(tmp_path, "schema", "--check").returncode == 1  # there is none in this folder
    assert command(tmp_path, "schema", "--write").returncode == 0
    assert command(tmp_path, "schema", "--check").returncode == 0
    assert "graph-api 0.1.0" in command(tmp_path, "--version").stdout


async def test_recency_and_sessions_from_the_command_line(tmp_path: Path) -> None:
    rows = [f"s{student},fractions,{place % 2}" for student in range(3) for place in range(6)]
    (tmp_path / "answers.csv").write_text("\n".join(["user_id,skill_name,correct", *rows]))
    command(tmp_path, "import", "answers", str(tmp_path / "answers.csv"), "--layout", "pybkt", "--start", "2026-01-01")

    async with engine(tmp_path):
        for arguments, said in (
            (["recompute", "--as-of", "2026-01-05", "--skill", "pybkt-fractions"], "3 scores, 0 with too few answers"),
            (["recompute", "--as-of", "2026-09-01"], "0 scores, 3 with too few"),
        ):
            assert f"3 students: {said}" in (await asyncio.to_thread(command, tmp_path, *arguments)).stdout
        refused = await asyncio.to_thread(command, tmp_path, "recompute", "--student", "nobody")
        assert (refused.returncode, refused.stderr.splitlines()[-1]) == (1, "studentId: must exist, got 'nobody'")
        expired = await asyncio.to_thread(command, tmp_path, "expire-sessions", "--hours", "1")
        assert "0 sessions expired" in expired.stdout


async def test_progress_over_a_websocket(tmp_path: Path) -> None:
    with service(tmp_path, "--no-demo") as (_, url):
        asked = "mutation { recomputeRecency(input: {wait: false}) { ... on RecomputeRecencyPayload { run { id } } } }"
        run_id = ask(url, asked)["data"]["recomputeRecency"]["run"]["id"]
        socket_url = url.replace("http", "ws") + "/graphql"
        async with websockets.connect(socket_url, subprotocols=[websockets.Subprotocol("graphql-transport-ws")]) as ws:
            await ws.send(json.dumps({"type": "connection_init"}))
            assert json.loads(await ws.recv()) == {"type": "connection_ack"}
            query = f'subscription {{ runProgress(id: "{run_id}") {{ status output }} }}'
            await ws.send(json.dumps({"id": "1", "type": "subscribe", "payload": {"query": query}}))
            messages = [json.loads(await asyncio.wait_for(ws.recv(), 20))]
            while messages[-1]["type"] == "next":
                messages.append(json.loads(await asyncio.wait_for(ws.recv(), 20)))
        assert messages[-1] == {"id": "1", "type": "complete"}
        last = messages[-2]["payload"]["data"]["runProgress"]
        assert last["status"] == "SUCCESS"
        assert last["output"]["students"] == 0
        assert 'graph_api_job_next_tick_seconds{job="refit"}' in get(url + "/metrics")[1]


async def test_fit_from_the_command_line(tmp_path: Path) -> None:
    rows = [f"s{student},fractions,{int(student % 2 == 0 or place > 1)}" for student in range(30) for place in range(6)]
    (tmp_path / "answers.csv").write_text("\n".join(["user_id,skill_name,correct", *rows]))
    async with engine(tmp_path):
        imports = ["import", "answers", str(tmp_path / "answers.csv"), "--layout", "pybkt"]
        assert "180 recorded" in (await asyncio.to_thread(command, tmp_path, *imports)).stdout

        fitted = await asyncio.to_thread(command, tmp_path, "fit", "--skill", "pybkt-fractions")

        assert fitted.returncode == 0, fitted.stderr
        assert re.search(r"improved\W+1\b", fitted.stdout)
        assert re.search(r"levels replayed\W+30\b", fitted.stdout)
        for arguments, message in (
            (["--folds", "1"], "folds: must be from 2 to 20, got '1'"),
            (["--max-guess", "1.5"], "guess: bound must be above twice the margin and < 1, got '1.5'"),
            (["--concept", "nobody"], "conceptIds: must name concepts that exist, got 'nobody'"),
        ):
            refused = await asyncio.to_thread(command, tmp_path, "fit", *arguments)
            assert refused.returncode == 1
            assert message in refused.stderr


async def test_a_websocket_requires_a_token(tmp_path: Path) -> None:
    keys = {"GRAPH_API_AUTH": "jwt", "GRAPH_API_JWT_SECRET": "a secret of this test, which is long enough"}
    token = command(tmp_path, "token", "dashboard", **keys).stdout.strip()
    good, bad = f"Bearer {token}", f"Bearer {token[:-3]}abc"
    with service(tmp_path, "--no-demo", **keys) as (_, url):
        address, protocols = url.replace("http", "ws") + "/graphql", [websockets.Subprotocol("graphql-transport-ws")]
        for headers, payload, welcome in (
            ({"Authorization": good}, {}, True),
            ({}, {"Authorization": good}, True),
            ({}, {"authorization": bad}, False),
            ({"Authorization": good}, {"authorization": bad}, False),
            ({}, {}, False),
        ):
            async with websockets.connect(address, subprotocols=protocols, additional_headers=headers) as ws:
                await ws.send(json.dumps({"type": "connection_init", "payload": payload}))
                if welcome:
                    assert json.loads(await ws.recv()) == {"type": "connection_ack"}
                else:
                    with pytest.raises(websockets.ConnectionClosed) as closed:
                        await ws.recv()
                    assert closed.value.rcvd
                    assert closed.value.rcvd.code == 4403
        assert (await asyncio.to_thread(get, url + "/graphql?query={__typename}"))[0] == 401
