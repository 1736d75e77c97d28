"""Masteries as they change, whichever instance changes them: the database is asked again and again, with no broker."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Annotated

import strawberry

from graph_api.domain.learners.mastery import Mastery as StoredMastery
from graph_api.domain.targets import Target
from graph_api.schema.context import Info
from graph_api.schema.learners.mastery import Mastery
from graph_api.store import groups, masteries, students
from graph_api.store.gateway import Gateway, Transaction
from graph_api.usecases.learners.choose_students import read_student_ids

POLL_SECONDS = 0.5
OVERLAP = timedelta(seconds=10)
"""How far back each look goes: clocks of instances differ a little, and writes take a while."""
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
"""Before anything was written."""


class Watch:
    """What has been seen of the masteries of a student or of a group."""

    def __init__(self, student_id: str | None, group_id: str | None, started: datetime) -> None:
        self._student_id, self._group_id, self._started = student_id, group_id, started
        self._seen: dict[tuple[str, Target], int] = {}
        """For each mastery, a hash of its content: all but when it was written."""
        self._revisions: dict[str, int] = {}
        self._first = True
        self.ended = False
        """Whether the student whom it is about was erased."""

    async def look(self, gateway: Gateway, now: datetime) -> list[StoredMastery]:
        """What changed since the last look; at first, since it started.

        The first look reads every mastery, so that one that is written again with the same content is known to be
        unchanged.
        """
        since = BEGINNING if self._first else now - OVERLAP
        found = await gateway.read(lambda tx: self._read(tx, since))
        content = {(each.student_id, each.target): hash(replace(each, updated_at=None)) for each in found}
        new = [
            each
            for each in found
            if self._seen.get((each.student_id, each.target)) != content[each.student_id, each.target]
            and not (self._first and each.updated_at is not None and each.updated_at < self._started)
        ]
        self._first = False
        self._seen |= content
        return new

    async def _read(self, tx: Transaction, since: datetime) -> list[StoredMastery]:
        """What was written lately of those who were written to since the last look."""
        revisions = await students.read_revisions(tx, await self._student_ids(tx))
        written = [key for key, revision in revisions.items() if self._revisions.get(key) != revision]
        self._revisions = revisions
        self.ended = self._student_id is not None and not revisions
        return await masteries.read_changed(tx, written, since) if written else []

    async def _student_ids(self, tx: Transaction) -> Sequence[str]:
        if self._student_id is not None:
            return [self._student_id]
        return await groups.read_member_ids(tx, self._group_id or "")


@strawberry.type
class MasterySubscription:
    """Subscriptions to masteries."""

    @strawberry.subscription(
        description="A mastery whenever it changes, by whichever instance: of a student, or of a group's members. "
        "One that is written again with the same content is not sent."
    )
    async def mastery_changed(
        self,
        info: Info,
        student_id: Annotated[
            strawberry.ID | None, strawberry.argument(description="This student; or give groupId.")
        ] = None,
        group_id: Annotated[strawberry.ID | None, strawberry.argument(description="The members of this group.")] = None,
    ) -> AsyncGenerator[Mastery, None]:
        """Follow masteries."""
        services = info.context.services
        watch = Watch(student_id, group_id, services.clock())
        await info.context.gateway.read(lambda tx: read_student_ids(tx, student_id, group_id))
        while True:
            info.context.check_token()
            for changed in await watch.look(info.context.gateway, services.clock()):
                info.context.forget()
                yield Mastery.of(changed, services.thresholds)
            if watch.ended:
                return
            await asyncio.sleep(POLL_SECONDS)
