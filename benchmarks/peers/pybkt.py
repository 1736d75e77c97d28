"""pyBKT on rows from a file, in an interpreter of its own: `python pybkt.py ROWS.npz` prints JSON.

ROWS.npz holds `student`, `skill`, `correct` and `fold`, one per row, in order of time. Printed are the seconds of the
whole `fit()` and of its EM alone, best of `--repeats`, and the parameters of every skill: fitted to all rows, and to
the rows outside each fold.
"""

import argparse
import json
import time
import warnings
from typing import Any

import numpy as np
import pandas as pd
from pyBKT.fit import EM_fit
from pyBKT.models import Model

warnings.simplefilter("ignore")
spent = 0.0
em = EM_fit.EM_fit


def timed(*given: Any, **named: Any) -> Any:  # noqa: ANN401 - whatever pyBKT passes
    """EM, with its time added up."""
    global spent  # noqa: PLW0603 - pyBKT calls it, so there is nowhere else to put it
    start = time.perf_counter()
    try:
        return em(*given, **named)
    finally:
        spent += time.perf_counter() - start


EM_fit.EM_fit = timed


def fit(rows: pd.DataFrame) -> dict[str, list[float]]:
    """Prior, learn, guess and slip of every skill, with pyBKT's default five starts."""
    model = Model(seed=42)
    model.fit(data=rows.copy())  # it sorts what it is given
    params = model.params()["value"]
    return {
        str(skill): [float(params[skill, name, "default"]) for name in ("prior", "learns", "guesses", "slips")]
        for skill in params.index.get_level_values(0).unique()
    }


def main() -> None:
    """Read, fit, print."""
    global spent
    parser = argparse.ArgumentParser()
    parser.add_argument("rows")
    parser.add_argument("--repeats", type=int, default=2)
    given = parser.parse_args()
    columns = np.load(given.rows)
    rows = pd.DataFrame(
        {
            "user_id": columns["student"],
            "skill_name": columns["skill"].astype(str),
            "correct": columns["correct"].astype(int),
            "order_id": np.arange(len(columns["correct"])),
        }
    )
    seconds, core = [], []
    parameters: dict[str, list[float]] = {}
    for _ in range(given.repeats):
        spent, start = 0.0, time.perf_counter()
        parameters = fit(rows)
        seconds.append(time.perf_counter() - start)
        core.append(spent)
    folds = [fit(rows[columns["fold"] != fold]) for fold in np.unique(columns["fold"])]
    print(json.dumps({"seconds": min(seconds), "core": min(core), "parameters": parameters, "folds": folds}))


main()
