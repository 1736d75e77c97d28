"""The levels of classes as they are now, kept in memory and read again for the members who have changed.

A member's revision rises with each change of what replies show of them, in whichever process. So a class whose members
all have the revisions of the last read has the levels of that read.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import NamedTuple

import numpy as np

from graph_api.domain.learners.class_levels import ClassLevels
from graph_api.domain.targets import TargetKind
from graph_api.store.changes import Changed
from graph_api.store.gateway import Gateway
from graph_api.store.masteries import read_levels_of_students
from graph_api.usecases.computing import compute_cells
from graph_api.usecases.learners.analyse_course import class_levels_of
from graph_api.usecases.learners.student_memory import LIMIT, SETTLING, UNUSED_SECONDS

CELL_BYTES = 16
"""Memory of a pair of student and target: a level and a number of answers."""


class ClassOf(NamedTuple):
    """A class on concepts or skills, as one request has read it.

    Attributes:
        group_id: the group.
        kind: of the columns.
        mark: of the course.
        versions: of the members by id: another one after each change of a student's data.
    """

    group_id: str
    kind: TargetKind
    mark: str
    versions: Mapping[str, str]


@dataclass(slots=True)
class _Entry:
    """The levels of a class.

    Attributes:
        mark: of the course that the columns are from.
        versions: of the members by id, each read before their levels.
        unsettled: when the version was first seen, for members whose levels must be read once more.
        levels: of the members, read only.
        used: when the entry was requested last.
    """

    mark: str
    versions: Mapping[str, str]
    unsettled: Mapping[str, float]
    levels: ClassLevels
    used: float


class ClassLevelsNow:
    """The levels of the classes that were requested last.

    Args:
        limit: bytes that they may take; 0 keeps none.
        clock: seconds.
        settling: seconds after which a change is visible as a whole.
    """

    def __init__(
        self, limit: int = LIMIT, *, clock: Callable[[], float] = monotonic, settling: float = SETTLING
    ) -> None:
        self._limit = limit
        self._clock = clock
        self.settling = settling
        self._entries: dict[tuple[str, TargetKind], _Entry] = {}
        self._erasures = 0

    @property
    def bytes(self) -> int:
        """The memory that they take."""
        return CELL_BYTES * sum(entry.levels.level.size for entry in self._entries.values())

    async def read(self, gateway: Gateway, wanted: ClassOf, keys: Sequence[str]) -> ClassLevels:
        """The levels of a class on some keys; one statement reads those of members who have changed."""
        place, now, erasures = (wanted.group_id, wanted.kind), self._clock(), self._erasures
        known = self._entries.get(place)
        if known is None or known.mark != wanted.mark or known.levels.keys != keys:
            known = _Entry(wanted.mark, {}, {}, class_levels_of([], keys), now)
        changed = {
            student_id: now if known.versions.get(student_id) != version else known.unsettled[student_id]
            for student_id, version in wanted.versions.items()
            if known.versions.get(student_id) != version or student_id in known.unsettled
        }
        levels = known.levels
        if changed:
            rows = await gateway.read_one(lambda tx: read_levels_of_students(tx, changed, wanted.kind))
            fresh = await compute_cells(len(rows) * len(keys), class_levels_of, rows, keys)
            levels = await compute_cells(len(wanted.versions) * len(keys), _merged, levels, fresh, wanted.versions)
        elif known.versions.keys() != wanted.versions.keys():
            levels = _merged(levels, class_levels_of([], keys), wanted.versions)
        if erasures == self._erasures and len(levels.student_ids) == len(wanted.versions):
            unsettled = {student_id: at for student_id, at in changed.items() if now - at < self.settling}
            self._keep(place, _Entry(wanted.mark, wanted.versions, unsettled, levels, now))
        return levels

    def forget(self, changed: Changed) -> None:
        """Drop the classes of students who were erased."""
        if changed.erased:
            self._erasures += 1
            for place, entry in list(self._entries.items()):
                if not changed.erased.isdisjoint(entry.versions):
                    del self._entries[place]

    def _keep(self, place: tuple[str, TargetKind], entry: _Entry) -> None:
        """Keep a class as the one that was requested last, and drop those for which there is no room or use."""
        self._entries.pop(place, None)
        self._entries[place] = entry
        for other, each in list(self._entries.items()):
            if self.bytes <= self._limit and entry.used - each.used < UNUSED_SECONDS:
                break
            del self._entries[other]


def _merged(known: ClassLevels, fresh: ClassLevels, members: Mapping[str, str]) -> ClassLevels:
    """The levels of the members: those just read, and of all others those that are known."""
    places = {student_id: place for place, student_id in enumerate(known.student_ids)}
    places |= {student_id: len(known.student_ids) + place for place, student_id in enumerate(fresh.student_ids)}
    ids = sorted(places.keys() & members.keys())
    order = [places[student_id] for student_id in ids]
    level = np.concatenate([known.level, fresh.level])[order]
    attempts = np.concatenate([known.attempts, fresh.attempts])[order]
    for cells in (level, attempts):
        cells.setflags(write=False)  # requests share them
    return ClassLevels(ids, fresh.keys, level, attempts)
