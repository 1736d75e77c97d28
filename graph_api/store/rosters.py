"""Pages of students by what their levels amount to, or by their level on one target (Q14)."""

from dataclasses import dataclass
from typing import Any, NamedTuple

from graph_api.domain.learners.level_lists import MEAN_STEPS, LevelFilter, StudentOrderBy
from graph_api.domain.learners.mastery import Status
from graph_api.domain.learners.people import Student
from graph_api.domain.learners.threshold_sets import ThresholdsInEffect
from graph_api.domain.targets import Target, TargetKind
from graph_api.store.gateway import Row, Transaction
from graph_api.store.scopes import Scope, as_entry, scope_of
from graph_api.store.students import decode_student
from graph_api.store.target_masteries import bounds_of, filter_params
from graph_api.store.times import as_time

LIST_PAGE = {
    "all": "roster/list_page_of_all",
    "group": "roster/list_page_of_group",
    "taught": "roster/list_page_taught",
    "ids": "roster/list_page_of_ids",
}
COUNT = {
    "all": "roster/count_of_all",
    "group": "roster/count_of_group",
    "taught": "roster/count_taught",
    "ids": "roster/count_of_ids",
}
ANY_LEVEL = LevelFilter()
NO_BOUNDS: Row = {"mastered": None, "focus": None}
NO_TARGET = {"concept_id": None, "skill_code": None}


@dataclass(frozen=True, slots=True)
class StudentFilter:
    """A filter of students; what is None does not restrict.

    Attributes:
        group_id: the members of a group.
        ids: students by id.
        search: a text in the id or name, in lower case.
        target: a concept or skill, which the rest is about.
        levels: the levels on the target. Without a status, only students with answers.
    """

    group_id: str | None = None
    ids: tuple[str, ...] | None = None
    search: str | None = None
    target: Target | None = None
    levels: LevelFilter = ANY_LEVEL

    @property
    def is_plain(self) -> bool:
        """Whether the filter needs no levels."""
        return self.ids is None and self.target is None


class Listed(NamedTuple):
    """A student in a list, with the value that the order compares."""

    student: Student
    place: Any

    @property
    def key(self) -> list[Any]:
        """The sort key."""
        return [self.place, self.student.id]


async def read_page(  # noqa: PLR0913 - which, and the page
    tx: Transaction,
    matching: StudentFilter,
    thresholds: ThresholdsInEffect,
    *,
    order_by: StudentOrderBy,
    reverse: bool,
    after: tuple[Any, str] | None,
    limit: int,
) -> list[Listed]:
    """At most `limit` students that fit, after a place in an order."""
    (whose, params), (place, student_id) = _scope(tx, matching), after or (None, None)
    rows = await tx.many(
        LIST_PAGE[whose],
        order_by=order_by.value,
        reverse=reverse,
        after=place,
        after_id=student_id,
        limit=limit,
        mean_steps=MEAN_STEPS,
        default_focus=thresholds.default.focus_from,
        focus_of_skills=_focus_of_skills(thresholds),
        **params,
        **_params(matching, thresholds),
    )
    of_time = order_by is StudentOrderBy.LAST_PRACTICED
    listed = [Listed(decode_student(row), as_time(row["place"]) if of_time else row["place"]) for row in rows]
    return sorted(listed, key=lambda each: (each.place, each.student.id), reverse=reverse)


async def count(tx: Transaction, matching: StudentFilter, thresholds: ThresholdsInEffect) -> int:
    """Number of students that fit."""
    whose, params = _scope(tx, matching)
    total: int = await tx.value(COUNT[whose], **params, **_params(matching, thresholds))
    return total


def _scope(tx: Transaction, matching: StudentFilter) -> Scope:
    ids = None if matching.ids is None else list(matching.ids)
    scope = scope_of(tx, matching.group_id)
    if scope.whose == "taught":
        return Scope("taught", scope.params | {"ids": ids})
    return scope if ids is None else Scope("ids", {"ids": ids, "group_id": matching.group_id})


def _params(matching: StudentFilter, thresholds: ThresholdsInEffect) -> Row:
    """The parameters of a filter. A target alone lists the students with answers, so it names their statuses."""
    started = sorted(status.value for status in Status if status is not Status.NOT_STARTED)
    levels = filter_params(matching.levels)
    del levels["min_attempts"]
    judged = NO_BOUNDS if matching.target is None else bounds_of(matching.target, thresholds)
    return {
        **levels,
        **judged,
        **(NO_TARGET if matching.target is None else as_entry(matching.target)),
        "by_target": matching.target is not None,
        "statuses": started if levels["statuses"] is None else levels["statuses"],
        "search": matching.search,
    }


def _focus_of_skills(thresholds: ThresholdsInEffect) -> dict[str, float]:
    """The least levels that do not need focus, of skills that do not use the default."""
    return {
        target.key: thresholds.for_target(target).focus_from
        for target in thresholds.sets
        if target.kind is TargetKind.SKILL
    }
