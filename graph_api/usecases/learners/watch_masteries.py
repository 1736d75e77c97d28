"""Masteries as they change, on whichever instance: the database is polled, with no broker."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from graph_api.domain.failures import InvalidInput, TooManyChanges
from graph_api.domain.learners.mastery import Mastery
from graph_api.store import groups, masteries, students
from graph_api.store.gateway import Gateway, Transaction
from graph_api.usecases.learners.choose_students import read_student_ids

if TYPE_CHECKING:
    from graph_api.domain.targets import Target

POLL_SECONDS = 0.5
OVERLAP = timedelta(seconds=10)
"""How far back each look goes: clocks of instances differ a little, and writes take a while."""
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
"""Before anything was written."""
MOST_CHANGES = 1_000
"""Masteries that a watch catches up with: a client that missed more reads again, which is cheaper."""


class MasteryWatch:
    """Finds the masteries of a student or of a group that have changed since the last look."""

    def __init__(
        self,
        gateway: Gateway,
        student_id: str | None,
        group_id: str | None,
        clock: Callable[[], datetime],
        since: datetime | None = None,
    ) -> None:
        self._gateway, self._clock = gateway, clock
        self._student_id, self._group_id, self._started = student_id, group_id, clock()
        self._since = since
        self._contents: dict[tuple[str, Target], int] = {}
        """For each mastery, a hash of its content: all but when it was written."""
        self._revisions: dict[str, int] = {}
        self._first = True
        self.ended = False
        """Whether the student whom it is about was erased."""

    async def look(self) -> list[Mastery]:
        """The masteries that changed since the last look; at first, since the watch started, or since the given moment.

        The first look reads every mastery, so that one that is written again with the same content is known to be
        unchanged. It goes back as far before the given moment as each later look does: what was written before then,
        and became visible after it, is not lost.

        Raises:
            InvalidInput: neither a student nor a group is named, or both are; or the moment is in the future.
            TooManyChanges: more masteries changed since the given moment than `MOST_CHANGES`.
            StudentNotFound, GroupNotFound: the student or group does not exist.
        """
        if self._first:
            self._check_since()
            await self._gateway.read(lambda tx: read_student_ids(tx, self._student_id, self._group_id))
        since = BEGINNING if self._first else self._clock() - OVERLAP
        rows = await self._gateway.read(lambda tx: self._read(tx, since))
        content = {(each.student_id, each.target): hash(replace(each, updated_at=None)) for each in rows}
        new = [
            each
            for each in rows
            if self._contents.get((each.student_id, each.target)) != content[each.student_id, each.target]
            and not (self._first and each.updated_at is not None and each.updated_at < self._earliest)
        ]
        if self._first and self._since is not None and len(new) > MOST_CHANGES:
            rule = f"must be followed by at most {MOST_CHANGES} changes; read again, then subscribe without it"
            raise TooManyChanges("since", rule, f"{len(new)} changes")
        self._first = False
        self._contents |= content
        return new

    @property
    def _earliest(self) -> datetime:
        """The earliest time of a write that the first look sends."""
        return self._started if self._since is None else max(min(self._since, self._started), BEGINNING) - OVERLAP

    def _check_since(self) -> None:
        if self._since is not None and self._since > self._started + OVERLAP:
            raise InvalidInput("since", "must not be in the future", self._since.isoformat())

    async def pause(self) -> None:
        """Wait until the next look is due; not at all if the student was erased."""
        if not self.ended:
            await asyncio.sleep(POLL_SECONDS)

    async def _read(self, tx: Transaction, since: datetime) -> list[Mastery]:
        """The recent masteries of the students who were written to since the last look."""
        revisions = await students.read_revisions(tx, await self._student_ids(tx))
        written = [key for key, revision in revisions.items() if self._revisions.get(key) != revision]
        self._revisions = revisions
        self.ended = self._student_id is not None and not revisions
        return await masteries.read_changed(tx, written, since) if written else []

    async def _student_ids(self, tx: Transaction) -> Sequence[str]:
        if self._student_id is not None:
            return [self._student_id]
        return await groups.read_member_ids(tx, self._group_id or "")
