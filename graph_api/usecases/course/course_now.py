"""The course as it is now, kept in memory and read again when it has changed, in whichever process."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from time import monotonic

from graph_api.domain.course.course_content import CourseContent
from graph_api.domain.course.course_graph import CourseGraph
from graph_api.store import concepts, courses, skills
from graph_api.store.gateway import Gateway, Transaction
from graph_api.store.shared_reads import SharedReads, note
from graph_api.usecases.computing import compute

SETTLING = 0.5
"""Seconds after which a change is visible as a whole. The embedded engine shows a commit page by page: what is read
sooner is read once more."""
TASK = "course in memory"
"""The name of the tasks that read the course, each for all requests that wait."""
VERSIONS = 2
"""Versions in memory: servers of a cluster may be one change apart."""
READS = 4
"""Further attempts to read a course that changes meanwhile."""


class CourseNow:
    """The content of all courses and their prerequisite graph, by the mark that every change of the course replaces."""

    def __init__(self, gateway: Gateway, clock: Callable[[], float] = monotonic, settling: float = SETTLING) -> None:
        self._gateway = gateway
        self._clock = clock
        self.settling = settling
        self._entries: dict[str, _Entry] = {}
        self._reading: dict[str, asyncio.Task[_Entry]] = {}
        self._marks = SharedReads[None, str](self._read_marks)

    async def read_mark(self) -> str:
        """The mark of the course as it is now; empty before the first change. Requests that wait share a statement."""
        mark = await self._marks.read(None)
        note(self._gateway, concepts.COURSE_VERSION, {}, 1)
        return mark

    async def _read_marks(self, waiting: Sequence[None]) -> list[str]:
        return [await self._gateway.read_one(concepts.read_course_version)] * len(waiting)

    async def content(self, mark: str | None = None) -> CourseContent:
        """The concepts and skills. With a mark that the caller has read, what is in memory needs no statement."""
        return (await self._entry(mark)).content

    async def now(self, mark: str | None = None) -> CourseGraph:
        """The prerequisite graph of the concepts that are not archived.

        Raises:
            ValueError: the stored links close a cycle.
        """
        entry = await self._entry(mark)
        if "graph" not in entry.__dict__:
            await compute(lambda: entry.graph)
        return entry.graph

    async def _entry(self, mark: str | None) -> "_Entry":
        mark = await self.read_mark() if mark is None else mark
        entry = self._entries.get(mark)
        if entry is not None and self._is_settled(entry):
            return entry
        task = self._reading.get(mark)
        if task is None:
            task = self._reading[mark] = asyncio.create_task(self._read(mark), name=TASK)
            task.add_done_callback(partial(self._done, mark))
        return await asyncio.shield(task)

    def _is_settled(self, entry: "_Entry") -> bool:
        """Whether it was read late enough after its change was seen, or its change was seen just now."""
        return entry.is_settled or self._clock() - entry.first_seen < self.settling

    def _done(self, mark: str, task: "asyncio.Task[_Entry]") -> None:
        del self._reading[mark]
        if not task.cancelled():
            task.exception()  # it has been seen, also if all callers have given up

    async def _read(self, mark: str) -> "_Entry":
        """Read the course, again if it changes meanwhile; keep it only if it did not."""
        known = self._entries.get(mark)
        first_seen = self._clock() if known is None else known.first_seen
        begun, (content, is_whole) = self._clock(), await self._gateway.read(_read_content)
        for _ in range(READS):
            if is_whole:
                break
            begun, (content, is_whole) = self._clock(), await self._gateway.read(_read_content)
        if content.mark != mark:
            first_seen = begun
        entry = _Entry(content, first_seen, is_settled=begun - first_seen >= self.settling)
        if is_whole and content.mark:
            self._entries.pop(content.mark, None)
            self._entries[content.mark] = entry
            while len(self._entries) > VERSIONS:
                del self._entries[next(iter(self._entries))]
        return entry


@dataclass(frozen=True)
class _Entry:
    """A version of the course: when its mark was first seen, and whether the change was visible as a whole by then."""

    content: CourseContent
    first_seen: float
    is_settled: bool

    @cached_property
    def graph(self) -> CourseGraph:
        """The graph of the concepts that are not archived: these have no links, as if they did not exist."""
        return CourseGraph.of(self.content.active_concept_ids, self.content.prerequisite_ids)


async def _read_content(tx: Transaction) -> tuple[CourseContent, bool]:
    """The content, and whether its mark was the same before and after."""
    mark = await concepts.read_course_version(tx)
    content = CourseContent(
        mark,
        {each.id: each for each in await concepts.read_all(tx)},
        {each.code: each for each in await skills.read_all(tx)},
        {each.id: each for each in await courses.read_all(tx)},
    )
    return content, mark == await concepts.read_course_version(tx)
