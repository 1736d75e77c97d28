"""Masteries of many students as columns: the usual list of one kind, with the fields that most views show."""

from collections.abc import Callable, Mapping
from functools import partial
from itertools import chain
from operator import itemgetter
from typing import Any

from graph_api.domain.learners.mastery import Status
from graph_api.domain.learners.threshold_sets import TargetThresholds
from graph_api.domain.targets import Target, TargetKind
from graph_api.execution.compiled.forms import Fields, Form, Forms
from graph_api.execution.compiled.tables import Nested, Parents, Table, column_of
from graph_api.schema.context import Info
from graph_api.schema.course.concept import Concept
from graph_api.schema.course.skill import Skill
from graph_api.schema.learners.mastery import MasteryKey, MasteryOrder
from graph_api.schema.node import node_id
from graph_api.schema.paging import DEFAULT_FIRST, bounded
from graph_api.store.masteries import ShownLevels

SHOWN = frozenset({
    "__typename", "id", "nodeId", "studentId", "kind", "level", "status", "attempts", "judgementCount", "concept",
    "skill",
})  # fmt: skip
"""The fields of a mastery that the columns have."""
OF_LIST = frozenset({"__typename", "nodes", "totalCount"})
"""The fields of a list of masteries, likewise."""
USUAL = {"status": None, "skill_code": None, "min_attempts": 0, "after": None, "include_archived": False}
"""Arguments of `Student.masteries` that leave the list as it is stored."""


def has_columns(fields: Fields) -> bool:
    """Whether the columns have what is selected of a list of masteries.

    >>> has_columns({"nodes": {"level": {}}}), has_columns({"nodes": {"recency": {}}})
    (True, False)
    """
    return fields.keys() <= OF_LIST and fields.get("nodes", {}).keys() <= SHOWN


async def masteries_of(
    students: Parents,
    info: Info,
    kind: TargetKind | None = None,
    first: int = DEFAULT_FIRST,
    order_by: MasteryOrder = MasteryOrder.TARGET,
    **filters: Any,  # noqa: ANN401 - the others of `Student.masteries`
) -> Table | None:
    """`Student.masteries` of each student; None for a filter, or for another order."""
    if kind is None or not is_usual(order_by, filters):
        return None
    limit, thresholds = bounded(first), await info.context.thresholds()
    ids = column_of(students, "id")
    stored = await info.context.loaders.shown_levels.load_many([(student_id, kind) for student_id in ids])
    return _lists(ids, kind, stored, limit, thresholds)


def is_usual(order_by: MasteryOrder, filters: Mapping[str, Any]) -> bool:
    """Whether a list has the usual order, and no filter but the kind."""
    return order_by is MasteryOrder.TARGET and filters.items() <= USUAL.items()


def _lists(
    ids: list[str], kind: TargetKind, stored: list[ShownLevels | None], limit: int, thresholds: TargetThresholds
) -> Table:
    rows = [sorted(zip(*each, strict=True), key=itemgetter(0)) if each else [] for each in stored]
    pages = [each[:limit] for each in rows]
    owners = list(chain.from_iterable([key] * len(each) for key, each in zip(ids, pages, strict=True)))
    items = _table(owners, kind, list(chain.from_iterable(pages)), thresholds)
    columns: dict[str, Callable[[], Any]] = {
        "nodes": lambda: Nested(list(map(len, pages)), items),
        "total_count": lambda: list(map(len, rows)),
    }
    return Table("MasteryConnection", len(ids), columns)


def _table(
    owners: list[str], kind: TargetKind, rows: list[tuple[str, float, int, int]], thresholds: TargetThresholds
) -> Table:
    """The masteries of students, one for each row of key, level, attempts and judgements."""
    targets = {key: Target(kind, key) for key in {row[0] for row in rows}}

    def ids() -> list[str]:
        return [MasteryKey(owner, targets[row[0]]).joined() for owner, row in zip(owners, rows, strict=True)]

    def column(place: int) -> list[Any]:
        return [row[place] for row in rows]

    columns: dict[str, Callable[[], Any]] = {
        "id": ids,
        "node_id": lambda: [node_id("Mastery", key) for key in ids()],
        "student_id": lambda: owners,
        "kind": lambda: [kind] * len(rows),
        "level": partial(column, 1),
        "status": lambda: _statuses(rows, targets, thresholds),
        "attempts": partial(column, 2),
        "judgement_count": partial(column, 3),
        "of_target": lambda: [targets[row[0]] for row in rows],
        "key": partial(column, 0),
    }
    return Table("Mastery", len(rows), columns)


def _statuses(
    rows: list[tuple[str, float, int, int]], targets: Mapping[str, Target], thresholds: TargetThresholds
) -> list[Status]:
    """The statuses, as `Mastery.of` has them: evidence is answers and judgements."""
    status_of = {key: thresholds.for_target(target).status for key, target in targets.items()}
    return [status_of[key](level, attempts + judgements) for key, level, attempts, judgements in rows]


def _keys(masteries: Parents, kind: TargetKind) -> list[str | None]:
    """The keys of the targets of a kind; None for other targets. Those of a table are all of one kind."""
    if isinstance(masteries, Table) and masteries.column("kind")[:1] == [kind]:
        keys: list[str | None] = masteries.column("key")
        return keys
    return [target.key if target.kind is kind else None for target in column_of(masteries, "of_target")]


async def concepts_of(masteries: Parents, info: Info) -> list[Concept | None]:
    """`Mastery.concept` of each mastery."""
    keys = _keys(masteries, TargetKind.CONCEPT)
    concepts = await Concept.by_id(info, filter(None, keys))
    return [None if key is None else concepts.get(key) for key in keys]


async def skills_of(masteries: Parents, info: Info) -> list[Skill | None]:
    """`Mastery.skill` of each mastery."""
    keys = _keys(masteries, TargetKind.SKILL)
    skills = await Skill.by_code(info, filter(None, keys))
    return [None if key is None else skills.get(key) for key in keys]


MASTERY_FORMS: Forms = {
    "Student.masteries": Form(masteries_of, has_columns),
    "Mastery.concept": Form(concepts_of),
    "Mastery.skill": Form(skills_of),
}
