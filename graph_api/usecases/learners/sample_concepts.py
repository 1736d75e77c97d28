"""Which concepts of a skill to ask about next, drawn by how urgent they are (T5, T6)."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

import numpy as np

from graph_api.domain.learners import sampling as domain
from graph_api.domain.learners.sampling import SamplingUnder


class DrawnConcept(NamedTuple):
    """A concept that was drawn: its id, its priority (at most 1), and the uncapped one that it was drawn by."""

    concept_id: str
    priority: float
    uncapped_priority: float


def sample_concepts(
    records: Mapping[str, SamplingUnder], *, falling: bool, at: datetime, count: int, seed: int | None
) -> list[DrawnConcept]:
    """A draw without replacement, reproducible from a seed.

    Args:
        records: by concept id, each with the parameters that it was computed under.
        falling: whether the topic's mastery falls.
        at: the moment to judge by.
        count: how many concepts, if there are that many.
        seed: 0 or more; None draws by chance.
    """
    urgent = {
        key: domain.priority(record.sampling, at, falling=falling, parameters=record.used.parameters)
        for key, record in records.items()
    }
    keys = list(urgent)
    places = domain.draw([each.uncapped for each in urgent.values()], count, np.random.default_rng(seed))
    return [DrawnConcept(keys[place], urgent[keys[place]].capped, urgent[keys[place]].uncapped) for place in places]
