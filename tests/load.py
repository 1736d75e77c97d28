"""Clients that post answers over HTTP and try again, and the proof that each counted once."""

import asyncio
import random
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

import httpx

from graph_api.domain.parameters.knowledge_tracing import trace
from graph_api.domain.parameters.parameter_sets import DEFAULTS
from graph_api.domain.targets import TargetKind
from graph_api.store import answers, masteries
from graph_api.store.gateway import Gateway

RECORD = """mutation($input: AnswerInput!) { recordAnswer(input: $input) { __typename
  ... on RecordAnswerPayload { answer { id at } duplicate } ... on Failure { code message } } }"""
RETRYABLE = {"Unavailable", "Overloaded"}
PATIENCE = 120.0


@dataclass
class Load:
    """What clients sent and what they saw."""

    urls: Sequence[str]
    transport: httpx.AsyncBaseTransport | None = None
    """How to reach them, if not over the network."""
    students: int = 5
    concepts: int = 4
    acknowledged: dict[tuple[str, str], list[tuple[datetime, str, bool]]] = field(default_factory=dict)
    refused: dict[str, int] = field(default_factory=dict)
    longest: float = 0.0
    """The longest that an answer took to be acknowledged, tries included, in seconds."""

    @property
    def done(self) -> int:
        """Acknowledged answers."""
        return sum(map(len, self.acknowledged.values()))

    async def client(self, number: int, each: int) -> None:
        """Post answers one after the other, each again and again until it is acknowledged."""
        rng = random.Random(number)
        async with httpx.AsyncClient(timeout=60, transport=self.transport) as http:
            for n in range(each):
                student, concept = f"s{rng.randrange(self.students)}", f"c{rng.randrange(self.concepts)}"
                right = rng.random() < 0.5
                sent = {"id": f"{number}-{n}", "studentId": student, "conceptIds": [concept], "correct": right}
                at = await self._acknowledged(http, rng, sent)
                self.acknowledged.setdefault((student, concept), []).append((at, str(sent["id"]), right))

    async def _acknowledged(self, http: httpx.AsyncClient, rng: random.Random, sent: dict[str, object]) -> datetime:
        started = time.monotonic()
        while time.monotonic() < started + PATIENCE:
            try:
                body = {"query": RECORD, "variables": {"input": sent}}
                reply = await http.post(f"{rng.choice(self.urls)}/graphql", json=body)
                reply_body = reply.json()
            except httpx.TransportError as error:
                self._refused(type(error).__name__)
            else:
                assert "errors" not in reply_body, reply_body
                payload = reply_body["data"]["recordAnswer"]
                if payload["__typename"] == "RecordAnswerPayload":
                    self.longest = max(self.longest, time.monotonic() - started)
                    return datetime.fromisoformat(payload["answer"]["at"])
                assert payload["__typename"] in RETRYABLE, payload
                self._refused(payload["__typename"])
            await asyncio.sleep(0.2)
        raise AssertionError(f"not acknowledged within {PATIENCE} s: {sent}")

    def _refused(self, why: str) -> None:
        self.refused[why] = self.refused.get(why, 0) + 1

    async def prove(self, gateway: Gateway) -> None:
        """Every acknowledged answer is stored once, and levels are those of a replay."""
        await prove(gateway, self.acknowledged)


Acknowledged: TypeAlias = Mapping[tuple[str, str], Sequence[tuple[datetime, str, bool]]]
"""By student and concept: time, id, and whether it was right, of each answer."""


async def prove(gateway: Gateway, acknowledged: Acknowledged) -> None:
    """Of each student, every acknowledged answer is stored once, and levels are those of a replay."""
    of_students: dict[str, dict[str, Sequence[tuple[datetime, str, bool]]]] = defaultdict(dict)
    for (student, concept), history in acknowledged.items():
        of_students[student][concept] = history
    parameters = DEFAULTS[TargetKind.CONCEPT].parameters
    for student, of_concepts in of_students.items():
        stored = (await gateway.read(lambda tx, s=student: masteries.read_of_students(tx, [s])))[student]  # type: ignore[misc]
        by_concept = {each.target.key: each for each in stored if each.target.kind is TargetKind.CONCEPT}
        assert by_concept.keys() == of_concepts.keys()
        for concept, history in of_concepts.items():
            assert by_concept[concept].attempts == len(history)
            assert by_concept[concept].level == trace([right for *_, right in sorted(history)], parameters)[-1].after
        keys = [(student, key) for history in of_concepts.values() for _, key, _ in history]
        known = await gateway.read(lambda tx, keys=keys: answers.read_known_ids(tx, keys))  # type: ignore[misc]
        assert known == {key for _, key in keys}
