"""Runs: the ledger of everything that computes levels or parameters on its own (R6, Q11)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple, Self


class RunStatus(StrEnum):
    """Where a run stands."""

    RUNNING = "RUNNING"
    SUCCESS = "SUCCESS"
    FAILED = "FAILED"


class Algorithm(StrEnum):
    """What a run does."""

    FIT_PARAMETERS = "FIT_PARAMETERS"
    FIT_FORGETTING = "FIT_FORGETTING"
    FIT_PREDICTOR = "FIT_PREDICTOR"
    FIT_INFERENCE = "FIT_INFERENCE"
    ACTIVATE_PARAMETERS = "ACTIVATE_PARAMETERS"
    REPLAY_LEVELS = "REPLAY_LEVELS"
    RECOMPUTE_RECENCY = "RECOMPUTE_RECENCY"
    REPLAY_TOPICS = "REPLAY_TOPICS"
    ACTIVATE_EVIDENCE = "ACTIVATE_EVIDENCE"
    EXPIRE_SESSIONS = "EXPIRE_SESSIONS"
    ERASE_INACTIVE = "ERASE_INACTIVE"
    IMPORT_ANSWERS = "IMPORT_ANSWERS"


class Trigger(StrEnum):
    """What starts runs. A run names it as text, so that runs of other releases can be read."""

    MUTATION = "mutation"
    COMMAND = "command"
    SCHEDULE = "schedule"
    SETTING = "setting"
    START = "start"
    SESSION = "session"
    UPLOAD = "upload"


TRIGGERS: Mapping[str, Trigger] = {each.value: each for each in Trigger}


class Progress(NamedTuple):
    """The current step of a run, how much of it is done, and of how much."""

    step: str
    done: int
    total: int


NOT_STARTED = Progress("", 0, 0)


class Upcoming(NamedTuple):
    """When a job runs: its schedule as cron has it, and the next time; None if it is switched off."""

    schedule: str
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class Run:
    """One run, from its start to its end.

    Attributes:
        id: unique.
        algorithm: what it does.
        version: of the service's implementation of it.
        parameters: how it does it.
        trigger: who or what started it, as in "mutation" or "command".
        started_at: when.
        input: the requested students or targets.
        status: where it stands.
        finished_at: when it ended, well or badly.
        output: what it did.
        error: why it failed.
        progress: how far it is.
    """

    id: str
    algorithm: Algorithm
    version: str
    parameters: Mapping[str, Any]
    trigger: str
    started_at: datetime
    input: Mapping[str, Any] = field(default_factory=dict)
    status: RunStatus = RunStatus.RUNNING
    finished_at: datetime | None = None
    output: Mapping[str, Any] = field(default_factory=dict)
    error: str | None = None
    progress: Progress = NOT_STARTED

    def succeeded(self, at: datetime, output: Mapping[str, Any]) -> Self:
        """The run after its successful end."""
        return replace(self, status=RunStatus.SUCCESS, finished_at=max(at, self.started_at), output=output)

    def failed(self, at: datetime, error: str) -> Self:
        """The run after it broke off."""
        return replace(self, status=RunStatus.FAILED, finished_at=max(at, self.started_at), error=error)
