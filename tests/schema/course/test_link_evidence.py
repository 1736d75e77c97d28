"""The evidence for prerequisite links over HTTP: figures as the domain has them, in pages, for groups (Q15)."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from graph_api.domain.answers.answers import AnswerInput
from graph_api.domain.course.course import Concept, Skill
from graph_api.domain.course.course_graph import CourseGraph
from graph_api.domain.course.links.first_answers import SHOWN, UNANSWERED, FirstAnswers
from graph_api.domain.course.links.suggestions import LinkAnalysis, analyse
from graph_api.domain.learners.people import Group, Student
from graph_api.domain.parameters.topic_parameters import DEFAULT_SET
from graph_api.store.gateway import Gateway
from graph_api.usecases.answers.answer_intake import AnswerIntake
from graph_api.usecases.answers.record_answers import RecordAnswers
from graph_api.usecases.course.edit_course import upsert_concepts, upsert_skills
from graph_api.usecases.learners.edit_people import upsert_group, upsert_students
from tests.conftest import NOW, Ask
from tests.graph_copy import empty

STUDENTS = [f"s{number:03}" for number in range(240)]
CONCEPTS = ["base", "drawn", "ends", "follows", "lone"]
LINKS = {"ends": ["base", "follows"], "follows": ["base"], "lone": ["drawn"]}
"""`base` before `ends` is redundant. Nothing needs `drawn`; `drawn` and `lone` go together in no way."""
FIGURES = "prerequisiteId conceptId verdict studentsWith studentsWithout shareWith shareWithout oddsRatio low high"
QUERY = f"""query($group: ID, $first: Int! = 50, $after: String) {{ graphHealth {{ concepts links
  unconnectedOddsRatio(groupId: $group)
  linkEvidence(groupId: $group, first: $first, after: $after) {{
    totalCount pageInfo {{ hasNextPage endCursor }} nodes {{ {FIGURES} prerequisite {{ name }} concept {{ name }} }} }}
  suggestions(groupId: $group) {{ totalCount nodes {{ kind action message german: message(locale: DE)
    evidence {{ {FIGURES} }} }} }} }} }}"""


def draw() -> FirstAnswers:
    """What students show: `follows` needs `base`, `ends` needs `follows`, and the others are independent."""
    rng = np.random.default_rng(5)
    known = rng.random((len(STUDENTS), len(CONCEPTS))) < (0.5, 0.5, 0.8, 0.8, 0.5)
    known[:, 3] &= known[:, 0]
    known[:, 2] &= known[:, 3]
    shown = np.where(rng.random(known.shape) < 0.05, ~known, known).astype(np.int8)
    shown[rng.random(shown.shape) < 0.1] = UNANSWERED
    begun = np.where(shown == UNANSWERED, np.nan, np.tile(np.arange(len(CONCEPTS)), (len(STUDENTS), 1)))
    return FirstAnswers(shown, begun)


@pytest.fixture(scope="module")
async def answers(raw: Ask, gateway: Gateway) -> AsyncIterator[FirstAnswers]:
    """A class whose first five answers to a concept, of six, show what was drawn; the sixth contradicts it."""
    await empty(raw)
    await upsert_skills(gateway, [Skill("all", "All", "grammar")], NOW)
    concepts = [Concept(key, key.title(), ["all"], LINKS.get(key, [])) for key in CONCEPTS]
    await upsert_concepts(gateway, concepts, NOW)
    await upsert_students(gateway, [Student(key, key) for key in STUDENTS], NOW)
    await upsert_group(gateway, Group("half", "Half", STUDENTS[:120], ["ms-t"]), NOW)
    drawn = draw()
    rows = []
    for student, of_one, begun in zip(STUDENTS, drawn.shown, drawn.begun, strict=True):
        for concept, shown, day in zip(CONCEPTS, of_one, begun, strict=True):
            if shown == UNANSWERED:
                continue
            at = NOW - timedelta(days=30 - float(day))
            first = [(at, bool(shown == SHOWN)), (at + timedelta(hours=1), bool(shown == SHOWN))]
            rows += [AnswerInput(student, correct, [concept], at=moment) for moment, correct in reversed(first)]
    late = [
        AnswerInput(STUDENTS[0], bool(drawn.shown[0, place] != SHOWN), [key], at=NOW - timedelta(hours=hour))
        for place, key in enumerate(CONCEPTS)
        if drawn.shown[0, place] != UNANSWERED
        for hour in (5, 4, 3, 2, 1, 0)
    ]
    shows_twice = [  # two more answers that agree: of the first five, most still agree
        AnswerInput(STUDENTS[0], bool(drawn.shown[0, place] == SHOWN), [key], at=NOW - timedelta(days=1))
        for place, key in enumerate(CONCEPTS)
        if drawn.shown[0, place] != UNANSWERED
    ]
    async with AnswerIntake(RecordAnswers(gateway, DEFAULT_SET)) as intake:
        await intake.submit(rows + shows_twice + late)
    yield drawn
    await empty(raw)


def expected(answers: FirstAnswers, students: int) -> tuple[CourseGraph, LinkAnalysis]:
    graph = CourseGraph.of(CONCEPTS, LINKS)
    some = FirstAnswers(answers.shown[:students], answers.begun[:students])
    return graph, analyse(graph, some)


def figures(graph: CourseGraph, evidence: Any) -> dict[str, Any]:
    return {
        "prerequisiteId": graph.ids[evidence.link.prerequisite],
        "conceptId": graph.ids[evidence.link.concept],
        "verdict": evidence.verdict.value,
        "studentsWith": evidence.having.students,
        "studentsWithout": evidence.lacking.students,
        "shareWith": round(evidence.having.share, 4),
        "shareWithout": round(evidence.lacking.share, 4),
        "oddsRatio": round(evidence.odds_ratio, 4),
        "low": round(evidence.low, 4),
        "high": round(evidence.high, 4),
    }


@pytest.mark.parametrize(("group", "students"), [(None, 240), ("half", 120)])
async def test_evidence_is_that_of_the_first_answers(
    ask: Ask, answers: FirstAnswers, group: str | None, students: int
) -> None:
    reply = (await ask(QUERY, group=group))["graphHealth"]
    graph, analysis = expected(answers, students)

    nodes = reply["linkEvidence"]["nodes"]
    assert [(each.pop("prerequisite")["name"], each.pop("concept")["name"]) for each in nodes] == [
        (each["prerequisiteId"].title(), each["conceptId"].title()) for each in nodes
    ]
    assert nodes == [figures(graph, each) for each in analysis.evidence]
    assert [(each["kind"], each["evidence"]) for each in reply["suggestions"]["nodes"]] == [
        (each.kind.value, figures(graph, each.evidence)) for each in analysis.suggestions
    ]
    assert reply["unconnectedOddsRatio"] == round(analysis.baseline.odds_ratio, 4)
    assert (reply["linkEvidence"]["totalCount"], reply["links"]) == (4, 4)


async def test_true_links_are_supported_and_a_false_one_is_not(ask: Ask, answers: FirstAnswers) -> None:
    reply = (await ask(QUERY))["graphHealth"]
    verdicts = {(each["prerequisiteId"], each["conceptId"]): each for each in reply["linkEvidence"]["nodes"]}

    assert verdicts["base", "follows"]["verdict"] == verdicts["follows", "ends"]["verdict"] == "SUPPORTED"
    assert verdicts["drawn", "lone"]["verdict"] == "UNSUPPORTED"
    false, redundant = reply["suggestions"]["nodes"]
    assert (false["kind"], redundant["kind"]) == ("UNSUPPORTED_LINK", "REDUNDANT_LINK")
    assert false["message"].startswith("the answers do not show that Lone needs Drawn: ")
    assert false["german"].startswith("die Antworten zeigen nicht, dass Lone Drawn braucht: ")
    assert redundant["message"] == "Base before Ends follows from other links"
    assert redundant["action"].startswith("Remove the link if ")


async def test_pages_of_evidence_join_to_the_whole_list(ask: Ask, answers: FirstAnswers) -> None:
    whole = (await ask(QUERY))["graphHealth"]["linkEvidence"]["nodes"]
    nodes, after, has_next = [], None, True
    for _ in range(4):
        part = (await ask(QUERY, first=1, after=after))["graphHealth"]["linkEvidence"]
        nodes += part["nodes"]
        after, has_next = part["pageInfo"]["endCursor"], part["pageInfo"]["hasNextPage"]

    assert nodes == whole
    assert has_next is False


async def test_suggestions_change_nothing(ask: Ask, raw: Ask, answers: FirstAnswers) -> None:
    count = "MATCH (:Concept)-[link:PREREQUISITE_OF]->(:Concept) RETURN count(link) AS links"
    before = await raw(count)
    await ask(QUERY)

    assert await raw(count) == before


async def test_a_wrong_page_is_a_named_failure(ask: Ask, raw: Ask, answers: FirstAnswers) -> None:
    with pytest.raises(AssertionError, match="first: must be from 1 to 500"):
        await ask("{ graphHealth { suggestions(first: 0) { totalCount } } }")
