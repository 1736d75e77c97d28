"""A cache of the engine's classes, loaded and linked: with it the engine starts in two thirds of the time.

It belongs to the environment of this Python, and fits one version of the engine in one place. The JVM ignores a cache
that does not fit. `graph-api prepare-engine` makes it.

Reference: JEP 483, "Ahead-of-time class loading and linking"; JEP 514, "Ahead-of-time command-line ergonomics".
"""

import os
import sys
from pathlib import Path

from graph_api.store.engine.child_environment import JVM_OPTIONS

CACHE = Path(sys.prefix) / "share" / "graph-api" / "engine-classes.aot"


def use_flags(cache: Path = CACHE) -> list[str]:
    """The flags of the JVM that use the cache; none if it was not made, or if the environment names another one."""
    is_named = "-XX:AOT" in os.environ.get(JVM_OPTIONS, "")
    return [f"-XX:AOTCache={cache}"] if cache.is_file() and not is_named else []


def write_flags(cache: Path) -> list[str]:
    """The flags of a JVM that writes the cache when it stops."""
    return [f"-XX:AOTCacheOutput={cache}"]
