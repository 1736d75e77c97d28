"""The answers behind the levels of a class, from which its levels as of any moments are folded (Q12).

An answer counts by when it was given. The course, the group and the parameters are those of the present, as in
`past_states`. However many students and moments there are, a history takes the same number of statements.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

import structlog

from graph_api.domain.failures import InvalidInput
from graph_api.domain.learners.class_levels import ClassLevels
from graph_api.domain.learners.scope import Scope
from graph_api.domain.learners.trends import LevelCurves, PairHistory, follow_class
from graph_api.domain.targets import Target, TargetKind
from graph_api.store import answers, concepts, groups, masteries, parameter_sets, skills
from graph_api.store.gateway import Transaction
from graph_api.usecases.learners.past_states import UNREADABLE

log = structlog.get_logger(__name__)

MOST_CELLS = 5_000_000
"""The largest number of students x targets x moments of one series."""


class HistoryOf(NamedTuple):
    """A group, the kind of its targets, and the scope that they are in."""

    group_id: str
    kind: TargetKind
    scope: Scope


class ClassHistory(NamedTuple):
    """The history of a class.

    Attributes:
        student_ids: the members, in order of id.
        keys: the concept ids or skill codes, in order.
        pairs: every pair with answers.
    """

    student_ids: Sequence[str]
    keys: Sequence[str]
    pairs: Sequence[PairHistory]

    def curves(self) -> "ClassCurves":
        """The levels that it led to."""
        of_students = curves_of(self.student_ids, self.pairs)
        return ClassCurves(self.student_ids, self.keys, list(of_students.values()))


class ClassCurves(NamedTuple):
    """The levels of a class after each answer.

    Attributes:
        student_ids: the members, in order of id.
        keys: the concept ids or skill codes, in order.
        curves: of each student; they may have further targets.
    """

    student_ids: Sequence[str]
    keys: Sequence[str]
    curves: Sequence[LevelCurves]

    def only(self, keys: Collection[str]) -> "ClassCurves":
        """The levels on some targets."""
        return self._replace(keys=[key for key in self.keys if key in keys])

    def check(self, moments: Sequence[datetime]) -> None:
        """Refuse a series that takes too long to compute.

        Raises:
            InvalidInput: there are too many cells.
        """
        cells = len(self.student_ids) * len(self.keys) * len(moments)
        if cells > MOST_CELLS:
            rule = f"must be at most {MOST_CELLS}; choose fewer skills, a shorter time, or by: WEEK"
            raise InvalidInput("students x targets x periods", rule, str(cells))

    def at(self, moments: Sequence[datetime]) -> Iterator[ClassLevels]:
        """The levels as of each of some moments, which are in order."""
        return follow_class(self.student_ids, self.keys, self.curves, moments)


def levels_at(curves: ClassCurves, moment: datetime) -> ClassLevels:
    """The levels of a class as of one moment.

    >>> levels_at(ClassHistory(["anna"], ["a"], []).curves(), datetime(2026, 1, 31).astimezone()).level.tolist()
    [[nan]]
    """
    (levels,) = curves.at([moment])
    return levels


def curves_of(student_ids: Iterable[str], pairs: Iterable[PairHistory]) -> dict[str, LevelCurves]:
    """The levels of some students after each answer, in the order of the students."""
    of_students: dict[str, list[PairHistory]] = {student_id: [] for student_id in student_ids}
    for pair in pairs:
        of_students[pair.student_id].append(pair)
    return {student_id: LevelCurves.of(own) for student_id, own in of_students.items()}


async def read_class_history(tx: Transaction, asked: HistoryOf) -> ClassHistory:
    """The history of a group on the active concepts or skills of a scope.

    Students whose rows are corrupt are left out, which takes more statements.
    """
    of_concepts = asked.kind is TargetKind.CONCEPT
    active = await concepts.read_active_ids(tx) if of_concepts else await skills.read_active_codes(tx)
    covered = asked.scope.keys(asked.kind)
    keys = [key for key in active if covered is None or key in covered]
    targets = {Target(asked.kind, key) for key in keys}
    student_ids = sorted(await groups.read_member_ids(tx, asked.group_id))
    pairs, unreadable = await read_pairs(tx, student_ids, targets.__contains__)
    return ClassHistory([each for each in student_ids if each not in unreadable], keys, pairs)


async def read_pairs(
    tx: Transaction, student_ids: Sequence[str], is_wanted: Callable[[Target], bool]
) -> tuple[list[PairHistory], set[str]]:
    """The pairs of some students on the targets that are wanted, and the students whose rows cannot be read."""
    pairs, unreadable = await _read_pairs(tx, student_ids, is_wanted)
    if unreadable:
        log.error("students whose states cannot be read are left out: run graph-api doctor")
    return pairs, unreadable


async def _read_pairs(
    tx: Transaction, student_ids: Sequence[str], is_wanted: Callable[[Target], bool]
) -> tuple[list[PairHistory], set[str]]:
    try:
        return await _read_all_pairs(tx, student_ids, is_wanted), set()
    except UNREADABLE:
        if len(student_ids) == 1:
            return [], set(student_ids)
    half = len(student_ids) // 2
    first, unreadable = await _read_pairs(tx, student_ids[:half], is_wanted)
    second, others = await _read_pairs(tx, student_ids[half:], is_wanted)
    return [*first, *second], unreadable | others


async def _read_all_pairs(
    tx: Transaction, student_ids: Sequence[str], is_wanted: Callable[[Target], bool]
) -> list[PairHistory]:
    of_students = await masteries.read_of_students(tx, student_ids)
    rows = [row for of_one in of_students.values() for row in of_one if is_wanted(row.target)]
    sets = {each.id: each for each in await parameter_sets.read_by_ids(tx, {row.parameter_set_id for row in rows})}
    evidence = await answers.read_evidence(tx, [(row.student_id, row.target) for row in rows])
    return [
        PairHistory(
            row.student_id, row.target, evidence.get((row.student_id, row.target), ()), sets[row.parameter_set_id]
        )
        for row in rows
    ]
