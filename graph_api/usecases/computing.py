"""Computations that take long, off the event loop."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

THREADS = 2
"""Python runs one thread at a time: more threads would only keep the event loop waiting for its turn."""

_threads = ThreadPoolExecutor(THREADS, thread_name_prefix="compute")


SMALL = 5_000
"""Cells whose computation takes well under a millisecond, less than the way to a thread and back."""


async def compute(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """The result of a pure function, computed in one of a few threads; the others wait, in order.

    A caller that gives up frees its place in the queue. What has begun runs to its end.

    >>> asyncio.run(compute(sum, [1, 2]))
    3
    """
    return await asyncio.get_running_loop().run_in_executor(_threads, partial(work, *args, **kwargs))


async def compute_cells(cells: int, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """The result of a pure function of a matrix: at once if it has few cells, and otherwise as `compute`.

    >>> asyncio.run(compute_cells(2, sum, [1, 2]))
    3
    """
    return work(*args, **kwargs) if cells <= SMALL else await compute(work, *args, **kwargs)
