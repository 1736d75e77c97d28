"""Revisions: how often an object was changed, so that a writer overwrites no change that it has not seen (G9)."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any, Protocol, TypeVar

from graph_api.domain.failures import CurrentRevision, RevisionConflict
from graph_api.domain.patch import Patch, Patchable

FIRST = 1
"""The revision of an object that was just created, and of one that was stored before revisions existed."""
MISSING = 0
"""The revision of an object that does not exist."""


class Revised(Patchable, Protocol):
    """An object that counts its changes."""

    @property
    def revision(self) -> int | None:
        """How often the stored object was changed; None for an object that was not read."""


P = TypeVar("P", bound=Patchable)
R = TypeVar("R", bound=Revised)


def check_revisions(patches: Sequence[Patch[P]], revisions: Mapping[str, int]) -> None:
    """Compare the revisions that callers expect with the stored ones; a patch that expects none passes.

    Args:
        patches: the changes; `if_revision` of 0 expects that the object does not exist.
        revisions: the stored revisions by id or code.

    Raises:
        RevisionConflict: listing every object that was changed meanwhile.

    >>> from graph_api.domain.course.course import Skill
    >>> check_revisions([Patch(Skill, "cases", if_revision=3)], {"cases": 4})
    Traceback (most recent call last):
    graph_api.domain.failures.RevisionConflict: ifRevision: must be the stored revision, got 'cases: 3, stored 4'
    """
    conflicts = [
        (patch, CurrentRevision(patch.key, revisions.get(patch.key, MISSING)))
        for patch in patches
        if patch.if_revision is not None and patch.if_revision != revisions.get(patch.key, MISSING)
    ]
    if conflicts:
        value = "; ".join(f"{patch.key}: {patch.if_revision}, stored {now.revision}" for patch, now in conflicts[:5])
        raise RevisionConflict("ifRevision", "must be the stored revision", value, [now for _, now in conflicts])


def revised(changed: R, stored: R | None) -> R:
    """The changed object with its next revision; an object that stays the same keeps its revision.

    >>> from graph_api.domain.course.course import Skill
    >>> old = Skill("cases", "Cases", "grammar", revision=3)
    >>> [revised(new, old).revision for new in (old, Skill("cases", "The cases", "grammar"))]
    [3, 4]
    """
    revision = FIRST if stored is None else (stored.revision or FIRST) + (_content(changed) != _content(stored))
    return replace(changed, revision=revision)


def _content(item: Revised) -> list[Any]:
    """The values of an object; links have no order, and an object that was just created may have None for none."""
    values = [getattr(item, each.name) for each in fields(item) if each.compare]
    return [(sorted(value) or None) if isinstance(value, list | tuple) else value for value in values]
