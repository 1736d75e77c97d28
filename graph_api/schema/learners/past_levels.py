"""The levels of a class now or as of a moment, from one history per request."""

from datetime import datetime

from graph_api.domain.failures import InvalidInput
from graph_api.domain.learners.class_levels import ClassLevels
from graph_api.domain.learners.scope import Scope
from graph_api.domain.targets import TargetKind
from graph_api.schema.context import Info, moment
from graph_api.usecases.computing import compute
from graph_api.usecases.learners import view_class
from graph_api.usecases.learners.class_history import ClassCurves, HistoryOf, levels_at


async def read_levels(
    info: Info, group_id: str, kind: TargetKind, skill_code: str | None, scope: Scope, as_of: datetime | None
) -> ClassLevels:
    """The levels of a group as of a moment, or as stored now: those of a scope, or one skill and its concepts."""
    loaders = info.context.loaders
    if as_of is None:
        return await view_class.read_class_levels(loaders, group_id, kind, skill_code, scope)
    at, curves = moment(info, as_of), await loaders.class_curves.load(HistoryOf(group_id, kind, scope))
    if skill_code is not None:
        of_concepts = kind is TargetKind.CONCEPT
        curves = curves.only(await loaders.concept_ids_of_skill.load(skill_code) if of_concepts else [skill_code])
    return await compute(levels_at, curves, at)


def only(curves: ClassCurves, concept_id: str | None) -> ClassCurves:
    """The levels on one concept, if it is named.

    Raises:
        InvalidInput: the concept does not exist.
    """
    if concept_id is None:
        return curves
    if concept_id not in curves.keys:
        raise InvalidInput("conceptId", "must name a concept that exists and is not archived", concept_id)
    return curves.only([concept_id])
