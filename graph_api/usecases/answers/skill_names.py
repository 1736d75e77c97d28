"""Codes for skills that a file names in words."""

import hashlib
import re
import unicodedata

from graph_api.domain.failures import InvalidInput
from graph_api.domain.text import CODE_LENGTH, DESCRIPTION_LENGTH, identifier

MAX_PREFIX = 30
"""Characters of a prefix, so that a code keeps room for the name."""

_HASH = 10
_NOT_PLAIN = re.compile(r"[^a-z0-9]+")


def skill_code(name: str, prefix: str, column: str) -> str:
    """The code of a skill that a cell names: the name itself if it fits after the prefix, else a slug and a hash of it.

    The same name has the same code in every file; two names that do not fit differ in their hashes.

    Raises:
        InvalidInput: the name is longer than a description may be, or holds control characters.

    >>> skill_code("vocab_b1", "", "skill")
    'vocab_b1'
    >>> skill_code("Effect of Changing Dimensions of a Shape Prportionally", "assistments-", "skill_name")
    'assistments-effect-of-changing-dimensio-045fbc7721'
    """
    identifier(name, column, DESCRIPTION_LENGTH)
    if len(prefix + name) <= CODE_LENGTH:
        return prefix + name
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = _NOT_PLAIN.sub("-", plain).strip("-")[: CODE_LENGTH - len(prefix) - _HASH - 1].strip("-")
    digest = hashlib.sha256(name.encode()).hexdigest()[:_HASH]
    return f"{prefix}{slug}-{digest}" if slug else prefix + digest


def check_prefix(prefix: str) -> None:
    """Check what goes before every code.

    Raises:
        InvalidInput: it is too long, or begins with a space or a control character.
    """
    if len(prefix) > MAX_PREFIX:
        raise InvalidInput("skill prefix", f"must be at most {MAX_PREFIX} characters, has {len(prefix)}", prefix)
    identifier(prefix + "x", "skill prefix", CODE_LENGTH)
