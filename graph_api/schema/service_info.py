"""Queries about the service itself."""

from datetime import datetime
from typing import Self

import strawberry

from graph_api.domain.operations.runs import Upcoming
from graph_api.schema.context import Info
from graph_api.schema.learners.thresholds import MasteryThresholds
from graph_api.schema.operations.run import Run
from graph_api.store import jobs

NEVER_RAN = jobs.ListedJob("", None, None, None, None, 0)


@strawberry.type(description="Something that the scheduler does.")
class Job:
    name: str = strawberry.field(description="The name of the job: refit, recency, expire-sessions or retention.")
    schedule: str = strawberry.field(description="The schedule as a cron expression. Empty if the job is off.")
    next_at: datetime | None = strawberry.field(description="The time of the next run. Null if the job is off.")
    last_at: datetime | None = strawberry.field(description="The last scheduled time that an instance took over.")
    running_on: str | None = strawberry.field(description="The instance that runs the job now. Null if none does.")
    skipped: int = strawberry.field(
        description="The number of scheduled times that were skipped because the job was still running."
    )
    run_id: strawberry.Private[str | None]

    @classmethod
    def of(cls, name: str, upcoming: Upcoming, stored: jobs.ListedJob, now: datetime) -> Self:
        """The schema's view of a job."""
        return cls(
            name=name,
            schedule=upcoming.schedule,
            next_at=upcoming.next_at,
            last_at=stored.last_tick if stored.run_id else None,
            running_on=stored.holder if stored.held_until and stored.held_until > now else None,
            skipped=stored.skipped,
            run_id=stored.run_id,
        )

    @strawberry.field(description="The last run of the job.")
    async def last_run(self, info: Info) -> Run | None:
        stored = await info.context.loaders.runs.load(self.run_id) if self.run_id else None
        return Run.of(stored) if stored else None


@strawberry.type(description="What this service is.")
class ServiceInfo:
    name: str = strawberry.field(description="The name of the service: graph-api.")
    version: str = strawberry.field(description="The version of the service.")
    engine: str = strawberry.field(description="The database engine: embedded or neo4j.")
    time: datetime = strawberry.field(description="The time of the service's clock.")

    @strawberry.field(
        description="The thresholds of the settings: those of every status and weak list, except of courses and skills "
        "with thresholds of their own (`Skill.thresholds`), and unless arguments state others."
    )
    def thresholds(self, info: Info) -> MasteryThresholds:
        return MasteryThresholds.of(info.context.services.thresholds.default)

    @strawberry.field(
        description="Whether the end of a session recomputes the student's recency scores. A student's own "
        "`recencyAtSessionEnd` has priority."
    )
    def recency_at_session_end(self, info: Info) -> bool:
        return info.context.services.session_scoring.by_default

    @strawberry.field(description="The scheduled jobs.")
    async def jobs(self, info: Info) -> list[Job]:
        services = info.context.services
        stored = {job.name: job for job in await info.context.gateway.read_one(jobs.read_all)}
        now = services.clock()
        return [
            Job.of(name, upcoming, stored.get(name, NEVER_RAN), now) for name, upcoming in services.upcoming().items()
        ]


@strawberry.type
class ServiceQuery:
    """Queries that are about no noun."""

    @strawberry.field(description="What this service is.")
    def service_info(self, info: Info) -> ServiceInfo:
        services = info.context.services
        return ServiceInfo(name="graph-api", version=services.version, engine=services.engine, time=services.clock())
