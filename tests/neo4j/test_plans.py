"""What Neo4j thinks of every statement: it plans, uses indexes, warns of nothing, and nothing is read that is never written."""

import re
from collections.abc import Iterator
from typing import Any

import neo4j
import pytest

from graph_api.store.cypher_files import Statement, load
from graph_api.store.gateway import Gateway
from graph_api.store.packaged import packaged
from graph_api.store.sent_statements import as_written, in_one_map
from tests.conftest import Ask

pytestmark = pytest.mark.neo4j

ROOT = packaged("cypher")
RECIPES = load(ROOT / "recipes")
STATEMENTS = {**load(ROOT), **RECIPES}
SCANS = {"NodeByLabelScan", "AllNodesScan", "DirectedRelationshipTypeScan", "DirectedAllRelationshipsScan"}
WHOLE = {
    "audit/count", "audit/list_page", "concept/list_all", "skill/list_all", "course/list_all", "course/count", "course/list_ids", "due_replay/list_concepts", "concept/list_ids", "concept/list_active_ids", "skill/list_active_codes", "prerequisite/list", "active_set/list_on_concepts", "group/count", "job/list",
    "mastery/list_levels_of_all", "migration/list", "parameter_set/count", "policy_set/list_all", "run/count",
    "run/list_page", "service/count", "skill/list_categories", "skill/list_codes", "due_replay/list_skills", "active_set/list_on_skills", "student/count",
    "student/list_page_by_name", "roster/count_of_all", "roster/list_page_of_all",
    "backup/list_links", "backup/list_nodes", "restore/count_nodes", "restore/delete_rest", "run/forget_student",
    "run/list_naming", "source_document/list_ids",
    "student/list_inactive", "doctor/list_nodes_without_key", "doctor/list_nodes_without_name",
    "doctor/list_bad_sets", "doctor/list_targets_without_set", "doctor/list_bad_sessions", "doctor/list_bad_runs",
    "03_ready_to_learn", "06_distribution", "10_redundant_links",
}  # fmt: skip
"""Statements that are about all of a label, or all of it that fits a filter."""


@pytest.fixture(scope="module")
async def names(raw: Ask, gateway: Gateway) -> None:
    """Everything that a statement writes exists, so that reading anything else is warned of."""
    for statement in STATEMENTS.values():
        if statement.mode != "write":
            continue
        for name in re.findall(r"\b\w+\.(\w+) = ", statement.text) + re.findall(r"[{,]\s*(\w+):", statement.text):
            await raw("CALL db.createProperty($name)", name=name)
        for name in re.findall(r"\[\w*:(\w+)", statement.text):
            await raw("CALL db.createRelationshipType($name)", name=name)
        for name in re.findall(r"\(\w*:(\w+)", statement.text):
            await raw("CALL db.createLabel($name)", name=name)


@pytest.fixture(scope="module")
async def driver(database: dict[str, str]) -> Any:
    """A driver that passes warnings on."""
    auth = (database["neo4j_user"], database["neo4j_password"])
    async with neo4j.AsyncGraphDatabase.driver(database["neo4j_uri"], auth=auth) as connected:
        yield connected


def walk(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("children", ()):
        yield from walk(child)


def operators(plan: dict[str, Any]) -> set[str]:
    return {step["operatorType"].split("@")[0] for step in walk(plan)}


async def explain(driver: neo4j.AsyncDriver, statement: Statement) -> neo4j.ResultSummary:
    async with driver.session() as session:
        form = as_written if statement.name in RECIPES else in_one_map  # people send recipes
        text, params = form(statement.text, dict.fromkeys(statement.params))
        result = await session.run(neo4j.Query("EXPLAIN " + text), params)
        return await result.consume()


@pytest.mark.usefixtures("names")
@pytest.mark.parametrize("statement", STATEMENTS.values(), ids=lambda statement: statement.name)
async def test_a_statement_is_understood_without_warnings(driver: neo4j.AsyncDriver, statement: Statement) -> None:
    summary = await explain(driver, statement)

    warned = [each.status_description for each in summary.gql_status_objects if each.is_notification]
    assert warned == []
    assert summary.query_type == ("r" if statement.mode == "read" else summary.query_type)
    assert (summary.query_type == "r") == (statement.mode == "read")


@pytest.mark.usefixtures("names")
@pytest.mark.parametrize("name", sorted(STATEMENTS.keys() - WHOLE))
async def test_a_statement_starts_at_an_index(driver: neo4j.AsyncDriver, name: str) -> None:
    plan = (await explain(driver, STATEMENTS[name])).plan

    assert plan is not None
    assert not operators(plan) & SCANS
    for step in walk(plan):
        if step["operatorType"].startswith("CartesianProduct"):  # of two nodes, each found by its key
            assert all("NodeUniqueIndexSeek" in str(operators(child)) for child in step["children"]), name


def test_only_statements_that_exist_may_scan() -> None:
    assert STATEMENTS.keys() >= WHOLE
