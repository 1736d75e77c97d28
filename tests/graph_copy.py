"""Graphs that many tests begin with: made once, and written again from a copy where a test has changed them."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any

import neo4j
import neo4j.time

Run = Callable[..., Awaitable[Any]]
SHARED = "n:ParameterSet OR n:PolicySet OR n:Migration"
"""Parameters and migrations, which all tests share."""
DELETE_STUDENTS = "MATCH (s:Student) WITH s LIMIT 100 DETACH DELETE s RETURN count(s) AS deleted"
"""With their answers: on the embedded engine ten times as fast as deleting the answers one by one."""
COUNT_STUDENTS = "MATCH (s:Student) RETURN count(s) AS students"
DELETE_TARGETS = "MATCH (n) WHERE n:Concept OR n:Skill OR n:Group DETACH DELETE n"
"""With the links of a class at once: on the embedded engine a third faster than student by student."""
A_CLASS = 5_000
"""The links of more students do not fit in a database's memory at once."""
EMPTY = f"MATCH (n) WHERE NOT ({SHARED}) DETACH DELETE n"
READ_NODES = (
    f"MATCH (n) WHERE NOT ({SHARED}) "
    "RETURN elementId(n) AS id, labels(n) AS labels, properties(n) AS properties LIMIT $most"
)
READ_LINKS = (
    f"MATCH (n)-[r]->(m) WHERE NOT ({SHARED}) "
    "RETURN elementId(n) AS source, type(r) AS kind, elementId(m) AS sink, properties(r) AS properties LIMIT $most"
)
SHAPE = (
    "MATCH (n) RETURN labels(n) AS labels, count(*) AS nodes ORDER BY labels[0]",
    "MATCH ()-[r]->() RETURN type(r) AS kind, count(*) AS links ORDER BY kind",
    "MATCH (v:CourseVersion) RETURN v.mark AS mark",
)
"""What every test that writes changes, or `empty` before it."""
NEW_MARK = "MATCH (v:CourseVersion) SET v.mark = randomUUID()"
"""A test that changes the course without a use case is not shown what is in memory from the test before."""
MOST = 2_000
"""A graph of more nodes or links is made again by each test."""


async def empty(run: Run) -> None:
    """Delete everything but what tests share; students in batches, which fit in a database's memory."""
    while True:
        try:
            if (await run(DELETE_STUDENTS))[0]["deleted"]:
                if 0 < (await run(COUNT_STUDENTS))[0]["students"] < A_CLASS:
                    await run(DELETE_TARGETS)
                while (await run(DELETE_STUDENTS))[0]["deleted"]:
                    pass
            await run(EMPTY)
        except neo4j.exceptions.TransientError:  # the end of the test before still writes
            await asyncio.sleep(0.1)
        else:
            return


@dataclass
class GraphCopy:
    """The nodes and links of a graph without what tests share."""

    nodes: list[dict[str, Any]] = field(default_factory=list)
    links: list[dict[str, Any]] = field(default_factory=list)

    async def begin(self, run: Run, make: Callable[[], Awaitable[object]]) -> None:
        """Let the graph be what `make` makes of an empty one."""
        if self.nodes:
            if _comparable(*await _read(run)) != _comparable(self.nodes, self.links):
                await empty(run)
                await self._write(run)
            await run(NEW_MARK)
            return
        await empty(run)
        await make()
        self.nodes, self.links = await _read(run)
        assert max(len(self.nodes), len(self.links)) < MOST

    async def _write(self, run: Run) -> None:
        names = {node["id"]: f"n{number}" for number, node in enumerate(self.nodes)}
        parts = [f"({names[node['id']]}:{':'.join(node['labels'])} ${names[node['id']]})" for node in self.nodes]
        values = {names[node["id"]]: _stored(node["properties"]) for node in self.nodes}
        for number, link in enumerate(self.links):
            parts.append(f"({names[link['source']]})-[:{link['kind']} $r{number}]->({names[link['sink']]})")
            values[f"r{number}"] = _stored(link["properties"])
        await run("CREATE " + ", ".join(parts), **values)


@dataclass
class KeptGraph:
    """A graph that is too large to be copied: made once, and again only after a test has changed it."""

    value: Any = None
    """What `make` returned."""
    _shape: list[Any] = field(default_factory=list)

    async def begin(self, run: Run, make: Callable[[], Awaitable[object]]) -> Any:
        """Let the graph be what `make` makes of an empty one; returns what `make` returned."""
        if not self._shape or self._shape != await _read_shape(run):
            await empty(run)
            self.value = await make()
            self._shape = await _read_shape(run)
        return self.value


async def _read_shape(run: Run) -> list[Any]:
    return [await run(text) for text in SHAPE]


def _stored(properties: dict[str, Any]) -> dict[str, Any]:
    """As they were written: the embedded engine returns times without their zone, which is UTC."""
    return {
        name: value.to_native().replace(tzinfo=UTC) if isinstance(value, neo4j.time.DateTime) else value
        for name, value in properties.items()
    }


async def _read(run: Run) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    return await run(READ_NODES, most=MOST), await run(READ_LINKS, most=MOST)


def _comparable(nodes: list[dict[str, Any]], links: list[dict[str, Any]]) -> tuple[list[str], list[str]]:
    """Without internal ids and the mark of the course, which differ from one time to the next."""
    names = {
        node["id"]: repr((sorted(node["labels"]), sorted((k, v) for k, v in node["properties"].items() if k != "mark")))
        for node in nodes
    }
    ends = [
        (names.get(each["source"]), each["kind"], names.get(each["sink"]), sorted(each["properties"].items()))
        for each in links
    ]
    return sorted(names.values()), sorted(map(repr, ends))
