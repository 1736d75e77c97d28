"""Values of students in memory, each under the version of the student that it was read under; bounded in bytes.

A student's revision rises with each change of what replies show of them, in whichever process. So a value whose student
still has the version that was read before it is as the database has it.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from operator import itemgetter
from time import monotonic
from typing import Any, NamedTuple

from graph_api.store.changes import Changed

LIMIT = 64_000_000
SETTLING = 0.5
"""Seconds after which a change is visible as a whole, as in `graph_api.usecases.course.course_now`."""
UNUSED_SECONDS = 900.0
"""Seconds after which a value that was not requested is dropped."""
SWEEP_SECONDS = 60.0
"""How often all values are looked through, which holds the event loop."""
OVERHEAD = 1_500
"""Bytes of an entry beside its numbers."""
LEFT = 0.9
"""Part of the limit that stays when it is exceeded, so that the next change does not exceed it again."""


class Version(NamedTuple):
    """What a value was read under: the mark of the course, and the version of the student."""

    mark: str
    student: str


class Moment(NamedTuple):
    """When a read began: the time, and how often students had been erased by then."""

    seconds: float
    erasures: int


@dataclass(slots=True)
class Entry:
    """A value of a student.

    Attributes:
        version: read before the value.
        unsettled: when the version was first seen, if the value must be read once more.
        value: what was read.
        size: the memory that it takes, in bytes.
        used: when it was requested last.
    """

    version: Version
    unsettled: float | None
    value: Any
    size: int
    used: float


class StudentMemory:
    """Values of several sorts, by student id.

    Args:
        limit: bytes that they may take; 0 keeps nothing.
        clock: seconds.
        settling: seconds after which a change is visible as a whole.

    >>> memory = StudentMemory(settling=0.0)
    >>> memory.put("levels", "anna", Version("m1", "anna 7"), [0.5], size=10, begun=memory.now())
    >>> memory.get("levels", "anna", Version("m1", "anna 7")).value
    [0.5]
    >>> memory.get("levels", "anna", Version("m1", "anna 8")) is None
    True
    """

    def __init__(
        self, limit: int = LIMIT, *, clock: Callable[[], float] = monotonic, settling: float = SETTLING
    ) -> None:
        self.limit = limit
        self.clock = clock
        self.settling = settling
        self._shelves: dict[Hashable, dict[str, Entry]] = {}
        self._swept = clock()
        self._erasures = 0
        self.bytes = 0
        """The memory that they take."""

    def now(self) -> Moment:
        """The moment at which a read begins."""
        return Moment(self.clock(), self._erasures)

    def get(self, sort: Hashable, student_id: str, version: Version) -> Entry | None:
        """The value that is kept under a version; None if it has to be read."""
        entry = self._shelves.get(sort, {}).get(student_id)
        if entry is None or entry.version != version or entry.unsettled is not None:
            return None
        entry.used = self.clock()
        return entry

    def has(self, sort: Hashable, student_id: str) -> bool:
        """Whether a value is kept that need not be read again, if the student still has its version."""
        entry = self._shelves.get(sort, {}).get(student_id)
        return entry is not None and entry.unsettled is None

    def put(self, sort: Hashable, student_id: str, version: Version, value: object, size: int, begun: Moment) -> None:  # noqa: PLR0913, PLR0917
        """Keep a value that was read after its version, by a read that began at a moment.

        What was read before a student was erased is not kept.

        Readers overlap: a value that has settled stays, and otherwise the first of them all has seen the version first.
        """
        if not self.limit or begun.erasures != self._erasures:
            return
        before, first_seen = self._shelves.get(sort, {}).get(student_id), begun.seconds
        if before is not None and before.version == version:
            if before.unsettled is None:
                return
            first_seen = min(first_seen, before.unsettled)
        unsettled = first_seen if begun.seconds - first_seen < self.settling else None
        self._drop(sort, student_id)
        self.bytes += size
        self._shelves.setdefault(sort, {})[student_id] = Entry(version, unsettled, value, size, self.clock())

    def forget(self, changed: Changed) -> None:
        """Drop what is kept of students whom a transaction of this process has changed."""
        self._erasures += bool(changed.erased)
        for sort in self._shelves:
            for student_id in changed.students | changed.erased:
                self._drop(sort, student_id)

    def make_room(self) -> None:
        """Drop what was not requested for long, and then what was not requested for longest, until the rest fits."""
        now = self.clock()
        if self.bytes <= self.limit and now - self._swept < SWEEP_SECONDS:
            return
        self._swept = now
        entries = [(each.used, key, sort) for sort, shelf in self._shelves.items() for key, each in shelf.items()]
        for used, key, sort in entries:
            if used <= now - UNUSED_SECONDS:
                self._drop(sort, key)
        if self.bytes <= self.limit:
            return
        for _, key, sort in sorted(entries, key=itemgetter(0)):
            if self.bytes <= LEFT * self.limit:
                break
            self._drop(sort, key)

    def _drop(self, sort: Hashable, student_id: str) -> None:
        entry = self._shelves.get(sort, {}).pop(student_id, None)
        self.bytes -= 0 if entry is None else entry.size
