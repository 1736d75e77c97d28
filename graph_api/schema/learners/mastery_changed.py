"""Masteries as they change: the subscription."""

from collections.abc import AsyncGenerator
from datetime import datetime
from typing import Annotated

import strawberry

from graph_api.domain.answers.answers import in_utc
from graph_api.schema.context import Info
from graph_api.schema.learners.mastery import Mastery
from graph_api.usecases.learners.watch_masteries import MOST_CHANGES, OVERLAP, MasteryWatch


@strawberry.type
class MasterySubscription:
    """Subscriptions to masteries."""

    @strawberry.subscription(
        description="Sends a mastery whenever it changes on any instance: of a student, or of the members of "
        "a group. A mastery that is stored again with the same content is not sent. With `since`, the masteries that "
        f"changed since then come first, each once; if more than {MOST_CHANGES:,} did, the error TOO_MANY_CHANGES ends "
        "the subscription: read again, then subscribe without `since`."
    )
    async def mastery_changed(
        self,
        info: Info,
        student_id: Annotated[
            strawberry.ID | None, strawberry.argument(description="The student; or give groupId.")
        ] = None,
        group_id: Annotated[
            strawberry.ID | None, strawberry.argument(description="The group, for all its members; or give studentId.")
        ] = None,
        since: Annotated[
            datetime | None,
            strawberry.argument(
                description="After an interruption: the moment, with an offset, up to which the client knows all "
                "changes, such as the latest `updatedAt` that it was sent. Changes of up to "
                f"{OVERLAP.seconds} seconds before are sent again. Null: only what changes from now on."
            ),
        ] = None,
    ) -> AsyncGenerator[Mastery, None]:
        context, known = info.context, None if since is None else in_utc(since, "since")
        watch = MasteryWatch(context.gateway, student_id, group_id, context.services.clock, known)
        while not watch.ended:
            context.check_token()
            changes = await watch.look()
            context.forget()
            for changed in changes:
                yield Mastery.of(changed, await context.thresholds())
            await watch.pause()
