"""The past of students as it is now: the levels that their answers led to, and what they did.

It is kept in memory, and read again for the students who have changed, by the rules of `class_levels_now`.
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from time import monotonic
from typing import Any, Generic, NamedTuple, Protocol, TypeAlias, TypeVar

from graph_api.domain.learners.activity import StudentActions
from graph_api.domain.learners.trends import LevelCurves, PairHistory
from graph_api.domain.targets import TargetKind
from graph_api.store import students
from graph_api.store.activity import read_actions
from graph_api.store.changes import Changed
from graph_api.store.gateway import Gateway, Transaction
from graph_api.usecases.computing import compute_cells
from graph_api.usecases.learners.class_history import curves_of, read_pairs
from graph_api.usecases.learners.class_levels_now import LIMIT, SETTLING, UNUSED_SECONDS

AT_A_TIME = 1_000
"""Students whose past is read together."""
FOLD_CELLS = 20
"""Cells of a matrix that take as long as the fold of one answer."""
OVERHEAD = 1_500
"""Bytes of an entry beside its numbers."""
LEFT = 0.9
"""Part of the limit that stays when it is exceeded, so that the next change does not exceed it again."""
SWEEP_SECONDS = 60.0
"""How often all entries are looked through, which holds the event loop."""


class Sized(Protocol):
    """What is kept of a student."""

    @property
    def bytes(self) -> int:
        """The memory that it takes."""


V = TypeVar("V", bound=Sized)


class Members(NamedTuple):
    """The members of a group, as one request has read them.

    Attributes:
        group_id: the group.
        mark: of the course.
        versions: of the members by id: another one after each change of a student's data.
    """

    group_id: str
    mark: str
    versions: Mapping[str, str]


class Past(NamedTuple, Generic[V]):
    """What was read of some students, without those who cannot be read, and who of them exists for the viewer."""

    values: Mapping[str, V]
    seen: frozenset[str]


@dataclass(slots=True)
class _Kept(Generic[V]):
    """What is kept of a student.

    Attributes:
        version: the mark of the course, and the version of the student, which was read before the value.
        unsettled: when the version was first seen, if the value must be read once more.
        value: what was read.
        size: the memory that it takes, in bytes.
        used: when it was requested last.
    """

    version: tuple[str, str]
    unsettled: float | None
    value: V
    size: int
    used: float


Shelf: TypeAlias = dict[str, _Kept[V]]
"""What is kept of one sort, by student id."""


class HistoriesNow:
    """The past of the students of the classes that were requested last.

    A class whose past would not fit is not kept: its requests read only what they show.

    Args:
        limit: bytes that it may take; 0 keeps nothing.
        clock: seconds.
        settling: seconds after which a change is visible as a whole.
    """

    def __init__(
        self, limit: int = LIMIT, *, clock: Callable[[], float] = monotonic, settling: float = SETTLING
    ) -> None:
        self._limit = limit
        self._clock = clock
        self.settling = settling
        self._curves: dict[TargetKind, Shelf[LevelCurves]] = {kind: {} for kind in TargetKind}
        self._actions: Shelf[StudentActions] = {}
        self._too_large: dict[str, float] = {}
        self._erasures = 0
        self._swept = clock()
        self.bytes = 0
        """The memory that it takes."""

    async def read_curves(
        self, gateway: Gateway, members: Members, kind: TargetKind
    ) -> Mapping[str, LevelCurves] | None:
        """The levels of the members after each answer, by student in order of id; None if they are not kept.

        Students whose rows are corrupt are left out.
        """

        async def read(ids: Sequence[str]) -> Past[LevelCurves]:
            async def read_all(tx: Transaction) -> tuple[frozenset[str], list[PairHistory], set[str]]:
                seen = frozenset(await students.read_by_ids(tx, ids))
                return seen, *await read_pairs(tx, ids, lambda target: target.kind is kind)

            seen, pairs, unreadable = await gateway.read(read_all)
            readable = [student_id for student_id in ids if student_id not in unreadable]
            cells = FOLD_CELLS * sum(len(pair.evidence) for pair in pairs)
            return Past(await compute_cells(cells, curves_of, readable, pairs), seen)

        return await self._read(self._curves[kind], members, read)

    async def read_actions(self, gateway: Gateway, members: Members) -> Mapping[str, StudentActions] | None:
        """What the members have done so far, by student in order of id; None if it is not kept."""

        async def read(ids: Sequence[str]) -> Past[StudentActions]:
            async def read_all(tx: Transaction) -> Past[StudentActions]:
                seen = frozenset(await students.read_by_ids(tx, ids))
                return Past(await read_actions(tx, ids), seen)

            return await gateway.read(read_all)

        return await self._read(self._actions, members, read)

    def forget(self, changed: Changed) -> None:
        """Drop what is kept of students who were erased."""
        if changed.erased:
            self._erasures += 1
            for shelf in self._shelves():
                for student_id in changed.erased:
                    self._drop(shelf, student_id)

    def _shelves(self) -> Iterator[Shelf[Any]]:
        yield from self._curves.values()
        yield self._actions

    async def _read(
        self, shelf: Shelf[V], members: Members, read: Callable[[Sequence[str]], Awaitable[Past[V]]]
    ) -> Mapping[str, V] | None:
        now, erasures = self._clock(), self._erasures
        if not self._limit or now - self._too_large.get(members.group_id, -UNUSED_SECONDS) < UNUSED_SECONDS:
            return None
        values: dict[str, V] = {}
        size = 0
        changed: dict[str, float] = {}
        for student_id, version in members.versions.items():
            entry = shelf.get(student_id)
            if entry is None or entry.version != (members.mark, version):
                changed[student_id] = now
            elif entry.unsettled is not None:
                changed[student_id] = entry.unsettled
            else:
                entry.used, values[student_id] = now, entry.value
                size += entry.size
        ids = sorted(changed)
        for start in range(0, len(ids), AT_A_TIME):
            past = await read(ids[start : start + AT_A_TIME])
            values |= past.values
            sizes = {student_id: OVERHEAD + value.bytes for student_id, value in past.values.items()}
            size += sum(sizes.values())
            if size > self._limit:
                self._too_large[members.group_id] = now
                return None
            if erasures == self._erasures:
                for student_id in past.seen & past.values.keys():
                    unsettled = changed[student_id] if now - changed[student_id] < self.settling else None
                    read_under = members.mark, members.versions[student_id]
                    self._drop(shelf, student_id)
                    self.bytes += sizes[student_id]
                    shelf[student_id] = _Kept(read_under, unsettled, past.values[student_id], sizes[student_id], now)
        self._make_room(now)
        return {student_id: values[student_id] for student_id in sorted(values)}

    def _drop(self, shelf: Shelf[Any], student_id: str) -> None:
        entry = shelf.pop(student_id, None)
        self.bytes -= 0 if entry is None else entry.size

    def _make_room(self, now: float) -> None:
        """Drop what was not requested for long, and then what was not requested for longest, until the rest fits."""
        if self.bytes <= self._limit and now - self._swept < SWEEP_SECONDS:
            return
        self._swept, too_old = now, now - UNUSED_SECONDS
        self._too_large = {group_id: at for group_id, at in self._too_large.items() if at > too_old}
        for shelf in self._shelves():
            for student_id in [student_id for student_id, entry in shelf.items() if entry.used <= too_old]:
                self._drop(shelf, student_id)
        if self.bytes <= self._limit:
            return
        entries = [(entry.used, student_id, shelf) for shelf in self._shelves() for student_id, entry in shelf.items()]
        for _, student_id, shelf in sorted(entries, key=itemgetter(0)):
            if self.bytes <= LEFT * self._limit:
                break
            self._drop(shelf, student_id)
