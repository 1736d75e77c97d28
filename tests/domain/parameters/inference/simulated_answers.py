"""Answers of students whose abilities and knowledge are drawn."""

import numpy as np
from scipy.special import expit

from graph_api.domain.parameters.predictors.responses import NO_QUESTION, Responses

KEYS = [f"t{n}" for n in range(6)]


def draw(students: int, seed: int = 3, ability: float = 1.5, *, linked: bool = False) -> Responses:
    """Two answers of each student to most targets, in an order of their own.

    Args:
        students: how many.
        seed: the draw.
        ability: the spread of abilities, in logits; 0: answers to one target say nothing of others.
        linked: whether target n is answered correctly mostly by students who know target n - 1.
    """
    rng = np.random.default_rng(seed)
    easiness = np.linspace(-1, 1, len(KEYS))
    known = rng.random((students, len(KEYS))) < expit(easiness + ability * rng.standard_normal((students, 1)))
    if linked:
        for place in range(1, len(KEYS), 2):
            known[:, place] = known[:, place - 1]
    rows = []
    for student in range(students):
        order = np.arange(len(KEYS)) if linked else rng.permutation(len(KEYS))
        for target in order[rng.random(len(KEYS)) < 0.8]:
            rows += [(student, target, known[student, target] ^ (rng.random() < 0.1)) for _ in range(2)]
    students_of, targets_of, correct = (np.array(each) for each in zip(*rows, strict=True))
    moment = np.arange(len(rows))
    question = np.full(len(rows), NO_QUESTION, np.int32)
    return Responses(
        students_of.astype(np.int32),
        targets_of.astype(np.int32),
        correct.astype(np.bool_),
        moment,
        question,
        None,
        len(KEYS),
    )
