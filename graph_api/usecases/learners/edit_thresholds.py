"""Change the thresholds of a course or a skill. Levels stay as they are, so nothing is replayed (B4)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from graph_api.domain.failures import CourseNotFound, SkillNotFound
from graph_api.domain.learners.mastery import Thresholds
from graph_api.domain.learners.threshold_sets import (
    ScopeKind,
    ThresholdScope,
    ThresholdSet,
    ThresholdsInEffect,
    ThresholdValues,
    next_version,
)
from graph_api.store import concepts, courses, skills, threshold_sets
from graph_api.store.gateway import Gateway, Transaction
from graph_api.usecases.learners.thresholds_in_effect import resolve_stored


class ThresholdChange(NamedTuple):
    """A change to one scope: who makes it, why and when, and the revision that they have read.

    Attributes:
        scope: the course or skill.
        author: the id of the principal; None if authentication is off.
        note: the reason; may be empty.
        at: the time of the change.
        if_revision: the newest version that the author has read, 0 for none; None for any.
    """

    scope: ThresholdScope
    author: str | None
    note: str
    at: datetime
    if_revision: int | None = None


async def put_thresholds(
    gateway: Gateway, change: ThresholdChange, values: ThresholdValues, default: Thresholds
) -> ThresholdSet | None:
    """Store a new version of the thresholds of a scope, and return the version in effect.

    What is not stated stays as it is in effect for the scope. If the newest version states the same, that is returned.

    Raises:
        InvalidInput: the thresholds break a rule, or the note does.
        CourseNotFound, SkillNotFound: the scope does not exist.
        RevisionConflict: the scope has another revision than the author has read.
    """
    return await _change(gateway, change, default, lambda in_effect: values.over(in_effect.for_scope(change.scope)))


async def reset_thresholds(gateway: Gateway, change: ThresholdChange, default: Thresholds) -> ThresholdSet | None:
    """Return a scope to the default, and return the version that states this; None if it never had one.

    Raises:
        InvalidInput: the note breaks a rule.
        CourseNotFound, SkillNotFound: the scope does not exist.
        RevisionConflict: the scope has another revision than the author has read.
    """
    return await _change(gateway, change, default, lambda _: None)


async def _change(
    gateway: Gateway,
    change: ThresholdChange,
    default: Thresholds,
    choose: Callable[[ThresholdsInEffect], Thresholds | None],
) -> ThresholdSet | None:
    async def work(tx: Transaction) -> ThresholdSet | None:
        await concepts.lock_course(tx)
        await _check_exists(tx, change.scope)
        stored = (await threshold_sets.read_newest(tx)).sets
        newest = next((each for each in stored if each.scope == change.scope), None)
        chosen = choose(await resolve_stored(tx, default, stored))
        following = next_version(change.scope, newest, chosen, change.if_revision)
        if following is None:
            return newest
        created = replace(following, author=change.author, note=change.note, created_at=change.at)
        await threshold_sets.create(tx, [created])
        return created

    return await gateway.write(work)


async def _check_exists(tx: Transaction, scope: ThresholdScope) -> None:
    if scope.kind is ScopeKind.COURSE:
        if scope.key not in await courses.read_by_ids(tx, [scope.key]):
            raise CourseNotFound("courseId", "must name a course that exists", scope.key, [scope.key])
    elif scope.key not in await skills.read_by_codes(tx, [scope.key]):
        raise SkillNotFound("skillCode", "must name a skill that exists", scope.key, [scope.key])
