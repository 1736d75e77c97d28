"""The answers behind the levels of a class, from which its levels as of any moments are folded (Q12).

An answer counts by when it was given. The course, the group and the parameters are those of the present, as in
`past_states`. However many students and moments there are, a history takes the same number of statements.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import NamedTuple

import structlog

from graph_api.domain.failures import InvalidInput
from graph_api.domain.learners.class_levels import ClassLevels
from graph_api.domain.learners.mastery import Evidence
from graph_api.domain.learners.scope import Scope
from graph_api.domain.learners.trends import PairSeries, follow_class, follow_level
from graph_api.domain.parameters.parameter_sets import ParameterSet
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


class PairHistory(NamedTuple):
    """The answers of a student to a target, in any order, and the parameter set of the level."""

    student_id: str
    target: Target
    evidence: Sequence[Evidence]
    used: ParameterSet


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

    def only(self, keys: Sequence[str]) -> "ClassHistory":
        """The history on some targets."""
        chosen = [key for key in self.keys if key in set(keys)]
        return ClassHistory(self.student_ids, chosen, [pair for pair in self.pairs if pair.target.key in set(chosen)])

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
        rows = {student_id: place for place, student_id in enumerate(self.student_ids)}
        columns = {key: place for place, key in enumerate(self.keys)}
        series = [
            PairSeries(rows[pair.student_id], columns[pair.target.key], follow_level(pair.evidence, moments, pair.used))
            for pair in self.pairs
        ]
        return follow_class(self.student_ids, self.keys, series, len(moments))


def levels_at(history: ClassHistory, moment: datetime) -> ClassLevels:
    """The levels of a class as of one moment.

    >>> levels_at(ClassHistory(["anna"], ["a"], []), datetime(2026, 1, 31)).level.tolist()
    [[nan]]
    """
    (levels,) = islice(history.at([moment]), 1)
    return levels


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
    pairs, unreadable = await _read_pairs(tx, student_ids, targets)
    if unreadable:
        log.error("students whose states cannot be read are left out: run graph-api doctor")
    return ClassHistory([each for each in student_ids if each not in unreadable], keys, pairs)


async def _read_pairs(
    tx: Transaction, student_ids: Sequence[str], targets: set[Target]
) -> tuple[list[PairHistory], set[str]]:
    """The pairs of some students, and the students whose rows cannot be read."""
    try:
        return await _read_all_pairs(tx, student_ids, targets), set()
    except UNREADABLE:
        if len(student_ids) == 1:
            return [], set(student_ids)
    half = len(student_ids) // 2
    first, unreadable = await _read_pairs(tx, student_ids[:half], targets)
    second, others = await _read_pairs(tx, student_ids[half:], targets)
    return [*first, *second], unreadable | others


async def _read_all_pairs(tx: Transaction, student_ids: Sequence[str], targets: set[Target]) -> list[PairHistory]:
    of_students = await masteries.read_of_students(tx, student_ids)
    rows = [row for of_one in of_students.values() for row in of_one if row.target in targets]
    sets = {each.id: each for each in await parameter_sets.read_by_ids(tx, {row.parameter_set_id for row in rows})}
    evidence = await answers.read_evidence(tx, [(row.student_id, row.target) for row in rows])
    return [
        PairHistory(
            row.student_id, row.target, evidence.get((row.student_id, row.target), ()), sets[row.parameter_set_id]
        )
        for row in rows
    ]
