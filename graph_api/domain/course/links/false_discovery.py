"""Several tests at once: the procedure of Benjamini and Hochberg."""

import numpy as np
from numpy.typing import NDArray


def reject(chances: NDArray[np.float64], rate: float) -> NDArray[np.bool_]:
    """Which hypotheses are rejected, so that at most a share `rate` of the rejections is expected to be false.

    Y. Benjamini, Y. Hochberg (1995), "Controlling the False Discovery Rate", Journal of the Royal Statistical
    Society B 57.

    Args:
        chances: shape (tests,), p-values; NaN for what is not tested, which is not rejected.
        rate: the false discovery rate, 0..1.

    >>> reject(np.array([0.001, 0.04, 0.9, 0.02]), 0.05).tolist()
    [True, False, False, True]
    >>> reject(np.array([0.03, np.nan]), 0.05).tolist()
    [True, False]
    """
    ordered = np.sort(chances[~np.isnan(chances)])
    passed = np.flatnonzero(ordered <= rate * np.arange(1, len(ordered) + 1) / len(ordered))
    return np.asarray(chances <= ordered[passed[-1]]) if len(passed) else np.zeros(len(chances), np.bool_)
