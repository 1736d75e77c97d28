"""Uploads of answer files: runs with progress, previews, limits, callers, and files that never stay."""

import asyncio
import gzip
import json
import shutil
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from graph_api.app.application import create_app
from graph_api.config import Settings
from graph_api.usecases.answers import import_upload
from graph_api.usecases.answers.import_answers import ImportAnswers
from tests.application import Client, service
from tests.conftest import Ask
from tests.tokens import SECRET, signed

URL = "/imports/answers"
HEADER = {"GraphQL-Require-Preflight": "1"}
OWN = {"student": "u", "correct": "ok", "skill": "s", "at": "t"}
HEAD = "u,ok,s,t\n"
RUN = """query($id: ID!) { run(id: $id) { algorithm startedBy status error input output parameters
  progress { step done total } } }"""
LOG = '{ auditLog(mutation: "importAnswers") { nodes { principal role subjects outcome } } }'


def answers(number: int, student: str = "anna") -> str:
    """A file of answers, a minute apart."""
    rows = (
        f"{student},{n % 2},grammar,2026-01-{n // 1440 + 1:02}T{n // 60 % 24:02}:{n % 60:02}:00Z" for n in range(number)
    )
    return HEAD + "".join(f"{row}\n" for row in rows)


def headers(role: str = "admin", sub: str = "olga") -> dict[str, str]:
    return {**HEADER, "Authorization": f"Bearer {signed(sub=sub, role=role)}"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("service")


@pytest.fixture(scope="module")
async def guarded(database: dict[str, str], folder: Path) -> AsyncIterator[Client]:
    options: dict[str, Any] = {"jwt_secret": SECRET, "pseudonym_key": "k" * 32, "rate_limit": ""}
    options |= {"data_dir": folder, "upload_bytes": 200_000}
    async with service(database, **options) as http:
        yield http


async def send(
    http: httpx.AsyncClient, content: str | bytes, name: str = "week.csv", role: str = "admin", **fields: Any
) -> httpx.Response:
    return await http.post(URL, files={"file": (name, content)}, data=fields or OWN, headers=headers(role))


async def read(http: httpx.AsyncClient, query: str, **variables: Any) -> Any:
    body = {"query": query, "variables": variables}
    reply = (await http.post("/graphql", json=body, headers=headers())).json()
    assert "errors" not in reply, reply
    return reply["data"]


async def ended(http: httpx.AsyncClient, reply: httpx.Response) -> dict[str, Any]:
    """The run of an upload when it has ended."""
    assert reply.status_code == 202, reply.text
    while True:
        run: dict[str, Any] = (await read(http, RUN, id=reply.json()["run"]["id"]))["run"]
        if run["status"] != "RUNNING":
            return run
        await asyncio.sleep(0.05)


def remains(folder: Path) -> list[Path]:
    """Files of uploads that are on the disk."""
    return [path for path in (folder / "uploads").rglob("*") if path.is_file()]


async def gone(folder: Path) -> bool:
    """Whether the files of uploads go; the run ends just before they do."""
    for _ in range(100):
        if not remains(folder):
            return True
        await asyncio.sleep(0.05)
    return False


@pytest.mark.usefixtures("course")
@pytest.mark.parametrize(
    ("name", "packed"), [("week.csv", str.encode), ("week.csv.gz", lambda text: gzip.compress(text.encode()))]
)
async def test_a_run_records_the_answers_and_a_repetition_records_none(
    guarded: Client, folder: Path, counts: Ask, name: str, packed: Any
) -> None:
    content = packed(answers(450))
    first = await send(guarded, content, name)
    run = await ended(guarded, first)

    assert (run["status"], run["algorithm"], run["startedBy"]) == ("SUCCESS", "IMPORT_ANSWERS", "UPLOAD")
    assert run["input"] == {"dataset": "week.csv", "bytes": len(content)}
    assert run["progress"] == {"step": "recording answers", "done": len(content), "total": len(content)}
    assert {key: run["output"][key] for key in ("rows", "recorded", "rejected")} == {
        "rows": 450, "recorded": 450, "rejected": 0,
    }  # fmt: skip
    assert (await counts())["answers"] == 450
    assert any(line.startswith("columns: student = 'u'") for line in first.json()["layout"])
    again = (await ended(guarded, await send(guarded, content, name)))["output"]
    assert (again["recorded"], again["alreadyPresent"], (await counts())["answers"]) == (0, 450, 450)
    assert await gone(folder)


@pytest.mark.usefixtures("course")
async def test_rejected_rows_stop_a_run_or_are_named(guarded: Client, folder: Path, counts: Ask) -> None:
    content = answers(3) + "anna-7f,maybe,grammar,2026-02-01T00:00:00Z\nanna,1,nope,2026-02-01T00:00:00Z\n"
    stopped = await ended(guarded, await send(guarded, content))

    assert stopped["status"] == "FAILED"
    assert stopped["error"].startswith("InvalidInput: line 5, ok: must be 1 or 0, true or false")
    assert (stopped["output"]["recorded"], stopped["output"]["untried"]) == (0, 4)
    assert (await counts())["answers"] == 0
    continued = await ended(guarded, await send(guarded, content, **OWN, skipBad="true"))
    assert (continued["status"], continued["output"]["recorded"]) == ("SUCCESS", 3)
    assert [(row["line"], row["field"], row["code"]) for row in continued["output"]["rejectedRows"]] == [
        (5, "ok", "INVALID_INPUT"), (6, "s", "SKILL_NOT_FOUND"),
    ]  # fmt: skip
    assert "use createSkills" in continued["output"]["rejectedRows"][1]["rule"]
    assert "maybe" not in json.dumps([stopped, continued]), "values may name students"
    assert await gone(folder)


@pytest.mark.usefixtures("course")
async def test_a_dry_run_records_nothing_and_shows_what_was_read(guarded: Client, folder: Path, counts: Ask) -> None:
    before = await counts()
    content = answers(30) + "anna,maybe,grammar,2026-02-01T00:00:00Z\n"
    reply = await send(guarded, content, **OWN, dryRun="true")

    shown = reply.json()
    assert (reply.status_code, shown["rows"], shown["answers"], shown["rejected"]) == (200, 31, 30, 1)
    assert len(shown["firstAnswers"]) == 10
    assert shown["firstAnswers"][0].startswith("line 2: anna incorrect, about grammar; at 2026-01-01T00:00:00")
    assert shown["rejectedRows"][0] | {"value": "maybe", "line": 32} == shown["rejectedRows"][0]
    assert await counts() == before
    assert remains(folder) == []


@pytest.mark.usefixtures("course")
async def test_a_layout_is_recognised_and_only_administrators_create_skills(guarded: Client, counts: Ask) -> None:
    pybkt = "user_id,skill_name,correct,order_id\nben,grammar,1,1\nben,Brand new,0,2\n"
    options = {"skipBad": "true", "skillPrefix": ""}
    by_service = await ended(guarded, await send(guarded, pybkt, role="service", **options))
    refused = await send(guarded, pybkt, role="service", createSkills="true")
    by_admin = await ended(guarded, await send(guarded, pybkt, **options))

    assert by_service["parameters"]["layout"] == "pybkt"
    assert (by_service["output"]["recorded"], by_service["output"]["rejectedRows"][0]["code"]) == (1, "SKILL_NOT_FOUND")
    assert refused.status_code == 403
    assert refused.json()["errors"][0]["extensions"]["field"] == "createSkills"
    assert by_admin["output"]["recorded"] == 1
    assert (await counts())["answers"] == 2


@pytest.mark.parametrize("role", ["student", "teacher", "analyst"])
async def test_roles_that_may_not_record_for_all_are_refused(guarded: Client, role: str) -> None:
    reply = await send(guarded, answers(1), role=role)

    assert (reply.status_code, reply.json()["errors"][0]["extensions"]["field"]) == (403, "importAnswers")


async def test_without_a_token_or_the_header_nothing_is_read(guarded: Client, folder: Path) -> None:
    files, token = {"file": ("week.csv", answers(1))}, {"Authorization": headers()["Authorization"]}
    nobody = await guarded.post(URL, files=files, data=OWN, headers=HEADER)
    form_of_another_site = await guarded.post(URL, files=files, data=OWN, headers=token)
    origin = await guarded.post(URL, files=files, headers=headers() | {"Origin": "https://evil.example"})

    assert (nobody.status_code, form_of_another_site.status_code, origin.status_code) == (401, 400, 403)
    assert "GraphQL-Require-Preflight" in form_of_another_site.json()["errors"][0]["message"]
    assert remains(folder) == []


FIELDS = [
    ({"layout": "/etc/passwd.toml"}, "layout", "must be one of"),
    ({"set": 'join = [{files = ["../../x"], on = "a", key = "b"}]'}, "set", "must change cells"),
    ({"set": "times.zone = "}, "set", "must be TOML"),
    ({"set": 'times.zone = "Mars"', "layout": "pybkt"}, "set", "times.zone: must name a time zone"),
    ({"timeZone": "Mars"}, "timeZone", "must name a time zone"),
    ({"timeUnit": "h"}, "timeUnit", "must be one of s, ms, us"),
    ({"encoding": "x"}, "encoding", "must name an encoding"),
    ({"student": "re:(a+)+$"}, "student", "must be the name of a column"),
    ({"student": ""}, "student", "must name a column"),
    ({"at": "t", "order": "o"}, "at and order", "name one of them"),
    ({"skipBad": "yes"}, "skipBad", "must be true or false"),
    ({"start": "soon"}, "start", "must be a time"),
    ({"dataset": "x" * 200}, "dataset", "must be at most 200 characters"),
    ({"evidence": "nope-v1"}, "evidence", "must be a stored version"),
    ({"nope": "1"}, "nope", "is no field of an upload"),
    ({"student": "missing"}, "line 1", "the header must name the column 'missing' (student)"),
]


@pytest.mark.parametrize(
    ("fields", "field", "rule"), FIELDS, ids=[f"{field}-{n}" for n, (_, field, _) in enumerate(FIELDS)]
)
async def test_a_field_that_breaks_a_rule_is_named(
    guarded: Client, folder: Path, fields: dict[str, str], field: str, rule: str
) -> None:
    reply = await send(guarded, answers(1), **({"correct": "ok", "skill": "s", "student": "u"} | fields))

    (error,) = reply.json()["errors"]
    assert reply.status_code in {400, 404}, reply.text
    assert error["extensions"]["field"] == field
    assert rule in error["extensions"]["rule"]
    assert "--" not in error["message"], "flags are of the command line"
    assert remains(folder) == []


@pytest.mark.parametrize("is_announced", [True, False])
async def test_a_body_over_the_limit_is_refused_while_it_arrives(
    guarded: Client, folder: Path, is_announced: bool
) -> None:
    request = guarded.build_request("POST", URL, files={"file": ("week.csv", "x" * 300_000)}, headers=headers())
    body = await request.aread()
    taken = 0

    async def pieces() -> AsyncIterator[bytes]:
        nonlocal taken
        for start in range(0, len(body), 50_000):
            taken += 50_000
            yield body[start : start + 50_000]

    sent = {**headers(), "Content-Type": request.headers["content-type"]}
    sent |= {"Content-Length": str(len(body))} if is_announced else {}
    reply = await guarded.post(URL, content=pieces(), headers=sent)

    assert (reply.status_code, reply.json()["errors"][0]["extensions"]["code"]) == (413, "BODY_TOO_LARGE")
    assert "must be at most 200000 bytes (GRAPH_API_UPLOAD_BYTES)" in reply.text
    assert taken < len(body)
    assert remains(folder) == []


BODIES = [
    (b"", "multipart/form-data", 400), (b"{}", "application/json", 400), (b"", "multipart/form-data; boundary=x", 400),
    (b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nu,ok', "multipart/form-data; boundary=x", 400),
    (b"--x\r\nnope\r\n\r\n\r\n--x--\r\n", "multipart/form-data; boundary=x", 400),
    (b"--x\r\nContent-Disposition: form-data\r\n\r\n1\r\n--x--\r\n", "multipart/form-data; boundary=x", 400),
    (b'--x\r\nContent-Disposition: form-data; name="s"\r\n\r\n' + b"1" * 10_001 + b"\r\n--x--\r\n", "multipart/form-data; boundary=x", 413),
    (b'--x\r\nContent-Disposition: form-data; name="s"\r\n\r\n\xff\r\n--x--\r\n', "multipart/form-data; boundary=x", 400),
    (b'--x\r\nContent-Disposition: form-data; name="s"; filename="a"\r\n\r\n1\r\n--x--\r\n', "multipart/form-data; boundary=x", 400),
]  # fmt: skip


@pytest.mark.parametrize(("body", "media_type", "status"), BODIES)
async def test_a_body_that_is_no_form(guarded: Client, folder: Path, body: bytes, media_type: str, status: int) -> None:
    reply = await guarded.post(URL, content=body, headers=headers() | {"Content-Type": media_type})

    assert (reply.status_code, len(reply.json()["errors"])) == (status, 1), reply.text
    assert remains(folder) == []


@pytest.mark.usefixtures("course")
async def test_a_cancelled_run_stops_and_its_file_goes(
    guarded: Client, folder: Path, counts: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits = asyncio.Event()
    settle = ImportAnswers._settle

    async def slow(self: ImportAnswers, *args: Any, **kwargs: Any) -> None:
        await settle(self, *args, **kwargs)
        await waits.wait()

    monkeypatch.setattr(ImportAnswers, "_settle", slow)
    reply = await send(guarded, answers(450))
    assert remains(folder) != []
    modes = {path.stat().st_mode & 0o777 for path in remains(folder)}
    run_id = reply.json()["run"]["id"]
    await read(guarded, "mutation($id: ID!) { cancelRun(id: $id) { ... on Failure { message } } }", id=run_id)
    run = await ended(guarded, reply)

    assert modes == {0o600}
    assert (run["status"], run["error"]) == ("FAILED", "cancelled")
    assert (await counts())["answers"] in {0, import_upload.BATCH}
    assert await gone(folder)


@pytest.mark.usefixtures("course")
async def test_uploads_are_on_record(guarded: Client) -> None:
    await ended(guarded, await send(guarded, answers(1)))
    await send(guarded, answers(1), **OWN, evidence="nope-v1")

    failed, done = (await read(guarded, LOG))["auditLog"]["nodes"][:2]

    assert (failed["outcome"], done["outcome"]) == ("ParameterSetNotFound", "Run")
    assert (done["principal"], done["role"], len(done["subjects"])) == ("olga", "ADMIN", 1)


@pytest.mark.usefixtures("course")
async def test_a_damaged_file_is_recorded_up_to_the_damage(guarded: Client, folder: Path, counts: Ask) -> None:
    rows = (f"s{n * 7919 % 9973},1,grammar,2026-01-01T00:00:00Z\n" for n in range(2_000))
    whole = gzip.compress((HEAD + "".join(rows)).encode())
    cut = whole[: len(whole) // 2]
    preview = await send(guarded, cut, "cut.csv.gz", **OWN, dryRun="true")
    run = await ended(guarded, await send(guarded, cut, "cut.csv.gz"))

    assert (preview.status_code, run["status"]) == (400, "FAILED")
    assert "copy or download it again" in preview.json()["errors"][0]["extensions"]["rule"]
    assert 0 < run["output"]["recorded"] == (await counts())["answers"] < 2_000
    assert run["progress"]["done"] <= len(cut)
    assert await gone(folder)


async def test_a_body_that_stops_and_a_disk_that_refuses(database: dict[str, str], tmp_path: Path) -> None:
    async def stuck() -> AsyncIterator[bytes]:
        yield b"--x\r\n"
        await asyncio.sleep(30)

    sent = headers() | {"Content-Type": "multipart/form-data; boundary=x"}
    async with service(database, jwt_secret=SECRET, data_dir=tmp_path, request_seconds=0.2) as http:
        late = await http.post(URL, content=stuck(), headers=sent)
        assert remains(tmp_path) == []
    shutil.rmtree(tmp_path / "uploads")
    (tmp_path / "uploads").write_text("a file in place of the folder")
    async with service(database, jwt_secret=SECRET, data_dir=tmp_path) as http:
        unstored = await send(http, answers(1))

    codes = [(reply.status_code, reply.json()["errors"][0]["extensions"]["code"]) for reply in (late, unstored)]
    assert codes == [(408, "REQUEST_TIMEOUT"), (503, "UNAVAILABLE")]


async def test_uploads_wait_for_each_other_beyond_four(guarded: Client, folder: Path) -> None:
    go_on = asyncio.Event()

    async def held() -> AsyncIterator[bytes]:
        yield b"--x\r\n"
        await go_on.wait()

    sent = headers() | {"Content-Type": "multipart/form-data; boundary=x"}
    waiting = [asyncio.create_task(guarded.post(URL, content=held(), headers=sent)) for _ in range(4)]
    await asyncio.sleep(0.2)
    refused = await send(guarded, answers(1))
    go_on.set()
    await asyncio.gather(*waiting)

    assert (refused.status_code, refused.json()["errors"][0]["extensions"]["code"]) == (503, "OVERLOADED")
    assert refused.headers["retry-after"] == "10"


async def test_a_client_that_goes_away_leaves_nothing(
    database: dict[str, str], tmp_path: Path, counts: Ask, course: None
) -> None:
    """A real server: the connection breaks in the middle of a file; curl, a real client, sends one whole."""
    app = create_app(Settings(_env_file=None, scheduler=False, data_dir=tmp_path, **database))  # type: ignore[arg-type]
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port = listening.getsockname()[1]
        server = uvicorn.Server(uvicorn.Config(app, log_config=None))
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        while not server.started:
            await asyncio.sleep(0.05)
        _reader, writer = await asyncio.open_connection("127.0.0.1", port)
        head = f"POST {URL} HTTP/1.1\r\nHost: localhost\r\nX-Requested-With: test\r\nContent-Length: 90000\r\n"
        writer.write(f"{head}Content-Type: multipart/form-data; boundary=x\r\n\r\n".encode())
        writer.write(
            b'--x\r\nContent-Disposition: form-data; name="file"; filename="w.csv"\r\n\r\n' + answers(9).encode()
        )
        await writer.drain()
        while not remains(tmp_path):
            await asyncio.sleep(0.02)
        writer.close()
        assert await gone(tmp_path)
        assert (await counts())["answers"] == 0
        if shutil.which("curl"):
            (tmp_path / "week.csv").write_text(answers(5))
            fields = [part for name, column in OWN.items() for part in ("-F", f"{name}={column}")]
            sent = ["-sS", "-H", "X-Requested-With: curl", "-F", f"file=@{tmp_path / 'week.csv'}", *fields]
            curl = await asyncio.create_subprocess_exec(
                "curl", *sent, f"http://127.0.0.1:{port}{URL}", stdout=asyncio.subprocess.PIPE
            )
            out, _ = await curl.communicate()
            assert json.loads(out)["run"]["status"] == "RUNNING"
            while (await counts())["answers"] < 5:
                await asyncio.sleep(0.05)
        server.should_exit = True
        await serving
    assert not list((tmp_path / "uploads").iterdir())
