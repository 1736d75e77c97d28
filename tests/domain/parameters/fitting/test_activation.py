"""Which fits may come into effect: simulated histories without a skill behind them, and with one."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import ArrayLike

from graph_api.domain.failures import InvalidInput
from graph_api.domain.parameters.fitting.activation import LARGEST_SUM, ActivationRules
from graph_api.domain.parameters.fitting.fit import FitOptions, Method
from graph_api.domain.parameters.fitting.guard_rails import GuardRails, Reason
from graph_api.domain.parameters.fitting.histories import Histories
from graph_api.domain.parameters.fitting.judge import DEFAULT_RULES, Verdict, judge
from graph_api.domain.parameters.fitting.layout import Bounds
from graph_api.domain.parameters.knowledge_tracing import Parameters, p_correct
from graph_api.domain.parameters.parameter_sets import DEFAULTS
from graph_api.domain.parameters.prediction_metrics import calibration_error, measure
from graph_api.domain.targets import TargetKind
from tests.domain.parameters.fitting.simulated_histories import simulated

SKILL = DEFAULTS[TargetKind.SKILL].parameters
BAD = Parameters(0.05, 0.02, 0.1, 0.05)
"""A set that predicts so badly that any fit has a lower log-loss."""
SKILLS = {
    "easy": Parameters(0.6, 0.2, 0.2, 0.08),
    "learnt quickly": Parameters(0.1, 0.15, 0.15, 0.05),
    "hard": Parameters(0.2, 0.05, 0.1, 0.15),
    "learnt slowly": Parameters(0.4, 0.03, 0.25, 0.1),
    "noisy": Parameters(0.4, 0.12, 0.3, 0.2),
}
METHODS = [Method.MAXIMUM_LIKELIHOOD, Method.EMPIRICAL_BAYES]


def without_skill(share: ArrayLike, *, students: int = 80, answers: int = 10, targets: int = 12) -> Histories:
    """Students whose chance of a correct answer depends on its place alone."""
    drawn = np.random.default_rng(1).random((targets, students, answers))
    target, student, _ = np.indices(drawn.shape)
    return Histories.of_answers(student.ravel(), target.ravel(), (drawn < np.asarray(share)).ravel())


def judged(
    sent: Histories, in_effect: Parameters, method: Method, rules: ActivationRules = DEFAULT_RULES
) -> list[Verdict]:
    options = FitOptions(method=method, bounds=Bounds(total=LARGEST_SUM))
    rng = np.random.default_rng(0)
    return list(judge(sent, [in_effect] * sent.targets, options, GuardRails(), folds=5, rng=rng, rules=rules).verdicts)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("in_effect", [SKILL, BAD])
@pytest.mark.parametrize(
    "share",
    [0.5, 0.3, 0.6, 0.8, np.linspace(0.9, 0.3, 10), np.linspace(0.7, 0.3, 10)],
    ids=["coin", "rate .3", "rate .6", "rate .8", "falling from .9", "falling from .7"],
)
def test_histories_without_a_skill_are_refused(share: ArrayLike, in_effect: Parameters, method: Method) -> None:
    verdicts = judged(without_skill(share), in_effect, method)

    assert Reason.IMPROVED not in {each.reason for each in verdicts}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", SKILLS)
def test_a_genuine_skill_is_accepted(name: str, method: Method) -> None:
    sent = simulated(np.random.default_rng(2), SKILLS[name], students=150, answers=10, targets=20)

    reasons = Counter(each.reason for each in judged(sent, BAD, method))

    assert reasons[Reason.IMPROVED] >= 19


@pytest.mark.parametrize("method", METHODS)
def test_the_true_set_is_replaced_no_more_often_than_by_chance(method: Method) -> None:
    replaced = total = 0
    for seed, truth in enumerate(SKILLS.values()):
        sent = simulated(np.random.default_rng(seed), truth, students=60, answers=8, targets=30)
        verdicts = judged(sent, truth, method)
        replaced += sum(each.reason is Reason.IMPROVED for each in verdicts)
        total += len(verdicts)

    assert replaced / total <= 0.05


@pytest.mark.parametrize("method", METHODS)
def test_what_comes_into_effect_means_something(method: Method) -> None:
    rng = np.random.default_rng(4)
    for _ in range(4):
        truth = Parameters(*rng.uniform([0.05, 0.01, 0.05, 0.02], [0.95, 0.4, 0.5, 0.49]))
        for each in judged(simulated(rng, truth, students=60, answers=8, targets=15), BAD, method):
            if each.reason is Reason.IMPROVED and each.fitted is not None:
                fitted = each.fitted.parameters
                assert p_correct(0.95, fitted) >= 0.7
                assert fitted.guess + fitted.slip <= LARGEST_SUM
                assert each.fitted.chance <= 0.05


def test_the_rules_are_arguments() -> None:
    sent = simulated(np.random.default_rng(5), SKILLS["noisy"], students=150, answers=10, targets=5)

    strict = judged(sent, BAD, Method.MAXIMUM_LIKELIHOOD, ActivationRules(min_mastered_correct=0.95))

    assert {each.reason for each in strict} == {Reason.MASTERED_TOO_UNCERTAIN}
    for wrong in ({"min_mastered_correct": 1.0}, {"significance": 0.0}, {"significance": 0.6}):
        with pytest.raises(InvalidInput):
            ActivationRules(**wrong)


def test_a_calibrated_prediction_has_no_calibration_error() -> None:
    rng = np.random.default_rng(6)
    for answers in (50, 5_000):
        predicted = rng.uniform(0.1, 0.9, (40, answers))
        errors = [calibration_error(each, rng.random(answers) < each) ** 2 for each in predicted]
        assert np.mean(errors) < 5 / answers


def test_each_target_keeps_the_way_to_fit_that_predicts_it_best() -> None:
    """Targets of students who forget get a chance to forget; each has the lower held-out loss of both ways."""
    rng = np.random.default_rng(6)
    forgetful, lasting = Parameters(0.5, 0.25, 0.15, 0.05, forget=0.15), Parameters(0.3, 0.15, 0.15, 0.05)
    both = [simulated(rng, truth, students=200, answers=15, targets=3) for truth in (forgetful, lasting)]
    sent = Histories.of_answers(
        np.concatenate([each.student[each.sequence] for each in both]),
        np.concatenate([each.target[each.sequence] + 3 * place for place, each in enumerate(both)]),
        np.concatenate([each.correct for each in both]),
    )
    plain = FitOptions(bounds=Bounds(total=LARGEST_SUM))
    forgetting = replace(plain, forgetting=True)

    without, with_, chosen = (
        judge(sent, [BAD] * 6, options, GuardRails(), folds=5, rng=np.random.default_rng(0), alternatives=alternatives)
        for options, alternatives in ((plain, []), (forgetting, []), (plain, [forgetting]))
    )

    for either, other, best in zip(without.verdicts, with_.verdicts, chosen.verdicts, strict=True):
        assert either.fitted is not None
        assert other.fitted is not None
        assert best.fitted is not None
        assert best.fitted.parameters in (either.fitted.parameters, other.fitted.parameters)
        losses = [each.held_out.log_loss for each in (either.fitted, other.fitted)]
        assert best.fitted.held_out.log_loss == min(losses)
    assert all(each.fitted.parameters.forget > 0.05 for each in chosen.verdicts[:3] if each.fitted)
    assert measure(chosen.held_out, chosen.correct).log_loss <= measure(without.held_out, without.correct).log_loss
