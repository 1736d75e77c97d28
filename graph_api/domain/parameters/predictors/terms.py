"""What the logistic models add up: which terms each has, and the columns of these terms."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from graph_api.domain.parameters.predictors.design import Block, Design, Vector
from graph_api.domain.parameters.predictors.practice import WINDOWS_DAYS, Practice, practice_of, windows_of
from graph_api.domain.parameters.predictors.responses import NO_QUESTION, Responses

T = TypeVar("T")

SUREST = 1e-4
WINDOW_WEIGHTS = 2 * len(WINDOWS_DAYS)


class Term(StrEnum):
    """One number that a model multiplies with a weight. Those that start with TARGET have a weight for each target."""

    TARGET = "TARGET"
    """1: how easy the target is."""
    TARGET_ATTEMPTS = "TARGET_ATTEMPTS"
    """ln(1 + answers to the target)."""
    TARGET_RIGHT = "TARGET_RIGHT"
    """ln(1 + correct answers to the target)."""
    TARGET_WRONG = "TARGET_WRONG"
    """ln(1 + incorrect answers to the target)."""
    TARGET_SHARE = "TARGET_SHARE"
    """The logit of the fading share of correct answers to the target."""
    TARGET_STUDENT_RIGHT = "TARGET_STUDENT_RIGHT"
    """ln(1 + correct answers to all targets)."""
    TARGET_STUDENT_WRONG = "TARGET_STUDENT_WRONG"
    """ln(1 + incorrect answers to all targets)."""
    TARGET_STUDENT_SHARE = "TARGET_STUDENT_SHARE"
    """The logit of the fading share of correct answers to all targets."""
    WINDOWS = "WINDOWS"
    """ln(1 + answers) and ln(1 + correct answers) to the target within each window of time."""
    STUDENT_RIGHT = "STUDENT_RIGHT"
    """ln(1 + correct answers to all targets)."""
    STUDENT_WRONG = "STUDENT_WRONG"
    """ln(1 + incorrect answers to all targets)."""
    STUDENT_SHARE = "STUDENT_SHARE"
    """The logit of the fading share of correct answers to all targets."""
    BKT = "BKT"
    """The logit of P(correct) by knowledge tracing."""
    QUESTION = "QUESTION"
    """1: how easy the question is, beside its target."""


PER_TARGET = tuple(term for term in Term if term.startswith("TARGET"))
PENALTIES: Mapping[Term, float] = dict.fromkeys(Term, 1.0) | {
    Term.TARGET_STUDENT_RIGHT: 10.0,
    Term.TARGET_STUDENT_WRONG: 10.0,
    Term.TARGET_STUDENT_SHARE: 10.0,
    Term.STUDENT_RIGHT: 1e-3,
    Term.STUDENT_WRONG: 1e-3,
    Term.STUDENT_SHARE: 1e-3,
    Term.BKT: 1e-3,
    Term.QUESTION: 2.0,
}
"""How strongly a weight is drawn to 0, in 1 / logit². A target's own weights shrink to those of all targets."""


def log_odds(chance: Vector) -> Vector:
    """The logit of a probability that is kept within 0.0001 of 0 and 1.

    >>> log_odds(np.array([0.5, 1.0])).round(2).tolist()
    [0.0, 9.21]
    """
    inner = np.clip(chance, SUREST, 1 - SUREST)
    return np.log(inner / (1 - inner))


def values_of(practice: Practice[T], log1p: Callable[[T], T], logit: Callable[[T], T]) -> dict[Term, T]:
    """The values of the terms that count practice, of many answers or of one.

    Args:
        practice: what came before.
        log1p: ln(1 + n).
        logit: the logit of a probability, kept off 0 and 1.
    """
    student_right, student_wrong = log1p(practice.student_right), log1p(practice.student_wrong)
    student_share = logit(practice.student_share)
    return {
        Term.TARGET_ATTEMPTS: log1p(practice.right + practice.wrong),  # type: ignore[operator]
        Term.TARGET_RIGHT: log1p(practice.right),
        Term.TARGET_WRONG: log1p(practice.wrong),
        Term.TARGET_SHARE: logit(practice.share),
        Term.TARGET_STUDENT_RIGHT: student_right,
        Term.TARGET_STUDENT_WRONG: student_wrong,
        Term.TARGET_STUDENT_SHARE: student_share,
        Term.STUDENT_RIGHT: student_right,
        Term.STUDENT_WRONG: student_wrong,
        Term.STUDENT_SHARE: student_share,
    }


def columns_of(responses: Responses, practice: Practice[Vector], bkt: Vector | None) -> dict[Term, Vector]:
    """The values of all terms but WINDOWS: each of shape (rows,)."""
    columns = values_of(practice, np.log1p, log_odds) | {
        Term.TARGET: np.ones(len(responses)),
        Term.QUESTION: (responses.question != NO_QUESTION).astype(np.float64),
    }
    return columns if bkt is None else columns | {Term.BKT: log_odds(bkt)}


def design_of(
    responses: Responses, terms: tuple[Term, ...], bkt: Vector | None = None, practice: Practice[Vector] | None = None
) -> Design:
    """The columns of a model. Weights lie in the order of its terms: one per target, per question, per window or one.

    Args:
        responses: the answers; all earlier answers of their students are among them.
        terms: of the model.
        bkt: shape (rows,), P(correct) by knowledge tracing; needed by the term BKT.
        practice: of the responses, if it is known.

    Raises:
        KeyError: the model has the term BKT, and `bkt` is None.
        ValueError: the model has windows, and the responses have no times.
    """
    values = columns_of(responses, practice or practice_of(responses), bkt)
    places: list[NDArray[np.int32]] = []
    columns: list[Vector] = []
    penalties: list[Vector] = []
    of_targets: list[tuple[int, int]] = []
    of_all: list[tuple[int, int]] = []
    start = 0
    for term in terms:
        own = [*np.log1p(np.concatenate(windows_of(responses)))] if term is Term.WINDOWS else [values[term]]
        place, count = _places(term, responses)
        for value in own:
            if term is not Term.QUESTION:
                (of_targets if term in PER_TARGET else of_all).append((len(places), start))
            places.append(place + start)
            columns.append(value)
            penalties.append(np.full(count, PENALTIES[term]))
            start += count
    blocks = [_block(of_targets, responses.targets), _block(of_all, 1)._replace(intercept=True)]
    return Design(np.stack(places, axis=1), np.stack(columns, axis=1), np.concatenate(penalties), blocks)


def _block(terms: list[tuple[int, int]], count: int) -> Block:
    """The block of some terms, given where they and their weights start; each has `count` weights."""
    places = np.array(terms, np.int64).reshape(-1, 2)
    return Block(places[:, 0], places[:, 1] + np.arange(count)[:, None])


def _places(term: Term, responses: Responses) -> tuple[NDArray[np.int32], int]:
    """Which weight of the term each row uses, and how many weights the term has."""
    if term in PER_TARGET:
        return responses.target, responses.targets
    if term is Term.QUESTION:
        return np.maximum(responses.question, 0), max(responses.questions, 1)
    return np.zeros(len(responses), np.int32), 1
