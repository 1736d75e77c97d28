"""Inferred levels on real answers: how well the first answers of held-out students are predicted.

    python -m benchmarks.inferred [--data FOLDER] [--sets NAME …]

Rows: the prior (the share of correct first answers of the skill among the other students), the student's share of
correct answers so far, and the model of `graph_api.domain.parameters.inference`. Five folds over students. Intervals
are 90 %, by resampling students. Fails if the model does not beat the prior's log-loss.
"""

import argparse
import sys
import time
from pathlib import Path

import numpy as np

from benchmarks.models import FOLDS, HERE, read
from graph_api.domain.parameters.inference.first_answers import AnswersInOrder
from graph_api.domain.parameters.inference.fit import is_above_zero, predict_held_out
from graph_api.domain.parameters.inference.model import Matrix
from graph_api.domain.parameters.metric_intervals import metric_intervals
from graph_api.domain.parameters.prediction_metrics import expected_calibration_error, losses_of_answers, measure

PRIOR_ANSWERS = 2.0
"""The share so far counts as this many answers of the mean share."""


def shares_so_far(answers: AnswersInOrder) -> Matrix:
    """The student's share of correct answers before each first answer, drawn to the mean; shape (firsts,)."""
    place = np.arange(len(answers.student)) - np.searchsorted(answers.student, answers.student)
    sums = np.r_[0.0, np.cumsum(answers.correct)]
    before = sums[np.arange(len(place))] - sums[np.arange(len(place)) - place]
    return ((before + PRIOR_ANSWERS * answers.correct.mean()) / (place + PRIOR_ANSWERS))[answers.first]


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
            metrics = measure(predicted, correct)
            ends = metric_intervals(predicted, correct, student, np.random.default_rng(0))
            auc = ends.auc or (0.0, 0.0)
            print(
                f"  {label:14} log-loss {metrics.log_loss:.4f} [{ends.log_loss[0]:.4f}, {ends.log_loss[1]:.4f}]  "
                f"AUC {metrics.auc or 0:.4f} [{auc[0]:.4f}, {auc[1]:.4f}]  "
                f"ECE {expected_calibration_error(predicted, correct):.4f}",
                flush=True,
            )
        is_better = is_above_zero(losses_of_answers(prior, correct) - losses_of_answers(model, correct), student)
        print(f"  the model beats the prior by more than chance: {is_better}; five fits: CPU {seconds:.1f} s")
        is_met &= is_better
    return 0 if is_met else 1


if __name__ == "__main__":
    sys.exit(main())
