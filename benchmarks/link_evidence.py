"""Planted false and missing links in simulated classes: what the evidence finds, and how long it takes.

    python benchmarks/link_evidence.py [--seeds 30] [--data FOLDER]

Each class has 30 concepts with prerequisites, and students of different ability who guess, slip, skip a fifth of the
concepts, and learn little without the prerequisites. The author's graph is the true one without a part of its links
(missing) and with others that are not true (false). Printed: precision and recall of both by size of class, the
time and memory for 10,000 students and 100 concepts, and with `--data` (the folder with `responses/`) real data.
"""

import argparse
import csv
import gzip
import time
import tracemalloc
from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np

from graph_api.domain.course.course_graph import CourseGraph
from graph_api.domain.course.links.baseline import measure
from graph_api.domain.course.links.first_answers import FIRST, UNANSWERED, FirstAnswers, shows
from graph_api.domain.course.links.odds_ratios import tabulate
from graph_api.domain.course.links.suggestions import LinkAnalysis, SuggestionKind, analyse
from graph_api.domain.course.links.verdicts import Link, LinkEvidence, Verdict, describe

CONCEPTS = 30
SIZES = (100, 300, 1_000, 3_000)
FALSE_SHARE, MISSING_SHARE = 0.2, 0.15
"""False links per true link, and the share of true links that the author forgot."""
ROOTS, SECOND = 0.12, 0.3
"""The chance that a concept needs nothing, and that it needs two concepts."""
GUESS, SLIP = (0.1, 0.3), (0.05, 0.15)
LEAK = 0.05
"""How much of the usual chance to know or learn a concept is left without its prerequisites."""
LEARN = 0.1
SKIPPED = 0.2
MOST_ANSWERS = 8
WANDER = 2.0
"""Standard deviation of the places by which students leave the order of the course."""
FIRST_SEED = 1_000
"""The bounds of the rules were chosen on other classes, with the seeds 0 to 29."""

Links = set[tuple[int, int]]


class PlantedClass(NamedTuple):
    """What the author believes, which of it is false, what is missing, and the answers of a class."""

    graph: CourseGraph
    false: Links
    missing: Links
    answers: FirstAnswers


def plant(seed: int, students: int, concepts: int = CONCEPTS) -> PlantedClass:
    """A class with false and missing links; the same seed gives the same class."""
    rng = np.random.default_rng(seed)
    before, ancestors = draw_prerequisites(rng, concepts)
    true = [(needed, place) for place, of_one in enumerate(before) for needed in of_one]
    missing = {link for link in true if rng.random() < MISSING_SHARE}
    false: Links = set()
    while len(false) < round(len(true) * FALSE_SHARE):
        one, other = sorted(rng.choice(concepts, 2, replace=False).tolist())
        if one not in ancestors[other]:
            false.add((one, other))
    given = defaultdict(list)
    for one, other in (set(true) - missing) | false:
        given[name(other)].append(name(one))
    graph = CourseGraph.of(map(name, range(concepts)), given)
    return PlantedClass(graph, false, missing, answer(rng, students, before))


def name(place: int) -> str:
    """The id of a concept; ids are in the order of places."""
    return f"c{place:03}"


def draw_prerequisites(rng: np.random.Generator, concepts: int) -> tuple[list[list[int]], list[set[int]]]:
    """Direct prerequisites without redundant links, and all ancestors."""
    before: list[list[int]] = [[] for _ in range(concepts)]
    ancestors: list[set[int]] = [set() for _ in range(concepts)]
    for place in range(1, concepts):
        if rng.random() < ROOTS:
            continue
        number = 1 + (rng.random() < SECOND)
        drawn = {max(0, place - 1 - int(rng.integers(0, 6))) for _ in range(number)}
        before[place] = sorted(one for one in drawn if not any(one in ancestors[other] for other in drawn - {one}))
        for one in before[place]:
            ancestors[place] |= {one} | ancestors[one]
    return before, ancestors


def answer(rng: np.random.Generator, students: int, before: list[list[int]]) -> FirstAnswers:
    """The first answers of students of different ability, who work through the concepts roughly in order."""
    size = len(before)
    ability = rng.normal(0, 1, students)
    known = np.zeros((students, size), np.bool_)
    shown = np.full((students, size), UNANSWERED, np.int8)
    for place, needed in enumerate(before):
        difficulty = rng.normal(-1.0 if needed else -0.5, 0.6)
        chance = 1 / (1 + np.exp(difficulty - ability))
        is_ready = known[:, needed].all(axis=1)
        knows = rng.random(students) < np.where(is_ready, chance, LEAK * chance)
        guess, slip = rng.uniform(*GUESS), rng.uniform(*SLIP)
        number = rng.integers(1, MOST_ANSWERS + 1, students) * (rng.random(students) >= SKIPPED)
        first, correct = np.minimum(number, FIRST), np.zeros(students, np.int64)
        for turn in range(MOST_ANSWERS):
            is_correct = rng.random(students) < np.where(knows, 1 - slip, guess)
            correct += is_correct & (turn < first)
            knows |= (rng.random(students) < LEARN * np.where(is_ready, 1, LEAK)) & (turn < number)
        known[:, place] = knows
        shown[:, place] = np.where(first == 0, UNANSWERED, 2 * correct > first)
    begun = np.where(shown == UNANSWERED, np.nan, np.arange(size) + rng.normal(0, WANDER, (students, size)))
    return FirstAnswers(shown, begun)


class Counts(NamedTuple):
    """Flagged links, those of them that were planted, and all planted ones."""

    flagged: int = 0
    hits: int = 0
    planted: int = 0

    def add(self, flagged: Links, planted: Links) -> "Counts":
        """With one more class."""
        return Counts(self.flagged + len(flagged), self.hits + len(flagged & planted), self.planted + len(planted))

    def __str__(self) -> str:
        precision = f"{self.hits / self.flagged:.2f}" if self.flagged else "-"
        return f"{precision} of {self.flagged} | {self.hits / max(self.planted, 1):.2f} of {self.planted}"


def flagged(analysis: LinkAnalysis, *kinds: SuggestionKind) -> Links:
    """The links of some kinds of suggestions."""
    return {
        (each.evidence.link.prerequisite, each.evidence.link.concept)
        for each in analysis.suggestions
        if each.kind in kinds
    }


def find(seeds: int, students: int) -> tuple[Counts, Counts, float]:
    """False links, missing links, and the share of true links that are supported."""
    false, missing, supported, true = Counts(), Counts(), 0, 0
    for seed in range(FIRST_SEED, FIRST_SEED + seeds):
        planted = plant(seed, students)
        analysis = analyse(planted.graph, planted.answers)
        bad = SuggestionKind.CONTRADICTED_LINK, SuggestionKind.UNSUPPORTED_LINK
        false = false.add(flagged(analysis, *bad), planted.false)
        missing = missing.add(flagged(analysis, SuggestionKind.MISSING_LINK), planted.missing)
        of_true = [each.verdict for each in analysis.evidence if tuple(each.link) not in planted.false]
        supported, true = supported + of_true.count(Verdict.SUPPORTED), true + len(of_true)
    return false, missing, supported / true


def measure_cost() -> None:
    """The time and memory of a large course."""
    planted = plant(0, 10_000, 100)
    begun, cpu = time.perf_counter(), time.process_time()
    analyse(planted.graph, planted.answers)
    seconds, cpu = time.perf_counter() - begun, time.process_time() - cpu
    tracemalloc.start()
    analyse(planted.graph, planted.answers)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    print(
        f"\n10,000 students, 100 concepts: {seconds:.1f} s ({cpu:.1f} s of a core), at most "
        f"{peak / 1e6:.0f} MB besides the answers"
    )


def read(path: Path) -> tuple[list[str], FirstAnswers]:
    """Skills and first answers of a file of answers in order within each student, which has no times."""
    outcomes: dict[tuple[str, str], list[bool]] = defaultdict(list)
    places: dict[tuple[str, str], int] = {}
    with gzip.open(path, "rt", newline="") as lines:
        for number, row in enumerate(csv.DictReader(lines)):
            pair = row["user_id"], row["skill_name"]
            outcomes[pair].append(row["correct"] in {"1", "1.0"})
            places.setdefault(pair, number)
    students, skills = (sorted({pair[end] for pair in outcomes}) for end in (0, 1))
    of_student, of_skill = ({key: place for place, key in enumerate(keys)} for keys in (students, skills))
    shown = np.full((len(students), len(skills)), UNANSWERED, np.int8)
    begun = np.full(shown.shape, np.nan)
    for (student, skill), of_one in outcomes.items():
        cell = of_student[student], of_skill[skill]
        shown[cell], begun[cell] = shows(of_one), places[student, skill]
    return skills, FirstAnswers(shown, begun)


def print_pairs(path: Path, most: int = 5) -> None:
    """The strongest pairs of real data without links, and how many of them are candidates."""
    skills, answers = read(path)
    graph = CourseGraph.of(skills, {})
    tables = tabulate(answers)
    baseline, strength = measure(tables, graph)
    chances = np.triu(np.maximum(strength.chance_above(0.0), strength.chance_above(0.0).T), 1)
    chances[np.tril_indices(len(skills))] = np.nan
    tested = int((~np.isnan(chances)).sum())
    candidates = len(analyse(graph, answers).suggestions)
    print(f"\n{path.name}: {len(answers.shown)} students, {len(skills)} skills, {tested} pairs with enough answers")
    print(f"odds ratio of pairs in general {baseline.odds_ratio:.2f}; {candidates} candidates; strongest pairs:")
    print("| first | second | p | show the second without | with | odds ratio | begin in this order |")
    print("|---|---|---|---|---|---|---|")
    for cell in np.argsort(np.where(np.isnan(chances), 2, chances), axis=None)[:most]:
        one, other = (int(each) for each in np.unravel_index(cell, chances.shape))
        if tables.begun_first[one, other] < tables.begun_first[other, one]:
            one, other = other, one
        print(
            f"| {skills[one]} | {skills[other]} | {np.nanmax((chances[one, other], chances[other, one])):.5f} "
            f"{_figures(describe(Link(one, other), Verdict.SUPPORTED, tables, baseline, strength))} "
            f"| {tables.begun_first[one, other]} of {tables.begun_first[[one, other], [other, one]].sum()} |"
        )


def print_chain(path: Path) -> None:
    """The evidence for a hypothesis about real data: each problem set of a grade needs the one before it."""
    skills, answers = read(path)
    chain = {after: [before] for before, after in pairwise(skills) if before.split(".")[0] == after.split(".")[0]}
    analysis = analyse(CourseGraph.of(skills, chain), answers)
    verdicts = [each.verdict for each in analysis.evidence]
    print(f"\n{path.name}, each problem set after the one before it: {len(verdicts)} links")
    print(", ".join(f"{verdicts.count(each)} {each.value}" for each in Verdict))
    print("| prerequisite | concept | verdict | show it without | with | odds ratio |")
    print("|---|---|---|---|---|---|")
    for each in analysis.evidence:
        if each.having is not None:
            before, after = skills[each.link.prerequisite], skills[each.link.concept]
            print(f"| {before} | {after} | {each.verdict.value} {_figures(each)} |")


def _figures(each: LinkEvidence) -> str:
    if each.lacking is None or each.having is None:
        return "| too few | too few | too few"
    return (
        f"| {each.lacking.share:.0%} of {each.lacking.students} | {each.having.share:.0%} of {each.having.students} "
        f"| {each.odds_ratio:.1f} ({each.low:.1f} to {each.high:.1f})"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=30, help="classes of each size")
    parser.add_argument("--data", type=Path, help="the folder with responses/")
    arguments = parser.parse_args()
    print("| students | false links: precision | recall | missing links: precision | recall | true links supported |")
    print("|---|---|---|---|---|---|")
    for size in SIZES:
        of_size = find(arguments.seeds, size)
        print(f"| {size} | {of_size[0]} | {of_size[1]} | {of_size[2]:.0%} |")
    measure_cost()
    if arguments.data:
        for file in ("assistments09", "glops"):
            print_pairs(arguments.data / "responses" / f"{file}.csv.gz")
        print_chain(arguments.data / "responses" / "glops.csv.gz")
