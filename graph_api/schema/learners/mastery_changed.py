"""Masteries as they change: the subscription."""

from collections.abc import AsyncGenerator
from typing import Annotated

import strawberry

from graph_api.schema.context import Info
from graph_api.schema.learners.mastery import Mastery
from graph_api.usecases.learners.watch_masteries import MasteryWatch


@strawberry.type
class MasterySubscription:
    """Subscriptions to masteries."""

    @strawberry.subscription(
        description="Sends a mastery whenever it changes on any instance: of a student, or of the members of "
        "a group. A mastery that is stored again with the same content is not sent."
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
    ) -> AsyncGenerator[Mastery, None]:
        services = info.context.services
        watch = MasteryWatch(info.context.gateway, student_id, group_id, services.clock)
        while not watch.ended:
            info.context.check_token()
            for changed in await watch.look():
                info.context.forget()
                yield Mastery.of(changed, await info.context.thresholds())
            await watch.pause()
