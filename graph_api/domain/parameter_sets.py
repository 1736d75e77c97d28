"""Parameter sets: immutable, named versions of the four parameters, and which one is in force (B1, B2)."""

from dataclasses import dataclass
from enum import StrEnum

from graph_api.domain.knowledge_tracing import Parameters
from graph_api.domain.targets import TargetKind


class Origin(StrEnum):
    """Where a parameter set came from."""

    DEFAULT = "DEFAULT"
    WRITTEN = "WRITTEN"
    FITTED = "FITTED"


@dataclass(frozen=True, slots=True)
class ParameterSet:
    """One version of the parameters. `id` is `name-vN` and never means anything else again."""

    id: str
    name: str
    version: int
    parameters: Parameters
    origin: Origin


DEFAULTS = {
    TargetKind.CONCEPT: ParameterSet(
        "bkt-concept-v1", "bkt-concept", 1, Parameters(0.1, 0.2, 0.25, 0.1), Origin.DEFAULT
    ),
    TargetKind.SKILL: ParameterSet("bkt-skill-v1", "bkt-skill", 1, Parameters(0.3, 0.09, 0.2, 0.1), Origin.DEFAULT),
}
"""The default set of each kind of target (B1)."""


def id_in_force(
    kind: TargetKind, *, explicit: str | None = None, active: str | None = None, named: str | None = None
) -> str:
    """The id of the set that applies (B2): explicit argument, active fitted set, set named on the target, default.

    >>> id_in_force(TargetKind.SKILL, named="strict-v2")
    'strict-v2'
    >>> id_in_force(TargetKind.SKILL, named="strict-v2", active="bkt-skill/vocab_b1-v3")
    'bkt-skill/vocab_b1-v3'
    """
    return explicit or active or named or DEFAULTS[kind].id
