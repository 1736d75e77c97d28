"""Inferred levels on real answers: how well the first answers of held-out students are predicted.

    python -m benchmarks.inferred [--data FOLDER] [--sets NAME …]

Rows: the prior (the share of correct first answers of the skill among the other students), the student's share of
correct answers so far, and the model of `graph_api.domain.parameters.inference`. Five folds over students. Intervals
are 90 %, by resampling students. The last table is of simulated students in a course with prerequisite links, with and
without the evidence of links. Fails if the model does not beat the prior's log-loss.
"""

import argparse
import sys
import time
from pathlib import Path

import numpy as np
from scipy.special import expit

from benchmarks.models import FOLDS, HERE, read
from graph_api.domain.parameters.inference.first_answers import AnswersInOrder
from graph_api.domain.parameters.inference.fit import is_better, predict_held_out
from graph_api.domain.parameters.inference.model import Matrix
from graph_api.domain.parameters.metric_intervals import metric_intervals
from graph_api.domain.parameters.prediction_metrics import expected_calibration_error, measure
from graph_api.domain.parameters.predictors.responses import Responses

PRIOR_ANSWERS = 2.0
"""The share so far counts as this many answers of the mean share."""
ANSWERED = 0.5
"""The share of concepts that a simulated student answers."""


def shares_so_far(answers: AnswersInOrder) -> Matrix:
    """The student's share of correct answers before each first answer, drawn to the mean; shape (firsts,)."""
    place = np.arange(len(answers.student)) - np.searchsorted(answers.student, answers.student)
    sums = np.r_[0.0, np.cumsum(answers.correct)]
    before = sums[np.arange(len(place))] - sums[np.arange(len(place)) - place]
    return np.asarray((before + PRIOR_ANSWERS * answers.correct.mean()) / (place + PRIOR_ANSWERS))[answers.first]


def report(label: str, predicted: Matrix, answers: AnswersInOrder) -> None:
    """Print a row of a table."""
    student, correct = answers.student[answers.first], answers.correct[answers.first] > 0
    metrics = measure(predicted, correct)
    ends = metric_intervals(predicted, correct, student, np.random.default_rng(0))
    auc = ends.auc or (0.0, 0.0)
    print(
        f"  {label:20} log-loss {metrics.log_loss:.4f} [{ends.log_loss[0]:.4f}, {ends.log_loss[1]:.4f}]  "
        f"AUC {metrics.auc or 0:.4f} [{auc[0]:.4f}, {auc[1]:.4f}]  "
        f"ECE {expected_calibration_error(predicted, correct):.4f}",
        flush=True,
    )


def simulate(students: int, concepts: int, rng: np.random.Generator) -> tuple[Responses, list[list[int]]]:
    """Two answers to half of the concepts, in the order of the course, and the links of the course.

    Each concept has one or two prerequisites among the three before it. Students of higher ability know more, and
    without a prerequisite nearly no concept after it. Guesses and slips are 0.2 and 0.1.
    """
    links = [sorted({int(n) for n in rng.integers(max(k - 3, 0), k, 2)}) if k > 2 else [] for k in range(concepts)]  # noqa: PLR2004
    ability, known = rng.standard_normal(students), np.zeros((students, concepts), np.bool_)
    for k, needed in enumerate(links):
        known[:, k] = rng.random(students) < expit(1.5 + ability - 4 * (~known[:, needed]).any(axis=1))
    begun = rng.random((students, concepts)) < ANSWERED
    student, target = (np.repeat(each, 2).astype(np.int32) for each in np.nonzero(begun))
    correct = rng.random(len(student)) < np.where(known[student, target], 0.9, 0.2)
    return Responses(student, target, correct, np.arange(len(student)), np.full(len(student), -1, np.int32)), links


def compare_links() -> None:
    """Print the table of simulated students."""
    rng = np.random.default_rng(1)
    responses, links = simulate(1_000, 40, rng)
    answers = AnswersInOrder.of(responses)
    fold = rng.permutation(answers.students) % 5
    print(f"simulated: {len(answers.first):,} first answers of {answers.students:,} students, 40 concepts with links")
    prior, plain = predict_held_out(answers, [[]] * answers.targets, fold)
    report("prior", prior, answers)
    report("share so far", shares_so_far(answers), answers)
    report("model without links", plain, answers)
    report("model", predict_held_out(answers, links, fold)[1], answers)


def main() -> int:
    """Print one table per set of answers."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=HERE.parent.parent / "shared" / "data" / "responses")
    parser.add_argument("--sets", nargs="+", default=sorted(FOLDS))
    chosen = parser.parse_args()
    is_met = True
    for name in chosen.sets:
        evidence, splits = read(chosen.data, name)
        answers = AnswersInOrder.of(evidence.responses)
        fold = np.zeros(answers.students, np.int64)
        for number, split in enumerate(splits):
            fold[evidence.responses.student[split.held_out]] = number
        started = time.process_time()
        prior, model = predict_held_out(answers, [[]] * answers.targets, fold)
        seconds = time.process_time() - started
        student, correct = answers.student[answers.first], answers.correct[answers.first] > 0
        print(f"{name}: {len(correct):,} first answers of {answers.students:,} students, {len(splits)} folds")
        for label, predicted in (("prior", prior), ("share so far", shares_so_far(answers)), ("model", model)):
            report(label, predicted, answers)
        wins = is_better(prior, model, correct, student)
        print(f"  the model beats the prior by more than chance: {wins}; five fits: CPU {seconds:.1f} s")
        is_met &= wins
    compare_links()
    return 0 if is_met else 1


if __name__ == "__main__":
    sys.exit(main())
