"""Points that fill a cube evenly: the first 256 of the Sobol sequence in four dimensions.

They equal those of `scipy.stats.qmc.Sobol`, which is not used here: to import it takes a second at every start.

Reference: S. Joe, F. Y. Kuo (2008), "Constructing Sobol sequences with better two-dimensional projections", SIAM
Journal on Scientific Computing 30, 2635-2654.
"""

import numpy as np
from numpy.typing import NDArray

DIRECTIONS = np.array(
    [
        [128, 64, 32, 16, 8, 4, 2, 1],
        [128, 192, 160, 240, 136, 204, 170, 255],
        [128, 192, 96, 144, 232, 92, 142, 197],
        [128, 192, 32, 80, 248, 116, 162, 147],
    ]
)
"""The direction numbers of each dimension, in units of 1/256."""


def sobol_points() -> NDArray[np.float64]:
    """All points, shape (256, 4), over 0 to 1 without 1.

    >>> sobol_points()[:3].tolist()
    [[0.0, 0.0, 0.0, 0.0], [0.5, 0.5, 0.5, 0.5], [0.75, 0.25, 0.25, 0.25]]
    """
    dimensions, bits = DIRECTIONS.shape
    number = np.arange(2**bits)
    gray = number ^ (number >> 1)
    points = np.zeros((len(number), dimensions), np.int64)
    for bit in range(bits):
        points ^= np.where((gray >> bit & 1)[:, None] == 1, DIRECTIONS[:, bit], 0)
    scaled: NDArray[np.float64] = points / 2**bits
    return scaled
