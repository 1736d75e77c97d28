"""Sampling records in the graph: one `SAMPLED` relationship per student and concept."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from graph_api.domain.answers.order import UNRECORDED, Order
from graph_api.domain.learners.sampling import VERSION, Sampled, Sampling, SamplingUnder
from graph_api.domain.targets import concept
from graph_api.store.answers import Pair, pair_row
from graph_api.store.gateway import Transaction
from graph_api.store.orders import decode_last, decode_order, encode_last
from graph_api.store.policy_sets import with_parameters
from graph_api.store.times import as_text


class StoredSampling(NamedTuple):
    """A record, the parameter set that it was computed under, and the version of the fold."""

    sampling: Sampling
    set_id: str
    version: str

    def is_current(self, set_id: str) -> bool:
        """Whether this version of the fold computed it, under a parameter set."""
        return (self.set_id, self.version) == (set_id, VERSION)


async def read_of_students(tx: Transaction, student_ids: Iterable[str]) -> dict[str, dict[str, StoredSampling]]:
    """The records of each student, by concept id."""
    records: dict[str, dict[str, StoredSampling]] = defaultdict(dict)
    async for row in tx.each("sampling/list_of_students", student_ids=sorted(set(student_ids))):
        counts = row["mentioned"], row["missed"], row["stagnation"], row["mastery"]
        sampling = Sampling(*counts, decode_last(row, row["last_at"]))
        records[row["student_id"]][row["concept_id"]] = StoredSampling(sampling, row["set_id"], row["version"])
    return records


async def read_under(tx: Transaction, student_ids: Iterable[str]) -> dict[str, dict[str, SamplingUnder]]:
    """The records of each student by concept id, each with the parameters that it was computed under.

    Raises:
        KeyError: the parameter set of a record is not stored.
    """
    stored = await read_of_students(tx, student_ids)
    return await with_parameters(tx, stored, lambda record, used: SamplingUnder(record.sampling, used))


async def read_stale(tx: Transaction, student_ids: Iterable[str], set_id: str) -> set[Pair]:
    """Pairs of some students whose record was computed under another parameter set, or by another version."""
    rows = await tx.many("sampling/list_stale", student_ids=sorted(set(student_ids)), set_id=set_id, version=VERSION)
    return {(row["student_id"], concept(row["concept_id"])) for row in rows}


async def read_sampled(tx: Transaction, pairs: Iterable[Pair]) -> dict[Pair, list[Sampled]]:
    """Every answer of each pair that mentioned or missed the concept, in no particular order."""
    answers: dict[Pair, list[Sampled]] = defaultdict(list)
    for row in await tx.many("sampling/list_answers", pairs=list(map(pair_row, pairs))):
        sampled = Sampled(decode_order(row), row["mentioned"], 1.0 if row["weight"] is None else row["weight"])
        answers[row["student_id"], concept(row["target"])].append(sampled)
    return answers


async def delete(tx: Transaction, pairs: Iterable[Pair]) -> None:
    """Delete the records of pairs: they have no answer that counts."""
    keys: dict[str, list[str]] = defaultdict(list)
    for student_id, target in pairs:
        keys[student_id].append(target.key)
    if keys:
        await tx.nothing("sampling/delete", students=[{"id": each, "keys": of_one} for each, of_one in keys.items()])


async def put(tx: Transaction, samplings: Mapping[Pair, Sampling], set_id: str) -> None:
    """Write records."""
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
            "version": VERSION,
        }
        for (student_id, target), sampling in samplings.items()
    ]
    await tx.value("sampling/put", rows=rows)
