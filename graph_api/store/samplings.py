"""Sampling records in the graph: one `SAMPLED` edge a student and concept."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from graph_api.domain.order import UNRECORDED, Order
from graph_api.domain.sampling import Sampled, Sampling
from graph_api.domain.targets import concept
from graph_api.store.answers import Pair
from graph_api.store.gateway import Transaction
from graph_api.store.orders import decode_last, decode_order, encode_last
from graph_api.store.times import as_text


class StoredSampling(NamedTuple):
    """A record, and the version of the parameters it was folded under."""

    sampling: Sampling
    set_id: str


async def read_of_students(tx: Transaction, student_ids: Iterable[str]) -> dict[str, dict[str, StoredSampling]]:
    """The records of each student, by concept id."""
    found: dict[str, dict[str, StoredSampling]] = defaultdict(dict)
    for row in await tx.many("sampling/list_of_students", student_ids=sorted(set(student_ids))):
        counts = row["mentioned"], row["missed"], row["stagnation"], row["mastery"]
        sampling = Sampling(*counts, decode_last(row, row["last_at"]))
        found[row["student_id"]][row["concept_id"]] = StoredSampling(sampling, row["set_id"])
    return found


async def read_sampled(tx: Transaction, pairs: Iterable[Pair]) -> dict[Pair, list[Sampled]]:
    """Every answer of each pair that mentioned or missed the concept, in no particular order."""
    found: dict[Pair, list[Sampled]] = defaultdict(list)
    wanted = [{"student_id": student_id, "target": target.key} for student_id, target in pairs]
    for row in await tx.many("answer/list_sampled", pairs=wanted):
        sampled = Sampled(decode_order(row), row["mentioned"])
        found[row["student_id"], concept(row["target"])].append(sampled)
    return found


async def put(tx: Transaction, samplings: Mapping[Pair, Sampling], set_id: str) -> None:
    """Write records in place."""
    rows = [
        {
            "student_id": student_id,
            "concept_id": target.key,
            "mentioned": sampling.mentioned,
            "missed": sampling.missed,
            "stagnation": sampling.stagnation,
            "mastery": sampling.mastery,
            "last_at": sampling.last and as_text(sampling.last.at),
            **encode_last(sampling.last or Order(UNRECORDED)),
            "set_id": set_id,
        }
        for (student_id, target), sampling in samplings.items()
    ]
    await tx.value("sampling/put", rows=rows)
