"""The scheduler as configured: its jobs, and when they run."""

import math
import os
import socket
from datetime import timedelta
from functools import partial
from zoneinfo import ZoneInfo

from graph_api.app.metrics import Metrics
from graph_api.app.running import fit_defaults, session_scoring, utc_now
from graph_api.config import Settings
from graph_api.jobs.jobs import erase, expire, recompute, refit
from graph_api.jobs.schedule import Schedule
from graph_api.jobs.scheduler import Job, Scheduler, Timing
from graph_api.store.gateway import Gateway
from graph_api.usecases.operations.hold_job import JobHolder


def schedule_of(settings: Settings) -> Schedule:
    """When each job runs."""
    expressions = {
        "refit": settings.schedule_refit,
        "recency": settings.schedule_recency,
        "expire-sessions": settings.schedule_expire_sessions,
        "retention": settings.schedule_retention if settings.retention_days else "",
    }
    return Schedule(expressions, ZoneInfo(settings.schedule_time_zone))


def holder_of(settings: Settings, gateway: Gateway) -> JobHolder:
    """This process, as a holder of jobs."""
    name = f"{socket.gethostname()}:{os.getpid()}"
    return JobHolder(gateway, name, timedelta(seconds=settings.job_lease_seconds), utc_now)


def scheduler_of(settings: Settings, gateway: Gateway, metrics: Metrics) -> Scheduler:
    """The scheduler of this process."""
    jobs: dict[str, Job] = {
        "refit": partial(refit, gateway, utc_now, fit_defaults(settings)),
        "recency": partial(recompute, gateway, utc_now, settings.recency_parameters),
        "expire-sessions": partial(
            expire, gateway, utc_now, timedelta(hours=settings.session_hours), session_scoring(settings)
        ),
        "retention": partial(erase, gateway, utc_now, timedelta(days=settings.retention_days or 0)),
    }
    schedule = schedule_of(settings)
    for name in jobs:
        metrics.schedule(name, partial(_next_tick, schedule, name))
    timing = Timing(settings.schedule_jitter_seconds, settings.schedule_grace_seconds)
    return Scheduler(holder_of(settings, gateway), schedule, jobs, timing, metrics.tick)


def _next_tick(schedule: Schedule, name: str) -> float:
    next_at = schedule.next_at(name, utc_now())  # of this job alone: workers read it each second, for each job
    return math.nan if next_at is None else next_at.timestamp()
