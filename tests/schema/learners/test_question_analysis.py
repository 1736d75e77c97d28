"""Item analysis of a class: figures agree with the domain on traced levels, in every order and in pages (Q13)."""

from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from graph_api.domain.answers.answers import AnswerInput
from graph_api.domain.course.course import Concept, Skill
from graph_api.domain.learners.item_analysis.analysis import QuestionFigures, Responses, analyse
from graph_api.domain.learners.people import Group, Student
from graph_api.domain.parameters.knowledge_tracing import Parameters, trace
from graph_api.domain.parameters.topic_parameters import DEFAULT_SET
from graph_api.store.gateway import Gateway
from graph_api.usecases.answers.answer_intake import AnswerIntake
from graph_api.usecases.answers.record_answers import RecordAnswers
from graph_api.usecases.course.edit_course import upsert_concepts, upsert_skills
from graph_api.usecases.learners.edit_people import upsert_group, upsert_students
from tests.conftest import NOW, Ask
from tests.graph_copy import empty

STUDENTS = [f"s{number:02}" for number in range(36)]
QUESTIONS = ["backwards", "easy", "hard", "plain"]
P_CORRECT = {"backwards": (0.9, 0.2), "easy": (0.75, 0.97), "hard": (0.02, 0.5), "plain": (0.2, 0.9)}
ESTIMATE = "{ value low high reason message }"
FIGURES = f"""questionId answers students analysedAnswers correct shareCorrect {ESTIMATE} expectedShare
  difficulty {ESTIMATE} discrimination {ESTIMATE} guess {ESTIMATE} slip {ESTIMATE} information infit outfit infitZ
  medianSeconds rapidSeconds rapidAnswers rapidGuesses rapidShare {ESTIMATE} suggestedDifficulty suggestionReason warnings"""
PAGE = f"""query($group: ID, $since: DateTime, $until: DateTime, $only: Boolean! = true, $order: QuestionOrder! = HARDEST,
  $first: Int! = 50, $after: String) {{ concept(id: "dative") {{ itemAnalysis(groupId: $group, since: $since, until: $until,
  firstAnswersOnly: $only, orderBy: $order, first: $first, after: $after) {{
    totalCount pageInfo {{ hasNextPage endCursor }} nodes {{ {FIGURES} }} }} }} }}"""


@pytest.fixture(scope="module")
async def answers(raw: Ask, gateway: Gateway) -> AsyncIterator[list[AnswerInput]]:
    """Students who know "dative" or not answer four questions, some in a second, and one question twice."""
    await empty(raw)
    await upsert_skills(gateway, [Skill("cases", "Cases", "grammar")], NOW)
    await upsert_concepts(gateway, [Concept("dative", "Dative", ["cases"], [])], NOW)
    await upsert_students(gateway, [Student(key, key) for key in STUDENTS], NOW)
    await upsert_group(gateway, Group("half", "Half", STUDENTS[:18], ["ms-t"]), NOW)
    rng = np.random.default_rng(11)
    rows = []
    for place, student in enumerate(STUDENTS):
        known, at = place % 2, NOW - timedelta(days=10)
        warm_up = [at - timedelta(days=day) for day in (3, 2, 1)]
        rows += [AnswerInput(student, bool(known), ["dative"], at=day) for day in warm_up]  # no question: levels differ
        for question in [*rng.permutation(QUESTIONS).tolist(), "plain"]:
            seconds = 1.0 if rng.random() < 0.1 else float(rng.integers(15, 40))
            at += timedelta(days=1)
            correct = bool(rng.random() < P_CORRECT[question][known])
            rows.append(AnswerInput(student, correct, ["dative"], at=at, question_id=question, response_time=seconds))
    rows.append(AnswerInput(STUDENTS[0], correct=True, concept_ids=["dative"], at=NOW, semantic_score=0.5))
    async with AnswerIntake(RecordAnswers(gateway, DEFAULT_SET)) as intake:
        await intake.submit(rows)
    yield rows
    await raw("MATCH (n:PolicySet) WHERE n.name IN ['measured', 'stated', 'data', 'useless'] DELETE n")


def expected(
    answers: list[AnswerInput], students: list[str], used: Parameters, *, first_only: bool = True
) -> dict[str, QuestionFigures]:
    """The figures by question, from levels that are traced apart from the product."""
    rows = []
    for number, student in enumerate(students):
        own = [each for each in answers if each.student_id == student]
        answered = set()
        for answer, step in zip(own, trace([each.correct for each in own], used), strict=True):
            if answer.question_id and not (first_only and answer.question_id in answered):
                rows.append(
                    (QUESTIONS.index(answer.question_id), number, step.before, answer.correct, answer.response_time)
                )
            answered.add(answer.question_id)
    columns = zip(*rows, strict=True)
    kinds = (np.int64, np.int64, np.float64, np.bool_, np.float64)
    arrays: list[Any] = [np.array(column, kind) for column, kind in zip(columns, kinds, strict=True)]
    figures = analyse(Responses(*arrays), used, len(QUESTIONS))
    return dict(zip(QUESTIONS, figures, strict=True))


async def in_effect(ask: Ask) -> Parameters:
    query = '{ concept(id: "dative") { parameters { parameterSet { prior learn guess slip } } } }'
    return Parameters(**(await ask(query))["concept"]["parameters"]["parameterSet"])


async def analysed(ask: Ask, **variables: Any) -> list[dict[str, Any]]:
    nodes: list[dict[str, Any]] = (await ask(PAGE, **variables))["concept"]["itemAnalysis"]["nodes"]
    return nodes


def check(node: dict[str, Any], figures: QuestionFigures) -> None:
    counts = {
        name: node[name]
        for name in ("answers", "students", "analysedAnswers", "correct", "rapidAnswers", "rapidGuesses")
    }
    assert list(counts.values()) == [
        figures.answers, figures.students, figures.analysed, figures.correct, figures.rapid_answers, figures.rapid_guesses,
    ]  # fmt: skip
    names = {"shareCorrect": "share", "difficulty": "difficulty", "discrimination": "discrimination", "guess": "guess",
             "slip": "slip", "rapidShare": "rapid_share"}  # fmt: skip
    for field, name in names.items():
        value, low, high, reason = getattr(figures, name)
        assert [node[field][end] for end in ("value", "low", "high")] == pytest.approx([value, low, high], abs=6e-5)
        assert node[field]["reason"] == reason
        assert (node[field]["message"] is None) == (reason is None)
    for field, number in (("infit", figures.infit), ("outfit", figures.outfit), ("infitZ", figures.infit_z)):
        assert node[field] == pytest.approx(number, abs=6e-5)


async def test_figures_are_those_of_the_domain_on_traced_levels(ask: Ask, answers: list[AnswerInput]) -> None:
    used = await in_effect(ask)
    for group, students in ((None, STUDENTS), ("half", STUDENTS[:18]), ("none", [])):
        for first_only in (True, False):
            nodes = await analysed(ask, group=group, only=first_only)
            figures = expected(answers, students, used, first_only=first_only) if students else {}
            assert {node["questionId"] for node in nodes} == set(figures)
            for node in nodes:
                check(node, figures[node["questionId"]])


async def test_bad_questions_come_first(ask: Ask, answers: list[AnswerInput]) -> None:
    by_id = {node["questionId"]: node for node in await analysed(ask)}

    assert by_id["backwards"]["discrimination"]["value"] < 0 < by_id["plain"]["discrimination"]["value"]
    assert by_id["hard"]["suggestedDifficulty"] == "HARD"
    assert by_id["hard"]["suggestionReason"].startswith("Harder than expected: ")
    assert by_id["easy"]["suggestedDifficulty"] == "EASY"
    first = {
        order: [node["questionId"] for node in await analysed(ask, order=order)]
        for order in ("HARDEST", "EASIEST", "LEAST_DISCRIMINATING", "MOST_ANSWERS", "QUESTION_ID")
    }
    assert first["HARDEST"] == ["hard", "plain", "easy", "backwards"], "without a difficulty comes last"
    assert first["EASIEST"] == ["easy", "plain", "hard", "backwards"]
    assert by_id["backwards"]["difficulty"]["reason"] == "TOO_UNCERTAIN"
    assert first["LEAST_DISCRIMINATING"][0] == "backwards"
    assert first["QUESTION_ID"] == QUESTIONS


async def test_pages_and_the_lookup_agree_with_the_list(ask: Ask, answers: list[AnswerInput]) -> None:
    for order in ("LEAST_INFORMATIVE", "MOST_MISFIT", "MOST_RAPID"):
        whole = await analysed(ask, order=order)
        seen, after, more = [], None, True
        while more:
            page = (await ask(PAGE, order=order, first=3, after=after))["concept"]["itemAnalysis"]
            assert page["totalCount"] == len(QUESTIONS)
            seen += page["nodes"]
            after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
        assert seen == whole
    query = 'query($id: ID!) { concept(id: "dative") { question(id: $id) { questionId answers } } skill(code: "cases") { question(id: $id) { answers students } } }'
    assert await ask(query, id="plain") == {
        "concept": {"question": {"questionId": "plain", "answers": 36}},
        "skill": {"question": {"answers": 36, "students": 36}},
    }
    assert await ask(query, id="none") == {"concept": {"question": None}, "skill": {"question": None}}


async def test_the_first_answer_to_a_question_counts_only_within_the_period(
    ask: Ask, answers: list[AnswerInput]
) -> None:
    since, until = (NOW - timedelta(days=8)).isoformat(), (NOW - timedelta(days=5)).isoformat()
    first: set[tuple[str, str | None]] = set()
    within = dict.fromkeys(QUESTIONS, 0)
    for answer in answers:
        pair = answer.student_id, answer.question_id
        if (
            answer.question_id
            and pair not in first
            and answer.at
            and NOW - timedelta(days=8) <= answer.at < NOW - timedelta(days=5)
        ):
            within[answer.question_id] += 1
        first.add(pair)

    nodes = await analysed(ask, since=since, until=until)

    assert {node["questionId"]: node["answers"] for node in nodes} == within
    thin = [node for node in nodes if node["analysedAnswers"] < 20]
    assert all(node["guess"]["reason"] == "TOO_FEW_ANSWERS" and node["suggestedDifficulty"] is None for node in thin)


async def test_a_period_without_an_offset_is_refused(client: Any, answers: list[AnswerInput]) -> None:
    reply = await client.post("/graphql", json={"query": PAGE, "variables": {"since": "2026-01-01T00:00:00"}})

    assert "since: must have an offset" in reply.json()["errors"][0]["message"]


APPLY = """mutation($input: QuestionDifficultiesInput!) { applyQuestionDifficulties(input: $input) { failure { code field }
  ... on QuestionDifficultiesPayload { undecided questionDifficulties { id count author note questions { skillCode questionId difficulty } } } } }"""
PUT = """mutation($input: RecencyParametersInput!) { putRecencyParameters(input: $input) { failure { code field message }
  ... on RecencyParametersPayload { warnings parameterSet { id useDifficulty questionDifficulties } } } }"""
RECOMPUTE = """mutation($set: ID, $at: DateTime) { recomputeRecency(input: {studentId: "s01", parameterSetId: $set, asOf: $at}) { failure { code }
  ... on RecomputeRecencyPayload { masteries { skill { code } recency { score difficultySource parameterSetId breakdown { useDifficulty } } } } } }"""
WEIGHTS = '{ student(id: "s01") { explain(skillCode: "cases") { recencyWeights { answerId correct weight difficulty answer { questionId difficulty } } } } }'


async def applied(ask: Ask, **fields: Any) -> dict[str, Any]:
    reply: dict[str, Any] = await ask(APPLY, input={"name": "measured", "skillCodes": ["cases"], **fields})
    result: dict[str, Any] = reply["applyQuestionDifficulties"]
    return result


async def score_of(ask: Ask, set_id: str | None) -> dict[str, Any]:
    reply = await ask(RECOMPUTE, set=set_id, at=NOW.isoformat())
    recency: dict[str, Any] = reply["recomputeRecency"]["masteries"][0]["recency"]
    return recency


async def test_difficulties_from_data_count_in_recency_in_versions(
    ask: Ask, gateway: Gateway, answers: list[AnswerInput]
) -> None:
    nodes = (await ask(PAGE.replace('concept(id: "dative")', 'skill(code: "cases")')))["skill"]["itemAnalysis"]["nodes"]
    suggested = {node["questionId"]: node["suggestedDifficulty"] for node in nodes if node["suggestedDifficulty"]}

    first = await applied(ask, note="after the first term")
    again = await applied(ask)

    version = first["questionDifficulties"]
    assert again["questionDifficulties"] == version, "the same difficulties are the same version"
    assert (version["id"], version["note"], version["count"]) == ("measured-v1", "after the first term", len(suggested))
    assert {each["questionId"]: each["difficulty"] for each in version["questions"]} == suggested
    assert first["undecided"] == len(QUESTIONS) - len(suggested)

    weights = {"easyWeight": 0.5, "hardWeight": 3.0, "minAttempts": 1, "useDifficulty": True}
    stated = (await ask(PUT, input={"name": "stated", **weights}))["putRecencyParameters"]["parameterSet"]
    data = (await ask(PUT, input={"name": "data", **weights, "questionDifficulties": "measured-v1"}))[
        "putRecencyParameters"
    ]["parameterSet"]
    assert (stated["questionDifficulties"], data["questionDifficulties"]) == (None, "measured-v1")

    plain, by_statement, by_data = [await score_of(ask, set_id) for set_id in (None, stated["id"], data["id"])]

    assert [each["difficultySource"] for each in (plain, by_statement, by_data)] == [None, "STATED", "DATA"]
    assert by_statement["score"] == plain["score"], "no answer states a difficulty"
    own = [each for each in answers if each.student_id == "s01"]
    counts = {"EASY": 0.5, "MEDIUM": 1.0, "HARD": 3.0}
    sums = []
    for days, weight in ((7, 0.5), (30, 0.3), (90, 0.2)):
        within = [
            (counts.get(suggested.get(each.question_id or "", ""), 1.0), each.correct)
            for each in own
            if each.at is not None and NOW - each.at <= timedelta(days=days)
        ]
        sums.append(weight * sum(worth for worth, correct in within if correct) / sum(worth for worth, _ in within))
    assert by_data["score"] == pytest.approx(sum(sums), abs=6e-5)
    assert by_data["score"] != plain["score"]
    explained = (await ask(WEIGHTS))["student"]["explain"]["recencyWeights"]
    assert {(each["answer"]["questionId"] or "", each["difficulty"]) for each in explained} == {
        (each.question_id or "", suggested.get(each.question_id or "")) for each in own
    }
    assert sum(each["weight"] for each in explained if each["correct"]) == pytest.approx(sum(sums))

    async with AnswerIntake(RecordAnswers(gateway, DEFAULT_SET)) as intake:
        later = [
            AnswerInput(key, correct=False, concept_ids=["dative"], at=NOW, question_id="easy") for key in STUDENTS[2:]
        ]
        await intake.submit(later)
    assert await score_of(ask, data["id"]) == by_data, "a version does not move with later answers"


async def test_next_questions_have_the_recommended_difficulty(ask: Ask, answers: list[AnswerInput]) -> None:
    version = (await applied(ask, until=NOW.isoformat()))["questionDifficulties"]
    query = """query($id: ID) { student(id: "s00") { topic(skillCode: "cases") { currentDifficulty
      nextQuestions(questionDifficulties: $id) { questionId difficulty answers pNextCorrect } }
      forecast(skillCode: "cases") { pNextCorrect } } }"""

    student = (await ask(query, id=version["id"]))["student"]
    with_version, chance = student["topic"], student["forecast"]["pNextCorrect"]
    without = (await ask(query))["student"]["topic"]

    medium = [each["questionId"] for each in version["questions"] if each["difficulty"] == "MEDIUM"]
    given = Counter(each.question_id for each in answers if each.student_id == "s00")
    assert with_version["currentDifficulty"] == "MEDIUM"
    assert medium
    assert with_version["nextQuestions"] == [
        {"questionId": key, "difficulty": "MEDIUM", "answers": given[key], "pNextCorrect": chance}
        for key in sorted(medium, key=lambda key: (given[key], key))
    ]
    assert without["nextQuestions"] is None, "the recency parameters in effect name no version"


async def test_what_does_not_exist_is_refused(ask: Ask, answers: list[AnswerInput]) -> None:
    for fields, code in (
        ({"skillCodes": ["none"]}, "SKILL_NOT_FOUND"),
        ({"groupId": "none"}, "GROUP_NOT_FOUND"),
        ({"skillCodes": []}, "INVALID_INPUT"),
        ({"name": " "}, "INVALID_INPUT"),
    ):
        assert (await applied(ask, **fields))["failure"]["code"] == code
    put = await ask(PUT, input={"name": "data", "questionDifficulties": "none"})
    assert put["putRecencyParameters"]["failure"]["field"] == "questionDifficulties"
    useless = await ask(PUT, input={"name": "useless", "questionDifficulties": "measured-v1"})
    assert useless["putRecencyParameters"]["warnings"] == ["questionDifficulties has no effect without useDifficulty"]
    listed = await ask(
        '{ questionDifficultySets(name: "measured") { id version questions(skillCode: "none") { questionId } } }'
    )
    assert all(each["questions"] == [] for each in listed["questionDifficultySets"])
    assert listed["questionDifficultySets"][-1]["id"] == "measured-v1"
