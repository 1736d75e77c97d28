"""Pages of a student, and of the first members of a group: their levels are in memory, unless a student has changed."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from graph_api.domain.targets import TargetKind
from graph_api.store.class_pages import (
    VERSIONS,
    GroupPage,
    Member,
    StudentPage,
    read_group_page,
    read_group_versions,
    read_student_pages,
    read_student_versions,
)
from graph_api.store.gateway import Gateway
from graph_api.store.masteries import ShownLevels
from graph_api.store.shared_reads import SharedReads, note
from graph_api.usecases.learners.student_memory import OVERHEAD, Moment, StudentMemory, Version

KEY_BYTES = 150
"""Memory of a level with its key, answers and judgements."""
MOST_PLACES = 1_000
"""Pages of groups of which it is known who is on them."""


class Place(NamedTuple):
    """A page of the first members of a group, with levels of one kind."""

    group_id: str
    kind: TargetKind
    limit: int


class PagesNow:
    """The pages that were requested last.

    A page in memory costs one small statement: the versions of its students, whose levels are read only if they have
    changed. Any other page is read whole.
    """

    def __init__(self, memory: StudentMemory) -> None:
        self.memory = memory
        self._places: dict[Place, Sequence[str]] = {}
        self._versions = SharedReads(_read_versions)

    async def read_student(self, gateway: Gateway, student_id: str, kind: TargetKind) -> StudentPage | None:
        """A student with the levels of a kind; None if the student does not exist."""
        if self.memory.has(kind, student_id):
            page = await self._read_version(gateway, student_id)
            known = None if page is None else self._known(page.mark, kind, page.member)
            if page is None or known is not None:
                return page and page._replace(member=known or page.member)
        pages = await self._read(gateway, [student_id], kind)
        return pages.get(student_id)

    async def read_group(self, gateway: Gateway, place: Place) -> GroupPage | None:
        """A group with its first members and their levels; None if it has no members, or does not exist."""
        if self._is_in_memory(place):
            page = await gateway.read_one(lambda tx: read_group_versions(tx, place.group_id, place.limit))
            filled = None if page is None else await self._filled(gateway, page, place.kind)
            if page is None or filled is not None:
                return filled
        begun = self.memory.now()
        page = await gateway.read_one(lambda tx: read_group_page(tx, place.group_id, place.kind, place.limit))
        if page is not None:
            self._keep(page.mark, place.kind, page.members, begun)
            self._note(place, [member.student.id for member in page.members])
        return page

    def _is_in_memory(self, place: Place) -> bool:
        """Whether most of the levels of a page are in memory, as far as it is known who is on it."""
        ids = self._places.get(place, ())
        return 2 * sum(self.memory.has(place.kind, student_id) for student_id in ids) > len(ids)

    async def _read_version(self, gateway: Gateway, student_id: str) -> StudentPage | None:
        """A student with no levels. Requests that wait, and see all students, share a statement."""
        if not gateway.sees_all:
            return (await gateway.read_one(lambda tx: read_student_versions(tx, [student_id]))).get(student_id)
        page = await self._versions.read((gateway, student_id))
        note(gateway, VERSIONS, {"ids": [student_id]}, 1)
        return page

    async def _filled(self, gateway: Gateway, page: GroupPage, kind: TargetKind) -> GroupPage | None:
        """A page with the levels of its members; None if something else has changed meanwhile."""
        known = {member.student.id: self._known(page.mark, kind, member) for member in page.members}
        if changed := [student_id for student_id, member in known.items() if member is None]:
            read = await self._read(gateway, changed, kind)
            if len(read) < len(changed) or any(each.mark != page.mark for each in read.values()):
                return None
            known |= {student_id: each.member for student_id, each in read.items()}
        return page._replace(members=[member for member in known.values() if member is not None])

    async def _read(self, gateway: Gateway, ids: list[str], kind: TargetKind) -> Mapping[str, StudentPage]:
        """The pages of students, read whole and kept."""
        begun = self.memory.now()
        pages = await gateway.read_one(lambda tx: read_student_pages(tx, ids, kind))
        for page in pages:
            self._keep(page.mark, kind, [page.member], begun)
        return {page.member.student.id: page for page in pages}

    def _known(self, mark: str, kind: TargetKind, member: Member) -> Member | None:
        """A member with the levels that are in memory; None if they have to be read."""
        entry = self.memory.get(kind, member.student.id, Version(mark, member.version))
        return None if entry is None else member._replace(levels=entry.value)

    def _keep(self, mark: str, kind: TargetKind, members: Iterable[Member], begun: Moment) -> None:
        """Keep the levels of members, which were read with their versions by a read that began at a moment."""
        for member in members:
            if member.is_valid:
                version, size = Version(mark, member.version), size_of(member.levels)
                self.memory.put(kind, member.student.id, version, member.levels, size, begun)
        self.memory.make_room()

    def _note(self, place: Place, ids: Sequence[str]) -> None:
        """Note who is on a page, as on the one that was requested last."""
        if self.memory.limit:
            self._places.pop(place, None)
            self._places[place] = ids
            if len(self._places) > MOST_PLACES:
                del self._places[next(iter(self._places))]


async def _read_versions(waiting: Sequence[tuple[Gateway, str]]) -> list[StudentPage | None]:
    """The pages of students with no levels, read together through one of the gateways, which all see the same."""
    ids = [student_id for _, student_id in waiting]
    pages = await waiting[0][0].read_one(lambda tx: read_student_versions(tx, ids))
    return [pages.get(student_id) for student_id in ids]


def size_of(levels: ShownLevels | None) -> int:
    """The memory that levels take, in bytes."""
    return OVERHEAD + KEY_BYTES * (0 if levels is None else len(levels.keys))
