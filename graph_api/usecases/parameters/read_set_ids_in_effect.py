"""Which parameter set is in effect for concepts and skills: what an unpractised target starts from (B1)."""

from collections import defaultdict
from collections.abc import Iterable

from graph_api.domain.targets import Target, TargetKind
from graph_api.store import tags
from graph_api.store.gateway import Transaction


async def read_set_ids_in_effect(tx: Transaction, targets: Iterable[Target]) -> dict[Target, str]:
    """The id of the set in effect for each target; unknown targets are left out."""
    keys: dict[TargetKind, list[str]] = defaultdict(list)
    for target in targets:
        keys[target.kind].append(target.key)
    of_concepts = await tags.read_concept_tags(tx, keys[TargetKind.CONCEPT]) if keys[TargetKind.CONCEPT] else {}
    of_skills = await tags.read_skill_tags(tx, keys[TargetKind.SKILL]) if keys[TargetKind.SKILL] else {}
    return {
        **{Target(TargetKind.CONCEPT, key): tags.parameter_set_id for key, tags in of_concepts.items()},
        **{Target(TargetKind.SKILL, key): tags.parameter_set_id for key, tags in of_skills.items()},
    }
