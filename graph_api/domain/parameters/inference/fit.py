"""Fit the model of inferred levels, and judge it on the first answers of held-out students."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

import numpy as np
import scipy
from numpy.typing import NDArray
from scipy.special import expit, log_expit, logit

from graph_api.domain.parameters.fitting.activation import chance_of_sums
from graph_api.domain.parameters.inference.first_answers import AnswersInOrder
from graph_api.domain.parameters.inference.model import (
    GRID,
    LOG_PRIOR,
    Columns,
    InferenceModel,
    Matrix,
    TargetWeights,
    effective,
    posterior,
    posterior_of,
)
from graph_api.domain.parameters.prediction_metrics import losses_of_answers, measure
from graph_api.domain.parameters.predictors.responses import Responses
from graph_api.domain.targets import TargetKind

FEWEST_STUDENTS = 30
"""With fewer students who began two targets, nothing is fitted."""
FEWEST_FIRST_ANSWERS = 10
"""Targets with fewer first answers are not in the model."""
FOLDS = 5
STEPS, ROUNDS = 12, 40
"""Passes over the answers for abilities, and rounds of L-BFGS for first answers."""
SLOPE_PRECISION, EASINESS_PRECISION, LINK_PRECISION = 20.0, 1.0, 1.0
"""Of the normal priors: slopes around their mean, easinesses around theirs, weights of links around 0."""
PRIOR_ANSWERS = 2.0
"""A share counts as this many answers of the mean share."""
SIGNIFICANCE = 0.02
"""The one-sided level of the paired test over students at which a model must beat the prior."""


class InferenceResult(StrEnum):
    """Whether a model may come into effect."""

    BETTER = "BETTER"
    NOT_BETTER = "NOT_BETTER"
    FEW_STUDENTS = "FEW_STUDENTS"


class FirstAnswerFigures(NamedTuple):
    """How well first answers of held-out students are predicted. `auc` is None if all answers are alike."""

    log_loss: float
    auc: float | None


@dataclass(frozen=True, slots=True)
class InferenceFit:
    """A fit to all students, with its figures on held-out ones.

    Attributes:
        result: whether it beats the prior.
        students: who answered a target of the model.
        first_answers: how many of their answers are first ones to a target of the model.
        prior: the figures of the share of correct first answers; None if nothing was fitted.
        fitted: the figures of the model.
        model: None if nothing was fitted.
    """

    result: InferenceResult
    students: int
    first_answers: int
    prior: FirstAnswerFigures | None = None
    fitted: FirstAnswerFigures | None = None
    model: InferenceModel | None = None


def fit_inference(
    responses: Responses,
    kind: TargetKind,
    keys: Sequence[str],
    prerequisites: Mapping[str, Sequence[str]],
    rng: np.random.Generator,
) -> InferenceFit:
    """Fit to all students; judge by five fits to four fifths of them, each on the rest.

    Args:
        responses: the answers that count.
        kind: of the targets.
        keys: of target n, the concept id or skill code.
        prerequisites: of each concept, its direct prerequisites; empty for skills.
        rng: deals the students into folds.
    """
    chosen, names = enough(responses, keys)
    answers = AnswersInOrder.of(chosen)
    students = len(np.unique(answers.student))
    began_two = int((np.bincount(answers.student[answers.first], minlength=1) > 1).sum())
    if began_two < FEWEST_STUDENTS:
        return InferenceFit(InferenceResult.FEW_STUDENTS, students, len(answers.first))
    links = link_places(names, prerequisites)
    fold = rng.permutation(answers.students) % FOLDS
    prior, fitted = predict_held_out(answers, links, fold)
    first = answers.first
    correct = answers.correct[first] > 0
    wins = is_better(prior, fitted, correct, answers.student[first])
    return InferenceFit(
        InferenceResult.BETTER if wins else InferenceResult.NOT_BETTER,
        students,
        len(first),
        _figures(prior, correct),
        _figures(fitted, correct),
        fit_model(answers, links, np.ones(answers.students, np.bool_)).model(kind, names, links),
    )


def enough(responses: Responses, keys: Sequence[str]) -> tuple[Responses, list[str]]:
    """The answers to targets that enough students began, with the targets in order of key."""
    pairs = np.unique(np.stack([responses.student, responses.target]), axis=1)
    began = np.bincount(pairs[1], minlength=len(keys)) if len(responses) else np.zeros(len(keys), np.int64)
    places = sorted((n for n in range(len(keys)) if began[n] >= FEWEST_FIRST_ANSWERS), key=lambda n: keys[n])
    number = np.full(len(keys), -1, np.int32)
    number[places] = np.arange(len(places), dtype=np.int32)
    rows = responses.choose(number[responses.target] >= 0)
    columns = rows.student, number[rows.target], rows.correct, rows.moment, rows.question, rows.at
    return Responses(*columns, len(places)), [keys[n] for n in places]


def link_places(keys: Sequence[str], prerequisites: Mapping[str, Sequence[str]]) -> list[list[int]]:
    """Of each target, the places of its direct prerequisites among the targets.

    >>> link_places(["a", "b"], {"b": ["a", "elsewhere"]})
    [[], [0]]
    """
    places = {key: place for place, key in enumerate(keys)}
    return [sorted(places[b] for b in set(prerequisites.get(key, ())) if b in places) for key in keys]


def is_better(prior: Matrix, fitted: Matrix, correct: NDArray[np.bool_], student: NDArray[np.int64]) -> bool:
    """Whether a model's predictions beat the prior's by more than chance; the answers of one student are one sum.

    All arguments are of shape (firsts,).
    """
    gain = losses_of_answers(prior, correct) - losses_of_answers(fitted, correct)
    sums = np.bincount(np.unique(student, return_inverse=True)[1], gain)
    return chance_of_sums(np.asarray(sums, np.float64)) < SIGNIFICANCE


def predict_held_out(
    answers: AnswersInOrder, links: Sequence[Sequence[int]], fold: NDArray[np.int64]
) -> tuple[Matrix, Matrix]:
    """P(correct) of each first answer by the prior and by a model, fitted to the students of the other folds.

    Args:
        answers: the answers.
        links: of each target, the places of its direct prerequisites.
        fold: shape (students,).
    """
    first = answers.first
    prior, fitted = np.empty(len(first)), np.empty(len(first))
    for out in np.unique(fold):
        held_out = fold[answers.student[first]] == out
        prior[held_out] = first_shares(answers, fold != out)[answers.target[first]][held_out]
        fitted[held_out] = fit_model(answers, links, fold != out).predict(answers, links)[held_out]
    return prior, fitted


def first_shares(answers: AnswersInOrder, training: NDArray[np.bool_]) -> Matrix:
    """The share of correct first answers of each target among some students, shape (targets,): the prior."""
    own = answers.first[training[answers.student[answers.first]]]
    return _shares(
        np.bincount(answers.target[own], minlength=answers.targets),
        np.bincount(answers.target[own], answers.correct[own], minlength=answers.targets),
    )


def _shares(count: NDArray[Any], correct: NDArray[Any]) -> Matrix:
    mean = float(np.clip(correct.sum() / max(count.sum(), 1), 0.01, 0.99))
    return np.asarray((correct + PRIOR_ANSWERS * mean) / (count + PRIOR_ANSWERS))


class Fitted(NamedTuple):
    """A fitted model by place: columns of shape (targets,), and the weights of links."""

    columns: Columns
    weight_before: float
    weight_after: float

    def predict(self, answers: AnswersInOrder, links: Sequence[Sequence[int]]) -> Matrix:
        """P(correct) of every first answer, from the answers before it; shape (firsts,)."""
        ability, before, after = _evidence(answers, links, self.columns)
        target = answers.target[answers.first]
        offset = self.columns.easiness[target] + self.weight_before * before + self.weight_after * after
        chances = expit(offset[:, None] + self.columns.slope[target, None] * GRID)
        return np.asarray((ability * chances).sum(axis=1))

    def model(self, kind: TargetKind, keys: Sequence[str], links: Sequence[Sequence[int]]) -> InferenceModel:
        """The model with names."""
        rows = np.stack(self.columns, axis=1).tolist()
        targets = {key: TargetWeights(*row) for key, row in zip(keys, rows, strict=True)}
        before = {key: [keys[place] for place in own] for key, own in zip(keys, links, strict=True) if own}
        return InferenceModel(kind, targets, before, self.weight_before, self.weight_after)


def fit_model(answers: AnswersInOrder, links: Sequence[Sequence[int]], training: NDArray[np.bool_]) -> Fitted:
    """Fit to some students: first abilities to all their answers, then the first answers given those before.

    Args:
        answers: the answers.
        links: of each target, the places of its direct prerequisites.
        training: shape (students,), the students to fit to.
    """
    easiness, slope, share = _fit_abilities(answers, training)
    columns = Columns(easiness, slope, easiness, slope, share)
    evidence = _evidence(answers, links, columns)
    own = training[answers.student[answers.first]]
    first = answers.first[own]
    posteriors, before, after = (each[own] for each in evidence)
    target, sign, size = answers.target[first], 2 * answers.correct[first] - 1, answers.targets

    def loss(weights: Matrix) -> tuple[float, Matrix]:
        easy, steep, linked = weights[:size], weights[size : 2 * size], weights[2 * size :]
        offset = easy[target] + linked[0] * before + linked[1] * after
        chance = expit(sign[:, None] * (offset[:, None] + steep[target, None] * GRID))
        likelihood = (posteriors * chance).sum(axis=1)
        slopes = posteriors * chance * (1 - chance) * (sign / likelihood)[:, None]
        total, steepness = slopes.sum(axis=1), slopes @ GRID
        from_easy, from_steep = easy - easy.mean(), steep - steep.mean()
        penalty = EASINESS_PRECISION * from_easy @ from_easy + SLOPE_PRECISION * from_steep @ from_steep
        gradient = np.concatenate([
            EASINESS_PRECISION * from_easy - np.bincount(target, total, minlength=size),
            SLOPE_PRECISION * from_steep - np.bincount(target, steepness, minlength=size),
            LINK_PRECISION * linked - np.array([total @ before, total @ after]),
        ])  # fmt: skip
        return float((penalty + LINK_PRECISION * linked @ linked) / 2 - np.log(likelihood).sum()), gradient

    bounds = [(None, None)] * size + [(0.0, None)] * (size + 2)
    start = np.r_[easiness, slope, 0.0, 0.0]
    best = scipy.optimize.minimize(
        loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": ROUNDS}
    ).x
    fitted = Columns(best[:size], best[size : 2 * size], easiness, slope, share)
    return Fitted(fitted, float(best[-2]), float(best[-1]))


def _evidence(
    answers: AnswersInOrder, links: Sequence[Sequence[int]], columns: Columns
) -> tuple[Matrix, Matrix, Matrix]:
    """For each first answer: the posterior of ability, and what prerequisites and later targets show beyond shares."""
    logits = columns.answers_easiness[:, None] + columns.answers_slope[:, None] * GRID
    after: list[list[int]] = [[] for _ in links]
    for place, needed in enumerate(links):
        for before in needed:
            after[before].append(place)
    ability = posterior(answers.log_likelihoods(log_expit(logits), log_expit(-logits)))
    return ability, answers.beyond(links, columns.share), answers.beyond(after, columns.share)


def _fit_abilities(answers: AnswersInOrder, training: NDArray[np.bool_]) -> tuple[Matrix, Matrix, Matrix]:
    """Easiness and slope of all answers, and the share of correct ones, by EM; each of shape (targets,)."""
    attempts, right = (each[training] for each in answers.counts)
    share = _shares(np.asarray(attempts.sum(axis=0)).ravel(), np.asarray(right.sum(axis=0)).ravel())
    total, correct = attempts.copy(), right.copy().tocsr()
    total.data = np.sqrt(attempts.data)
    correct = right.multiply(_weights_like(attempts)).tocsr()
    easiness, slope = logit(np.clip(share, 0.02, 0.98)), np.ones(answers.targets)
    for _ in range(STEPS):
        logits = easiness[:, None] + slope[:, None] * GRID
        right_logs, wrong_logs = log_expit(logits), log_expit(-logits)
        ability = posterior_of(correct @ (right_logs - wrong_logs) + total @ wrong_logs + LOG_PRIOR)
        happened, possible = correct.T @ ability, total.T @ ability
        for _ in range(2):
            easiness, slope = _newton(easiness, slope, happened, possible)
    return easiness, slope, share


def _weights_like(attempts: Any) -> Any:  # noqa: ANN401 - a sparse matrix
    """What one of the answers in each cell weighs."""
    weights = attempts.copy()
    weights.data = effective(attempts.data)
    return weights


def _newton(easiness: Matrix, slope: Matrix, happened: Matrix, possible: Matrix) -> tuple[Matrix, Matrix]:
    """One step of Newton's method for each target, with priors around the means of all targets."""
    chance = expit(easiness[:, None] + slope[:, None] * GRID)
    residual, information = happened - possible * chance, possible * chance * (1 - chance)
    precision = 1 / (easiness.std() + 0.1) ** 2
    up = residual.sum(axis=1) - precision * (easiness - easiness.mean())
    along = residual @ GRID - SLOPE_PRECISION * (slope - slope.mean())
    of_easiness, of_slope = information.sum(axis=1) + precision, information @ GRID**2 + SLOPE_PRECISION
    both = information @ GRID
    determinant = of_easiness * of_slope - both**2
    easier = (of_slope * up - both * along) / determinant
    steeper = (of_easiness * along - both * up) / determinant
    return easiness + np.clip(easier, -1, 1), np.maximum(slope + np.clip(steeper, -1, 1), 0.0)


def _figures(predicted: Matrix, correct: NDArray[np.bool_]) -> FirstAnswerFigures:
    metrics = measure(predicted, correct)
    return FirstAnswerFigures(metrics.log_loss, metrics.auc)
