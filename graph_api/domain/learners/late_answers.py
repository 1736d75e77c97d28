"""Fold late answers into a long history (B6), without a state for each answer of it.

Most of a history lies wholly before or wholly after the new answers. Of these parts only the outcomes count, in order,
so that they are read and folded as numbers.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from graph_api.domain.answers.order import Order
from graph_api.domain.learners.mastery import Change, Evidence, Mastery, fold
from graph_api.domain.parameters.knowledge_tracing import last_level
from graph_api.domain.parameters.parameter_sets import ParameterSet
from graph_api.domain.targets import Target


class PastAnswers(NamedTuple):
    """The answers of a pair that count, without judgements, around some new ones.

    `before` and `after` are the outcomes of answers that all new ones follow or precede, in order: see `signed`.
    `around` are the others, in any order. `last` is the place of the last answer.
    """

    before: Sequence[float]
    around: Sequence[Evidence]
    after: Sequence[float]
    last: Order

    @property
    def attempts(self) -> int:
        """The number of answers."""
        return len(self.before) + len(self.around) + len(self.after)

    @property
    def correct(self) -> int:
        """The number of answers that count as correct."""
        return _correct(self.before) + sum(each.correct for each in self.around) + _correct(self.after)


class Replayed(NamedTuple):
    """The effect of each new answer, by its id, and the state after all answers; None without one that counts."""

    changes: dict[str, Change]
    mastery: Mastery | None


def signed(*, correct: bool, weight: float) -> float:
    """An outcome as one number: the weight, below 0 if the answer counts as incorrect.

    >>> signed(correct=False, weight=0.5)
    -0.5
    """
    return weight if correct else -weight


def fold_together(  # noqa: PLR0913, PLR0917 - as `fold`, with a history
    start: Mastery | None,
    history: Iterable[Evidence],
    new: Sequence[Evidence],
    student_id: str,
    target: Target,
    used: ParameterSet,
) -> Replayed:
    """Fold new answers together with a history, both in any order, into a state."""
    ids, state = {each.answer_id for each in new}, start
    changes: dict[str, Change] = {}
    ordered = sorted([*history, *new])
    for item, (change, mastery) in zip(ordered, fold(start, ordered, student_id, target, used), strict=True):
        state = mastery
        if item.answer_id in ids and item.level is None:
            changes[item.answer_id] = change
    return Replayed(changes, state)


def insert(past: PastAnswers, new: Sequence[Evidence], student_id: str, target: Target, used: ParameterSet) -> Replayed:
    """Fold new answers into a history; as `graph_api.domain.learners.mastery.fold` of all in order, by the digit."""
    start = None
    if past.before:
        level = last_level(used.start, past.before, used.parameters)
        counts = len(past.before), _correct(past.before)
        start = Mastery(student_id, target, level, *counts, past.last, used.id)
    changes, state = fold_together(start, past.around, new, student_id, target, used)
    orders = [each.order for each in new if each.weight]
    if past.attempts:
        orders.append(past.last)
    if not orders:
        return Replayed(changes, None)
    level, attempts, correct = used.start, 0, 0
    if state is not None:
        level, attempts, correct = state.level, state.attempts, state.correct
    level = last_level(level, past.after, used.parameters)
    counts = attempts + len(past.after), correct + _correct(past.after)
    return Replayed(changes, Mastery(student_id, target, level, *counts, max(orders), used.id))


def _correct(outcomes: Sequence[float]) -> int:
    return sum(outcome > 0 for outcome in outcomes)
