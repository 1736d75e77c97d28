"""Topics (T1-T3): what scored, free-text answers say of a student and a skill; beside the level, never mixed with it.

Each score moves an exponential average; mastery is a weighted sum of the two averages; streaks of good and poor answers
set the next difficulty. A topic is a fold over scored answers in order of time, so a late one replays it.

An answer may have one score only. Then the other part is imputed (`stand_in`), so that both averages are over the same
answers and mastery is always exactly the weighted sum of the two.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple

from graph_api.domain.answers.answers import Difficulty
from graph_api.domain.answers.order import Order
from graph_api.domain.learners.uncertainty import Interval, effective_answers, wilson
from graph_api.domain.parameters.topic_parameters import (
    DIGITS,
    ColdStart,
    DifficultyPolicy,
    MissingScore,
    TopicParameters,
    TopicParameterSet,
)

VERSION = "2"
"""The version of the fold. A state names the version it was computed with; one of another version is replayed."""


class Stage(StrEnum):
    """The stage of a topic, by its mastery."""

    BEGINNER = "BEGINNER"
    INTERMEDIATE = "INTERMEDIATE"
    ADVANCED = "ADVANCED"


class Scored(NamedTuple):
    """The part of an answer that a topic needs, in the order of answers (B6). At least one score is not None.

    `counts_as` is what the answer counts as, if that differs from `correct`; `weight` how much it counts, 0..1.
    """

    order: Order
    correct: bool
    semantic: float | None
    keyword: float | None
    seconds: float | None
    counts_as: bool | None = None
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Average:
    """An exponential moving average; `raw` begins at 0 or at the first value.

    Attributes:
        raw: the average as it is folded.
        n: how many values are scores.
        imputed: how many values stand in for missing ones.
        lost: the weight that values of a weight below 1 lack in sum.
    """

    raw: float = 0.0
    n: int = 0
    imputed: int = 0
    lost: float = 0.0

    def after(
        self, value: float | None, parameters: TopicParameters, *, given: bool = True, weight: float = 1.0
    ) -> "Average":
        """With one more value, which was given or stands in for a missing one; None leaves it as it is.

        Two equal values of weight 0.5 move it as far as one of weight 1.
        """
        if value is None:
            return self
        counts = self.n + given, self.imputed + (not given), self.lost + (1 - weight)
        if self.size == 0 and parameters.cold_start is ColdStart.FIRST_VALUE:
            return Average(value, *counts)
        alpha = parameters.alpha if weight == 1 else 1 - (1 - parameters.alpha) ** weight
        return Average(alpha * value + (1 - alpha) * self.raw, *counts)

    @property
    def size(self) -> int:
        """The number of values."""
        return self.n + self.imputed

    def value(self, parameters: TopicParameters) -> float:
        """The average."""
        return self.without_zero(parameters) if parameters.cold_start is ColdStart.BIAS_CORRECTED else self.raw

    def without_zero(self, parameters: TopicParameters) -> float:
        """The weighted mean of the values, without the zero that the average began at.

        >>> round(Average(0.3, 1).without_zero(TopicParameters()), 9)
        1.0
        """
        if self.size == 0 or parameters.cold_start is ColdStart.FIRST_VALUE:
            return self.raw
        held = 1 - (1 - parameters.alpha) ** (self.size - self.lost)
        return self.raw / held if held else self.raw

    def stand_in(self, other: float, parameters: TopicParameters) -> float:
        """The value that stands in for a score that an answer lacks; `other` is the score that it has.

        Until the part has been scored, and always under IMPUTE, that is `other`: the part with evidence carries the
        weight. After that, under KEEP, a missing score lowers nothing and invents nothing: `other`, but not below the
        average and not above the mean of the part's own values. The two differ only while an average that began at 0
        still holds some of that zero; without it the average is kept.

        >>> Average(0.3, 1).stand_in(0.8, TopicParameters())  # one score of 1, and 0.7 of the zero
        0.8
        >>> Average(0.3, 1).stand_in(0.0, TopicParameters())
        0.3
        """
        if self.n == 0 or parameters.missing_score is MissingScore.IMPUTE:
            return other
        low, high = self.value(parameters), self.without_zero(parameters)
        return max(low, min(other, high))


class Parts(NamedTuple):
    """The parts of a topic's mastery by kind of score; the mastery is their sum."""

    semantic: float
    keyword: float


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

    @property
    def accuracy(self) -> float | None:
        """The share of correct scored answers; None without any."""
        return self.correct / self.attempted if self.attempted else None

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
        """Where mastery would lie with many more answers like these (Q8), as wide as if they were correct or incorrect.

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

    def parts(self, parameters: TopicParameters) -> Parts:
        """The weighted averages that sum to the mastery.

        >>> state = Topic(Average(0.3, 1), Average(0.3, 0, 1), mastery=0.3)
        >>> round(sum(state.parts(TopicParameters())), 9)
        0.3
        """
        return Parts(
            parameters.semantic_weight * self.semantic.value(parameters),
            (1 - parameters.semantic_weight) * self.keyword.value(parameters),
        )


class TopicUnder(NamedTuple):
    """A topic with the parameters that it was computed under, which are the only ones it can be read by."""

    topic: Topic
    used: TopicParameterSet
    archived: bool = False
    """Whether the skill was archived when the topic was read."""

    @property
    def stage(self) -> Stage:
        """The stage of the mastery."""
        return self.topic.stage(self.used.parameters)

    @property
    def interval(self) -> Interval:
        """Where the mastery would lie with many more answers."""
        return self.topic.interval(self.used.parameters)

    @property
    def falls(self) -> bool:
        """Whether the last answer took more away than it may."""
        return self.topic.falls(self.used.parameters)

    @property
    def parts(self) -> Parts:
        """The parts of the mastery by kind of score."""
        return self.topic.parts(self.used.parameters)

    @property
    def averages(self) -> tuple[float, float, float]:
        """The averages of semantic scores, keyword scores and response times."""
        topic, parameters = self.topic, self.used.parameters
        return topic.semantic.value(parameters), topic.keyword.value(parameters), topic.seconds.value(parameters)


def combined(semantic: float | None, keyword: float | None, parameters: TopicParameters) -> float:
    """0.7 · semantic + 0.3 · keyword; with one score only, that score.

    >>> round(combined(0.82, 0.75, TopicParameters()), 4)
    0.799
    """
    if semantic is None or keyword is None:
        return (semantic or 0.0) + (keyword or 0.0)
    return parameters.semantic_weight * semantic + (1 - parameters.semantic_weight) * keyword


def follow(topic: Topic, scored: Scored, parameters: TopicParameters) -> Topic:
    """A topic after one more scored answer. One of weight 0 is no opportunity, and leaves it as it is.

    >>> from datetime import UTC, datetime
    >>> answer = Scored(Order(datetime(2026, 1, 1, tzinfo=UTC)), True, 0.82, 0.75, 38.5)
    >>> first = follow(Topic(), answer, TopicParameters())
    >>> round(first.mastery, 4), round(first.velocity, 4), first.seconds.raw
    (0.2397, 0.2397, 11.549999999999999)
    """
    if scored.weight == 0:
        return topic
    semantic = _with_score(topic.semantic, scored.semantic, scored.keyword, parameters, scored.weight)
    keyword = _with_score(topic.keyword, scored.keyword, scored.semantic, parameters, scored.weight)
    mastery = combined(semantic.value(parameters), keyword.value(parameters), parameters)
    score = round(combined(scored.semantic, scored.keyword, parameters), DIGITS)
    good = topic.good + 1 if score > parameters.good else 0
    poor = topic.poor + 1 if score < parameters.poor else 0
    right = scored.counts_as
    if right is None:
        right = scored.correct if scored.keyword is None else scored.keyword > parameters.correct
    return replace(
        topic,
        semantic=semantic,
        keyword=keyword,
        seconds=topic.seconds.after(scored.seconds, parameters, weight=scored.weight),
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


def _with_score(
    average: Average, score: float | None, other: float | None, parameters: TopicParameters, weight: float
) -> Average:
    """The average of a part after an answer with its own score, the other score, or both."""
    if score is not None or other is None:
        return average.after(score, parameters, weight=weight)
    return average.after(average.stand_in(other, parameters), parameters, given=False, weight=weight)


def fold(topic: Topic, scored: Iterable[Scored], parameters: TopicParameters) -> Topic:
    """A topic after answers, in any order of the input."""
    for each in sorted(scored, key=lambda one: one.order):
        topic = follow(topic, each, parameters)
    return topic


def history(scored: Iterable[Scored], parameters: TopicParameters) -> list[Topic]:
    """The topic after each scored answer, oldest first; the last is what `fold` returns.

    >>> history([], TopicParameters())
    []
    """
    states, topic = [], Topic()
    for each in sorted(scored, key=lambda one: one.order):
        topic = follow(topic, each, parameters)
        states.append(topic)
    return states


def difficulty_by_policy(scored: Iterable[Scored], parameters: TopicParameters) -> dict[DifficultyPolicy, Difficulty]:
    """The next difficulty under each policy, all other parameters alike (T3)."""
    answers = list(scored)
    return {
        policy: fold(Topic(), answers, replace(parameters, policy=policy)).difficulty for policy in DifficultyPolicy
    }


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
