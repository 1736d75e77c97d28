"""The ten questions of docs/analysis.md on the demo class: GraphQL and Cypher both answer, and they agree."""

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from graph_api.store.cypher_files import load
from graph_api.store.packaged import packaged
from tests.conftest import Ask

PAPER = (Path(__file__).parents[2] / "docs" / "analysis.md").read_text()
QUESTIONS = re.findall(r"^## \d+\. (.*?)\n.*?```graphql\n(.*?)```", PAPER, re.DOTALL | re.MULTILINE)
RECIPES = load(packaged("cypher") / "recipes")
USUAL = {
    "group_id": "demo", "student_id": "demo-27", "concept_id": "gr_articles", "threshold": 0.5, "min_attempts": 5,
    "mastered": 0.95, "focus": 0.4, "stuck_attempts": 10, "limit": 5, "longest": 10, "min_level": 0.5,
}  # fmt: skip


@pytest.fixture(scope="module")
def now(demo_class: datetime) -> datetime:
    """The demo class as of the present, because the service judges by its own clock."""
    return demo_class


async def cypher(raw: Ask, name: str, since: datetime) -> Any:
    recipe = RECIPES[name]
    return await raw(recipe.text, **{key: ({**USUAL, "since": since.isoformat()})[key] for key in recipe.params})


async def graphql(ask: Ask, number: int) -> Any:
    """The answer to a question of the paper; of the group or student, if it is about one."""
    actual = await ask(QUESTIONS[number - 1][1])
    return actual.get("group") or actual.get("student") or actual


def test_every_question_has_both() -> None:
    assert len(QUESTIONS) == 10
    assert re.findall(r"`(\d\d_\w+)\.cypher`", PAPER) == list(RECIPES)


async def test_1_what_holds_the_class_back(ask: Ask, raw: Ask, now: datetime) -> None:
    actual = (await graphql(ask, 1))["rootCauses"]
    everything = await ask('{ group(id: "demo") { rootCauses(first: 500) { causes { conceptId students } } } }')

    assert actual["students"] == 30
    assert actual["causes"][0]["concept"]["name"] == "Definite and indefinite articles"  # what the gap students missed
    assert actual["causes"][0]["studentsBlocked"] >= actual["causes"][1]["studentsBlocked"]
    assert {"name": "Accusative case"} in actual["causes"][0]["blocks"]
    of_all = {each["conceptId"]: each["students"] for each in everything["group"]["rootCauses"]["causes"]}
    rows = await cypher(raw, "01_root_causes", now)
    assert {row["concept_id"]: row["students"] for row in rows} == of_all


async def test_2_what_belongs_together(ask: Ask, raw: Ask, now: datetime) -> None:
    clusters = (await graphql(ask, 2))["weakClusters"]["clusters"]

    assert clusters
    of = {concept["id"]: n for n, cluster in enumerate(clusters) for concept in cluster["concepts"]}
    links = await cypher(raw, "02_weak_links", now)
    for link in links:
        assert of[link["prerequisite_id"]] == of[link["concept_id"]]
    assert len(links) >= sum(len(cluster["concepts"]) - 1 for cluster in clusters)  # what connects them


async def test_3_what_next(ask: Ask, raw: Ask, now: datetime) -> None:
    actual = await graphql(ask, 3)

    rows = await cypher(raw, "03_ready_to_learn", now)
    assert {each["concept"]["id"] for each in actual["readyToLearn"]} == {row["concept_id"] for row in rows}
    unlocks = [each["unlocksWeak"] for each in actual["readyToLearn"]]
    assert unlocks == sorted(unlocks, reverse=True)
    assert actual["learningPath"][-1]["name"] == "Dative case"
    assert len(actual["toReview"]) == 3


async def test_4_why(ask: Ask, raw: Ask, now: datetime) -> None:
    actual = (await graphql(ask, 4))["explain"]

    rows = await cypher(raw, "04_why_a_level", now)
    assert [(step["correct"], step["before"], step["after"]) for step in actual["steps"][::-1]] == [
        (row["correct"], row["level_before"], row["level_after"]) for row in rows
    ]
    assert actual["level"] == rows[0]["level_after"]
    assert {row["parameter_set_id"] for row in rows} == {actual["parameters"]["id"]}


async def test_5_who_may_need_help(ask: Ask, raw: Ask, now: datetime) -> None:
    students = (await graphql(ask, 5))["atRisk"]["students"]

    stuck, idle = {}, set()
    for each in students:
        for reason in each["reasons"]:
            if reason.get("stuckIds"):
                stuck[each["student"]["id"]] = sorted(reason["stuckIds"])
            if "lastPracticedAt" in reason:
                idle.add(each["student"]["id"])
    since = now - timedelta(days=14)
    rows = await cypher(raw, "05_stuck_students", since)
    assert {row["student_id"]: sorted(row["stuck"]) for row in rows if row["stuck"]} == stuck
    assert {row["student_id"] for row in rows if datetime.fromisoformat(row["last_practiced_at"]) < since} == idle
    assert 0 < len(students) < 30


async def test_6_how_the_class_stands(ask: Ask, raw: Ask, now: datetime) -> None:
    actual = await graphql(ask, 6)

    message = {each["status"]: each["count"] for each in actual["distribution"]["statuses"]}
    (row,) = await cypher(raw, "06_distribution", now)
    assert (message["MASTERED"], message["LEARNING"], message["NEEDS_FOCUS"]) == (
        row["mastered"],
        row["learning"],
        row["need_focus"],
    )
    assert sum(message.values()) == row["total"]
    assert len(actual["heatmap"]["levels"]) == 30
    assert {len(levels) for levels in actual["heatmap"]["levels"]} == {len(actual["heatmap"]["targetIds"])}


async def test_7_practice_helps(ask: Ask, raw: Ask, now: datetime) -> None:
    curve = (await graphql(ask, 7))["learningCurve"]

    assert curve[0]["errorRate"] > curve[1]["errorRate"] > curve[2]["errorRate"] > curve[3]["errorRate"]
    assert [(p["opportunity"], p["answers"], p["incorrect"]) for p in curve] == [
        (row["opportunity"], row["answers"], row["wrong"]) for row in await cypher(raw, "07_learning_curve", now)
    ]


async def test_8_what_was_forgotten(ask: Ask, raw: Ask, now: datetime) -> None:
    due = (await graphql(ask, 8))["due"]

    losses = [each["probableLoss"] for each in due]
    assert losses == sorted(losses, reverse=True)
    assert all(each["retrievability"] < 0.5 for each in due)
    rows = {row["concept_id"]: row for row in await cypher(raw, "08_long_not_practised", now)}
    for each in due:
        mastery = each["mastery"]
        assert rows[mastery["concept"]["id"]]["level"] == mastery["level"] >= 0.5


async def test_9_how_far_and_with_which_interval(ask: Ask, raw: Ask, now: datetime) -> None:
    actual = await graphql(ask, 9)

    level = actual["mastery"]
    assert level["interval"]["low"] <= level["level"] <= level["interval"]["high"]
    assert actual["simulate"][-1]["after"] > level["level"]
    assert actual["forecast"]["answersToMastery"] > 1
    (row,) = await cypher(raw, "09_evidence", now)
    assert (row["parameter_set_id"], row["answers"]) == ("bkt-concept-v1", 6_910)
    assert 0 < row["few"] < row["levels"]


async def test_10_the_graph_is_in_order(ask: Ask, raw: Ask, now: datetime) -> None:
    health = (await graphql(ask, 10))["graphHealth"]

    rows = await cypher(raw, "10_redundant_links", now)
    message = sorted((link["prerequisiteId"], link["conceptId"]) for link in health["redundantLinks"])
    assert message == [(row["prerequisite_id"], row["concept_id"]) for row in rows]
    assert health["depth"] == len(health["longestChain"]) - 1


GUIDE = (Path(__file__).parents[2] / "docs" / "guide.md").read_text()
LISTS = re.findall(
    r"```graphql\n(.*?)```", GUIDE.partition("## Students of a skill")[2].partition("\n## ")[0], re.DOTALL
)


@pytest.mark.usefixtures("now")
async def test_the_pages_of_a_skill_and_of_a_roster(ask: Ask) -> None:
    of_skill, questions, behind, roster = [await ask(document) for document in LISTS]

    skill, students = of_skill["skill"], roster["students"]["nodes"]
    for question in questions["skill"]["itemAnalysis"]["nodes"]:
        assert question["answers"] > 0
        assert (question["difficulty"]["value"] is None) == (question["difficulty"]["message"] is not None)
    assert len(questions["skill"]["itemAnalysis"]["nodes"]) == 10
    counts = {each["status"]: each["count"] for each in skill["statusCounts"]}
    assert sum(counts.values()) == len(students) == 30
    assert skill["masteries"]["totalCount"] >= counts["NEEDS_FOCUS"] > 0
    levels = [each["level"] for each in skill["masteries"]["nodes"]]
    assert levels == sorted(levels)
    assert behind["students"]["totalCount"] == counts["NOT_STARTED"] + counts["NEEDS_FOCUS"]
    weak = [each["statusCounts"][1]["count"] for each in students]
    assert weak == sorted(weak, reverse=True)
    assert weak[0] > 0
