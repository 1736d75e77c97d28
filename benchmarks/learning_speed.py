"""The learning speed of single students: recovery in simulations, and whether it predicts better on real data.

    python -m benchmarks.learning_speed [--data FOLDER] [--sets NAME …] [--students 400]

**Simulated.** Students of known speed answer some targets, ten times each. They also differ in ability, and their guess
and slip differ from target to target. Speed and ability are drawn from the population that the estimate assumes.
Printed: Spearman's rank correlation of estimate and truth, and how often the 90 % interval holds the truth.

**Real.** The parameters come from the students of four folds. Of each student of the fifth, the first half of the
answers gives speed and ability. The second half is predicted one step ahead, by knowledge tracing

- with the population's parameters,
- with learn at the student's own speed,
- and with prior, guess and slip at the student's own ability as well.

Printed: log-loss per answer, and the gain by the own speed, with a 90 % interval by resampling of students.
"""

import argparse
from pathlib import Path

import numpy as np
from scipy.special import expit, logit
from scipy.stats import spearmanr

from benchmarks.coverage import FOLDS, VARIATIONS
from benchmarks.models import read
from graph_api.domain.learners.learning_speed import (
    ABILITY_GRID,
    STUDENTS,
    LearningHistory,
    learning_speed,
    own_grid,
    posterior,
)
from graph_api.domain.parameters.fitting.fit import FitOptions, fit
from graph_api.domain.parameters.knowledge_tracing import Parameters, trace

TARGETS = (0, 2, 5, 10, 20, 40)
ANSWERS = 10
OWN = 0.4
"""The standard deviation of guess and slip from target to target, in logits."""


def simulate(targets: int, rng: np.random.Generator) -> tuple[list[LearningHistory], float]:
    """The histories of a student on targets, and their speed."""
    ability, speed = rng.standard_normal(2)
    histories = []
    for _ in range(targets):
        used = Parameters(*rng.uniform([0.1, 0.03, 0.1, 0.05], [0.6, 0.25, 0.3, 0.2]).tolist())
        prior, learn, guess, slip, _ = own_grid(used, np.array([ability]), np.array([speed]))[:, 0]
        guess, slip = expit(logit([guess, slip]) + OWN * rng.standard_normal(2))
        known, answers = rng.random() < prior, []
        for _ in range(ANSWERS):
            answers.append(bool(rng.random() < (1 - slip if known else guess)))
            known = known or rng.random() < learn
        histories.append(LearningHistory(used, tuple(answers)))
    return histories, float(np.exp(STUDENTS.learn * speed))


def recover(students: int) -> None:
    """Print how well simulated speeds are recovered."""
    print("| targets | answers | rank correlation | coverage | mean width, high / low |\n|---|---|---|---|---|")
    for targets in TARGETS:
        rng = np.random.default_rng(targets)
        drawn = [simulate(targets, rng) for _ in range(students)]
        estimates = [learning_speed(histories) for histories, _ in drawn]
        truth = np.array([speed for _, speed in drawn])
        value = np.array([each.value for each in estimates])
        low, high = np.array([each.interval for each in estimates]).T
        rank = f"{spearmanr(value, truth).statistic:.3f}" if targets else ""
        held = np.mean((low <= truth) & (truth <= high))
        print(f"| {targets} | {targets * ANSWERS} | {rank} | {held:.3f} | {np.mean(high / low):.2f} |", flush=True)


def losses(answers: list[bool], start: int, used: Parameters) -> list[float]:
    """The log-loss of each answer from a place on, predicted one step ahead."""
    steps = trace(answers, used)[start:]
    return [
        -float(np.log(np.clip(step.p_correct if right else 1 - step.p_correct, 1e-9, 1)))
        for step, right in zip(steps, answers[start:], strict=True)
    ]


def predict(folder: Path, name: str, students: int) -> None:
    """Print whether a student's own speed predicts their later answers better."""
    evidence, _ = read(folder, name)
    histories, rows = evidence.histories, evidence.responses
    rng = np.random.default_rng(1)
    fold = rng.integers(0, FOLDS, int(rows.student.max()) + 1)
    chosen = rng.permutation(np.unique(rows.student))[:students]
    in_time = np.argsort(rows.moment, kind="stable")
    by_student: dict[int, list[tuple[int, bool]]] = {int(student): [] for student in chosen}
    for place in in_time:
        if int(rows.student[place]) in by_student:
            by_student[int(rows.student[place])].append((int(rows.target[place]), bool(rows.correct[place])))
    table: list[list[float]] = []
    speeds = []
    for held_out in range(FOLDS):
        fitted = fit(histories.choose(fold[histories.student] != held_out), FitOptions()).by_target()
        for student in chosen[fold[chosen] == held_out].tolist():
            given = by_student[student]
            half = len(given) // 2
            of_target: dict[int, tuple[list[bool], int]] = {}
            for n, (target, right) in enumerate(given):
                answers, start = of_target.get(target, ([], 0))
                of_target[target] = ([*answers, right], start + (n < half))
            early = [LearningHistory(fitted[t], tuple(a[:start])) for t, (a, start) in of_target.items() if start]
            speed = learning_speed(early)
            speeds.append(speed.value)
            ability = float(ABILITY_GRID @ posterior(early).sum(axis=1)) if early else 0.0
            sums = np.zeros(4)
            for target, (answers, start) in of_target.items():
                used = fitted[target]
                faster = float(expit(logit(used.learn) + np.log(speed.value)))
                own = own_grid(used, np.array([ability]), np.array([np.log(speed.value) / STUDENTS.learn]))[:4, 0]
                rules = used, Parameters(used.prior, faster, used.guess, used.slip), Parameters(*own.tolist())
                of_rules = [losses(answers, start, rule) for rule in rules]
                sums += [*map(sum, of_rules), len(of_rules[0])]
            table.append(sums.tolist())
    totals = np.array(table)
    population, own_speed, both, count = totals.sum(axis=0)
    draws = rng.integers(0, len(totals), (2_000, len(totals)))
    gains = [(chosen[:, 0].sum() - chosen[:, 1].sum()) / chosen[:, 3].sum() for chosen in totals[draws]]
    low, high = np.quantile(gains, [0.05, 0.95])
    quarter = np.quantile(speeds, [0.05, 0.5, 0.95])
    print(
        f"| {name} | {len(totals)} | {count:,.0f} | {population / count:.4f} | {own_speed / count:.4f} | "
        f"{(population - own_speed) / count:+.4f} ({low:+.4f} to {high:+.4f}) | {both / count:.4f} | "
        f"{quarter[0]:.2f} / {quarter[1]:.2f} / {quarter[2]:.2f} |",
        flush=True,
    )


def main() -> None:
    """Print all figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/responses"))
    parser.add_argument("--sets", nargs="*", default=list(VARIATIONS))
    parser.add_argument("--students", type=int, default=400)
    options = parser.parse_args()
    recover(options.students)
    print(
        "\n| data | students | answers | population | own speed | gain | own speed and ability | "
        "speeds: 5 % / 50 % / 95 % |\n" + "|---" * 8 + "|"
    )
    for name in options.sets:
        predict(options.data, name, options.students)


if __name__ == "__main__":
    main()
