"""Why a level is what it is, and what comes of the next answers (Q5, Q7)."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from graph_api.domain.learners import forecast as forecast_domain
from graph_api.domain.learners.forecast import Forecast
from graph_api.domain.learners.mastery import Evidence, Thresholds
from graph_api.domain.learners.recency import Breakdown, Recency, RecencyStatus, answer_weights, score
from graph_api.domain.parameters.knowledge_tracing import Parameters, Step, trace
from graph_api.domain.parameters.parameter_sets import ParameterSet
from graph_api.domain.parameters.recency_parameters import RecencyParameters, RecencyParameterSet
from graph_api.domain.targets import Target
from graph_api.store.gateway import Gateway, Transaction
from graph_api.store.policy_sets import recency_sets
from graph_api.store.recencies import RecentAnswers, read_recent_answers


class Known(NamedTuple):
    """What is known of a student and a target: the answers in order, the set used, and where each answer led."""

    target: Target
    evidence: list[Evidence]
    used: ParameterSet
    steps: list[Step]

    @classmethod
    def of(cls, target: Target, evidence: Iterable[Evidence], used: ParameterSet) -> "Known":
        """The answers, in any order, traced under a set."""
        ordered = sorted(evidence)
        return cls(target, ordered, used, trace([each.correct for each in ordered], used.parameters))

    @property
    def level(self) -> float:
        """The level that the answers lead to."""
        return self.steps[-1].after if self.steps else self.used.start

    @property
    def attempts(self) -> int:
        """How many answers there are."""
        return len(self.steps)

    @property
    def parameters(self) -> Parameters:
        """The parameters of the set used."""
        return self.used.parameters

    def last_steps(self, number: int) -> list[tuple[Evidence, Step]]:
        """The last answers, oldest first, each with what it did."""
        return list(zip(self.evidence, self.steps, strict=True))[-number:]

    def forecast(self, thresholds: Thresholds) -> Forecast:
        """What to expect of the next answers."""
        started = self.attempts > 0
        return forecast_domain.forecast(self.level, self.parameters, thresholds.mastered, started=started)

    def simulate(self, outcomes: Iterable[bool]) -> list[Step]:
        """What answers would do to the level."""
        return trace(outcomes, self.parameters, self.level)


class AnswerWeight(NamedTuple):
    """What one answer weighs in a recency-weighted score."""

    at: datetime
    correct: bool
    weight: float


def explains(recent: RecentAnswers, parameters: RecencyParameters, breakdown: Breakdown) -> bool:
    """Whether there is a score, and these answers still lead to it."""
    if breakdown.status is RecencyStatus.INSUFFICIENT_DATA:
        return False
    counts = recent.pair, recent.age, recent.correct, recent.difficulty
    return score(*counts, len(recent.pairs), parameters).breakdowns(parameters) == [breakdown]


async def read_answer_weights(gateway: Gateway, student_id: str, code: str, recency: Recency) -> list[AnswerWeight]:
    """What each answer weighs in a stored score, newest first; none if the answers no longer lead to the score."""

    async def read(tx: Transaction) -> tuple[RecencyParameterSet, RecentAnswers]:
        (used,) = (await recency_sets.read_by_ids(tx, [recency.parameter_set_id])).values()
        since = recency.as_of - timedelta(days=used.parameters.lookback_days)
        return used, await read_recent_answers(tx, [student_id], [code], since, recency.as_of, in_order=True)

    used, recent = await gateway.read(read)
    if not explains(recent, used.parameters, recency.breakdown):
        return []
    weights = answer_weights(recent.age, recent.difficulty, used.parameters).tolist()
    rows = zip(recent.age.tolist(), recent.correct.tolist(), weights, strict=True)
    return [
        AnswerWeight(recency.as_of - timedelta(microseconds=age), correct, weight)
        for age, correct, weight in reversed(list(rows))
    ]
