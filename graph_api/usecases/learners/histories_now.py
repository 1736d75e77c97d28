"""The past of students as it is now: the levels that their answers led to, and what they did.

It is kept in memory, and read again for the students who have changed, by the rules of `student_memory`.
"""

from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from typing import Generic, NamedTuple, Protocol, TypeVar

from graph_api.domain.learners.activity import StudentActions
from graph_api.domain.learners.trends import LevelCurves, PairHistory
from graph_api.domain.targets import TargetKind
from graph_api.store import students
from graph_api.store.activity import read_actions
from graph_api.store.gateway import Gateway, Transaction
from graph_api.usecases.computing import compute_cells
from graph_api.usecases.learners.class_history import curves_of, read_pairs
from graph_api.usecases.learners.student_memory import OVERHEAD, UNUSED_SECONDS, StudentMemory, Version

AT_A_TIME = 1_000
"""Students whose past is read together."""
FOLD_CELLS = 20
"""Cells of a matrix that take as long as the fold of one answer."""


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


class HistoriesNow:
    """The past of the students of the classes that were requested last.

    A class whose past would not fit is not kept: its requests read only what they show.
    """

    def __init__(self, memory: StudentMemory) -> None:
        self.memory = memory
        self._too_large: dict[str, float] = {}

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

        return await self._read(("curves", kind), members, read)

    async def read_actions(self, gateway: Gateway, members: Members) -> Mapping[str, StudentActions] | None:
        """What the members have done so far, by student in order of id; None if it is not kept."""

        async def read(ids: Sequence[str]) -> Past[StudentActions]:
            async def read_all(tx: Transaction) -> Past[StudentActions]:
                seen = frozenset(await students.read_by_ids(tx, ids))
                return Past(await read_actions(tx, ids), seen)

            return await gateway.read(read_all)

        return await self._read("actions", members, read)

    async def _read(
        self, sort: Hashable, members: Members, read: Callable[[Sequence[str]], Awaitable[Past[V]]]
    ) -> Mapping[str, V] | None:
        memory = self.memory
        begun = memory.now()
        if not memory.limit or self._is_too_large(members.group_id, begun.seconds):
            return None
        values: dict[str, V] = {}
        size = 0
        changed: list[str] = []
        versions = {student_id: Version(members.mark, version) for student_id, version in members.versions.items()}
        for student_id, version in versions.items():
            entry = memory.get(sort, student_id, version)
            if entry is None:
                changed.append(student_id)
            else:
                values[student_id] = entry.value
                size += entry.size
        ids = sorted(changed)
        for start in range(0, len(ids), AT_A_TIME):
            past = await read(ids[start : start + AT_A_TIME])
            values |= past.values
            sizes = {student_id: OVERHEAD + value.bytes for student_id, value in past.values.items()}
            size += sum(sizes.values())
            if size > memory.limit:
                self._too_large[members.group_id] = begun.seconds
                return None
            for student_id in past.seen & past.values.keys():
                memory.put(sort, student_id, versions[student_id], past.values[student_id], sizes[student_id], begun)
        memory.make_room()
        return {student_id: values[student_id] for student_id in sorted(values)}

    def _is_too_large(self, group_id: str, now: float) -> bool:
        """Whether the past of a class was too large a while ago."""
        self._too_large = {each: at for each, at in self._too_large.items() if now - at < UNUSED_SECONDS}
        return group_id in self._too_large
