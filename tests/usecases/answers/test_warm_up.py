"""Warming up leaves nothing in the database, counts nothing, and never keeps the service from starting."""

from datetime import UTC, datetime

import pytest

from graph_api.domain.parameters.topic_parameters import DEFAULT_SET
from graph_api.store.concepts import read_course_version
from graph_api.store.cypher_files import load
from graph_api.store.gateway import Gateway
from graph_api.store.packaged import packaged
from graph_api.usecases.answers.warm_up import AT_ONCE, warm_up
from tests.conftest import Ask


def now() -> datetime:
    return datetime.now(UTC)


@pytest.mark.usefixtures("course")
async def test_nothing_is_left(gateway: Gateway, raw: Ask, statements_seen: list[str]) -> None:
    everything = (
        "MATCH (n) OPTIONAL MATCH (n)-[r]->() RETURN labels(n) AS labels, properties(n) AS has, count(r) AS links"
    )
    before = sorted(map(repr, await raw(everything)))
    mark = await gateway.read(read_course_version)
    statements_seen.clear()

    recorded = await warm_up(gateway, DEFAULT_SET, now, 0.3)

    assert statements_seen == []  # they are not among the metrics
    assert recorded >= 1
    assert AT_ONCE > 1
    assert sorted(map(repr, await raw(everything))) == before
    assert await gateway.read(read_course_version) == mark


async def test_zero_seconds_record_nothing(gateway: Gateway, statements_seen: list[str]) -> None:
    statements_seen.clear()
    assert await warm_up(gateway, DEFAULT_SET, now, 0) == 0
    assert statements_seen == []


async def test_a_database_that_is_away_is_no_obstacle() -> None:
    away = Gateway.connect(
        "bolt://127.0.0.1:9", user="u", password="p", database=None, statements=load(packaged("cypher")), retry_time=0.1
    )
    async with away:
        assert await warm_up(away, DEFAULT_SET, now, 5) == 0
