"""What the answers say of each prerequisite link.

A prerequisite leaves a trace: students who do not show it seldom show what comes after. The trace is the odds ratio of
showing the concept, with the prerequisite against without, among students of like ability.
"""

from collections.abc import Sequence
from enum import StrEnum
from math import exp, log
from typing import NamedTuple

import numpy as np

from graph_api.domain.course.links.baseline import Baseline, Strength
from graph_api.domain.course.links.false_discovery import reject
from graph_api.domain.course.links.odds_ratios import PairTables

RATE = 0.05
"""The false discovery rate of each verdict."""
CLEAR = 2.5
"""A link whose odds ratio is surely below this many times the baseline is unsupported. Nearly all true links of
simulated classes are above (benchmarks/link_evidence.py)."""
SMALL = 1.5
"""One that is surely below this many times the baseline is contradicted."""
Z = 1.96
"""Intervals cover 95 %."""


class Verdict(StrEnum):
    """What the answers say of a link."""

    SUPPORTED = "SUPPORTED"
    UNSUPPORTED = "UNSUPPORTED"
    CONTRADICTED = "CONTRADICTED"
    TOO_FEW_ANSWERS = "TOO_FEW_ANSWERS"


class Side(NamedTuple):
    """Students with or without the prerequisite, and those of them who show the concept."""

    students: int
    showing: int

    @property
    def share(self) -> float:
        """The share of students who show the concept, 0..1."""
        return self.showing / self.students


class Link(NamedTuple):
    """A prerequisite and a concept, by their places in the graph."""

    prerequisite: int
    concept: int


class LinkEvidence(NamedTuple):
    """The evidence for a link. Figures are None where there are too few students to show them.

    Attributes:
        link: the prerequisite and the concept.
        verdict: what the answers say.
        having: students who show the prerequisite.
        lacking: students who do not.
        odds_ratio: corrected for ability; with its 95 % interval `low` to `high`.
    """

    link: Link
    verdict: Verdict
    having: Side | None = None
    lacking: Side | None = None
    odds_ratio: float | None = None
    low: float | None = None
    high: float | None = None


def judge(links: Sequence[Link], tables: PairTables, baseline: Baseline, strength: Strength) -> list[LinkEvidence]:
    """The evidence for each link, in the order of the links.

    SUPPORTED: the odds ratio is above the baseline. UNSUPPORTED: it is below `CLEAR` times the baseline; CONTRADICTED:
    even below `SMALL` times. TOO_FEW_ANSWERS: the answers decide neither. Each of the three tests controls the false
    discovery rate over all links, after Benjamini and Hochberg.
    """
    rows, columns = (np.array([link[end] for link in links], np.int64) for end in (0, 1))
    tests = {
        Verdict.SUPPORTED: strength.chance_above(0.0),
        Verdict.CONTRADICTED: strength.chance_below(log(SMALL)),
        Verdict.UNSUPPORTED: strength.chance_below(log(CLEAR)),
    }
    passed = {verdict: reject(chances[rows, columns], RATE) for verdict, chances in tests.items()}
    verdicts = (
        next((verdict for verdict in tests if passed[verdict][place]), Verdict.TOO_FEW_ANSWERS)
        for place in range(len(links))
    )
    return [describe(*each, tables, baseline, strength) for each in zip(links, verdicts, strict=True)]


def describe(link: Link, verdict: Verdict, tables: PairTables, baseline: Baseline, strength: Strength) -> LinkEvidence:
    """The evidence with its figures, which are left out where too few students answered."""
    if not strength.is_measured[link]:
        return LinkEvidence(link, verdict)
    (lacking, having) = (Side(int(row.sum()), int(row[1])) for row in tables.counts[link])
    centre, error = float(strength.effect[link]) + baseline.log_odds_ratio, Z * float(strength.error[link])
    return LinkEvidence(link, verdict, having, lacking, exp(centre), exp(centre - error), exp(centre + error))
