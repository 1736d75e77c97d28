"""The next question of a placement, the end of it, and what it found: pure functions of its answers.

The expected information of a question is the mutual information of its answer and the knowledge state: by how many
bits the entropy over all knowledge states is expected to shrink. An answer depends on the state only through its own
concept. So with p = P(known), guess g, slip s and the entropy h of a probability it is exactly

    h(p(1 - s) + (1 - p)g) - p h(s) - (1 - p)h(g)

References: J.-C. Falmagne, J.-P. Doignon (1988), "A class of stochastic procedures for the assessment of knowledge",
British Journal of Mathematical and Statistical Psychology 41, 1-23; and D. V. Lindley (1956), "On a measure of the
information provided by an experiment", Annals of Mathematical Statistics 27, 986-1005.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from graph_api.domain.failures import InvalidInput, shown
from graph_api.domain.learners.placement.posterior import posterior
from graph_api.domain.learners.placement.structure import Structure

EVEN = 0.5
"""Even odds: a concept counts as known from this probability on, and no certainty is lower."""
MOST_QUESTIONS = 500
MOST_ANSWERS = 20
DIGITS = 9
"""Informations that agree to this many digits are equal; the first concept by id is then next."""
LEAST_INFORMATION = 1e-6
"""Bits. A question with less is not worth an answer."""


@dataclass(frozen=True, slots=True)
class PlacementRule:
    """When a placement ends.

    Attributes:
        certainty: the certainty to reach, the mean over concepts of max(P(known), 1 - P(known)); also the certainty
            from which the result for one concept counts as sure.
        max_questions: the most answers.
        max_answers: the most answers to one concept.

    Raises:
        InvalidInput: naming the rule and the value.

    >>> PlacementRule(certainty=1.0)
    Traceback (most recent call last):
    graph_api.domain.failures.InvalidInput: certainty: must be > 0.5 and < 1, got '1.0'
    """

    certainty: float = 0.9
    max_questions: int = 50
    max_answers: int = 3

    def __post_init__(self) -> None:
        if not EVEN < self.certainty < 1:
            raise InvalidInput("certainty", "must be > 0.5 and < 1", shown(self.certainty))
        for name, value, most in (
            ("maxQuestions", self.max_questions, MOST_QUESTIONS),
            ("maxAnswersPerConcept", self.max_answers, MOST_ANSWERS),
        ):
            if not 1 <= value <= most:
                raise InvalidInput(name, f"must be from 1 to {most}", str(value))


DEFAULT_RULE = PlacementRule()


class Verdict(StrEnum):
    """What a placement found about one concept."""

    KNOWN = "KNOWN"
    UNKNOWN = "UNKNOWN"
    UNSURE = "UNSURE"


class StopReason(StrEnum):
    """Why a placement has no next question."""

    CERTAIN = "CERTAIN"
    MAX_QUESTIONS = "MAX_QUESTIONS"
    NO_QUESTION_LEFT = "NO_QUESTION_LEFT"
    ENDED_EARLY = "ENDED_EARLY"


class Response(NamedTuple):
    """An answer of a placement: to which concept, what it counts as, and how much, 0..1."""

    answer_id: str
    place: int
    correct: bool
    weight: float = 1.0


class Noise(NamedTuple):
    """P(guess) and P(slip) of questions about each concept, both of shape (concepts,)."""

    guess: NDArray[np.float64]
    slip: NDArray[np.float64]


class Finding(NamedTuple):
    """What the answers of a placement show.

    Attributes:
        known: shape (concepts,), P(known).
        information: shape (concepts,), the expected information of a question in bits.
        certainty: the mean over concepts of max(P(known), 1 - P(known)); 1 without concepts.
        questions: the number of answers.
        next: the place of the concept of the next question, or None.
        stop: why there is none.
    """

    known: NDArray[np.float64]
    information: NDArray[np.float64]
    certainty: float
    questions: int
    next: int | None
    stop: StopReason | None

    @property
    def is_known(self) -> NDArray[np.bool_]:
        """Shape (concepts,): the concepts that are known with at least even odds. They are a knowledge state."""
        return self.known >= EVEN

    def verdict(self, place: int, rule: PlacementRule) -> Verdict:
        """What was found about a concept, under the rule's certainty."""
        if max(self.known[place], 1 - self.known[place]) < rule.certainty:
            return Verdict.UNSURE
        return Verdict.KNOWN if self.is_known[place] else Verdict.UNKNOWN


def log_odds(responses: Iterable[Response], noise: Noise) -> NDArray[np.float64]:
    """The evidence for each concept, shape (concepts,). The order of the responses makes no difference.

    A correct answer adds log((1 - slip) / guess), an incorrect one log(slip / (1 - guess)), times its weight.

    >>> noise = Noise(np.array([0.25]), np.array([0.1]))
    >>> log_odds([Response("a1", 0, correct=True)], noise).round(3).tolist()  # log(0.9 / 0.25)
    [1.281]
    """
    terms: defaultdict[int, list[float]] = defaultdict(list)
    for response in responses:
        guess, slip = float(noise.guess[response.place]), float(noise.slip[response.place])
        ratio = (1 - slip) / guess if response.correct else slip / (1 - guess)
        terms[response.place].append(response.weight * math.log(ratio))
    summed = np.zeros(len(noise.guess))
    for place, values in terms.items():
        summed[place] = math.fsum(values)
    return summed


def expected_information(known: NDArray[np.float64], noise: Noise) -> NDArray[np.float64]:
    """The expected information of a question about each concept in bits, shape (…, concepts), from 0 to 1.

    >>> sure = Noise(np.array([1e-9, 1e-9]), np.array([1e-9, 1e-9]))
    >>> expected_information(np.array([0.5, 1.0]), sure).round(6).tolist()
    [1.0, 0.0]
    """
    guess, slip = noise
    correct = known * (1 - slip) + (1 - known) * guess
    return np.maximum(_entropy(correct) - known * _entropy(slip) - (1 - known) * _entropy(guess), 0.0)


def find(structure: Structure, responses: Sequence[Response], noise: Noise, rule: PlacementRule) -> Finding:
    """What the answers show, and the next question: the one with the most expected information.

    Args:
        structure: the concepts and their links.
        responses: the answers, one response for each concept of an answer.
        noise: guess and slip of each concept.
        rule: when to stop.

    >>> chain = Structure(("a", "b", "c"), ((), (0,), (1,)))
    >>> noise = Noise(np.full(3, 0.01), np.full(3, 0.01))
    >>> chain.ids[find(chain, [], noise, DEFAULT_RULE).next]
    'b'
    """
    known = posterior(structure, log_odds(responses, noise))
    information = expected_information(known, noise)
    certainty = float(np.maximum(known, 1 - known).mean()) if known.size else 1.0
    questions = len({response.answer_id for response in responses})
    place = _next(responses, information, rule)
    stop = _stop(certainty, questions, place, rule)
    return Finding(known, information, certainty, questions, place if stop is None else None, stop)


def _next(responses: Iterable[Response], information: NDArray[np.float64], rule: PlacementRule) -> int | None:
    answers = Counter(response.place for response in responses)
    open_places = [place for place in range(len(information)) if answers[place] < rule.max_answers]
    worth = [place for place in open_places if information[place] >= LEAST_INFORMATION]
    return min(worth, key=lambda place: (-round(float(information[place]), DIGITS), place), default=None)


def _stop(certainty: float, questions: int, place: int | None, rule: PlacementRule) -> StopReason | None:
    if certainty >= rule.certainty:
        return StopReason.CERTAIN
    if questions >= rule.max_questions:
        return StopReason.MAX_QUESTIONS
    return StopReason.NO_QUESTION_LEFT if place is None else None


def _entropy(chance: NDArray[np.float64]) -> NDArray[np.float64]:
    """The entropy of a yes or no in bits."""
    no = 1 - chance
    both = [
        np.multiply(part, np.log2(part, out=np.zeros_like(part), where=part > 0)) for part in (np.asarray(chance), no)
    ]
    return -(both[0] + both[1])
