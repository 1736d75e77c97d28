"""The lane of late answers: their histories are replayed here while the intake writes the batches of other students.

Nothing is written here. Answers with their replays go back to the front of the queue, and are recorded by the one
writer. Until then, other answers of the same students are held, so that the answers of a student are recorded in the
order of the queue.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

import structlog

from graph_api.store.answers import Pair
from graph_api.store.bookmarks import Bookmarks
from graph_api.store.gateway import DatabaseUnavailable
from graph_api.usecases.answers.late_answers import LatePair, ReplayedPair
from graph_api.usecases.answers.waiting_answers import Waiting

ReplayLate: TypeAlias = Callable[[Mapping[Pair, LatePair]], Awaitable[dict[Pair, ReplayedPair]]]
GiveBack: TypeAlias = Callable[[Sequence[Waiting]], None]
"""Puts answers at the front of the queue, in order."""

AT_ONCE = 4
"""Groups of late answers that are replayed at once."""

log = structlog.get_logger(__name__)


class LateLane:
    """The late answers of one intake, and the answers that must not overtake them."""

    def __init__(self, replay: ReplayLate, give_back: GiveBack) -> None:
        self._replay = replay
        self._give_back = give_back
        self._busy: Counter[str] = Counter()
        self._held: list[Waiting] = []
        self._late: set[Waiting] = set()
        self._ready: set[Waiting] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._places = asyncio.Semaphore(AT_ONCE)

    def __iter__(self) -> Iterator[Waiting]:
        """All answers that are here and not in the queue."""
        yield from self._late
        yield from self._held

    def pass_by(self, item: Waiting) -> Waiting | None:
        """The part of an item that can be recorded now; the rest is held until its students' late answers are."""
        if not self._busy or item in self._ready:
            return item
        is_held = [answer.student_id in self._busy for answer in item.answers]
        if not any(is_held):
            return item
        if item.submission.atomic or all(is_held):
            self._held.append(item)
            return None
        now, held = item.split(is_held)
        self._held.append(held)
        return now

    def take(self, items: Sequence[Waiting], due: Mapping[Pair, LatePair], written: Bookmarks) -> None:
        """Replay the pairs of late answers, and give the answers back.

        Args:
            items: the answers that a batch left out.
            due: their pairs.
            written: the transaction of the batch.
        """
        for item in items:
            students = item.students
            self._busy.update(students)
            item.outcomes.add_done_callback(lambda _, students=students: self._release(students))  # type: ignore[misc]
        self._late.update(items)
        task = asyncio.create_task(self._replay_all(items, due, written), name="late-answers")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _replay_all(self, items: Sequence[Waiting], due: Mapping[Pair, LatePair], written: Bookmarks) -> None:
        replays: dict[Pair, ReplayedPair] | None = None
        try:
            async with self._places:
                with Bookmarks(written.values).followed():
                    replays = await self._replay(due)
        except DatabaseUnavailable as error:
            log.warning("late answers are replayed by their batch", reason=str(error).partition("\n")[0])
        except Exception:  # their batch finds out what is wrong, and refuses only them
            log.exception("late answers are replayed by their batch")
        finally:
            ready = [item.with_replays(replays) for item in items]
            self._late.difference_update(items)
            self._ready.update(ready)
            for item in ready:
                item.outcomes.add_done_callback(lambda _, item=item: self._ready.discard(item))  # type: ignore[misc]
            self._give_back(ready)

    def _release(self, students: Iterable[str]) -> None:
        self._busy.subtract(students)
        self._busy = +self._busy
        held, self._held = self._held, []
        if held:
            self._give_back(held)
