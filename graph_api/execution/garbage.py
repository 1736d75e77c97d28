"""Full garbage collections, which stop the process, kept away from large operations.

While an operation makes thousands of objects, Python looks again and again through all that exist: measured 0.2 to
0.4 s each time, half of the operation's time, and nothing is found, because the objects are still in use. Full
collections are postponed while large operations run, for a minute at most; the small ones go on.

A service that has started has about 200,000 objects that live as long as the process. They are left out of all
collections: a full one took 150 ms with them, and takes less than 1 ms without. Small collections are rare as well:
with Python's own thresholds every other request has one, and hardly any object is part of a cycle.
"""

import gc
import time

LARGE = 1_000
"""Objects from which on an operation counts as large."""
LONGEST = 60.0
"""Seconds for which full collections are postponed."""
NEVER = 1_000_000

SERVING = (10_000, 2, 100)
"""The thresholds of a service: new objects from which on they are looked through, small collections before a middle
one, and middle ones before a full one. A middle one looks through the objects of three small ones: 30,000 take 40 ms,
100,000 took 200 ms, in which no client was served. A full one frees the cycles of requests that were running when a
middle one came. With 1,000 it was so rare that a service grew by 3 MB a minute at 50 requests a second."""
_large: dict[int, float] = {}


def postpone(operation: object) -> None:
    """Postpone full collections until `resume` is called for the operation as well."""
    now = time.monotonic()
    _large.setdefault(id(operation), now)
    if now - min(_large.values()) < LONGEST:
        gc.set_threshold(*SERVING[:2], NEVER)
    else:
        gc.set_threshold(*SERVING)


def resume(operation: object) -> None:
    """The operation has ended; without large ones, full collections happen as usual."""
    _large.pop(id(operation), None)
    if not _large:
        gc.set_threshold(*SERVING)


def forget_what_stays() -> None:
    """Leave out of collections what lives as long as the process: modules, the schema, settings.

    Call it once the service is ready. From then on collections are rare.
    """
    gc.collect()
    gc.freeze()
    gc.collect()  # Python waits with a full one until objects are a quarter more than at the last one
    gc.set_threshold(*SERVING)
