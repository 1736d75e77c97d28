"""What the schema is handed by the composition root."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from graph_api.domain.mastery import Thresholds
from graph_api.store.gateway import Gateway
from graph_api.usecases.answer_intake import AnswerIntake


@dataclass(frozen=True, slots=True)
class Services:
    """Everything that outlives a request."""

    gateway: Gateway
    intake: AnswerIntake
    thresholds: Thresholds
    clock: Callable[[], datetime]
    version: str
    engine: str
