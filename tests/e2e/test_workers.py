"""Several processes: workers behind one port, and a rolling restart that fails no request."""

import asyncio
import os
import signal
import socket
import time
from pathlib import Path

import httpx
import pytest

from tests.load import Load
from tests.processes import ask, children, command, get, service, service_at, wait_for, workers

COURSE = """mutation { upsertConcepts(input: [{id: "c0", name: "0"}, {id: "c1", name: "1"}, {id: "c2", name: "2"},
  {id: "c3", name: "3"}]) { __typename } }"""


async def test_a_worker_dies_under_load_and_another_takes_its_place(tmp_path: Path) -> None:
    with service(tmp_path, "--no-demo", "--workers", "2") as (process, url):
        wait_for(lambda: len(workers(process.pid)) == 2, process, tmp_path)
        ask(url, COURSE)
        posting = Load([url])

        async def kill_one() -> None:
            while posting.done < 300:
                await asyncio.sleep(0.01)
            os.kill(workers(process.pid)[0], signal.SIGKILL)

        await asyncio.gather(kill_one(), *(posting.client(number, 30) for number in range(40)))

        assert posting.done == 1_200
        counted = ask(url, "{ students { nodes { answers { totalCount } masteries { nodes { attempts } } } } }")
        students = counted["data"]["students"]["nodes"]
        assert sum(each["answers"]["totalCount"] for each in students) == 1_200
        assert sum(m["attempts"] for each in students for m in each["masteries"]["nodes"]) == 1_200
        wait_for(lambda: len(workers(process.pid)) == 2, process, tmp_path)
        assert 'graph_api_answers_total{outcome="RECORDED"}' in get(url + "/metrics")[1]
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    assert command(tmp_path, "doctor").returncode == 0  # the data folder is free again


@pytest.mark.parametrize("ignored", [set(), {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}], ids=["", "under nohup"])
def test_no_process_outlives_a_parent_that_is_killed(tmp_path: Path, ignored: set[signal.Signals]) -> None:
    """A worker that stayed would hold the port, and serve without an engine."""
    before = {each: signal.signal(each, signal.SIG_IGN) for each in ignored}
    try:
        # A worker that drains would hold the port for a minute.
        with service(tmp_path, "--no-demo", "--workers", "2", GRAPH_API_DRAIN_SECONDS="60") as (process, url):
            started = children(process.pid)
            process.kill()
            process.wait()
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
    assert len(started) == 4  # the engine, the writer and two workers
    deadline = time.monotonic() + 60
    while left := [each for each in started if Path(f"/proc/{each}").exists()]:
        assert time.monotonic() < deadline, [Path(f"/proc/{each}/cmdline").read_bytes() for each in left]
        time.sleep(0.05)
    with service_at(int(url.rsplit(":", 1)[1]), 150.0, tmp_path, "--no-demo", "--workers", "2"):
        pass


async def test_draining_fails_no_request(tmp_path: Path) -> None:
    """A client that goes where /readyz is 200 sees no failure while the process it used stops."""
    with service(tmp_path, "--no-demo", GRAPH_API_DRAIN_SECONDS="2") as (process, url):
        ask(url, COURSE)
        statuses: list[int] = []
        async with httpx.AsyncClient(base_url=url) as http:
            ready = True
            while ready:
                reply = await http.post("/graphql", json={"query": "{ students { totalCount } }"})
                statuses.append(reply.status_code)
                if len(statuses) == 20:
                    process.send_signal(signal.SIGTERM)
                ready = (await http.get("/readyz")).is_success
            body = (await http.get("/readyz")).json()
            late = await http.post("/graphql", json={"query": "{ students { totalCount } }"})
        assert set(statuses) == {200}
        assert body == {"status": "not ready", "reason": "stopping"}
        assert (late.status_code, late.headers["connection"]) == (200, "close")  # whoever did not look is still served
        assert await asyncio.to_thread(process.wait, 30) == 0


def test_ctrl_c_does_not_wait(tmp_path: Path) -> None:
    with service(tmp_path, "--no-demo", GRAPH_API_DRAIN_SECONDS="60") as (process, _):
        process.send_signal(signal.SIGTERM)
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0


def test_a_port_of_workers_in_use_is_reported(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = command(tmp_path, "serve", "--workers", "2", "--port", str(port))
    assert refused.returncode == 1
    assert f"cannot listen on 127.0.0.1:{port}" in refused.stderr


def write_class(url: str) -> None:
    """Three students with answers to twelve concepts each, in a group."""
    concepts = ", ".join(f'{{id: "c{n}", name: "{n}"}}' for n in range(12))
    answers = ", ".join(
        f'{{studentId: "s{student}", conceptIds: ["c{n}"], correct: {str((student + n) % 3 > 0).lower()}}}'
        for student in range(3)
        for n in range(12)
    )
    written = ask(
        url,
        f"""mutation {{ upsertConcepts(input: [{concepts}]) {{ __typename }}
        recordAnswers(input: {{answers: [{answers}]}}) {{ __typename }}
        upsertGroup(input: {{id: "g", name: "G", studentIds: ["s0", "s1", "s2"]}}) {{ __typename }} }}""",
    )
    assert {each["__typename"].endswith("Payload") for each in written["data"].values()} == {True}, written


def test_a_backup_beside_the_running_service(tmp_path: Path) -> None:
    shown = '{ students { totalCount } group(id: "g") { heatmap(kind: CONCEPT) { levels attempts } } }'
    with service(tmp_path, "--no-demo") as (_, url):
        write_class(url)
        before = ask(url, shown)
        backed_up = command(tmp_path, "backup", "all.jsonl.gz")
        exported = command(tmp_path, "export", "mastery", "--format", "jsonl", "--student", "s1")
    assert sum(map(len, before["data"]["group"]["heatmap"]["levels"])) == 36
    assert backed_up.returncode == 0, backed_up.stderr
    assert "all.jsonl.gz: 3 students," in backed_up.stdout
    assert exported.stdout.count('"s1"') == 12
    other = tmp_path / "other"
    other.mkdir()
    restored = command(other, "restore", str(tmp_path / "all.jsonl.gz"))
    assert "restored and compared: 3 students," in restored.stdout, restored.stderr
    with service(other, "--no-demo") as (_, url):
        assert ask(url, shown) == before
        again = command(other, "restore", str(tmp_path / "all.jsonl.gz"))
    assert again.returncode == 1
    assert "the database is not empty: nothing was written" in again.stderr.replace("\n", " ")
