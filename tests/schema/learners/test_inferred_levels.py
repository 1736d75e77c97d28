"""Inferred levels over HTTP: off without a model, values as the domain has them, and never part of a level."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from graph_api.domain.answers.answers import AnswerInput
from graph_api.domain.course.course import Concept, Skill
from graph_api.domain.learners.people import Group, Student
from graph_api.domain.operations.runs import Algorithm
from graph_api.domain.parameters.inference.model import infer
from graph_api.domain.parameters.topic_parameters import DEFAULT_SET
from graph_api.domain.targets import TargetKind
from graph_api.jobs.jobs import refit
from graph_api.store import runs
from graph_api.store.gateway import Gateway
from graph_api.store.inference import read_ids_in_effect
from graph_api.store.policy_sets import inference_sets
from graph_api.usecases.answers.answer_intake import AnswerIntake
from graph_api.usecases.answers.record_answers import RecordAnswers
from graph_api.usecases.course.edit_course import upsert_concepts, upsert_skills
from graph_api.usecases.learners.edit_people import upsert_group, upsert_students
from graph_api.usecases.parameters.fit_parameters import FitDefaults
from tests.conftest import NOW, Ask
from tests.domain.parameters.inference.simulated_answers import KEYS, draw
from tests.graph_copy import empty

NUMBER = 80
STUDENTS = [f"s{number:03}" for number in range(NUMBER)]
FIGURES = "result students firstAnswers author prior { logLoss auc } fitted { logLoss auc }"
FIT = f"""mutation($input: FitInferenceInput) {{ fitInference(input: $input) {{ ... on Failure {{ message }}
  ... on FitInferencePayload {{ activated run {{ algorithm status output }} fit {{ runId {FIGURES} }}
    model {{ id version kind targetCount inEffect fit {{ {FIGURES} }} }} }} }} }}"""
ACTIVATE = """mutation($id: ID!, $override: Boolean) { activateInference(id: $id, override: $override) { __typename ... on Failure { message }
  ... on ActivateInferencePayload { model { id inEffect } } } }"""
DEACTIVATE = "mutation { deactivateInference(kind: CONCEPT) { ... on DeactivateInferencePayload { kind } } }"
LEVELS = """query($id: ID!, $only: [ID!], $first: Int! = 50, $after: String, $kind: TargetKind! = CONCEPT) { student(id: $id) {
  masteries(kind: CONCEPT) { nodes { concept { id } level status } } meanLevel
  weakSkills(kind: CONCEPT) { concept { id } }
  inferredLevels(kind: $kind, targetIds: $only, first: $first, after: $after) {
    totalCount pageInfo { hasNextPage endCursor } nodes { kind conceptId skillCode target { id } pFirstCorrect pKnown
      pFirstCorrectInterval { low high } pKnownInterval { low high } answeredTargets modelId } } } }"""
READY = """query($id: ID!, $inferred: Boolean!) { student(id: $id) { readyToLearn(inferred: $inferred) {
  conceptId inferredPrerequisiteIds reason german: reason(locale: DE) } } }"""
HEAT_MAP = """query($asOf: DateTime) { group(id: "class") { heatmap(kind: CONCEPT, asOf: $asOf) {
  studentIds targetIds levels inferred } } }"""


@pytest.fixture(scope="module")
async def simulated(raw: Ask, gateway: Gateway) -> AsyncIterator[None]:
    """A class whose abilities differ; s000 has answered the first concept only, ten times correctly, and s001 nothing."""
    await empty(raw)
    await upsert_skills(gateway, [Skill("all", "All", "grammar")], NOW)
    concepts = [Concept(key, key.title(), ["all"], [KEYS[n - 1]] if n else []) for n, key in enumerate(KEYS)]
    await upsert_concepts(gateway, concepts, NOW)
    await upsert_students(gateway, [Student(key, key) for key in STUDENTS], NOW)
    await upsert_group(gateway, Group("class", "Class", STUDENTS, ["ms-t"]), NOW)
    drawn = draw(NUMBER, ability=3.0)
    sent = [
        AnswerInput(
            STUDENTS[student],
            correct=bool(correct),
            concept_ids=[KEYS[target]],
            at=NOW - timedelta(minutes=9_000 - int(moment)),
        )
        for student, target, correct, moment in zip(
            drawn.student, drawn.target, drawn.correct, drawn.moment, strict=True
        )
        if student > 1
    ]
    sent += [
        AnswerInput("s000", correct=True, concept_ids=["t0"], at=NOW - timedelta(hours=hour)) for hour in range(1, 11)
    ]
    async with AnswerIntake(RecordAnswers(gateway, DEFAULT_SET)) as intake:
        await intake.submit(sent)
    yield
    await empty(raw)


@pytest.fixture
async def model(ask: Ask, raw: Ask, simulated: None) -> AsyncIterator[Any]:
    """A fit that is in effect; afterwards no model is stored."""
    yield (await ask(FIT))["fitInference"]
    await ask(DEACTIVATE)
    await raw("MATCH (n:PolicySet) WHERE n.kind = 'inference' DELETE n")


async def levels(ask: Ask, student: str = "s000", **given: Any) -> Any:
    return (await ask(LEVELS, id=student, **given))["student"]


async def test_nothing_is_inferred_without_a_model(ask: Ask, simulated: None) -> None:
    assert (await levels(ask))["inferredLevels"]["nodes"] == []
    assert (await ask(HEAT_MAP))["group"]["heatmap"]["inferred"] is None
    plain, inferred = [await ask(READY, id="s000", inferred=each) for each in (False, True)]
    assert inferred == plain


async def test_a_fit_reports_both_figures_and_takes_effect(ask: Ask, model: Any) -> None:
    fit = model["fit"]

    assert (model["activated"], model["model"]["id"], model["model"]["inEffect"]) == (
        True,
        "inference-concept-v1",
        True,
    )
    assert (fit["result"], fit["students"], model["model"]["targetCount"]) == ("BETTER", NUMBER - 1, len(KEYS))
    assert fit["fitted"]["logLoss"] < fit["prior"]["logLoss"]
    assert {**model["model"]["fit"], "runId": fit["runId"]} == fit
    run = model["run"]
    assert (run["algorithm"], run["status"], run["output"]["model"]) == (
        "FIT_INFERENCE",
        "SUCCESS",
        model["model"]["id"],
    )


async def test_values_are_those_of_the_model_and_no_level_changes(ask: Ask, gateway: Gateway, model: Any) -> None:
    stored = (await gateway.read(lambda tx: inference_sets.read_by_ids(tx, ["inference-concept-v1"]))).popitem()[1]
    ten = np.where(np.array(KEYS) == "t0", 10, 0)[None]
    expected = dict(zip(KEYS, infer(stored.parameters, ten, ten).value[0], strict=True))

    reply = await levels(ask)
    nodes = reply["inferredLevels"]["nodes"]

    assert {each["conceptId"]: each["pFirstCorrect"] for each in nodes} == {
        key: round(float(expected[key]), 4) for key in KEYS[1:]
    }
    assert [each["pKnown"] for each in nodes] == sorted((each["pKnown"] for each in nodes), reverse=True)
    for each in nodes:
        low, high = each["pKnownInterval"].values()
        assert low <= each["pKnown"] <= high
        guessed = 0.25 + each["pKnown"] * 0.65  # the guess and slip of bkt-concept-v1
        assert each["pFirstCorrect"] == pytest.approx(guessed, abs=1e-3) or each["pKnown"] in (0.01, 0.99)
        assert (each["kind"], each["skillCode"], each["answeredTargets"]) == ("CONCEPT", None, 1)
        assert each["target"]["id"] == each["conceptId"]
    await ask(DEACTIVATE)
    without = await levels(ask)
    assert without["inferredLevels"]["nodes"] == []
    assert {**without, "inferredLevels": 0} == {**reply, "inferredLevels": 0}
    assert [each["concept"]["id"] for each in without["masteries"]["nodes"]] == ["t0"]


async def test_without_answers_values_are_those_of_all_students(ask: Ask, model: Any) -> None:
    none = {each["conceptId"]: each for each in (await levels(ask, "s001"))["inferredLevels"]["nodes"]}
    good = {each["conceptId"]: each for each in (await levels(ask))["inferredLevels"]["nodes"]}

    assert none.keys() == set(KEYS)
    for key, each in good.items():
        assert none[key]["answeredTargets"] == 0
        assert each["pFirstCorrect"] > none[key]["pFirstCorrect"]


async def test_pages_and_chosen_targets(ask: Ask, model: Any) -> None:
    whole = (await levels(ask))["inferredLevels"]["nodes"]
    first = (await levels(ask, first=2))["inferredLevels"]
    rest = (await levels(ask, after=first["pageInfo"]["endCursor"]))["inferredLevels"]["nodes"]
    only = (await levels(ask, only=["t1", "t0", "gone"]))["inferredLevels"]["nodes"]

    assert first["nodes"] + rest == whole
    assert (first["totalCount"], first["pageInfo"]["hasNextPage"]) == (5, True)
    assert [each["conceptId"] for each in only] == ["t1"]
    assert (await levels(ask, kind="SKILL"))["inferredLevels"]["nodes"] == []
    with pytest.raises(AssertionError, match="targetIds: must be at most 500"):
        await levels(ask, only=[str(n) for n in range(501)])


async def test_the_heat_map_infers_where_there_is_no_level(ask: Ask, model: Any) -> None:
    own = {each["conceptId"]: each["pFirstCorrect"] for each in (await levels(ask))["inferredLevels"]["nodes"]}
    seen = (await ask(HEAT_MAP))["group"]["heatmap"]

    assert seen["inferred"][0] == [own.get(key) for key in seen["targetIds"]]
    for levels_of, inferred_of in zip(seen["levels"], seen["inferred"], strict=True):
        assert [each is None for each in levels_of] == [each is not None for each in inferred_of]
    now = (await ask(HEAT_MAP, asOf=NOW.isoformat()))["group"]["heatmap"]
    assert now == seen
    early = (await ask(HEAT_MAP, asOf=(NOW - timedelta(days=300)).isoformat()))["group"]["heatmap"]
    assert early["inferred"][0] == early["inferred"][1], "before any answer, all students have the same values"


async def test_a_prerequisite_that_is_inferred_as_known_counts_if_chosen(ask: Ask, model: Any) -> None:
    nodes = (await levels(ask))["inferredLevels"]["nodes"]
    known = {each["conceptId"] for each in nodes[:3]}
    between = {"skillCode": "all", "mastered": (nodes[2]["pKnown"] + nodes[3]["pKnown"]) / 2, "focus": 0.05}
    put = (
        "mutation($input: ThresholdsInput!) { putThresholds(input: $input) { __typename ... on Failure { message } } }"
    )
    assert (await ask(put, input=between))["putThresholds"] == {"__typename": "ThresholdsPayload"}

    plain, inferred = [
        {each["conceptId"]: each for each in (await ask(READY, id="s000", inferred=flag))["student"]["readyToLearn"]}
        for flag in (False, True)
    ]

    assert plain.keys() == {"t1"}, "t0 is mastered, and nothing behind t1 is"
    assert inferred.keys() == {"t1"} | {KEYS[KEYS.index(key) + 1] for key in known if key != KEYS[-1]}
    for key, each in inferred.items():
        if key != "t1":
            assert each["inferredPrerequisiteIds"] == [KEYS[KEYS.index(key) - 1]]
            assert each["reason"].endswith(
                "; 1 of the prerequisites has no answers and is inferred as known from answers to other concepts"
            )
            assert "geschlossen aus Antworten" in each["german"]
    assert inferred["t1"] == plain["t1"]
    assert plain["t1"]["inferredPrerequisiteIds"] == []
    await ask('mutation { resetThresholds(input: {skillCode: "all"}) { __typename } }')


async def test_versions_take_effect_by_name_if_they_beat_the_prior(ask: Ask, raw: Ask, model: Any) -> None:
    trial = (await ask(FIT, input={"activate": False}))["fitInference"]
    assert (trial["activated"], trial["model"]["id"], trial["model"]["inEffect"]) == (
        False,
        "inference-concept-v2",
        False,
    )
    activated = (await ask(ACTIVATE, id="inference-concept-v2"))["activateInference"]
    assert activated["model"] == {"id": "inference-concept-v2", "inEffect": True}

    await raw("MATCH (n:PolicySet {id: 'inference-concept-v1'}) SET n.fit = replace(n.fit, 'BETTER', 'NOT_BETTER')")
    refused = (await ask(ACTIVATE, id="inference-concept-v1"))["activateInference"]
    assert refused["message"] == (
        "id: must name a version whose fit was BETTER on held-out students; `override` puts any into effect, "
        "got 'inference-concept-v1: NOT_BETTER'"
    )
    overridden = (await ask(ACTIVATE, id="inference-concept-v1", override=True))["activateInference"]
    assert overridden["model"] == {"id": "inference-concept-v1", "inEffect": True}
    missing = (await ask(ACTIVATE, id="bkt-concept-v1"))["activateInference"]
    assert missing["__typename"] == "ParameterSetNotFound"


async def test_a_model_that_does_not_beat_the_prior_is_stored_and_off(
    ask: Ask, model: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ask(DEACTIVATE)
    monkeypatch.setattr("graph_api.domain.parameters.inference.fit.SIGNIFICANCE", 0.0)

    worse = (await ask(FIT))["fitInference"]

    assert (worse["fit"]["result"], worse["activated"]) == ("NOT_BETTER", False)
    assert worse["fit"]["prior"]["logLoss"] > 0
    assert worse["fit"]["fitted"]["logLoss"] > 0
    assert (worse["model"]["id"], worse["model"]["inEffect"]) == ("inference-concept-v2", False)
    assert (await levels(ask))["inferredLevels"]["nodes"] == []


@pytest.mark.usefixtures("knowledge_tracing_in_effect")
async def test_the_nightly_job_fits_both_kinds_and_only_a_winner_takes_effect(
    gateway: Gateway, ask: Ask, model: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refit_once(run_id: str) -> dict[str, Any]:
        await refit(gateway, lambda: NOW, FitDefaults(), run_id)
        ids = [f"{run_id}-inference-concept", f"{run_id}-inference-skill"]
        stored = await gateway.read(lambda tx: runs.read_by_ids(tx, ids))
        assert {each.algorithm for each in stored.values()} == {Algorithm.FIT_INFERENCE}
        assert {each.trigger for each in stored.values()} == {"schedule"}
        assert stored[ids[1]].output["result"] == "FEW_STUDENTS"
        return dict(stored[ids[0]].output)

    first = await refit_once("night-1")
    assert (first["result"], first["model"], first["activated"]) == ("BETTER", "inference-concept-v2", True)

    with monkeypatch.context() as strict:
        strict.setattr("graph_api.domain.parameters.inference.fit.SIGNIFICANCE", 0.0)
        second = await refit_once("night-2")
    assert (second["result"], second["model"], second["activated"]) == ("NOT_BETTER", "inference-concept-v3", False)
    assert await gateway.read(read_ids_in_effect) == {TargetKind.CONCEPT: "inference-concept-v2"}

    await ask(DEACTIVATE)
    third = await refit_once("night-3")
    assert (third["result"], third["model"], third["activated"]) == ("BETTER", "inference-concept-v4", False)
    assert await gateway.read(read_ids_in_effect) == {}


async def test_few_students_give_no_model(ask: Ask, simulated: None) -> None:
    """There is one skill, so that no student began two."""
    skill = (await ask(FIT, input={"kind": "SKILL"}))["fitInference"]

    assert (skill["fit"]["result"], skill["activated"], skill["model"]) == ("FEW_STUDENTS", False, None)
