"""Explanations of levels, by answers and judgements, and forecasts of the next answers (Q5, Q7)."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from graph_api.domain.answers.answers import Difficulty
from graph_api.domain.failures import InvalidInput
from graph_api.domain.learners import forecast as forecast_domain
from graph_api.domain.learners.forecast import Forecast
from graph_api.domain.learners.mastery import Evidence, Thresholds, advance
from graph_api.domain.learners.next_answer import NextAnswer
from graph_api.domain.learners.recency import DIFFICULTIES, Breakdown, Recency, RecencyStatus, answer_weights, score
from graph_api.domain.learners.topic import TopicUnder
from graph_api.domain.learners.uncertainty import Interval
from graph_api.domain.parameters.knowledge_tracing import Parameters, Step, p_correct, trace
from graph_api.domain.parameters.parameter_sets import ParameterSet
from graph_api.domain.parameters.recency_parameters import RecencyParameters, RecencyParameterSet
from graph_api.domain.targets import Target, TargetKind
from graph_api.store.gateway import Gateway, Transaction
from graph_api.store.policy_sets import read_difficulties, recency_sets
from graph_api.store.recencies import RecentAnswers, read_recent_answers
from graph_api.usecases.computing import compute
from graph_api.usecases.learners.predict_next_answer import read_next_answer
from graph_api.usecases.learners.reads import LearnerReads, LevelOf

MAX_STEPS = 500
TOPIC_DIGITS = 3


class Known(NamedTuple):
    """A student's evidence on a target in order, the parameter set of the level, and the step of each piece.

    An answer of weight 0 has a step that changes nothing.
    """

    target: Target
    evidence: list[Evidence]
    used: ParameterSet
    steps: list[Step]

    @classmethod
    def of(cls, target: Target, evidence: Iterable[Evidence], used: ParameterSet) -> "Known":
        """The evidence, in any order, traced under a set."""
        ordered, steps, level = sorted(evidence), [], used.start
        for item in ordered:
            steps.append(advance(level, item, used))
            level = steps[-1].after
        return cls(target, ordered, used, steps)

    @property
    def level(self) -> float:
        """The level that the evidence leads to."""
        return self.steps[-1].after if self.steps else self.used.start

    @property
    def attempts(self) -> int:
        """The number of answers that count."""
        return sum(each.weight > 0 for each in self.evidence)

    @property
    def evidence_count(self) -> int:
        """The number of answers that count, and of judgements."""
        return sum(each.weight > 0 or each.level is not None for each in self.evidence)

    @property
    def parameters(self) -> Parameters:
        """The parameters of the set used."""
        return self.used.parameters

    @property
    def p_correct(self) -> float:
        """P(the next answer is correct) by knowledge tracing."""
        return p_correct(self.level, self.parameters)

    def last_steps(self, number: int) -> list[tuple[Evidence, Step]]:
        """The last answers and judgements, oldest first, each with its step."""
        return list(zip(self.evidence, self.steps, strict=True))[-number:]

    def last_answers(self, number: int) -> list[tuple[Evidence, Step]]:
        """The last answers, oldest first, each with its step."""
        steps = zip(self.evidence, self.steps, strict=True)
        return [(item, step) for item, step in steps if item.level is None][-number:]

    def forecast(self, thresholds: Thresholds) -> Forecast:
        """The forecast of the next answers."""
        started = self.evidence_count > 0
        return forecast_domain.forecast(self.level, self.parameters, thresholds.mastered_from, started=started)

    def simulate(self, outcomes: Sequence[bool]) -> list[Step]:
        """The steps that simulated answers would take from the level."""
        return trace(outcomes, self.parameters, self.level)


class AnswerWeight(NamedTuple):
    """The weight of one answer in a recency-weighted score, and the difficulty that it counted with."""

    answer_id: str
    at: datetime
    correct: bool
    weight: float
    difficulty: Difficulty | None


class RoundedParts(NamedTuple):
    """The parts of a topic's mastery to 3 digits; `mastery` is exactly their sum."""

    semantic: float
    keyword: float
    mastery: float

    @classmethod
    def of(cls, state: TopicUnder) -> "RoundedParts":
        """The parts of a topic, rounded together, so that they add up."""
        mastery, semantic = round(state.topic.mastery, TOPIC_DIGITS), round(state.parts.semantic, TOPIC_DIGITS)
        return cls(semantic, round(max(mastery - semantic, 0.0), TOPIC_DIGITS), mastery)


class LevelExplanation(NamedTuple):
    """A level with its last answers, and its last answers and judgements.

    For a skill also its recency score, the weights in it, and the topic's parts.
    """

    known: Known
    steps: Sequence[tuple[Evidence, Step]]
    evidence: Sequence[tuple[Evidence, Step]]
    recency: Recency | None = None
    weights: Sequence[AnswerWeight] = ()
    topic: RoundedParts | None = None


class LevelForecast(NamedTuple):
    """A level with the forecast of the next answers, and the next one's prediction with its interval."""

    level: float
    expected: Forecast
    next_answer: NextAnswer
    p_correct: Interval


async def read_known(
    reads: LearnerReads, student_id: str, target: Target, *, with_ignored: bool = False
) -> Known | None:
    """A student's answers to a target, traced under the parameter set of the level; None without the target.

    Answers of weight 0 change nothing; they are among the steps on request.
    """
    used = await reads.set_of_level(student_id, target)
    if used is None:
        return None
    evidence = list(await reads.evidence.load((student_id, target)))
    if with_ignored:
        evidence += await reads.ignored_evidence.load((student_id, target)) or ()
    return await compute(Known.of, target, evidence, used)


async def read_explanation(reads: LearnerReads, student_id: str, target: Target, last: int) -> LevelExplanation | None:
    """The explanation of a level with its last answers; None without the target.

    Raises:
        InvalidInput: `last` is out of bounds.
    """
    if not 1 <= last <= MAX_STEPS:
        raise InvalidInput("last", f"must be from 1 to {MAX_STEPS}", str(last))
    known = await read_known(reads, student_id, target, with_ignored=True)
    if known is None:
        return None
    steps = known.last_answers(last), known.last_steps(last)
    if target.kind is not TargetKind.SKILL:
        return LevelExplanation(known, *steps)
    recency = (await reads.recency_of_student.load(student_id) or {}).get(target.key)
    topic = (await reads.topics_of_student.load(student_id) or {}).get(target.key)
    weights = await read_answer_weights(reads.gateway, student_id, target.key, recency) if recency else []
    return LevelExplanation(known, *steps, recency, weights, topic and RoundedParts.of(topic))


async def read_simulation(
    reads: LearnerReads, student_id: str, target: Target, outcomes: Sequence[bool]
) -> list[Step] | None:
    """The steps that simulated answers would take from a level; None without the target.

    Raises:
        InvalidInput: the number of answers is out of bounds.
    """
    if not 1 <= len(outcomes) <= MAX_STEPS:
        raise InvalidInput("outcomes", f"must hold 1 to {MAX_STEPS}, holds {len(outcomes)}")
    known = await read_known(reads, student_id, target)
    return known and known.simulate(outcomes)


async def read_forecast(
    reads: LearnerReads, student_id: str, target: Target, thresholds: Thresholds, question_id: str | None = None
) -> LevelForecast | None:
    """The forecast of a student's next answers to a target, the first of them to a question; None without the target.

    Raises:
        InvalidInput: the id of the question is no identifier.
    """
    known = await read_known(reads, student_id, target)
    if known is None:
        return None
    expected = await compute(known.forecast, thresholds)
    intervals = await reads.level_intervals.load(LevelOf(student_id, target, known.used.id))
    next_answer = await read_next_answer(reads, student_id, target, known.p_correct, question_id)
    return LevelForecast(known.level, expected, next_answer, next_answer.shift(intervals.p_correct))


async def read_p_next_correct(reads: LearnerReads, student_id: str, target: Target) -> float | None:
    """P(a student's next answer to a target is correct), by the model in effect; None without the target."""
    known = await read_known(reads, student_id, target)
    if known is None:
        return None
    return (await read_next_answer(reads, student_id, target, known.p_correct)).p_correct


def explains(recent: RecentAnswers, parameters: RecencyParameters, breakdown: Breakdown) -> bool:
    """Whether there is a score, and these answers still lead to it."""
    if breakdown.status is RecencyStatus.INSUFFICIENT_DATA:
        return False
    counts = recent.pair, recent.age, recent.correct, recent.difficulty
    return score(*counts, len(recent.pairs), parameters, recent.weight).breakdowns(parameters) == [breakdown]


async def read_answer_weights(gateway: Gateway, student_id: str, code: str, recency: Recency) -> list[AnswerWeight]:
    """The weight of each answer in a stored score, newest first; empty if the answers no longer lead to the score."""

    async def read(tx: Transaction) -> tuple[RecencyParameterSet, RecentAnswers]:
        (used,) = (await recency_sets.read_by_ids(tx, [recency.parameter_set_id])).values()
        since = recency.as_of - timedelta(days=used.parameters.lookback_days)
        difficulties = await read_difficulties(tx, used.parameters)
        return used, await read_recent_answers(
            tx, [student_id], [code], since, recency.as_of, difficulties=difficulties, in_order=True
        )

    used, recent = await gateway.read(read)
    if not explains(recent, used.parameters, recency.breakdown):
        return []
    weights = answer_weights(recent.age, recent.difficulty, used.parameters, recent.weight).tolist()
    difficulties = [None if place < 0 else DIFFICULTIES[place] for place in recent.difficulty.tolist()]
    rows = zip(recent.answer_ids, recent.age.tolist(), recent.correct.tolist(), weights, difficulties, strict=True)
    return [
        AnswerWeight(answer_id, recency.as_of - timedelta(microseconds=age), correct, weight, difficulty)
        for answer_id, age, correct, weight, difficulty in reversed(list(rows))
    ]
