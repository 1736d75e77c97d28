"""What clients of a websocket see of faults, and what happens to frames that are not messages."""

import json
from typing import Any

import pytest

from graph_api.app.application import create_app
from graph_api.config import Settings
from tests.application import Client
from tests.websocket import operation, talk

INIT = '{"type": "connection_init"}'


async def errors(client: Client, query: str) -> Any:
    """The errors that an operation ends with: before its first result, or in it."""
    frames = [json.loads(message["text"]) for message in await talk(client.app, *operation(query)) if "text" in message]
    payload = next(frame["payload"] for frame in frames if frame["type"] in {"next", "error"})
    return payload["errors"] if isinstance(payload, dict) else payload


async def test_a_fault_is_masked(
    client: Client, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def fail(*_: object, **__: object) -> None:
        raise RuntimeError("a secret of the server")

    monkeypatch.setattr("graph_api.store.runs.read_by_ids", fail)

    (error,) = await errors(client, 'subscription { runProgress(id: "x") { id } }')

    assert error["extensions"]["code"] == "INTERNAL"
    assert "secret" not in json.dumps(error)
    assert "secret" in "".join(capsys.readouterr())


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("subscription { masteryChanged { level } }", "INVALID_INPUT"),
        ('subscription { runProgress(id: "nothing") { id } }', "RUN_NOT_FOUND"),
        ("subscription { nothing }", "BAD_REQUEST"),
        ("subscription {", "BAD_REQUEST"),
        ("x" * 1_000, "BAD_REQUEST"),
        ("{ __typename " * 30 + "}" * 30, "BAD_REQUEST"),
    ],
)
async def test_an_error_has_a_code(client: Client, query: str, code: str) -> None:
    assert [error["extensions"]["code"] for error in await errors(client, query)] == [code]


@pytest.mark.parametrize(
    "frame",
    [
        "", "[]", "null", "1", '"x"', "{", "[" * 200_000, '{"type": []}', '{"type": "nothing"}', '{"type": "complete", "id": []}',
        '{"type": "subscribe", "id": "1"}', '{"type": "subscribe", "id": "1", "payload": "x"}',
        '{"type": "subscribe", "id": "1", "payload": {"query": 1}}', '{"type": "subscribe", "id": {}, "payload": {"query": "{ x }"}}',
        '{"type": "subscribe", "id": "1", "payload": {"query": "{ x }", "variables": []}}',
        '{"type": "subscribe", "id": "1", "payload": {"query": "{ x }", "operationName": 1}}', '{"type": "ping", "id": "\\ud800"}',
    ],
    ids=lambda frame: frame[:80],
)  # fmt: skip
async def test_a_frame_that_is_no_message_ends_the_connection(client: Client, frame: str) -> None:
    last = (await talk(client.app, INIT, frame))[-1]

    assert (last["type"], last.get("code")) == ("websocket.close", 4400)


async def test_a_query_that_takes_too_long_is_given_up_and_a_subscription_is_not(database: dict[str, str]) -> None:
    given: dict[str, Any] = {**database, "scheduler": False, "request_seconds": 0.000_001}
    app = create_app(Settings(_env_file=None, **given))
    async with app.router.lifespan_context(app):
        (error,) = json.loads((await talk(app, *operation("{ students { totalCount } }")))[-1]["text"])["payload"]
        assert error["extensions"] == {"code": "UNAVAILABLE", "retryAfter": 5.0}

        frame = json.loads(
            (await talk(app, *operation('subscription { runProgress(id: "nothing") { id } }')))[-2]["text"]
        )
        assert frame["payload"]["errors"][0]["extensions"]["code"] == "RUN_NOT_FOUND"
