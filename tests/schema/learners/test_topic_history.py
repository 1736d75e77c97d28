"""Lists and history of topics, both difficulty policies, sampling records, and frozen tags, over HTTP (T1-T5, G4)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_api.domain.course.course import Skill
from graph_api.store.gateway import Gateway
from graph_api.usecases.course.edit_course import upsert_skills
from tests.conftest import NOW, Ask
from tests.schema.small_class import EXAMPLES

RECORD = "mutation($answers: [AnswerInput!]!) { recordAnswers(input: {answers: $answers}) { __typename } }"
TOPICS = """query($first: Int!, $after: String) { student(id: "anna") { topics { nodes { skillCode accuracy questionsAttempted correctCount
  masteryLevel learningVelocity currentDifficulty stage difficultyByPolicy { jump gradual inEffect }
  history(first: $first, after: $after) { totalCount pageInfo { hasNextPage endCursor } nodes { answerId at masteryLevel
    learningVelocity stage difficulty questionsAttempted correctCount } } } }
  topic(skillCode: "talk") { accuracy history { totalCount } difficultyByPolicy { jump gradual } } } }"""
STEPS = ["EASY", "MEDIUM", "HARD"]
SCORES = st.lists(st.sampled_from([0.1, 0.3, 0.55, 0.8, 1.0]), min_size=1, max_size=12)


async def score(ask: Ask, *scores: float) -> None:
    """Answers of Anna to the skill `cases`, a minute apart, sent in reverse: with these scores."""
    answers = [
        {
            "id": f"e{place}",
            "studentId": "anna",
            "skillCodes": ["cases"],
            "semanticScore": value,
            "keywordScore": value,
            "at": (NOW - timedelta(minutes=len(scores) - place)).isoformat(),
        }
        for place, value in enumerate(scores)
    ]
    await ask(RECORD, answers=answers[::-1])


def expected_states(scores: list[float]) -> list[dict[str, Any]]:
    """The topic after each answer, by the formulas of T1 to T3 alone: both averages are of the same values."""
    states, average, correct, good, poor = [], 0.0, 0, 0, 0
    jump, gradual = "MEDIUM", "MEDIUM"
    for number, value in enumerate(scores, 1):
        before, average = average, 0.3 * value + 0.7 * average
        correct += value > 0.6
        good, poor = (good + 1 if value > 0.7 else 0), (poor + 1 if value < 0.4 else 0)
        jump = "HARD" if good >= 3 else "EASY" if poor >= 2 else jump
        step = (good >= 2) - (poor >= 2)
        gradual = STEPS[min(max(STEPS.index(gradual) + step, 0), 2)]
        states.append(
            {"mastery": average, "velocity": average - before, "attempted": number, "correct": correct}
            | {"jump": jump, "gradual": gradual}
        )
    return states


@pytest.mark.usefixtures("course")
@EXAMPLES
@given(scores=SCORES, first=st.sampled_from([1, 2, 5, 50]))
async def test_the_history_has_each_evaluation_in_order(ask: Ask, raw: Ask, scores: list[float], first: int) -> None:
    await raw("MATCH (student:Student) DETACH DELETE student")
    await score(ask, *scores)

    nodes: list[dict[str, Any]] = []
    after = None
    while True:
        student = (await ask(TOPICS, first=first, after=after))["student"]
        (topic,) = student["topics"]["nodes"]
        nodes += topic["history"]["nodes"]
        assert topic["history"]["totalCount"] == len(scores)
        if not topic["history"]["pageInfo"]["hasNextPage"]:
            break
        after = topic["history"]["pageInfo"]["endCursor"]

    states = expected_states(scores)
    assert [node["answerId"] for node in nodes] == [f"e{place}" for place in range(len(scores))]
    assert [node["at"] for node in nodes] == sorted(node["at"] for node in nodes)
    for node, state in zip(nodes, states, strict=True):
        assert node["masteryLevel"] == pytest.approx(state["mastery"], abs=0.00051)
        assert node["learningVelocity"] == pytest.approx(state["velocity"], abs=0.00051)
        assert (node["questionsAttempted"], node["correctCount"]) == (state["attempted"], state["correct"])
        assert node["difficulty"] == state["jump"]
    last = states[-1]
    assert topic["difficultyByPolicy"] == {"jump": last["jump"], "gradual": last["gradual"], "inEffect": last["jump"]}
    assert topic["accuracy"] == last["correct"] / last["attempted"]
    for name in ("masteryLevel", "learningVelocity", "stage", "questionsAttempted", "correctCount"):
        assert topic[name] == nodes[-1][name]
    assert topic["currentDifficulty"] == nodes[-1]["difficulty"]


@pytest.mark.usefixtures("course")
async def test_a_topic_without_answers_has_no_history(ask: Ask) -> None:
    await score(ask, 0.8)
    student = (await ask(TOPICS, first=5))["student"]

    assert [topic["skillCode"] for topic in student["topics"]["nodes"]] == ["cases"], (
        "topics without scores are not listed"
    )
    assert student["topic"] == {
        "accuracy": None,
        "history": {"totalCount": 0},
        "difficultyByPolicy": {"jump": "MEDIUM", "gradual": "MEDIUM"},
    }


@pytest.mark.usefixtures("course")
async def test_sampling_records_are_ranked_as_the_draw_ranks_them(ask: Ask) -> None:
    sampled = [{"conceptId": "dative", "mentioned": False}]
    answers = [
        {"studentId": "anna", "skillCodes": ["cases"], "keywordScore": 0.5, "semanticScore": 0.5, "sampled": sampled}
    ]
    await ask(
        RECORD, answers=[each | {"at": (NOW - timedelta(minutes=n)).isoformat()} for n in range(4) for each in answers]
    )
    listed = """priority uncappedPriority concept { id } record { attempts timesMissed stagnationCount }"""
    query = f"""query($at: DateTime!) {{ student(id: "anna") {{
      samplingRecords(skillCode: "cases", asOf: $at) {{ {listed} }} one: samplingRecords(skillCode: "cases", first: 1) {{ priority }}
      drawn: sampleConcepts(skillCode: "cases", count: 9, asOf: $at) {{ {listed} }}
      unknown: samplingRecords(skillCode: "nope") {{ priority }} }} }}"""
    student = (await ask(query, at=NOW.isoformat()))["student"]

    missed, unseen = student["samplingRecords"]
    assert (missed["concept"], missed["record"]) == (
        {"id": "dative"},
        {"attempts": 4, "timesMissed": 4, "stagnationCount": 4},
    )
    assert missed["uncappedPriority"] == pytest.approx(1 + 0.2 + 0.15)
    assert (unseen["concept"], unseen["record"]["attempts"], unseen["uncappedPriority"]) == (
        {"id": "accusative"},
        0,
        pytest.approx(1.1),
    )
    by_id = {each["concept"]["id"]: each for each in student["samplingRecords"]}
    assert by_id == {each["concept"]["id"]: each for each in student["drawn"]}
    assert len(student["one"]) == 1
    assert student["unknown"] == []


@pytest.mark.usefixtures("course")
async def test_frozen_tags_do_not_follow_the_course(ask: Ask, gateway: Gateway) -> None:
    query = """{ student(id: "anna") { answers { nodes { id skillCodes frozenTags { skillCode block year } } } } }"""
    answers = [{"id": "old", "studentId": "anna", "conceptIds": ["accusative"], "correct": True, "at": NOW.isoformat()}]
    await ask(RECORD, answers=answers)
    await upsert_skills(gateway, [Skill("cases", "Cases", "grammar", block="summer", year=9)], NOW)
    later = (NOW + timedelta(minutes=1)).isoformat()
    await ask(RECORD, answers=[answers[0] | {"id": "new", "at": later}])

    new, old = (await ask(query))["student"]["answers"]["nodes"]
    bare = {"skillCode": "grammar", "block": None, "year": None}
    assert old["frozenTags"] == [{"skillCode": "cases", "block": "spring", "year": 8}, bare]
    assert new["frozenTags"] == [{"skillCode": "cases", "block": "summer", "year": 9}, bare]
    assert [tag["skillCode"] for tag in old["frozenTags"]] == old["skillCodes"]


@pytest.mark.usefixtures("course")
async def test_frozen_tags_are_readable_wherever_an_answer_counts(ask: Ask, gateway: Gateway) -> None:
    now = datetime.now(UTC)
    await ask('mutation { startSession(input: {studentId: "anna", id: "quiz"}) { __typename } }')
    answers = [
        {"id": f"a{n}", "studentId": "anna", "skillCodes": ["cases"], "correct": n != 2, "sessionId": "quiz",
         "semanticScore": 0.8, "keywordScore": 0.7, "at": (now - timedelta(minutes=9 - n)).isoformat()}
        for n in range(5)
    ]  # fmt: skip
    await ask(RECORD, answers=answers[:3])
    await upsert_skills(gateway, [Skill("cases", "Cases", "grammar", block="summer", year=9)], NOW)
    await ask(RECORD, answers=answers[3:])
    await ask("""mutation { endSession(input: {id: "quiz"}) { __typename }
      recomputeRecency(input: {studentId: "anna"}) { __typename } }""")

    reply = await ask("""query { student(id: "anna") {
        explain(skillCode: "cases") { steps { answerId answer { ...tags } }
          recencyWeights { answerId at correct weight answer { ...tags } } }
        simulate(skillCode: "cases", outcomes: [true]) { answerId answer { id } }
        topic(skillCode: "cases") { history { nodes { answerId answer { ...tags } } } } }
      session(id: "quiz") { answers(first: 2) { totalCount nodes { ...tags } pageInfo { endCursor hasNextPage } } } }
      fragment tags on Answer { id frozenTags { skillCode block year } }""")
    student, page = reply["student"], reply["session"]["answers"]
    tags = [{"skillCode": "cases", "block": block, "year": year} for block, year in (("spring", 8), ("summer", 9))]
    frozen = [{"id": f"a{n}", "frozenTags": [tags[n > 2]]} for n in range(5)]
    used = [{"answerId": each["id"], "answer": each} for each in frozen]

    assert student["explain"]["steps"] == used
    assert student["topic"]["history"]["nodes"] == used
    weights = student["explain"]["recencyWeights"]
    assert [{name: each[name] for name in ("answerId", "answer")} for each in weights] == used[::-1]
    assert [each["correct"] for each in weights] == [True, True, False, True, True]
    assert student["simulate"] == [{"answerId": None, "answer": None}]
    assert (page["totalCount"], page["nodes"]) == (5, frozen[:2])
    assert page["pageInfo"]["hasNextPage"]
    rest = """query($after: String) { session(id: "quiz") { answers(first: 9, after: $after) {
      nodes { id frozenTags { skillCode block year } } pageInfo { hasNextPage } } } }"""
    rest_page = (await ask(rest, after=page["pageInfo"]["endCursor"]))["session"]["answers"]
    assert rest_page == {"nodes": frozen[2:], "pageInfo": {"hasNextPage": False}}
