"""The measured coverage of intervals: students who vary as on Glops, and what resampling makes of them (Q8)."""

import numpy as np

from benchmarks.coverage import RULES, VARIATIONS, Answers, resampled_coverage, simulate, simulated_coverage
from graph_api.domain.parameters.knowledge_tracing import Parameters

STUDENTS, TARGETS, LONGEST = 120, 6, 5


def share(inside: dict[int, np.ndarray]) -> float:
    return float(np.concatenate(list(inside.values())).mean())


def test_intervals_hold_for_students_who_vary_as_on_glops_and_resampling_agrees() -> None:
    sets = [Parameters(0.5 + 0.05 * n, 0.03, 0.28, 0.21) for n in range(TARGETS)]
    plan = Answers(
        student=np.repeat(np.arange(STUDENTS), TARGETS),
        correct=np.zeros((STUDENTS * TARGETS, LONGEST), np.bool_),
        length=np.full(STUDENTS * TARGETS, LONGEST),
        parameters=sets * STUDENTS,
    )
    answers, truth = simulate(plan, VARIATIONS["glops"])
    truth = {cut: of_cut for cut, of_cut in truth.items() if cut <= LONGEST}

    before, now = (share(simulated_coverage(answers, truth, sample)) for sample in RULES.values())
    resampled = [share(each) for each in resampled_coverage(answers, VARIATIONS["glops"], list(RULES.values()))]

    assert before < 0.82
    assert 0.84 <= now <= 0.94
    assert np.abs(np.array(resampled) - [before, now]).max() < 0.04
