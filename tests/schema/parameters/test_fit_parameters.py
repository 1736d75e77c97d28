"""Fitting, activating, comparing and the run ledger, over HTTP."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from graph_api.domain.answers.answers import AnswerInput
from graph_api.domain.course.course import Concept
from graph_api.domain.parameters.knowledge_tracing import Parameters
from graph_api.domain.parameters.model_comparison import Model
from graph_api.domain.targets import TargetKind
from graph_api.jobs.jobs import refit
from graph_api.store import parameter_sets
from graph_api.store.gateway import Gateway
from graph_api.store.policy_sets import predictor_sets
from graph_api.usecases.answers.answer_intake import AnswerIntake
from graph_api.usecases.course.edit_course import upsert_concepts
from graph_api.usecases.parameters.fit_parameters import FitDefaults
from tests.conftest import NOW, Ask
from tests.domain.parameters.fitting.simulated_histories import simulated

pytestmark = pytest.mark.usefixtures("course")

FAILURE = "... on Failure { __typename code message field rule value }"
METRICS = "{ answers auc rmse logLoss accuracy }"
FIT = f"""mutation($input: FitParametersInput) {{ fitParameters(input: $input) {{ __typename {FAILURE}
  ... on FitParametersPayload {{ replayedLevels before {METRICS} heldOut {METRICS}
    run {{ id nodeId algorithm version trigger status startedAt finishedAt parameters input output error }}
    outcomes {{ conceptId skillCode reason activated answers students before {{ id }}
      parameterSet {{ id origin active guess fit {{ conceptId method reason iterations converged guessError flags
        masteredCorrect calibrationBefore calibration chance
        logLikelihoodBefore logLikelihood replacedId run {{ id }} before {METRICS} heldOut {METRICS} }} }} }} }} }} }}"""
ACTIVATE = f"""mutation($input: ActivateParametersInput!) {{ activateParameters(input: $input) {{ __typename {FAILURE}
  ... on ActivateParametersPayload {{ replayedLevels run {{ algorithm status output }} }} }} }}"""
PUT = f"""mutation($input: ParameterSetInput!) {{ putParameterSet(input: $input) {{ __typename {FAILURE}
  ... on ParameterSetPayload {{ parameterSet {{ id version prior forget origin active fit {{ method }} }} }} }} }}"""


@pytest.fixture
async def answered(gateway: Gateway, intake: AnswerIntake, request: pytest.FixtureRequest) -> str:
    """A concept of this test's own with thirty students who know it or learn it at the third answer."""
    name = f"own {abs(hash(request.node.name)) % 10**8}"
    await upsert_concepts(gateway, [Concept(name, name, [], [])], NOW)
    await intake.submit(
        [
            AnswerInput(
                f"s{n}", correct=n % 2 == 0 or place > 1, concept_ids=[name], at=NOW - timedelta(minutes=9 - place)
            )
            for n in range(30)
            for place in range(6)
        ]
    )
    return name


async def test_a_fit_from_the_mutation_to_the_level(ask: Ask, answered: str) -> None:
    actual = (await ask(FIT, input={"conceptIds": [answered], "method": "EMPIRICAL_BAYES"}))["fitParameters"]

    (outcome,) = actual["outcomes"]
    stored = outcome["parameterSet"]
    assert outcome["reason"] == "IMPROVED"
    assert stored["id"] == f"bkt-concept/{answered}-v1"
    assert stored["active"] is True
    assert stored["fit"]["replacedId"] == outcome["before"]["id"] == "bkt-concept-v1"
    assert stored["fit"]["run"]["id"] == actual["run"]["id"]
    assert stored["fit"]["heldOut"] == actual["heldOut"]
    assert stored["fit"]["masteredCorrect"] > 0.7
    assert stored["fit"]["calibration"] < stored["fit"]["calibrationBefore"]
    assert stored["fit"]["chance"] < 0.05
    assert stored["fit"]["flags"] == ["SLIP_AT_BOUND"]
    assert actual["heldOut"]["logLoss"] < actual["before"]["logLoss"]
    assert actual["replayedLevels"] == 30
    run = actual["run"]
    assert (run["status"], run["trigger"], run["error"]) == ("SUCCESS", "mutation", None)
    assert run["output"]["activated"] == 1
    reply = await ask(
        """query($student: ID!, $concept: ID!, $run: ID!) {
          student(id: $student) { mastery(conceptId: $concept) { parameters { id guess } } }
          node(id: $run) { ... on Run { status } } run(id: "nobody") { id } }""",
        student="s3", concept=answered, run=run["nodeId"],
    )  # fmt: skip
    assert reply["student"]["mastery"]["parameters"] == {"id": stored["id"], "guess": stored["guess"]}
    assert reply["node"] == {"status": "SUCCESS"}
    assert reply["run"] is None


async def test_versions_are_listed_and_taken_back(ask: Ask, answered: str) -> None:
    await ask(FIT, input={"conceptIds": [answered]})

    done = (await ask(ACTIVATE, input={"conceptIds": [answered]}))["activateParameters"]

    assert done["replayedLevels"] == 30
    assert done["run"]["status"] == "SUCCESS"
    listed = (
        await ask(
            "query($c: ID!) { parameterSets(conceptId: $c) { totalCount nodes { id active createdAt } } }", c=answered
        )
    )["parameterSets"]
    assert listed["totalCount"] == 1
    assert listed["nodes"][0]["active"] is False
    again = (await ask(ACTIVATE, input={"parameterSetId": listed["nodes"][0]["id"]}))["activateParameters"]
    assert again["replayedLevels"] == 30


async def test_own_parameters_have_versions(ask: Ask) -> None:
    given = {"name": "own", "prior": 0.2, "learn": 0.1, "guess": 0.2, "slip": 0.1}

    first = (await ask(PUT, input=given))["putParameterSet"]["parameterSet"]
    again = (await ask(PUT, input=given))["putParameterSet"]["parameterSet"]
    other = (await ask(PUT, input=given | {"forget": 0.05}))["putParameterSet"]["parameterSet"]

    assert first == again
    assert first["origin"] == "WRITTEN"
    assert first["fit"] is first["active"] is None
    assert (other["version"], other["forget"]) == (first["version"] + 1, 0.05)
    page = await ask('{ parameterSets(name: "own", first: 1) { nodes { id } pageInfo { hasNextPage endCursor } } }')
    assert page["parameterSets"]["nodes"] == [{"id": other["id"]}]
    rest = await ask(
        'query($a: String) { parameterSets(name: "own", first: 1, after: $a) { nodes { id } } }',
        a=page["parameterSets"]["pageInfo"]["endCursor"],
    )
    assert rest["parameterSets"]["nodes"] == [{"id": first["id"]}]


@pytest.mark.parametrize(
    ("document", "given", "kind", "message"),
    [
        (FIT, {"conceptIds": ["nobody"]}, "ConceptNotFound", "conceptIds: must name concepts that exist, got 'nobody'"),
        (FIT, {"skillCodes": ["nobody"]}, "SkillNotFound", "skillCodes: must name skills that exist, got 'nobody'"),
        (FIT, {"folds": 1}, "InvalidInput", "folds: must be from 2 to 20, got '1'"),
        (FIT, {"maxGuessPlusSlip": 1.2}, "InvalidInput", "guess + slip: bound must be > 0.00004 and <= 1, got '1.2'"),
        (FIT, {"minMasteredCorrect": 1}, "InvalidInput", "minMasteredCorrect: must be >= 0 and < 1, got '1.0'"),
        (FIT, {"significance": 0}, "InvalidInput", "significance: must be > 0 and <= 0.5, got '0.0'"),
        (FIT, {"maxSlip": 0}, "InvalidInput", "slip: bound must be above twice the margin and < 1, got '0.0'"),
        (FIT, {"tolerance": 2}, "InvalidInput", "tolerance: must be > 0 and < 1, got '2.0'"),
        (FIT, {"iterations": 0}, "InvalidInput", "iterations: must be from 1 to 10000, got '0'"),
        (FIT, {"minAnswers": 0}, "InvalidInput", "minAnswers: must be >= 1, got '0'"),
        (FIT, {"minStudents": 1}, "InvalidInput", "minStudents: must be >= 2, got '1'"),
        (FIT, {"seed": -1}, "InvalidInput", "seed: must be >= 0, got '-1'"),
        (FIT, {"skillCodes": ["a"] * 5_001}, "InvalidInput", "skillCodes: must hold at most 5000 items, holds 5001"),
        (ACTIVATE, {"parameterSetId": "x-v1"}, "ParameterSetNotFound", "parameterSetId: must exist, got 'x-v1'"),
        (ACTIVATE, {}, "InvalidInput", "conceptIds, skillCodes: name them, because the set was not fitted to one"),
        (PUT, {"name": "p", "prior": 0, "learn": 0.1, "guess": 0.1, "slip": 0.1}, "InvalidInput", "prior: must be > 0 and < 1, got '0.0'"),
        (PUT, {"name": "p", "prior": 0.1, "learn": 1, "guess": 0.1, "slip": 0.1}, "InvalidInput", "learn: must be > 0 and < 1, got '1.0'"),
        (PUT, {"name": "p", "prior": 0.1, "learn": 0.1, "guess": 0.5, "slip": 0.5}, "InvalidInput", "guess + slip: must be < 1, got '1.0'"),
        (PUT, {"name": "p", "prior": 0.1, "learn": 0.1, "guess": 0.1, "slip": 0.1, "forget": 1}, "InvalidInput", "forget: must be >= 0 and < 1, got '1.0'"),
        (PUT, {"name": "bkt-skill", "prior": 0.1, "learn": 0.1, "guess": 0.1, "slip": 0.1}, "InvalidInput", "name: must not begin with bkt-concept or bkt-skill, which the service uses itself, got 'bkt-skill'"),
    ],
)  # fmt: skip
async def test_bad_input_is_a_named_failure_and_nothing_is_stored(
    ask: Ask, raw: Ask, document: str, given: dict[str, Any], kind: str, message: str
) -> None:
    sets = "MATCH (n:ParameterSet) RETURN count(n) AS n"
    before = await raw(sets)

    (reply,) = (await ask(document, input=given)).values()

    assert (reply["__typename"], reply["message"]) == (kind, message)
    assert await raw(sets) == before


async def test_runs_are_listed_newest_first_page_by_page(ask: Ask, answered: str) -> None:
    for activate in (False, True):
        await ask(FIT, input={"conceptIds": [answered], "activate": activate})
    await ask(FIT, input={"conceptIds": ["nobody"]})

    listed = await ask("{ runs(first: 2) { totalCount nodes { id status error } pageInfo { endCursor } } }")
    rest = await ask(
        "query($a: String) { runs(first: 1, after: $a, ) { nodes { status } } }",
        a=listed["runs"]["pageInfo"]["endCursor"],
    )
    failed = await ask("{ runs(status: FAILED, algorithm: FIT_PARAMETERS) { totalCount nodes { status } } }")

    assert listed["runs"]["totalCount"] == 3
    assert [run["status"] for run in listed["runs"]["nodes"]] == ["FAILED", "SUCCESS"]
    assert "nobody" in listed["runs"]["nodes"][0]["error"]
    assert rest["runs"]["nodes"] == [{"status": "SUCCESS"}]
    assert failed["runs"]["totalCount"] == 1


async def test_models_are_compared_best_first_and_reproducibly(ask: Ask, answered: str) -> None:
    document = """query($ids: [ID!], $seed: Int!) { modelComparison(kind: CONCEPT, conceptIds: $ids, seed: $seed) {
      answers students folds seed heldOut models { model metrics { auc logLoss } expectedCalibrationError
        intervals { auc { low high } logLoss { low high } rmse { low high } }
        byTarget { conceptId skillCode metrics { answers logLoss } }
        calibration { low high answers predicted correct } } } }"""

    actual, again = [(await ask(document, ids=[answered], seed=3))["modelComparison"] for _ in range(2)]

    assert actual == again
    assert (actual["answers"], actual["students"], actual["folds"]) == (180, 30, 5)
    losses = [each["metrics"]["logLoss"] for each in actual["models"]]
    assert losses == sorted(losses)
    assert actual["models"][0]["model"].startswith("BKT_FITTED") or actual["models"][0]["model"] == "PREDICTOR"
    assert (actual["heldOut"], len(actual["models"])) == ("STUDENTS", len(Model))
    for each in actual["models"]:
        loss = each["metrics"]["logLoss"]
        assert each["intervals"]["logLoss"]["low"] < loss < each["intervals"]["logLoss"]["high"]
        assert [(part["conceptId"], part["skillCode"]) for part in each["byTarget"]] == [(answered, None)]
        assert each["byTarget"][0]["metrics"] == {"answers": 180, "logLoss": pytest.approx(loss)}
        assert sum(part["answers"] for part in each["calibration"]) == 180


async def test_chosen_models_predict_the_future(ask: Ask, answered: str) -> None:
    document = """query($ids: [ID!]) { modelComparison(
      kind: CONCEPT, conceptIds: $ids, heldOut: FUTURE, models: [PREDICTOR, BKT_IN_EFFECT]
    ) { answers heldOut models { model metrics { answers } } } }"""

    actual = (await ask(document, ids=[answered]))["modelComparison"]

    assert (actual["answers"], actual["heldOut"]) == (180, "FUTURE")
    assert {each["model"] for each in actual["models"]} == {"PREDICTOR", "BKT_IN_EFFECT"}
    assert {0 < each["metrics"]["answers"] <= 36 for each in actual["models"]} == {True}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("folds: 30", "folds: must be from 2 to 20, got '30'"),
        ("seed: -1", "seed: must be >= 0, got '-1'"),
        ('skillCodes: ["nobody"]', "skillCodes: must name skills that exist, got 'nobody'"),
    ],
)
async def test_a_comparison_that_cannot_be_made(client: Any, arguments: str, message: str) -> None:
    query = f"{{ modelComparison({arguments}) {{ answers }} }}"

    reply = (await client.post("/graphql", json={"query": query})).json()

    assert reply["errors"][0]["message"] == message


def test_parameters_repeat_what_they_were_given() -> None:
    make: Callable[..., Parameters] = Parameters
    assert make(0.1, 0.2, 0.3, 0.4).forget == 0


async def test_a_fit_chooses_forgetting_where_students_forget(ask: Ask, gateway: Gateway, intake: AnswerIntake) -> None:
    truth = Parameters(0.5, 0.25, 0.15, 0.05, forget=0.2)
    sent = simulated(np.random.default_rng(8), truth, students=80, answers=12)
    await upsert_concepts(gateway, [Concept("tides", "tides", [], [])], NOW)
    await intake.submit(
        [
            AnswerInput(f"s{n}", correct=correct, concept_ids=["tides"], at=NOW - timedelta(minutes=20 - place))
            for n, row in enumerate(sent.correct.reshape(80, 12).tolist())
            for place, correct in enumerate(row)
        ]
    )
    wanted = {"conceptIds": ["tides"], "activate": False}

    (plain,) = (await ask(FIT, input=wanted))["fitParameters"]["outcomes"]
    (chosen,) = (await ask(FIT, input=wanted | {"chooseForgetting": True}))["fitParameters"]["outcomes"]

    sets = [each["parameterSet"]["id"] for each in (plain, chosen)]
    stored = {each.id: each for each in await gateway.read(lambda tx: parameter_sets.read_by_ids(tx, set(sets)))}
    assert stored[sets[0]].parameters.forget == 0
    assert stored[sets[1]].parameters.forget > 0.05


async def test_forgetting_cannot_be_both_required_and_chosen(client: Any) -> None:
    query = """mutation { fitParameters(input: {forgetting: true, chooseForgetting: true}) {
      failure { code field message } } }"""

    reply = (await client.post("/graphql", json={"query": query})).json()["data"]["fitParameters"]

    message = "chooseForgetting: must be false where forgetting is true, got 'true'"
    assert reply == {"failure": {"code": "INVALID_INPUT", "field": "chooseForgetting", "message": message}}


@pytest.mark.usefixtures("knowledge_tracing_in_effect")
async def test_a_refused_fit_has_its_reason_on_every_path_and_can_be_activated_explicitly(
    ask: Ask, gateway: Gateway, intake: AnswerIntake
) -> None:
    rng = np.random.default_rng(3)
    await upsert_concepts(gateway, [Concept("coin", "coin", [], [])], NOW)
    await intake.submit(
        [
            AnswerInput(f"s{n}", correct=bool(correct), concept_ids=["coin"], at=NOW - timedelta(minutes=9 - place))
            for n, row in enumerate(rng.random((80, 8)) < 0.5)
            for place, correct in enumerate(row)
        ]
    )

    (outcome,) = (await ask(FIT, input={"conceptIds": ["coin"]}))["fitParameters"]["outcomes"]
    await refit(gateway, lambda: NOW, FitDefaults(), "nightly")
    predictors = await gateway.read(lambda tx: predictor_sets.read_all(tx, name=None, limit=9))
    assert [each.id for each in predictors] == ["predictor-concept-v1"], "no skill has answers"

    stored = outcome["parameterSet"]
    assert outcome["reason"] in {"MASTERED_TOO_UNCERTAIN", "STATES_AT_BOUND", "NO_BETTER_THAN_SHARE"}
    assert (outcome["activated"], stored["active"], stored["fit"]["reason"]) == (False, False, outcome["reason"])
    (still,) = await gateway.read(lambda tx: parameter_sets.read_targets(tx, TargetKind.CONCEPT, ["coin"]))
    assert still.set_id == "bkt-concept-v1"
    done = (await ask(ACTIVATE, input={"parameterSetId": stored["id"]}))["activateParameters"]
    assert done["run"]["output"]["overriddenReason"] == outcome["reason"]
