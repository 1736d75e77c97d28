"""The weights of a fitted logistic model by name, and what each adds to a prediction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Self

from scipy.special import expit

from graph_api.domain.parameters.predictors.logistic import LogisticFit
from graph_api.domain.parameters.predictors.terms import PER_TARGET, WINDOW_WEIGHTS, Term


class Contribution(NamedTuple):
    """What one term adds to the log-odds of a correct answer: `value` times `weight`."""

    term: Term
    value: float
    weight: float

    @property
    def log_odds(self) -> float:
        """In logits."""
        return self.value * self.weight


@dataclass(frozen=True)
class LogisticWeights:
    """The weights of a logistic model.

    Attributes:
        terms: of the model.
        intercept: in logits, of an answer whose terms are all 0.
        shared: the weights of the terms that all targets share.
        targets: for each target, the weights of its own terms, in the order in which `terms` has them.
        questions: how much easier each question is than its target, in logits. Others count 0.
        windows: the weights of the windows of time; empty without the term WINDOWS.
    """

    terms: tuple[Term, ...]
    intercept: float
    shared: Mapping[Term, float] = field(default_factory=dict)
    targets: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    questions: Mapping[str, float] = field(default_factory=dict)
    windows: tuple[float, ...] = ()

    @classmethod
    def of(
        cls, fit: LogisticFit, terms: tuple[Term, ...], targets: Sequence[str], questions: Sequence[str] = ()
    ) -> Self:
        """Name the weights of a fit whose design had these terms, targets and questions."""
        shared: dict[Term, float] = {}
        own: dict[Term, list[float]] = {}
        of_questions: dict[str, float] = {}
        windows: tuple[float, ...] = ()
        weights, start = fit.weights.tolist(), 0
        for term in terms:
            if term in PER_TARGET:
                own[term] = weights[start : start + len(targets)]
                start += len(targets)
            elif term is Term.QUESTION:
                of_questions = dict(zip(questions, weights[start : start + len(questions)], strict=True))
                start += max(len(questions), 1)
            elif term is Term.WINDOWS:
                windows = tuple(weights[start : start + WINDOW_WEIGHTS])
                start += WINDOW_WEIGHTS
            else:
                shared[term] = weights[start]
                start += 1
        of_targets = dict(zip(targets, zip(*own.values(), strict=True), strict=True)) if own else {}
        return cls(terms, fit.intercept, shared, of_targets, of_questions, windows)

    def contributions(
        self, values: Mapping[Term, float], target: str, question: str | None = None, windows: Sequence[float] = ()
    ) -> list[Contribution]:
        """What each term adds, in the order of the terms; with the intercept they sum to the log-odds.

        Args:
            values: from `PracticeState.values`.
            target: of the next answer. A target that was not fitted has no weights of its own.
            question: of the next answer, if it is known.
            windows: from `PracticeState.window_values`; needed by the term WINDOWS.
        """
        own = iter(self.targets.get(target, (0.0,) * sum(term in PER_TARGET for term in self.terms)))
        added = []
        for term in self.terms:
            if term is Term.WINDOWS:
                added += [Contribution(term, *pair) for pair in zip(windows, self.windows, strict=True)]
            elif term in PER_TARGET:
                added.append(Contribution(term, values[term], next(own)))
            elif term is Term.QUESTION:
                added.append(Contribution(term, values[term], self.questions.get(question or "", 0.0)))
            else:
                added.append(Contribution(term, values[term], self.shared[term]))
        return added

    def p_correct(self, contributions: Sequence[Contribution]) -> float:
        """P(the next answer is correct), from what the terms add."""
        return float(expit(self.intercept + sum(each.log_odds for each in contributions)))
