"""What a curriculum author should look at: links to check and links to consider. Nothing here changes the graph."""

from enum import StrEnum
from typing import NamedTuple

from graph_api.domain.course.course_graph import CourseGraph
from graph_api.domain.course.links.baseline import Baseline, measure
from graph_api.domain.course.links.first_answers import FirstAnswers
from graph_api.domain.course.links.missing_links import find_missing_links
from graph_api.domain.course.links.odds_ratios import tabulate
from graph_api.domain.course.links.verdicts import Link, LinkEvidence, Verdict, describe, judge
from graph_api.domain.locales import Phrases


class SuggestionKind(StrEnum):
    """Why a link deserves a look, in the order of the list."""

    CONTRADICTED_LINK = "CONTRADICTED_LINK"
    UNSUPPORTED_LINK = "UNSUPPORTED_LINK"
    REDUNDANT_LINK = "REDUNDANT_LINK"
    MISSING_LINK = "MISSING_LINK"


KINDS = list(SuggestionKind)
OF_VERDICT = {
    Verdict.CONTRADICTED: SuggestionKind.CONTRADICTED_LINK,
    Verdict.UNSUPPORTED: SuggestionKind.UNSUPPORTED_LINK,
}
VERDICTS = [Verdict.CONTRADICTED, Verdict.UNSUPPORTED, Verdict.SUPPORTED, Verdict.TOO_FEW_ANSWERS]
"""The order of links by verdict."""


class Suggestion(NamedTuple):
    """A link to check, to remove or to add, with its evidence."""

    kind: SuggestionKind
    evidence: LinkEvidence


class LinkAnalysis(NamedTuple):
    """The evidence for the links of a graph, and what follows from it.

    Attributes:
        baseline: what pairs without a path have in common.
        evidence: all links: contradicted ones first, then unsupported, supported and undecided ones; weakest first.
        suggestions: by kind; contradicted and unsupported links weakest first, missing ones strongest first.
    """

    baseline: Baseline
    evidence: list[LinkEvidence]
    suggestions: list[Suggestion]


def analyse(graph: CourseGraph, answers: FirstAnswers, least: int = 1) -> LinkAnalysis:
    """The evidence in first answers, whose columns are the concepts of the graph in its order.

    Args:
        graph: the prerequisite graph.
        answers: what students show, and when they began.
        least: students on each side whom a viewer may read about; other figures are left out.
    """
    tables = tabulate(answers)
    baseline, strength = measure(tables, graph, least)
    links = [Link(needed, place) for place, before in enumerate(graph.before) for needed in before]
    evidence = sorted(judge(links, tables, baseline, strength), key=_place)
    redundant = {Link(graph.places[before], graph.places[after]) for before, after in graph.redundant_links}
    suggestions = [Suggestion(OF_VERDICT[each.verdict], each) for each in evidence if each.verdict in OF_VERDICT]
    suggestions += [
        Suggestion(SuggestionKind.REDUNDANT_LINK, each)
        for each in evidence
        if each.link in redundant and each.verdict not in OF_VERDICT
    ]
    suggestions += [
        Suggestion(SuggestionKind.MISSING_LINK, describe(link, Verdict.SUPPORTED, tables, baseline, strength))
        for link in (find_missing_links(graph, tables, strength) if baseline.is_known else ())
    ]
    return LinkAnalysis(baseline, evidence, suggestions)


def _place(evidence: LinkEvidence) -> tuple[int, float, Link]:
    return VERDICTS.index(evidence.verdict), evidence.odds_ratio or 0.0, evidence.link


def describe_suggestion(phrases: Phrases, suggestion: Suggestion, prerequisite: str, concept: str) -> str:
    """A suggestion as a sentence for users."""
    kind, evidence = suggestion
    key = kind.value.lower()
    if kind is SuggestionKind.REDUNDANT_LINK or evidence.having is None or evidence.lacking is None:
        return phrases.say(key, prerequisite=prerequisite, concept=concept)
    return phrases.say(
        key,
        prerequisite=prerequisite,
        concept=concept,
        share_without=evidence.lacking.share,
        without=evidence.lacking.students,
        share_with=evidence.having.share,
        having=evidence.having.students,
        ratio=evidence.odds_ratio,
        low=evidence.low,
        high=evidence.high,
    )


def describe_action(phrases: Phrases, suggestion: Suggestion) -> str:
    """What to do about a suggestion, as a sentence for users."""
    return phrases.say(f"{suggestion.kind.value.lower()}_action")
