"""Simulated histories with a known formula of recall: the truth that a fit has to find."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import numpy as np

from graph_api.domain.answers.order import Order
from graph_api.domain.learners.forgetting import Learner
from graph_api.domain.learners.forgetting_fit import Gaps, gaps_of
from graph_api.domain.learners.mastery import Evidence
from graph_api.domain.learners.recall_formulas import FORMULAS
from graph_api.domain.parameters.forgetting_parameters import Formula
from graph_api.domain.parameters.knowledge_tracing import Parameters
from graph_api.domain.targets import concept

TRACING = Parameters(prior=0.3, learn=0.2, guess=0.2, slip=0.1)
START = datetime(2026, 1, 1, tzinfo=UTC)


def simulate(
    rng: np.random.Generator,
    students: int,
    formula: Formula,
    truth: Mapping[str, tuple[float, ...]],
    spread: float = 0.0,
    sessions: int = 6,
) -> Gaps:
    """Students who learn, forget between sessions, guess and slip; all of a target at once.

    A student knows a target from the beginning with P(prior), else learns it at an answer with P(learn). What is known
    is recalled with the probability of the formula; then the answer is correct but for a slip, else but by a guess.
    """
    model, learners, numbers = FORMULAS[formula], [], []
    pace = np.exp(spread * rng.normal(size=students))
    for target, own in truth.items():
        values = np.array(own)[:, None]
        knows, at, memory = rng.random(students) < TRACING.prior, np.zeros(students), None
        answers: list[tuple[np.ndarray, np.ndarray]] = []
        pause = np.zeros(students)
        for _ in range(sessions):
            for _ in range(2):
                recall = np.ones(students) if memory is None else model.recall(values, memory, pause * pace)
                recalls = knows & (rng.random(students) < recall)
                correct = rng.random(students) < np.where(recalls, 1 - TRACING.slip, TRACING.guess)
                memory = (
                    model.begin(values, correct)
                    if memory is None
                    else model.practise(values, memory, correct, pause * pace)
                )
                answers.append((at.copy(), correct))
                knows |= rng.random(students) < TRACING.learn
                pause = np.full(students, 120 / 86_400)
                at += pause
            away = rng.exponential(10, students) + 1
            pause, at = pause + away, at + away
        for student in range(students):
            learners.append(
                Learner(
                    concept(target),
                    [
                        Evidence(
                            Order(START + timedelta(days=float(when[student])), answer_id=f"{n:03}"),
                            bool(what[student]),
                        )
                        for n, (when, what) in enumerate(answers)
                    ],
                    TRACING,
                )
            )
            numbers.append(student)
    return gaps_of(learners, numbers)
