"""The reasons of `risk` as sentences for users, with the names of concepts and skills (Q6)."""

from collections.abc import Mapping, Sequence

from graph_api.domain.learners.mastery import Comparison, Status
from graph_api.domain.learners.risk import RapidGuesses, RiskRule, RootCauseReason, Stuck, Trend
from graph_api.domain.learners.weak_rules import WeakRule
from graph_api.domain.locales import Phrases


def name_concept(phrases: Phrases, name: str, level: float, status: Status) -> str:
    """A concept with its level and status, so that a reader sees why a concept in progress is listed.

    The level is cut to two digits, so that it does not read as the bound above it.
    """
    return phrases.say("concept", name=name, level=level, status=phrases.say(f"status_{status.value.lower()}"))


def describe_trend(phrases: Phrases, trend: Trend) -> str:
    """A falling trend."""
    return phrases.say("falling_trend", before=trend.before_accuracy, recent=trend.recent_accuracy)


def describe_falling_topic(phrases: Phrases, name: str, velocity: float) -> str:
    """A falling topic."""
    return phrases.say("falling_topic", name=name, by=-velocity)


def describe_root_cause(phrases: Phrases, name: str, cause: RootCauseReason) -> str:
    """A root cause that blocks something."""
    concept = name_concept(phrases, name, cause.level, cause.status)
    return phrases.say("root_cause", cause.blocks, concept=concept, below=_below(phrases, cause.weak))


def describe_stagnation(
    phrases: Phrases, names: Mapping[str, str], missed: Sequence[str], stuck: Sequence[Stuck], rule: RiskRule
) -> str:
    """The stagnating concepts; a concept without a name is called by its id."""
    parts = []
    if missed:
        parts.append(phrases.say("missed", names=phrases.enumerate(names.get(key, key) for key in missed)))
    for weak in dict.fromkeys(each.weak for each in stuck):
        concepts = phrases.enumerate(
            name_concept(phrases, names.get(each.concept_id, each.concept_id), each.level, each.status)
            for each in stuck
            if each.weak == weak
        )
        parts.append(phrases.say("stuck", rule.least_stuck(weak), below=_below(phrases, weak), names=concepts))
    return "; ".join(parts)


def describe_inactivity(phrases: Phrases, days: float | None) -> str:
    """Inactivity, from the days since the last answer; None without any."""
    return phrases.say("never_practised") if days is None else phrases.say("inactive", days)


def describe_rapid_guesses(phrases: Phrases, rapid: RapidGuesses) -> str:
    """Frequent rapid guesses."""
    return phrases.say("rapid_guesses", rapid.timed, guesses=rapid.guesses, seconds=rapid.seconds)


def _below(phrases: Phrases, weak: WeakRule) -> str:
    inclusive = weak.comparison is Comparison.INCLUSIVE
    return phrases.say("below_inclusive" if inclusive else "below_strict", bound=weak.below)
