"""Simulated classes whose parameters are known, and short histories of any kind."""

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from graph_api.domain.parameters.fitting.histories import Histories
from graph_api.domain.parameters.knowledge_tracing import Parameters

PARAMETERS = st.builds(
    Parameters,
    prior=st.floats(0.02, 0.98),
    learn=st.floats(0.02, 0.9),
    guess=st.floats(0.02, 0.48),
    slip=st.floats(0.02, 0.48),
    forget=st.just(0.0) | st.floats(0.01, 0.4),
)


@st.composite
def histories(draw: st.DrawFn, students: int = 8, answers: int = 6, targets: int = 2) -> Histories:
    """A few students, each with a few answers to each of a few targets."""
    rows = draw(st.integers(1, students * answers))
    return Histories.of_answers(
        student=draw(hnp.arrays(np.int32, rows, elements=st.integers(0, students - 1))),
        target=draw(hnp.arrays(np.int32, rows, elements=st.integers(0, targets - 1))),
        correct=draw(hnp.arrays(np.bool_, rows)),
        targets=targets,
    )


def simulated(
    rng: np.random.Generator, truth: Parameters, *, students: int = 500, answers: int = 20, targets: int = 1
) -> Histories:
    """Students who answer by the model, each of them every target."""
    shape = (targets, students)
    known = rng.random(shape) < truth.prior
    correct = np.empty((*shape, answers), np.bool_)
    for place in range(answers):
        correct[..., place] = rng.random(shape) < np.where(known, 1 - truth.slip, truth.guess)
        moves = rng.random(shape)
        known = np.where(known, moves >= truth.forget, moves < truth.learn)
    target, student, _ = np.indices(correct.shape)
    return Histories.of_answers(student.ravel(), target.ravel(), correct.ravel())
