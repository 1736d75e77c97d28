"""The points against the sequence of SciPy."""

import numpy as np
from scipy.stats import qmc

from graph_api.domain.learners.sobol_points import sobol_points


def test_points_are_those_of_scipy() -> None:
    assert np.array_equal(sobol_points(), qmc.Sobol(4, scramble=False).random_base2(8))
