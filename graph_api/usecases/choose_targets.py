"""Which concepts and skills a call is about."""

from collections.abc import Sequence
from dataclasses import dataclass

from graph_api.domain.failures import ConceptNotFound, NotFound, SkillNotFound
from graph_api.domain.targets import TargetKind
from graph_api.store import parameter_sets
from graph_api.store.gateway import Transaction
from graph_api.store.parameter_sets import TargetInEffect

NOT_FOUND: dict[TargetKind, tuple[type[NotFound], str, str]] = {
    TargetKind.CONCEPT: (ConceptNotFound, "conceptIds", "must name concepts that exist"),
    TargetKind.SKILL: (SkillNotFound, "skillCodes", "must name skills that exist"),
}


@dataclass(frozen=True, slots=True)
class Targets:
    """Concepts by id and skills by code. If neither is given, everything; if one is, nothing of the other."""

    concept_ids: Sequence[str] | None = None
    skill_codes: Sequence[str] | None = None

    def keys(self, kind: TargetKind) -> Sequence[str] | None:
        """The keys of a kind; None for all of them.

        >>> Targets(concept_ids=["a"]).keys(TargetKind.SKILL)
        ()
        """
        if self.concept_ids is None and self.skill_codes is None:
            return None
        return (self.concept_ids if kind is TargetKind.CONCEPT else self.skill_codes) or ()

    async def read(self, tx: Transaction, kind: TargetKind) -> list[TargetInEffect]:
        """The targets of a kind, in order of key, with the parameter set in effect.

        Raises:
            ConceptNotFound, SkillNotFound: a named concept or skill does not exist.
        """
        keys = self.keys(kind)
        stored = [] if keys is not None and not keys else await parameter_sets.read_targets(tx, kind, keys)
        if missing := sorted(set(keys or ()) - {each.target.key for each in stored}):
            failure, field, rule = NOT_FOUND[kind]
            raise failure(field, rule, ", ".join(missing), missing)
        return stored
