"""Topics in the graph, stored beside the levels of skills."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from graph_api.domain.answers.answers import Difficulty
from graph_api.domain.learners.topic import VERSION, Average, Scored, Topic, TopicUnder
from graph_api.domain.targets import skill
from graph_api.store.answers import Pair, pair_row
from graph_api.store.gateway import Row, Transaction
from graph_api.store.orders import decode_last, decode_order, encode_last
from graph_api.store.policy_sets import with_parameters
from graph_api.store.times import as_text

UNNAMED_VERSION = "1"
"""The version of topics that were stored without one."""


class StoredTopic(NamedTuple):
    """A topic, the parameter set that it was computed under, and the version of the fold."""

    topic: Topic
    set_id: str
    version: str
    archived: bool

    def is_current(self, set_id: str) -> bool:
        """Whether this version of the fold computed it, under a parameter set."""
        return (self.set_id, self.version) == (set_id, VERSION)


async def read_of_students(tx: Transaction, student_ids: Iterable[str]) -> dict[str, dict[str, StoredTopic]]:
    """The topics of each student, by skill code."""
    topics: dict[str, dict[str, StoredTopic]] = defaultdict(dict)
    async for row in tx.each("topic/list_of_students", student_ids=sorted(set(student_ids))):
        topics[row["student_id"]][row["skill_code"]] = _decode(row["topic"], row)
    return topics


async def read_under(tx: Transaction, student_ids: Iterable[str]) -> dict[str, dict[str, TopicUnder]]:
    """The topics of each student by skill code, each with the parameters that it was computed under.

    Raises:
        KeyError: the parameter set of a topic is not stored.
    """
    stored = await read_of_students(tx, student_ids)
    return await with_parameters(tx, stored, lambda state, used: TopicUnder(state.topic, used, state.archived))


async def read_stale(tx: Transaction, student_ids: Iterable[str], set_id: str) -> set[Pair]:
    """Pairs of some students whose topic was computed under another parameter set, or by another version."""
    rows = await tx.many("topic/list_stale", student_ids=sorted(set(student_ids)), set_id=set_id, version=VERSION)
    return {(row["student_id"], skill(row["skill_code"])) for row in rows}


async def read_scored(tx: Transaction, pairs: Iterable[Pair]) -> dict[Pair, list[Scored]]:
    """Every scored answer of each pair, in no particular order."""
    answers: dict[Pair, list[Scored]] = defaultdict(list)
    for row in await tx.many("topic/list_answers", pairs=list(map(pair_row, pairs))):
        scores = row["semantic_score"], row["keyword_score"], row["response_time"]
        weight = 1.0 if row["weight"] is None else row["weight"]
        scored = Scored(decode_order(row), row["correct"], *scores, row["counts_as"], weight)
        answers[row["student_id"], skill(row["target"])].append(scored)
    return answers


async def delete(tx: Transaction, pairs: Iterable[Pair]) -> None:
    """Take away the topics of pairs: they have no scored answer that counts."""
    keys: dict[str, list[str]] = defaultdict(list)
    for student_id, target in pairs:
        keys[student_id].append(target.key)
    if keys:
        await tx.nothing("topic/clear", students=[{"id": each, "keys": of_one} for each, of_one in keys.items()])


async def put(tx: Transaction, topics: Mapping[Pair, Topic], set_id: str) -> None:
    """Write topics."""
    rows: dict[str, dict[str, Row]] = defaultdict(dict)
    for (student_id, target), topic in topics.items():
        rows[student_id][target.key] = _row(topic, set_id)
    await tx.value("topic/put", students=[{"id": student_id, "rows": of} for student_id, of in rows.items()])


def _row(topic: Topic, set_id: str) -> Row:
    if topic.last is None:
        raise ValueError("a topic without answers cannot be stored")
    averages = {"semantic": topic.semantic, "keyword": topic.keyword, "seconds": topic.seconds}
    return {
        "mastery": topic.mastery,
        "last_mastery": topic.last_mastery,
        "velocity": topic.velocity,
        **{name: average.raw for name, average in averages.items()},
        **{f"{name}_count": average.n for name, average in averages.items()},
        **{f"{name}_imputed": average.imputed for name, average in averages.items() if name != "seconds"},
        **{f"{name}_lost": average.lost or None for name, average in averages.items()},
        "attempted": topic.attempted,
        "correct": topic.correct,
        "good": topic.good,
        "poor": topic.poor,
        "difficulty": topic.difficulty.value,
        "last_at": as_text(topic.last.at),
        **encode_last(topic.last),
        "set_id": set_id,
        "version": VERSION,
    }


def _decode(stored: Row, last: Row) -> StoredTopic:
    def average(name: str) -> Average:
        imputed, lost = stored.get(f"topic_{name}_imputed") or 0, stored.get(f"topic_{name}_lost") or 0.0
        return Average(stored[f"topic_{name}"], stored[f"topic_{name}_count"], imputed, lost)

    semantic, keyword = average("semantic"), average("keyword")
    if semantic.size == 0:  # version 1 stored no values in place of missing ones; its mastery was the other average
        semantic = Average(keyword.raw, 0, keyword.size)
    elif keyword.size == 0:
        keyword = Average(semantic.raw, 0, semantic.size)
    plain = ("mastery", "last_mastery", "velocity", "attempted", "correct", "good", "poor")
    topic = Topic(
        semantic=semantic,
        keyword=keyword,
        seconds=average("seconds"),
        difficulty=Difficulty(stored["topic_difficulty"]),
        last=decode_last(last, last["last_at"]),
        **{name: stored[f"topic_{name}"] for name in plain},
    )
    version = stored.get("topic_version") or UNNAMED_VERSION
    return StoredTopic(topic, stored["topic_set_id"], version, last["archived"])
