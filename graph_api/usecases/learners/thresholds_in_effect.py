"""The thresholds of every target as they are now, read once per request (B4)."""

from collections.abc import Iterable
from typing import NamedTuple

from graph_api.domain.learners.mastery import Thresholds
from graph_api.domain.learners.threshold_sets import (
    Links,
    ScopeKind,
    ThresholdSet,
    ThresholdsInEffect,
    resolve_thresholds,
)
from graph_api.store import concepts, courses, threshold_sets
from graph_api.store.gateway import Gateway, Transaction
from graph_api.usecases.computing import compute


class _Snapshot(NamedTuple):
    version: str | None
    thresholds: ThresholdsInEffect


class ThresholdsNow:
    """The thresholds of every target as they are now; resolved again when the course or a set has changed.

    Attributes:
        default: the thresholds of the settings.
    """

    def __init__(self, gateway: Gateway, default: Thresholds) -> None:
        self.default = default
        self._gateway = gateway
        self._current = _Snapshot(None, ThresholdsInEffect(default))

    async def now(self, mark: str | None = None) -> ThresholdsInEffect:
        """The thresholds; one small read checks that the stored copy is current.

        With the mark of the course, if the caller has read it, only a copy that is not current takes a read.
        """
        current = self._current
        if mark and mark == current.version:
            return current.thresholds
        self._current = read = await self._gateway.read_one(self._read)
        return read.thresholds

    async def _read(self, tx: Transaction) -> _Snapshot:
        current, newest = self._current, await threshold_sets.read_newest(tx)
        if newest.course_version == current.version:
            return current
        return _Snapshot(newest.course_version, await resolve_stored(tx, self.default, newest.sets))


async def resolve_stored(tx: Transaction, default: Thresholds, newest: Iterable[ThresholdSet]) -> ThresholdsInEffect:
    """The thresholds of every target, from the newest versions. Archived courses and skills keep theirs."""
    sets = [each for each in newest if each.thresholds is not None]
    if not sets:
        return ThresholdsInEffect(default)
    of_courses = await courses.read_by_ids(tx, [each.scope.key for each in sets if each.scope.kind is ScopeKind.COURSE])
    skills_of_course = {course_id: course.skill_codes or () for course_id, course in of_courses.items()}
    codes = {each.scope.key for each in sets if each.scope.kind is ScopeKind.SKILL}.union(*skills_of_course.values())
    links = Links(skills_of_course, await concepts.read_all_ids_of_skills(tx, codes))
    return await compute(resolve_thresholds, default, sets, links)
