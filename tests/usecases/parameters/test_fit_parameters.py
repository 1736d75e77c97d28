"""Fits from the answers in the graph: judged, stored, activated, replayed, and noted in the ledger (B7, B8, R6)."""

import asyncio
import itertools
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from graph_api.domain.answers.answers import AnswerInput, Recorded
from graph_api.domain.course.course import Concept
from graph_api.domain.failures import ConceptNotFound, InvalidInput, ParameterSetNotFound, SkillNotFound
from graph_api.domain.operations.runs import RunStatus
from graph_api.domain.parameters.fitting.fit import FitOptions, Method
from graph_api.domain.parameters.fitting.guard_rails import GuardRails, Reason
from graph_api.domain.parameters.knowledge_tracing import Parameters, trace
from graph_api.domain.parameters.model_comparison import Model
from graph_api.domain.parameters.parameter_sets import DEFAULTS, Origin
from graph_api.domain.targets import TargetKind, concept, skill
from graph_api.store import histories, masteries, parameter_sets, runs
from graph_api.store.gateway import Gateway
from graph_api.usecases.answers.answer_intake import AnswerIntake
from graph_api.usecases.choose_targets import Targets
from graph_api.usecases.course.edit_course import upsert_concepts
from graph_api.usecases.learners import replay_levels as replaying
from graph_api.usecases.learners.replay_levels import replay_levels
from graph_api.usecases.operations.erase_students import erase_student
from graph_api.usecases.parameters.activate_parameters import activate_parameters, activation_run
from graph_api.usecases.parameters.compare_models import ComparisonRequest, compare_models
from graph_api.usecases.parameters.edit_parameter_sets import put_parameter_set
from graph_api.usecases.parameters.fit_parameters import FitReport, FitRequest, fit_parameters
from graph_api.usecases.parameters.store_fits import FitOutcome
from tests.conftest import NOW, Ask

pytestmark = pytest.mark.usefixtures("course")

TRUTH = Parameters(prior=0.5, learn=0.3, guess=0.1, slip=0.05)
RAILS = GuardRails(answers=20, students=3)
names = (f"c{number}" for number in itertools.count())
run_ids = (f"run-{number}" for number in itertools.count())


@pytest.fixture
async def target(gateway: Gateway) -> str:
    """A concept that no other test has: parameter sets outlive a test, as they outlive everything."""
    name = next(names)
    await upsert_concepts(gateway, [Concept(name, name, ["talk"], [])], NOW)
    return name


async def answer(intake: AnswerIntake, target: str, outcomes: Sequence[Sequence[bool]]) -> None:
    """Row n holds the answers of student n, one a minute."""
    sent = [
        AnswerInput(f"s{n}", correct=bool(correct), concept_ids=[target], at=NOW - timedelta(days=1, minutes=-place))
        for n, row in enumerate(outcomes)
        for place, correct in enumerate(row)
    ]
    assert all(isinstance(outcome, Recorded) for outcome in await intake.submit(sent))


def a_class(seed: int, truth: Parameters = TRUTH, students: int = 40, answers: int = 8) -> list[list[bool]]:
    rng = np.random.default_rng(seed)
    known = rng.random(students) < truth.prior
    columns = []
    for _ in range(answers):
        columns.append(rng.random(students) < np.where(known, 1 - truth.slip, truth.guess))
        known |= rng.random(students) < truth.learn
    rows: list[list[bool]] = np.stack(columns, axis=1).tolist()
    return rows


async def fit(gateway: Gateway, target: str, **given: Any) -> FitReport:
    request = FitRequest(**{"targets": Targets([target]), "rails": RAILS, **given})
    return await fit_parameters(gateway, request, request.run(next(run_ids), "test", NOW), lambda: NOW)


async def fit_one(gateway: Gateway, target: str, **given: Any) -> FitOutcome:
    (outcome,) = (await fit(gateway, target, **given)).outcomes
    return outcome


async def activate(gateway: Gateway, set_id: str | None, *, concepts: list[str] | None = None) -> int:
    targets = Targets(concepts)
    run = activation_run(next(run_ids), set_id, targets, "test", NOW)
    return await activate_parameters(gateway, set_id, targets, run, lambda: NOW)


async def levels(raw: Ask, target: str) -> dict[str, tuple[float, str, int]]:
    rows = await raw(
        "MATCH (s:Student)-[m:HAS_MASTERY]->(c:Concept {id: $target}) "
        "RETURN s.id AS student, m.level AS level, m.parameter_set_id AS used, m.attempts AS attempts",
        target=target,
    )
    return {row["student"]: (row["level"], row["used"], row["attempts"]) for row in rows}


async def stored_parameters(gateway: Gateway, set_id: str) -> Parameters:
    (actual,) = await gateway.read(lambda tx: parameter_sets.read_by_ids(tx, [set_id]))
    return actual.parameters


async def in_effect(gateway: Gateway, target: str) -> str:
    (actual,) = await gateway.read(lambda tx: parameter_sets.read_targets(tx, TargetKind.CONCEPT, [target]))
    return actual.set_id


async def test_a_better_fit_is_stored_activated_and_replayed(
    gateway: Gateway, intake: AnswerIntake, raw: Ask, target: str
) -> None:
    outcomes = a_class(1)
    await answer(intake, target, outcomes)
    before = await raw("MATCH ()-[a:ANSWERED]->() RETURN properties(a) AS a ORDER BY a.key")

    report = await fit(gateway, target)

    (outcome,) = report.outcomes
    assert outcome.reason is Reason.IMPROVED
    assert (outcome.answers, outcome.students, outcome.activated) == (320, 40, True)
    assert outcome.set_id == f"bkt-concept/{target}-v1"
    assert report.held_out is not None
    assert report.before is not None
    assert report.held_out.log_loss < report.before.log_loss
    fitted = await stored_parameters(gateway, outcome.set_id)
    assert await in_effect(gateway, target) == outcome.set_id
    assert report.replayed == 40
    assert await levels(raw, target) == {
        f"s{n}": (trace(row, fitted)[-1].after, outcome.set_id, 8) for n, row in enumerate(outcomes)
    }
    assert await raw("MATCH ()-[a:ANSWERED]->() RETURN properties(a) AS a ORDER BY a.key") == before


async def test_how_it_came_about_is_kept(gateway: Gateway, intake: AnswerIntake, target: str) -> None:
    await answer(intake, target, a_class(2))

    report = await fit(gateway, target, options=FitOptions(method=Method.MAXIMUM_LIKELIHOOD))

    set_id = report.outcomes[0].set_id
    assert set_id is not None
    record = (await gateway.read(lambda tx: parameter_sets.read_fits(tx, [set_id])))[set_id]
    assert record.target == concept(target)
    assert record.method == "MAXIMUM_LIKELIHOOD"
    assert record.replaced_set_id == DEFAULTS[TargetKind.CONCEPT].id
    assert record.log_likelihood > record.log_likelihood_before
    assert record.converged
    assert (record.before, record.held_out) == (report.before, report.held_out)
    assert len(record.standard_errors) == 4
    run = (await gateway.read(lambda tx: runs.read_by_ids(tx, [report.run_id])))[report.run_id]
    assert run.status is RunStatus.SUCCESS
    assert run.output == report.summary()
    assert run.output["heldOut"]["logLoss"] < run.output["before"]["logLoss"]
    assert run.parameters["method"] == "MAXIMUM_LIKELIHOOD"


async def test_what_the_answers_do_not_settle_is_kept_as_that(
    gateway: Gateway, intake: AnswerIntake, target: str
) -> None:
    await answer(intake, target, [[True, False]] * 12 + [[False, True]] * 12)

    outcome = await fit_one(gateway, target, options=FitOptions(method=Method.MAXIMUM_LIKELIHOOD))

    set_id = outcome.set_id
    assert set_id is not None
    record = (await gateway.read(lambda tx: parameter_sets.read_fits(tx, [set_id])))[set_id]
    assert None in record.standard_errors


async def test_fitting_again_changes_nothing(gateway: Gateway, intake: AnswerIntake, raw: Ask, target: str) -> None:
    await answer(intake, target, a_class(3))
    first = await fit_one(gateway, target)
    before = await levels(raw, target)

    again = await fit(gateway, target)

    assert again.outcomes[0].reason is Reason.NO_IMPROVEMENT
    assert again.outcomes[0].set_id is None
    assert again.replayed == 0
    assert await levels(raw, target) == before
    assert await in_effect(gateway, target) == first.set_id


@pytest.mark.parametrize(
    ("outcomes", "reason"),
    [
        ([[True, False, True]] * 5, Reason.TOO_FEW_ANSWERS),
        ([[True, False] * 20] * 2, Reason.TOO_FEW_STUDENTS),
        ([[True, False] * 20], Reason.TOO_FEW_STUDENTS),
        ([[True] * 5] * 6, Reason.ALL_CORRECT),
        ([[False] * 5] * 6, Reason.ALL_WRONG),
        ([[True] * 5] * 3 + [[False] * 5] * 3, Reason.CONSTANT_SEQUENCES),
        ([], Reason.TOO_FEW_ANSWERS),
    ],
)
async def test_guard_rails_keep_the_set_in_effect(
    gateway: Gateway, intake: AnswerIntake, raw: Ask, target: str, outcomes: list[list[bool]], reason: Reason
) -> None:
    if outcomes:
        await answer(intake, target, outcomes)
    before = await levels(raw, target)

    report = await fit(gateway, target)

    (outcome,) = report.outcomes
    assert (outcome.reason, outcome.set_id, outcome.activated) == (reason, None, False)
    assert report.before is None
    assert await in_effect(gateway, target) == DEFAULTS[TargetKind.CONCEPT].id
    assert await levels(raw, target) == before


async def test_a_fit_that_predicts_worse_is_stored_but_not_activated(
    gateway: Gateway, intake: AnswerIntake, raw: Ask, target: str
) -> None:
    await answer(intake, target, a_class(4, students=6))
    truth = await put_parameter_set(gateway, f"truth-{target}", TRUTH, NOW)
    await activate(gateway, truth.id, concepts=[target])
    before = await levels(raw, target)

    report = await fit(gateway, target, options=FitOptions(method=Method.MAXIMUM_LIKELIHOOD))

    (outcome,) = report.outcomes
    assert outcome.reason is Reason.WORSE_ON_HELD_OUT
    assert outcome.set_id == f"bkt-concept/{target}-v1"
    assert not outcome.activated
    assert await in_effect(gateway, target) == truth.id
    assert await levels(raw, target) == before
    again = await fit_one(gateway, target, options=FitOptions(method=Method.MAXIMUM_LIKELIHOOD))
    assert again.set_id == outcome.set_id  # the same fit is the same version


async def test_a_fit_may_be_kept_out_of_force_and_put_there_later(
    gateway: Gateway, intake: AnswerIntake, raw: Ask, target: str
) -> None:
    await answer(intake, target, a_class(5))
    default = await levels(raw, target)

    outcome = await fit_one(gateway, target, activate=False)

    assert (outcome.reason, outcome.activated) == (Reason.IMPROVED, False)
    assert await levels(raw, target) == default
    assert await activate(gateway, outcome.set_id) == 40
    assert {used for _, used, _ in (await levels(raw, target)).values()} == {outcome.set_id}
    assert await activate(gateway, outcome.set_id) == 0
    assert await activate(gateway, None, concepts=[target]) == 40
    assert await levels(raw, target) == default


async def test_any_earlier_version_can_be_activated_again(
    gateway: Gateway, intake: AnswerIntake, raw: Ask, target: str
) -> None:
    await answer(intake, target, a_class(6, students=25))
    first = await fit_one(gateway, target)
    with_first = {student: level for student, (level, _, _) in (await levels(raw, target)).items()}
    later = a_class(7, Parameters(0.05, 0.05, 0.4, 0.4), students=60, answers=30)
    await answer(intake, target, [*([] for _ in range(30)), *later])
    second = await fit_one(gateway, target)
    assert second.set_id == f"bkt-concept/{target}-v2"
    assert second.activated

    assert await activate(gateway, first.set_id) == 85

    back = await levels(raw, target)
    assert {student: back[student][0] for student in with_first} == with_first


async def test_an_answer_after_the_activation_is_folded_under_the_new_set(
    gateway: Gateway, intake: AnswerIntake, raw: Ask, target: str
) -> None:
    outcomes = a_class(8)
    await answer(intake, target, outcomes)
    outcome = await fit_one(gateway, target)
    assert outcome.set_id is not None
    fitted = await stored_parameters(gateway, outcome.set_id)

    await intake.submit([AnswerInput("s0", correct=True, concept_ids=[target], at=NOW)])

    assert (await levels(raw, target))["s0"] == (trace([*outcomes[0], True], fitted)[-1].after, outcome.set_id, 9)


async def test_readers_and_writers_during_a_replay_see_whole_levels(
    gateway: Gateway, intake: AnswerIntake, raw: Ask, target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcomes = a_class(9, students=30)
    await answer(intake, target, outcomes)
    outcome = await fit_one(gateway, target, activate=False)
    assert outcome.set_id is not None
    sets = {outcome.set_id: await stored_parameters(gateway, outcome.set_id)}
    sets[DEFAULTS[TargetKind.CONCEPT].id] = DEFAULTS[TargetKind.CONCEPT].parameters
    monkeypatch.setattr(replaying, "STUDENTS_AT_A_TIME", 2)
    seen: list[dict[str, tuple[float, str, int]]] = []
    students = [f"s{n}" for n in range(30)]

    async def stored_levels() -> dict[str, tuple[float, str, int]]:
        of_students = await gateway.read_one(lambda tx: masteries.read_of_students(tx, students))
        stored = [each for of_one in of_students.values() for each in of_one if each.target == concept(target)]
        return {each.student_id: (each.level, each.parameter_set_id, each.attempts) for each in stored}

    async def look() -> None:
        """Neo4j writes the parts of a mastery one after the other, so what two reads agree on counts."""
        first = await stored_levels()
        while not activating.done():
            second = await stored_levels()
            seen.append({student: level for student, level in second.items() if first.get(student) == level})
            first = second

    async def go_on_answering() -> None:
        for n in range(30):
            await intake.submit([AnswerInput(f"s{n}", correct=True, concept_ids=[target], at=NOW)])

    activating = asyncio.ensure_future(activate(gateway, outcome.set_id))
    await asyncio.gather(activating, look(), go_on_answering())
    seen.append(await levels(raw, target))

    for each in seen:
        for student, (level, used, attempts) in each.items():
            history = [*outcomes[int(student[1:])], True][:attempts]
            assert level == trace(history, sets[used])[-1].after
    assert {used for _, used, _ in seen[-1].values()} == {outcome.set_id}
    assert len({frozenset(used for _, used, _ in each.values()) for each in seen}) > 1


async def test_an_interrupted_replay_leaves_whole_levels_and_can_go_on(
    gateway: Gateway, intake: AnswerIntake, raw: Ask, target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await answer(intake, target, a_class(10, students=12))
    outcome = await fit_one(gateway, target, activate=False)
    monkeypatch.setattr(replaying, "STUDENTS_AT_A_TIME", 5)

    message: list[int] = []

    def interrupt(_doing: str, done: int, _total: int) -> None:
        message.append(done)
        if len(message) > 1:  # the first batch is written
            raise asyncio.CancelledError

    run = activation_run(next(run_ids), outcome.set_id, Targets(), "test", NOW)
    with pytest.raises(asyncio.CancelledError):
        await activate_parameters(gateway, outcome.set_id, Targets(), run, lambda: NOW, interrupt)

    used = [each for _, each, _ in (await levels(raw, target)).values()]
    assert used.count(outcome.set_id or "") == 5
    failed = (await gateway.read(lambda tx: runs.read_by_ids(tx, [run.id])))[run.id]
    assert (failed.status, failed.error) == (RunStatus.FAILED, "interrupted")
    assert await replay_levels(gateway, [concept(target)], lambda: NOW) == 7


async def test_a_student_who_was_erased_meanwhile_stays_erased(
    gateway: Gateway, intake: AnswerIntake, counts: Ask, target: str
) -> None:
    await answer(intake, target, a_class(11, students=4))
    await erase_student(gateway, "s0")
    before = await counts()

    await gateway.write(lambda tx: replaying._replay(tx, concept(target), ["s0"], NOW))

    assert await counts() == before


async def test_histories_are_read_in_order_of_time(gateway: Gateway, intake: AnswerIntake, target: str) -> None:
    moments = [("x", 3, True), ("y", 1, False), ("z", 2, True), ("w", 2, False)]
    for key, minute, correct in moments:
        at = NOW - timedelta(hours=1) + timedelta(minutes=minute)
        await intake.submit([AnswerInput("late", correct=correct, concept_ids=[target], at=at, id=f"{target}-{key}")])

    plain = await gateway.read(lambda tx: histories.read_histories(tx, TargetKind.CONCEPT, ["nominative", target]))
    timed = await gateway.read(
        lambda tx: histories.read_timed_histories(tx, TargetKind.CONCEPT, ["nominative", target], None)
    )

    assert plain.correct.tolist() == [False, True, False, True]  # equal times: as they were recorded, not by id
    assert plain.target.tolist() == [1]
    assert timed.timed.at is not None
    assert np.diff(timed.timed.at).tolist() == [60, 0, 60]


async def test_responses_know_which_rows_are_of_one_answer(gateway: Gateway, intake: AnswerIntake, target: str) -> None:
    for minute, concepts, question in (
        (3, [target, "nominative"], "q2"),
        (1, [target], None),
        (2, ["nominative"], "q1"),
    ):
        at = NOW - timedelta(hours=1) + timedelta(minutes=minute)
        await intake.submit([AnswerInput("late", correct=True, concept_ids=concepts, question_id=question, at=at)])

    keys = ["nominative", target]
    timed = await gateway.read(lambda tx: histories.read_timed_histories(tx, TargetKind.CONCEPT, keys, None))

    rows = timed.responses
    own = [timed.questions[each] if each >= 0 else None for each in rows.question.tolist()]
    assert list(zip(rows.target.tolist(), own, rows.moment.tolist(), strict=True)) == [
        (0, "q1", 1), (0, "q2", 2), (1, None, 0), (1, "q2", 2)
    ]  # fmt: skip


async def test_nothing_named_is_everything_and_a_kind_named_is_nothing_of_the_other(
    gateway: Gateway, intake: AnswerIntake, target: str
) -> None:
    await answer(intake, target, a_class(12))

    everything = await fit(gateway, target, targets=Targets())
    only_skill = await fit(gateway, target, targets=Targets(skill_codes=["talk"]))

    reasons = {outcome.target: outcome.reason for outcome in everything.outcomes}
    assert set(reasons) == {
        *map(concept, ("nominative", "accusative", "dative", target)), *map(skill, ("grammar", "cases", "talk"))
    }  # fmt: skip
    assert reasons[concept("dative")] is Reason.TOO_FEW_ANSWERS
    assert [outcome.target for outcome in only_skill.outcomes] == [skill("talk")]


async def test_a_failed_run_is_recorded(gateway: Gateway) -> None:
    for targets, failure in (
        (Targets(["nobody"]), ConceptNotFound),
        (Targets(skill_codes=["nobody"]), SkillNotFound),
    ):
        request = FitRequest(targets)
        run = request.run(next(run_ids), "test", NOW)
        with pytest.raises(failure):
            await fit_parameters(gateway, request, run, lambda: NOW)
        failed = (await gateway.read(lambda tx, run=run: runs.read_by_ids(tx, [run.id])))[run.id]  # type: ignore[misc]
        assert failed.status is RunStatus.FAILED
        assert "nobody" in (failed.error or "")


async def test_activations_that_mean_nothing_are_refused(gateway: Gateway) -> None:
    with pytest.raises(ParameterSetNotFound, match="parameterSetId: must exist, got 'none-v1'"):
        await activate(gateway, "none-v1", concepts=["nominative"])
    with pytest.raises(ConceptNotFound):
        await activate(gateway, "bkt-concept-v1", concepts=["nobody"])
    for set_id in (None, "bkt-concept-v1"):
        with pytest.raises(InvalidInput, match="conceptIds, skillCodes: name them"):
            await activate(gateway, set_id)
    assert await in_effect(gateway, "nominative") == DEFAULTS[TargetKind.CONCEPT].id


async def test_written_sets_get_versions(gateway: Gateway) -> None:
    name = f"mine-{next(names)}"
    other = Parameters(0.2, 0.1, 0.1, 0.1, forget=0.02)

    stored = [await put_parameter_set(gateway, name, parameters, NOW) for parameters in (TRUTH, TRUTH, other, TRUTH)]

    assert [each.id for each in stored] == [f"{name}-v1", f"{name}-v1", f"{name}-v2", f"{name}-v3"]
    assert stored[2].parameters == other
    assert stored[2].origin is Origin.WRITTEN
    for reserved in ("bkt-skill", "bkt-concept/x", ""):
        with pytest.raises(InvalidInput, match="name: "):
            await put_parameter_set(gateway, reserved, TRUTH, NOW)


async def test_forgetting_in_effect_is_forgetting_in_levels(
    gateway: Gateway, intake: AnswerIntake, raw: Ask, target: str
) -> None:
    leaky = Parameters(0.4, 0.1, 0.2, 0.1, forget=0.3)
    stored = await put_parameter_set(gateway, f"leaky-{target}", leaky, NOW)
    await activate(gateway, stored.id, concepts=[target])

    await answer(intake, target, [[True, True, True]])

    assert (await levels(raw, target))["s0"][0] == trace([True, True, True], leaky)[-1].after


async def test_models_are_compared_on_the_answers_of_the_requested_students(
    gateway: Gateway, intake: AnswerIntake, target: str
) -> None:
    await answer(intake, target, a_class(13))

    compared = await compare_models(gateway, ComparisonRequest(TargetKind.CONCEPT, Targets([target]), folds=4, seed=1))
    request = ComparisonRequest(TargetKind.CONCEPT, Targets([target]), group_id="none", folds=4, seed=1)
    of_no_student = await compare_models(gateway, request)

    assert (compared.answers, compared.students) == (320, 40)
    assert {each.model for each in compared.models} == set(Model)
    assert (of_no_student.answers, of_no_student.models) == (0, [])
