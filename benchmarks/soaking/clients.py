"""Clients of a soak: they post answers of every kind and ask questions, each again and again until it is done."""

import asyncio
import contextlib
import json
import random
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from benchmarks.soaking.ledger import Ledger

STUDENTS, CONCEPTS = 1_000, 20
PATIENCE = 120.0
PAUSE = 0.2
TRANSIENT = {"Overloaded", "Unavailable", "OVERLOADED", "UNAVAILABLE"}
OUTCOME = "__typename ... on RecordAnswerPayload { duplicate answer { id at } } ... on Failure { code message }"
RECORD = f"mutation($input: AnswerInput!) {{ recordAnswer(input: $input) {{ {OUTCOME} }} }}"
RECORD_MANY = f"""mutation($input: RecordAnswersInput!) {{ recordAnswers(input: $input) {{ __typename
  ... on RecordAnswersPayload {{ outcomes {{ {OUTCOME} }} }} ... on Failure {{ code message }} }} }}"""
SAID = "__typename ... on Failure { code message }"
START = f"mutation($input: StartSessionInput!) {{ startSession(input: $input) {{ {SAID} }} }}"
END = f"mutation($input: EndSessionInput!) {{ endSession(input: $input) {{ {SAID} }} }}"
QUERIES = (
    "query($id: ID!) { student(id: $id) { masteries { nodes { level status attempts concept { name } } } } }",
    "query($id: ID!) { student(id: $id) { answers(first: 20) { nodes { at correct changes { levelAfter } } } } }",
    "query($id: ID!) { student(id: $id) { weakSkills(kind: CONCEPT) { level attempts } due { retrievability } } }",
    '{ group(id: "class") { heatmap(kind: CONCEPT) { levels } } }',
)
BAD = "{ " + "nothing " * 300 + "}"


class Connection:
    """A keep-alive connection, opened again when it breaks. No library: it must not cost more than the server."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._writer: asyncio.StreamWriter | None = None

    async def post(self, body: bytes, token: str) -> tuple[int, Any]:
        """The status and the reply to a GraphQL request.

        Raises:
            OSError, EOFError, TimeoutError: the connection broke.
        """
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._post(body, token)
        except BaseException:
            self.close()
            raise

    async def _post(self, body: bytes, token: str) -> tuple[int, Any]:
        if self._writer is None:
            self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        head = (
            "POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            f"Authorization: Bearer {token}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        self._writer.write(head.encode() + body)
        status, *headers = (await self._reader.readuntil(b"\r\n\r\n")).decode().lower().split("\r\n")
        fields = dict(line.split(": ", 1) for line in headers if line)
        text = await self._reader.readexactly(int(fields["content-length"]))
        if fields.get("connection") == "close":
            self.close()
        return int(status.split()[1]), json.loads(text) if fields["content-type"].startswith("application/") else {}

    def close(self) -> None:
        """Hang up."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None


class Pace:
    """Lets a number of operations begin per second; what a stall held up for more than a second is dropped."""

    def __init__(self, rate: float) -> None:
        self._gap = 1 / rate
        self._next = time.monotonic()

    async def turn(self) -> None:
        """Wait for the next turn."""
        now = time.monotonic()
        self._next = max(self._next + self._gap, now - 1.0)
        await asyncio.sleep(self._next - now)


class Client:
    """One of many. `service` and `admin` are tokens of those roles."""

    def __init__(self, port: int, number: str, ledger: Ledger, *, service: str, admin: str) -> None:
        self._connection = Connection(port)
        self._rng = random.Random(number)  # noqa: S311 - load, not secrets
        self._number, self._count = number, 0
        self._ledger, self._service, self._admin = ledger, service, admin
        self._last: dict[str, Any] | None = None
        kinds = {
            self.answer: 50, self.late_answer: 5, self.duplicate: 10, self.batch: 5, self.session: 5, self.query: 25,
        }  # fmt: skip
        self._kinds, self._weights = list(kinds), list(kinds.values())

    async def run(self, until: float, pace: Pace | None = None) -> None:
        """One operation after the other."""
        while time.monotonic() < until:
            if pace:
                await pace.turn()
            (kind,) = self._rng.choices(self._kinds, self._weights)
            started = time.monotonic()
            await kind()
            self._ledger.seconds[kind.__name__].append(time.monotonic() - started)
        self._connection.close()

    async def flood(self, until: float) -> None:
        """Queries that are refused, as fast as they can be sent."""
        while time.monotonic() < until:
            with contextlib.suppress(OSError, EOFError):
                await self._connection.post(json.dumps({"query": BAD}).encode(), self._admin)
        self._connection.close()

    def _draw(self, student: str | None = None) -> dict[str, Any]:
        self._count += 1
        return {
            "id": f"{self._number}-{self._count}",
            "studentId": student or f"s{self._rng.randrange(STUDENTS)}",
            "conceptIds": [f"c{self._rng.randrange(CONCEPTS)}"],
            "correct": self._rng.random() < 0.6,  # noqa: PLR2004
        }

    async def answer(self) -> None:
        """An answer without a time."""
        await self._record(self._draw())

    async def late_answer(self) -> None:
        """An answer of an hour ago, which is replayed."""
        at = datetime.now(UTC) - timedelta(hours=1)
        await self._record({**self._draw(), "at": at.isoformat()})

    async def duplicate(self) -> None:
        """The last answer once more."""
        if self._last is None:
            return
        outcome = await self._ask(RECORD, self._service, "recordAnswer", input=self._last)
        if outcome and not outcome.get("duplicate"):
            self._ledger.wrong("a duplicate was not known as one")

    async def batch(self) -> None:
        """Twenty answers in one call."""
        sent = [self._draw() for _ in range(20)]
        reply = await self._ask(RECORD_MANY, self._service, "recordAnswers", input={"answers": sent})
        for each, outcome in zip(sent, reply["outcomes"] if reply else (), strict=bool(reply)):
            self._acknowledge(each, outcome)

    async def session(self) -> None:
        """A session of three answers."""
        student = f"s{self._rng.randrange(STUDENTS)}"
        self._count += 1
        key = f"session-{self._number}-{self._count}"
        if await self._ask(START, self._service, "startSession", input={"studentId": student, "id": key}) is None:
            return
        for _ in range(3):
            await self._record({**self._draw(student), "sessionId": key})
        await self._ask(END, self._service, "endSession", input={"id": key, "status": "SUBMITTED"})

    async def query(self) -> None:
        """A question."""
        student = f"s{self._rng.randrange(STUDENTS)}"
        await self._ask(self._rng.choice(QUERIES), self._admin, None, id=student)

    async def _record(self, sent: dict[str, Any]) -> None:
        outcome = await self._ask(RECORD, self._service, "recordAnswer", input=sent)
        if outcome:
            self._acknowledge(sent, outcome)
            self._last = sent

    def _acknowledge(self, sent: dict[str, Any], outcome: dict[str, Any]) -> None:
        if outcome["__typename"] != "RecordAnswerPayload":
            self._ledger.wrong(f"{outcome['code']}: {outcome['message']}")
            return
        answer = (datetime.fromisoformat(outcome["answer"]["at"]), sent["id"], sent["correct"])
        self._ledger.acknowledged[sent["studentId"], sent["conceptIds"][0]].append(answer)

    async def _ask(self, query: str, token: str, field: str | None, **variables: object) -> dict[str, Any] | None:
        """The field's value, or all data; None after an error that a retry does not fix."""
        body = json.dumps({"query": query, "variables": variables}).encode()
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                status, reply = await self._connection.post(body, token)
            except (OSError, EOFError) as error:
                self._ledger.refused(type(error).__name__)
            else:
                failed = failures(status, reply, field)
                if not failed:
                    data: dict[str, Any] = reply["data"]
                    return data if field is None else data[field]
                if not failed <= TRANSIENT:
                    self._ledger.wrong(", ".join(sorted(failed)) + f": {json.dumps(reply)[:300]}")
                    return None
                for each in failed:
                    self._ledger.refused(each)
            await asyncio.sleep(PAUSE)
        self._ledger.wrong(f"not done within {PATIENCE:g} s")
        return None


def failures(status: int, reply: Any, field: str | None) -> set[str]:  # noqa: ANN401 - whatever came
    """The error of a reply; of a list of outcomes, those to send again."""
    if status == 503 and not reply:  # noqa: PLR2004
        return {"UNAVAILABLE"}
    if "errors" in reply:
        return {error["extensions"]["code"] for error in reply["errors"]}
    if field is None:
        return set()
    value = reply["data"][field]
    outcomes = value.get("outcomes", [value])
    names = {each["__typename"] for each in outcomes}
    return {name for name in names if not name.endswith("Payload")} & TRANSIENT or (
        {name for name in {value["__typename"]} if not name.endswith("Payload")}
    )
