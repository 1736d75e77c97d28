"""Questions of a placement until it is certain, against a random order; and the time of a question.

    python benchmarks/placement.py [--students 100] [--only dbms]

Courses are the seeds and random prerequisite graphs of 20 to 200 concepts. Students are simulated in two ways. PLACES:
a student knows the beginning of a random order of the course, of any length with equal chance. ABILITY: a student knows
a concept if ability, from a normal distribution, beats its difficulty and its prerequisites are known. Neither is the
prior of the placement. Students guess and slip.

Printed for each course: the mean number of questions to a certainty of 0.9, and the share of concepts that are then
classified correctly, for

- chosen: the question with the most expected information;
- random: every concept once in random order, then again, with the same posterior and the same end;
- apart: the same order, with each concept judged by its own answers only;
- equal: chosen by information, with a prior that gives all knowledge states equal weight.
"""

import argparse
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from graph_api.domain.course.course_graph import CourseGraph
from graph_api.domain.learners.placement.marginals import sum_states
from graph_api.domain.learners.placement.posterior import posterior
from graph_api.domain.learners.placement.questions import (
    DEFAULT_RULE,
    EVEN,
    Noise,
    Response,
    expected_information,
    find,
)
from graph_api.domain.learners.placement.structure import Structure

SEEDS = Path(__file__).parents[1] / "seeds"
SIZES = (20, 50, 100, 200)
LINKS, WINDOW = 1.5, 20
"""Random courses: the mean number of prerequisites of a concept, among the concepts that many places before it."""
NOISE = ((0.25, 0.1), (0.1, 0.05))
MOST_ANSWERS = (3, 1)
CERTAINTY = 0.9
LARGE = 4_000
"""Students times concepts: large courses have fewer students."""
SEED = 20
TIMED = ((36, 1.3), (100, 1.5), (200, 1.5), (500, 1.2), (500, 1.5), (500, 2.0), (500, 3.0))
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Posterior = Callable[[Structure, Floats], Floats]


class Outcome(NamedTuple):
    """Means over students: questions, and the share of concepts classified correctly."""

    questions: float
    correct: float

    def __str__(self) -> str:
        """Both, as in a cell of the table."""
        return f"{self.questions:.1f} ({self.correct:.2f})"


def seed_courses() -> Iterator[tuple[str, Structure]]:
    """The courses that come with the service."""
    for path in sorted(SEEDS.glob("*.json")):
        concepts = json.loads(path.read_text(encoding="utf-8"))["concepts"]
        graph = CourseGraph.of(
            [each["id"] for each in concepts], {each["id"]: each["prerequisites"] for each in concepts}
        )
        yield path.stem, Structure.of(graph, graph.ids)


def random_course(size: int, links: float, rng: np.random.Generator) -> Structure:
    """A random prerequisite graph."""
    ids = [f"{place:03}" for place in range(size)]
    before = {
        ids[place]: [ids[n] for n in rng.integers(max(0, place - WINDOW), place, size=rng.poisson(links))]
        for place in range(1, size)
    }
    graph = CourseGraph.of(ids, before)
    return Structure.of(graph, ids)


def places(structure: Structure, rng: np.random.Generator) -> Bools:
    """The beginning of a random order of the course, of any length with equal chance."""
    known, missing = np.zeros(len(structure.ids), np.bool_), [len(before) for before in structure.before]
    after = CourseGraph(structure.ids, structure.before).after
    ready = [place for place, count in enumerate(missing) if not count]
    for _ in range(int(rng.integers(0, len(structure.ids) + 1))):
        place = ready.pop(int(rng.integers(len(ready))))
        known[place] = True
        for later in after[place]:
            missing[later] -= 1
            if not missing[later]:
                ready.append(later)
    return known


def ability(structure: Structure, rng: np.random.Generator) -> Bools:
    """Concepts whose difficulty is below the ability, as far as their prerequisites are known."""
    size = len(structure.ids)
    chance = 1 / (1 + np.exp(-(rng.normal(1, 1.5) + rng.normal(0, 1, size))))
    known = rng.random(size) < chance
    for place in CourseGraph(structure.ids, structure.before).order:
        known[place] &= all(known[needed] for needed in structure.before[place])
    return known


def equal_states(structure: Structure, log_odds: Floats) -> Floats:
    """The posterior under a prior that gives all knowledge states equal weight."""
    elimination = structure.elimination
    if elimination is None:
        raise ValueError("the links of the course are too dense for exact sums")
    return sum_states(elimination, log_odds).known


def apart(_structure: Structure, log_odds: Floats) -> Floats:
    """Each concept by its own answers, with even odds before."""
    return np.asarray(1 / (1 + np.exp(-log_odds)))


def simulate(  # noqa: PLR0913 - the course, the students, and how they are placed
    structure: Structure,
    truth: Bools,
    noise: tuple[float, float],
    most: int,
    rng: np.random.Generator,
    *,
    is_random: bool = False,
    estimate: Posterior = posterior,
) -> Outcome:
    """Place all students side by side."""
    guess, slip = noise
    of_concepts = Noise(np.full(truth.shape[1], guess), np.full(truth.shape[1], slip))
    log_odds, answers = np.zeros(truth.shape), np.zeros(truth.shape, np.int64)
    questions, correct = np.zeros(len(truth)), np.zeros(len(truth))
    placed = np.arange(len(truth))
    while len(placed):
        known = estimate(structure, log_odds[placed])
        is_over = np.maximum(known, 1 - known).mean(axis=1) >= CERTAINTY
        is_over |= (answers[placed] >= most).all(axis=1)
        over = placed[is_over]
        questions[over] = answers[over].sum(axis=1)
        correct[over] = ((known[is_over] >= EVEN) == truth[over]).mean(axis=1)
        placed, known = placed[~is_over], known[~is_over]
        by_chance = rng.random(known.shape) - answers[placed]  # the fewest answers first
        worth = by_chance if is_random else expected_information(known, of_concepts).round(9)
        place = np.where(answers[placed] < most, worth, -np.inf).argmax(axis=1)
        is_right = rng.random(len(placed)) < np.where(truth[placed, place], 1 - slip, guess)
        log_odds[placed, place] += np.where(is_right, np.log((1 - slip) / guess), np.log(slip / (1 - guess)))
        answers[placed, place] += 1
    return Outcome(float(questions.mean()), float(correct.mean()))


def print_questions(students: int, only: str) -> None:
    """The table of questions."""
    rng = np.random.default_rng(SEED)
    courses = [*seed_courses(), *((f"graph {size}", random_course(size, LINKS, rng)) for size in SIZES)]
    print("| course | students | guess, slip | most answers | chosen | random | ratio | apart | ratio | equal |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    rows = met = met_apart = 0
    for name, structure in courses:
        for how in (places, ability):
            truth = np.array([how(structure, rng) for _ in range(min(students, LARGE // len(structure.ids)))])
            for noise in NOISE:
                for most in MOST_ANSWERS:
                    if only not in name:
                        continue
                    chosen = simulate(structure, truth, noise, most, rng)
                    by_chance = simulate(structure, truth, noise, most, rng, is_random=True)
                    alone = simulate(structure, truth, noise, most, rng, is_random=True, estimate=apart)
                    equal = simulate(structure, truth, noise, most, rng, estimate=equal_states)
                    ratio, ratio_apart = chosen.questions / by_chance.questions, chosen.questions / alone.questions
                    rows, met, met_apart = rows + 1, met + (ratio <= EVEN), met_apart + (ratio_apart <= EVEN)
                    print(
                        f"| {name} | {how.__name__} | {noise[0]}, {noise[1]} | {most} | {chosen} | {by_chance} | "
                        f"{ratio:.2f} | {alone} | {ratio_apart:.2f} | {equal} |",
                        flush=True,
                    )
    print(f"\nAt most half of the questions: of random in {met} of {rows} rows, of apart in {met_apart}.")


def print_times() -> None:
    """The CPU time of one question, from the answers to the next concept, and of the first question of a course."""
    print("\n| concepts | links | exact | first question, CPU ms | next question, CPU ms |\n|---|---|---|---|---|")
    for size, links in TIMED:
        rng = np.random.default_rng(SEED)
        structure = random_course(size, links, rng)
        noise = Noise(np.full(size, 0.25), np.full(size, 0.1))
        responses = [Response(f"a{n}", int(rng.integers(size)), bool(rng.random() < EVEN)) for n in range(20)]
        spent = []
        for _ in range(11):
            started = time.process_time()
            find(structure, responses, noise, DEFAULT_RULE)
            spent.append((time.process_time() - started) * 1e3)
        print(
            f"| {size} | {len(structure.links)} | {'yes' if structure.is_exact else 'no'} | {spent[0]:.0f} | "
            f"{np.median(spent[1:]):.1f} |",
            flush=True,
        )


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--students", type=int, default=100, help="simulated students of each course")
    parser.add_argument("--only", default="", help="only courses with this in their name")
    given = parser.parse_args()
    print_questions(given.students, given.only)
    print_times()


if __name__ == "__main__":
    main()
