"""Do 90 % intervals of P(correct) hold for students who differ as real students do?

    python -m benchmarks.coverage [--data FOLDER] [--sets NAME …] [--students 400] [--seed 1] [--estimate]

The parameters are fitted to the students of four folds. All figures are of students of the fifth.

**How real students vary.** A student has an ability, which shifts prior, guess and slip on all targets, and a speed,
which shifts learn. Learn, guess and slip also vary from target to target. All are normal in the logits. The standard
deviations, and shifts of the means, are those under which the answers of held-out students are most likely.
`--estimate` goes on from VARIATIONS to the end, which takes a minute of CPU for 100 students. The likelihood holds
wherever students stop, as it does for any rule of stopping that depends on their answers only.

**Simulated.** Students draw ability and speed from that distribution and answer as often as the real ones.
Their P(correct) after n answers is known. Printed: how often the interval holds it.

**Real, by resampling.** The P(correct) of a real student after n answers has a distribution given *all* answers of that
student: earlier and later ones, on this target and all others. The interval sees only the n answers.
Printed: the share of that distribution in the interval. So the chance in the later answers is taken out.

**Real, directly.** The number of correct ones among the next three answers, against the central 90 % of what the
interval's sample of parameters predicts, with the chance of the answers included (a value at the edge counts in part).
On assistments09 students stop after three correct answers in a row. There only histories that end with an incorrect
answer count, because they all go on.
"""

import argparse
import time
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.polynomial.hermite_e import hermegauss
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import betaincinv, expit, logit, ndtri

from benchmarks.models import read
from graph_api.domain.learners.own_parameters import Vector, own_parameters
from graph_api.domain.learners.sobol_points import sobol_points
from graph_api.domain.learners.uncertainty import level_intervals
from graph_api.domain.parameters.fitting.fit import FitOptions, fit
from graph_api.domain.parameters.knowledge_tracing import HIGHEST_LEVEL, LOWEST_LEVEL, Parameters

CUTS = (1, 2, 3, 5, 10, 20)
MOST_ANSWERS = 40
NEXT = 3
ABILITIES, SPEEDS, OWN = 9, 5, 16
STOPS_WHEN_MASTERED = {"assistments09"}
FOLDS = 5


class Variation(NamedTuple):
    """How students vary, in logits: standard deviations, and how far the middle is from the set's parameters."""

    prior: float
    guess: float
    slip: float
    learn: float
    own_learn: float
    own_guess: float
    own_slip: float
    prior_shift: float = 0.0
    learn_shift: float = 0.0
    guess_shift: float = 0.0
    slip_shift: float = 0.0


VARIATIONS = {
    "assistments09": Variation(1.09, 0.54, 0.32, 1.44, 0.61, 0.56, 0.25, -0.63, 0.87, 0.11, 0.08),
    "glops": Variation(2.15, 0.78, 0.64, 0.49, 0.39, 0.25, 0.26, 0.32, -0.22, 0.62, 0.45),
}
"""By maximum likelihood on 250 and 900 students. The searches were stopped when they gained little."""


Array = NDArray[Any]


class Answers(NamedTuple):
    """Histories of held-out students, the longest first.

    Attributes:
        student: shape (histories,), from 0.
        correct: shape (histories, longest).
        length: shape (histories,).
        parameters: of each history, from fits to other students.
    """

    student: Array
    correct: Array
    length: Array
    parameters: list[Parameters]

    @property
    def center(self) -> Vector:
        """Shape (histories, 4)."""
        return np.array([[each.prior, each.learn, each.guess, each.slip] for each in self.parameters])


def load(folder: Path, name: str, students: int, seed: int = 1) -> Answers:
    """The histories of some students, each with the parameters of fits to four other folds."""
    histories = read(folder, name)[0].histories
    rng = np.random.default_rng(seed)
    number = int(histories.student.max()) + 1
    fold = rng.integers(0, FOLDS, number)
    chosen = np.isin(histories.student, rng.permutation(np.unique(histories.student))[:students])
    rows = []
    for held_out in range(FOLDS):
        fitted = fit(histories.choose(fold[histories.student] != held_out), FitOptions()).by_target()
        for place in np.flatnonzero(chosen & (fold[histories.student] == held_out)):
            given = histories.correct[histories.starts[place] : histories.starts[place + 1]][:MOST_ANSWERS]
            rows.append((int(histories.student[place]), given, fitted[histories.target[place]]))
    rows.sort(key=lambda row: -len(row[1]))
    length = np.array([len(row[1]) for row in rows])
    correct = np.zeros((len(rows), length[0]), np.bool_)
    for n, row in enumerate(rows):
        correct[n, : length[n]] = row[1]
    return Answers(
        np.unique([row[0] for row in rows], return_inverse=True)[1], correct, length, [row[2] for row in rows]
    )


def filtered(answers: Answers, points: Vector, cuts: Sequence[int] = ()) -> tuple[Vector, dict[int, Vector]]:
    """The log-likelihood of each history at each point, and P(next is correct) after each cut.

    Args:
        answers: of n histories.
        points: shape (4, n, points): prior, learn, guess, slip.
        cuts: numbers of answers.
    """
    prior, learn, guess, slip = points
    level, likelihood, after = np.clip(prior, LOWEST_LEVEL, HIGHEST_LEVEL), np.zeros_like(prior), {}
    for place in range(answers.correct.shape[1]):
        on = slice(int((answers.length > place).sum()))
        right = answers.correct[on, place, None]
        known = level[on] * np.where(right, 1 - slip[on], slip[on])
        evidence = known + (1 - level[on]) * np.where(right, guess[on], 1 - guess[on])
        likelihood[on] += np.log(evidence)
        posterior = known / evidence
        level[on] = np.clip(posterior + (1 - posterior) * learn[on], LOWEST_LEVEL, HIGHEST_LEVEL)
        if place + 1 in cuts:
            after[place + 1] = (guess + level * (1 - slip - guess))[on]
    return likelihood, after


def points_of(center: Vector, how: Variation, ability: Vector, speed: Vector, own: Vector) -> Vector:
    """Parameters of students, shape (4, histories, points), from standard normal variables."""
    prior, learn, guess, slip = logit(center.T)[:, :, None]
    points = expit(
        np.stack(
            np.broadcast_arrays(
                prior + how.prior_shift + how.prior * ability + 0 * own[0],
                learn + how.learn_shift + how.learn * speed + how.own_learn * own[0],
                guess + how.guess_shift + how.guess * ability + how.own_guess * own[1],
                slip + how.slip_shift - how.slip * ability + how.own_slip * own[2],
            )
        )
    )
    return np.where(points[2] + points[3] >= 1, center.T[:, :, None], points)


def _grid() -> tuple[list[tuple[float, float, float]], Vector]:
    abilities, speeds = hermegauss(ABILITIES), hermegauss(SPEEDS)
    grid = [
        (float(a), float(s), float(np.log(p * q / (abilities[1].sum() * speeds[1].sum()))))
        for a, p in zip(*abilities, strict=True)
        for s, q in zip(*speeds, strict=True)
    ]
    even = sobol_points()[:OWN, 1:4]
    return grid, ndtri(even + 0.5 / 256).T


def student_likelihoods(answers: Answers, how: Variation) -> Vector:
    """Log-likelihood of all answers of each student at each ability and speed, with their prior.

    Shape (grid, students).
    """
    grid, own = _grid()
    rows = []
    for ability, speed, prior in grid:
        points = points_of(answers.center, how, np.array([[ability]]), np.array([[speed]]), own[:, None, :])
        likelihood, _ = filtered(answers, points)
        most = likelihood.max(axis=1)
        rows.append(
            prior + np.bincount(answers.student, most + np.log(np.exp(likelihood - most[:, None]).mean(axis=1)))
        )
    return np.array(rows)


def log_likelihood(answers: Answers, how: Variation) -> float:
    """Of all answers."""
    return float(np.logaddexp.reduce(student_likelihoods(answers, how), axis=0).sum())


def estimate(answers: Answers, start: Variation) -> Variation:
    """The variation under which the answers are most likely, climbed to from another; prints what that gained.

    The climb ends where a step gains less than 2e-5 of the log-likelihood, a fraction of a nat.
    """

    def loss(place: Vector) -> float:
        return -log_likelihood(answers, Variation(*np.exp(place[:7]), *place[7:]))

    begin = np.concatenate([np.log(start[:7]), start[7:]])
    before, began = loss(begin), time.process_time()
    end = minimize(loss, begin, method="L-BFGS-B", options={"eps": 0.02, "ftol": 2e-5, "maxfun": 2_000})
    place = end.x.tolist()
    print(
        f"log-likelihood {-before:.1f} -> {-end.fun:.1f}, {end.nit} steps, {end.nfev} evaluations, "
        f"CPU {time.process_time() - began:.0f} s: {end.message}",
        flush=True,
    )
    return Variation(*np.exp(place[:7]).tolist(), *place[7:])


def simulate(answers: Answers, how: Variation, seed: int = 2) -> tuple[Answers, dict[int, Vector]]:
    """Answers of students who vary so, as many as the real ones gave, and their P(correct) after each cut."""
    rng = np.random.default_rng(seed)
    students, histories = int(answers.student.max()) + 1, len(answers.length)
    ability, speed = rng.standard_normal((2, students))[:, answers.student, None]
    points = points_of(answers.center, how, ability, speed, rng.standard_normal((3, histories, 1)))
    prior, learn, guess, slip = points[:, :, 0]
    known, correct = rng.random(histories) < prior, np.zeros_like(answers.correct)
    for place in range(correct.shape[1]):
        correct[:, place] = rng.random(histories) < np.where(known, 1 - slip, guess)
        known |= rng.random(histories) < learn
    simulated = answers._replace(correct=correct)
    return simulated, filtered(simulated, points, CUTS)[1]


Sample = Callable[[Parameters], Vector]


@lru_cache(maxsize=2_000)
def worth_ten(parameters: Parameters) -> Vector:
    """The rule before: each parameter like a Beta variable worth ten answers, by itself."""
    center = np.array([parameters.prior, parameters.learn, parameters.guess, parameters.slip])
    drawn = np.clip(betaincinv(10 * center, 10 * (1 - center), sobol_points() + 0.5 / 256).T, 1e-12, 1 - 1e-12)
    drawn[:, drawn[2] + drawn[3] >= 1] = center[:, None]
    drawn[:, 0] = center
    return np.vstack([drawn, np.full(drawn.shape[1], parameters.forget)])


RULES: dict[str, Sample] = {"before": worth_ten, "now": own_parameters}


def intervals(answers: Answers, cut: int, sample: Sample) -> tuple[Vector, Vector]:
    """Both ends of the interval of P(correct) after the first answers, for histories with at least as many."""
    on = int((answers.length >= cut).sum())
    given = zip(answers.parameters[:on], answers.correct[:on, :cut].tolist(), strict=True)
    ends = np.array([each.p_correct for each in level_intervals(list(given), sample=sample)])
    return ends[:, 0], ends[:, 1]


def mean_width(answers: Answers, sample: Sample) -> float:
    """Of all intervals."""
    ends = [intervals(answers, cut, sample) for cut in CUTS if (answers.length >= cut).any()]
    return float(np.mean(np.concatenate([high - low for low, high in ends])))


def simulated_coverage(answers: Answers, truth: dict[int, Vector], sample: Sample) -> dict[int, Array]:
    """Whether each interval holds the P(correct) that is known, by number of answers."""
    inside = {}
    for cut, of_cut in truth.items():
        low, high = intervals(answers, cut, sample)
        inside[cut] = (low <= of_cut[:, 0]) & (of_cut[:, 0] <= high)
    return inside


def resampled_coverage(answers: Answers, how: Variation, samples: Sequence[Sample]) -> list[dict[int, Vector]]:
    """The share of P(correct), given all answers of the student, in each interval, by number of answers."""
    grid, own = _grid()
    of_students = student_likelihoods(answers, how)
    share = np.exp(of_students - np.logaddexp.reduce(of_students, axis=0))
    cuts = [cut for cut in CUTS if (answers.length >= cut).any()]
    ends = [{cut: intervals(answers, cut, sample) for cut in cuts} for sample in samples]
    inside = [{cut: np.zeros(len(of[cut][0])) for cut in cuts} for of in ends]
    for place, (ability, speed, _) in enumerate(grid):
        points = points_of(answers.center, how, np.array([[ability]]), np.array([[speed]]), own[:, None, :])
        likelihood, after = filtered(answers, points, cuts)
        weight = np.exp(likelihood - likelihood.max(axis=1, keepdims=True))
        weight *= (share[place, answers.student] / weight.sum(axis=1))[:, None]
        for of_rule, held in zip(ends, inside, strict=True):
            for cut, (low, high) in of_rule.items():
                holds = (low[:, None] <= after[cut]) & (after[cut] <= high[:, None])
                held[cut] += (holds * weight[: len(low)]).sum(axis=1)
    return inside


def direct_coverage(answers: Answers, sample: Sample, *, after_incorrect: bool) -> dict[int, Vector]:
    """How far the number of correct next answers lies in the central 90 % of those predicted, by number of answers."""
    inside = {}
    for cut in CUTS:
        chosen = np.flatnonzero(answers.length >= cut + NEXT)
        if after_incorrect:
            chosen = chosen[~answers.correct[chosen, cut - 1]]
        if len(chosen) < 100:  # noqa: PLR2004
            continue
        points = np.stack([sample(answers.parameters[place])[:4] for place in chosen], axis=1)
        some = Answers(answers.student, answers.correct[chosen, :cut], np.full(len(chosen), cut), [])
        likelihood, after = filtered(some, points, [cut])
        _, learn, guess, slip = points
        known = (after[cut] - guess) / (1 - slip - guess)
        weight = np.exp(likelihood - likelihood.max(axis=1, keepdims=True))
        counts = [(known * weight, (1 - known) * weight)]
        for _ in range(NEXT):
            grown = []
            for right in range(len(counts) + 1):
                in_known, in_unknown = np.zeros_like(known), np.zeros_like(known)
                if right < len(counts):
                    in_known, in_unknown = counts[right][0] * slip, counts[right][1] * (1 - guess)
                if right:
                    in_known = in_known + counts[right - 1][0] * (1 - slip)
                    in_unknown = in_unknown + counts[right - 1][1] * guess
                grown.append((in_known + in_unknown * learn, in_unknown * (1 - learn)))
            counts = grown
        mass = np.array([(a + b).sum(axis=1) for a, b in counts]).T
        mass /= mass.sum(axis=1, keepdims=True)
        right = answers.correct[chosen, cut : cut + NEXT].sum(axis=1)
        upper = np.cumsum(mass, axis=1)[np.arange(len(chosen)), right]
        at = mass[np.arange(len(chosen)), right]
        overlap = np.minimum(upper, 0.95) - np.maximum(upper - at, 0.05)
        inside[cut] = np.clip(overlap / at, 0, 1)
    return inside


def show(label: str, inside: Mapping[int, Array]) -> None:
    """A line of coverages."""
    everything = np.concatenate(list(inside.values()))
    cells = " | ".join(f"{inside[cut].mean():.3f}" if cut in inside else "" for cut in CUTS)
    print(f"| {label} | {cells} | {everything.mean():.3f} | {len(everything):,} |", flush=True)


def show_time() -> None:
    """The processor time of the intervals of a class of 30 students and 12 targets."""
    rng = np.random.default_rng(0)
    sets = [Parameters(0.2 + 0.04 * n, 0.05 + 0.01 * n, 0.2, 0.1) for n in range(12)]
    pairs = [(used, (rng.random(rng.integers(5, 40)) < 0.7).tolist()) for used in sets for _ in range(30)]  # noqa: PLR2004
    level_intervals(pairs)
    times = []
    for _ in range(9):
        start = time.process_time()
        level_intervals(pairs)
        times.append(time.process_time() - start)
    print(
        f"\n{len(pairs)} intervals of 5 to 39 answers: {np.median(times) * 1000:.0f} ms of processor time (median of 9)"
    )


def main() -> None:
    """Print all figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/responses"))
    parser.add_argument("--sets", nargs="+", default=list(VARIATIONS))
    parser.add_argument("--students", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1, help="which students")
    parser.add_argument("--estimate", action="store_true")
    options = parser.parse_args()
    for name in options.sets:
        answers, how = load(options.data, name, options.students, options.seed), VARIATIONS[name]
        if options.estimate:
            how = estimate(answers, how)
            print(name, Variation(*(round(each, 2) for each in how)))
        print(f"\n{name}: {answers.student.max() + 1:,} students, {answers.length.sum():,} answers\n")
        print("| | " + " | ".join(f"after {cut}" for cut in CUTS) + " | all | intervals |")
        print("|---" * (len(CUTS) + 3) + "|")
        widths = {label: mean_width(answers, sample) for label, sample in RULES.items()}
        simulated, truth = simulate(answers, how)
        for label, sample in RULES.items():
            show(f"{label}, simulated", simulated_coverage(simulated, truth, sample))
        for label, inside in zip(RULES, resampled_coverage(answers, how, list(RULES.values())), strict=True):
            show(f"{label}, real, by resampling", inside)
        for label, sample in RULES.items():
            after_incorrect = name in STOPS_WHEN_MASTERED
            show(f"{label}, real, directly", direct_coverage(answers, sample, after_incorrect=after_incorrect))
        print("\nMean width:", ", ".join(f"{label} {width:.3f}" for label, width in widths.items()))
    show_time()


if __name__ == "__main__":
    main()
