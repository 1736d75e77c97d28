"""A program that uses the client that ariadne-codegen generated: python ariadne_client.py URL, next to generated_client/."""

import asyncio
import sys
import uuid

from generated_client import AnswerInput, Client
from generated_client.enums import TargetKind


async def main(url: str) -> None:
    """Query, mutate and subscribe."""
    async with Client(url=url, ws_url=url.replace("http", "ws", 1)) as client:
        reply = await client.class_(id="demo", first=3)
        assert reply.group
        assert len(reply.group.members.nodes) == 3
        assert all(0 < each.level < 1 for each in reply.group.members.nodes[0].masteries.nodes)

        recorded = await client.record(answer("gr_articles"))
        assert recorded.record_answer.typename__ == "RecordAnswerPayload", recorded
        refused = await client.record(answer("no-such-concept"))
        assert refused.record_answer.failure
        assert refused.record_answer.failure.code == "CONCEPT_NOT_FOUND", refused

        async def receive() -> set[TargetKind]:
            kinds: set[TargetKind] = set()
            async for event in client.changes(id="demo-07"):
                kinds.add(event.mastery_changed.kind)
                if kinds == set(TargetKind):
                    break
            return kinds

        receiving = asyncio.create_task(receive())
        async with asyncio.timeout(60):
            while not receiving.done():  # nothing acknowledges a subscription
                await client.record(answer("gr_articles"))
                await asyncio.wait([receiving], timeout=1.5)
            await receiving
    print("query, mutation, subscription: passed")


def answer(concept_id: str) -> AnswerInput:
    """An answer that was not sent before."""
    return AnswerInput(id=str(uuid.uuid4()), studentId="demo-07", conceptIds=[concept_id], correct=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
