"""Topics (T1-T3): what scored, free-text answers say of a student and a skill; beside the level, never mixed with it.

Each score moves an exponential average; mastery is a weighted sum of the two averages; streaks of good and poor answers
set the next difficulty. A topic is a fold over scored answers in order of time, so a late one replays it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple

from graph_api.domain.answers import Difficulty
from graph_api.domain.order import Order
from graph_api.domain.topic_parameters import DIGITS, ColdStart, DifficultyPolicy, TopicParameters
from graph_api.domain.uncertainty import Interval, effective_answers, wilson


class Stage(StrEnum):
    """What topic mastery means."""

    BEGINNER = "BEGINNER"
    INTERMEDIATE = "INTERMEDIATE"
    ADVANCED = "ADVANCED"


class Scored(NamedTuple):
    """What a topic needs of an answer; its natural order is that of answers (B6). At least one score is given."""

    order: Order
    correct: bool
    semantic: float | None
    keyword: float | None
    seconds: float | None


@dataclass(frozen=True, slots=True)
class Average:
    """An exponential moving average of `n` values; `raw` begins at 0 or at the first value."""

    raw: float = 0.0
    n: int = 0

    def after(self, value: float | None, parameters: TopicParameters) -> "Average":
        """With one more value; none leaves it as it is."""
        if value is None:
            return self
        if self.n == 0 and parameters.cold_start is ColdStart.FIRST_VALUE:
            return Average(value, 1)
        return Average(parameters.alpha * value + (1 - parameters.alpha) * self.raw, self.n + 1)

    def value(self, parameters: TopicParameters) -> float:
        """The average."""
        if self.n and parameters.cold_start is ColdStart.BIAS_CORRECTED:
            return self.raw / (1 - (1 - parameters.alpha) ** self.n)
        return self.raw


@dataclass(frozen=True, slots=True)
class Topic:
    """A student's state on a skill after some scored answers."""

    semantic: Average = Average()
    keyword: Average = Average()
    seconds: Average = Average()
    mastery: float = 0.0
    last_mastery: float = 0.0
    velocity: float = 0.0
    attempted: int = 0
    correct: int = 0
    good: int = 0
    poor: int = 0
    difficulty: Difficulty = Difficulty.MEDIUM
    last: Order | None = None

    def precedes(self, scored: Scored) -> bool:
        """Whether the answer comes after everything folded in so far."""
        return self.last is None or self.last < scored.order

    def stage(self, parameters: TopicParameters) -> Stage:
        """Beginner below 0.3, advanced above 0.7.

        >>> Topic(mastery=0.7).stage(TopicParameters()).value
        'INTERMEDIATE'
        """
        mastery = round(self.mastery, DIGITS)
        if mastery < parameters.beginner:
            return Stage.BEGINNER
        return Stage.ADVANCED if mastery > parameters.advanced else Stage.INTERMEDIATE

    def interval(self, parameters: TopicParameters) -> Interval:
        """Where mastery would lie with many more answers like these (Q8), as wide as if they were right or wrong.

        A moving average forgets: with alpha = 0.3 it never weighs more than 5.7 answers.

        >>> Topic().interval(TopicParameters())
        Interval(low=0.0, high=1.0)
        """
        weights = [parameters.alpha * (1 - parameters.alpha) ** age for age in range(self.attempted)]
        total = sum(weights) if parameters.cold_start is ColdStart.ZERO and weights else 1.0
        low, high = wilson(min(self.mastery / total, 1.0), effective_answers(weights))
        return Interval(total * low, total * high)

    def falls(self, parameters: TopicParameters) -> bool:
        """Whether the last answer took more away than it may."""
        return round(self.velocity, DIGITS) < parameters.falling


def combined(semantic: float | None, keyword: float | None, parameters: TopicParameters) -> float:
    """0.7 · semantic + 0.3 · keyword; with one score only, that score.

    >>> round(combined(0.82, 0.75, TopicParameters()), 4)
    0.799
    """
    if semantic is None or keyword is None:
        return (semantic or 0.0) + (keyword or 0.0)
    return parameters.semantic_weight * semantic + (1 - parameters.semantic_weight) * keyword


def follow(topic: Topic, scored: Scored, parameters: TopicParameters) -> Topic:
    """A topic after one more scored answer.

    >>> from datetime import UTC, datetime
    >>> answer = Scored(Order(datetime(2026, 1, 1, tzinfo=UTC)), True, 0.82, 0.75, 38.5)
    >>> first = follow(Topic(), answer, TopicParameters())
    >>> round(first.mastery, 4), round(first.velocity, 4), first.seconds.raw
    (0.2397, 0.2397, 11.549999999999999)
    """
    semantic = topic.semantic.after(scored.semantic, parameters)
    keyword = topic.keyword.after(scored.keyword, parameters)
    averages = [each.value(parameters) if each.n else None for each in (semantic, keyword)]
    mastery = combined(averages[0], averages[1], parameters)
    score = round(combined(scored.semantic, scored.keyword, parameters), DIGITS)
    good = topic.good + 1 if score > parameters.good else 0
    poor = topic.poor + 1 if score < parameters.poor else 0
    right = scored.correct if scored.keyword is None else scored.keyword > parameters.correct
    return replace(
        topic,
        semantic=semantic,
        keyword=keyword,
        seconds=topic.seconds.after(scored.seconds, parameters),
        mastery=mastery,
        last_mastery=topic.mastery,
        velocity=mastery - topic.mastery,
        attempted=topic.attempted + 1,
        correct=topic.correct + right,
        good=good,
        poor=poor,
        difficulty=next_difficulty(topic.difficulty, good, poor, parameters),
        last=scored.order,
    )


def fold(topic: Topic, scored: Iterable[Scored], parameters: TopicParameters) -> Topic:
    """A topic after some answers, whatever order they are given in."""
    for each in sorted(scored, key=lambda one: one.order):
        topic = follow(topic, each, parameters)
    return topic


def next_difficulty(now: Difficulty, good: int, poor: int, parameters: TopicParameters) -> Difficulty:
    """The difficulty that streaks lead to (T3).

    >>> next_difficulty(Difficulty.EASY, good=3, poor=0, parameters=TopicParameters()).value
    'HARD'
    """
    steps = list(Difficulty)
    if parameters.policy is DifficultyPolicy.JUMP:
        if good >= parameters.jump_good:
            return steps[-1]
        return steps[0] if poor >= parameters.jump_poor else now
    up, down = good >= parameters.gradual_good, poor >= parameters.gradual_poor
    return steps[min(max(steps.index(now) + up - down, 0), len(steps) - 1)]
