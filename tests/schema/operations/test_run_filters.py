"""Runs by student, group, parameter set and algorithm (Q11)."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_api.domain.operations.runs import Algorithm, Run
from graph_api.store import runs
from graph_api.store.gateway import Gateway
from tests.conftest import NOW, Ask
from tests.schema.small_class import EXAMPLES

RUNS = """query($student: ID, $group: ID, $set: ID, $algorithm: Algorithm, $without: [Algorithm!], $after: String) {
  runs(studentId: $student, groupId: $group, parameterSetId: $set, algorithm: $algorithm, excludeAlgorithms: $without,
    first: 2, after: $after) { totalCount nodes { id } pageInfo { hasNextPage endCursor } } }"""
IDS = ["anna", 'a"nna', "an", 'x","studentId":"anna']
"""One id is a part of another, and one imitates the stored text."""
SETS = ["recency-v0", "recency-v01"]
ALGORITHMS = [Algorithm.RECOMPUTE_RECENCY, Algorithm.REPLAY_TOPICS, Algorithm.EXPIRE_SESSIONS]
STORED = [
    Run(
        f"run{n}",
        ALGORITHMS[n % 3],
        "1",
        {"parameterSet": SETS[n % 2]} if n % 5 else {},
        "mutation",
        NOW + timedelta(minutes=n),
        input={"studentId": IDS[n % 4] if n % 3 else None, "groupId": IDS[n % 4] if n % 3 == 0 else None},
    ).succeeded(NOW + timedelta(hours=1), {})
    for n in range(24)
]


@pytest.fixture
async def ledger(clean: None, gateway: Gateway) -> None:
    """Runs of several students and groups."""
    for run in STORED:
        await gateway.write(lambda tx, run=run: runs.put(tx, run))  # type: ignore[misc]


async def listed(ask: Ask, **filters: Any) -> list[str]:
    """The ids of all pages."""
    ids: list[str] = []
    after = None
    while True:
        page = (await ask(RUNS, after=after, **filters))["runs"]
        ids += [each["id"] for each in page["nodes"]]
        if not page["pageInfo"]["hasNextPage"]:
            assert page["totalCount"] == len(ids)
            return ids
        after = page["pageInfo"]["endCursor"]


@pytest.mark.usefixtures("ledger")
@EXAMPLES
@given(
    who=st.sampled_from([None, "student", "group"]),
    key=st.sampled_from(IDS),
    used=st.sampled_from([None, *SETS]),
    algorithm=st.sampled_from([None, *ALGORITHMS]),
    without=st.sampled_from([None, [], ALGORITHMS[:1], ALGORITHMS[1:]]),
)
async def test_filters_select_what_a_filter_of_all_runs_selects(
    ask: Ask,
    who: str | None,
    key: str,
    used: str | None,
    algorithm: Algorithm | None,
    without: list[Algorithm] | None,
) -> None:
    expected = [
        run.id
        for run in reversed(STORED)
        if (who is None or run.input[f"{who}Id"] == key)
        and (used is None or run.parameters.get("parameterSet") == used)
        and (algorithm is None or run.algorithm is algorithm)
        and run.algorithm not in (without or ())
    ]
    filters = {who: key} if who else {}
    ids = await listed(ask, set=used, algorithm=algorithm, without=without, **filters)

    assert ids == expected


async def test_a_student_and_a_group_at_once_are_refused(client: httpx.AsyncClient) -> None:
    query = '{ runs(studentId: "anna", groupId: "g") { totalCount } }'
    (error,) = (await client.post("/graphql", json={"query": query})).json()["errors"]

    assert error["extensions"]["code"] == "INVALID_INPUT"
    assert "studentId, groupId" in error["message"]
