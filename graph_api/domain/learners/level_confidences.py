"""The confidences of the levels of a class (Q8): those of `Mastery.confidence`, for many levels at once."""

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any, NamedTuple

import numpy as np

from graph_api.domain.learners.class_levels import ClassLevels
from graph_api.domain.learners.uncertainty import ENOUGH, Confidence, Interval, confidence, level_intervals
from graph_api.domain.parameters.knowledge_tracing import Parameters

AT_ONCE = 512
"""Histories whose intervals are computed together: each takes 10 kB of points."""
MOST_KNOWN = 50_000
"""Histories whose intervals are kept: a few hundred bytes each."""


class History(NamedTuple):
    """What an interval is a function of.

    Attributes:
        start: the parameters; after a judgement the prior is the level that it states.
        outcomes: a byte for each answer since, 1 if it counts as correct.
        weights: how much each counts; empty if each counts 1.
    """

    start: Parameters
    outcomes: bytes
    weights: tuple[float, ...] = ()

    @classmethod
    def of(cls, start: Parameters, outcomes: Iterable[bool], weights: Sequence[float]) -> "History":
        """The history of answers with weights."""
        is_weighed = any(weight != 1 for weight in weights)
        return cls(start, bytes(outcomes), tuple(weights) if is_weighed else ())


class PairHistory(NamedTuple):
    """The history behind the level of a student on a target."""

    student_id: str
    key: str
    history: History


_known: dict[History, Interval] = {}
"""The intervals of histories. They never change, so that any class finds them here."""


def confidence_cells(levels: ClassLevels, pairs: Iterable[PairHistory]) -> list[list[str | None]]:
    """Rows of confidences, one row per student; None without a level.

    Args:
        levels: of the class.
        pairs: the histories of levels with at least `ENOUGH` answers. Fewer answers give LOW, whatever they are.

    >>> one = ClassLevels(["anna"], ["a", "b"], np.array([[0.5, np.nan]]), np.array([[4, 0]]))
    >>> confidence_cells(one, [])
    [['LOW', None]]
    """
    cells: Any = np.full(levels.level.shape, None, object)
    cells[levels.started] = Confidence.LOW.value
    rows = {student_id: place for place, student_id in enumerate(levels.student_ids)}
    columns = {key: place for place, key in enumerate(levels.keys)}
    judged = []
    for student_id, key, history in pairs:
        row, column = rows.get(student_id), columns.get(key)
        if row is not None and column is not None and levels.attempts[row, column] >= ENOUGH:
            judged.append((row, column, int(levels.attempts[row, column]), history))
    intervals = intervals_of({history for _, _, _, history in judged})
    for row, column, answers, history in judged:
        cells[row, column] = confidence(answers, intervals[history]).value
    rows_of_cells: list[list[str | None]] = cells.tolist()
    return rows_of_cells


def intervals_of(histories: Iterable[History]) -> dict[History, Interval]:
    """The interval of the level after each history, as `level_intervals` gives it."""
    intervals = {history: _known.get(history) for history in histories}
    missing = sorted((history for history, known in intervals.items() if known is None), key=_length)
    new: dict[History, Interval] = {}
    rest = iter(missing)
    while some := list(islice(rest, AT_ONCE)):
        weights = [each.weights or [1.0] * len(each.outcomes) for each in some]
        answers = [(each.start, [outcome == 1 for outcome in each.outcomes]) for each in some]
        new.update(zip(some, (each.level for each in level_intervals(answers, weights=weights)), strict=True))
    if len(_known) + len(new) > MOST_KNOWN:
        _known.clear()
    _known.update(new)
    return {history: known or new[history] for history, known in intervals.items()}


def _length(history: History) -> int:
    return len(history.outcomes)
