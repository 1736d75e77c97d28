"""The ability of students over all concepts that they answered, by the Rasch model.

G. Rasch (1960), "Probabilistic Models for Some Intelligence and Attainment Tests". The fit alternates Newton steps on
the difficulties of concepts and the abilities of students, each with a normal prior, so that students who show all
concepts or none have finite abilities.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from graph_api.domain.course.links.first_answers import SHOWN, UNANSWERED

STEPS = 15
"""Newton steps; the last ones change less than a hundredth of a logit."""
PRIOR_OF_DIFFICULTY = 0.01
"""Precision of the prior of a difficulty: nearly flat."""
MOST = 6.0
"""Abilities and difficulties stay within this many logits."""


class Abilities(NamedTuple):
    """Abilities, and what each answered concept contributes to them.

    Attributes:
        ability: shape (students,), in logits.
        residual: shape (students, concepts), shown minus expected; 0 where unanswered.
        information: shape (students, concepts), the variance of what is shown; 0 where unanswered.
    """

    ability: NDArray[np.float64]
    residual: NDArray[np.float64]
    information: NDArray[np.float64]

    def without(self, students: NDArray[np.int64], one: int, others: NDArray[np.int64]) -> NDArray[np.float64]:
        """Abilities over all concepts but two, shape (students, others): `one`, and each of `others` in turn.

        One Newton step from the ability over all concepts, which is exact to the first order.
        """
        total = self.information[students].sum(axis=1) + 1
        residual = self.residual[students][:, others] + self.residual[students, one][:, None]
        left_out = self.information[students][:, others] + self.information[students, one][:, None]
        return np.asarray(self.ability[students, None] - residual / np.maximum(total[:, None] - left_out, 1))


def fit_abilities(shown: NDArray[np.int8]) -> Abilities:
    """Abilities of students from what they show, shape (students, concepts) as in `FirstAnswers`.

    >>> abilities = fit_abilities(np.array([[1, 1, -1], [0, 1, 0], [0, 0, 0]], np.int8)).ability
    >>> bool(abilities[0] > abilities[1] > abilities[2])
    True
    """
    answered, is_shown = shown != UNANSWERED, shown == SHOWN
    ability, difficulty = np.zeros(shown.shape[0]), np.zeros(shown.shape[1])
    for _ in range(STEPS):
        residual, information = _expect(ability, difficulty, answered, is_shown)
        step = residual.sum(axis=0) + PRIOR_OF_DIFFICULTY * difficulty
        difficulty = np.clip(difficulty - step / (information.sum(axis=0) + 0.1), -MOST, MOST)
        residual, information = _expect(ability, difficulty, answered, is_shown)
        ability = np.clip(ability + (residual.sum(axis=1) - ability) / (information.sum(axis=1) + 1), -MOST, MOST)
    return Abilities(ability, *_expect(ability, difficulty, answered, is_shown))


def _expect(
    ability: NDArray[np.float64],
    difficulty: NDArray[np.float64],
    answered: NDArray[np.bool_],
    is_shown: NDArray[np.bool_],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Residuals and information."""
    chance = expit(ability[:, None] - difficulty)
    return (is_shown - chance) * answered, chance * (1 - chance) * answered
