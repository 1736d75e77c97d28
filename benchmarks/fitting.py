"""Fitting beside pyBKT: same rows, same machine, same run; then time and memory up to ten million answers.

    python benchmarks/fitting.py [--peer PYTHON] [--data FOLDER] [--largest ANSWERS]

pyBKT needs libraries of 2024, so it runs in an interpreter of its own: the one given, or one that is set up under
build/. Both fit all skills from rows in memory; ours starts from 3 to 10 points, pyBKT from its 5. Both sides'
        report(f"ours, {method.value.lower().replace('_', ' ')}", seconds, fitted, without)
        if method is Method.MAXIMUM_LIKELIHOOD and rows.name in LEAST_LOG_LIKELIHOODS:
            total = float(score(histories, fitted).sum())
            are_met = check_targets(rows.name, seconds / peer["seconds"], total, below)
    return are_met
"""

import argparse
import csv
import gzip
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from graph_api.domain.parameters.fitting.fit import STARTS, FitOptions, Method, fit
from graph_api.domain.parameters.fitting.held_out import deal
from graph_api.domain.parameters.fitting.histories import Histories
from graph_api.domain.parameters.fitting.layout import Bounds, Kind, Layout, Vector
from graph_api.domain.parameters.fitting.objective import Objective
from graph_api.domain.parameters.fitting.prediction import predict
from graph_api.domain.parameters.fitting.prefix_tree import PrefixTree
from graph_api.domain.parameters.fitting.quasi_newton import climb
from graph_api.domain.parameters.prediction_metrics import measure

HERE = Path(__file__).parent
PEER = HERE.parent / "build" / "peers" / "pybkt"
OLD = ("numpy<2", "pandas<2.3", "scikit-learn<1.6", "setuptools", "wheel", "requests")
FOLDS = 5
HALF, IMPOSSIBLE = 0.5, 1e-9
LEAST_LOG_LIKELIHOODS = {"glops": -42_722.5, "assistments09": -156_868.5}
"""Targets for the sums over all skills, by file of responses; in nats."""
MOST_SHORTFALL = 0.01
"""The target for the worst fit, in nats below the best of 50 random starts."""
LARGEST_SHARE = 0.1
"""The target for our seconds as a share of those of pyBKT's `fit()`."""
METHODS = (Method.MAXIMUM_LIKELIHOOD, Method.EMPIRICAL_BAYES)


class Rows(NamedTuple):
    """Answers in order of time."""

    name: str
    student: NDArray[np.int64]
    skill: NDArray[np.int64]
    correct: NDArray[np.bool_]

    def histories(self) -> Histories:
        """The rows, gathered by skill and student."""
        return Histories.of_answers(self.student, self.skill, self.correct)


def read(path: Path) -> Rows:
    """A file of real responses."""
    with gzip.open(path, "rt") as file:
        rows = [(row["user_id"], row["skill_name"], float(row["correct"])) for row in csv.DictReader(file)]
    students, skills, correct = zip(*rows, strict=True)
    return Rows(
        path.name.split(".")[0],
        np.unique(students, return_inverse=True)[1],
        np.unique(skills, return_inverse=True)[1],
        np.array(correct, np.bool_),
    )


def simulate(answers: int, *, skills: int = 149, length: int = 7, seed: int = 1) -> Rows:
    """Students with histories of about `length` answers to skills whose parameters differ."""
    rng = np.random.default_rng(seed)
    histories = answers // length
    skill = rng.integers(0, skills, histories)
    prior, learn, guess, slip = (
        rng.uniform(low, high, skills)[skill] for low, high in ((0.1, 0.8), (0.02, 0.3), (0.1, 0.35), (0.05, 0.25))
    )
    lengths = np.maximum(1, rng.geometric(1 / length, histories))
    known = rng.random(histories) < prior
    columns = []
    for place in range(int(lengths.max())):
        going = np.flatnonzero(lengths > place)
        right = rng.random(len(going)) < np.where(known[going], 1 - slip[going], guess[going])
        columns.append((going, right))
        known[going] |= rng.random(len(going)) < learn[going]
    index = np.concatenate([going for going, _ in columns])
    return Rows(f"simulated {answers:,}", index // 13, skill[index], np.concatenate([right for _, right in columns]))


def score(histories: Histories, parameters: Vector) -> Vector:
    """The log-likelihood of each skill, by predicting every answer from those before it."""
    layout = Layout.of(histories, Bounds())
    predicted = predict(histories, layout, parameters, clamped=False)
    with np.errstate(divide="ignore"):  # an impossible answer has a log-likelihood of -inf
        of_answer = np.log(np.where(histories.correct, predicted, 1 - predicted))
    of_skill = np.bincount(histories.target[histories.sequence], of_answer, minlength=histories.targets)
    return np.asarray(of_skill, np.float64)


def as_vector(layout: Layout, parameters: dict[str, list[float]]) -> Vector:
    """PyBKT's parameters; a skill that it did not meet gets our first start."""
    first = STARTS[0]
    default = [first.prior, first.learn, first.guess, first.slip]
    columns = np.array([parameters.get(str(skill), default) for skill in range(layout.targets)])
    vector = np.empty(len(layout.owner))
    for column, kind in enumerate((Kind.PRIOR, Kind.LEARN, Kind.GUESS, Kind.SLIP)):
        vector[layout.blocks[kind]] = columns[:, column]
    return vector


def degenerate(layout: Layout, parameters: Vector) -> int:
    """Skills whose states have changed their names (guess or slip over one half), or in which an answer is impossible.

    Reference: R. S. J. d. Baker, A. T. Corbett, V. Aleven (2008), ITS 2008.
    """
    guess, slip = (parameters[layout.blocks[kind]] for kind in (Kind.GUESS, Kind.SLIP))
    swapped = (guess > HALF) | (slip > HALF)
    return int(np.count_nonzero(swapped | (np.minimum(guess, slip) < IMPOSSIBLE)))


def ours(rows: Rows, method: Method, repeats: int) -> tuple[float, Vector]:
    """Seconds from rows to parameters by the wall clock, as pyBKT is timed; best of some. And the parameters."""
    options, seconds = FitOptions(method=method), []
    for _ in range(repeats):
        start = time.perf_counter()
        fit(rows.histories(), options)
        seconds.append(time.perf_counter() - start)
    return min(seconds), fit(rows.histories(), options).parameters


def shortfall(histories: Histories, starts: int = 50, seed: int = 0) -> float:
    """How far the worst fit ends below the best of random starts, in nats."""
    fitted = fit(histories, FitOptions(method=Method.MAXIMUM_LIKELIHOOD))
    tree, layout = PrefixTree.grow(histories), fitted.layout
    rng = np.random.default_rng(seed)
    best = fitted.log_likelihood
    for _ in range(starts):
        start = layout.low + rng.random(len(layout.owner)) * (layout.high - layout.low)
        best = np.maximum(best, climb(tree, Objective(layout), start, tolerance=1e-11, passes=500).value)
    return float((best - fitted.log_likelihood).max())


def held_out(
    histories: Histories, layout: Layout, fold: NDArray[np.int64], of_fold: Iterator[Vector]
) -> tuple[float, float]:
    """AUC and RMSE on the students of each fold, under the parameters fitted without them."""
    predicted = np.empty(len(histories.correct))
    for out, parameters in enumerate(of_fold):
        held = fold == out
        predicted[np.repeat(held, histories.lengths)] = predict(
            histories.choose(held), layout, parameters, clamped=False
        )
    metrics = measure(predicted, histories.correct)
    return metrics.auc or 0.0, metrics.rmse


def check(target: str, figure: str, *, is_met: bool) -> bool:
    """Print a target beside its figure; returns whether it is met."""
    print(f"  target: {target:54}{figure:>16}  {'met' if is_met else 'MISSED'}")
    return is_met


def check_targets(name: str, share: float, log_likelihood: float, below: float) -> bool:
    """Whether maximum likelihood with the default bounds meets the targets for one file of responses."""
    least = LEAST_LOG_LIKELIHOODS[name]
    return all(
        [
            check(f"seconds / pyBKT's fit() <= {LARGEST_SHARE}", f"{share:.3f}", is_met=share <= LARGEST_SHARE),
            check(f"total log-likelihood >= {least:,.1f}", f"{log_likelihood:,.2f}", is_met=log_likelihood >= least),
            check(
                f"nats below the best of 50 random starts <= {MOST_SHORTFALL}",
                f"{below:.4f}",
                is_met=below <= MOST_SHORTFALL,
            ),
        ]
    )


def beside_pybkt(rows: Rows, python: Path, repeats: int) -> bool:
    """Print one table; returns whether its targets are met."""
    histories = rows.histories()
    layout = Layout.of(histories, Bounds())
    fold = deal(histories, FOLDS, np.random.default_rng(0))
    by_student = np.zeros(int(histories.student.max()) + 1, np.int64)
    by_student[histories.student] = fold
    columns = {"student": rows.student, "skill": rows.skill, "correct": rows.correct, "fold": by_student[rows.student]}
    peer = fit_by_pybkt(python, repeats, columns)
    print(f"\n{rows.name}: {len(rows.correct):,} answers, {len(histories.target):,} histories, {layout.targets} skills")
    head = (
        ("seconds", 9),
        ("of fit()", 10),
        ("of EM", 7),
        ("log-likelihood", 16),
        ("degenerate", 12),
        ("AUC", 9),
        ("RMSE", 9),
    )
    print(" " * 30 + "".join(f"{name:>{width}}" for name, width in head))

    def report(name: str, seconds: float, fitted: Vector, of_fold: Iterator[Vector]) -> None:
        auc, rmse = held_out(histories, layout, fold, of_fold)
        print(
            f"{name:30}{seconds:9.3f}{peer['seconds'] / seconds:9.1f}x{peer['core'] / seconds:6.1f}x"
            f"{score(histories, fitted).sum():16,.1f}{degenerate(layout, fitted):12}{auc:9.5f}{rmse:9.5f}"
        )

    of_folds = (as_vector(layout, fold) for fold in peer["folds"])
    report("pyBKT 1.4.3, 5 starts", peer["seconds"], as_vector(layout, peer["parameters"]), of_folds)
    print(f"{'  its EM alone':30}{peer['core']:9.3f}")
    below = shortfall(histories)
    print(f"  the worst fit of ours ends {below:.4f} nats below the best of 50 random starts")
    are_met = True
    for method in METHODS:
        seconds, fitted = ours(rows, method, repeats)
        options = FitOptions(method=method)
        without = (fit(histories.choose(fold != out), options).parameters for out in range(FOLDS))
        report(f"ours, {method.value.lower().replace('_', ' ')}", seconds, fitted, without)
        if method is Method.MAXIMUM_LIKELIHOOD and rows.name in LEAST_LOG_LIKELIHOODS:
            total = float(score(histories, fitted).sum())
            are_met = check_targets(rows.name, seconds / peer["seconds"], total, below)
    return are_met


def fit_by_pybkt(python: Path, repeats: int, columns: dict[str, NDArray[Any]]) -> dict[str, Any]:
    """What `peers/pybkt.py` prints for rows with student, skill, correct and fold, in order of time."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.npz"
        np.savez(path, allow_pickle=False, **columns)
        command = [str(python), str(HERE / "peers" / "pybkt.py"), str(path), "--repeats", str(repeats)]
        printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603
    peer: dict[str, Any] = json.loads(printed.splitlines()[-1])
    return peer


def at_scale(answers: int) -> None:
    """One line; meant for a process of its own, because memory is measured at its peak."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    rows = simulate(answers)
    start = time.perf_counter()
    histories = rows.histories()
    gathered = time.perf_counter()
    fit(histories)
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{len(rows.correct):12,} answers {seconds:8.2f} s ({gathered - start:.2f} s gathering) "
        f"{seconds / len(rows.correct) * 1e6:7.3f} µs an answer, peak memory {peak:7,.0f} MB ({before:.0f} MB before)"
    )


def interpreter(given: Path | None) -> Path:
    """An interpreter with pyBKT, set up if there is none: the compiled one, not the slow one that pip falls back to."""
    python = given or PEER / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", PEER], check=True)  # noqa: S603
        pip = [str(python), "-m", "pip", "install", "--quiet"]
        subprocess.run([*pip, *OLD], check=True)  # noqa: S603
        subprocess.run([*pip, "--no-binary", "pyBKT", "--no-build-isolation", "--no-deps", "pyBKT==1.4.3"], check=True)  # noqa: S603
    compiled = "import pyBKT.fit.E_step"
    if subprocess.run([str(python), "-c", compiled], check=False, capture_output=True).returncode:  # noqa: S603
        sys.exit(f"{python} has no compiled pyBKT; it takes a C++ compiler and Python's headers to build one")
    return python


def main(arguments: Sequence[str] | None = None) -> None:
    """Print everything."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peer", type=Path, help="a Python with pyBKT and its old libraries")
    parser.add_argument("--data", type=Path, default=HERE.parents[1] / "shared" / "data")
    parser.add_argument("--largest", type=int, default=10_000_000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--at-scale", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if given.at_scale:
        at_scale(given.at_scale)
        return
    python = interpreter(given.peer)
    print(
        f"{os.cpu_count()} processors; ours: 3 to {len(STARTS)} starts on one thread; pyBKT: 5 starts, its own threads"
    )
    files = [
        path for name in ("glops", "assistments09") if (path := given.data / "responses" / f"{name}.csv.gz").exists()
    ]
    are_met = True
    for rows in (*map(read, files), simulate(278_336)):
        are_met &= beside_pybkt(rows, python, given.repeats)
    print()
    answers = 100_000
    while answers <= given.largest:
        subprocess.run([sys.executable, __file__, "--at-scale", str(answers)], check=True)  # noqa: S603
        answers *= 10
    if not are_met:
        sys.exit("a target is missed")


if __name__ == "__main__":
    main()
