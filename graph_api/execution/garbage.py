"""Full garbage collections, which stop the process, kept away from large operations.

While an operation makes thousands of objects, Python looks again and again through all that exist: measured 0.2 to
0.4 s each time, half of the operation's time, and nothing is found, because the objects are still in use. Full
collections are postponed while large operations run, for a minute at most; the small ones go on.
"""

import gc
import time

LARGE = 1_000
"""Objects from which on an operation counts as large."""
LONGEST = 60.0
"""Seconds for which full collections are postponed."""
NEVER = 1_000_000

_usual = gc.get_threshold()
_large: dict[int, float] = {}


def postpone(operation: object) -> None:
    """Postpone full collections until `resume` is called for the operation as well."""
    now = time.monotonic()
    _large.setdefault(id(operation), now)
    if now - min(_large.values()) < LONGEST:
        gc.set_threshold(*_usual[:2], NEVER)
    else:
        gc.set_threshold(*_usual)


def resume(operation: object) -> None:
    """The operation has ended; without large ones, full collections happen as usual."""
    _large.pop(id(operation), None)
    if not _large:
        gc.set_threshold(*_usual)


def forget_what_stays() -> None:
    """Leave out of collections what lives as long as the process: modules, the schema, settings."""
    gc.collect()
    gc.freeze()
