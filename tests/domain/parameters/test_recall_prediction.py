"""Predictions with recall: many students at once as the service recalls them one by one."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_api.domain.answers.order import Order
from graph_api.domain.learners.forgetting import Learner, estimate_recall, levels_before
from graph_api.domain.learners.mastery import Evidence
from graph_api.domain.learners.recall_formulas import p_correct_after
from graph_api.domain.parameters.fitting.histories import Histories
from graph_api.domain.parameters.forgetting_parameters import ForgettingParameters, Formula
from graph_api.domain.parameters.knowledge_tracing import Parameters, p_correct
from graph_api.domain.parameters.recall_prediction import predict_by_recall
from graph_api.domain.targets import concept

START = datetime(2026, 1, 1, tzinfo=UTC)
USED = Parameters(0.4, 0.15, 0.2, 0.1)
answers = st.lists(st.tuples(st.integers(0, 90 * 86_400), st.booleans()), min_size=1, max_size=6)


@settings(max_examples=40, deadline=None)
@given(students=st.lists(answers, min_size=1, max_size=5), formula=st.sampled_from(Formula))
def test_many_answers_are_predicted_as_the_service_recalls_each(
    students: list[list[tuple[int, bool]]], formula: Formula
) -> None:
    student, correct, at, traced, expected = [], [], [], [], []
    for number, given_answers in enumerate(students):
        now = START
        evidence: list[Evidence] = []
        for place, (pause, outcome) in enumerate(given_answers):
            now += timedelta(seconds=pause) if place else timedelta()
            (recall,) = estimate_recall([Learner(concept("c"), evidence, USED)], [now], ForgettingParameters(formula))
            level = levels_before([*evidence, Evidence(Order(now), outcome)], USED)[-1]
            recalled = 1.0 if recall is None else recall.retrievability
            chance = p_correct_after(*map(np.array, (level, recalled, USED.guess, USED.slip)))
            expected.append(float(chance))
            evidence.append(Evidence(Order(now, answer_id=str(place)), outcome))
            student.append(number)
            correct.append(outcome)
            at.append((now - START).total_seconds())
            traced.append(p_correct(level, USED))
    histories = Histories.of_answers(student, [0] * len(student), correct, at=at)
    guess, slip = (np.full(len(at), value) for value in (USED.guess, USED.slip))

    predicted = predict_by_recall(histories, np.array(traced), guess, slip, formula)

    assert predicted == pytest.approx(expected, abs=1e-9)


def test_answers_without_times_are_rejected() -> None:
    histories = Histories.of_answers([0], [0], [True])
    with pytest.raises(ValueError, match="needs the times"):
        predict_by_recall(histories, np.array([0.5]), np.array([0.2]), np.array([0.1]))
