"""All models on real answers, each predicted by a fit to other students: quality, time and memory.

    python -m benchmarks.models [--data FOLDER] [--sets NAME …] [--models MODEL …] [--no-reference]

The folder has responses in order of time: `NAME.csv.gz` with user_id, skill_name, correct, and maybe item_id and at, in
seconds. The files of `../shared/data/responses` have folds of their own; the students of others are dealt into five.
The references are pyBKT, and scikit-learn's logistic regression with the terms of BEST_LR, each in its own interpreter
under build/.
"""

import argparse
import csv
import gzip
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.fitting import as_vector, fit_by_pybkt, interpreter
from graph_api.domain.parameters.fitting.fit import FitOptions, fit
from graph_api.domain.parameters.fitting.histories import Histories
from graph_api.domain.parameters.fitting.layout import Bounds, Layout, Vector
from graph_api.domain.parameters.fitting.prediction import predict
from graph_api.domain.parameters.knowledge_tracing import Parameters
from graph_api.domain.parameters.metric_intervals import metric_intervals
from graph_api.domain.parameters.model_comparison import Evidence, Model, predictions_by_model
from graph_api.domain.parameters.prediction_metrics import expected_calibration_error, measure
from graph_api.domain.parameters.predictors.family import BEST_LR, PREDICTOR, fit_terms
from graph_api.domain.parameters.predictors.practice_state import PracticeState
from graph_api.domain.parameters.predictors.responses import NO_QUESTION, Responses
from graph_api.domain.parameters.predictors.terms import design_of
from graph_api.domain.parameters.predictors.weights import LogisticWeights
from graph_api.domain.parameters.splits import Split, join_held_out, split_by_fold

HERE = Path(__file__).parent
PEER = HERE.parent / "build" / "peers" / "scikit-learn"
FOLDS = {"assistments09": "folds_as09.json", "glops": "folds_glops.json"}
BEST_KNOWN = {"assistments09": 0.7815, "glops": 0.7361}
"""The AUC of the best published or independently measured model on the same folds."""
NEEDS_TIMES = {Model.DAS3H, Model.FSRS_6, Model.RECENCY}
PARTS = 5
"""Folds of students where none are known."""
SKILL = Parameters(0.3, 0.09, 0.2, 0.1)
REFERENCE = """
import sys, time, numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
d = np.load(sys.argv[1]); place, value, correct, fold = d["place"], d["value"], d["correct"], d["fold"]
n, k = place.shape
X = csr_matrix((value.ravel(), place.ravel(), np.arange(0, n * k + 1, k)), shape=(n, int(d["weights"])))
p = np.empty(n); start = time.process_time()
for f in np.unique(fold):
    model = LogisticRegression(C=0.3, max_iter=400).fit(X[fold != f], correct[fold != f])
    p[fold == f] = model.predict_proba(X[fold == f])[:, 1]
np.save(sys.argv[2], np.append(p, time.process_time() - start))
"""


def read(folder: Path, name: str) -> tuple[Evidence, list[Split]]:
    """A file of responses, in the order of histories, and its folds; students are dealt where no folds are known."""
    with gzip.open(folder / f"{name}.csv.gz", "rt") as file:
        rows = list(csv.DictReader(file))
    users, skills = ([row[key] for row in rows] for key in ("user_id", "skill_name"))
    student, target = (np.unique(each, return_inverse=True)[1].astype(np.int32) for each in (users, skills))
    question = np.full(len(rows), NO_QUESTION, np.int32)
    if "item_id" in rows[0]:
        question = np.unique([row["item_id"] for row in rows], return_inverse=True)[1].astype(np.int32)
    at = np.array([float(row["at"]) for row in rows]) if "at" in rows[0] else None
    correct = np.array([float(row["correct"]) for row in rows], np.bool_)
    responses = Responses(student, target, correct, np.arange(len(rows)), question, at)
    order = np.lexsort((student, target))
    sorted_rows = responses.choose(order)
    columns = sorted_rows.student, sorted_rows.target, sorted_rows.correct
    histories = Histories.of_answers(*columns, at=sorted_rows.at)
    by_question = Histories.of_answers(*columns, question=sorted_rows.question + 1)
    if name in FOLDS:
        fold_of = json.loads((folder / FOLDS[name]).read_text())
        fold = np.array([fold_of[user] for user in users])[order]
    else:
        fold = np.random.default_rng(0).permutation(int(student.max()) + 1)[sorted_rows.student] % PARTS
    evidence = Evidence(histories, by_question, sorted_rows, [SKILL] * histories.targets)
    return evidence, split_by_fold(fold)


def report(name: str, predicted: Vector, evidence: Evidence, seconds: float) -> float:
    """Print a row of the table; returns the AUC."""
    correct = evidence.histories.correct
    chance = np.clip(predicted, 1e-6, 1 - 1e-6)
    metrics = measure(chance, correct)
    intervals = metric_intervals(chance, correct, evidence.responses.student, np.random.default_rng(0))
    auc, ends = metrics.auc or 0.0, intervals.auc or (0.0, 0.0)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"  {name:24} AUC {auc:.4f} [{ends[0]:.4f}, {ends[1]:.4f}]  RMSE {metrics.rmse:.4f}  "
        f"log-loss {metrics.log_loss:.4f}  ECE {expected_calibration_error(chance, correct):.4f}  "
        f"CPU {seconds:6.1f} s  memory {memory:5.0f} MB",
        flush=True,
    )
    return auc


def number_folds(splits: list[Split]) -> NDArray[np.int64]:
    """The number of the split that holds out each row."""
    return np.asarray(np.argmax([split.held_out for split in splits], axis=0))


def refer(evidence: Evidence, splits: list[Split]) -> tuple[Vector, float]:
    """Predictions of scikit-learn with the terms of BEST_LR, and its CPU seconds."""
    python = PEER / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", PEER], check=True)  # noqa: S603
        subprocess.run([python, "-m", "pip", "install", "--quiet", "scikit-learn"], check=True)  # noqa: S603
    design = design_of(evidence.responses, BEST_LR, None, evidence.practice)
    with tempfile.TemporaryDirectory() as folder:
        sent, answer = Path(folder, "rows.npz"), Path(folder, "predicted.npy")
        np.savez(
            sent,
            place=design.place,
            value=design.value,
            correct=evidence.responses.correct,
            fold=number_folds(splits),
            weights=len(design.penalty),
        )
        subprocess.run([python, "-c", REFERENCE, sent, answer], check=True)  # noqa: S603
        result = np.load(answer)
    return result[:-1], float(result[-1])


def trace_by_pybkt(evidence: Evidence, splits: list[Split]) -> tuple[Vector, float]:
    """Predictions of pyBKT, fitted without the students of each fold, and its seconds for one fit to all answers."""
    histories, responses = evidence.histories, evidence.responses
    columns = {
        "student": responses.student,
        "skill": responses.target,
        "correct": responses.correct,
        "fold": number_folds(splits),
    }
    peer = fit_by_pybkt(interpreter(None), 1, columns)
    layout = Layout.of(histories, Bounds())
    fitted = (as_vector(layout, each) for each in peer["folds"])
    predicted = [predict(histories, layout, parameters, clamped=False) for parameters in fitted]
    return join_held_out(predicted, splits), float(peer["seconds"])


def time_predictor(evidence: Evidence) -> None:
    """Print the CPU seconds of one fit to all answers, and the microseconds of a single update and prediction."""
    started = time.process_time()
    traced = fit(evidence.histories, FitOptions(forgetting=True))
    bkt = predict(evidence.histories, traced.layout, traced.parameters)
    tracing = time.process_time() - started
    responses = evidence.responses
    design = design_of(responses, PREDICTOR, bkt)
    fitted = fit_terms(responses, design, np.ones(len(responses), np.bool_))
    total = time.process_time() - started
    print(f"  one fit of {len(responses):,} answers: CPU {total:.2f} s, of these {tracing:.2f} s knowledge tracing")
    targets = [str(n) for n in range(responses.targets)]
    weights = LogisticWeights.of(fitted, PREDICTOR, targets, [str(n) for n in range(responses.questions)])
    state, count = PracticeState(), 20_000
    started = time.process_time()
    for n in range(count):
        target = targets[n % len(targets)]
        state.record([target], correct=n % 3 > 0)
        weights.p_correct(weights.contributions(state.values(target, 0.6), target))
    print(f"  one update and prediction: CPU {(time.process_time() - started) / count * 1e6:.0f} µs")


def main() -> int:
    """Print one table per set of answers. Fails if the predictor is below the best known AUC."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=HERE.parent.parent / "shared" / "data" / "responses")
    parser.add_argument("--sets", nargs="+", default=sorted(FOLDS), help="names of NAME.csv.gz in the folder")
    parser.add_argument("--models", nargs="+", type=Model, default=list(Model))
    parser.add_argument("--no-reference", action="store_true")
    chosen = parser.parse_args()
    is_met = True
    for name in chosen.sets:
        evidence, splits = read(chosen.data, name)
        print(f"{name}: {len(evidence.responses):,} answers, {len(splits)} folds over students")
        predictions = predictions_by_model(evidence, splits)
        for model in chosen.models:
            if evidence.responses.at is None and model in NEEDS_TIMES:
                continue
            started = time.process_time()
            predicted = predictions[model]()
            auc = report(model.value, predicted, evidence, time.process_time() - started)
            if model is Model.PREDICTOR:
                is_met &= auc >= BEST_KNOWN.get(name, 0.0)
        if not chosen.no_reference:
            referred, seconds = refer(evidence, splits)
            report("scikit-learn, BEST_LR", referred, evidence, seconds)
            referred, seconds = trace_by_pybkt(evidence, splits)
            report("pyBKT 1.4.3", referred, evidence, seconds)
        time_predictor(evidence)
    return 0 if is_met else 1


if __name__ == "__main__":
    sys.exit(main())
