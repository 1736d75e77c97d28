"""Concept sampling (T4-T6): the concepts for the next free-text question.

A student's answers mention concepts or miss them. What was missed, has stagnated or was not seen for long comes first;
the draw is without replacement and reproducible from a seed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

import numpy as np

from graph_api.domain.answers.order import Order
from graph_api.domain.parameters.topic_parameters import DIGITS, TopicParameters, TopicParameterSet

VERSION = "1"
"""The version of the fold. A record names the version it was computed with; one of another version is replayed."""


class Sampled(NamedTuple):
    """Whether an answer mentioned a concept; its natural order is that of answers (B6). `weight` is 0..1."""

    order: Order
    mentioned: bool
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Sampling:
    """A student's record of a concept."""

    mentioned: int = 0
    missed: int = 0
    stagnation: int = 0
    """The number of misses since the last mention."""
    mastery: float = 0.0
    last: Order | None = None

    @property
    def last_at(self) -> datetime | None:
        """The time of the last mention or miss."""
        return self.last and self.last.at

    @property
    def attempts(self) -> int:
        """The number of mentions and misses."""
        return self.mentioned + self.missed

    def precedes(self, sampled: Sampled) -> bool:
        """Whether the answer comes after everything folded in so far."""
        return self.last is None or self.last < sampled.order

    def is_weak(self, parameters: TopicParameters) -> bool:
        """Below 0.5 and missed twice."""
        return self.mastery < parameters.weak and self.missed >= parameters.weak_missed

    def is_strong(self, parameters: TopicParameters) -> bool:
        """Above 0.7 and mentioned three times; it takes eight mentions to get there."""
        return self.mastery > parameters.strong and self.mentioned >= parameters.strong_mentioned

    def is_stagnant(self, parameters: TopicParameters) -> bool:
        """Missed twice since it was last mentioned."""
        return self.stagnation >= parameters.stagnant


class SamplingUnder(NamedTuple):
    """A record with the parameters that it was computed under, which are the only ones it can be read by."""

    sampling: Sampling
    used: TopicParameterSet

    @property
    def is_weak(self) -> bool:
        """Low, and missed often."""
        return self.sampling.is_weak(self.used.parameters)

    @property
    def is_strong(self) -> bool:
        """High, and mentioned often."""
        return self.sampling.is_strong(self.used.parameters)

    @property
    def is_stagnant(self) -> bool:
        """Missed again and again since it was last mentioned."""
        return self.sampling.is_stagnant(self.used.parameters)


def follow(sampling: Sampling, sampled: Sampled, parameters: TopicParameters) -> Sampling:
    """A record after one more answer. One of weight 0 is no opportunity, and leaves it as it is.

    >>> from datetime import UTC
    >>> when = datetime(2026, 1, 1, tzinfo=UTC)
    >>> follow(Sampling(mastery=0.6), Sampled(Order(when), mentioned=True), TopicParameters()).mastery
    0.7
    """
    if sampled.weight == 0:
        return sampling
    step = sampled.weight * (parameters.mention if sampled.mentioned else -parameters.miss)
    return replace(
        sampling,
        mentioned=sampling.mentioned + sampled.mentioned,
        missed=sampling.missed + (not sampled.mentioned),
        stagnation=0 if sampled.mentioned else sampling.stagnation + 1,
        mastery=round(min(max(sampling.mastery + step, 0.0), 1.0), DIGITS),
        last=sampled.order,
    )


def fold(sampling: Sampling, sampled: Iterable[Sampled], parameters: TopicParameters) -> Sampling:
    """A record after answers, in any order of the input."""
    for each in sorted(sampled):
        sampling = follow(sampling, each, parameters)
    return sampling


class Priority(NamedTuple):
    """The priority of a concept: at most 1, and uncapped for ordering."""

    capped: float
    uncapped: float


def priority(sampling: Sampling, as_of: datetime, *, falling: bool, parameters: TopicParameters) -> Priority:
    """1 - mastery, and boosts for what was missed often, stagnates, was not seen for long, or is in a topic that falls.

    Args:
        sampling: the record; an empty one was never seen.
        as_of: now.
        falling: whether the topic's velocity is below its limit.
        parameters: the boosts and when they apply.

    >>> from datetime import UTC
    >>> priority(Sampling(), datetime(2026, 1, 1, tzinfo=UTC), falling=False, parameters=TopicParameters())
    Priority(capped=1.0, uncapped=1.1)
    """
    unseen = sampling.last_at is None or (as_of - sampling.last_at).total_seconds() > parameters.unseen_seconds
    total = 1 - sampling.mastery
    total += parameters.missed_boost * (sampling.missed > parameters.missed_often)
    total += parameters.stagnant_boost * sampling.is_stagnant(parameters)
    total += parameters.unseen_boost * unseen
    total += parameters.falling_boost * falling
    total = round(total, DIGITS)
    return Priority(min(total, 1.0), total)


def draw(priorities: Sequence[float], count: int, rng: np.random.Generator) -> list[int]:
    """Places drawn by priority, without replacement; in the order drawn.

    Without any positive priority all are equally likely; if fewer are positive than wanted, the rest fills up, equally
    likely.

    >>> draw([0.0, 1.0, 0.0], 1, np.random.default_rng(1))
    [1]
    """
    weights = np.asarray(priorities, np.float64)
    count = min(count, len(weights))
    if count <= 0:
        return []
    positive, rest = np.flatnonzero(weights > 0), np.flatnonzero(weights <= 0)
    first = min(count, len(positive))
    drawn: list[int] = []
    if first:
        shares = weights[positive] / weights[positive].sum()
        drawn += rng.choice(positive, first, replace=False, p=shares).tolist()
    if count > first:
        drawn += rng.choice(rest, count - first, replace=False).tolist()
    return drawn
